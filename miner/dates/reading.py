"""From points to days: the years and months that the words leave out are taken from the article's own day."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from miner.dates.point import Point
from miner.dates.words import pairs

Days = tuple[date | None, date | None, str]
"""First day, last day (both included, None where it cannot be known) and precision."""
_NOTHING: Days = (None, None, "range")


@dataclass(slots=True)
class Anchor:
    """The article's own day and year, and what was read last before the expression in hand."""

    today: date | None
    year: int | None
    before: Days = _NOTHING
    """The last expression that was read as days."""
    day: Days = _NOTHING
    """The last single day, for `cùng ngày`."""
    span: Days = _NOTHING
    """The last month, quarter, year or range, for `cùng kỳ` and `trong năm`."""


_CREDIBLE = range(1000, 9000)
"""Years that an article may be of; `date.min` and `date.max` stand for none, and steps from them leave the calendar."""
# The year after these words is no sign of when the article was written.
_WEAK_BEFORE = re.compile(
    r"(?:(?<!\w)(?:từ|sinh|sn|đến|tới|trước|lập|tầm nhìn|đoạn|ước tính|dự kiến|khóa|khoá|kỳ|mục tiêu|hết)"
    r"|/[\w-]+|(?<!\w)số [\w.]+|\()[ ,]{0,2}(?:vào |từ |khoảng |hồi |đầu |giữa |cuối |ngày )*$"
)


def anchor_of(low: str, points: Sequence[Point], published: date | None) -> Anchor:
    """Return the day and year that relative expressions hang on: `published`, else what the text itself gives.

    The text gives the latest full date, or where a later year is named that year and the first day without a year.
    Years that begin a span (`từ năm 2011`), are still to come (`đến năm 2025`), or date a document do not count.
    """
    if published is not None and published.year in _CREDIBLE:
        return Anchor(published, published.year)
    latest: date | None = None
    years: list[int] = []
    for point in points:
        if point.kind == "to_now" and point.since is not None and point.since.part and point.since.year:
            years.append(point.since.year)
        if point.kind not in (
            "day",
            "days",
            "month",
            "months",
            "quarter",
            "edge",
            "year",
            "school_year",
            "season",
            "range",
        ):
            continue
        last = point.to if point.to is not None else point
        year = last.year
        if year is None or year < 1990 or _WEAK_BEFORE.search(low, max(0, point.start - 24), point.start):
            continue
        years.append(year + (point.kind == "school_year"))
        if last.kind in ("day", "days") and last.month and last.day:
            found = _day(year, last.month, last.day)
            latest = max(latest, found) if latest and found else found or latest
    year = max(years, default=None)
    if latest and (year is None or latest.year >= year):
        return Anchor(latest, latest.year)
    if year is None:
        return Anchor(None, None)
    first = next((p for p in points if p.kind == "day" and p.year is None and p.year_shift is None), None)
    return Anchor(_day(year, first.month or 1, first.day or 1) if first else None, year)


def read(point: Point, anchor: Anchor) -> Days:
    """Return the days of `point`; None for what neither the words nor the anchor give."""
    days = _read(point, anchor)
    first, last, precision = days
    if first and last and first > last:
        return None, None, precision
    if first:
        anchor.before = days
        if precision == "day":
            anchor.day = days
        elif last and point.kind != "same_period":
            anchor.span = days
    return days


def _read(point: Point, anchor: Anchor) -> Days:
    match point.kind:
        case "day":
            return _one(_when(point, anchor, point.day), "day")
        case "days":
            right = point.to or point
            year = _year(right, anchor)
            if year is None:
                return None, None, "range"
            return (
                _when(right._replace(day=point.day, year=year), anchor, point.day),
                _when(right._replace(year=year), anchor, right.day),
                "range",
            )
        case "bare_day":
            return _one(_bare(point.day or 0, anchor), "day")
        case "away":
            return _one(anchor.today and anchor.today + timedelta(point.n), "day")
        case "now":
            return _one(anchor.today, "day")
        case "weekday":
            return _one(_weekday(point, anchor.today), "day")
        case "same":
            return _same(point, anchor)
        case "month":
            year = _year(point, anchor)
            return _month(year, point.month or 1, point) if year else (None, None, "month")
        case "months":
            right = point.to or point
            year = _year(right, anchor)
            return (
                (date(year, point.month or 1, 1), _month_end(year, right.month or 1), "range")
                if year
                else (None, None, "range")
            )
        case "quarter" | "quarters":
            year = _year(point, anchor)
            last = (point.to or point).n
            precision = "quarter" if point.to is None else "range"
            return _quarters(year, point.n, last, precision) if year else (None, None, precision)
        case "year":
            return _whole_year(point.year, point.part)
        case "years":
            return _start(point.year), _end((point.to or point).year), "range"
        case "school_year":
            return date(point.year or 1, 9, 1), date((point.year or 1) + 1, 5, 31), "range"
        case "decade":
            return _start(point.year), _end((point.year or 0) + 9), "range"
        case "century":
            return _start(point.n * 100 - 99), _end(point.n * 100), "range"
        case "season":
            return _season(point, anchor)
        case "edge":
            return _edge(point, anchor)
        case "step":
            return _step(point, anchor)
        case "past" | "next" | "ago":
            return _away(point, anchor)
        case "past_year":
            return _past_year(anchor)
        case "in_year":
            known = anchor.span[0]
            return _whole_year(known.year if known else anchor.year, "")
        case "same_period":
            return _same_period(point, anchor)
        case "until_now":
            since = _step(Point(0, 0, "step", unit=point.part), anchor)[0]
            return (since, anchor.today, "range") if since else _NOTHING
        case "to_now":
            first = _read(point.since._replace(lean=-1), anchor)[0] if point.since else None
            return first, anchor.today if first else None, "range"
        case "range":
            return _range(point, anchor)
        case "lunar":
            return None, None, "day"
        case _:  # vague: `nhiều năm qua` has no first day
            return _NOTHING


