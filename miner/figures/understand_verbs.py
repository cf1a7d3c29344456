"""The verbs of a sentence, from the table of actions, and which of them a figure hangs on."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import ahocorasick

from miner.records import Figure, Span
from miner.tables import read_words

TABLE = "actions.toml"


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb of the table at its place in the article; `doing` is False for what only is, happens or is reached."""

    start: int
    end: int
    word: str
    doing: bool
    helped: bool
    """An auxiliary stands before it (`đã`, `tiến hành`)."""
    passive: bool
    """`được` or `bị` stands before it, perhaps with the doer in between."""


@dataclass(slots=True)
class Reading:
    """What was read off one sentence: its text in small letters, the marks that part it, its verbs and figures."""

    start: int
    end: int
    low: str
    marks: list[int]
    """Places in the article of commas, brackets, colons and quotes."""
    stops: list[int]
    """Those of them that part whole statements: semicolons."""
    verbs: list[Verb]
    figures: list[Figure]
    closed: Sequence[tuple[int, int]]
    """Stretches of units and time expressions."""

    def between(self, start: int, end: int) -> str:
        """Return the small letters between two places of the article."""
        return self.low[max(0, start - self.start) : max(0, end - self.start)]

    def without(self, start: int, end: int) -> str:
        """Return the small letters between two places of the article without units and time expressions."""
        kept, at = [], start
        for left, right in self.closed:
            if start <= left and right <= end and left >= at:
                kept.append(self.between(at, left))
                at = right
        return " ".join([*kept, self.between(at, end)])

    def open_words(self, start: int, end: int) -> list[str]:
        """Return the words between two places, but for units, time expressions and prepositions."""
        return [w for w in self.without(start, end).split() if w not in _PREPOSITIONS]

    def segment(self, at: int) -> tuple[int, int]:
        """Return where the stretch without marks around `at` starts and ends."""
        i = bisect_left(self.marks, at)
        return (
            self.marks[i - 1] + 1 if i else self.start,
            self.marks[i] if i < len(self.marks) else self.end,
        )


_PREPOSITIONS = {"của", "ở", "tại", "thuộc", "trên", "trong"}
_MARKS = re.compile(r"[,;:()“”\"…](?!\d)|\s[-–]\s")
_DIGIT_MARKS = re.compile(r"[(:;\"“](?=\d)")
_LAST_WORDS = re.compile(r"(?:(?:(\w+)[ \xa0])?(\w+)[ \xa0])?(\w+)[ \xa0]$")
_PASSIVE = re.compile(r"(?<!\w)(?:được|bị)[ \xa0](?:\w+[ \xa0]){0,4}$")
_DIRECT = re.compile(
    r"(?:[ \xa0]|được|hơn|gần|khoảng|trên|dưới|thêm|tổng|cộng|số|cho|tới|đến|từ|với|chừng|ít nhất|cả|toàn bộ|có|là)*"
)


@cache
def words(*keys: str) -> frozenset[str]:
    """Return the list of words at `keys` of the table of actions as a set."""
    return frozenset(read_words(TABLE, *keys))


@cache
def _automaton() -> Any:
    automaton = ahocorasick.Automaton()
    for kind in ("doing", "being"):
        for word in read_words(TABLE, kind):
            automaton.add_word(word, (word, kind == "doing"))
    for word in read_words(TABLE, "no_verb"):
        automaton.add_word(word, (word, None))
    automaton.make_automaton()
    return automaton


def read_sentence(low: str, sentence: Span, figures: Sequence[Figure], closed: Sequence[tuple[int, int]]) -> Reading:
    """Return the reading of `sentence`, whose small letters are `low`; no verb lies in a `closed` stretch."""
    base = sentence.start
    inside = [(f.start, f.end) for f in figures]
    marks = sorted(
        {
            base + found.start() + (found[0][0] in " \n\xa0")
            for pattern in (_MARKS, _DIGIT_MARKS)
            for found in pattern.finditer(low)
            if not any(a <= base + found.start() < b for a, b in inside)
        }
    )
    stops = [m for m in marks if low[m - base] in ";:"]
    counted = [(f.start, _object_end(low, base, f)) for f in figures]
    verbs = _verbs(low, base, sorted([*closed, *counted]), {end for _, end in counted}, [f.start for f in figures])
    return Reading(base, sentence.end, low, marks, stops, verbs, list(figures), closed)


