"""Files to articles: kinds, encodings, columns, dates, and what is skipped and why."""

import gzip
import json
import os
import re
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.errors import InputError
from miner.readers import decode, find_sources, read_sources
from miner.readers.day import read_day
from miner.records import Skipped

TEXT = "Công an huyện Đắk Song tổng kết\n\nSáng nay, đơn vị họp bàn về phòng chống tội phạm ở các thôn, bon."


def read(*inputs, kind=None, columns=None):
    return list(read_sources(find_sources(inputs, kind).files, columns))


def one(*inputs, **options):
    (document,) = read(*inputs, **options)
    assert not isinstance(document, Skipped), document
    return document


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


# --- files and folders


def test_a_folder_is_read_in_order_whatever_its_kinds(tmp_path):
    write(tmp_path / "in" / "b.txt", TEXT)
    write(tmp_path / "in" / "a" / "x.jsonl", json.dumps({"id": "j", "text": TEXT}))
    write(tmp_path / "in" / "c.csv", 'id,text\nk,"xin chào"\n')
    write(tmp_path / "in" / "d.txt.gz", gzip.compress(TEXT.encode()))
    write(tmp_path / "in" / ".hidden.txt", TEXT)
    write(tmp_path / "in" / "e.pdf", b"%PDF-1.7")
    sources = find_sources([tmp_path / "in"])
    assert sources.left_out == {".pdf": 1}
    ids = [d.article.id for d in read_sources(sources.files)]
    assert ids == ["in/b.txt", "k", "in/d.txt.gz", "j"]


def test_a_file_has_one_name_by_itself_and_in_its_folder(tmp_path, monkeypatch):
    path = write(tmp_path / "in" / "b.txt", TEXT)
    monkeypatch.chdir(tmp_path / "in")
    assert one(path).article.id == one(tmp_path / "in").article.id == one("b.txt").article.id == "in/b.txt"
    assert len(read(path, tmp_path / "in", "b.txt")) == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [("none.txt", "is not there"), ("empty", "folder without articles"), ("a.xyz", "unknown kind; say --as")],
)
def test_inputs_that_cannot_be_meant_are_refused_before_anything_is_done(tmp_path, name, message):
    (tmp_path / "empty").mkdir()
    write(tmp_path / "a.xyz", TEXT)
    with pytest.raises(InputError, match=message):
        find_sources([tmp_path / name])
    assert one(tmp_path / "a.xyz", kind="txt").article.title == "Công an huyện Đắk Song tổng kết"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_an_unreadable_file_is_skipped(tmp_path):
    path = write(tmp_path / "a.txt", TEXT)
    path.chmod(0)
    (skipped,) = read(path)
    assert "Permission denied" in skipped.reason


def test_a_damaged_gzip_is_skipped_and_the_rest_goes_on(tmp_path):
    write(tmp_path / "a.jsonl.gz", gzip.compress(json.dumps({"id": "1", "text": TEXT * 50}).encode())[:-9])
    write(tmp_path / "b.txt.gz", b"no gzip at all")
    write(tmp_path / "c.txt", TEXT)
    found = read(tmp_path)
    assert [type(f).__name__ for f in found][-1] == "Document"
    assert all(isinstance(f, Skipped) for f in found[:-1])
    assert len(found) >= 3


