"""Facts to rows as they are carried (miner/store/layout.py): pure, so that any process can make them."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from miner.duplicates import bands, shingles
from miner.errors import InputError
from miner.pages.page import PageData
from miner.records import Article, Award, DateMention, Facts, Figure, Mention, Party, Span, Unit
from miner.store.layout import ARTICLE, MENTIONS
from miner.text import search_key
from miner.units.resolve import entity_key

Row = tuple[Any, ...]

folded = lru_cache(1 << 16)(search_key)
"""`search_key`, remembered: the same objects and names come again and again."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article with all its rows, ready to be written into any database."""

    id: str
    digest: str
    """By which a change of the article is seen."""
    origin: str
    article: Row
    """Values of the columns ARTICLE of miner/store/layout.py."""
    search: tuple[str, str]
    """Title and text, folded for the full-text index."""
    bands: tuple[int, ...]
    """By which near-duplicates are found (miner/duplicates.py)."""
    units: tuple[Row, ...]
    """Values of the columns UNIT, each unit of the article once, in the order of its first mention."""
    facts: dict[str, list[Row]]
    """Fact table → carried rows."""


def prepare(
    facts: Facts,
    origin: str = "",
    notes: Sequence[str] = (),
    repairs: Sequence[str] = (),
    page: PageData | None = None,
) -> Prepared:
    """Return the rows of an article that was read from `origin`, with `notes` on what was mended.

    `repairs` names the same for machines, and `page` is what its web page said beside the text.
    Raises InputError where its facts break a rule of the store: two mentions of a layer at one place.
    """
    article, home = facts.article, facts.home
    published = article.published
    digest = article_digest(article, page)
    units, rows = _fact_rows(facts)
    for table in MENTIONS:
        if len({row[0] for row in rows[table]}) < len(rows[table]):
            reason = f"its facts break a rule of the store: two rows of {table} begin at one place"
            raise InputError(origin or article.id, reason)
    values = {
        "title": article.title, "text": article.text, "published": day(published),
        "year": published.year if published else None, "url": article.url, "source": article.source,
        "province_code": article.province_code, "home_province_code": home.province_code if home else None,
        "home_evidence": home.evidence if home else None, "origin": origin, "digest": digest,
        "notes": json.dumps(list(notes), ensure_ascii=False), "repairs": json.dumps(list(repairs)),
        "page": json.dumps(page.as_row(), ensure_ascii=False) if page else None,
    }  # fmt: skip
    text = fold_text(article.text)
    return Prepared(
        article.id,
        digest,
        origin,
        tuple([values[name] for name in ARTICLE]),
        (fold_text(article.title), text),
        tuple(bands(shingles(text))),
        units,
        rows,
    )


def article_digest(article: Article, page: PageData | None = None) -> str:
    """Return the digest by which a change of an article's text or data is seen, its page's included."""
    said = (json.dumps(page.as_row(), ensure_ascii=False),) if page else ()
    parts = (
        article.text, article.title, day(article.published) or "", article.url, article.source,
        article.province_code or "", *said,
    )  # fmt: skip
    return blake2b("\0".join(parts).encode("utf-8"), digest_size=16).hexdigest()


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


@lru_cache(1 << 16)
def _unit_key(
    name: str | None, text: str, kind: str, level: str | None, place: str | None, resolution: str | None,
    successors: tuple[str, ...], candidates: tuple[str, ...],
) -> str:  # fmt: skip
    """Return `entity_key`, remembered by all that it depends on."""
    return entity_key(Unit(0, 0, text, kind, name=name, level=level, place_code=place, resolution=resolution,
                           successors=successors, candidates=candidates))  # fmt: skip


def unit_row(unit: Unit) -> Row:
    """Return the carried row of the unit that a mention is of."""
    moved = unit.place_code is None and bool(unit.successors)
    key = _unit_key(
        unit.name, "" if unit.name else unit.text, unit.kind, unit.level, unit.place_code, unit.resolution,
        unit.successors if moved else (), unit.candidates if moved else (),
    )  # fmt: skip
    name = unit.name or unit.text
    return key, name, folded(name), unit.kind, unit.level, unit.place_code, unit.province_code


def _span(span: Span | None) -> tuple[int | None, int | None, str | None]:
    return (span.start, span.end, span.text) if span is not None else (None, None, None)


class _Article:
    """The places of one article's mentions: a reference to a mention that its layer does not hold becomes None."""

    def __init__(self, facts: Facts) -> None:
        self.starts = [s.start for s in facts.sentences]
        self.units = {u.start for u in facts.units}
        self.dates = {d.start for d in facts.dates}
        self.figures = {f.start for f in facts.figures}
        published = facts.article.published
        self.year = published.year if published else None
        self.home = facts.home.province_code if facts.home else None

    def head(self, mention: Mention) -> Row:
        """Return start, end, text and sentence of a mention."""
        start = mention.start
        at = bisect_right(self.starts, start)
        return start, mention.end, mention.text, self.starts[at - 1] if at else None

    def unit(self, unit: Unit | None) -> int | None:
        return unit.start if unit is not None and unit.start in self.units else None

    def date(self, mention: DateMention | Span | None) -> int | None:
        return mention.start if isinstance(mention, DateMention) and mention.start in self.dates else None

    def figure(self, figure: Figure | None) -> int | None:
        return figure.start if figure is not None and figure.start in self.figures else None

    def year_of(self, *mentions: DateMention | None) -> int | None:
        return next((m.first.year for m in mentions if m is not None and m.first is not None), self.year)

    def province_of(self, *units: Unit | None) -> str | None:
        return next((u.province_code for u in units if u is not None and u.province_code), self.home)


def _fact_rows(facts: Facts) -> tuple[tuple[Row, ...], dict[str, list[Row]]]:
    """Return the article's units, and the rows of its facts by table."""
    ids = _Article(facts)
    head = ids.head
    units: dict[str, tuple[int, Row]] = {}

    def unit_at(unit: Unit) -> int:
        row = unit_row(unit)
        return units.setdefault(row[0], (len(units), row))[0]

    rows: dict[str, list[Row]] = {
        "sentences": [(s.start, s.end) for s in facts.sentences],
        "unit_mentions": [
            (
                *head(u), unit_at(u), u.kind, u.name, u.level, u.place_code, u.province_code, codes(u.successors),
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
        "topics": [(t.name, t.probability, t.share) for t in facts.topics],
        "passages": [(p.start, p.end) for p in facts.passages],
        "passage_topics": [(p.start, t.name, t.probability, t.share) for p in facts.passages for t in p.topics],
    }  # fmt: skip
    return tuple(row for _, row in units.values()), rows


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
        (award, position, p.start, p.end, p.text, p.kind, ids.unit(p.unit), p.number)
        for position, p in enumerate(parties, 1)
    ]
