"""Places as they follow a head or stand with their level word (guide section 1)."""

from __future__ import annotations

import re
from typing import NamedTuple

from miner.text import LOWER, UPPER, search_key
from miner.units.lexicon import RANKS, Level
from miner.units.marks import Marks

SYLLABLE = rf"(?:[{UPPER}] ?['’] ?[{UPPER}{LOWER}]+|[{UPPER}][{UPPER}{LOWER}]*(?:['’][{UPPER}{LOWER}]+)?)"
"""A capitalised syllable, the broken apostrophe of `M’ Đrắk` included."""
RUN = re.compile(rf"{SYLLABLE}(?!\w)(?: {SYLLABLE}(?!\w)){{0,3}}")
"""Up to four capitalised syllables."""
NO_FIGURE = r"(?![\w%]|[.,/:-]\d)"
"""What may not follow a number that is a name: `5%`, `5,2`, `5-7`, `5kg`."""

_VIETNAMESE = re.compile("(?:[bcdghklmnpqrstvx]{0,3})[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?", re.I)
"""A syllable without its marks, as Vietnamese spells it."""
_NUMBER = re.compile(rf"(?:số )?0?\d{{1,4}}[A-Z]?{NO_FIGURE}")
_SUFFIX = re.compile(rf" (?:\d{{1,2}}|[A-D]){NO_FIGURE}")
_WITHIN = re.compile(r",? \(?(?:thuộc )?")
_NEXT_SYLLABLE = re.compile(rf" ({SYLLABLE})(?!\w)")
_PART = re.compile("(?:Bắc|Nam|Đông|Tây|Trung) ")
_WARD = re.compile(r", (?:phường|p\.|thị trấn) ?\w")
_RESIDENT = re.compile(r"(?:trú|ngụ)(?: tại)? khu vực \Z")
_SMALL_NEXT = re.compile(rf" ([{LOWER}]{{1,8}})(?!\w)")
_LIST_SEPARATOR = re.compile(r"(?:,| và| cùng|, và|;) ")


# The levels at which the gazetteer must have a name, by the rank of the level word before it.
_BITS = {1: RANKS["province"], 2: RANKS["province"] | RANKS["district"], 3: RANKS["commune"], 4: -1}


class Place(NamedTuple):
    """A place as it follows a head: where it ends, whether it has a name, and the rank of its level."""

    end: int
    named: bool
    plural: bool
    rank: int