def test_a_folder_in_the_place_of_a_file_does_not_stop_the_others(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    write(tmp_path / "z.txt", TEXT)
    first, second = read(tmp_path)
    assert (first.stage, first.reason) == ("read", "is not a regular file")
    assert second.article.text == TEXT


# --- encodings


@pytest.mark.parametrize(
    ("raw", "note"),
    [
        (TEXT.encode("utf-8"), None),
        (b"\xef\xbb\xbf" + TEXT.encode("utf-8"), None),
        (TEXT.encode("utf-16"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le, guessed"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-32"), "utf-32"),
        (TEXT.replace("\n", "\r\n").encode("utf-8"), None),
    ],
)
def test_encodings_are_told_by_their_bytes(tmp_path, raw, note):
    document = one(write(tmp_path / "a.txt", raw))
    assert document.article.text == TEXT
    assert (note is None and not document.notes) or note in document.notes[0]


TONES = "\u0300\u0301\u0303\u0309\u0323"


def to_cp1258(text):
    """Write text as Windows does: letters with their tones after them."""
    decomposed = unicodedata.normalize("NFD", text)
    parts = re.split(f"([{TONES}])", re.sub(f"([{TONES}])([\u0302\u0306\u031b])", r"\2\1", decomposed))
    return "".join(p if p in TONES else unicodedata.normalize("NFC", p) for p in parts).encode("cp1258")


def test_vietnamese_windows_is_read(tmp_path):
    document = one(write(tmp_path / "a.txt", to_cp1258(TEXT)))
    assert document.article.text == TEXT
    assert "cp1258" in document.notes[0]


def test_one_bad_byte_in_utf8_is_counted_and_nothing_else_changes(tmp_path):
    raw = TEXT.encode("utf-8") + b" \xff."
    document = one(write(tmp_path / "a.txt", raw))
    assert document.article.text == TEXT + " \ufffd."
    assert document.notes == ("encoding: 1 bytes were not UTF-8 and became U+FFFD",)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"%PDF-1.4\n\xe2\xe3\xcf\xd3", "a PDF"),
        (b"PK\x03\x04\xff\xfe", "a ZIP"),
        (b"\x89PNG\r\n\x1a\n\0\0\xff", "PNG"),
        (b"SQLite format 3\0" + bytes(100), "SQLite"),
        (bytes(300) + b"abc", "binary"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_refused_by_name(raw, name):
    with pytest.raises(InputError, match=name):
        decode(raw, "x.txt")


@given(st.binary(max_size=400))
def test_any_bytes_are_text_or_refused(raw):
    for html in (False, True):
        try:
            text = decode(raw, "x", html=html).text
        except InputError:
            continue
        assert isinstance(text, str)


# --- bad text


def test_nul_nfd_and_invisible_marks(tmp_path):
    document = one(write(tmp_path / "a.txt", "co\u0302ng\0an\u200b hoa\u0300n tha\u0300nh"))
    assert document.article.text == "công an hoàn thành"
    assert document.notes == ("NUL characters became spaces",)


def test_empty_and_blank_texts_are_skipped(tmp_path):
    write(tmp_path / "a.txt", "")
    write(tmp_path / "b.txt", " \n\t\n")
    assert [s.reason for s in read(tmp_path)] == ["the text is empty"] * 2


def test_five_megabytes_in_one_line(tmp_path):
    text = "Công an xã họp dân. " * 250_000
    assert len(one(write(tmp_path / "a.jsonl", json.dumps({"id": "1", "text": text}))).article.text) == len(text)
    assert len(one(write(tmp_path / "b.txt", text)).article.text) == len(text)


def test_text_that_is_too_long_is_skipped(tmp_path):
    (skipped,) = read(write(tmp_path / "a.jsonl", json.dumps({"id": "1", "text": "a" * (1 << 24)})))
    assert "16,777,216 characters" in skipped.reason


# --- JSON lines


def test_broken_lines_are_named_and_the_others_go_on(tmp_path):
    lines = [
        b'{"id": "1", "text": "m\xe1\xbb\x99t"}',
        b'{"id": "2", "text": ',
        b"",
        b'["a list"]',
        b'{"id": "5"}',
        b'{"id": "6", "text": ""}',
        b'{"id": "7", "text": 7}',
        b'{"id": "8", "text": "a\\ud800b\\u0000c"}',
        b"[" * 100_000,
        b'{"id": "10", "text": "ha\xcc\x80"}',
    ]
    path = write(tmp_path / "a.jsonl", b"\n".join(lines))
    found = read(path)
    texts = {f.article.id: f.article.text for f in found if not isinstance(f, Skipped)}
    assert texts == {"1": "một", "8": "a\ufffdb c", "10": "hà"}
    skipped = {f.where.rsplit(":", 1)[1]: f.reason for f in found if isinstance(f, Skipped)}
    assert list(skipped) == ["2", "4", "5", "6", "7", "9"]
    assert skipped["2"].startswith("is not JSON")
    assert skipped["4"] == "is not a JSON object but list"
    assert "--column text=NAME" in skipped["5"]
    assert skipped["6"] == "the text is empty"
    assert skipped["7"] == "'text' is no text but int"


def test_json_lines_in_utf16(tmp_path):
    lines = "\n".join(json.dumps({"id": str(i), "text": TEXT}, ensure_ascii=False) for i in range(3))
    assert [d.article.text for d in read(write(tmp_path / "a.jsonl", lines.encode("utf-16")))] == [TEXT] * 3


def test_text_of_json_lines_is_only_made_nfc(tmp_path):
    text = " dòng một \r\n\u200b\n\xa0dòng hai "
    assert one(write(tmp_path / "a.jsonl", json.dumps({"text": text}))).article.text == text


def test_parts_make_a_text_and_names_are_found_in_any_spelling(tmp_path):
    row = {"Tiêu đề": "Đầu đề", "Tóm tắt": "Lời dẫn.", "Nội dung": "Thân bài.", "Ngày đăng": "Thứ tư, 26/02/2020",
           "URL": "https://x.example/a", "Nguồn": "Báo Mới Thử"}  # fmt: skip
    article = one(write(tmp_path / "a.jsonl", json.dumps(row))).article
    assert article.text == "Đầu đề\n\nLời dẫn.\n\nThân bài."
    assert (article.id, article.title, article.published) == ("https://x.example/a", "Đầu đề", date(2020, 2, 26))
    assert (article.url, article.source) == ("https://x.example/a", "Báo Mới Thử")


def test_columns_can_be_named(tmp_path):
    row = {"khoa": "k1", "chu": TEXT, "hom": "x"}
    document = one(
        write(tmp_path / "a.jsonl", json.dumps(row)), columns={"id": "khoa", "text": "chu", "published": "hom"}
    )
    assert (document.article.id, document.article.text) == ("k1", TEXT)
    assert document.notes == ("published: 'x' is no day",)
    with pytest.raises(ValueError, match="no field 'colour'"):
        read(tmp_path, columns={"colour": "x"})


# --- CSV


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_of_any_delimiter_and_encoding(tmp_path, delimiter, encoding):
    lines = [["id", "title", "body"], ["1", "Đầu đề", '"Thân bài, có; dấu |\tvà\nhai dòng"'], ["2", "Đề hai", "Hai"]]
    text = "\r\n".join(delimiter.join(cells) for cells in lines)
    found = read(write(tmp_path / "a.csv", text.encode(encoding)))
    assert [d.article.text for d in found] == ["Đầu đề\n\nThân bài, có; dấu |\tvà\nhai dòng", "Đề hai\n\nHai"]


def test_csv_rows_that_do_not_fit_are_named_by_line(tmp_path):
    found = read(write(tmp_path / "a.csv", "id,text\n1,một\n2,hai,ba\n3,\n\n4,bốn\n"))
    assert [(f.where.rsplit(":", 1)[1], f.reason) for f in found if isinstance(f, Skipped)] == [
        ("3", "has 3 cells, but the header names 2 columns"),
        ("4", "the text is empty"),
    ]
    assert [f.article.id for f in found if not isinstance(f, Skipped)] == ["1", "4"]


def test_csv_without_header_or_text(tmp_path):
    write(tmp_path / "a.csv", "")
    write(tmp_path / "b.csv", "x,y\n1,2\n")
    first, second = read(tmp_path)
    assert first.reason == "has no header row that names its columns"
    assert "--column text=NAME (there are: x, y)" in second.reason


# --- HTML

PAGE = """<!DOCTYPE html><html><head><meta charset="{charset}"><title>Xã Đại Trạch ra quân - Báo Thử</title>
{meta}</head>
<body><nav><a href="/">Trang chủ</a> <a href="/x">Xã hội</a></nav><article><h1>Xã Đại Trạch ra quân</h1>{shown}
<p>Sáng nay, hơn 200 đoàn viên thanh niên của xã đã cùng nhau dọn dẹp vệ sinh các tuyến đường trong thôn.</p>
<p>Đợt ra quân này sẽ kéo dài đến hết tháng, với sự tham gia của nhiều hộ dân và các tổ tự quản trong toàn xã.</p>
<p>Chủ tịch xã cho biết, mỗi thôn đều lập một tổ tự quản để giữ gìn đường làng ngõ xóm luôn sạch đẹp.</p>
</article><footer>Bản quyền thuộc về Báo Thử</footer></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
def test_a_page_gives_title_text_and_day(tmp_path, charset):
    meta = '<meta property="article:published_time" content="2019-01-22T18:30:00Z">'
    page = PAGE.format(charset=charset, meta=meta, shown="").encode(charset)
    article = one(write(tmp_path / "a.html", page)).article
    assert article.text.startswith("Xã Đại Trạch ra quân\n\nSáng nay, hơn 200 đoàn viên")
    assert "giữ gìn đường làng ngõ xóm" in article.text
    assert article.published == date(2019, 1, 23), "an evening in UTC is the next day in Viet Nam"


def test_a_day_shown_on_the_page_is_read_day_first_and_a_future_one_is_none(tmp_path):
    shown = "<p>Thứ năm, 05/03/2020 | 15:04 GMT+7</p>"
    page = write(tmp_path / "a.html", PAGE.format(charset="utf-8", meta="", shown=shown))
    assert one(page).article.published == date(2020, 3, 5)
    meta = '<meta itemprop="datePublished" content="2999-01-01">'
    page = write(tmp_path / "b.html", PAGE.format(charset="utf-8", meta=meta, shown=""))
    assert one(page).article.published is None


def test_a_page_that_declares_an_old_charset(tmp_path):
    page = PAGE.format(charset="windows-1258", meta="", shown="")
    raw = to_cp1258(page)
    document = one(write(tmp_path / "a.html", raw))
    assert document.notes == ("encoding: cp1258, as declared",)
    assert "hơn 200 đoàn viên" in document.article.text


@pytest.mark.parametrize("page", ["", "<html><body></body></html>", "<html>" + "<div>" * 5000, "<!-- -->"])
def test_a_page_without_text_is_skipped(tmp_path, page):
    (skipped,) = read(write(tmp_path / "a.html", page))
    assert isinstance(skipped, Skipped)


# --- days


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2020-02-26", "2020-02-26"), ("2019-01-23T08:14:00.000Z", "2019-01-23"),
        ("2019-01-23T18:14:00Z", "2019-01-24"), ("2019-01-23T23:14:00+07:00", "2019-01-23"),
        ("2019-01-23 23:14:00", "2019-01-23"), ("Thứ tư, 26/02/2020 | 15:04 GMT+7", "2020-02-26"),
        ("Cập nhật: 21-06-2022 | 08:18:49", "2022-06-21"), ("Thứ sáu: 15:00 ngày 09/02/2024", "2024-02-09"),
        ("(13:20 | 29/09/2023)", "2023-09-29"), ("Cập nhật ngày: 24/04/2015 05:21:36", "2015-04-24"),
        ("05/03/2020", "2020-03-05"), ("31.5.2019", "2019-05-31"), ("20190102", "2019-01-02"),
        ("ngày 5 tháng 3 năm 2020", "2020-03-05"), (1548231240, "2019-01-23"), (1548231240000, "2019-01-23"),
        ("31/02/2020", None), ("13/13/2020", None), ("hôm qua", None), ("", None), (None, None), (True, None),
        (7, None),
        ("9999999999999999", None), ({}, None),
    ],
)  # fmt: skip
def test_days_as_sources_write_them(written, day):
    assert read_day(written) == (date.fromisoformat(day) if day else None)


@given(st.text() | st.floats() | st.integers())
def test_reading_a_day_never_fails(written):
    read_day(written)
