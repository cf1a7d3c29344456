"""Sentences: the table of cases, and what must hold for any text."""

import itertools
import re
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.sentences import breaks, split_sentences

CASES = tomllib.loads((Path(__file__).parent / "cases" / "sentences.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:30])
def test_cases(case):
    assert [s.text for s in split_sentences(case["text"])] == case["sentences"]


@given(st.text() | st.text(alphabet='Aaáđ .?!…"”’\n1,/'))
def test_sentences_cover_everything_but_white_space(text):
    at = 0
    for s in split_sentences(text):
        assert text[s.start : s.end] == s.text == s.text.strip() != ""
        assert "\n" not in s.text
        assert not text[at : s.start].strip()
        at = s.end
    assert not text[at:].strip()


@given(
    st.lists(
        st.sampled_from([*" .?!aAáĐ1_\t\xa0", "...", ". ", " TP.", "vs.", "e.g.", "1.5", "N.V.", " (a.b)", "GS.", "\r"])
    ).map("".join)
    | st.text().map(lambda text: text.replace("\n", " "))
)
def test_breaks_are_underthesea_s(line):
    from underthesea import sent_tokenize

    pieces, at = [], 0
    for piece in sent_tokenize(line):
        start = line.index(piece, at)
        at = start + len(piece)
        pieces.append((start, at))
    theirs = [(end, start) for (_, end), (start, _) in itertools.pairwise(pieces)]
    assert breaks(line, [mark.span() for mark in re.finditer("[.?!]+", line)]) == theirs


@pytest.mark.parametrize("part", [". ", "... ", "a.", "A. ", '". ', "…", "?!", "www.a. ", "1.", ".. "])
def test_hostile_input_is_linear(part):
    def cost(size):
        text = part * (size // len(part))
        start = time.process_time()
        split_sentences(text)
        return time.process_time() - start

    small, big = (min(cost(size) for _ in range(3)) for size in (10_000, 80_000))
    assert big < 24 * small + 0.02
