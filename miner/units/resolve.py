"""Settle which place each unit is, or is of."""

from __future__ import annotations

from collections.abc import Sequence

from miner.records import Article, Home, Unit


def resolve_units(article: Article, units: Sequence[Unit]) -> tuple[tuple[Unit, ...], Home | None]:
    """Return `units` with name, level and codes, and the article's home province."""
    return tuple(units), None
