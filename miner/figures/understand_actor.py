"""Who does what a figure counts, and where."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from miner.figures.understand_verbs import Reading, Verb, object_end, words
from miner.records import Span, Unit

_BEFORE = re.compile(r"(?:(\w+)[ \xa0])?(\w+)[ \xa0]?$")
_BY = re.compile(r"(?<!\w)(?:được|bị|do)[ \xa0]$")
_OTHER_SUBJECT = re.compile(
    r"(?:^|[,;:\"“][ \xa0]*)(?:ông|bà|anh|chị|em|cháu|cơ quan|lực lượng|các|những|nhiều|nhóm|đối tượng|người|tổ|ban"
    r"|chúng|tôi)[ \xa0]\w+"
)
_SUBORDINATE = re.compile(r"(?<!\w)(?:khi|vì|do|mà)(?!\w)")
_PLACE_BEFORE = re.compile(r"(?<!\w)(?:tại|ở|địa bàn|trên|toàn|cả)[ \xa0]$")
_CHAIN = 12
"""Verbs of a statement that are passed to find its first."""
_MEMORY = 100
"""Units back that a bare `huyện` may stand for."""
_LASTS = 2
"""Sentences that a subject lasts without being named again."""


class Actors:
    """The units of one article, and the subject that each sentence inherits."""

    def __init__(self, text: str, sentences: Sequence[Span], units: Sequence[Unit]) -> None:
        self.text = text
        self.sentences = sentences
        self.units = units
        self.starts = [u.start for u in units]

    def inside(self, start: int, end: int) -> Sequence[Unit]:
        """Return the units that start between two places."""
        return self.units[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def _may_be_subject(self, unit: Unit, floor: int) -> bool:
        """Tell whether the words before the unit let it be a subject (not `của`, `tại`, a bracket)."""
        before = self.text[max(floor, unit.start - 24) : unit.start].lower()
        if before.endswith(("(", "- ", "– ")):
            return False
        if not (found := _BEFORE.search(before)) or before[-1:] not in " \xa0":
            return True
        one, two = found[2], f"{found[1]} {found[2]}"
        return words("not_subject").isdisjoint((one, two))

    def actor_of(self, reading: Reading, number: int, verb: Verb | None) -> Unit | None:
        """Return the unit that is subject of `verb`: in its sentence, else in the sentence before where it is left out.

        A passive has only the doer that it names (`được UBND tỉnh tặng`).
        """
        if verb is None:
            return None
        mine = [u for u in self.inside(reading.start, verb.start) if u.end <= verb.start and not _counted(reading, u)]
        if verb.passive:
            return next(
                (
                    u
                    for u in reversed(mine)
                    if verb.start - u.end <= 2 and _BY.search(self._low(reading.start, u.start))
                ),
                None,
            )
        end = None
        for unit in reversed(mine):
            end = end or unit.end
            if self._attached(unit, reading.start):
                continue
            between = reading.between(end, verb.start)
            end = None
            if not self._may_be_subject(unit, reading.start):
                continue
            if not verb.doing and not _light(between):
                break
            if _OTHER_SUBJECT.search(between) or _SUBORDINATE.search(between) or _by_the_counted(reading, unit, verb):
                return None
            return unit
        return self._implied(reading, number, verb)

    def _attached(self, unit: Unit, floor: int) -> bool:
        """Tell whether the unit is only where the one before it lies: xã A, huyện B; Công an quận C (TP D)."""
        at = bisect_left(self.starts, unit.start)
        if not at or unit.kind != "locality" or self.units[at - 1].start < floor:
            return False
        return self.text[self.units[at - 1].end : unit.start] in (", ", " (", " ")

    def _low(self, start: int, end: int) -> str:
        return self.text[max(start, end - 12) : end].lower()

    def _implied(self, reading: Reading, number: int, verb: Verb) -> Unit | None:
        """Return the subject that a bare word (`quận`) or nothing at all stands for."""
        first = _first_of_chain(reading, verb)
        left, _ = reading.segment(first.start)
        lead = _bare(reading.without(left, first.start))
        if lead in words("standing_for"):
            return self._last_of(lead, first.start)
        if lead and lead not in words("linking"):
            return None
        if not verb.doing and lead == "":
            return None
        opening = _bare(reading.without(reading.start, left))
        if opening and opening not in words("linking"):
            return None
        return self._subject_before(number)

    def _last_of(self, word: str, at: int) -> Unit | None:
        """Return the unit with `word` in its name that was named last before `at`, subjects first."""
        word = "trường" if word == "nhà trường" else word
        end = bisect_left(self.starts, at)
        named = [
            unit
            for unit in reversed(self.units[max(0, end - _MEMORY) : end])
            if (name := unit.text.lower()).startswith(word) or f" {word} " in name
        ]
        return next((unit for unit in named if self._may_be_subject(unit, 0)), named[0] if named else None)

    def _subject_before(self, number: int) -> Unit | None:
        for back in range(number - 1, max(-1, number - 1 - _LASTS), -1):
            sentence = self.sentences[back]
            for unit in self.inside(sentence.start, sentence.end):
                after = self.text[unit.end : unit.end + 30].lower()
                if self._may_be_subject(unit, sentence.start) and _PREDICATE.match(after):
                    return unit
        return None

    def place_of(self, reading: Reading, actor: Unit | None, default: Unit | None) -> Unit | None:
        """Return the locality that the sentence names, after `tại` first; else the actor's; else `default`."""
        places = [u for u in self.inside(reading.start, reading.end) if u.kind == "locality"]
        for unit in places:
            if _PLACE_BEFORE.search(self._low(reading.start, unit.start)):
                return unit
        if places:
            return places[0]
        if actor is not None and actor.place_code is not None:
            return actor
        return default


