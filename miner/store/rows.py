"""Facts to the rows of the store's tables: pure, in the order of the schema's columns."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from miner.records import Award, DateMention, Facts, Figure, Mention, Party, Span, Unit
from miner.store.schema import OFFSET_BITS
from miner.text import search_key

Row = tuple[Any, ...]
Rows = dict[str, list[Row]]

folded = lru_cache(1 << 16)(search_key)
"""`search_key`, remembered: the same objects and names come again and again."""


def fold_text(text: str) -> str:
    """Return the words of `search_key(text)` for a whole article; most of them were folded before."""
    return " ".join(map(folded, text.split()))


def day(value: date | None) -> str | None:
    """Return a day as the store writes it (ISO)."""
    return value.isoformat() if value is not None else None


@lru_cache(1 << 10)
def codes(values: tuple[str, ...]) -> str:
    """Return codes as a JSON list."""
    return json.dumps(values)


def _span(span: Span | None) -> tuple[int | None, int | None, str | None]:
    return (span.start, span.end, span.text) if span is not None else (None, None, None)


class _Article:
    """The ids of one article's mentions: a reference to a mention that its layer does not hold becomes None."""

    def __init__(self, facts: Facts, number: int) -> None:
        self.number = number
        self.base = number << OFFSET_BITS
        self.starts = [s.start for s in facts.sentences]
        self.units = {u.start for u in facts.units}
        self.dates = {d.start for d in facts.dates}
        self.figures = {f.start for f in facts.figures}
        published = facts.article.published
        self.year = published.year if published else None
        self.home = facts.home.province_code if facts.home else None

    def head(self, mention: Mention) -> Row:
        """Return id, article, start, end, text and sentence of a mention."""
        start = mention.start
        at = bisect_right(self.starts, start)
        sentence = self.base | self.starts[at - 1] if at else None
        return self.base | start, self.number, start, mention.end, mention.text, sentence

    def unit(self, unit: Unit | None) -> int | None:
        return self.base | unit.start if unit is not None and unit.start in self.units else None

    def date(self, mention: DateMention | Span | None) -> int | None:
        known = isinstance(mention, DateMention) and mention.start in self.dates
        return self.base | mention.start if known and mention is not None else None

    def figure(self, figure: Figure | None) -> int | None:
        return self.base | figure.start if figure is not None and figure.start in self.figures else None

    def year_of(self, *mentions: DateMention | None) -> int | None:
        return next((m.first.year for m in mentions if m is not None and m.first is not None), self.year)

    def province_of(self, *units: Unit | None) -> str | None:
        return next((u.province_code for u in units if u is not None and u.province_code), self.home)


def fact_rows(facts: Facts, number: int, unit_id: Callable[[Unit], int]) -> Rows:
    """Return the rows of every fact table for an article with this number; `unit_id` gives a mention's unit."""
    ids = _Article(facts, number)
    base = ids.base
    head = ids.head
    return {
        "sentences": [(base | s.start, number, s.start, s.end) for s in facts.sentences],
        "unit_mentions": [
            (
                *head(u), unit_id(u), u.kind, u.name, u.level, u.place_code, u.province_code, codes(u.successors),
                u.resolution, u.evidence, codes(u.candidates), u.rule, u.confidence,
            )
            for u in facts.units
        ],
        "dates": [
            (*head(d), day(d.first), day(d.last), d.precision, d.rule, d.confidence) for d in facts.dates
        ],
        "community_models": [
            (*head(m), int(m.religious), ids.unit(m.place), m.count, folded(m.text), m.rule, m.confidence)
            for m in facts.models
        ],
        "figures": [_figure(f, ids) for f in facts.figures],
        "awards": [_award(a, ids) for a in facts.awards],
        "award_givers": [row for a in facts.awards for row in _parties(a.start, a.givers, ids)],
        "award_recipients": [row for a in facts.awards for row in _parties(a.start, a.recipients, ids)],
        "topics": [(t.name, number, t.probability, t.share) for t in facts.topics],
        "passages": [(base | p.start, number, p.start, p.end) for p in facts.passages],
        "passage_topics": [
            (base | p.start, t.name, t.probability, t.share) for p in facts.passages for t in p.topics
        ],
    }  # fmt: skip


def _figure(f: Figure, ids: _Article) -> Row:
    change = f.change
    return (
        *ids.head(f), f.value, f.value_max, f.comparator, f.measure, f.object, folded(f.object), f.kind,
        f.part, f.whole, int(f.sure), *_span(f.action), ids.unit(f.actor), ids.date(f.period), ids.unit(f.place),
        change.direction if change else None, *_span(change.span if change else None),
        *_span(change.base if change else None), ids.date(change.base if change else None), *_span(f.target),
        ids.year_of(f.period), ids.province_of(f.place, f.actor), f.rule, f.confidence,
    )  # fmt: skip


def _award(a: Award, ids: _Article) -> Row:
    parties = [p.unit for p in (*a.givers, *a.recipients)]
    return (
        *ids.head(a), a.type, a.count, a.level, a.status, *_span(a.reason), ids.date(a.date), ids.date(a.period),
        ids.figure(a.money), ids.year_of(a.date), ids.province_of(*parties), a.rule, a.confidence,
    )  # fmt: skip


def _parties(award: int, parties: tuple[Party, ...], ids: _Article) -> list[Row]:
    return [
        (ids.base | award, position, p.start, p.end, p.text, p.kind, ids.unit(p.unit), p.number)
        for position, p in enumerate(parties, 1)
    ]
