"""Names of people: a table of cases, the names in the award sentences of dev, and hostile text."""

import json
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miner.people import find_people

CASES = Path(__file__).parent / "cases"
DEV = Path(__file__).resolve().parents[2] / "shared" / "gold" / "dev.jsonl"


@pytest.mark.parametrize(
    "case",
    tomllib.loads((CASES / "people.toml").read_text(encoding="utf-8"))["case"],
    ids=lambda case: case["text"][:30],
)
def test_names(case):
    assert [person.text for person in find_people(case["text"])] == case["names"]


def test_part_of_a_text():
    text = "Ông Lê Văn Ba gặp bà Trần Thị Tư."
    assert [p.text for p in find_people(text, 14)] == ["Trần Thị Tư"]
    assert [p.text for p in find_people(text, 0, 14)] == ["Lê Văn Ba"]
    assert find_people(text, 0, 14)[0].start == 4


@pytest.mark.skipif(not DEV.exists(), reason="../shared/gold/dev.jsonl is not there")
def test_names_in_the_award_sentences_of_dev():
    labels = json.loads((CASES / "people_dev.json").read_text(encoding="utf-8"))
    right = gold = found = 0
    for line in DEV.read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        if article["id"] not in labels:
            continue
        people = {(p.start, p.end) for p in find_people(article["text"])}
        for sentence, names in labels[article["id"]]:
            here = {p for p in people if sentence[0] <= p[0] < sentence[1]}
            want = {tuple(name) for name in names}
            right, gold, found = right + len(here & want), gold + len(want), found + len(here)
    assert gold > 50
    assert 2 * right / (gold + found) >= 0.9


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(["Ông", "Nguyễn", "Văn", "A.", "H'", "Hen", "İ", "TP", "Hồ Chí Minh", ",", "-", "bà", "UBND"])
    ).map(" ".join)
)
def test_any_text_keeps_the_offsets_and_the_order(text):
    at = 0
    for person in find_people(text):
        assert text[person.start : person.end] == person.text
        assert at <= person.start < person.end
        at = person.end


@pytest.mark.parametrize("piece", ["Nguyễn ", "A.", "Ông ", "H' ", "NGUYỄN VĂN AN ", "Nguyễn Văn An, ", " ", "ông bà "])
def test_hostile_text_costs_in_proportion(piece):
    def cost(size):
        start = time.perf_counter()
        find_people(piece * (size // len(piece)))
        return time.perf_counter() - start

    small = cost(12_500)
    assert cost(50_000) < 12 * small + 0.25
