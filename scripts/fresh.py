"""What the scores on fresh articles share: the tables of labels, and the texts that they point into."""

import csv
import gzip
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "cases"
NEWS = ROOT.parent / "shared" / "corpora" / "news-unlabelled.jsonl.gz"
LENGTH = 2300


def read_rows(name):
    """Return the rows of the table of labels `name` in tests/cases (or at a path)."""
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_articles(ids):
    """Return by id the whole texts of the articles `ids`, in the order of the corpus."""
    with gzip.open(NEWS, "rt", encoding="utf-8") as lines:
        return {row["id"]: row["text"] for row in map(json.loads, lines) if row["id"] in ids}


def read_texts(rows):
    """Return by id the texts that `rows` label: cut at the last line end within their first LENGTH characters."""
    articles = read_articles({row["article"] for row in rows})
    return {id: text[:LENGTH].rpartition("\n")[0] or text[:LENGTH] for id, text in articles.items()}
