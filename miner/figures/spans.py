"""Spans that take numbers away: names and days."""

from __future__ import annotations

from bisect import bisect_right


class Spans:
    """Spans in order, asked whether an offset lies inside one."""

    __slots__ = ("ends", "starts")

    def __init__(self, *layers: list[tuple[int, int]]) -> None:
        spans = sorted(s for layer in layers for s in layer)
        self.starts = [s for s, _ in spans]
        self.ends = [e for _, e in spans]

    def holds(self, offset: int) -> bool:
        """Tell whether `offset` lies inside a span, after its first character."""
        at = bisect_right(self.starts, offset) - 1
        return at >= 0 and self.starts[at] < offset < self.ends[at]

    def covers(self, offset: int) -> bool:
        """Tell whether `offset` lies inside a span or at its start."""
        at = bisect_right(self.starts, offset) - 1
        return at >= 0 and offset < self.ends[at]
