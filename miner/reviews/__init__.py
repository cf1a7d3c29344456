"""People's judgement of facts: sheets to fill in, labelled documents read back, how far it can be trusted."""

from miner.reviews.agreement import Agreement, Precision, agreement, precision
from miner.reviews.documents import document_reviews
from miner.reviews.imports import import_labels
from miner.reviews.sheet import Line, draw, read_sheet, sheet_reviews

__all__ = [
    "Agreement",
    "Line",
    "Precision",
    "agreement",
    "document_reviews",
    "draw",
    "import_labels",
    "precision",
    "read_sheet",
    "sheet_reviews",
]
