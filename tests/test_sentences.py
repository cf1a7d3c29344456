"""Sentences: the table of cases, and what must hold for any text."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.sentences import split_sentences

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
