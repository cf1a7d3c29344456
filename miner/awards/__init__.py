"""Award mentions (guide section 3)."""

from miner.awards.find import find_awards

__all__ = ["find_awards"]
