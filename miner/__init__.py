"""Datasets out of Vietnamese provincial news."""

from importlib.metadata import version

from miner.extract import extract, extract_articles
from miner.records import Article, Facts
from miner.text import make_article

__version__ = version("miner")
__all__ = ["Article", "Facts", "__version__", "extract", "extract_articles", "make_article"]
