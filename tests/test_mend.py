"""Damaged text made whole, and whole text left alone."""

import gzip
import json
import unicodedata
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.mend import REPAIRS, convert, find_font, mend, vietnamese_share
from miner.mend.oldfonts import _TCVN3, _VNI
from miner.mend.syllables import is_syllable
from miner.readers import decode, find_sources, read_sources
from miner.text import nfc

REAL = Path(__file__).resolve().parent.parent.parent / "shared" / "corpora" / "news-unlabelled.jsonl.gz"
LINES = (
    "Xã Hồ Thị ra mắt tổ tự quản",
    "Sáng nay, mười hộ dân ở bản Cửa Khe đã ký cam kết giữ gìn đường biên; “cột mốc” được lau dọn sạch sẽ…",
    "Bà con nói ễnh ương kêu là trời sắp mưa, nước suối vượt quá ngưỡng cửa.",
    "XÃ HỘI",
    "1.250 m2 - 38%",
)


def shown_as(text, charset):
    """Return what a reader shows who takes the UTF-8 of `text` for single bytes."""
    return "".join(
        bytes([byte]).decode(charset, "replace").replace("\ufffd", chr(byte)) for byte in text.encode("utf-8")
    )


@pytest.mark.parametrize("charset", ["cp1252", "latin-1"])
@pytest.mark.parametrize("times", [1, 2])
def test_utf8_that_was_read_as_single_bytes_is_read_right(charset, times):
    damaged = LINES
    for _ in range(times):
        damaged = [shown_as(line, charset) for line in damaged]
    assert damaged[0] != LINES[0]
    mended = mend(damaged)
    # Too short to be sure of: no letter of these capitals is Vietnamese alone.
    assert mended.lines[:3] == LINES[:3]
    assert mended.repairs == ("mojibake",)


def test_a_no_break_space_that_became_a_space_is_no_hindrance():
    damaged = shown_as("Bà Hoà và bà Cả đã đến từ sớm", "cp1252").replace("\xa0", " ")
    assert mend([damaged]).lines == ("Bà Hoà và bà Cả đã đến từ sớm",)


def in_tcvn3(text):
    codes = {letter: code for code, letter in _TCVN3.items()}
    return "".join(codes.get(c, codes.get(c.lower(), c)) for c in text)


def in_vni(text):
    codes = {letter: code for code, letter in sorted(_VNI.items(), key=lambda item: item[0], reverse=True)}
    return "".join(codes.get(c, c) for c in text)


@pytest.mark.parametrize(("font", "typed"), [("tcvn3", in_tcvn3), ("vni", in_vni)])
def test_text_of_old_fonts_is_read(font, typed):
    plain = [line for line in LINES if "“" not in line]
    assert typed(plain[0]) != plain[0]
    mended = mend([typed(line) for line in plain])
    assert mended.lines == tuple(plain)
    assert mended.repairs == (font,)
    assert find_font(typed(" ".join(plain))) == font


def test_both_tables_hold_every_letter_of_the_language():
    vowels = "aăâeêioôơuưy"
    small = {nfc(vowel + tone) for vowel in vowels for tone in ("", *"\u0300\u0301\u0303\u0309\u0323")} | {"đ"}
    accented = {letter for letter in small if not letter.isascii()}
    assert set(_TCVN3.values()) >= accented
    assert set(_VNI.values()) >= accented | {letter.upper() for letter in accented}


def test_a_u_with_a_horn_is_no_soft_hyphen():
    assert convert("n\u00adíc th\u00ad\u00acng", "tcvn3") == "nước thương"


@pytest.mark.parametrize(
    "lines",
    [
        LINES,
        ("«Cá» và „chim“ ở chợ: giá 5º và 7¥.",),
        ("El niño comió piñas en España; la señora también vendió más azúcar y café.",),
        ("Le café est déjà fermé, où êtes-vous allés après l'été à la forêt?",),
        ("São Paulo não é uma cidade pequena, são três milhões de pessoas à noite.",),
        ("Über die Straße gehen fünf Männer und größere Mädchen mit süßen Äpfeln.",),
        ("Ông Y Bhŭm Niê ở buôn Krông Pắc, chị H'Len Mlô",),
        ("MÀ XÃ HỘI THÌ Ô HAY",),
        ("Ä ö ü ®", "Ã", "®"),
    ],
)
def test_whole_text_is_left_alone(lines):
    mended = mend(lines)
    assert mended.lines == tuple(lines)
    assert mended.repairs == ()


def test_marks_nobody_sees_and_loose_accents_are_told():
    mended = mend(["C\u00f4ng an\u200b ho\u00adàn thành", unicodedata.normalize("NFD", "tập thể")])
    assert mended.lines == ("Công an hoàn thành", "tập thể")
    assert mended.repairs == ("invisible", "nfc")
    assert set(mended.repairs) <= set(REPAIRS)


