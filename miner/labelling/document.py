"""A labelled document as all formats share it: spans with a layer and fields, and the document's topics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from miner.annotation import number
from miner.records import AWARD_TYPES, FIGURE_KINDS, UNIT_KINDS, Facts

SPANS = ("unit", "figure", "award", "model")
PARTY = "party"
"""Label of a giver or recipient that is no unit mention (a person, a group, an office)."""
RELATIONS = ("giver", "recipient", "actor")


@dataclass(frozen=True, slots=True)
class Label:
    """A labelled span, by offsets (code points, end exclusive); `fields` are those that the format carries."""

    layer: str
    start: int
    end: int
    text: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Labelled:
    """One document with its labels; `layers` are those that were labelled throughout, so that nothing is missing."""

    where: str
    article_id: str
    text: str
    layers: frozenset[str]
    labels: tuple[Label, ...]
    topics: tuple[str, ...] = ()


def names() -> tuple[str, ...]:
    """Return every span label: layer and kind, such as `unit/police`."""
    return (
        *(f"unit/{kind}" for kind in UNIT_KINDS),
        *(f"figure/{kind}" for kind in FIGURE_KINDS),
        *(f"award/{type}" for type in AWARD_TYPES),
        "model/secular",
        "model/religious",
        PARTY,
    )


def kind_fields(name: str) -> tuple[str, dict[str, Any]] | None:
    """Return the layer of a span label and the field that its kind fills, None for a party.

    Raises KeyError where the label is none of `names()`.
    """
    if name == PARTY:
        return None
    if name not in names():
        raise KeyError(name)
    layer, _, kind = name.partition("/")
    return layer, {"religious": kind == "religious"} if layer == "model" else {
        "type" if layer == "award" else "kind": kind
    }


@dataclass(frozen=True, slots=True)
class Region:
    """A span to be labelled beforehand: its id in the document, its label and the fields that go with it."""

    id: str
    name: str
    start: int
    end: int
    text: str
    fields: Mapping[str, Any]


def regions(facts: Facts) -> tuple[list[Region], list[tuple[str, str, str]]]:
    """Return the spans of an article, and its relations as (from id, to id, relation)."""
    found: dict[str, Region] = {}
    links: list[tuple[str, str, str]] = []

    def add(layer: str, kind: str, span: Any, **fields: Any) -> str:
        key = f"{layer[0]}{span.start}-{span.end}"
        found.setdefault(
            key, Region(key, f"{layer}/{kind}" if kind else layer, span.start, span.end, span.text, fields)
        )
        return key

    for unit in facts.units:
        add("unit", unit.kind, unit, name=unit.name)
    for figure in facts.figures:
        fields = {"value": number(figure.value), "value_max": number(figure.value_max)}
        key = add("figure", figure.kind, figure, **fields, comparator=figure.comparator, object=figure.object)
        if figure.actor is not None:
            links.append((key, f"u{figure.actor.start}-{figure.actor.end}", "actor"))
    for award in facts.awards:
        key = add("award", award.type, award)
        for relation, parties in (("giver", award.givers), ("recipient", award.recipients)):
            for party in parties:
                same = f"u{party.start}-{party.end}"
                links.append((key, same if same in found else add(PARTY, "", party), relation))
    for model in facts.models:
        add("model", "religious" if model.religious else "secular", model)
    return sorted(found.values(), key=lambda r: (r.start, r.end)), links


def from_regions(
    spans: Mapping[str, tuple[str, int, int, str, Mapping[str, Any]]], links: Iterator[tuple[str, str, str]]
) -> Iterator[Label]:
    """Yield labels from regions (id → label, start, end, text, fields) and relations (from id, to id, relation).

    Raises KeyError where a label is unknown or a relation names a region that is not there.
    """
    parties: dict[str, dict[str, list[tuple[int, str]]]] = {}
    for start_id, end_id, relation in links:
        if relation in ("giver", "recipient"):
            _, start, _, text, _ = spans[end_id]
            parties.setdefault(start_id, {}).setdefault(relation, []).append((start, text))
    for key, (name, start, end, text, fields) in spans.items():
        kind = kind_fields(name)
        if kind is None:
            continue
        layer, filled = kind
        filled = filled | {k: v for k, v in fields.items() if v is not None or k == "value_max"}
        if layer == "award":
            of = parties.get(key, {})
            filled |= {
                field_: [text for _, text in sorted(of.get(relation, []))]
                for field_, relation in (("giver", "giver"), ("recipients", "recipient"))
            }
        yield Label(layer, start, end, text, filled)


def labelled(facts: Facts) -> Labelled:
    """Return the facts of an article as a labelled document."""
    spans, links = regions(facts)
    by_id = {r.id: (r.name, r.start, r.end, r.text, r.fields) for r in spans}
    return Labelled(
        facts.article.id, facts.article.id, facts.article.text, frozenset((*SPANS, "topic")),
        tuple(from_regions(by_id, iter(links))), tuple(tag.name for tag in facts.topics),
    )  # fmt: skip
