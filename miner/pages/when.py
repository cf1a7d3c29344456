"""The time of publication as Vietnamese pages write it: day first, +07:00, with the words that say so."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from miner.pages.page import Stamp

VIETNAM = timezone(timedelta(hours=7))
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?\s?(?:Z|[+-]\d\d:?\d\d)?|\d{4}-\d\d-\d\d(?!\d)")
_DAY = re.compile(r"(?<![\d/.-])(\d{1,2})\s?([/.-])\s?(\d{1,2})\s?\2\s?(\d{4})(?!\d)")
_WORDS = re.compile(r"(?<!\d)(\d{1,2})\s+tháng\s+(\d{1,2})(?:\s*,\s*|\s+năm\s+|\s+)(\d{4})(?!\d)", re.I)
_CLOCK = re.compile(r"(?<![\d:])([01]?\d|2[0-3])(?:[:h]|\s?giờ\s?)([0-5]\d)(?::([0-5]\d))?(?![\d:])", re.I)
_AFTERNOON = re.compile(r"\s*(PM|CH)\b")
_AGO = re.compile(r"(?<!\d)(\d{1,4})\s+(phút|giờ|ngày|tuần)\s+trước", re.I)
_STEPS = {
    "phút": timedelta(minutes=1),
    "giờ": timedelta(hours=1),
    "ngày": timedelta(days=1),
    "tuần": timedelta(weeks=1),
}
_NEAR = 40
"""Characters between a day and its clock."""


def read_stamp(written: str, fetched: datetime | None = None, *, first_year: int = 1990) -> Stamp:
    """Return the first time that `written` says, moved to +07:00; a time without a zone is Viet Nam's.

    `fetched` (with a zone) is when the page came: a later time is none, and `2 ngày trước` counts back from it to a
    whole day. `GMT+7` is east of Greenwich. Nothing is guessed: a month above 12 is impossible, not a day, and so is a
    year before `first_year`, since no site is as old.
    """
    if found := _ISO.search(written):
        return _checked(_iso(found[0]), found[0], fetched, first_year, whole_day=":" not in found[0])
    for pattern, places in ((_DAY, (4, 3, 1)), (_WORDS, (3, 2, 1))):
        if found := pattern.search(written):
            year, month, day = (int(found[place]) for place in places)
            clock, start, end = _clock(written, found.start(), found.end())
            try:
                value = datetime(year, month, day, *(clock or (0, 0, 0)), tzinfo=VIETNAM)
            except ValueError:
                value = None
            return _checked(value, written[start:end].strip(), fetched, first_year, whole_day=clock is None)
    if (found := _AGO.search(written)) and fetched is not None:
        unit = found[2].lower()
        value = fetched.astimezone(VIETNAM) - int(found[1]) * _STEPS[unit]
        if unit in ("ngày", "tuần"):
            value = value.replace(hour=0, minute=0)
        value = value.replace(second=0, microsecond=0)
        return _checked(value, found[0], fetched, first_year, whole_day=unit in ("ngày", "tuần"))
    return Stamp(None, "", "missing")


def _iso(written: str) -> datetime | None:
    try:
        value = datetime.fromisoformat(written.replace(" +", "+").replace(" Z", "Z").replace(" -", "-").strip())
        return value.replace(tzinfo=VIETNAM) if value.tzinfo is None else value.astimezone(VIETNAM)
    except (ValueError, OverflowError):
        return None


def _clock(text: str, start: int, end: int) -> tuple[tuple[int, int, int] | None, int, int]:
    """Return the clock beside the day at `start` to `end`, and the stretch that holds both."""
    after = _CLOCK.search(text[end : end + _NEAR])
    head = text[max(0, start - _NEAR) : start]
    earlier = list(_CLOCK.finditer(head))
    before = earlier[-1] if earlier else None
    found, offset = (after, end) if after else (before, start - len(head))
    if found is None:
        return None, start, end
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if hour < 12 and _AFTERNOON.match(text, offset + found.end()):
        hour += 12
    return (hour, minute, second), min(start, offset + found.start()), max(end, offset + found.end())


def _checked(
    value: datetime | None, evidence: str, fetched: datetime | None, first_year: int, *, whole_day: bool
) -> Stamp:
    if value is None or value.year < first_year:
        return Stamp(None, evidence, "impossible")
    if fetched is not None and value > fetched + timedelta(minutes=10):
        return Stamp(None, evidence, "in the future")
    return Stamp(value, evidence, whole_day=whole_day)
