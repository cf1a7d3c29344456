"""What the grammar reads off the words, before any year is guessed."""

from __future__ import annotations

from typing import NamedTuple

MAY_LIE_AHEAD = 2


class Point(NamedTuple):
    """A time expression as the words give it: from `start` to `end`, with what they name and None for the rest.

    `kind` says how `reading` shall turn it into days; it is the `rule` of the mention as well. `part` is the part of a
    month or year (`đầu`), `unit` the step that `n` counts, `since` and `to` the ends of a range, `year_shift` the years
    that `năm ngoái` and the like go away from the article's own.
    """

    start: int
    end: int
    kind: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    n: int = 0
    unit: str = ""
    part: str = ""
    year_shift: int | None = None
    since: Point | None = None
    to: Point | None = None
    lean: int = 0
    """-1 where the words look back (`vừa qua`), 1 where they look ahead (`tới`), MAY_LIE_AHEAD beside `sẽ`, `trước`."""
