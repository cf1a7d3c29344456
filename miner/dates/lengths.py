"""Parsers of lengths that hang on a date (`5 năm qua`, `6 tháng đầu năm`), and of the article's own time."""

from __future__ import annotations

from miner.dates.months import STEPS, month
from miner.dates.pieces import KY, OPT, UNIT, YEARWORD, S, Y, compiled, int_of, is_rate, plain, shift_of
from miner.dates.point import Point
from miner.dates.words import DAYPART, NUMBER, WEEKDAY, number_of, numbers, one_of, pairs

_HOW = (
    rf"{S}(?P<how>(?:vừa{S}|đã{S})?qua|nay|gần{S}đây|trở{S}lại{S}đây|vừa{S}rồi|trước(?:{S}đây|{S}đó)?|(?:sắp{S})?tới"
    rf"|sau(?:{S}đó)?|kế{S}tiếp)(?!\w)"
)
_EDGE = (
    rf"{S}(?P<edge>đầu|cuối)(?!\w)(?:{S}(?:tiên|của)(?!\w))?"
    rf"(?:{S}(?:(?:của{S})?(?P<year>năm)(?!\w|{S}học)(?:{S}(?:(?P<y>{Y})|(?P<shift>{YEARWORD})(?!\w)))?"
    rf"|(?P<y2>{Y})|(?P<month>tháng)(?=[ ])))?"
)
_OF = rf"{S}(?:của{S})?(?P<of>năm){S}(?P<y3>{Y})|(?P<of2>/)(?P<y4>{Y})"
_LENGTH = compiled(
    rf"(?P<n>{NUMBER}|vài|mấy|nhiều|những|các){S}{UNIT}(?!\w)(?:{S}(?P<half>rưỡi))?(?:{_HOW}|{_EDGE}|{_OF})?"
)
_BACK = {"qua", "vừa qua", "đã qua", "nay", "gần đây", "trở lại đây", "vừa rồi"}
_FIRST_OF_YEAR = compiled(
    rf"(?P<unit>tháng|qu[ýí]|tuần){S}(?P<edge>đầu|cuối)(?:{S}(?:tiên|cùng))?{S}(?:của{S})?năm(?!\w|{S}học)"
    rf"(?:{S}(?:(?P<y>{Y})|(?P<shift>{YEARWORD})(?!\w)))?"
)
_WEEK = compiled(rf"tuần{S}(?P<word>này|trước|qua|vừa{S}qua|vừa{S}rồi|tới|sau)(?!\w)")
_WEEKDAY_OF = compiled(
    rf"(?:{DAYPART}{S})?(?P<weekday>{WEEKDAY}){S}(?:(?P<week>tuần{S}(?P<word>này|trước|qua|vừa{S}qua|tới|sau))|(?P<near>vừa{S}qua|tới|này))(?!\w)"
)
_NOW = compiled(
    rf"(?:(?:tính|cho){S})?(?:cho{S})?(?:đến|tới){S}(?:thời{S}điểm{S})?(?:nay|hiện{S}tại|hiện{S}nay|này)(?!\w)|hiện{S}nay(?!\w)"
)
_NOT_NOW = compiled(rf"(?:trước|xưa|trước{S}giờ)\s$")
_PERIOD = compiled(
    rf"cùng{S}(?:{KY}|thời{S}(?:điểm|gian)(?={S}năm))(?!\w)(?:{S}(?:của{S})?(?P<unit>năm|tháng)(?:{S}(?:(?P<y>{Y})|(?P<shift>trước|ngoái|qua))(?!\w))|{S}(?P<y2>{Y}))?"
)
_IN_YEAR = compiled(rf"(?:trong|cả){S}năm(?={OPT}[,.;)]|{S}(?:đã|sẽ|của|có|này|toàn|qua)(?!\w))")
_SEASON = compiled(
    rf"(?:mùa{S}|dịp{S})?(?P<season>{one_of(*pairs('seasons'))})"
    rf"{S}(?:năm{S})?(?:(?P<y>{Y})|(?P<shift>nay|này|ngoái|năm{S}ngoái|năm{S}trước|vừa{S}qua)(?!\w))"
)
_SEASON_SHIFT = {"nay": 0, "này": 0, "ngoái": -1, "năm ngoái": -1, "năm trước": -1, "vừa qua": 0}