def _one(found: date | None, precision: str) -> Days:
    return found, found, precision


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _start(year: int | None) -> date | None:
    return date(year, 1, 1) if year else None


def _end(year: int | None) -> date | None:
    return date(year, 12, 31) if year else None


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _shifted(found: date, months: int) -> date:
    """Return the day `months` months away, or the last day of that month where it is shorter."""
    count = found.year * 12 + found.month - 1 + months
    year, month = min(max(count // 12, 1), 9999), count % 12 + 1
    return date(year, month, min(found.day, monthrange(year, month)[1]))


def _year(point: Point, anchor: Anchor) -> int | None:
    """Return the point's year; where it names none, the one that brings its month nearest to the article's day.

    That is the article's own year, unless the month lies more than half a year ahead (December, read in January; three
    months for a day, since reports tell of what happened) or nearly a whole year back (January, read in December).
    """
    if point.year is not None:
        return point.year
    if anchor.year is None:
        return None
    if point.year_shift is not None:
        return anchor.year + point.year_shift
    if anchor.today is None or point.month is None:
        return anchor.year
    ahead = point.month - anchor.today.month
    if ahead == 0 and point.day is not None and point.lean:
        return anchor.year
    if point.lean == 1:
        return anchor.year + (ahead < 0)
    if point.lean < 0:
        return anchor.year - (ahead > 0)
    far = 3 if point.day is not None and not point.lean else 6
    return anchor.year - (ahead > far) + (ahead <= -11)


def _when(point: Point, anchor: Anchor, day: int | None) -> date | None:
    year = _year(point, anchor)
    return _day(year, point.month or 1, day or 1) if year else None


def _bare(day: int, anchor: Anchor) -> date | None:
    """Return `ngày 25` in the month spoken of before, else the last such day up to the article's, or just after it."""
    if anchor.before[0] and anchor.before[2] in ("day", "month", "range"):
        first = anchor.before[0]
        if anchor.before[2] != "range" or (anchor.before[1] and first.month == anchor.before[1].month):
            return _day(first.year, first.month, day)
    if anchor.today is None:
        return None
    found = _day(anchor.today.year, anchor.today.month, day)
    if found is None or found > anchor.today + timedelta(7):
        month = _shifted(anchor.today.replace(day=1), -1)
        return _day(month.year, month.month, day)
    return found


def _weekday(point: Point, today: date | None) -> date | None:
    if today is None:
        return None
    monday = today - timedelta(today.weekday())
    if point.unit:
        return monday + timedelta(7 * point.n + (point.day or 0))
    away = ((point.day or 0) - today.weekday()) % 7
    return today + timedelta(away or 7) if point.lean > 0 else today - timedelta((-away) % 7 or 7)


def _same(point: Point, anchor: Anchor) -> Days:
    if point.unit == "ngày":
        return _one(anchor.day[0] or anchor.today, "day")
    known = anchor.before[0] or anchor.today
    if known is None:
        return None, None, "month" if point.unit == "tháng" else "year"
    if point.unit == "tháng":
        return known.replace(day=1), _month_end(known.year, known.month), "month"
    return _whole_year(known.year, "")


def _month(year: int, month: int, point: Point) -> Days:
    last = _month_end(year, month)
    if not point.part:
        return date(year, month, 1), last, "month"
    if point.unit in ("ngày", "tuần"):
        count = min(point.n * (7 if point.unit == "tuần" else 1), last.day)
        if point.part == "đầu":
            return date(year, month, 1), date(year, month, max(count, 1)), "range"
        return last - timedelta(max(count, 1) - 1), last, "range"
    first, end = pairs("parts_of_month")[point.part]
    return date(year, month, first), date(year, month, min(end, last.day)), "range"


def _quarters(year: int, first: int, last: int, precision: str) -> Days:
    return date(year, 3 * first - 2, 1), _month_end(year, 3 * last), precision


def _whole_year(year: int | None, part: str) -> Days:
    if year is None:
        return None, None, "range" if part else "year"
    if not part:
        return _start(year), _end(year), "year"
    first, last = pairs("parts_of_year")[part]
    return date(year, first, 1), _month_end(year, last), "range"


def _season(point: Point, anchor: Anchor) -> Days:
    year = _year(point, anchor)
    if year is None:
        return _NOTHING
    first, last = pairs("seasons")[point.part]
    return date(year, first, 1), _month_end(year + (last < first), last), "range"


def _edge(point: Point, anchor: Anchor) -> Days:
    """Read the first or last days, weeks, months or quarters of a year."""
    year = _year(point, anchor)
    precision = {("tháng", 1): "month", ("quý", 1): "quarter"}.get((point.unit, point.n), "range")
    if year is None:
        return None, None, precision
    start, end = date(year, 1, 1), date(year, 12, 31)
    if point.unit in ("ngày", "tuần"):
        length = timedelta(max(1, point.n * (7 if point.unit == "tuần" else 1)) - 1)
        return (start, start + length, precision) if point.part == "đầu" else (end - length, end, precision)
    months = min(12, max(1, point.n * (3 if point.unit == "quý" else 1)))
    if point.part == "đầu":
        return start, _month_end(year, months), precision
    return date(year, 13 - months, 1), end, precision


def _step(point: Point, anchor: Anchor) -> Days:
    """Read this, the last or the next week, month, quarter or year, or a part of it."""
    today = anchor.today
    if point.unit == "năm":
        return _whole_year(anchor.year + point.n if anchor.year else None, point.part)
    if today is None:
        return None, None, {"tháng": "month", "quý": "quarter"}.get(point.unit, "range")
    if point.unit == "tháng":
        month = _shifted(today.replace(day=1), point.n)
        return _month(month.year, month.month, Point(0, 0, "month", part=point.part))
    if point.unit == "quý":
        month = _shifted(today.replace(day=1), 3 * point.n)
        quarter = (month.month + 2) // 3
        return _quarters(month.year, quarter, quarter, "quarter")
    monday = today - timedelta(today.weekday() - 7 * point.n)
    if point.part == "cuối":
        return monday + timedelta(5), monday + timedelta(6), "range"
    return monday, monday + timedelta(1 if point.part == "đầu" else 6), "range"


_UNIT_MONTHS = {"tháng": 1, "quý": 3, "năm": 12, "thập kỷ": 120, "thập kỉ": 120}


def _away(point: Point, anchor: Anchor) -> Days:
    """Read a length that ends or starts with the article's day, or a point so long ago.

    `5 năm qua` are the five years up to and with the article's day.
    """
    today = anchor.today
    precision = {"ngày": "day", "tháng": "month", "năm": "year"}.get(point.unit, "range")
    if point.kind != "ago":
        precision = "range"
    if today is None:
        if point.unit == "năm" and anchor.year:
            n = point.n
            if point.kind == "past":
                return _start(anchor.year - n + 1), _end(anchor.year), precision
            if point.kind == "ago":
                return _whole_year(anchor.year - n, "")
        return None, None, precision
    if point.unit in ("ngày", "tuần"):
        step = timedelta(point.n * (7 if point.unit == "tuần" else 1))
        back, ahead = today - step, today + step
    else:
        months = min(point.n * _UNIT_MONTHS[point.unit], 12000)
        back, ahead = _shifted(today, -months), _shifted(today, months)
    if point.kind == "past":
        return min(back + timedelta(1), today), today, precision
    if point.kind == "next":
        return today + timedelta(1), max(ahead, today + timedelta(1)), precision
    if point.unit == "năm":
        return _whole_year(back.year, "")
    if point.unit == "tháng":
        return back.replace(day=1), _month_end(back.year, back.month), precision
    return (
        (back, back, "day")
        if point.unit == "ngày"
        else (back - timedelta(back.weekday()), back + timedelta(6 - back.weekday()), "range")
    )


def _past_year(anchor: Anchor) -> Days:
    """Read `năm qua`: the year before in the first months, the running year in December, else the last 12 months."""
    today = anchor.today
    if today is None or today.month == 12:
        return _whole_year(anchor.year, "")
    if today.month <= 3:
        return _whole_year(today.year - 1, "")
    return _shifted(today, -12) + timedelta(1), today, "range"


def _same_period(point: Point, anchor: Anchor) -> Days:
    """Read `cùng kỳ`: the stretch spoken of before, a year (or month) earlier."""
    first, last, precision = anchor.span
    if not (first and last):
        year = point.year or (anchor.year - 1 if anchor.year else None)
        return _whole_year(year, "")
    months = -1 if point.unit == "tháng" else -12
    if point.year:
        months = 12 * (point.year - first.year)
    whole = last == _month_end(last.year, last.month)
    end = _shifted(last, months)
    return _shifted(first, months), _month_end(end.year, end.month) if whole else end, precision


def _range(point: Point, anchor: Anchor) -> Days:
    """Read from one point to another: what the first lacks is taken from the second."""
    left, right = point.since, point.to
    if left is None or right is None:
        return _NOTHING
    _, last, _ = _read(right, anchor)
    if left.year is None and last is not None and left.kind in ("day", "month", "quarter"):
        year = last.year - (right.month is not None and left.month is not None and left.month > right.month)
        left = left._replace(year=year)
    first = _read(left, anchor)[0]
    return first, last, "range"
