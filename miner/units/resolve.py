"""Settle which place each unit is, or is of, from the gazetteer and what stands around it.

Nothing is guessed: a name that several places bear is settled only by what the text says (the district or province
named with it, a fuller mention elsewhere, the home province); otherwise it stays `ambiguous` with its candidates.
"""

from __future__ import annotations

from collections.abc import Sequence

from miner.gazetteer import REFORM
from miner.records import Article, Home, Unit
from miner.units.resolve_context import Context
from miner.units.resolve_date import When, article_day
from miner.units.resolve_entity import entity_key, entity_reason
from miner.units.resolve_name import canonical_name

__all__ = ["entity_key", "entity_reason", "resolve_units"]


def resolve_units(article: Article, units: Sequence[Unit]) -> tuple[tuple[Unit, ...], Home | None]:
    """Return `units` with `name`, `level`, codes, `resolution` and `evidence`, and the article's home province.

    `place_code` and `province_code` are valid on the article's day (`resolve_date.article_day`). A hamlet has no
    code of its own: its `place_code` is the commune that holds it. A place that was dissolved before the article's
    own date is `not_found` with its old code as the candidate and today's codes as `successors`.
    """
    when = article_day(article)
    context = Context(article, when, units)
    context.settle()
    if not when.sure and when.day < REFORM and context.layout.names_new_places():
        context = Context(article, When(REFORM, False, "it names places that the reform of 2025-07-01 made"), units)
        context.settle()
    resolved = tuple(
        Unit(
            # By position, which costs less than by name, in the order of the record.
            unit.start,
            unit.end,
            unit.text,
            unit.kind,
            canonical_name(unit, reading, answer),
            answer.level,
            answer.place.code if answer.place else None,
            context.province_code(answer),
            context.successors(answer),
            answer.resolution,
            answer.evidence,
            answer.candidates,
            rule=unit.rule,
            confidence=unit.confidence,
        )
        for unit, reading, answer in zip(units, context.readings, context.answers, strict=True)
    )
    return resolved, context.home
