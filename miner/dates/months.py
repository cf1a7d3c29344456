"""Parsers of months, quarters, years, decades, and of their parts (`đầu tháng 5`)."""

from __future__ import annotations

import re

from miner.dates.days import read_lunar
from miner.dates.pieces import (
    KY,
    LEAN,
    LOOSELY_BEFORE,
    MONTHWORD,
    OPT,
    SHIFTS,
    YEARWORD,
    D,
    S,
    Y,
    compiled,
    int_of,
    is_name,
    is_rate,
    lean_of,
    plain,
    shift_of,
)
from miner.dates.point import Point
from miner.dates.words import NUMBER, number_of

_MONTH_ONE = compiled(
    rf"tháng{S}(?P<m>{D}|{MONTHWORD})(?!\d)"
    rf"(?:(?:{OPT}[/.\-–]{OPT}|{OPT},?{OPT}năm{S}|{S})(?P<y>{Y})|{S}năm{S}(?P<shift>{YEARWORD})(?!\w))?{LEAN}"
)
_MONTHS = compiled(
    rf"(?:các{S})?tháng{S}(?P<m>{D})(?:{OPT},{OPT}(?:tháng{S})?{D}(?!\d)){{0,9}}{OPT}(?:và|đến|tới|[-–,]){OPT}(?:tháng{S})?(?P<m2>{D})"
    rf"(?!\d)(?:(?:{OPT}[/.\-–]{OPT}|{S}năm{S})(?P<y>{Y})|{S}năm{S}(?P<shift>{YEARWORD})(?!\w)|(?={OPT}[,.;)]|{S}[^\W\d]))"
)
_NOT_MONTH = compiled(rf"{S}(?:lần|buổi|triệu|tỷ|kg|kỳ|ngày|người|lượt|âm|tuổi|%)|[%.,]\d")
_MONTH_AWAY = compiled(rf"tháng{S}(?P<word>này|trước|qua|vừa{S}qua|vừa{S}rồi|tới|sau)(?!\w)")
STEPS = {"này": 0, "trước": -1, "qua": -1, "vừa qua": -1, "vừa rồi": -1, "tới": 1, "sau": 1}
_MY = compiled(rf"(?P<m>{D}){OPT}[/-]{OPT}(?P<y>{Y})(?!{OPT}[-/])")

ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_QUARTER = compiled(
    rf"(?:(?:các|hai|ba|2|3){S})?qu[ýí]{S}(?P<q>i{{1,3}}|iv|[1-4])(?:(?:{OPT},{OPT}(?:i{{1,3}}|iv|[1-4])){{0,3}}{OPT}(?:và|đến|,|-|–){OPT}(?:qu[ýí]{S})?(?P<q2>i{{1,3}}|iv|[1-4]))?(?!\w)"
    rf"(?:(?:{OPT}[/.\-–]{OPT}|{OPT},?{OPT}(?:của{S})?năm{S}|{S})(?P<y>{Y})|{S}năm{S}(?P<shift>{YEARWORD})(?!\w))?"
)
_QUARTER_AWAY = compiled(rf"qu[ýí]{S}(?P<word>này|trước|vừa{S}qua|tới|sau)(?!\w)")

_YEARS = compiled(
    rf"(?:(?:các|những|{NUMBER}){S})?năm{S}(?P<y>{Y})"
    rf"(?:(?:{OPT},{OPT}(?:năm{S})?{Y}){{0,9}}{OPT}(?:và|đến|tới|[-–,]){OPT}(?:năm{S})?(?P<y2>{Y}))?"
)
_DECADE = compiled(
    rf"(?:những{S}năm|thập{S}(?:niên|k[ỷỉ])|(?:những{S})?năm{S}đầu{S}thập{S}(?:niên|k[ỷỉ])){S}(?P<y>(?:1[89]|20)\d0|[2-9]0)(?!\d)"
    rf"(?:{S}(?:của{S})?thế{S}k[ỷỉ]{S}(?:trước|xx|20)(?!\w))?"
)
_CENTURY = compiled(rf"thế{S}k[ỷỉ]{S}(?:thứ{S})?(?P<n>x{{0,2}}(?:ix|iv|v?i{{0,3}})|\d{{1,2}})(?!\w)")
_YEAR_AWAY = compiled(rf"năm{S}(?P<word>nay|ngoái|trước|vừa{S}qua|qua|sau|tới(?!{S}nay))(?!\w)")
_SCHOOL = compiled(rf"(?:năm{S}học|niên{S}khóa|niên{S}khoá){S}(?P<y>{Y}){OPT}[-–/]{OPT}(?P<y2>{Y})")
_SPAN = compiled(
    rf"(?:giai{S}đoạn|nhiệm{S}{KY}|thời{S}{KY}|khóa|khoá|niên{S}vụ|vụ)(?:{S}[ivx\d]{{1,5}}{OPT},?)?{OPT}\(?{OPT}(?:từ{S})?(?:năm{S})?(?P<y>{Y})"
    rf"{OPT}(?:[-–/]|đến|tới){OPT}(?:năm{S})?(?P<y2>{Y})"
)
_BARE_SPAN = compiled(rf"(?P<y>(?:19|20)\d\d){OPT}[-–]{OPT}(?P<y2>{Y})(?!{OPT}(?:đồng|người|m|kg|ha|tấn))")
_BARE_YEAR = compiled(
    rf"(?P<y>(?:19|20)\d\d)(?:(?:,{OPT}(?:19|20)\d\d){{0,9}}{OPT}(?:và|,){OPT}(?P<y2>(?:19|20)\d\d))?(?=(?:{OPT}[.,;:)\]\"”\n](?!\d)|$))"
)
_BARE_YEAR_BEFORE = compiled(
    rf"(?:\(|(?:so{S}với|so|cùng{S}{KY}|từ|đến|tới|sn|sinh|hè|xuân|tết|vụ|{KY}|đầu|cuối|giữa|ước|{Y}{OPT}[,-]){OPT})$"
)

