"""Text as an article holds it, and the folded keys that tables are looked up by.

An article's text is made once (`make_article`) and never changed after that, so every offset stays true.
`key` and `search_key` are for looking up only; their results are never stored as text.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache

from miner.errors import InputError
from miner.records import Article, Span

# Letters by `str.isupper`/`islower`: a range such as [A-ZÀ-Ỹ] holds small letters too (PEERS.md).
_LETTERS = [c for c in map(chr, range(0x250)) if c.isalpha()] + [chr(c) for c in range(0x1E00, 0x1F00)]
UPPER = "".join(c for c in _LETTERS if c.isupper())
"""Every Latin capital, accents included, to stand inside a character class."""
LOWER = "".join(c for c in _LETTERS if c.islower())
"""Every Latin small letter, accents included, to stand inside a character class."""

# Soft hyphen, zero-width and direction marks: nobody sees them, and they break every match.
INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2066\u2067\u2068\u2069\ufeff"))
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")

# The tone of oa, oe, uy may stand on either vowel: hoà = hòa, thuý = thúy. Only without a final consonant,
# and not after q, whose u is no vowel (quý).
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_OLD_TONE = re.compile(f"([ou])([{_TONES}])([aey])(?![a-z\u0302\u0306\u031b])")
_DASHES = str.maketrans(
    dict.fromkeys("‐‑‒–—−", "-") | dict.fromkeys("‘’ʼ`´", "'") | dict.fromkeys("“”„", '"') | {"Ð": "Đ", "ð": "đ"}
)


def repair(text: str) -> str:
    """Return raw text from a page or file with newlines as line ends and without invisible marks.

    For readers of raw documents, before the article is made; text that is already an article's is not repaired,
    since offsets into it may be in use elsewhere.
    """
    return repair_line_ends(text).translate(INVISIBLE)


def repair_line_ends(text: str) -> str:
    """Return `text` with newlines as line ends."""
    return _LINE_ENDS.sub("\n", text)


def nfc(text: str) -> str:
    """Return `text` in NFC; NUL and lone surrogates, which no file can hold, become a space and U+FFFD."""
    try:
        text.encode()  # far cheaper than a search, and fails for surrogates alone
    except UnicodeEncodeError:
        text = _SURROGATE.sub("\ufffd", text)
    return unicodedata.normalize("NFC", text).replace("\0", " ")


def make_article(
    id: str,
    text: str,
    *,
    title: str | None = None,
    published: date | None = None,
    url: str = "",
    source: str = "",
    province_code: str | None = None,
) -> Article:
    """Make an Article out of raw text; `title` defaults to the first line.

    Raises InputError where nothing but white space is left.
    """
    text = nfc(text)
    if not text.strip():
        raise InputError(id, "the text is empty")
    if title is None:
        title = text.lstrip().split("\n", 1)[0].strip()
    return Article(id, text, nfc(title), published, url, source, province_code)


def span(text: str, start: int, end: int) -> Span:
    """Return the span of `text` from `start` to `end`."""
    return Span(start, end, text[start:end])


@lru_cache(maxsize=128)  # one layer after the other asks for the same article's
def lower(text: str) -> str:
    """Return `text` in small letters and of the same length, so that its offsets are the article's."""
    low = text.lower()
    if len(low) != len(text):  # İ and its like grow
        low = "".join(c if len(c.lower()) != 1 else c.lower() for c in text)
    return low


@lru_cache(maxsize=1 << 16)  # names recur, within an article and from one to the next
def key(name: str) -> str:
    """Fold case, white space, dashes, quotes and the place of the tone: `Thuý`, `THÚY` and `thúy` share a key."""
    name = unicodedata.normalize("NFD", " ".join(name.translate(_DASHES).casefold().split()))
    return unicodedata.normalize("NFC", _OLD_TONE.sub(r"\1\3\2", name))


def search_key(text: str) -> str:
    """Fold `text` to plain ASCII letters, as a person types without a Vietnamese keyboard: `Đội` gives `doi`."""
    text = text.translate(_SEARCH)
    return text if text.isascii() else _NOT_ASCII.sub(lambda found: _fold(found[0]), text)


def _fold(text: str) -> str:
    text = unicodedata.normalize("NFD", text.translate(_DASHES).casefold()).replace("đ", "d")
    return "".join(c for c in text if not unicodedata.combining(c))


# Folding goes letter by letter, so the letters that the language writes are folded once.
_FOLDED = (*range(0x370), *range(0x1E00, 0x1F00), *range(0x2010, 0x2040))
_SEARCH = {c: folded for c in _FOLDED if (folded := _fold(chr(c))).isascii()}
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
