"""Finding figures: the table of cases, what must hold for any text, and what units, models and dates take away."""

import json
import time
import tomllib
from datetime import date
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.dates import find_dates
from miner.figures.find import find_figures
from miner.records import COMPARATORS, FIGURE_KINDS, CommunityModel, Unit

ROOT = Path(__file__).resolve().parent.parent
CASES = tomllib.loads((Path(__file__).parent / "cases" / "figures.toml").read_text(encoding="utf-8"))["case"]
GOLD = Path(__file__).resolve().parent.parent.parent / "shared" / "gold" / "dev.jsonl"
PIECES = [
    *"0123456789.,-/:()%“”\"'\n ", " hai ", " năm ", " ba ", "Ngày ", " tháng ", " triệu", " tỷ", " đồng",
    " người", " xã", " giờ", "h", "kg", "m", " tuổi", " đến ", "hàng trăm ", "một nửa ", " số ", " Trung Quốc",
    " vụ cháy", ", công chức", "İ",
]  # fmt: skip


def figures_of(text, units=(), models=(), dates=()):
    return find_figures(text, (), units, models, dates)


def number(value):
    return "" if value is None else repr(int(value)) if value == int(value) else repr(value)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:40])
def test_cases(case):
    found = [
        " | ".join(
            [
                f.text,
                number(f.value),
                number(f.value_max),
                f.comparator,
                f.kind,
                f.measure,
                "" if f.object == f.measure else f.object,
            ]
        )
        for f in figures_of(case["text"])
    ]
    assert found == case["figures"]


def check(text, figures):
    end = 0
    for f in figures:
        assert text[f.start : f.end] == f.text != ""
        assert f.start >= end
        end = f.end
        assert f.kind in FIGURE_KINDS
        assert f.comparator in COMPARATORS
        assert f.rule.startswith("figure.")
        assert 0 < f.confidence <= 1
        assert f.value_max is None or f.value_max > f.value
        assert f.measure in text.replace("\u00a0", " ")
        assert f.action is f.actor is f.period is f.place is f.change is f.target is None


@given(st.text() | st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_text(text):
    check(text, figures_of(text))


def test_a_number_inside_a_unit_is_none():
    text = "Trường số 9 tiêu biểu có 3 lớp"
    unit = Unit(0, 11, text[:11], kind="school")
    assert [f.text for f in figures_of(text, units=(unit,))] == ["3"]


def test_a_number_that_opens_a_unit_still_counts():
    text = "Có 2 thôn Liên Hoa"
    assert [f.text for f in figures_of(text, units=(Unit(3, 18, text[3:], kind="locality"),))] == ["2"]


def test_a_number_inside_a_model_is_none():
    text = "Mô hình Gia đình 5 không 3 sạch"
    model = CommunityModel(8, 31, text[8:], religious=False)
    assert figures_of(text, models=(model,)) == ()


def test_days_are_none_and_lengths_are_figures_with_dates():
    text = "Trong 6 tháng đầu năm 2020, đến 3/4 còn 2 vụ."
    dates = find_dates(text, date(2020, 7, 1))
    assert [(f.text, f.kind) for f in figures_of(text, dates=dates)] == [("6", "duration"), ("2", "count")]


def test_part_and_whole():
    [figure] = figures_of("Đã có 35/40 xã về đích.")
    assert (figure.value, figure.part, figure.whole, figure.kind) == (87.5, 35, 40, "percent")


@pytest.mark.skipif(not GOLD.exists(), reason="the shared gold articles are not beside the project")
def test_gold_articles_keep_the_invariants():
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        text = json.loads(line)["text"]
        check(text, figures_of(text))


@pytest.mark.parametrize(
    "piece", ["3 người, ", "ngày 3-4 ", "cán bộ, công chức, 5 ", "1 “", "Ba Ba ", "12h30 ", "hai hoặc ", "1m65"]
)
def test_linear_on_hostile_text(piece):
    def cost(size):
        text = piece * (size // len(piece))
        begin = time.process_time()
        figures_of(text)
        return time.process_time() - begin

    cost(1000)
    assert cost(80_000) < 40 * max(cost(8_000), 0.002)


@pytest.mark.parametrize("text", ["7" * 1_000_000, "1.1.1.1." * 125_000, "năm " * 250_000])
def test_a_megabyte_of_one_thing_is_read_in_seconds(text):
    begin = time.process_time()
    figures_of(text)
    assert time.process_time() - begin < 10


@pytest.mark.parametrize("name", ["figures-fresh.csv", "figures-fresh-2.csv"])
def test_articles_labelled_before_the_finder_was_fitted(name):
    loader = SourceFileLoader("score_fresh_figures", str(ROOT / "scripts" / "score-fresh-figures"))
    script = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(script)
    if not script.NEWS.exists():
        pytest.skip("../shared/corpora is not here, so there are no fresh articles to read")
    result, errors = script.measure(ROOT / "tests" / "cases" / name, 100)
    assert result["figures_full"]["f1"] >= 0.97, "\n".join(e for e in errors if " figures " in e)