_PART = compiled(
    rf"(?P<part>nửa{S}đầu|nửa{S}cuối|đầu|giữa|cuối){S}(?=(?:các{S}|những{S})?(?:tháng|năm|qu[ýí]|tuần|thập|mùa|thế)(?!\w)|{Y})"
)
_PART_OF = compiled(
    rf"(?P<unit>tháng|năm|tuần)(?:{S}(?P<word>này|nay|trước|ngoái|qua|vừa{S}qua|vừa{S}rồi|tới(?!{S}nay)|sau)(?!\w))?(?!\w)(?!{S}(?:học|tài|{D}(?!\d)))"
)


def month(low: str, at: int, bare: bool = False) -> Point | None:
    """Read `tháng 5/2019`, `tháng 5 năm ngoái`, `tháng 1, 2 và 3/2020`, `tháng trước`."""
    if is_rate(low, at) and not LOOSELY_BEFORE.search(low, max(0, at - 8), at):
        return None
    if (found := _MONTHS.match(low, at)) and not _NOT_MONTH.match(low, found.end()):
        one, two = int(found["m"]), int(found["m2"])
        if 0 < one < two <= 12:
            first = Point(at, found.end(), "month", int_of(found["y"]), one, year_shift=shift_of(found["shift"]))
            return first._replace(kind="months", to=first._replace(month=two))
    if found := _MONTH_ONE.match(low, at):
        number = int(found["m"]) if found["m"].isdecimal() else number_of(found["m"])
        if is_name(low, at) or not 1 <= number <= 12:
            return None
        if not found["y"] and _NOT_MONTH.match(low, found.end("m")):
            return read_lunar(low, at, at)
        return Point(
            at,
            found.end(),
            "month",
            int_of(found["y"]),
            number,
            year_shift=shift_of(found["shift"]),
            lean=lean_of(found) or -_back(low, at),
        )
    if found := _MONTH_AWAY.match(low, at):
        return Point(at, found.end(), "step", n=STEPS[plain(found["word"])], unit="tháng")
    return read_lunar(low, at, at)


def _back(low: str, at: int) -> bool:
    """Tell whether `hồi` before it says that the month is over."""
    return low.startswith("hồi", max(0, at - 4))


def month_of_digits(low: str, at: int, bare: bool = False) -> Point | None:
    """Read `5/2019` where a word before it says that it is a date."""
    found = _MY.match(low, at)
    if found and 1 <= int(found["m"]) <= 12 and (bare or _MONTH_BEFORE.search(low, max(0, at - 12), at)):
        return Point(at, found.end(), "month", int(found["y"]), int(found["m"]))
    return None


_MONTH_BEFORE = compiled(rf"(?<!\w)(?:từ|đến|tới|hết|trước|sau|đầu|giữa|cuối|vào|trong|[-–]){S}$|\($")


def quarter(low: str, at: int, bare: bool = False) -> Point | None:
    """Read `quý I/2020`, `quý II và III năm 2019`, `quý trước`."""
    if found := _QUARTER.match(low, at):
        first = ROMAN[found["q"]]
        last = ROMAN[found["q2"]] if found["q2"] else first
        point = Point(at, found.end(), "quarter", int_of(found["y"]), n=first, year_shift=shift_of(found["shift"]))
        return point._replace(kind="quarters", to=point._replace(n=last)) if last > first else point
    if found := _QUARTER_AWAY.match(low, at):
        return Point(at, found.end(), "step", n=STEPS[plain(found["word"])], unit="quý")
    return None


