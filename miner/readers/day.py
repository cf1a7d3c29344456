"""The day an article was published, as sources write it: day first, in Viet Nam's time."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

VIETNAM = timezone(timedelta(hours=7))
_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?!\d)")
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:?\d\d(?::?\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)")
_DAY_FIRST = re.compile(r"(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?!\d)")
_WORDS = re.compile(r"(?<!\d)(\d{1,2})\s+tháng\s+(\d{1,2})(?:\s*,\s*|\s+năm\s+|\s+)(\d{4})(?!\d)", re.I)
_COMPACT = re.compile(r"\s*(\d{4})(\d\d)(\d\d)\s*")


def read_day(written: Any) -> date | None:
    """Return the day, in Viet Nam, that `written` (text, or seconds or milliseconds since 1970) says, or None.

    A time with a zone is moved to +07:00 first: an evening in UTC is the next day there. Days come before months
    (`05/03/2020` is the fifth of March); an impossible day is None, nothing is guessed.
    """
    if isinstance(written, bool) or written is None:
        return None
    if isinstance(written, int | float):
        return _epoch(written)
    written = str(written)
    if found := _STAMP.search(written):
        stamp = found[0].replace(",", ".")
        try:
            return datetime.fromisoformat(stamp).astimezone(VIETNAM).date()
        except (ValueError, OverflowError):
            return None
    if found := _ISO.search(written) or _COMPACT.fullmatch(written):
        return _day(found[1], found[2], found[3])
    if found := _DAY_FIRST.search(written):
        return _day(found[4], found[3], found[1])
    if found := _WORDS.search(written):
        return _day(found[3], found[2], found[1])
    return None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _epoch(seconds: float) -> date | None:
    if seconds > 1e11:  # milliseconds, as JavaScript counts
        seconds /= 1000
    if not 1e8 < seconds < 1e10:  # before 1973 or after 2286: some other number
        return None
    return datetime.fromtimestamp(seconds, UTC).astimezone(VIETNAM).date()
