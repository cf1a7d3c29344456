"""Community models against their cases; the held-out half was written before the finder and never tuned on."""

import itertools
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.community_models import find_community_models

CASES = tomllib.loads((Path(__file__).parent / "cases" / "community_models.toml").read_text(encoding="utf-8"))["case"]
HOSTILE = ["mô hình ", "“", '"', "mô hình “", "Tổ tự quản ", "mô hình tự quản, ", "“a”, ", "119 mô hình ", "a", "\n"]


def expected(case):
    for entry in case["models"]:
        name, _, count = entry.removeprefix("r:").partition("=")
        yield name, entry.startswith("r:"), int(count) if count else None


def found(text):
    return find_community_models(text, (), ())


def scores(cases):
    right = n_gold = n_found = 0
    for case in cases:
        gold = {(name, religious) for name, religious, _ in expected(case)}
        got = {(m.text, m.religious) for m in found(case["text"])}
        right, n_gold, n_found = right + len(gold & got), n_gold + len(gold), n_found + len(got)
    return right / n_found, right / n_gold


@pytest.mark.parametrize("held_out", [False, True])
def test_precision_and_recall(held_out):
    precision, recall = scores([c for c in CASES if c["held_out"] is held_out])
    assert min(precision, recall) >= 0.9, f"precision {precision:.3f}, recall {recall:.3f}"


def test_enough_cases_of_both_sorts():
    assert len(CASES) >= 120
    assert sum(c["held_out"] for c in CASES) * 2 >= len(CASES) - 1
    assert sum(not c["models"] for c in CASES) >= 40


@pytest.mark.parametrize("case", [c for c in CASES if "=" in "".join(c["models"])], ids=lambda c: c["text"][:30])
def test_count(case):
    assert [m.count for m in found(case["text"])] == [count for _, _, count in expected(case)]


@pytest.mark.parametrize(("opening", "closing"), ["“”", "””", '""', "““", "''", ("” ", "”"), ("“ ", " ”")])
def test_broken_quotes(opening, closing):
    text = f"Xã ra mắt mô hình {opening}Ngõ xóm bình yên{closing} từ tháng 3."
    assert [m.text for m in found(text)] == ["Ngõ xóm bình yên"]


def test_a_repeated_name_is_found_again():
    text = "Xã có mô hình “Tiếng kẻng bình yên”. Tiếng kẻng bình yên vang lên lúc 21 giờ."
    assert [m.rule for m in found(text)] == ["quoted", "repeated"]


@given(st.text() | st.lists(st.sampled_from([*HOSTILE, "”", " tại", " và ", ": ", "Camera an ninh"])).map("".join))
def test_spans_hold_on_any_text(text):
    models = found(text)
    assert all(text[m.start : m.end] == m.text and m.text for m in models)
    assert all(a.end <= b.start for a, b in itertools.pairwise(models))


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_is_linear(piece):
    text = piece * (100_000 // len(piece))
    found(text[:100])
    start = time.perf_counter()
    found(text)
    assert time.perf_counter() - start < 1.5
