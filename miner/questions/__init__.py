"""Questions to a database: ready-made ones, sums, full-text search, and SQL of one's own."""

from miner.questions.ask import Answer, query
from miner.questions.ready import articles, awards, explain_units, figures, models, topics, units
from miner.questions.search import search
from miner.questions.sums import GROUPS, article_counts, award_counts, figure_sums, province_name, unit_pairs

__all__ = [
    "GROUPS",
    "Answer",
    "article_counts",
    "articles",
    "award_counts",
    "awards",
    "explain_units",
    "figure_sums",
    "figures",
    "models",
    "province_name",
    "query",
    "search",
    "topics",
    "unit_pairs",
    "units",
]