_PREDICATE = re.compile(
    r"(?:[ \xa0]\w+){0,3}?[ \xa0]"
    r"(?:đã|đang|sẽ|vừa|tổ chức|tiếp tục|phối hợp|triển khai|thực hiện|cần|phát hiện|tiến hành|có)[ \xa0]"
)
_WORDS = re.compile(r"\w+")


def _light(between: str) -> bool:
    """Tell whether only auxiliaries stand between subject and verb."""
    found = _WORDS.findall(between)
    return len(found) <= 3 and all(w in words("auxiliary") or w in ("hiện", "nay", "mình") for w in found)


def _bare(lead: str) -> str:
    """Return the words before a verb without auxiliaries and `này`."""
    found = _WORDS.findall(lead)
    while found and (
        found[-1] in words("auxiliary") or found[-1] in ("này", "trên", "tiến", "hành", "tục", "tiếp", "thời", "kịp")
    ):
        found.pop()
    return " ".join(found)


def _by_the_counted(reading: Reading, unit: Unit, verb: Verb) -> bool:
    """Tell whether those whom a figure counts do it: `trao bằng khen cho 9 ngư dân đã cứu 22 người`."""
    left, _ = reading.segment(verb.start)
    return any(unit.end <= f.start and left <= f.start and f.end <= verb.start for f in reading.figures)


def _counted(reading: Reading, unit: Unit) -> bool:
    """Tell whether the unit belongs to the noun that a figure counts (`113 học sinh Nghệ An`)."""
    return any(f.start < unit.start and unit.end <= object_end(reading, f) for f in reading.figures)


def _first_of_chain(reading: Reading, verb: Verb) -> Verb:
    """Return the first verb of the statement that `verb` is in: they share a subject."""
    first = verb
    for other in reversed([v for v in reading.verbs if v.end <= verb.start][-_CHAIN:]):
        left, _ = reading.segment(first.start)
        if _bare(reading.without(left, first.start)):
            if other.start >= left:
                first = other
                continue
            break
        if not other.doing:
            break
        first = other
    return first
