"""The grammar of Vietnamese time expressions: small letters in, points out.

One pattern jumps to the words and digits that may open an expression; the parsers that this opening allows are
tried there in order. Each parser is one anchored match of bounded length, so the whole is linear.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from miner.dates.days import DAY_MONTH, day, lunar, same
from miner.dates.lengths import first_of_year, in_year, length, now, same_period, season, week, weekday
from miner.dates.months import ROMAN, bare_years, century, month, month_of_digits, part, quarter, year, years
from miner.dates.pieces import OPT, D, S, Y, compiled
from miner.dates.point import Point

_FROM = compiled(rf"(?:kể{S})?từ{S}(?:khoảng{S}|hồi{S})?")
_TO = compiled(rf"{OPT}(?:(?:cho{S})?(?:đến|tới)|và{S}kết{S}thúc|[-–]){OPT}(?:hết{S})?(?:nay(?!\w))?")
_FROM_NUMBER = compiled(rf"(?:ngày{S}|tháng{S}|qu[ýí]{S})?(?P<n>{D}|i{{1,3}}(?!\w)|iv(?!\w))")
_FROM_YEAR = compiled(rf"(?:năm{S})?(?P<y>{Y})")
_FROM_NOW = compiled(r"(?:hôm )?nay(?!\w)")


def from_to(low: str, at: int, bare: bool = False) -> Point | None:
    """Read `từ ngày 15/11 đến 14/12`, `từ tháng 1 đến tháng 6/2019`, `từ đầu năm đến nay`, `từ năm 2017 đến nay`."""
    if not (head := _FROM.match(low, at)):
        return None
    here = head.end()
    left = point(low, here, True)
    if left is None and (found := _FROM_YEAR.match(low, here)):
        left = Point(here, found.end(), "year", int(found["y"]))
    if left is None and (found := _FROM_NOW.match(low, here)):
        left = Point(here, found.end(), "now")
    if left is not None:
        if (whole := _joined(low, left)) is not left:
            return whole._replace(start=at)
        if left.kind == "step" and left.part == "đầu" and not left.n and left.unit in ("năm", "tháng", "tuần"):
            return Point(at, left.end, "until_now", part=left.unit)
        if (
            left.to is not None
            and left.kind in ("days", "months", "quarters", "years")
            and "từ" not in low[here : left.end]
        ):
            return left._replace(start=at)
        return None
    if found := _FROM_NUMBER.match(low, here):
        link = _TO.match(low, found.end())
        right = point(low, link.end(), True) if link else None
        if right is not None and right.to is None:
            number = ROMAN.get(found["n"]) or int(found["n"])
            if right.kind == "day" and right.day and number < right.day:
                return Point(at, right.end, "days", right.year, right.month, number, to=right)
            if right.kind == "month" and right.month and number < right.month and not low.startswith("ngày", here):
                return Point(at, right.end, "months", right.year, number, to=right)
    return None


def _joined(low: str, left: Point) -> Point:
    """Return the range that starts with `left` where `đến` and another point of its kind follow, else `left`."""
    if left.to is not None or left.kind in ("lunar", "vague", "skip", "past", "next"):
        return left
    if not (link := _TO.match(low, left.end)):
        return left
    mark = low[left.end : link.end()].strip()
    if mark.endswith("nay"):
        return Point(left.start, link.end(), "to_now", since=left)
    right = point(low, link.end(), True)
    if right is None and left.kind == "year" and (found := _FROM_YEAR.match(low, link.end())):
        right = Point(link.end(), found.end(), "year", int(found["y"]))
    if (
        right is None
        or right.to is not None
        or right.kind in ("lunar", "vague", "skip", "past", "same_period", "until_now")
    ):
        return left
    if mark in ("-", "–") and right.kind != left.kind:
        return left
    if right.kind == "now":
        return Point(left.start, right.end, "to_now", since=left)
    return Point(left.start, right.end, "range", since=left, to=right)


# --- where an expression may open

_BY_DIGIT = (length, month_of_digits, bare_years, day, same)
_DAY = (same, weekday, day)
_OPENINGS: dict[str, tuple[Callable[[str, int, bool], Point | None], ...]] = {
    "ngày": (day,),
    "tháng": (first_of_year, month),
    "quý": (first_of_year, quarter),
    "quí": (first_of_year, quarter),
    "tuần": (first_of_year, week),
    "năm": (length, year),
    "niên": (year,),
    "thế": (century,),
    "thập": (year,),
    "giai": (years,), "nhiệm": (years,), "thời": (years,), "khóa": (years,), "khoá": (years,), "vụ": (years,),
    "đầu": (part,), "giữa": (part,), "cuối": (part,),
    "nửa": (part, day),
    "cùng": (same_period, same),
    "từ": (from_to,), "kể": (from_to,),
    "đến": (now,), "tới": (now,), "tính": (now,), "hiện": (now,), "cho": (now,),
    "trong": (in_year,), "cả": (in_year, day),
    "mùa": (season,), "hè": (season,), "xuân": (season,), "hạ": (season,), "thu": (season,), "đông": (season,),
    "dịp": (season,),
    "mùng": (lunar, day), "mồng": (lunar, day), "rằm": (lunar,),
    "các": (length, month, year, quarter, day), "những": (length, year, day),
    "nhiều": (length,), "vài": (length,), "mấy": (length,),
    "một": (length,), "hai": (length, quarter, day, year), "ba": (length, quarter, day, year),
    "bốn": (length, day, year),
    "sáu": (length,), "bảy": (length,), "bẩy": (length,), "tám": (length,), "chín": (length,), "mười": (length,),
}  # fmt: skip
# Before a unit of time only: such words are too common to be tried everywhere.
_COUNTING = {
    "các", "những", "nhiều", "vài", "mấy", "một", "hai", "ba", "bốn", "sáu", "bảy", "bẩy", "tám", "chín", "mười",
}  # fmt: skip
_COUNTED = "(?=[ \xa0](?:ngày|tuần|tháng|qu[ýí]|năm|thập|mươi|mốt|một|hai|lăm))"
# What must follow these for an expression to open.
_FOLLOWED = {
    "thế": "(?=[ \xa0]k)", "giai": "(?=[ \xa0]đ)", "nhiệm": "(?=[ \xa0]k)", "thời": "(?=[ \xa0]k)",
    "vụ": "(?=[ \xa0]\\d)", "khóa": "(?=[ \xa0][\\divx(])", "khoá": "(?=[ \xa0][\\divx(])",
    "cùng": "(?=[ \xa0][ktnd])", "kể": "(?=[ \xa0]t)", "đến": "(?=[ \xa0](?:nay|th|hi))",
    "tới": "(?=[ \xa0](?:nay|th|hi))", "tính": "(?=[ \xa0](?:đ|t|cho))", "hiện": "(?=[ \xa0]na)",
    "cho": "(?=[ \xa0](?:đế|tớ|nay))", "trong": "(?=[ \xa0]năm)", "cả": "(?=[ \xa0]n)",
    "dịp": "(?=[ \xa0][hxtđ])", "chủ": "(?=[ \xa0]nh)", "thứ": "(?=[ \xa0](?:[2-7]|hai|ba|tư|năm|sáu|b))",
    "hôm": "(?=[ \xa0](?:n|q|k|t|\\d))", "đầu": "(?=[ \xa0][tnqcm12])", "giữa": "(?=[ \xa0][tnqcm12])",
    "cuối": "(?=[ \xa0][tnqcm12])", "mùa": "(?=[ \xa0][xhtđ])", "từ": "(?=[ \xa0]{1,2}(?:\\d|[nthđscgkqmx]))",
}  # fmt: skip
_DAY_OPENINGS = ["sáng", "trưa", "xế", "chiều", "tối", "đêm", "khuya", "rạng", "buổi", "hôm", "thứ", "chủ"]


# Blanks and marks that may stand before an expression: a listed set is twice as fast to search as `\\W`.
_MARKS = frozenset(c for c in map(chr, [*range(1, 0xC0), *range(0x2000, 0x2070)]) if not c.isalnum() and c not in "/_")
_BEFORE = "".join(map(re.escape, sorted(_MARKS)))


def _openings() -> str:
    """Return the pattern of what may open an expression, branched by first letters."""
    by_letter: dict[str, list[str]] = {}
    for word in sorted({*_OPENINGS, *_DAY_OPENINGS}, key=len, reverse=True):
        follow = _COUNTED if word in _COUNTING else _FOLLOWED.get(word, "")
        by_letter.setdefault(word[0], []).append(word[1:] + r"(?!\w)" + follow)
    number = (
        r"\d(?<!\d[.,]\d)"
        r"(?=\d?(?:[ \xa0]?(?:[hg:/.\-–]|ngày|tháng|tuần|qu[ýí]|năm|giờ|thập|và|đến|,)|\d\d))"
    )
    return "|".join([*(f"{letter}(?:{'|'.join(rests)})" for letter, rests in by_letter.items()), number])


_OPENING = re.compile(_openings())
_TRIGGER = re.compile(f"[{_BEFORE}](?:{_openings()})")
_Parsers = tuple[Callable[[str, int, bool], Point | None], ...]


def _opening(low: str, at: int) -> _Parsers:
    found = _OPENING.match(low, at)
    if not found:
        return (day, month_of_digits, bare_years) if low[at : at + 1].isdecimal() else ()
    return _BY_DIGIT if low[at].isdecimal() else _OPENINGS.get(found[0], _DAY)


def point(low: str, at: int, bare: bool = False) -> Point | None:
    """Read the point that starts at `at`; `bare` says that a word before it announced a time. Ranges do not nest."""
    for parser in _opening(low, at):
        if parser is not from_to and (found := parser(low, at, bare)):
            return found
    return None


_ANNOUNCED = re.compile(r"(?<!\w)(?:từ|đến|tới|trước|hết|sau)[ \xa0]$|\($")


def read_points(low: str) -> Iterator[Point]:
    """Yield the time expressions of `low`, a text in small letters, in order and without overlaps."""
    at = 0
    trigger = _OPENING.match(low) or _TRIGGER.search(low)
    while trigger:
        start = trigger.start() + (trigger[0][0] in _MARKS)
        at = trigger.end()
        digit = low[start].isdecimal()
        for parser in _BY_DIGIT if digit else _OPENINGS.get(low[start:at], _DAY):
            found = parser(low, start, False)
            if found is None and parser is day and digit and _announced(low, start):
                found = day(low, start, True)
            if found is not None:
                if found.kind != "skip":
                    found = _joined(low, found)
                    yield found
                at = found.end
                break
        trigger = _TRIGGER.search(low, at)


def _announced(low: str, at: int) -> bool:
    """Tell whether `15/11` at `at` is a day: announced by từ or đến, and no share (the day is above the month)."""
    if not _ANNOUNCED.search(low, max(0, at - 7), at):
        return False
    found = DAY_MONTH.match(low, at)
    if not found or int(found["m"]) > 12:
        return False
    return int(found["d"]) > int(found["m"]) or low[found.end() : found.end() + 1] in (".", ";", ")", "\n")