@pytest.mark.parametrize(
    "word", ["nghiêng", "Quỳnh", "hoà", "hòa", "khuỷu", "ươm", "Đắk", "yếu", "thuở", "giữ", "quyết"]
)
def test_syllables(word):
    assert is_syllable(word)
    assert is_syllable(unicodedata.normalize("NFD", word))


@pytest.mark.parametrize("word", ["café", "Straße", "niño", "à́", "taøi", "hoäi", "§ång", "ñaõ", "thángg"])
def test_no_syllables(word):
    assert not is_syllable(word)


@given(st.lists(st.text(max_size=60), max_size=6))
def test_any_text_is_mended(lines):
    mended = mend(lines)
    assert len(mended.lines) == len(lines)
    assert all(unicodedata.is_normalized("NFC", line) for line in mended.lines)


@pytest.mark.parametrize("line", ["Ã¡ÂºÂ" * 30_000, "®Êu " * 30_000, "aø" * 60_000, "Æ°" * 60_000])
def test_mending_is_linear(line):
    start = process_time()
    mend([line])
    assert process_time() - start < 2


@pytest.mark.skipif(not REAL.exists(), reason=f"{REAL} is not there")
def test_a_thousand_real_articles_pass_through_unchanged():
    count = 0
    with gzip.open(REAL, "rt", encoding="utf-8") as file:
        for line in file:
            lines = nfc(json.loads(line)["text"]).split("\n")
            mended = mend(lines)
            assert set(mended.repairs) <= {"invisible"}, mended.repairs
            if not mended.repairs:
                assert mended.lines == tuple(lines)
            count += 1
            if count == 1000:
                return
    raise AssertionError("fewer than a thousand articles")


# --- from bytes


PAGE = """<html><head><meta charset="{0}"><title>{1}</title></head>
<body><h1>{1}</h1><p>{2}</p><p>{3}</p></body></html>"""


def article(tmp_path, raw, name="a.html"):
    (tmp_path / name).write_bytes(raw)
    (document,) = read_sources(find_sources([tmp_path / name]).files)
    return document


@pytest.mark.parametrize(
    ("charset", "make", "repairs"),
    [
        ("utf-8", lambda page: page.encode(), ()),
        ("iso-8859-1", lambda page: page.encode(), ("declared_charset",)),
        ("utf-16", lambda page: page.encode("utf-16"), ("charset",)),
        ("utf-8", lambda page: shown_as(page, "cp1252").encode(), ("mojibake",)),
        ("windows-1252", lambda page: in_tcvn3(page).encode("latin-1"), ("charset", "tcvn3")),
        ("x-user-defined", lambda page: in_vni(page).encode("latin-1"), ("charset", "vni")),
        ("utf-8", lambda page: in_vni(page).encode("latin-1"), ("declared_charset", "charset", "vni")),
        ("utf-8", lambda page: in_tcvn3(page).encode(), ("tcvn3",)),
        ("utf-8", lambda page: unicodedata.normalize("NFD", page).encode(), ("nfc",)),
        ("utf-8", lambda page: page.replace("ộ", "ô&#803;").encode("ascii", "xmlcharrefreplace"), ("nfc",)),
        ("utf-8", lambda page: page.encode().replace(b"</p>", b" \xff</p>", 1), ("replaced",)),
    ],
)
def test_pages_are_mended_and_say_so(tmp_path, charset, make, repairs):
    body = "Sáng nay, mười hộ dân ở bản Cửa Khe đã ký cam kết giữ gìn đường biên, cột mốc được lau dọn sạch sẽ."
    more = "Trưởng bản cho biết các hộ thay nhau đi tuần mỗi tối, và báo cho đồn biên phòng khi thấy người lạ."
    document = article(tmp_path, make(PAGE.format(charset, LINES[0], body, more)))
    assert document.article.text.replace(" \ufffd", "") == f"{LINES[0]}\n\n{body}\n\n{more}"
    assert document.repairs == repairs


def test_a_text_file_is_mended_too(tmp_path):
    document = article(tmp_path, in_tcvn3("\n".join(LINES[2:3] * 3)).encode("latin-1"), "a.txt")
    assert document.article.text == "\n".join(LINES[2:3] * 3)
    assert document.repairs == ("charset", "tcvn3")


def test_json_lines_keep_their_text_since_offsets_point_into_it(tmp_path):
    damaged = shown_as(LINES[1], "cp1252")
    document = article(tmp_path, json.dumps({"text": damaged}).encode(), "a.jsonl")
    assert document.article.text == nfc(damaged)


def test_windows_vietnamese_that_is_declared_wrong(tmp_path):
    from test_readers import to_cp1258

    text = decode(to_cp1258(PAGE.format("iso-8859-1", *LINES[:3])), "x", html=True)
    assert text.text == PAGE.format("iso-8859-1", *LINES[:3])
    assert text.repairs == ("declared_charset", "charset")


def test_the_share_of_syllables():
    assert vietnamese_share("Công an xã café") == pytest.approx(2 / 3)
    assert vietnamese_share("plain ASCII") == 0.0
