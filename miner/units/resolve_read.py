"""Read a unit's written name: the organisation's part, the level word and the place's own name."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from miner import gazetteer, tables
from miner.gazetteer import levels_of, split_level
from miner.text import LOWER, UPPER, key

OFFICIAL = frozenset(("police", "military", "party", "government", "justice", "committee", "mass_org"))
"""Kinds whose bare last word may be the place: `Công an Hà Nội`."""

LONGEST_NAME = 300
"""In code points; a longer stretch is no unit's name, and is kept as it is."""

_TABLE = "unit_names.toml"


class Reading(NamedTuple):
    """A written name taken apart.

    `head` is the organisation's part, empty for a locality. `kind_word` is the gazetteer's level word, `bare` the
    place's own name. A level word without a name (`Công an tỉnh`) has an empty `bare`; a name without a level word
    has no `kind_word`. `level` is what the level word, the office or the head says of itself; "central" is a unit
    of the whole State. `glued` is true where the level word is part of the office's own word (`Huyện ủy`).
    """

    head: str
    kind_word: str | None
    bare: str
    level: str | None
    glued: bool = False

    @property
    def placed(self) -> bool:
        """Say whether a place can be settled at all."""
        return bool(self.bare or self.kind_word or self.level not in (None, "central"))


_SPACE = re.compile(r"\s+")
_BRACKETS = re.compile(r"\s*\([^()]*\)")
_CAPITAL = re.compile(rf"[{UPPER}\d]")
_PLACE_TAIL = re.compile(rf"[{UPPER}][^\s,;()]*(?: (?:- |– )?[{UPPER}][^\s,;()]*)*$")


@cache
def _tables() -> tuple[dict[str, str], re.Pattern[str], dict[str, tuple[str, ...]], tuple[re.Pattern[str], ...]]:
    """Return level word by office, the offices' pattern, heads of province level, and the central patterns."""
    table = tables.read_toml(_TABLE)
    offices: dict[str, str] = {}
    for row in table["office"]:
        for word in tables.check_words(_TABLE, f"office.{row['kind_word']}", row["words"]):
            offices[key(word)] = row["kind_word"]
    # Matched on the folded text, which can differ in length from the written one only in NFD: never here.
    pattern = re.compile(rf"\b(?:{'|'.join(tables.longest_first(offices))})\b")
    heads = {
        level: tuple(key(word) for word in tables.read_words(_TABLE, "level_of_head", level))
        for level in ("province", "district")
    }
    central = tuple(
        re.compile("|".join(form % re.escape(key(w)) for w in tables.read_words(_TABLE, "central", name)))
        for name, form in (("begins", r"^%s(?![^\W\d])"), ("ends", r"\b%s$"), ("never", r"^%s\b"))
    )
    return offices, pattern, heads, central


@cache
def _between() -> re.Pattern[str]:
    """Return the pattern of the words that stand between a level word and a name, or before a bare name."""
    words = "|".join(map(re.escape, tables.longest_first(tables.read_words(_TABLE, "between", "words"))))
    return re.compile(rf"(?:(?:quần )?(?:{words}),? )+(?=[{UPPER}\d])")


@cache
def _not_levels() -> tuple[str, ...]:
    return tuple(map(key, tables.read_words(_TABLE, "not_level", "words")))


@cache
def _level_in_name() -> re.Pattern[str]:
    """Return the pattern of a level word inside an organisation's name, with or without a place's name after it."""
    table = tables.read_toml("gazetteer/level_words.toml")
    long: list[str] = []
    short: list[str] = []
    hamlet: list[str] = []
    for entry in table.values():
        if entry["levels"] == ["hamlet"]:
            hamlet += [w for w in entry["words"] if w not in ("đội", "tổ", "khu", "khối", "làng", "sóc")]
        else:
            long += [w for w in entry["words"] if w != "thủ đô"]
            short += entry.get("short", ())
    words = "|".join(map(re.escape, tables.longest_first(long)))
    small = "|".join(map(re.escape, tables.longest_first(hamlet)))
    abbreviations = "|".join(map(re.escape, tables.longest_first(w for w in short if len(w) > 1)))
    letters = "".join(sorted({w for w in short if len(w) == 1}))
    return re.compile(
        rf"(?<![^\s(])(?:((?i:{words})|{small})(?![^\s])"
        rf"|({abbreviations})(?=\.?\s*$|[.\s]\s*[{UPPER}\d]|(?<=[Pp])[{UPPER}])"
        rf"|([{letters}])(?=\.\s*[{UPPER}][{LOWER}]|[.\s]?\s?\d))"
    )


