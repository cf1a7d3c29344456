"""Find personal names, with rank and title stripped: recipients of awards, and a guard for other finders."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from miner.records import Person
from miner.tables import read_words
from miner.text import LOWER, UPPER, key

_TABLE = "people.toml"
_LONGEST = 5
"""Syllables in a name, at most."""
_APOSTROPHE = "[’'`]"
# One syllable: Nguyễn, NGUYỄN, H'Hen, Đ or Đ. for somebody half named.
_SYLLABLE = re.compile(
    rf"[{UPPER}](?:[ ]?{_APOSTROPHE}[ ]?[{UPPER}]?[{LOWER}]{{2,6}}|[{LOWER}]{{1,7}}(?![{LOWER}{UPPER}\d])"
    rf"|[{UPPER}]{{1,7}}(?![{LOWER}{UPPER}\d])|\.|(?![{LOWER}{UPPER}\d.]))"
)
_START = re.compile(rf"(?<![{UPPER}{LOWER}\d])[{UPPER}]")
_BEFORE = re.compile(r"([^\W\d_]+(?:[./-][^\W\d_]+)*\.?)[”\"]?[ ]*$")


@dataclass(frozen=True, slots=True)
class _Words:
    strong: frozenset[str]
    weak: frozenset[str]
    near: frozenset[str]
    """Words of kinship and rank, after which any capitalised run is a name."""
    posts: frozenset[str]
    """Words of office and trade, after which only a surname begins one."""
    not_after: frozenset[str]
    not_people: frozenset[str]
    ends: frozenset[str]


@cache
def _words() -> _Words:
    def folded(name: str) -> frozenset[str]:
        return frozenset(key(word) for word in read_words(_TABLE, name))

    return _Words(
        strong=folded("strong_surnames"),
        weak=folded("weak_surnames"),
        near=folded("titles"),
        posts=folded("posts"),
        not_after=folded("not_after"),
        not_people=folded("not_people"),
        ends=folded("not_names"),
    )


def find_people(text: str, start: int = 0, end: int | None = None) -> tuple[Person, ...]:
    """Return the names of people between `start` and `end` of `text`, in order, without overlaps.

    The mention is the name alone: `Thượng tá Phan Minh Mẫn` gives `Phan Minh Mẫn`, `thầy Thiện` gives `Thiện`
    (guide section 3, recipients: "name only"). Offsets are code points into `text`, end exclusive.
    """
    end = len(text) if end is None else min(end, len(text))
    people: list[Person] = []
    short: list[tuple[int, int]] = []
    at = max(start, 0)
    while first := _START.search(text, at, end):
        run = _run(text, first.start(), end)
        if not run:
            at = first.end()
            continue
        at = run[-1][1]
        found = _name(text, run, start)
        if found:
            (first_at, last_at), rule, confidence = found
            at = last_at
            people.append(Person(first_at, last_at, text[first_at:last_at], rule=rule, confidence=confidence))
        elif len(run) <= 2 and _inside(text, run[0][0]):
            short.append((run[0][0], at))
    if short and people:
        people += _short_names(text, short, people)
        people.sort(key=lambda person: person.start)
    return tuple(people)


def _inside(text: str, at: int) -> bool:
    """Tell whether a word goes before `at` in its sentence, or two capitals follow: `Minh Châu` may open one."""
    return at > 1 and text[at - 1] == " " and text[at - 2] not in ".!?…:" or " " in text[at : at + 8].rstrip()


def _short_names(text: str, spans: list[tuple[int, int]], people: list[Person]) -> list[Person]:
    """Return the runs that repeat the end of a full name: `Minh Châu` after `Nguyễn Thu Minh Châu`."""
    first_seen: dict[str, int] = {}
    for person in people:
        parts = person.text.split()
        for n in (1, 2):
            if len(parts) > max(n, 2) - (n == 1):
                first_seen.setdefault(" ".join(parts[-n:]), person.start)
    return [Person(a, b, text[a:b], rule="people.short", confidence=0.8) for a, b in spans if text[a:b] in first_seen]


def _run(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the spans of the capitalised syllables from `start` on, one space apart at most."""
    run: list[tuple[int, int]] = []
    at = start
    while len(run) < 12 and (syllable := _SYLLABLE.match(text, at, end)):
        run.append(syllable.span())
        at = syllable.end()
        if text[at : at + 1] == " ":
            at += 1
        elif text[at - 1] != ".":
            break
    return run


def _name(text: str, run: list[tuple[int, int]], start: int) -> tuple[tuple[int, int], str, float] | None:
    """Return the span of the name inside a capitalised run, the rule that found it and its confidence."""
    words = _words()
    tokens = [key(text[a:b]) for a, b in run]
    before = _before(text, run[0][0], start)
    first = 0
    while first < len(run) - 2 and tokens[first] in words.ends:
        first += 1
    if first and (len(run) - first < 3 or not words.not_after.isdisjoint(tokens[:first])):
        return None
    skipped = first
    while first < len(run) - 1 and (tokens[first].rstrip(".") in words.near or tokens[first] in words.near):
        first += 1
    if first and (first > skipped or skipped):
        before = (
            ("", "", "")
            if first == skipped
            else (tokens[first - 1].rstrip("."), " ".join(tokens[max(0, first - 2) : first]), "")
        )
    last = _last(text, run, tokens, first)
    if last <= first or _is_place(tokens, first, last, words):
        return None
    one, two, three = before
    kin = one in words.near or two in words.near or three in words.near
    post = one in words.posts or two in words.posts or three in words.posts
    if kin and (last - first > 1 or len(tokens[first]) > 1 or text[run[first][1] - 1] == "."):
        return (run[first][0], run[last - 1][1]), "people.title", 0.95
    if one in words.not_after or two in words.not_after or three in words.not_after:
        return None
    for i in range(first, last):
        if i > first and (tokens[i - 1] in words.not_after or " ".join(tokens[i - 2 : i]) in words.not_after):
            return None
        more = last - i - 1
        strong = tokens[i] in words.strong
        if (strong and more >= 1 + (i > first)) or (tokens[i] in words.weak and more >= 2 - post and i == first):
            if _is_place(tokens, i, last, words):
                return None
            return (run[i][0], run[min(last, i + _LONGEST) - 1][1]), "people.surname", 0.9 if strong else 0.75
    return None


def _before(text: str, at: int, start: int) -> tuple[str, str, str]:
    """Return the last one, two and three words before `at`, folded, as far as nothing but a space parts them."""
    words: list[str] = []
    found: list[str] = []
    for _ in range(3):
        match = _BEFORE.search(text, max(start, at - 20), at)
        if match:
            words.insert(0, key(match[1]).rstrip("."))
            at = match.start()
        found.append(" ".join(words) if match else "")
    return found[0], found[1], found[2]


def _last(text: str, run: list[tuple[int, int]], tokens: list[str], first: int) -> int:
    """Return where the name ends in the run: before a word of office (`Chủ tịch`), after five syllables."""
    words = _words()
    for i in range(first, min(len(run), first + 9)):
        after = key(text[run[i][0] : run[i][1] + 8]).split()
        if (
            not words.ends.isdisjoint((two := " ".join(after[:2]), tokens[i]))
            or two in words.posts
            or two in words.near
        ):
            return i
    return min(len(run), first + 9)


def _is_place(tokens: list[str], first: int, last: int, words: _Words) -> bool:
    return any(" ".join(tokens[first:i]) in words.not_people for i in range(first + 2, min(last, first + 3) + 1))
