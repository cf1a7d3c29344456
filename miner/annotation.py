"""Facts in the JSON format of the annotation guide, one article an object, and back to what is compared."""

from __future__ import annotations

from typing import Any

from miner.records import Award, CommunityModel, Facts, Figure, Mention, Unit


def number(value: float | None) -> float | int | None:
    """Return whole numbers as int, so that 1931 is written without `.0`."""
    return int(value) if value is not None and value == int(value) else value


def _span(mention: Mention) -> dict[str, Any]:
    return {"start": mention.start, "end": mention.end, "text": mention.text}


def _unit(unit: Unit) -> dict[str, Any]:
    return _span(unit) | {
        "kind": unit.kind,
        "name": unit.name,
        "level": unit.level,
        "place_code": unit.place_code,
        "province_code": unit.province_code,
        "resolution": unit.resolution,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return _span(figure) | {
        "value": number(figure.value),
        "value_max": number(figure.value_max),
        "comparator": figure.comparator,
        "measure": figure.measure,
        "object": figure.object,
        "kind": figure.kind,
        "part": number(figure.part),
        "whole": number(figure.whole),
    }


def _award(award: Award) -> dict[str, Any]:
    return _span(award) | {
        "type": award.type,
        "giver": [party.text for party in award.givers],
        "recipients": [party.text for party in award.recipients],
        "count": award.count,
        "level": award.level,
        "status": award.status,
    }


def _model(model: CommunityModel) -> dict[str, Any]:
    return _span(model) | {"religious": model.religious, "count": model.count}


def to_annotation(facts: Facts) -> dict[str, Any]:
    """Return the guide's object for one article (ANNOTATION.md, head), with more fields after the guide's own."""
    article = facts.article
    return {
        "id": article.id,
        "text": article.text,
        "published": article.published.isoformat() if article.published else None,
        "units": [_unit(u) for u in facts.units],
        "figures": [_figure(f) for f in facts.figures],
        "awards": [_award(a) for a in facts.awards],
        "models": [_model(m) for m in facts.models],
        "topics": [tag.name for tag in facts.topics],
        "dates": [
            _span(d)
            | {
                "first": d.first and d.first.isoformat(),
                "last": d.last and d.last.isoformat(),
                "precision": d.precision,
            }
            for d in facts.dates
        ],
        "home": facts.home and {"province_code": facts.home.province_code, "evidence": facts.home.evidence},
    }
