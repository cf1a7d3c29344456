"""Topics of articles and passages (guide section 5)."""

from miner.topics.tag import tag_topics

__all__ = ["tag_topics"]