class Places:
    """What the marks of one article say about places."""

    __slots__ = ("folded", "lexicon", "marks", "text")

    def __init__(self, marks: Marks) -> None:
        self.marks, self.text, self.folded, self.lexicon = marks, marks.text, marks.folded, marks.lexicon

    def place(self, at: int) -> Place | None:
        """Return the place at `at`, with its level word or bare and in the gazetteer; `các` before it makes a list."""
        capital = self.text[at : at + 1].isupper()
        plural = None if capital else self.lexicon.plural_before.match(self.folded, at)
        if plural:
            at = plural.end()
        level = self.marks.level(at)
        if level is None:
            if not capital:
                return None
            bare = self.marks.place(at, strict=True)
            if bare is None and (part := _PART.match(self.text, at)):
                bare = self.marks.place(part.end(), strict=True, bits=RANKS["province"] | RANKS["district"])
            if bare and bare[1].bits == RANKS["commune"] and self._begins_person(at, bare[0]):
                return None
            return Place(bare[0], True, False, bare[1].bits) if bare else None
        end, word = level
        if named := self.place_name(end, word):
            return Place(named, True, plural is not None, word.rank)
        whole = self.marks.place(at, strict=True)
        if whole and whole[0] > end:
            return Place(whole[0], True, plural is not None, word.rank)
        # A city or province that the gazetteer lacks is abroad, unless a person's name follows.
        follows = _NEXT_SYLLABLE.match(self.text, end) if word.known else None
        if follows and follows[1] not in self.lexicon.surnames:
            return Place(end, False, True, word.rank)
        return Place(end, False, plural is not None, word.rank) if plural or word.office else None

    def _begins_person(self, at: int, end: int) -> bool:
        """Say whether a place's name from `at` to `end` is but the beginning of a person's: Cao Đức in Cao Đức Phát."""
        run = RUN.match(self.text, at)
        return run is not None and run.end() > end and self.person(at)

    def town(self, start: int, end: int) -> bool:
        """Say whether the one syllable from `start` to `end` begins a town's name: Hội An."""
        place = self.marks.place(start, strict=True)
        if place is None or " " in self.text[start:end]:
            return False
        return place[0] > end and place[1].bits != RANKS["commune"]

    def place_name(self, end: int, level: Level) -> int | None:
        """Return the end of the name after a level word that ends at `end`, or None."""
        text = self.text
        at = self._name_start(end, level)
        if at is None or (text[at : at + 1].islower() and not (level.number and text.startswith("số ", at))):
            return None
        if level.number and (match := _NUMBER.match(text, at)) and not self.counts(match.end()):
            return match.end() if not level.strict or self._lies_within(match.end()) else None
        if level.numbered:
            return self._quarter(at)
        place = self.marks.place(at, strict=level.letter or level.strict, bits=_BITS[level.rank])
        if place is None and level.rank in (2, 3) and not level.known:
            place = self.marks.place(at, strict=level.letter, bits=RANKS["commune"] | RANKS["district"])
        if place and level.letter and place[0] - at < 2:
            return None
        single = place is not None and " " not in text[at : place[0]]
        if place and not single and level.rank < 4:
            return (self.suffix(place[0]) if level.rank == 3 else None) or place[0]
        if place and single and level.strict and self.goes_on(place[0]):
            return None  # bản Di chúc, Tổng Thanh tra
        run = RUN.match(text, at)
        if (place is None or single) and self.person(at, short=level.rank < 4):
            return None
        if place and not (level.rank == 4 and run and run.end() > place[0]):
            return (self.suffix(place[0]) if level.rank >= 3 else None) or place[0]
        if run is None or level.known or level.letter or self._no_name(run, level, place is not None):
            return None
        if level.strict and " " not in run[0] and self.goes_on(run.end()):
            return None
        stop = self._cut(at, run.end())
        return self.suffix(stop) or stop

    def _name_start(self, end: int, level: Level) -> int | None:
        """Return where the name after a level word starts; `TP.` and a city's name may stand on two lines."""
        at = self.marks.gap(end)
        if at is not None:
            return at
        dotted = self.text[end - 1] == "."
        if level.known and self.text[end : end + 1] == "\n" and (dotted or self.text[end - 1].isupper()):
            return end + 1
        return end if dotted else None

    def _no_name(self, run: re.Match[str], level: Level, known: bool) -> bool:
        """Say whether capitals after a level word are no name of a place of Viet Nam."""
        words = run[0].split(" ")
        if len(words) < 2 and (level.pair or level.rank == 2):
            return True
        if not known and len(words) == 1 and len(run[0]) >= 5 and run[0].isascii() and run[0][1:].islower():
            return True  # thị trấn Tubod, Philippines
        if any((len(w) >= 7 and w.isascii()) or (len(w) > 1 and w.isupper() and w.isalpha()) for w in words):
            return True
        if level.rank == 2:
            # The gazetteer has every district: one that it lacks is misspelt, or lies in a country named nearby.
            around = self.text[max(0, run.start() - 120) : run.end() + 120]
            return any(len(name) > 4 and name in around for name in self.lexicon.foreign)
        return level.strict and not known and bool(self.marks.heads(run.start()))

    def _quarter(self, at: int) -> int | None:
        """Return the end of a quarter's name after `khu vực` (Cần Thơ has them for hamlets), or None."""
        run = RUN.match(self.text, at) if self.folded.endswith("khu vực ", 0, at) else None
        if run is None or " " not in run[0] or self.marks.heads(at):
            return None
        lives = _RESIDENT.search(self.folded, max(0, at - 20), at)
        return run.end() if lives or _WARD.match(self.folded, run.end()) else None

    def _lies_within(self, end: int) -> bool:
        """Say whether the place that a numbered one lies in follows: tổ 3, phường X."""
        match = _WITHIN.match(self.text, end)
        if match is None:
            return False
        at = match.end()
        return self.marks.level(at) is not None or self.marks.place(at, strict=True) is not None

    def _cut(self, at: int, end: int) -> int:
        """Return `end`, or where a person's name begins inside the run of capitals from `at` to `end`."""
        words = self.text[at:end].split(" ")
        offset = at
        for number, word in enumerate(words):
            # Thanh Hà Cienco 5: what follows is no given name.
            given = [search_key(w) for w in words[number + 1 :]] if number and word in self.lexicon.surnames else []
            if given and all(map(_VIETNAMESE.fullmatch, given)):
                return offset - 1
            offset += len(word) + 1
        return end

    def suffix(self, end: int) -> int | None:
        """Return the end of a number that belongs to the name before it (`Mỹ Đình 2`), or None."""
        match = _SUFFIX.match(self.text, end)
        return match.end() if match and not self.counts(match.end()) else None

    def counts(self, end: int) -> bool:
        """Say whether a number that ends at `end` counts something, so that it is no name."""
        at = self.marks.gap(end)
        return at is not None and self.lexicon.counted.match(self.folded, at) is not None

    def person(self, at: int, *, short: bool = True) -> bool:
        """Say whether a person's name starts at `at`: of three syllables, or (`short`) two after some surnames."""
        run = RUN.match(self.text, at)
        if run is None:
            return False
        words = run[0].split(" ")
        if len(words) == 2:
            return short and words[0] in self.lexicon.short_surnames
        return len(words) > 2 and (words[0] in self.lexicon.surnames or words[0] in self.lexicon.short_surnames)

    def goes_on(self, end: int) -> bool:
        """Say whether a small syllable after `end` makes a word with the one before it."""
        small = _SMALL_NEXT.match(self.folded, end)
        return small is not None and self.text[end + 1].islower() and small[1] not in self.lexicon.stop

    def listed(self, end: int, *, short: bool = False) -> list[tuple[int, int]]:
        """Return the names that a list goes on with after `end`: `B` and `C` in `các huyện A, B và C`.

        A name of one syllable must be in the gazetteer unless `short` allows any.
        """
        items: list[tuple[int, int]] = []
        while match := _LIST_SEPARATOR.match(self.text, end):
            at = match.end()
            if self.marks.level(at) or self.opens(at):
                break
            place = self.marks.place(at, strict=True)
            run = RUN.match(self.text, at)
            if place is None and (run is None or (" " not in run[0] and not short) or self.person(at)):
                break
            stop = place[0] if place else run.end() if run else at
            stop = self.suffix(stop) or stop
            items.append((at, stop))
            end = stop
        return items

    def opens(self, at: int, depth: int = 0) -> bool:
        """Say whether a unit with a head starts at `at`, seen from inside one at `depth`."""
        raise NotImplementedError
