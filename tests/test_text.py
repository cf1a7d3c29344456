"""What an article's text is, and how keys fold it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.errors import InputError
from miner.text import LOWER, UPPER, key, make_article, nfc, repair, search_key

SAME_KEY = [
    ("Huyện uỷ", "HUYỆN ỦY"),
    ("hoà", "hòa"),
    ("Thuý Khoẻ", "thúy khỏe"),
    ("Nâm N’jang", "Nâm N'Jang"),
    ("Thừa Thiên – Huế", "thừa thiên - huế"),
    ("Ðắk Song", "Đắk Song"),
    ("xã  Tam\u00a0Hợp", "Xã Tam Hợp"),
]
OTHER_KEY = [("hoàn", "hoản"), ("quý", "quỳ"), ("của", "cửa"), ("Đắk", "Đăk"), ("toán", "toàn")]


@pytest.mark.parametrize(("a", "b"), SAME_KEY)
def test_spellings_share_a_key(a, b):
    assert key(a) == key(b)


@pytest.mark.parametrize(("a", "b"), OTHER_KEY)
def test_other_words_do_not(a, b):
    assert key(a) != key(b)


def test_search_key_is_what_people_type():
    assert search_key("Đội phòng, chống TỘI PHẠM") == "doi phong, chong toi pham"


def test_letter_classes_hold_no_other_case():
    assert all(c.isupper() for c in UPPER)
    assert all(c.islower() for c in LOWER)
    assert set("ĐẮỘƯ") <= set(UPPER)


def test_repair_is_for_raw_documents():
    assert repair("công\u00ad an\r\nhuyện\u200b\rxã\u2028") == "công an\nhuyện\nxã\n"


def test_article_text_is_nfc_and_nothing_else_changes():
    article = make_article("a", "Tiêu đề \n\n 0\t10\u00a0\u200b “x”")
    assert article.text == "Tiêu đề \n\n 0\t10\u00a0\u200b “x”"
    assert article.title == "Tiêu đề"
    assert make_article("a", "co\u0302ng an").text == "công an"
    assert make_article("a", "a\0b\ud800").text == "a b\ufffd"


def test_empty_text_is_refused_by_name():
    with pytest.raises(InputError, match="a-17: the text is empty"):
        make_article("a-17", " \n\u00a0")


@given(st.text())
def test_any_text_becomes_storable(text):
    made = nfc(text)
    assert made == nfc(made)
    assert "\0" not in made
    made.encode("utf-8")


@given(st.text(alphabet="aăâeêioôơuưyqAÀÁÂĐđhHng\u0301\u0300 "))
def test_keys_are_stable(text):
    assert key(key(text)) == key(text)
    assert unicodedata.is_normalized("NFC", key(text))
