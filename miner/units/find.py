"""Find units in text."""

from __future__ import annotations

from collections.abc import Sequence

from miner.records import Span, Unit


def find_units(text: str, sentences: Sequence[Span], *, accurate: bool = True) -> tuple[Unit, ...]:
    """Return every unit of `text`, in order, without overlaps."""
    return ()
