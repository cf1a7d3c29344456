"""The annotation guide's own format (ANNOTATION.md, head), as gold data are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from miner.labelling.document import Label, Labelled

_LISTS = {"units": "unit", "figures": "figure", "awards": "award", "models": "model"}
_FIELDS = {
    "unit": ("kind",),
    "figure": ("value", "value_max", "comparator", "measure", "object", "kind"),
    "award": ("type", "giver", "recipients", "count"),
    "model": ("religious",),
}


def from_object(row: Mapping[str, Any], where: str) -> Labelled:
    """Return the labels of an object in the guide's format; a layer that it does not hold was not labelled.

    Raises ValueError or KeyError where the object is of another form.
    """
    labels = [
        Label(layer, one["start"], one["end"], one["text"], {f: one[f] for f in _FIELDS[layer] if f in one})
        for name, layer in _LISTS.items()
        for one in row.get(name, ())
    ]
    layers = {layer for name, layer in _LISTS.items() if name in row} | ({"topic"} if "topics" in row else set())
    return Labelled(
        where, str(row["id"]), row.get("text", ""), frozenset(layers), tuple(labels), tuple(row.get("topics", ()))
    )