def _object_end(low: str, base: int, figure: Figure) -> int:
    """Return where the counted noun phrase ends: `buổi tuyên truyền` in `3 buổi tuyên truyền` holds no verb."""
    noun = figure.object.lower()
    at = low.find(noun, figure.end - base, figure.end - base + len(noun) + 4) if noun else -1
    return base + at + len(noun) if at >= 0 else figure.end


def object_end(reading: Reading, figure: Figure) -> int:
    """Return where the noun phrase that `figure` counts ends in the article."""
    return _object_end(reading.low, reading.start, figure)


def _verbs(
    low: str, base: int, shut: Sequence[tuple[int, int]], noun_ends: Collection[int], numbers: Sequence[int]
) -> list[Verb]:
    """Return the verbs outside `shut`; a noun before a verb takes it in, unless that noun is what a figure counts."""
    found: list[tuple[int, int, str, bool | None]] = []
    for last, (word, doing) in _automaton().iter(low):
        start = last - len(word) + 1
        if low[last + 1 : last + 2].isalnum() or (start and low[start - 1].isalnum()):
            continue
        while found and start <= found[-1][0]:
            found.pop()
        if not found or start >= found[-1][1]:
            found.append((start, last + 1, word, doing))
    verbs: list[Verb] = []
    at = 0
    for start, end, word, doing in found:
        while at < len(shut) and shut[at][1] <= base + start:
            at += 1
        if doing is None or (at < len(shut) and shut[at][0] < base + end):
            continue
        helped = passive = False
        if before := _LAST_WORDS.search(low, max(0, start - 24), start):
            one, two, three = before[3], f"{before[2]} {before[3]}", f"{before[1]} {before[2]} {before[3]}"
            helped = one in words("auxiliary") or two in words("auxiliary")
            if not helped and base + start - 1 not in noun_ends:
                nouns = words("nominal").intersection((one, two, three))
                if two in nouns and before[1] in words("auxiliary"):
                    nouns = frozenset()  # `đã quyết định thưởng`: no noun
                if nouns and not (nouns <= words("event") and _counts_directly(low, end, base, numbers)):
                    continue
            near = low[max(0, start - 24) : start]
            passive = ("được" in near or "bị" in near) and bool(_PASSIVE.search(low, max(0, start - 24), start))
        verbs.append(Verb(base + start, base + end, word, doing, helped, passive))
    return verbs


def _counts_directly(low: str, end: int, base: int, numbers: Sequence[int]) -> bool:
    """Tell whether the next of `numbers` follows a verb's `end` with nothing but comparators between."""
    at = bisect_left(numbers, base + end)
    return at < len(numbers) and bool(_DIRECT.fullmatch(low, end, numbers[at] - base))


