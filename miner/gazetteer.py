"""The localities of Viet Nam since 2004, by name, code and date (miner/data/gazetteer/README.md).

A code alone names no place for ever: since 2025-07-01 code 44 is Quảng Trị, before it was Quảng Bình. Every
lookup therefore takes the date `at` which it is asked for; without it, all times are meant. A place is valid
from `valid_from` (included) to `valid_to` (excluded, None = still valid).
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache, lru_cache
from typing import NamedTuple

from miner import tables
from miner.errors import TableError
from miner.text import LOWER, UPPER, key

FIRST_DAY = date(2004, 8, 31)
"""The gazetteer's first day; an earlier date is read as this one."""
REFORM = date(2025, 7, 1)
"""34 provinces and no districts from this day on."""

_FOLDER = "gazetteer"
_LEVEL_OF_LENGTH = {2: "province", 3: "district", 5: "commune"}


class Locality(NamedTuple):
    """One place as it was from `valid_from` to the day before `valid_to`; equal codes may be other places."""

    code: str
    level: str
    """province, district or commune."""
    name: str
    """As the General Statistics Office writes it: `Thị trấn NT Việt Trung`."""
    kind_word: str
    """`Xã`, `Phường`, `Thị trấn`, `Đặc khu`, `Huyện`, `Quận`, `Thị xã`, `Thành phố` or `Tỉnh`."""
    bare: str
    """The name without its level word, NT written out: `Nông trường Việt Trung`."""
    parent_code: str
    """Code of the district, or of the province; empty for a province."""
    valid_from: date
    valid_to: date | None

    def valid_at(self, at: date) -> bool:
        """Say whether the place existed under this name and code on the day `at`."""
        return (self.valid_from <= at or self.valid_from == FIRST_DAY) and (self.valid_to is None or at < self.valid_to)

    @property
    def full_name(self) -> str:
        """The name to show: level word and bare name (`Thị trấn Nông trường Việt Trung`, `Quận 5`)."""
        return f"{self.kind_word} {self.bare}"


_APOSTROPHE = re.compile(r"\s?' ?")
_HYPHEN = re.compile(r"\s*-\s*")
_ZERO = re.compile(r"\b0+(?=\d)")
_FARM = re.compile(r"^n\.? ?t\.? +(?=\S)")
_DAK = re.compile(r"\b(?:đ[aăáắâ][kc]|d[aăắ]k)\b")
_INNER_CAPITAL = re.compile(f"(?<=[{LOWER}])(?=[{UPPER}])")
_HIGHLAND_D = re.compile(r"đ(?=[lrj])")
_AK = re.compile(r"[ăắ]k\b")
# Final y after one consonant (or qu) is i: Mỹ = Mĩ, Quy = Qui.
_FINAL_Y = re.compile(r"(?<=[bcdđghklmnpqrstvx])(u?)([yýỳỷỹỵ])\b")
_TO_I = dict(zip("yýỳỷỹỵ", "iíìỉĩị", strict=True))


def _final_y(match: re.Match[str]) -> str:
    if match[1] and match.string[match.start() - 1] != "q":
        return match[0]
    return match[1] + _TO_I[match[2]]


@lru_cache(maxsize=1 << 14)
def place_key(name: str) -> str:
    """Fold a place's name beyond `text.key`: Đắk/Đăk/Đak, i/y, hyphens, apostrophes, `NT`, `EaPil`, zeros.

    Applying it twice changes nothing, so a `text.key` is folded to the same key as the name itself.
    """
    name = key(_INNER_CAPITAL.sub(" ", name))
    if "'" in name:
        name = _APOSTROPHE.sub("", name)
    if "-" in name:
        name = _HYPHEN.sub(" ", name)
    if name.startswith("n"):
        name = _FARM.sub("nông trường ", name)
    if "k" in name or "c" in name:
        name = _AK.sub("ắk", _DAK.sub("đắk", name))
    if "đ" in name:
        name = _HIGHLAND_D.sub("d", name)
    return " ".join(_ZERO.sub("", _FINAL_Y.sub(_final_y, name)).split())


