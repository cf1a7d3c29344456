"""The features: equal to scikit-learn's, and never beyond a passage."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from miner.sentences import split_sentences
from miner.topics.documents import Document, Weighing, count_grams, make_document
from miner.topics.grams import TOKEN_PATTERN, Grams, fold, tokens
from miner.topics.slots import Slots
from miner.topics.vectorizer import GramVectorizer

TEXTS = [
    "Trạm y tế xã Hòa Bình tiêm vắc xin cho trẻ",
    "Xã Hòa Bình ra mắt tổ tự quản, y tế thôn cùng dự",
    "Tổ tự quản thôn 5 bắt kẻ trộm 12 con gà ở xã Hòa Bình",
    "y tế y tế xã, tổ tự quản",
]


def test_single_letters_are_words():
    assert tokens("Y tế Ô Môn, 1.931 buổi") == ["y", "tế", "ô", "môn", "1", "931", "buổi"]
    assert tokens("Y tế") == tokens("Y tế".encode().decode()) == tokens("Y tế")


def test_equal_to_scikit_learn():
    """On texts of one passage with every place worth the same, features are scikit-learn's to 1e-6."""
    ours = GramVectorizer(min_df=1, title=1.0, opening=10_000, rest=1.0).fit(TEXTS)
    theirs = TfidfVectorizer(
        lowercase=False, preprocessor=fold, token_pattern=TOKEN_PATTERN, ngram_range=(1, 3), norm=None, use_idf=False
    )
    counts = theirs.fit_transform(TEXTS)
    assert list(theirs.get_feature_names_out()) == ours.grams_.split("\n")
    reference = TfidfVectorizer(lowercase=False, preprocessor=fold, token_pattern=TOKEN_PATTERN, ngram_range=(1, 3))
    assert np.abs(reference.fit(TEXTS).idf_ - ours.idf_).max() < 1e-6
    damped = np.log1p(counts.toarray()) * reference.idf_
    damped /= np.linalg.norm(damped, axis=1, keepdims=True)
    assert np.abs(damped - ours.transform(TEXTS).toarray()).max() < 1e-6


def test_grams_stay_in_their_passage():
    grams = Grams(["phòng cháy", "cháy", "chữa cháy lớn"])
    passage, column, place, sizes = grams.find(["diễn tập phòng", "cháy", "", "Chữa cháy lớn"])
    found = sorted(zip(passage.tolist(), [grams.names[c] for c in column], place.tolist(), strict=True))
    assert found == [(1, "cháy", 0), (3, "cháy", 1), (3, "chữa cháy lớn", 0)]
    assert sizes.tolist() == [3, 1, 0, 3]


def test_title_and_opening_weigh_more():
    document = make_document("Cháy chợ\n\nMột vụ cháy lớn.\nNgười dân chạy ra đường.")
    assert document.titles == 1
    grams = Grams(["cháy", "dân", "lớn"])
    whole, parts = count_grams([document], grams, Weighing(title=2.0, opening=6, rest=0.25))
    assert dict(zip(whole.column.tolist(), np.expm1(whole.values).round(6).tolist(), strict=True)) == {
        0: 3.0,
        1: 0.25,
        2: 1.0,
    }
    assert parts.rows == 3


def test_nothing_gives_nothing():
    whole, parts = count_grams([], Grams(["a"]), Weighing())
    assert (whole.rows, parts.rows) == (0, 0)
    whole, parts = count_grams([Document((), 0), make_document("zzz")], Grams(["a"]), Weighing())
    assert (whole.rows, parts.rows, len(whole.row)) == (2, 1, 0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=5))
def test_find_is_what_a_loop_finds(passages):
    names = ["a", "a b", "b", "0", "a b a", "ß"]
    grams = Grams(names)
    passage, column, place, _ = grams.find([p.replace("\0", " ") for p in passages])
    want = set()
    for i, text in enumerate(passages):
        found = tokens(text.replace("\0", " "))
        for n in (1, 2, 3):
            for j in range(len(found) - n + 1):
                name = " ".join(found[j : j + n])
                if name in names:
                    want.add((i, names.index(name), j))
    assert set(zip(passage.tolist(), column.tolist(), place.tolist(), strict=True)) == want


@pytest.mark.parametrize("piece", ["a ", "ả", ".", "a\n", "phòng cháy "])
def test_linear_on_hostile_input(piece):
    grams = Grams(["a", "phòng cháy", "a a"])

    def cost(size):
        text = piece * (size // len(piece))
        start = time.process_time()
        grams.find([span.text for span in split_sentences(text)] or [text])
        return time.process_time() - start

    cost(1_000)
    assert min(cost(100_000) for _ in range(2)) < 12 * min(cost(25_000) for _ in range(3)) + 0.05


@settings(max_examples=60, deadline=None)
@given(st.sets(st.integers(0, 2**64 - 1), max_size=200), st.lists(st.integers(0, 2**64 - 1), max_size=50))
def test_slots_find_what_is_there(keys, others):
    ours = sorted(keys)
    asked = ours + others
    found = Slots(np.array(ours, dtype=np.uint64)).find(np.array(asked, dtype=np.uint64)).tolist()
    assert found == [ours.index(code) if code in keys else -1 for code in asked]


def test_slots_refuse_one_number_twice():
    with pytest.raises(ValueError, match="must differ"):
        Slots(np.array([3, 3], dtype=np.uint64))


def test_words_of_other_scripts_and_long_texts():
    grams = Grams(["火灾", "cháy", "𝟛 cháy", "ａ"])
    text = "火灾 cháy 🔥cháy \ud800 𝟛 cháy, Ａ_cháy"
    _, column, place, sizes = grams.find([text])
    found = sorted(zip(place.tolist(), [grams.names[c] for c in column], strict=True))
    assert found == [(0, "火灾"), (1, "cháy"), (2, "cháy"), (3, "𝟛 cháy"), (4, "cháy"), (5, "ａ"), (6, "cháy")]
    assert sizes.tolist() == [len(tokens(text))]
    long = "cháy chợ. " * 60_000
    assert len(grams.find([long])[0]) == 60_000
