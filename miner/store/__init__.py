"""The SQLite store: schema, opening, writing and reading back."""

from miner.store.database import explain, open_reading, open_writing
from miner.store.load import load_facts
from miner.store.reviews import Review, add_reviews
from miner.store.save import STATES, About, Store, article_digest

__all__ = [
    "STATES",
    "About",
    "Review",
    "Store",
    "add_reviews",
    "article_digest",
    "explain",
    "load_facts",
    "open_reading",
    "open_writing",
]
