"""Parsers of single days and lists of days, of the lunar calendar and of `cùng ngày`."""

from __future__ import annotations

import re
from calendar import isleap

from miner.dates.pieces import (
    LEAN,
    MONTHWORD,
    OPT,
    SEP,
    YEARWORD,
    D,
    S,
    Y,
    compiled,
    int_of,
    is_name,
    is_rate,
    lean_of,
    shift_of,
    year_of,
)
from miner.dates.point import MAY_LIE_AHEAD, Point
from miner.dates.words import DAYPART, NUMBER, WEEKDAY, listed, number_of, numbers, one_of

_CLOCK = rf"{D}(?:{OPT}(?:giờ(?!\w)|[hg](?![^\W\d]))(?:{OPT}{D}(?!\d))?(?:{OPT}(?:phút|p)(?!\w))?|:\d\d)"
_HEAD = (
    rf"(?:(?P<clock>{_CLOCK}){OPT},?{OPT})?"
    rf"(?:(?:buổi{S})?(?P<daypart>{DAYPART}){OPT},?{OPT})?"
    rf"(?:(?P<weekday>{WEEKDAY}){OPT}[,(]?{OPT})?"
    rf"(?P<word>(?:(?:các|những|cả|trong|hai|ba|bốn|[2-5]){S})?ngày{S}(?:m[ùồ]ng{S})?|hôm{S}|m[ùồ]ng{S})?"
)
_HEAD_MATCH = compiled(_HEAD)
DAY_MONTH_YEAR = compiled(rf"(?P<d>{D})(?P<sep>{SEP})(?P<m>{D})(?P=sep)(?P<y>{Y}|\d\d(?![\d.,/-]))")
_MORE_DAYS = rf"(?P<d>{D})(?:{OPT},{OPT}{D}){{0,6}}{OPT}(?:và|đến|tới|[-–,])(?:{S}ngày(?=[ ]))?{OPT}(?P<d2>{D})"
_DAYS_SLASH = compiled(rf"{_MORE_DAYS}{OPT}(?:/|(?<=[ \dà]\d)[-–.]){OPT}(?P<m>{D})(?:{SEP}(?P<y>{Y}))?(?![\d%]|/\d)")
DAY_MONTH = compiled(rf"(?P<d>{D})(?P<sep>{OPT}[/.\-–]{OPT})(?P<m>{D})(?![\d%]|{OPT}[/–-]{OPT}\d|[.,]\d)")
_DTM = compiled(
    rf"(?P<d>{D})(?:(?:{OPT},{OPT}{D}){{0,6}}{OPT}(?:và|đến|tới|[-–,]){OPT}(?P<d2>{D}))?"
    rf"{S}tháng{S}(?P<m>{D}|{MONTHWORD})(?!\d)(?:(?:,?{S}năm{S}|{OPT}[/–-]{OPT})(?P<y>{Y}))?"
)
_D_ALONE = compiled(
    rf"(?P<d>{D})(?![\d%/]|[.,:–-]\d|{OPT}[a-zđ]+\d)(?={OPT}(?:[.,;:)\]…\"”\n]|$|{S}(?:{'|'.join(listed('after_bare_day'))})(?!\w)))"
)
_DAY_TAIL = compiled(rf"(?:{OPT},?{OPT}năm{S}(?:(?P<y>{Y})|(?P<shift>{YEARWORD})(?!\w)))?{LEAN}")
_LUNAR_TAIL = compiled(rf"{S}(?:âm{S}lịch|tết|tháng{S}(?:giêng|chạp)|\(?{OPT}âm{S}lịch)(?!\w)(?:{S}tết(?!\w))?")
_CAN_CHI = compiled(
    rf"(?:{S}(?:năm|tết){S}|{S})(?:giáp|ất|bính|đinh|mậu|kỷ|canh|tân|nhâm|quý)"
    rf"{S}(?:tý|sửu|dần|mão|thìn|tỵ|ngọ|mùi|thân|dậu|tuất|hợi)(?!\w)"
)
_REL_DAY = compiled(
    rf"(?:(?P<clock>{_CLOCK}){OPT},?{OPT})?"
    rf"(?:(?P<word>{one_of(*numbers('days_away'))})|(?:(?:buổi{S})?{DAYPART}){S}(?:(?P<same>cùng{S}ngày)"
    rf"|(?P<word2>{one_of(*numbers('days_away'))})|(?P<near>nay|qua|mai|kia)(?!\w)))"
)
_IN_BRACKETS = compiled(rf"{OPT}(?P<open>[,(]?){OPT}(?:nhằm{S}|tức{S})?(?:ngày{S})?")
_NEAR = {"nay": 0, "qua": -1, "mai": 1, "kia": -2}
_SAME = compiled(
    rf"(?:(?P<clock>{_CLOCK}){OPT},?{OPT})?(?:(?:buổi{S})?{DAYPART}{S})?cùng{S}(?P<unit>ngày|tháng|năm)(?!\w)"
)


_AHEAD = compiled(r"(?<!\w)(?:dự kiến|sẽ|chậm nhất|trước|hết|hạn)(?:[ \xa0]\w{1,6}){0,2}[ \xa0]$")


def _valid(day: int, month: int) -> bool:
    """Tell whether the day exists in some year."""
    return 1 <= month <= 12 and 1 <= day <= (29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31)


