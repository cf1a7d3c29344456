"""What a sentence with figures holds: its marks, its verbs by the table of actions, its noun phrases."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import ahocorasick

from miner.records import Figure, Span
from miner.tables import longest_first, read_words

TABLE = "actions.toml"


class Verb(NamedTuple):
    """A verb of the table at its place in the article.

    `doing` is False for what only is, happens or is reached; `helped` says that an auxiliary stands before it (`đã`,
    `tiến hành`), `passive` that `được` or `bị` does, perhaps with the doer in between.
    """

    start: int
    end: int
    word: str
    doing: bool
    helped: bool
    passive: bool


@dataclass(slots=True)
class Reading:
    """What was read off one sentence: its text in small letters, the marks that part it, its verbs and figures."""

    start: int
    end: int
    low: str
    marks: list[int]
    """Places in the article of commas, brackets, colons and quotes."""
    stops: list[int]
    """Those of them that part whole statements: semicolons and colons."""
    verbs: list[Verb]
    figures: list[Figure]
    ends: dict[int, int]
    """By the start of a figure, where the noun phrase that it counts ends: `3 buổi tuyên truyền` holds no verb."""
    closed: Sequence[tuple[int, int]]
    """Stretches of units and time expressions."""
    units: Sequence[tuple[int, int]]
    """Those of units alone."""
    hints: int
    """Which other tables have a word somewhere among the letters: PLANS, CHANGES."""

    def between(self, start: int, end: int) -> str:
        """Return the small letters between two places of the article."""
        base = self.start
        return self.low[start - base if start > base else 0 : end - base if end > base else 0]

    def without(self, start: int, end: int) -> str:
        """Return the small letters between two places of the article without units and time expressions."""
        kept, at = [], start
        for left, right in self.closed:
            if start <= left and right <= end and left >= at:
                kept.append(self.between(at, left))
                at = right
        return " ".join([*kept, self.between(at, end)]) if kept else self.between(at, end)

    def open_words(self, start: int, end: int) -> list[str]:
        """Return the words between two places, but for units, time expressions and prepositions."""
        return [w for w in self.without(start, end).split() if w not in _PREPOSITIONS]

    def segment(self, at: int) -> tuple[int, int]:
        """Return where the stretch without marks around `at` starts and ends."""
        marks = self.marks
        i = bisect_left(marks, at)
        return marks[i - 1] + 1 if i else self.start, marks[i] if i < len(marks) else self.end

    def stop_before(self, at: int) -> int:
        """Return the last mark before `at` that parts whole statements, or where the sentence starts."""
        i = bisect_left(self.stops, at)
        return self.stops[i - 1] if i else self.start


PLANS, CHANGES = 1, 2
_PREPOSITIONS = {"của", "ở", "tại", "thuộc", "trên", "trong"}
_MARKS = re.compile(r"[-–,;:()“”\"…](?:(?<=[;:(“\"])|(?<=[,)”…])(?!\d)|(?<=\s[-–])(?=\s))")
_AHEAD = 48
"""Characters after the last noun that a figure counts in which its verb may stand, past the end of its stretch."""
_ASIDE = 80
"""Characters of an aside in brackets, which parts no statement."""
_STOPS = (";", ":")
_BACK = 24
"""Characters before a verb that are looked at for auxiliaries and nouns."""
_SPACES = (" ", "\xa0")
_LAST_WORD = re.compile(r"\w+$")
_PASSIVE = re.compile(r"(?<!\w)(?:được|bị)[ \xa0](?:\w+[ \xa0]){0,4}$")
DIRECT = re.compile(
    r"(?:[ \xa0]|được|hơn|gần|khoảng|trên|dưới|thêm|tổng|cộng|số|cho|tới|đến|từ|với|chừng|ít nhất|cả|toàn bộ|có|là)*"
)


@cache
def words(*keys: str) -> frozenset[str]:
    """Return the list of words at `keys` of the table of actions as a set."""
    return frozenset(read_words(TABLE, *keys))


@cache
def saying() -> re.Pattern[str]:
    """Return the pattern of verbs that what is said follows."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(longest_first(words('saying')))})(?!\w)")


@cache
def _automaton() -> Any:
    """Return the automaton of the table's words: length, word, `doing` or None, whether it is of verbs, hints."""
    kinds: dict[str, bool | None] = dict.fromkeys(read_words(TABLE, "doing"), True)
    kinds |= dict.fromkeys(read_words(TABLE, "being"), False)
    kinds |= dict.fromkeys(read_words(TABLE, "no_verb"))
    hints = dict.fromkeys(kinds, 0)
    for hint, table, keys in ((PLANS, "plans", ("ahead", "goals")), (CHANGES, "changes", ("up", "down"))):
        for word in (word for key in keys for word in read_words(TABLE, table, key)):
            hints[word] = hints.get(word, 0) | hint
    automaton = ahocorasick.Automaton()
    for word, hint in hints.items():
        automaton.add_word(word, (len(word), word, kinds.get(word), word in kinds, hint))
    automaton.make_automaton()
    return automaton


