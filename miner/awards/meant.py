"""Say whom a definite noun or a missing party means: `đơn vị này`, and who got it by the sentence before."""

from __future__ import annotations

import re
from dataclasses import replace

from miner.awards.named import Named
from miner.awards.parties import Reader
from miner.awards.table import words

_THIS = re.compile(r"[ ](?:này|trên|nói trên)(?!\w)")
_REACH = 500
"""Characters to the left of `đơn vị này` that are read for the unit it means."""


def unit_meant(reader: Reader, named: Named) -> Named:
    """Return the unit that a bare noun with `này` means: the one of its sort named last before it; else `named`."""
    if named.kind not in ("bare", "loose") or not _THIS.match(reader.low, named.end):
        return named
    noun = reader.low[named.parties[0].start : named.parties[0].end] if named.parties else ""
    places = words("this_place")
    if noun not in (*words("this_unit"), *places):
        return named
    for unit in reader.units_before(named.start, named.start - _REACH):
        if (unit.kind == "locality") == (noun in places):
            return replace(named, parties=(reader.party(unit.start, unit.end, "unit", unit),), kind="unit")
    return named
