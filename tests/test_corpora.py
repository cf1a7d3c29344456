"""The project's own reports: labelled without faults, varied enough, and none of the shared texts in them."""

import json
import re
from pathlib import Path

import pytest

from miner.check import TOPICS, check_corpus

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpora" / "reports.jsonl"
ROWS = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
GOLD = ROOT.parent / "shared" / "gold"
RUN = 11  # equal words in a row that count as a sentence taken over


def test_labels_have_no_faults():
    assert [str(p) for p in check_corpus(CORPUS)] == []


def test_size_and_variety():
    assert len(ROWS) >= 30
    assert all(300 <= len(row["text"].split()) <= 900 for row in ROWS)
    assert {topic for row in ROWS for topic in row["topics"]} == set(TOPICS)
    assert sum(row["published"] >= "2025-07-01" for row in ROWS) >= 2
    assert len({row["published"][:4] for row in ROWS}) >= 8
    assert any("\u00a0" in row["text"] for row in ROWS) or any("”" in row["text"] for row in ROWS)


def runs(text):
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}


@pytest.mark.skipif(not GOLD.is_dir(), reason="../shared/gold is absent")
def test_nothing_is_taken_from_the_shared_texts():
    ours = {run for row in ROWS for run in runs(row["text"])}
    for name in ("dev.jsonl", "train.jsonl"):
        for line in (GOLD / name).read_text(encoding="utf-8").splitlines():
            taken = sorted(ours & runs(json.loads(line)["text"]))
            assert not taken, taken[:3]
