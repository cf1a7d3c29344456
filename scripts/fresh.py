"""What the scores on fresh figures share: the articles that the labels point into."""

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


def read_texts(rows):
    """Return by id the texts that `rows` label: cut at the last line end within their first LENGTH characters."""
    wanted = {row["article"] for row in rows}
    texts = {}
    with gzip.open(NEWS, "rt", encoding="utf-8") as lines:
        for article in map(json.loads, lines):
            if article["id"] in wanted:
                text = article["text"][:LENGTH]
                texts[article["id"]] = text[: text.rfind("\n")] if "\n" in text else text
    return texts
