"""Named community models (guide section 4)."""

from __future__ import annotations

from collections.abc import Sequence

from miner.records import CommunityModel, Span, Unit


def find_community_models(text: str, sentences: Sequence[Span], units: Sequence[Unit]) -> tuple[CommunityModel, ...]:
    """Return every named community model of `text`, in order, without overlaps."""
    return ()
