"""Numerals: the table of cases, how documents decide, and what must hold for any text."""

import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.figures.find import find_figures
from miner.numerals import Grouping, decide_grouping, openings, read_digits, read_number

TABLE = tomllib.loads((Path(__file__).parent / "cases" / "numerals.toml").read_text(encoding="utf-8"))
ALPHABET = [
    *"0123456789.,-–/ %k", " hai", " năm", " mươi", " trăm", " linh", " tỷ", " triệu", " rưỡi", " đến ", "một",
    "hàng ", "nửa", "chục", " phần ba",
]  # fmt: skip


def test_the_table_is_large_enough_and_has_no_twins():
    texts = [c["text"] for c in TABLE["number"]] + [c["text"] for c in TABLE["figure"]]
    assert len(texts) >= 250
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("case", TABLE["number"], ids=lambda c: c["text"])
def test_numbers(case):
    number = read_number(case["text"].lower(), 0)
    assert number is not None
    assert case["text"][number.start : number.end] == case.get("span", case["text"])
    assert number.value == pytest.approx(case["value"])
    assert number.value_max == (pytest.approx(case["value_max"]) if "value_max" in case else None)
    assert number.comparator == case.get("comparator", "eq")


@pytest.mark.parametrize("case", TABLE["none"], ids=lambda c: c["text"])
def test_no_numbers(case):
    assert read_number(case["text"], 0) is None


@pytest.mark.parametrize("case", TABLE["figure"], ids=lambda c: c["text"])
def test_one_figure_in_a_phrase(case):
    figure = find_figures(case["text"], (), (), (), ())[0]
    assert figure.value == pytest.approx(case["value"])
    assert figure.value_max == (pytest.approx(case["value_max"]) if "value_max" in case else None)
    assert figure.comparator == case["comparator"]


@pytest.mark.parametrize(
    ("document", "token", "value", "sure"),
    [
        (["1.250.000", "7"], "1.500", 1500, True),
        (["2,5"], "14,375", 14.375, True),
        (["1.250"], "14,375", 14.375, True),
        (["1,250,000"], "14,375", 14375, True),
        (["100.5", "1,250,000"], "1.500", 1.5, True),
        (["100.25"], "14,375", 14375, True),
        ([], "14,375", 14.375, False),
        ([], "1.500", 1500, True),
        (["100.5"], "1.500", 1500, False),
        (["1,250,000", "2,5"], "14,375", 14.375, False),
    ],
)
def test_a_document_decides_between_two_readings(document, token, value, sure):
    read = read_digits(token, decide_grouping(document))
    assert read is not None
    assert (read[0], read[2]) == (pytest.approx(value), sure)


def test_doubt_is_marked_on_the_figure():
    assert find_figures("Xã có 14,375 hộ.", (), (), (), ())[0].sure is False
    assert find_figures("Xã có 14,375 hộ, rộng 2,5 ha.", (), (), (), ())[0].sure is True


def test_parts_of_a_whole_are_kept():
    number = read_number("35/40 xã", 0)
    assert number is not None
    assert (number.part, number.whole, number.value) == (35, 40, 87.5)


def test_nothing_is_decided_by_nothing():
    assert decide_grouping([]) == Grouping()


@given(st.text() | st.lists(st.sampled_from(ALPHABET)).map("".join))
def test_never_raises_and_stays_inside(text):
    low = text.lower()
    for opening in openings(low):
        number = read_number(low, opening.start(1))
        if number is not None:
            assert opening.start(1) == number.start < number.end <= len(low)
            assert number.value_max is None or number.value < number.value_max
            assert number.value >= 0


@pytest.mark.parametrize(
    "piece", ["7", "1.", "1,", "1 ", "năm ", "1-", "1/", "hai mươi ", "tỷ ", "1 tỷ ", "hàng chục ", "1 000 "]
)
def test_linear_on_hostile_text(piece):
    def once(text):
        begin = time.process_time()
        find_figures(text, (), (), (), ())
        return time.process_time() - begin

    def cost(size):
        text = piece * (size // len(piece))
        return min(once(text) for _ in range(2))  # another process may slow one down

    small, large = max(cost(3_000), 0.002), cost(24_000)
    assert large < 32 * small