def length(low: str, at: int, bare: bool = False) -> Point | None:
    """Read `6 tháng đầu năm 2019`, `5 năm qua`, `3 tháng tới`, `2 năm trước`; a mere length is none."""
    if not (found := _LENGTH.match(low, at)):
        return None
    unit = {"quí": "quý"}.get(found["unit"], plain(found["unit"]))
    vague = found["n"] in ("vài", "mấy", "nhiều", "những", "các")
    n = 0 if vague else number_of(found["n"])
    end = found.end()
    if found["how"]:
        how = plain(found["how"])
        if vague:
            return Point(at, end, "vague") if how in _BACK or how.endswith("tới") else None
        if how in _BACK:
            return Point(at, end, "past", n=n, unit=unit)
        if how in ("tới", "sắp tới"):
            return Point(at, end, "next", n=n, unit=unit)
        return Point(at, end, "ago", n=n, unit=unit) if how in ("trước", "trước đây") else Point(at, end, "skip")
    if found["edge"]:
        which = found["edge"]
        if found["month"]:
            inner = month(low, found.end("month") - len("tháng"))
            if inner and inner.kind == "month" and unit in ("ngày", "tuần") and n:
                return inner._replace(start=at, part=which, n=n, unit=unit)
            return Point(at, end, "skip")
        if (found["year"] or found["y2"]) and unit in ("ngày", "tuần", "tháng", "quý"):
            if vague:
                return Point(at, end, "vague")
            if n * {"ngày": 1, "tuần": 7, "tháng": 30, "quý": 91}[unit] > 366:
                return None
            y = int_of(found["y"] or found["y2"])
            return Point(at, end, "edge", y, n=n, unit=unit, part=which, year_shift=shift_of(found["shift"]))
        return None
    if (found["of"] or found["of2"]) and unit in ("tháng", "quý") and 0 < n <= 12:
        return Point(at, end, "edge", int_of(found["y3"] or found["y4"]), n=n, unit=unit, part="đầu")
    return None


def first_of_year(low: str, at: int, bare: bool = False) -> Point | None:
    """Read `quý đầu năm`, `tháng cuối năm 2019`, which are one quarter, one month."""
    if not (found := _FIRST_OF_YEAR.match(low, at)):
        return None
    unit = {"quí": "quý"}.get(found["unit"], found["unit"])
    shift = shift_of(found["shift"])
    return Point(at, found.end(), "edge", int_of(found["y"]), n=1, unit=unit, part=found["edge"], year_shift=shift)


def week(low: str, at: int, bare: bool = False) -> Point | None:
    """Read `tuần qua`, `tuần trước`, `tuần tới`."""
    if not (found := _WEEK.match(low, at)) or is_rate(low, at):
        return None
    word = plain(found["word"])
    if word in ("qua", "vừa qua", "vừa rồi"):
        return Point(at, found.end(), "past", n=1, unit="tuần")
    return Point(at, found.end(), "step", n=STEPS[word], unit="tuần")


def weekday(low: str, at: int, bare: bool = False) -> Point | None:
    """Read `thứ hai tuần tới`, `chủ nhật vừa qua`."""
    if not (found := _WEEKDAY_OF.match(low, at)):
        return None
    name = numbers("weekdays")[plain(found["weekday"])]
    if found["week"]:
        return Point(at, found.end(), "weekday", day=name, n=STEPS[plain(found["word"])], unit="tuần")
    return Point(at, found.end(), "weekday", day=name, lean=1 if found["near"] == "tới" else -1)


def now(low: str, at: int, bare: bool = False) -> Point | None:
    """Read `đến nay`, `hiện nay`: the article's own day."""
    found = _NOW.match(low, at)
    return Point(at, found.end(), "now") if found and not _NOT_NOW.search(low, max(0, at - 12), at) else None


def same_period(low: str, at: int, bare: bool = False) -> Point | None:
    """Read `cùng kỳ năm trước`, `cùng kỳ 2018`, `cùng kỳ`."""
    if not (found := _PERIOD.match(low, at)):
        return None
    unit = "tháng" if found["unit"] == "tháng" else "năm"
    return Point(at, found.end(), "same_period", int_of(found["y"] or found["y2"]), n=-1, unit=unit)


def in_year(low: str, at: int, bare: bool = False) -> Point | None:
    """Read `trong năm`, the year that is spoken of."""
    found = _IN_YEAR.match(low, at)
    return Point(at, found.end(), "in_year") if found and not low.startswith("qua", found.end() + 1) else None


def season(low: str, at: int, bare: bool = False) -> Point | None:
    """Read `hè 2018`, `mùa xuân năm 1975`, `hè này`."""
    if not (found := _SEASON.match(low, at)):
        return None
    shift = _SEASON_SHIFT[plain(found["shift"])] if found["shift"] else None
    return Point(at, found.end(), "season", int_of(found["y"]), part=plain(found["season"]), year_shift=shift)