@cache
def _level_words() -> tuple[dict[str, tuple[str, ...]], dict[str, str], re.Pattern[str]]:
    """Return levels by kind word, kind word by the folded word as written, and the pattern of level words."""
    table = tables.read_toml(f"{_FOLDER}/level_words.toml")
    levels: dict[str, tuple[str, ...]] = {}
    kinds: dict[str, str] = {}
    words: list[str] = []
    shorts: list[str] = []
    for kind, entry in table.items():
        where = f"{_FOLDER}/level_words.toml"
        levels[kind] = tables.check_words(where, f"{kind}.levels", entry.get("levels"))
        for field, into in (("words", words), ("short", shorts)):
            if field == "short" and field not in entry:
                continue
            for word in tables.check_words(where, f"{kind}.{field}", entry.get(field)):
                if kinds.setdefault(key(word), kind) != kind:
                    raise TableError(f"miner/data/{where}", f"{kind}.{field}", f"{word!r} stands for two level words")
                into.append(word)
    one = "".join(sorted(w for w in shorts if len(w) == 1))
    more = "|".join(map(re.escape, tables.longest_first(w for w in shorts if len(w) > 1)))
    long = "|".join(map(re.escape, tables.longest_first(words)))
    pattern = re.compile(
        rf"\s*(?:((?i:{long}))\s+(?=\S)|({more})(?:(?<=[Pp])|[.\s])\.?\s*(?=[{UPPER}\d])|([{one}])(?:\.\s*(?=[{UPPER}\d])|\s*(?=\d)))"
    )
    return levels, kinds, pattern


def split_level(name: str) -> tuple[str | None, str]:
    """Split a locality's name as written into the gazetteer's level word and the rest.

    `TP.Vinh` gives (`Thành phố`, `Vinh`), `thôn 3` (`Thôn`, `3`), `Quảng Bình` (None, `Quảng Bình`).
    """
    levels, kinds, pattern = _level_words()
    match = pattern.match(name)
    if match is None:
        return None, name.strip()
    kind_word = kinds[key(match[1] or match[2] or match[3])]
    if levels[kind_word] == ("hamlet",) and name.lstrip()[0].isupper() and load().find(name):
        return None, name.strip()  # Sóc Trăng, Buôn Ma Thuột: the word is part of the name
    return kind_word, name[match.end() :].strip()


def levels_of(kind_word: str) -> tuple[str, ...]:
    """Return the levels that a level word may stand for; `Thành phố` is a province's or a district's."""
    return _level_words()[0].get(kind_word, ())


