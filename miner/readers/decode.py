"""Bytes to text: the encoding is told by the bytes themselves, or the file is refused by name."""

from __future__ import annotations

import codecs
import re
import unicodedata

from miner.errors import InputError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OTHER_KINDS = (
    (b"%PDF", "a PDF"), (b"PK\x03\x04", "a ZIP or Office file"), (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"\x89PNG", "a picture (PNG)"), (b"\xff\xd8\xff", "a picture (JPEG)"), (b"GIF8", "a picture (GIF)"),
    (b"\x1f\x8b", "a gzip file"), (b"SQLite format 3", "a SQLite database"), (b"{\\rtf", "an RTF file"),
)  # fmt: skip
_META = re.compile(rb"""<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.I)
_META_BYTES = 4096
_SAMPLE = 1 << 18
_VIETNAMESE = frozenset("ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ")
# đ of TCVN3 is ®, ® stands inside words nowhere else; in VNI a vowel is followed by a letter for its tone.
_TCVN3 = re.compile(
    "®[a-zµ¸¶·¹¨»¾¼½Æ©ÇÊÈÉËÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô-öøõùúýûüþ]|[a-z][µ¸¶·¹¨»¾¼½Æ©ª«¬][a-z]"
)
_VNI = re.compile("[aeouyAEOUY][øùûõïâáàåãäêéèëæöô]|ñ[aeoiuyöô]")


def decode(raw: bytes, where: str, *, html: bool = False) -> tuple[str, tuple[str, ...]]:
    """Return `raw` as text, and notes on what was guessed or replaced.

    In this order: byte order mark, UTF-8 as it is, the charset that an HTML page declares (`html`), UTF-8 with a few
    bad bytes (each becomes U+FFFD, and they are counted), UTF-16 without a mark, Vietnamese Windows (cp1258), what
    charset-normalizer finds. Raises InputError where the bytes are another kind of file, or in an encoding that is
    not read (TCVN3, VNI).
    """
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return _replaced(raw[len(mark) :], encoding, () if encoding == "utf-8" else (f"encoding: {encoding}",))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        _check_text(text, raw, where)
        return text, (("NUL characters became spaces",) if "\0" in text else ())
    _check_kind(raw, where)
    declared = _declared(raw) if html else None
    if declared not in (None, "utf-8"):
        return _replaced(raw, str(declared), (f"encoding: {declared}, as declared",))
    text = raw.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    good = sum(not c.isascii() for c in text) - bad
    if declared == "utf-8" or bad * 10 <= good:
        return text, (f"encoding: {bad} bytes were not UTF-8 and became U+FFFD",)
    return _guess(raw, where)


def _replaced(raw: bytes, encoding: str, notes: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    text = unicodedata.normalize("NFC", raw.decode(encoding, errors="replace"))
    bad = text.count("\ufffd")
    return text, (*notes, f"encoding: {bad} characters became U+FFFD") if bad else notes


def _check_kind(raw: bytes, where: str) -> None:
    for head, name in _OTHER_KINDS:
        if raw.startswith(head):
            raise InputError(where, f"is {name}, not text")


def _check_text(text: str, raw: bytes, where: str) -> None:
    _check_kind(raw, where)
    if text.count("\0") * 10 > len(text):
        raise InputError(where, "is a binary file, or UTF-16 without a byte order mark; save it as UTF-8")


def _declared(raw: bytes) -> str | None:
    """Return the charset that the page's head declares, where Python knows it."""
    found = _META.search(raw[:_META_BYTES])
    if not found:
        return None
    try:
        name = codecs.lookup(found[1].decode("ascii")).name
    except LookupError:
        return None
    # Pages that claim Latin-1 hold Windows' characters (WHATWG Encoding).
    return {"iso8859-1": "cp1252", "ascii": "cp1252"}.get(name, name)


def _guess(raw: bytes, where: str) -> tuple[str, tuple[str, ...]]:
    sample = raw[:_SAMPLE]
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        # Half of a Vietnamese text is ASCII, whose other byte is 0.
        if zeros.count(0) * 3 > len(zeros):
            return _replaced(raw, encoding, (f"encoding: {encoding}, guessed",))
    latin = sample.decode("latin-1")
    words = max(1, len(latin.split()))
    for name, pattern in (("TCVN3 (ABC)", _TCVN3), ("VNI", _VNI)):
        if len(pattern.findall(latin)) * 5 > words:
            raise InputError(where, f"looks like {name}, which is not read; convert it to UTF-8 (UniKey, UVConverter)")
    text = _replaced(raw, "cp1258", ())[0]
    marked = sum(c in _VIETNAMESE for c in text.lower())
    stray = sum(map(bool, map(unicodedata.combining, text))) + text.count("\ufffd")
    if marked * 20 > len(text) and stray * 50 < marked:
        return text, ("encoding: cp1258, guessed",)
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    if best is None or best.encoding in ("utf_8", "ascii") or best.chaos > 0.1:
        raise InputError(where, "has an encoding that is not recognised; convert it to UTF-8")
    return _replaced(raw, best.encoding, (f"encoding: {best.encoding}, guessed",))
