"""The day an article was published, as columns of files write it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from miner.pages.when import VIETNAM, read_stamp

_COMPACT = re.compile(r"\s*(\d{4})(\d\d)(\d\d)\s*")
_SHORT_ISO = re.compile(r"(?<!\d)(\d{4})-(\d\d?)-(\d\d?)(?!\d)")
_FIRST_YEAR = 1800


def read_day(written: Any) -> date | None:
    """Return the day, in Viet Nam, that `written` (text, or seconds or milliseconds since 1970) says, or None.

    Text is read as pages are (`read_stamp`): day first, times with a zone moved to +07:00, nothing guessed.
    """
    if isinstance(written, bool) or written is None:
        return None
    if isinstance(written, int | float):
        return _epoch(written)
    written = str(written)
    if found := _COMPACT.fullmatch(written):
        written = f"{found[1]}-{found[2]}-{found[3]}"
    elif found := _SHORT_ISO.search(written):
        padded = f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}"
        written = written[: found.start()] + padded + written[found.end() :]
    value = read_stamp(written, first_year=_FIRST_YEAR).value
    return value.date() if value is not None else None


def _epoch(seconds: float) -> date | None:
    if seconds > 1e11:  # milliseconds, as JavaScript counts
        seconds /= 1000
    if not 1e8 < seconds < 1e10:  # before 1973 or after 2286: some other number
        return None
    return datetime.fromtimestamp(seconds, UTC).astimezone(VIETNAM).date()