class Gazetteer:
    """Lookups over all localities; made once by `load`, never changed after that."""

    __slots__ = ("_aliases", "_by_code", "_by_key", "_children", "_compact", "_successors")

    def __init__(
        self,
        lines: Iterable[str],
        successors: dict[str, str],
        aliases: dict[str, tuple[tuple[str, str, bool], ...]],
    ) -> None:
        """Index the `lines` of localities.tsv; `aliases` maps a key to (level, key of the bearer, informal).

        Lines are parsed when they are asked for: an article needs some dozens of the 17,741.
        """
        by_key: dict[str, list[str]] = {}
        by_code: dict[str, list[str]] = {}
        children: dict[str, list[str]] = {}
        for line in lines:
            folded, code, parent, _ = line.split("\t", 3)
            for index, name in ((by_key, folded), (by_code, code), (children, parent)):
                if name in index:
                    index[name].append(line)
                else:
                    index[name] = [line]
        self._by_key, self._by_code, self._children = by_key, by_code, children
        self._successors, self._aliases = successors, aliases
        self._compact: dict[str, str] | None = None
        for folded, bearers in aliases.items():
            for level, bearer, _ in bearers:
                if not any(p.level == level for p in self._named(bearer)):
                    problem = f"no {level} named {bearer!r} is in the gazetteer"
                    raise TableError(f"miner/data/{_FOLDER}/aliases.toml", f"{level}: {folded}", problem)

    def _named(self, folded: str) -> list[Locality]:
        return [_place(line) for line in self._by_key.get(folded, ())]

    def _coded(self, code: str) -> list[Locality]:
        return [_place(line) for line in self._by_code.get(code, ())]

    def find(
        self, name: str, level: str | None = None, at: date | None = None, kind_word: str | None = None
    ) -> tuple[Locality, ...]:
        """Return the places called `name`, bare, in any spelling that `place_key` folds, or by an alias.

        `level`, `at` and `kind_word` narrow the answer; without `at` a place stands once for each time it had a
        name, code and parent of its own. A level word inside `name` is not split off (see `split_level`,
        `find_written`).
        """
        folded = place_key(name)
        found = self._named(folded)
        for alias_level, bearer, informal in self._aliases.get(folded, ()):
            if not (informal and kind_word):
                found += [p for p in self._named(bearer) if p.level == alias_level and p not in found]
        return tuple(
            p
            for p in found
            if (level is None or p.level == level)
            and (kind_word is None or p.kind_word == kind_word)
            and (at is None or p.valid_at(at))
        )

    def respell(self, name: str) -> str | None:
        """Return the key of the one name that is written as `name` when spaces are left out: `Adơk` is A Dơk.

        Only names of the highlands are written so; None where no name, or more than one, fits.
        """
        if self._compact is None:
            compact: dict[str, str] = {}
            for folded in self._by_key:
                short = folded.replace(" ", "")
                compact[short] = "" if short in compact else folded
            self._compact = compact  # filled once, on first need; the same on every run
        return self._compact.get(place_key(name).replace(" ", "")) or None

    def find_written(self, name: str, at: date | None = None) -> tuple[Locality, ...]:
        """Return the places for a name as written, with its level word or without: `TP.Vinh`, `xã Tam Hợp`."""
        kind_word, bare = split_level(name)
        return self.find(bare, at=at, kind_word=kind_word)

    def get(self, code: str, at: date | None = None) -> Locality | None:
        """Return the place that bore `code` on the day `at` (without it: last), or None."""
        places = self._coded(code)
        if at is None:
            return places[-1] if places else None
        return next((p for p in places if p.valid_at(at)), None)

    def history(self, code: str) -> tuple[Locality, ...]:
        """Return every place that ever bore `code`, oldest first."""
        return tuple(self._coded(code))

    def parents(self, place: Locality, at: date | None = None) -> tuple[Locality, ...]:
        """Return what `place` lies in, nearest first (district, province), on the day `at`.

        Without `at`, the last day of the place, or the gazetteer's own last state where it is still valid.
        """
        chain: list[Locality] = []
        while place.parent_code:
            options = self._coded(place.parent_code)
            if at is not None:
                parent = next((p for p in options if p.valid_at(at)), None)
            else:
                parent = next((p for p in reversed(options) if _overlap(p, place)), None)
            if parent is None:
                parent = options[-1]
            chain.append(parent)
            place = parent
        return tuple(chain)

    def province_of(self, place: Locality | str, at: date | None = None) -> str | None:
        """Return the code of the province that a place (or the bearer of a code on the day `at`) lies in."""
        found = self.get(place, at) if isinstance(place, str) else place
        while found is not None and found.parent_code:
            if len(found.parent_code) == 2:
                return found.parent_code
            found = self._coded(found.parent_code)[-1]
        return found.code if found else None

    def successors(self, place: Locality | str, at: date | None = None) -> tuple[str, ...]:
        """Return today's codes (since 2025-07-01) of what a place went into, in order of code.

        A place that is still valid is its own successor; a province has one; a district has the communes that
        its communes went into. `()` where the sources do not say: a commune dissolved before 2025-07-01 whose
        code was given up with it.
        """
        found = self.get(place, at) if isinstance(place, str) else place
        if found is None:
            return ()
        if found.valid_to is None:
            return (found.code,)
        if found.level != "district":
            return tuple(self._successors.get(found.code, "").split(",")) if found.code in self._successors else ()
        into: set[str] = set()
        for line in self._children.get(found.code, ()):
            child = _place(line)
            if _overlap(child, found) and child.code in self._successors:
                into.update(self._successors[child.code].split(","))
        return tuple(sorted(into))

    def names(self, level: str | None = None, at: date | None = None) -> tuple[str, ...]:
        """Return the distinct bare names, as the lists write them and without aliases, sorted."""
        return tuple(
            sorted(
                {
                    p.bare
                    for p in self.places()
                    if (level is None or p.level == level) and (at is None or p.valid_at(at))
                }
            )
        )

    def keys(self, level: str | None = None) -> tuple[str, ...]:
        """Return every folded key, aliases included, for automata over folded names; sorted."""
        found = {k for k in self._by_key if level is None or any(p.level == level for p in self._named(k))}
        found.update(k for k, aliases in self._aliases.items() if level is None or any(a[0] == level for a in aliases))
        return tuple(sorted(found))

    def places(self, level: str | None = None) -> tuple[Locality, ...]:
        """Return all places of all times, at `level` if given, by code, then oldest first."""
        codes = sorted(c for c in self._by_code if level is None or _LEVEL_OF_LENGTH[len(c)] == level)
        return tuple(p for code in codes for p in self._coded(code))

    def bare_names(self) -> Iterator[tuple[str, str]]:
        """Yield the bare name and the level of every place of all times, in no order; far cheaper than `places`."""
        for code, lines in self._by_code.items():
            level = _LEVEL_OF_LENGTH[len(code)]
            for line in lines:
                yield line.split("\t", 5)[4], level


