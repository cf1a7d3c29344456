"""Time expressions, anchored on the article's date."""

from __future__ import annotations

from datetime import date

from miner.records import DateMention


def find_dates(text: str, published: date | None) -> tuple[DateMention, ...]:
    """Return every time expression of `text`, in order, without overlaps."""
    return ()
