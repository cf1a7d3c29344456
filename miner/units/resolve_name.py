"""The canonical name of a unit: short forms written out, level and place completed."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from miner import tables
from miner.gazetteer import Locality
from miner.records import Unit
from miner.text import LOWER, UPPER, key
from miner.units.resolve_answer import Answer
from miner.units.resolve_read import LONGEST_NAME, Reading, is_office, tidy

_TABLE = "unit_names.toml"
_TOKEN = re.compile(
    rf"(?<![{UPPER}{LOWER}\d])[{UPPER}]{{1,8}}(?:\s?[-&,–]\s?[{UPPER}]{{1,8}}|\s[-&–]\s[{UPPER}]{{1,8}})*(?![{UPPER}{LOWER}\d])"
)
_LOOSE = re.compile(r"\s*([-&,])\s*")
# hoà → hòa, uỷ → ủy: the tone on the first vowel, as the gazetteer writes most names
_OLD, _NEW = "oà oá oả oã oạ oè oé oẻ oẽ oẹ uỳ uý uỷ uỹ uỵ", "òa óa ỏa õa ọa òe óe ỏe õe ọe ùy úy ủy ũy ụy"
_TONE = re.compile(rf"(?<![qQ])({_OLD.replace(' ', '|')})(?![{LOWER}])", re.IGNORECASE)
_TONE_MAP = dict(zip(_OLD.split(), _NEW.split(), strict=True))


@cache
def _expansions() -> dict[str, str]:
    table: dict[str, str] = tables.read_toml(_TABLE)["expand"]
    return table


@cache
def _own_names() -> tuple[str, ...]:
    return tuple(key(word) + " " for word in tables.read_words(_TABLE, "own_name", "words"))


def _expand(match: re.Match[str]) -> str:
    written = match[0]
    known = _expansions()
    compact = _LOOSE.sub(r"\1", written.replace("–", "-"))
    if compact in known:
        return known[compact]
    return " ".join(known.get(part, part) for part in written.split(" "))


def _tone(match: re.Match[str]) -> str:
    old = match[0]
    new = _TONE_MAP.get(old.casefold(), old)
    return new.upper() if old.isupper() else new.capitalize() if old[0].isupper() else new


@lru_cache(maxsize=1 << 14)
def expand(name: str) -> str:
    """Write out the short forms in a name and put tones where the State's lists put them (`Uỷ` → `Ủy`)."""
    if len(name) > LONGEST_NAME:
        return name
    name = _spell(name)
    return name[:1].upper() + name[1:]


def _spell(name: str) -> str:
    return _TONE.sub(_tone, _TOKEN.sub(_expand, tidy(name)))


def canonical_name(unit: Unit, reading: Reading, answer: Answer) -> str:
    """Return the unit's name with short forms written out, and level and place completed where they are settled.

    `CA tỉnh` settled as Quảng Bình gives `Công an tỉnh Quảng Bình`; a locality gives its level word and name as
    the gazetteer has them (`Thị trấn Nông trường Việt Trung`).
    """
    if unit.kind == "locality" and answer.place is not None and answer.level != "hamlet":
        return answer.place.full_name
    return _name(unit.text, unit.kind, reading, answer.place, answer.level == "hamlet")


@lru_cache(maxsize=1 << 14)
def _name(text: str, kind: str, reading: Reading, place: Locality | None, hamlet: bool) -> str:
    if kind == "locality":
        if reading.kind_word:
            return f"{reading.kind_word} {_spell(reading.bare)}"
        return expand(text)
    if place is None:
        if reading.glued or not reading.kind_word:
            return expand(text)
        tail = f" {reading.bare}" if reading.bare else ""
        return f"{expand(reading.head)} {reading.kind_word.lower()}{tail}"
    if hamlet:
        return f"{expand(reading.head)} {(reading.kind_word or '').lower()} {reading.bare}".strip()
    if reading.glued:
        return f"{expand(reading.head)} {place.bare}"
    head = expand(reading.head)
    if reading.kind_word is None and key(head).startswith(_own_names()):
        return f"{head} {place.bare}"
    level = place.kind_word.lower()
    if is_office(head, place.kind_word):  # Thành ủy TP.HCM
        return f"{head} {place.bare}"
    # "Công an thành phố" out of CATP already holds the level word.
    if key(head).endswith(" " + level):
        return f"{head} {place.bare}"
    return f"{head} {level} {place.bare}"