def _overlap(one: Locality, other: Locality) -> bool:
    return (other.valid_to is None or one.valid_from < other.valid_to) and (
        one.valid_to is None or other.valid_from < one.valid_to
    )


@cache
def _day(written: str) -> date:
    return date.fromisoformat(written)


@cache
def _place(line: str) -> Locality:
    """Parse a line of localities.tsv: key, code, parent, level word, bare name, GSO's name, first day, last day."""
    _, code, parent, kind_word, bare, name, first, last = line.split("\t")
    name = name or f"{kind_word} {bare}"
    level = _LEVEL_OF_LENGTH[len(code)]
    return Locality(code, level, name, kind_word, bare, parent, _day(first), _day(last) if last else None)


def _lines(name: str) -> list[str]:
    """Return the lines of a shipped gzipped TSV file."""
    try:
        data = gzip.decompress((tables.DATA / _FOLDER / name).read_bytes())
    except FileNotFoundError:
        raise TableError(f"miner/data/{_FOLDER}/{name}", "file", "is missing; run scripts/build-gazetteer") from None
    return data.decode("utf-8").split("\n")[:-1]


def _aliases() -> dict[str, tuple[tuple[str, str, bool], ...]]:
    """Read the aliases: alias key to (level, key of the bearer, informal)."""
    table = tables.read_toml(f"{_FOLDER}/aliases.toml")
    informal = table.pop("informal", {})
    result: dict[str, list[tuple[str, str, bool]]] = {}
    for group, is_informal in ((table, False), (informal, True)):
        for level, entries in group.items():
            for bearer, words in entries.items():
                for alias in tables.check_words(f"{_FOLDER}/aliases.toml", f"{level}.{bearer}", words):
                    result.setdefault(place_key(alias), []).append((level, place_key(bearer), is_informal))
    return {k: tuple(v) for k, v in result.items()}


@cache
def load() -> Gazetteer:
    """Load the packaged gazetteer, once.

    Raises TableError where a file of it is missing or an alias names no place.
    """
    successors = dict(line.split("\t") for line in _lines("successors.tsv.gz"))
    return Gazetteer(_lines("localities.tsv.gz"), successors, _aliases())
