"""Questions to a database: ready-made ones, full-text search, and SQL of one's own."""

from miner.questions.ask import Answer, query
from miner.questions.ready import articles, awards, explain_units, figures, models, topics, units
from miner.questions.search import search

__all__ = [
    "Answer",
    "articles",
    "awards",
    "explain_units",
    "figures",
    "models",
    "query",
    "search",
    "topics",
    "units",
]
