"""Units found by grammar: the table of cases, what must hold for any text, and hostile input."""

import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.errors import TableError
from miner.records import UNIT_KINDS
from miner.sentences import split_sentences
from miner.units import lexicon
from miner.units.find import CONFIDENCE, find_by_grammar, find_units

TABLE = {
    group: rows
    for name in ("units", "units_portals")
    for group, rows in tomllib.loads((Path(__file__).parent / "cases" / f"{name}.toml").read_text("utf-8")).items()
}
CASES = [(group, text, wanted) for group, rows in TABLE.items() for text, wanted in rows["cases"]]

# Pieces that the grammar knows, to be glued in every order or repeated.
HOSTILE = tomllib.loads((Path(__file__).parent / "cases" / "units_hostile.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("group", "text", "wanted"), CASES, ids=[f"{g}: {t[:40]}" for g, t, _ in CASES])
def test_cases(group, text, wanted):
    assert [f"{u.kind}: {u.text}" for u in find_by_grammar(text, split_sentences(text))] == wanted


def test_enough_cases():
    assert len(CASES) >= 200
    assert sum(not wanted for _, _, wanted in CASES) >= 40


def hold(text):
    at = 0
    units = find_by_grammar(text, ())
    for u in units:
        assert text[u.start : u.end] == u.text
        assert at <= u.start < u.end
        assert u.text == u.text.strip()
        assert u.kind in UNIT_KINDS
        assert u.rule in CONFIDENCE
        assert 0 < u.confidence <= 1
        at = u.end
    return units


@given(st.text())
def test_any_text(text):
    hold(text)


@given(st.lists(st.sampled_from(HOSTILE["mixed"]), max_size=40), st.sampled_from(["", " "]))
def test_any_mixture(pieces, glue):
    hold(glue.join(pieces))


@given(st.lists(st.sampled_from([text for _, text, _ in CASES]), max_size=6))
def test_lines_do_not_touch_each_other_s_names(lines):
    whole = "\n".join(lines)
    for u in hold(whole):
        assert "\n" not in u.text


@given(st.text())
def test_fold_keeps_the_length(text):
    assert len(lexicon.fold(text)) == len(text)


def test_fold_is_one_for_all_spellings():
    assert lexicon.fold("HUYỆN UỶ ĐĂK LĂK – Hoà Bình") == lexicon.fold("huyện ủy Đắk Lắk - Hòa Bình")


def seconds(text):
    best = float("inf")
    for _ in range(2):
        start = time.process_time()
        find_by_grammar(text, ())
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("piece", HOSTILE["repeated"])
def test_linear_on_hostile_input(piece):
    small = piece * (4_000 // len(piece))
    large = piece * (32_000 // len(piece))
    assert seconds(large) < 24 * max(seconds(small), 0.002)  # eight times the text


@pytest.mark.parametrize("piece", ["Công an tỉnh ", "(", "A "])
def test_a_hundred_thousand_characters(piece):
    assert seconds(piece * (100_000 // len(piece))) < 5


def test_find_units_is_the_grammar():
    text = "Công an huyện Bố Trạch (Quảng Bình) ra quân."
    assert find_units(text, split_sentences(text)) == find_by_grammar(text, split_sentences(text))


def test_a_fault_in_a_table_is_named(monkeypatch):
    rows = {"head": [{"kind": "police", "form": "service", "words": ["công an"]}, {"kind": "polis", "form": "service"}]}
    monkeypatch.setattr(lexicon, "read_toml", lambda name: rows)
    with pytest.raises(TableError, match=r"unit_heads\.toml: head 2: kind must be one of .*, not 'polis'"):
        lexicon._heads(lexicon._Builder())


@pytest.mark.parametrize(
    "text",
    [
        "Công an huyện Bố Trạch và UBND tỉnh Quảng Bình trao 12 suất quà.",
        "Các sở Tài chính, Y tế; Công ty cổ phần Hoa Sao Việt (HSV) ở TP. Huế.",
        "Ông An, Trưởng Phòng PC 02, và Tổ công tác 363 đến xã Đức Mạnh (Đắk Mil).",
    ],
)
def test_hard_blanks_are_blanks(text):
    hard = text.replace(" ", "\u00a0")
    plain = [(u.start, u.end, u.kind, u.rule) for u in find_units(text, split_sentences(text))]
    assert plain
    assert [(u.start, u.end, u.kind, u.rule) for u in find_units(hard, split_sentences(hard))] == plain


@given(st.text(alphabet="aăâđoòóỏõọuủụýỳyiíkĩlmsAĂÂĐOÒÓỦỤÝYILK -–’'"))
def test_folding_keeps_the_length_and_is_done_once(text):
    folded = lexicon.fold(text)
    assert len(folded) == len(text)
    assert lexicon.fold(folded) == folded


@pytest.mark.parametrize(
    ("one", "other"), [("Hòa", "hoà"), ("Thúy", "thuý"), ("Ủy", "uỷ"), ("Mỹ", "mĩ"), ("Đăk", "đắk")]
)
def test_spellings_fold_together(one, other):
    assert lexicon.fold(one) == lexicon.fold(other)