def year(low: str, at: int, bare: bool = False) -> Point | None:
    """Read `năm 2019`, `các năm 2016, 2017 và 2018`, `năm ngoái`, `năm học 2018-2019`, `những năm 1990`."""
    if low.startswith("những", at) and (found := _DECADE.match(low, at)):
        return Point(at, found.end(), "decade", _decade(found["y"]))
    if found := _YEARS.match(low, at):
        if low.startswith("năm", at) and low[max(0, at - 2) : at - 1].isdecimal():  # kế hoạch 5 năm 2016-2020
            return bare_years(low, found.start("y"), True)
        first, last = int(found["y"]), int(found["y2"] or found["y"])
        point = Point(at, found.end(), "year", first)
        if last > first:
            return point._replace(kind="years", to=point._replace(year=last))
        return point._replace(end=found.end("y"))
    if found := _SCHOOL.match(low, at):
        first, last = int(found["y"]), int(found["y2"])
        return Point(at, found.end(), "school_year", first) if last == first + 1 else _years(at, found, "years")
    if found := _DECADE.match(low, at):
        return Point(at, found.end(), "decade", _decade(found["y"]))
    if (found := _YEAR_AWAY.match(low, at)) and (found["word"] == "ngoái" or not is_rate(low, at)):
        word = plain(found["word"])
        if word in ("qua", "vừa qua"):
            return Point(at, found.end(), "past_year")
        return Point(at, found.end(), "step", n=SHIFTS[word], unit="năm")
    return None


def _decade(text: str) -> int:
    value = int(text)
    return value if value > 99 else 1900 + value


def century(low: str, at: int, bare: bool = False) -> Point | None:
    """Read `thế kỷ XIX`."""
    if not (found := _CENTURY.match(low, at)) or not found["n"]:
        return None
    number = int(found["n"]) if found["n"].isdecimal() else _roman(found["n"])
    return Point(at, found.end(), "century", n=number) if 1 <= number <= 21 else None


def _roman(text: str) -> int:
    values = [{"i": 1, "v": 5, "x": 10}[c] for c in text]
    return sum(-v if any(w > v for w in values[i + 1 : i + 2]) else v for i, v in enumerate(values))


def years(low: str, at: int, bare: bool = False) -> Point | None:
    """Read `giai đoạn 2015-2020`, `nhiệm kỳ 2015 - 2020`."""
    found = _SPAN.match(low, at)
    return _years(at, found, "years") if found else None


def _years(at: int, found: re.Match[str], kind: str) -> Point | None:
    first, last = int(found["y"]), int(found["y2"])
    if not first < last <= first + 100:
        return None
    return Point(at, found.end(), kind, first, to=Point(at, found.end(), "year", last))


def bare_years(low: str, at: int, bare: bool = False) -> Point | None:
    """Read `2015-2020`, and `2019` where a word, a bracket or the end of a clause shows that it is a year."""
    if found := _BARE_SPAN.match(low, at):
        return _years(at, found, "years")
    if (found := _BARE_YEAR.match(low, at)) and (bare or _BARE_YEAR_BEFORE.search(low, max(0, at - 14), at)):
        first, last = int(found["y"]), int(found["y2"] or found["y"])
        point = Point(at, found.end(), "year", first)
        return point._replace(kind="years", to=point._replace(year=last)) if last > first else point
    return None


def part(low: str, at: int, bare: bool = False) -> Point | None:
    """Read `đầu tháng 5`, `cuối năm ngoái`, `nửa đầu năm 2019`, `đầu năm`, `cuối tuần qua`."""
    if not (head := _PART.match(low, at)):
        return None
    name, here = plain(head["part"]), head.end()
    for parser in (year, month, quarter, bare_years, century):
        inner = parser(low, here, True)
        if inner and inner.kind in ("year", "month", "quarter", "decade", "century", "step", "past_year"):
            unit = inner.unit or inner.kind
            if inner.kind == "past_year":
                inner = inner._replace(kind="step", n=-1, unit="năm")
            if inner.kind == "step" and unit == "quý":
                return None
            return inner._replace(start=at, part=name)
    if found := _PART_OF.match(low, here):
        word = plain(found["word"] or "này")
        n = STEPS.get(word, SHIFTS.get(word, 0))
        return Point(at, found.end(), "step", n=n, unit=found["unit"], part=name)
    return None