def read_sentence(
    low: str,
    sentence: Span,
    figures: Sequence[Figure],
    units: Sequence[tuple[int, int]],
    dates: Sequence[tuple[int, int]],
) -> Reading:
    """Return the reading of `sentence`, whose small letters are `low`; no verb lies in one of `units` or `dates`."""
    if all(f.kind == "age" for f in figures):  # nobody does an age
        return Reading(sentence.start, sentence.end, low, [], [], [], list(figures), {}, [], [], 0)
    closed = [*units, *dates]
    base = sentence.start
    inside = [(f.start - base, f.end - base) for f in figures if " " in f.text]  # else a number holds no mark
    marks, stops = [], []
    aside = -1
    for found in _MARKS.finditer(low):
        at = found.start()
        if at <= aside or (inside and any(a <= at < b for a, b in inside)):
            continue
        if low[at] == "(" and (aside := _aside(low, at, base, figures)) > at:
            closed.append((base + at, base + aside + 1))  # `xã A (huyện B) trồng`: the statement goes on after it
            continue
        if low[at] in _STOPS:
            stops.append(base + at)
        marks.append(base + at)
    closed.sort()
    ends = {f.start: _object_end(low, base, f) for f in figures}
    last = figures[-1].start
    at = bisect_left(marks, last)
    until = max(marks[at] if at < len(marks) else sentence.end, ends[last] + _AHEAD) - base
    verbs, hints = _verbs(low, until, base, sorted([*closed, *ends.items()]), set(ends.values()), list(ends))
    return Reading(base, sentence.end, low, marks, stops, verbs, list(figures), ends, closed, units, hints)


def _aside(low: str, at: int, base: int, figures: Sequence[Figure]) -> int:
    """Return where the bracket that opens at `at` closes, or -1 where it is long or holds a figure of its own."""
    end = low.find(")", at, at + _ASIDE)
    return end if not any(at < f.start - base < end and f.kind != "age" for f in figures) else -1


def _object_end(low: str, base: int, figure: Figure) -> int:
    """Return where the counted noun phrase ends in the article."""
    if not figure.object:
        return figure.end
    noun, end = figure.object.lower(), figure.end - base
    at = low.find(noun, end, end + len(noun) + 4)
    return base + at + len(noun) if at >= 0 else figure.end


def _verbs(
    low: str,
    until: int,
    base: int,
    shut: Sequence[tuple[int, int]],
    noun_ends: Collection[int],
    numbers: Sequence[int],
) -> tuple[list[Verb], int]:
    """Return the verbs up to `until` that lie outside `shut`, and the hints of other words.

    A noun before a verb takes it in, unless that noun is what a figure counts.
    """
    found: list[tuple[int, int, str, bool | None]] = []
    hints = 0
    for last, (size, word, doing, listed, hint) in _automaton().iter(low, 0, min(until, len(low))):
        hints |= hint
        start = last - size + 1
        if not listed or low[last + 1 : last + 2].isalnum() or (start and low[start - 1].isalnum()):
            continue
        while found and start <= found[-1][0]:
            found.pop()
        if not found or start >= found[-1][1]:
            found.append((start, last + 1, word, doing))
    auxiliary, nominal, around = words("auxiliary"), words("nominal"), _around()
    doers, copulas, tails = words("doers"), words("copulas"), _tails()
    passives = "được" in low or "bị" in low
    verbs: list[Verb] = []
    at = noun_end = 0
    for start, end, word, doing in found:
        while at < len(shut) and shut[at][1] <= base + start:
            at += 1
        if doing is None or (at < len(shut) and shut[at][0] < base + end):
            continue
        if doing and start == noun_end + 1 and not _counts_directly(low, end, base, numbers):
            noun_end = end  # `vốn đầu tư xây dựng`
            continue
        helped = passive = False
        back = start - _BACK if start > _BACK else 0
        last = low[max(low.rfind(" ", back, start - 1) + 1, back) : start - 1] if start else ""
        spaced = low[start - 1 : start] in _SPACES
        if spaced and (last in tails or not last.isalnum()) and (before := _last_words(low[back:start])):
            one, two, three = before
            helped = one in auxiliary or two in auxiliary
            if not helped and word not in copulas and base + start - 1 not in noun_ends:
                nouns = (around if doing else nominal).intersection(before)
                if two in doers:
                    nouns -= {one}
                if two in nouns and three.split(" ", 1)[0] in auxiliary:
                    nouns = frozenset()  # `đã quyết định thưởng`: no noun
                if nouns and not (nouns <= words("event") and _counts_directly(low, end, base, numbers)):
                    noun_end = 0 if nouns & words("bodies") else end
                    continue
        if spaced and passives:
            passive = _PASSIVE.search(low, back, start) is not None
        verbs.append(Verb(base + start, base + end, word, doing, helped, passive))
    return verbs, hints


@cache
def _around() -> frozenset[str]:
    return words("nominal") | words("sites")


@cache
def _tails() -> frozenset[str]:
    """Return the last syllables of auxiliaries and of nouns that take a verb in: what shows at a glance."""
    return frozenset(word.rsplit(" ", 1)[-1] for key in ("auxiliary", "nominal", "sites") for word in words(key))


def _last_words(near: str) -> tuple[str, str, str] | None:
    """Return the last, the last two and the last three words of `near`, empty past a mark; None right after one."""
    parts = near[:-1].replace("\xa0", " ").rsplit(" ", 3)
    read: list[str] = []
    for part in parts[:-4:-1]:
        whole = part.isalnum()
        if not whole:
            found = _LAST_WORD.search(part)
            if found is None:
                break
            part = found[0]
        read.append(f"{part} {read[-1]}" if read else part)
        if not whole:
            break
    if not read:
        return None
    return read[0], read[1] if len(read) > 1 else "", read[2] if len(read) > 2 else ""


def _counts_directly(low: str, end: int, base: int, numbers: Sequence[int]) -> bool:
    """Tell whether the next of `numbers` follows a verb's `end` with nothing but comparators between."""
    at = bisect_left(numbers, base + end)
    return at < len(numbers) and bool(DIRECT.fullmatch(low, end, numbers[at] - base))
