"""Which mentions are one unit: the key they are joined by, and why."""

from __future__ import annotations

import re

from miner.gazetteer import levels_of, place_key, split_level
from miner.records import Unit
from miner.text import key
from miner.units.resolve_name import expand

_FILLER = re.compile(r"[^\w]+")
_AND = re.compile(r"\b(?:và|&)\b")


LOCAL_KINDS = frozenset(("police", "party", "government", "justice", "committee"))
"""Kinds whose units, unless they are central, stand for one place each."""


def _folded(name: str) -> str:
    """Fold a canonical name so that hyphens, commas, `và` and `&` do not part two spellings of it."""
    return " ".join(_FILLER.sub(" ", _AND.sub(" ", key(name))).split())


def entity_key(unit: Unit) -> str:
    """Return the key by which mentions of one unit are joined within a database; pure and stable.

    A settled unit's key holds its kind, the organisation's name without its place, and the place's code with its
    folded name: since 2025-07-01 a code may belong to another place, so the code alone would join what differs.
    `CA H.Bố Trạch`, `Công an huyện Bố Trạch` and a `Công an huyện` settled as Bố Trạch share
    `police/công an/455:bố trạch`. A unit without any place is joined by its folded name; one whose place is open
    (`ambiguous`, `not_found`, or an office of the State that names no place) has a key that ends in `?` and must
    not be counted as one unit. A place named after it was merged away keeps the key that it had.
    """
    name = unit.name or expand(unit.text)
    code = _code(unit)
    if code is None:
        open_place = "?" if _is_open(unit) else ""
        return f"{unit.kind}/{_folded(name)}/{open_place}"
    organisation, bare = _part(name, unit.kind)
    if unit.level == "hamlet":
        return f"{unit.kind}/{_folded(name)}/{code}"
    return f"{unit.kind}/{organisation}/{code}:{place_key(bare)}"


def _code(unit: Unit) -> str | None:
    """Return the place's code; of a place that no longer existed on the article's day, the one that it bore."""
    if unit.place_code is None and unit.successors and len(unit.candidates) == 1:
        return unit.candidates[0]
    return unit.place_code


def _is_open(unit: Unit) -> bool:
    """Say whether the unit has a place that is not known: `Phòng Cảnh sát hình sự` is another in each province."""
    if unit.resolution in ("ambiguous", "not_found"):
        return True
    return unit.resolution is None and unit.level != "central" and unit.kind in LOCAL_KINDS


def _part(name: str, kind: str) -> tuple[str, str]:
    """Part a settled unit's canonical name into the folded organisation and the bare place."""
    if kind == "locality":
        return "", split_level(name)[1]
    words = name.split(" ")
    for i in range(len(words) - 1, 0, -1):
        kind_word, bare = split_level(" ".join(words[i:]))
        if kind_word is not None and levels_of(kind_word) and (bare[:1].isupper() or bare[:1].isdigit()):
            return _folded(" ".join(words[:i])), bare
    # Huyện ủy Bố Trạch: the level is in the office's own word.
    return _folded(name), ""


def entity_reason(unit: Unit) -> str:
    """Say in one sentence why mentions that share this unit's `entity_key` are taken to be one unit."""
    name = unit.name or expand(unit.text)
    code = _code(unit)
    if code is None:
        if _is_open(unit):
            return f"the place of {name!r} is open ({unit.resolution or 'none said'}): these may be different units"
        return f"the same name, {name!r}, once short forms are written out and spelling is folded"
    how = f"{unit.resolution}: {unit.evidence}" if unit.evidence else str(unit.resolution)
    if unit.kind == "locality" and unit.level != "hamlet":
        return f"the same place, {name}, code {code} ({how})"
    return f"the same name, {name!r}, at the place with code {code} ({how})"
