"""Bytes to text: the encoding is told by the bytes themselves, or the file is refused by name."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import NamedTuple

from miner import mend
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
_VIETNAMESE = re.compile("[ăđơư\u1ea0-\u1ef9]")
_SURE = 0.8
"""Share of accented words that must be syllables."""
_BAD_SHARE = 10
"""A text is UTF-8 where it has at least so many whole letters outside ASCII for each bad byte."""


class Decoded(NamedTuple):
    """Bytes as text; notes for people on what was guessed or replaced, and the names of the repairs (REPAIRS)."""

    text: str
    notes: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()


REPAIRS = {
    "charset": "the bytes were in another charset than UTF-8, as the note says",
    "declared_charset": "the page declares a charset that its bytes are not in",
    "replaced": "bytes that stand for no letter became U+FFFD",
    **mend.REPAIRS,
}
"""Everything that is mended while an article is read, by the names that are stored."""


def decode(raw: bytes, where: str, *, html: bool = False) -> Decoded:
    """Return `raw` as text, with what was guessed or replaced.

    In this order: byte order mark, UTF-8 as it is, UTF-8 with a few bad bytes (each becomes U+FFFD, and they are
    counted), UTF-16 without a mark. Else the charset that an HTML page declares (`html`), Windows' Vietnamese
    (cp1258), TCVN3 and VNI are tried, and the one counts that gives Vietnamese syllables; where none does, the
    declared one, else what charset-normalizer finds. Raises InputError where the bytes are another kind of file, or
    in a charset that is not recognised.
    """
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return _replaced(raw[len(mark) :], encoding, () if encoding == "utf-8" else (f"encoding: {encoding}",))
    declared = _declared(raw) if html else None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        _check_text(text, raw, where)
        wrong = declared not in (None, "utf-8") and not text.isascii()
        notes = ("NUL characters became spaces",) if "\0" in text else ()
        return Decoded(text, notes, ("declared_charset",) if wrong else ())
    _check_kind(raw, where)
    text = raw.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    good = sum(not c.isascii() for c in text) - bad
    replaced = Decoded(text, (f"encoding: {bad} bytes were not UTF-8 and became U+FFFD",), ("replaced",))
    if bad * _BAD_SHARE <= good:
        return replaced
    sample = raw[:_SAMPLE]
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        # Half of a Vietnamese text is ASCII, whose other byte is 0.
        if zeros.count(0) * 3 > len(zeros):
            return _replaced(raw, encoding, (f"encoding: {encoding}, guessed",))
    return _vietnamese(raw, declared) or _other(raw, where, declared, replaced)


def _replaced(raw: bytes, encoding: str, notes: tuple[str, ...], repairs: tuple[str, ...] = ()) -> Decoded:
    text = unicodedata.normalize("NFC", raw.decode(encoding, errors="replace"))
    repairs = (*repairs, "charset") if encoding != "utf-8" else repairs
    if not (bad := text.count("\ufffd")):
        return Decoded(text, notes, repairs)
    return Decoded(text, (*notes, f"encoding: {bad} characters became U+FFFD"), (*repairs, "replaced"))


def _vietnamese(raw: bytes, declared: str | None) -> Decoded | None:
    """Return `raw` in the single-byte charset in which its accented words are Vietnamese syllables, if there is one."""
    sample = raw[:_SAMPLE]
    if sample.count(0):
        return None
    shares: dict[str, float] = {}
    for encoding in dict.fromkeys((declared or "cp1258", "cp1258")):
        text = unicodedata.normalize("NFC", sample.decode(encoding, errors="replace"))
        # Words of cp1258 look like syllables by chance more easily than they hold letters of Vietnamese alone.
        shares[encoding] = mend.vietnamese_share(text) if _VIETNAMESE.search(text) else 0.0
    encoding = max(shares, key=lambda name: shares[name])
    font = mend.find_font(sample.decode("cp1252", "replace"))
    if font is not None and shares[encoding] < _SURE:
        name = {"tcvn3": "TCVN3 (ABC)", "vni": "VNI"}[font]
        text = mend.convert(raw.decode("cp1252", "replace"), font)
        wrong = ("declared_charset",) if declared not in (None, "cp1252") else ()
        return Decoded(text, (f"encoding: {name}, guessed",), (*wrong, "charset", font))
    if shares[encoding] < _SURE:
        return None
    if encoding == declared:
        return _replaced(raw, encoding, (f"encoding: {encoding}, as declared",))
    wrong = ("declared_charset",) if declared else ()
    return _replaced(raw, encoding, (f"encoding: {encoding}, guessed",), wrong)


def _other(raw: bytes, where: str, declared: str | None, replaced: Decoded) -> Decoded:
    if declared == "utf-8":
        return replaced
    if declared is not None:
        return _replaced(raw, declared, (f"encoding: {declared}, as declared",))
    from charset_normalizer import from_bytes

    best = from_bytes(raw[:_SAMPLE]).best()
    if best is None or best.encoding in ("utf_8", "ascii") or best.chaos > 0.1:
        raise InputError(where, "has an encoding that is not recognised; convert it to UTF-8")
    return _replaced(raw, best.encoding, (f"encoding: {best.encoding}, guessed",))


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
