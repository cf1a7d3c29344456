"""Find figures in text."""

from __future__ import annotations

from collections.abc import Sequence

from miner.records import CommunityModel, DateMention, Figure, Span, Unit


def find_figures(
    text: str,
    sentences: Sequence[Span],
    units: Sequence[Unit],
    models: Sequence[CommunityModel],
    dates: Sequence[DateMention],
) -> tuple[Figure, ...]:
    """Return every figure of `text`, in order, without overlaps."""
    return ()
