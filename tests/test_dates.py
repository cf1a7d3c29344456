"""Time expressions: the table of cases, and what holds for any text."""

import re
import time
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miner.dates import find_dates
from miner.records import PRECISIONS

TABLE = tomllib.loads((Path(__file__).parent / "cases" / "dates.toml").read_text(encoding="utf-8"))
CASES = [case for group in TABLE.values() for case in group]


def read(case_date):
    return date.fromisoformat(case_date) if case_date else None


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]} @{case[1]}")
def test_case(case):
    text, published, span, first, last, precision = case
    found = find_dates(text, read(published))
    if not span:
        assert [m.text for m in found] == []
        return
    mentions = {m.text: m for m in found}
    assert span in mentions
    mention = mentions[span]
    assert (mention.first, mention.last, mention.precision) == (read(first), read(last), precision)


def test_the_table_is_large_enough():
    assert len(CASES) >= 150
    assert len({(case[0], case[1], case[2]) for case in CASES}) == len(CASES)


WORDS = re.findall(r"\w+|[^\w\s]", " ".join(case[0] for case in CASES))
PIECES = st.one_of(st.sampled_from(WORDS), st.text(max_size=4), st.sampled_from([" ", "\n", "\xa0", "İ", "0", "31/2"]))
TEXTS = st.lists(PIECES, max_size=30).map(" ".join) | st.text()
DATES = st.none() | st.dates()


def check(text, published):
    end = 0
    for mention in find_dates(text, published):
        assert end <= mention.start < mention.end
        end = mention.end
        assert text[mention.start : mention.end] == mention.text
        assert mention.precision in PRECISIONS
        assert mention.rule.startswith("date.")
        assert 0 < mention.confidence <= 1
        if mention.first and mention.last:
            assert mention.first <= mention.last
        if mention.precision == "day":
            assert mention.first == mention.last


@settings(max_examples=400, deadline=None)
@given(TEXTS, DATES)
def test_any_text(text, published):
    check(text, published)


@pytest.mark.parametrize("published", [date.min, date.max, date(2020, 2, 29)])
def test_cases_hold_together_at_the_ends_of_the_calendar(published):
    for case in CASES:
        check(case[0], published)


def test_a_capital_that_grows_in_small_letters_keeps_the_offsets():
    assert [m.text for m in find_dates("İİ ngày 2/9/1945", None)] == ["ngày 2/9/1945"]


def seconds(text):
    start = time.perf_counter()
    find_dates(text, date(2020, 3, 10))
    return time.perf_counter() - start


HOSTILE = [
    "1", "1.1.", "1/1/", "năm ", "ngày 1, 2, ", "từ ", "từ đầu ", "từ ngày 1/1 đến ", "12:", "20h ", "quý I, II, ",
    "tháng 1, 2 ", "2016, ", "2015-2016-", "cùng kỳ ", "thế kỷ xxxx", "thứ hai, ", "đầu cuối giữa ", "\xa0", " ", "(",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_takes_linear_time(piece):
    """Ten times the text takes about ten times as long; a quadratic search takes a hundred times."""
    short = min(seconds(piece * (10_000 // len(piece))) for _ in range(2))
    long = seconds(piece * (100_000 // len(piece)))
    assert long < 40 * short + 0.05