def day(low: str, at: int, bare: bool = False) -> Point | None:
    """Read a day at `at`: clock, part of day and weekday belong to it; `bare` lets `15/11` stand without `ngày`."""
    if found := _REL_DAY.match(low, at):
        return _away(low, at, found)
    head = _HEAD_MATCH.match(low, at)
    assert head is not None  # every part of it is optional
    named = bool(head["word"] or head["daypart"] or head["clock"] or head["weekday"])
    here = head.end()
    if not low[here : here + 1].isdecimal():
        # `20h15, ngày` with something else behind it, or a weekday alone.
        return None
    if found := DAY_MONTH_YEAR.match(low, here):
        if (len(found["y"]) == 4 or (head["word"] and "/" in found["sep"])) and (
            len(found["sep"]) == 1 or named or bare
        ):
            return _dated(low, at, found, year_of(found["y"]))
        if len(found["y"]) == 2:
            return None
    dotted = bool(head["word"] or head["daypart"] or head["clock"])
    if named or bare:
        if (found := _DAYS_SLASH.match(low, here)) and int(found["d"]) < int(found["d2"]):
            return _dated(low, at, found, year_of(found["y"]))
        if (found := DAY_MONTH.match(low, here)) and ("." not in found["sep"] or (dotted and len(found["sep"]) == 1)):
            return _dated(low, at, found, None)
    if (found := _DTM.match(low, here)) and (named or bare or not is_name(low, at)):
        return _dated(low, at, found, int_of(found["y"]))
    if head["word"] and (lunar := read_lunar(low, at, here)):
        return lunar
    if (
        head["word"]
        and head["word"].startswith("ngày")
        and (found := _D_ALONE.match(low, here))
        and 1 <= int(found["d"]) <= 31
    ):
        return None if is_rate(low, at) else Point(at, found.end(), "bare_day", day=int(found["d"]))
    return None


def _dated(low: str, at: int, found: re.Match[str], year: int | None) -> Point | None:
    """Make the day, or the days from the first to the last of a list, out of a match of numbers."""
    groups = found.groupdict()
    month = int(found["m"]) if found["m"].isdecimal() else number_of(found["m"])
    first, last = int(found["d"]), int(groups.get("d2") or found["d"])
    if not (_valid(first, month) and _valid(last, month)) or (
        month == 2 and last == 29 and year is not None and not isleap(year)
    ):
        return None
    end = found.end()
    if lunar := (_LUNAR_TAIL.match(low, end) or _CAN_CHI.match(low, end)):
        return Point(at, lunar.end(), "lunar")
    tail = _DAY_TAIL.match(low, end)
    assert tail is not None
    if year is None:
        year = int_of(tail["y"])
        end = tail.end()
    lean = lean_of(tail)
    if not lean and year is None and _AHEAD.search(low, max(0, at - 18), at):
        lean = MAY_LIE_AHEAD
    point = Point(at, end, "day", year, month, first, year_shift=shift_of(tail["shift"]), lean=lean)
    return point._replace(kind="days", to=point._replace(day=last)) if last > first else point


def _away(low: str, at: int, found: re.Match[str]) -> Point | None:
    """Read `sáng nay`, `hôm qua`, with the number of the day where it stands behind."""
    groups = found.groupdict()
    if groups["same"]:
        return Point(at, found.end(), "same", unit="ngày")
    end = found.end()
    bracket = _IN_BRACKETS.match(low, end)
    assert bracket is not None
    here = bracket.end()
    numbered = DAY_MONTH_YEAR.match(low, here) or DAY_MONTH.match(low, here)
    if numbered and (here > end) and (point := _dated(low, at, numbered, year_of(numbered.groupdict().get("y")))):
        closed = bracket["open"] == "(" and low[point.end : point.end + 1] == ")"
        return point._replace(end=point.end + closed)
    if groups["near"]:
        return Point(at, end, "away", n=_NEAR[groups["near"]])
    word = (groups["word"] or groups["word2"]).replace("\xa0", " ")
    if word == "hôm trước" and not groups["word2"]:
        return None
    return Point(at, end, "away", n=numbers("days_away")[word])


_LUNAR = compiled(
    rf"(?:m[ùồ]ng{S}|rằm{S}|ngày{S}(?:m[ùồ]ng{S}|rằm{S})?|đêm{S}|tối{S}|sáng{S})?"
    rf"(?:{D}|{NUMBER})?(?:{S}|(?<=[ ]))(?:(?:tháng{S}(?:giêng|chạp|{D}{S}âm{S}lịch)|tết)(?!\w))"
    rf"(?:{S}(?:âm{S}lịch|nguyên{S}đán)(?!\w))?"
)
_LUNAR_MONTH = compiled(rf"tháng{S}(?:giêng|chạp|{D}{S}âm{S}lịch|{NUMBER}{S}âm{S}lịch)(?!\w)|rằm{S}tháng{S}\w{{1,5}}")


def read_lunar(low: str, at: int, here: int) -> Point | None:
    """Read a lunar day or month at `at` that ends behind `here`."""
    found = _LUNAR.match(low, at) or _LUNAR_MONTH.match(low, at)
    if not found or found.end() <= here:
        return None
    can_chi = _CAN_CHI.match(low, found.end())
    return Point(at, can_chi.end() if can_chi else found.end(), "lunar")


def lunar(low: str, at: int, bare: bool = False) -> Point | None:
    """Read a day or month of the lunar calendar, which gets no days of ours."""
    return read_lunar(low, at, at)


def same(low: str, at: int, bare: bool = False) -> Point | None:
    """Read `cùng ngày`, `19h cùng ngày`, `cùng năm`."""
    found = _SAME.match(low, at)
    return Point(at, found.end(), "same", unit=found["unit"]) if found else None