def is_office(head: str, kind_word: str) -> bool:
    """Say whether `head` ends in an office whose own word holds this level word: `Ban Thường vụ Thành ủy`."""
    return any(kind == kind_word and key(head).endswith(word) for word, kind in _tables()[0].items())


def tidy(name: str) -> str:
    """Return a written name on one line, without the short form in brackets that may stand inside it."""
    name = _SPACE.sub(" ", name)
    return (_BRACKETS.sub("", name) if "(" in name else name).strip()


@lru_cache(maxsize=1 << 14)
def read_unit(written: str, kind: str) -> Reading:
    """Take a unit's written name apart; pure, and never raises.

    The rulings are those of the guide's section 1; levels come from gazetteer/level_words.toml, offices and
    central units from unit_names.toml.
    """
    if len(written) > LONGEST_NAME:
        return Reading(written, None, "", None)
    name = tidy(written)
    if kind == "locality":
        kind_word, bare = split_level(name)
        bare = _between().sub("", bare, count=1)
        levels = levels_of(kind_word) if kind_word else ()
        return Reading("", kind_word, bare, levels[0] if len(levels) == 1 else None)
    folded = key(name)
    offices, office, heads, (begins, ends, never) = _tables()
    last: re.Match[str] | None = None
    for match in _level_in_name().finditer(name):
        rest = name[match.end() :].lstrip(". ")
        if key(name[: match.end()]).endswith(_not_levels()):
            continue
        if not rest or _CAPITAL.match(rest) or _between().match(rest):
            last = match
    if last is not None and last.start() > 0:
        kind_word, bare = split_level(name[last.start() :] + ("" if name[last.end() :].strip(" .") else " X"))
        if bare == "X" and not name.endswith("X"):
            bare = ""
        bare = _between().sub("", bare, count=1)
        if kind_word is not None and (not bare or _is_name(bare)):
            levels = levels_of(kind_word)
            return Reading(name[: last.start()].strip(), kind_word, bare, levels[0] if len(levels) == 1 else None)
    found: re.Match[str] | None = None
    if len(folded) == len(name):
        for match in office.finditer(folded):
            found = match
    if found is not None:
        kind_word, bare = offices[found[0]], name[found.end() :].strip()
        if bare and not gazetteer.load().find(bare):
            place = _bare_place(name[found.start() :], provinces_only=False)
            if place is not None:  # Tỉnh hội Phật giáo Ninh Thuận
                return Reading(name[: -len(place)].strip(), None, place, None)
        if not bare or _CAPITAL.match(bare):
            levels = levels_of(kind_word)
            return Reading(
                name[: found.end()].strip(), kind_word, bare, levels[0] if len(levels) == 1 else None, glued=True
            )
    if kind in OFFICIAL or kind == "health":
        place = _bare_place(name, provinces_only=kind == "health")
        if place:
            return Reading(name[: -len(place)].strip(" -–"), None, place, _head_level(folded, heads))
    level = _head_level(folded, heads) if kind in OFFICIAL else None
    if (
        level is None
        and kind in OFFICIAL
        and (ends.search(folded) or (begins.search(folded) and not never.search(folded)))
    ):
        return Reading(name, None, "", "central")
    return Reading(name, None, "", level)


def _is_name(bare: str) -> bool:
    """Refuse what runs on after a level word without being a name: at most six words, the first capitalised."""
    return bare.count(" ") < 6 and _CAPITAL.match(bare) is not None


def _head_level(folded: str, heads: dict[str, tuple[str, ...]]) -> str | None:
    return next((level for level, words in heads.items() if folded.startswith(words)), None)


def _bare_place(name: str, provinces_only: bool) -> str | None:
    """Return the longest end of `name`, in capitals, that is a province or district; not the whole name."""
    match = _PLACE_TAIL.search(name)
    if match is None:
        return None
    places = gazetteer.load()
    words = name.split(" ")
    first = max(1, len(words) - 6, name[: match.start()].count(" "))
    for start in range(first, len(words)):
        tail = " ".join(words[start:])
        found = places.find(tail)
        if any(p.level == "province" or (p.level == "district" and not provinces_only) for p in found):
            return tail
    return None
