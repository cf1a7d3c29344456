"""Pieces of patterns that the parsers share, and what a word before an expression tells about it."""

from __future__ import annotations

import re

from miner.dates.words import listed, numbers, one_of

S = r"[ \t\xa0]{1,2}"
OPT = r"[ \t\xa0]{0,2}"
SEP = rf"{OPT}[/.\-–]{OPT}"
D = r"\d{1,2}"
Y = r"(?:1[6-9]|2[01])\d\d(?![\d%]|[.,/]\d)"
LEAN = rf"(?:{S}(?P<lean>vừa{S}(?:qua|rồi)|sắp{S}tới|tới|qua)(?!\w))?"
YEARWORD = rf"(?:nay|này|ngoái|trước|sau|tới(?!{S}nay)|qua|vừa{S}qua)"
SHIFTS = {"nay": 0, "này": 0, "ngoái": -1, "trước": -1, "sau": 1, "tới": 1, "qua": -1, "vừa qua": -1}
UNIT = r"(?P<unit>ngày|tuần|tháng|qu[ýí]|năm|thập{0,1}{1}k[ỷỉ])".replace("{0,1}{1}", r"[ \xa0]")
KY = "k[ỳì]"


def compiled(pattern: str) -> re.Pattern[str]:
    """Return the compiled pattern; text is in small letters, so no flag is needed."""
    return re.compile(pattern)


def int_of(text: str | None) -> int | None:
    """Read digits, where there are some."""
    return int(text) if text else None


def year_of(text: str | None) -> int | None:
    """Read a year of two or four digits."""
    if not text:
        return None
    value = int(text)
    return value if value > 99 else value + (2000 if value < 70 else 1900)


def lean_of(match: re.Match[str]) -> int:
    """Return Point.lean out of a match of LEAN."""
    word = match["lean"]
    return 0 if not word else 1 if word.endswith("tới") else -1


def shift_of(word: str | None) -> int | None:
    """Return how many years YEARWORD goes away from the article's own."""
    return SHIFTS[plain(word)] if word else None


def plain(word: str) -> str:
    """Return the word with single blanks, as tables have it."""
    return " ".join(word.split())


MONTHWORD = one_of(*(w for w in numbers("numbers") if numbers("numbers")[w] <= 12))
_NAME_BEFORE = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(listed('names'), key=len, reverse=True))})[ \xa0]$")
_RATE_BEFORE = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(listed('rates'), key=len, reverse=True))}|\d+)[ \xa0]$")


LOOSELY_BEFORE = re.compile(r"(?:khoảng|chừng|trên)[ \xa0]$")


def is_name(low: str, at: int) -> bool:
    """Tell whether the word before makes it a street, a hall or a number of something."""
    return bool(_NAME_BEFORE.search(low, max(0, at - 14), at))


def is_rate(low: str, at: int) -> bool:
    """Tell whether the word before makes it a rate or a count: mỗi tháng, 3 tháng."""
    return bool(_RATE_BEFORE.search(low, max(0, at - 8), at))