def verb_of(reading: Reading, figure: Figure, before: tuple[Figure, Verb | None] | None) -> Verb | None:
    """Return the verb that `figure` hangs on, or None; `before` is the sentence's last figure with its verb.

    It is the nearest verb on the left in the figure's own stretch; where the figure opens its stretch, the verb that
    follows it or, in a list, that of the figure before; else the nearest further left up to a semicolon.
    """
    if figure.kind == "age":
        return None
    left, right = reading.segment(figure.start)
    mine = [v for v in reading.verbs if left <= v.start and v.end <= figure.start]
    if figure.kind == "duration" and _adverbial(reading, left, figure, mine):
        return None
    after = object_end(reading, figure)
    if before is not None and before[0].start >= left:
        between = [v for v in mine if v.start >= before[0].end]
        if _AND.search(reading.between(left, figure.start)) and not any(v.helped for v in between):
            between = []  # `10% số người chết và 7%`: one list
        if not between:
            return before[1] or _follows(reading, figure, after, right)
    if (result := _RESULT.search(reading.between(left, figure.start))) and (main := _main(reading, figure)):
        adjacent = mine and mine[-1].end + 1 == left + result.start()
        return _head(reading, mine) if adjacent else main
    if mine:
        head = _head(reading, mine)
        if head.word == "có" and not reading.between(left, head.start).replace("đã", "").strip():
            # `Đã có 6 tập thể đạt danh hiệu`: the verb after the noun says what happened.
            return next((v for v in reading.verbs if 0 <= v.start - after <= 2), head)
        return head
    if left > reading.start and reading.low[left - 1 - reading.start] == "(":
        return None
    opens = len(reading.between(left, figure.start).split()) <= 2
    follows = _follows(reading, figure, after, right) if opens else None
    listed = before is not None and before[1] is not None and before[1].end <= before[0].start and opens
    if follows is not None and (follows.helped or not listed):
        return follows
    if listed and before is not None:
        return before[1]
    stop = max((m for m in reading.stops if m < figure.start), default=reading.start)
    far = [v for v in reading.verbs if stop <= v.start and v.end <= figure.start]
    if far:
        return _head(reading, far)
    if before is not None and not reading.stops:
        return before[1]
    return _follows(reading, figure, after, right)


_LIST = 8
"""Members of a list that are passed to find its verb."""
_AND = re.compile(r"(?<!\w)(?:và|cùng|cùng với)(?:[ \xa0](?:hơn|gần|khoảng|trên))*[ \xa0]$")
_RESULT = re.compile(r"(?<!\w)được(?:[ \xa0](?:hơn|gần|khoảng|trên|tổng cộng))*[ \xa0]$")


def _main(reading: Reading, figure: Figure) -> Verb | None:
    """Return the verb whose result `được 25 cuộc` is: the last with an auxiliary, else the head of the last run."""
    stop = max((m for m in reading.stops if m < figure.start), default=reading.start)
    far = [v for v in reading.verbs if stop <= v.start and v.end <= figure.start and v.doing]
    return next((v for v in reversed(far) if v.helped), None) or (_head(reading, far, 2) if far else None)


def _follows(reading: Reading, figure: Figure, after: int, right: int) -> Verb | None:
    """Return the verb that the counted noun is subject of, past the rest of a list (`3 súng, 87 viên đạn đã …`)."""
    members = [f for f in reading.figures if f.start >= right and f.kind != "age"][:_LIST]
    while True:
        for verb in reading.verbs:
            if after <= verb.start and verb.end <= right:
                gap = reading.open_words(after, verb.start)
                return verb if len(gap) <= (8 if verb.helped or verb.passive else 1) else None
        if not members or len(reading.between(right, members[0].start).split()) > 2:
            return None
        other = members.pop(0)
        after, right = object_end(reading, other), reading.segment(other.start)[1]


_TIME_BEFORE = re.compile(
    r"(?<!\w)(?:trong|sau|suốt|trước|từ|gần|hơn|khoảng|cách|qua|mỗi|vòng|đầu)"
    r"(?:[ \xa0](?:hơn|gần|khoảng|vòng|từ|suốt|thời gian|đủ))*[ \xa0]$"
)


def _adverbial(reading: Reading, left: int, figure: Figure, mine: Sequence[Verb]) -> bool:
    """Tell whether a length of time only says how long (`sau 30 phút`), not what is counted (`kỷ niệm 40 năm`)."""
    if mine and _DIRECT.fullmatch(reading.between(mine[-1].end, figure.start)):
        return False
    return bool(_TIME_BEFORE.search(reading.between(left, figure.start))) or not mine


def _head(reading: Reading, mine: Sequence[Verb], gap: int = 1) -> Verb:
    """Return the governing verb of a run: `tổ chức` in `tổ chức tuyên truyền`, `phát hiện` in `phát hiện có`."""
    at = len(mine) - 1
    while (
        at
        and mine[at].start - mine[at - 1].end <= gap
        and mine[at - 1].doing
        and (mine[at].doing or mine[at].word in ("có", "đạt"))
    ):
        at -= 1
    return mine[at]
