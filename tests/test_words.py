"""Words on demand, as CoNLL-U."""

import pytest

from miner.words import UPOS, find_words, to_conllu

TEXTS = [
    "Công an huyện  Bố Trạch kiểm tra 1.931 cơ sở, 30kg.\n\nUỷ ban thuý hoà nói: “Có 5%…” (2tỷ).",
    "Xem http://xa.example.vn/a_b?c=1 nhé\u00a0bạn, a/b ./.",
    "huyện ,xã;thôn.Bản \u200b x \ufffd 😀",
    "",
]


@pytest.mark.parametrize("text", TEXTS)
def test_words_lie_in_the_text(text):
    for sentence, words in find_words(text):
        at = sentence.start
        for word in words:
            assert text[word.start : word.end] == word.text
            assert not text[at : word.start].strip()
            at = word.end
        assert not text[at : sentence.end].strip()


def test_conllu_has_ten_columns_and_known_tags():
    text = to_conllu(TEXTS[0], "bt-1")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    assert {len(row) for row in rows} == {10}
    assert {row[3] for row in rows} <= {*UPOS.values(), "X"}
    assert ["1", "Công an", "_", "NOUN", "N", "_", "_", "_", "_", "Start=0|End=7"] in rows
    assert "# sent_id = bt-1-2\n# text = Uỷ ban thuý hoà nói: “Có 5%…” (2tỷ)." in text
    assert "SpaceAfter=No" in text
