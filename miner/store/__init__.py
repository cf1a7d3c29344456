"""The SQLite store: schema, opening, writing and reading back."""

from miner.store.database import explain, open_reading, open_writing
from miner.store.load import load_facts
from miner.store.reviews import Review, add_reviews
from miner.store.rows import Prepared, article_digest, prepare
from miner.store.save import STATES, About, Store

__all__ = [
    "STATES",
    "About",
    "Prepared",
    "Review",
    "Store",
    "add_reviews",
    "article_digest",
    "explain",
    "load_facts",
    "open_reading",
    "open_writing",
    "prepare",
]
