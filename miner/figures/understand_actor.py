"""Who does what a figure counts, and where."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from miner.figures.understand_reading import Reading, Verb, saying, words
from miner.records import Figure, Span, Unit

_BEFORE = re.compile(r"(?:(\w+)[ \xa0])?(\w+)[ \xa0]?$")
_BY = re.compile(r"(?<!\w)(?:được|bị|do)[ \xa0]$")
_OTHER_SUBJECT = re.compile(
    r"(?:^|[,;:\"“][ \xa0]*)(?:ông|bà|anh|chị|em|cháu|cơ quan|lực lượng|các|những|nhiều|nhóm|đối tượng|người|tổ|ban"
    r"|chúng|tôi)[ \xa0]\w+"
)
_SUBORDINATE = re.compile(r"(?<!\w)(?:khi|vì|do|mà)(?!\w)")
_WHERE_BEFORE = re.compile(
    r"(?<!\w)(?:(?P<home>(?:trú|ngụ|quê|hktt)(?:[ \xa0](?:tại|ở))?)|tại|ở|địa bàn|trên|toàn|cả)[ \xa0]$"
)
_CLOSES = re.compile(r"(?:,|\)|[ \xa0][-–])")
_PLACE_LASTS = 3
"""Sentences that a place lasts without being named again."""
_CHAIN = 12
"""Verbs of a statement that are passed to find its first."""
_MEMORY = 100
"""Units back that a bare `huyện` may stand for."""
_LASTS = 2
"""Sentences that a subject lasts without being named again."""


class Actors:
    """The units of one article, and the subject that each sentence inherits; `low` is the text in small letters."""

    def __init__(self, text: str, low: str, sentences: Sequence[Span], units: Sequence[Unit]) -> None:
        self.text, self.low = text, low
        self.sentences = sentences
        self.units = units
        self.starts = [u.start for u in units]
        self.places: dict[int, Unit | None] = {}
        """The locality of a sentence, by its number, as far as somebody asked."""

    def inside(self, start: int, end: int) -> Sequence[Unit]:
        """Return the units that start between two places."""
        return self.units[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def may_be_subject(self, unit: Unit, floor: int) -> bool:
        """Tell whether the words around the unit let it be a subject (not `của`, `tại`, a bracket)."""
        before = self.low[max(floor, unit.start - 24) : unit.start]
        if before.endswith(("(", "- ", "– ")):
            return False
        if before[-1:] not in (" ", "\xa0") or not (found := _BEFORE.search(before)):
            return not (unit.kind == "locality" and before.endswith(", ") and self._goes_on(unit))
        last = (found[2], f"{found[1]} {found[2]}")
        if unit.kind == "locality" and not found[2].isdigit() and words("before_locality").isdisjoint(last):
            return False
        if found[2] == "và" and (other := self.before(unit)) and other.end == unit.start - 4:
            return other.start >= floor and self.may_be_subject(other, floor)
        return words("not_subject").isdisjoint(last)

    def _goes_on(self, unit: Unit) -> bool:
        """Tell whether a locality after a comma goes on a name before it: `Vinh, Nghệ An -`, `tuyến Vinh, Hà Nội`."""
        name = self.low.rfind(" ", 0, unit.start - 2) + 1
        return self.text[name : name + 1].isupper() or _CLOSES.match(self.low, unit.end) is not None

    def before(self, unit: Unit) -> Unit | None:
        """Return the unit named right before this one."""
        at = bisect_left(self.starts, unit.start)
        return self.units[at - 1] if at else None

    def attached(self, unit: Unit, floor: int) -> bool:
        """Tell whether the unit is only where the one before it lies: xã A, huyện B; Công an quận C (TP D)."""
        if unit.kind != "locality" or (other := self.before(unit)) is None or other.start < floor:
            return False
        return self.low[other.end : unit.start] in (", ", " (", " ")

    def last_of(self, word: str, at: int) -> Unit | None:
        """Return the unit with `word` in its name that was named last before `at`, subjects first."""
        word = "trường" if word == "nhà trường" else word
        end = bisect_left(self.starts, at)
        named = [
            unit
            for unit in reversed(self.units[max(0, end - _MEMORY) : end])
            if (name := unit.text.lower()).startswith(word) or f" {word} " in name
        ]
        return next((unit for unit in named if self.may_be_subject(unit, 0)), named[0] if named else None)

    def subject_before(self, number: int) -> Unit | None:
        """Return the subject of the sentences right before sentence `number`."""
        for back in range(number - 1, max(-1, number - 1 - _LASTS), -1):
            sentence = self.sentences[back]
            units = self.inside(sentence.start, sentence.end)
            for at, unit in enumerate(units):
                if self.attached(unit, sentence.start):
                    continue
                end = unit.end
                for other in units[at + 1 :]:  # Công an xã A, huyện B (tỉnh C) đã
                    if not self.attached(other, sentence.start):
                        break
                    end = other.end + (self.low[other.end : other.end + 1] == ")")
                if self.may_be_subject(unit, sentence.start) and _PREDICATE.match(self.low, end, end + 30):
                    return unit
        return None

    def place_of(self, number: int) -> Unit | None:
        """Return the locality that sentence `number` names, after `tại` first; homes are none (`trú xã A`)."""
        if number not in self.places:
            self.places[number] = self._place_in(self.sentences[number].start, self.sentences[number].end)
        return self.places[number]

    def _place_in(self, start: int, end: int) -> Unit | None:
        found = loose = None
        home = False
        for unit in self.inside(start, end):
            if unit.kind != "locality":
                continue
            attached = self.attached(unit, start)
            if not (home and attached):
                before = self.low[max(start, unit.start - 12) : unit.start]
                where = _WHERE_BEFORE.search(before)
                home = where is not None and where["home"] is not None
                if where is not None and not home:
                    return unit
            if home:
                continue
            if attached and (other := self.before(unit)) and other.kind != "locality":
                loose = loose or unit  # Công an thành phố A, tỉnh B
            else:
                found = found or unit
        return found or loose


class Subjects:
    """The units of one sentence that has figures, and who does what its verbs say."""

    __slots__ = ("actors", "found", "number", "reading", "units")

    def __init__(self, actors: Actors, number: int, reading: Reading, units: Sequence[Unit]) -> None:
        self.actors, self.number, self.reading, self.units = actors, number, reading, units
        self.found: dict[int, Unit | None] = {}

    def places(self) -> tuple[Unit | None, Unit | None]:
        """Return the locality that the sentence names, and the last one of the sentences before."""
        if here := self.actors.place_of(self.number):
            return here, None
        for number in range(self.number - 1, max(-1, self.number - 1 - _PLACE_LASTS), -1):
            if place := self.actors.place_of(number):
                return None, place
        return None, None

    def actor_of(self, verb: Verb | None, figure: Figure) -> Unit | None:
        """Return the unit that is subject of `verb`: in its sentence, else in the sentence before where it is left out.

        A passive has only the doer that it names (`được UBND tỉnh tặng`). A verb after `figure` has what is counted
        for its subject (`3 xã đã mở lớp`).
        """
        if verb is None or (verb.start > figure.start and not verb.passive):
            return None
        if verb.start not in self.found:
            self.found[verb.start] = self._doer(verb) if verb.passive else self._subject(verb)
        return self.found[verb.start]

    def _before(self, unit: Unit) -> str:
        return self.actors.low[max(self.reading.start, unit.start - 12) : unit.start]

    def _ahead(self, verb: Verb) -> list[Unit]:
        """Return the units before `verb`, the nearest first, but for those of a noun that a figure counts."""
        counted = [(f, self.reading.ends[f]) for f in self.reading.ends]
        return [
            u
            for u in reversed(self.units)
            if u.end <= verb.start and not any(f < u.start and u.end <= end for f, end in counted)
        ]

    def _doer(self, verb: Verb) -> Unit | None:
        for unit in self._ahead(verb):
            if verb.start - unit.end <= 2 and _BY.search(self._before(unit)):
                return unit
        return None

    def _subject(self, verb: Verb) -> Unit | None:
        reading = self.reading
        end = None
        for unit in self._ahead(verb) if self.units else ():
            end = end or unit.end
            if self.actors.attached(unit, reading.start):
                continue
            between = reading.between(end, verb.start)
            end = None
            if not self.actors.may_be_subject(unit, reading.start):
                continue
            if not verb.doing and not _light(between):
                break
            if said := _last_match(saying(), between):
                return self._said(verb.start - len(between) + said.end(), unit, verb)
            if (
                _OTHER_SUBJECT.search(between)
                or _SUBORDINATE.search(between)
                or _by_the_counted(reading, unit.end, verb)
            ):
                return None
            return unit
        return self._implied(verb)

    def _said(self, at: int, unit: Unit, verb: Verb) -> Unit | None:
        """Return the subject of a verb that `unit` speaks of from `at` on: `cho biết đã bắt`, `cho biết đơn vị bắt`."""
        first, left, lead = _first_of_chain(self.reading, verb)
        if at > left:
            lead = _bare(self.reading.without(at, first.start))
        if lead in words("standing_for"):
            return self.actors.last_of(lead, first.start) or unit
        return unit if not lead or lead in words("linking") else None

    def _implied(self, verb: Verb) -> Unit | None:
        """Return the subject that a bare word (`quận`) or nothing at all stands for."""
        reading = self.reading
        first, left, lead = _first_of_chain(reading, verb)
        if _by_the_counted(reading, left, verb):
            return None
        if lead in words("standing_for"):
            named = self.actors.last_of(lead, first.start)
            return named or (self.actors.subject_before(self.number) if lead == "đơn vị" else None)
        if lead and lead not in words("linking"):
            return None
        if not verb.doing and lead == "":
            return None
        opening = _bare(reading.without(reading.start, left))
        if opening and opening not in words("linking"):
            return None
        return self.actors.subject_before(self.number)


_PREDICATE = re.compile(
    r"(?:[ \xa0]\w+){0,3}?[ \xa0]"
    r"(?:đã|đang|sẽ|vừa|tổ chức|tiếp tục|phối hợp|triển khai|thực hiện|cần|phát hiện|tiến hành|có|nhận|bắt)[ \xa0]"
)
_WORDS = re.compile(r"\w+")


def _last_match(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return max(pattern.finditer(text), key=lambda found: found.end(), default=None)


def _light(between: str) -> bool:
    """Tell whether only auxiliaries stand between subject and verb."""
    found = _WORDS.findall(between)
    return len(found) <= 3 and all(w in words("auxiliary") or w in ("hiện", "nay", "mình") for w in found)


def _bare(lead: str) -> str:
    """Return the words before a verb without auxiliaries and `này`; of `qua tuần tra` only `qua`."""
    found = _WORDS.findall(lead)
    if found and found[0] == "qua":
        return "qua"
    while found and (
        found[-1] in words("auxiliary") or found[-1] in ("này", "trên", "tiến", "hành", "tục", "tiếp", "thời", "kịp")
    ):
        found.pop()
    return " ".join(found)


def _by_the_counted(reading: Reading, after: int, verb: Verb) -> bool:
    """Tell whether those whom a figure counts do it: `trao bằng khen cho 9 ngư dân đã cứu 22 người`."""
    left, _ = reading.segment(verb.start)
    return any(after <= f.start and left <= f.start and f.end <= verb.start for f in reading.figures)


def _first_of_chain(reading: Reading, verb: Verb) -> tuple[Verb, int, str]:
    """Return the first verb of the statement that `verb` is in, where its stretch begins, and the bare words there.

    The verbs of a statement share a subject.
    """
    first = verb
    left, _ = reading.segment(first.start)
    lead = _bare(reading.without(left, first.start))
    for other in reversed([v for v in reading.verbs if v.end <= verb.start][-_CHAIN:]):
        if (other.start < left) if lead else not other.doing:
            break
        first = other
        left, _ = reading.segment(first.start)
        lead = _bare(reading.without(left, first.start))
    return first, left, lead
