"""doccano's JSON lines for sequence labelling with relations; it carries spans, kinds and relations, no numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from miner.labelling.document import SPANS, Labelled, from_regions, regions
from miner.records import Facts


def to_line(facts: Facts) -> dict[str, Any]:
    """Return an article as an object to import into doccano."""
    found, links = regions(facts)
    number = {region.id: i for i, region in enumerate(found, 1)}
    return {
        "article_id": facts.article.id,
        "text": facts.article.text,
        "entities": [
            {"id": number[r.id], "label": r.name, "start_offset": r.start, "end_offset": r.end} for r in found
        ],
        "relations": [
            {"id": i, "from_id": number[a], "to_id": number[b], "type": relation}
            for i, (a, b, relation) in enumerate(links, 1)
        ],
    }


def from_line(row: Mapping[str, Any], where: str) -> Labelled:
    """Return the labels of an exported line, in its newer form (`entities`) or the older one (`label` triples).

    Raises ValueError or KeyError where the line is of another form.
    """
    text = row["text"]
    if "entities" in row:
        entities = [(str(e["id"]), e["label"], e["start_offset"], e["end_offset"]) for e in row["entities"]]
    else:
        entities = [(str(i), label, start, end) for i, (start, end, label) in enumerate(row["label"])]
    spans: dict[str, tuple[str, int, int, str, Mapping[str, Any]]] = {
        key: (label, start, end, text[start:end], {}) for key, label, start, end in entities
    }
    links = [(str(r["from_id"]), str(r["to_id"]), r["type"]) for r in row.get("relations", ())]
    labels = tuple(from_regions(spans, iter(links)))
    return Labelled(where, str(row["article_id"]), text, frozenset(SPANS), labels)
