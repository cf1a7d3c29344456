"""Time expressions, read as days and anchored on the article's date."""

from __future__ import annotations

from datetime import date

from miner.dates.grammar import read_points
from miner.dates.reading import anchor_of, read
from miner.records import DateMention
from miner.text import lower


def find_dates(text: str, published: date | None) -> tuple[DateMention, ...]:
    """Return every time expression of `text`, in order, without overlaps; `first` and `last` days are both included.

    What the words leave out (`ngày 21-6`, `tuần qua`) is taken from `published`, else from the latest date or year
    that the text itself gives; where there is none, the days stay None. Lengths without an anchor (`trong 3 tháng`)
    and impossible days (`31/2`) are no time expressions. Guide: issue 4, "Understand".
    """
    low = lower(text)
    points = list(read_points(low))
    anchor = anchor_of(low, points, published)
    mentions = []
    for point in points:
        first, last, precision = read(point, anchor)
        if first is None and last is None:
            sure = 0.5
        elif point.year is not None or (point.to is not None and point.to.year is not None):
            sure = 1.0
        else:
            sure = 0.9 if published is not None else 0.6
        mentions.append(
            DateMention(
                point.start, point.end, text[point.start : point.end], first, last, precision,
                rule=f"date.{point.kind}", confidence=sure,
            )
        )  # fmt: skip
    return tuple(mentions)
