"""Figures: numbers that count or measure (guide section 2), found and understood."""

from miner.figures.find import find_figures
from miner.figures.understand import understand_figures

__all__ = ["find_figures", "understand_figures"]
