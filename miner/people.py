"""Find personal names, with rank and title stripped: recipients of awards, and a guard for other finders."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from miner.records import Person
from miner.tables import read_words
from miner.text import LOWER, UPPER, lower

_TABLE = "people.toml"
_LONGEST = 5
"""Syllables in a name, at most."""
# Before a level without its name, and the holder's name after it: `Chủ tịch UBND tỉnh Trương Văn An`.
_OFFICES_OF_A_PLACE = ("ubnd ", "hđnd ", "công an ")
# One syllable: Nguyễn, NGUYỄN, H'Hen, Đ or Đ. for somebody half named.
_SYLLABLE = (
    rf"[{UPPER}](?:[ ]?[’'`][ ]?[{UPPER}]?[{LOWER}]{{2,6}}|[{LOWER}]{{1,7}}(?![{LOWER}{UPPER}\d])"
    rf"|[{UPPER}]{{1,7}}(?![{LOWER}{UPPER}\d])|\.|(?![{LOWER}{UPPER}\d.]))"
)
_RUN = re.compile(rf"(?<![{UPPER}{LOWER}\d]){_SYLLABLE}(?:(?:[ ]|(?<=\.)){_SYLLABLE}){{0,11}}+")
# Verbs of people, after the one syllable that is short for somebody's name at the start of a sentence.
_DOES = re.compile(
    r"[ ](?:nhận|được trao|được tặng|kể|nói|chia sẻ|tâm sự|cho biết|cười|khóc|đạt|đoạt|giành|bộc bạch|nhớ lại|học)[ ]"
)
_VOWEL = re.compile("[aăâeêioôơuưyàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]")
_PARTS = re.compile(_SYLLABLE)


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
    given: frozenset[str]
    """Those of `ends` that are given names too: Đặng Trường Giang."""


@cache
def _words() -> _Words:
    def folded(name: str) -> frozenset[str]:
        return frozenset(word.lower() for word in read_words(_TABLE, name))

    return _Words(
        strong=folded("strong_surnames"),
        weak=folded("weak_surnames"),
        near=folded("titles"),
        posts=folded("posts"),
        not_after=folded("not_after"),
        not_people=folded("not_people"),
        ends=folded("not_names"),
        given=folded("given_too"),
    )


def find_people(text: str, start: int = 0, end: int | None = None) -> tuple[Person, ...]:
    """Return the names of people between `start` and `end` of `text`, in order, without overlaps.

    The mention is the name alone: `Thượng tá Phan Minh Mẫn` gives `Phan Minh Mẫn`, `thầy Thiện` gives `Thiện`
    (guide section 3, recipients: "name only"). Offsets are code points into `text`, end exclusive.
    """
    end = len(text) if end is None else min(end, len(text))
    low = lower(text)
    people: list[Person] = []
    short: list[tuple[int, int]] = []
    for found in _RUN.finditer(text, max(start, 0), end):
        run = [part.span() for part in _PARTS.finditer(text, *found.span())]
        named = _name(text, low, run, start)
        if named:
            (first, last), rule, confidence = named
            people.append(Person(first, last, text[first:last], rule=rule, confidence=confidence))
        elif len(run) <= 2 and _inside(text, run) and _last(low, run, [low[a:b] for a, b in run], 0) == len(run):
            short.append(found.span())
    if short and people:
        people += _short_names(text, short, people)
        people.sort(key=lambda person: person.start)
    return tuple(people)


def _inside(text: str, run: list[tuple[int, int]]) -> bool:
    """Tell whether a word goes before the run in its sentence, or it has two syllables: `Minh Châu` may open one."""
    at = run[0][0]
    return len(run) == 2 or (at > 1 and text[at - 1] == " " and text[at - 2] not in ".!?…:") or _opens(text, run[0])


def _opens(text: str, word: tuple[int, int]) -> bool:
    """Tell whether one syllable that opens a sentence is somebody, who does something: `Hiếu nhận bằng khen`."""
    if not _DOES.match(text, word[1]):
        return False
    low, words = lower(text[slice(*word)]), _words()
    return not (low in words.near or low in words.posts or low in words.not_after or low in words.ends)


def _short_names(text: str, spans: list[tuple[int, int]], people: list[Person]) -> list[Person]:
    """Return the runs that repeat the end of a full name: `Minh Châu` after `Nguyễn Thu Minh Châu`."""
    ends: set[str] = set()
    for person in people:
        parts = person.text.split()
        ends.update(" ".join(parts[-n:]) for n in (1, 2) if len(parts) > n)
    return [Person(a, b, text[a:b], rule="people.short", confidence=0.8) for a, b in spans if text[a:b] in ends]


def _name(text: str, low: str, run: list[tuple[int, int]], start: int) -> tuple[tuple[int, int], str, float] | None:
    """Return the span of the name inside a capitalised run, the rule that found it and its confidence."""
    words = _words()
    tokens = [low[a:b] for a, b in run]
    before = _before(low, run[0][0], start)
    first = 0
    while first < len(run) - 2 and tokens[first] in words.ends:
        first += 1
    if first and (len(run) - first < 3 or not words.not_after.isdisjoint(tokens[:first])):
        return None
    if first:
        before = ("", "", "")
    while first < len(run) - 1 and tokens[first].rstrip(".") in words.near:
        first += 1
        before = (tokens[first - 1].rstrip("."), "", "")
    kin = not words.near.isdisjoint(before)
    if len(run) - first < 2 and not kin:
        return None
    last = _last(low, run, tokens, first)
    if last <= first or (_is_place(tokens, first, last, words) and before[1] != "chủ tịch"):
        return None
    if kin and (last - first > 1 or len(tokens[first]) > 1 or text[run[first][1] - 1] == "."):
        return (run[first][0], run[min(last, first + _LONGEST) - 1][1]), "people.title", 0.95
    leader = before[1] == "chủ tịch" and tokens[first:last][:3] == ["hồ", "chí", "minh"]
    if leader:
        return (run[first][0], run[first + 2][1]), "people.title", 0.95
    office = before[1].startswith(_OFFICES_OF_A_PLACE) or before[2].startswith(_OFFICES_OF_A_PLACE)
    if not words.not_after.isdisjoint(before) and not (
        office and last - first >= 3 and tokens[first] in words.strong | words.weak
    ):
        return None
    post = not words.posts.isdisjoint(before)
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


def _before(low: str, at: int, start: int) -> tuple[str, str, str]:
    """Return the last one, two and three words before `at`, as far as nothing but a space parts them."""
    line = low[max(start, at - 24) : at]
    if "\n" in line:
        line = line[line.rfind("\n") + 1 :]
    found = line.rstrip(' ”"“').split()[-3:]
    if found and found[-1][-1] == "." and _VOWEL.search(found[-1]):
        return "", "", ""  # the sentence before ends so: `sự nghiệp của anh. Khi`; but `TS. Khi`
    one = found[-1].lstrip('“"(-–').rstrip(".") if found else ""
    two = f"{found[-2]} {one}".lstrip('“"(-–') if len(found) > 1 else ""
    three = f"{found[-3]} {two}".lstrip('“"(-–') if len(found) > 2 else ""
    return one, two, three


def _last(low: str, run: list[tuple[int, int]], tokens: list[str], first: int) -> int:
    """Return where the name ends in the run: before a word of office (`Chủ tịch`), after five syllables."""
    words = _words()
    for i in range(first, min(len(run), first + 9)):
        two = " ".join(low[run[i][0] : run[i][1] + 8].split()[:2])
        given = i > first and tokens[i] in words.given and tokens[first] in words.strong | words.weak
        if given and two not in words.posts and i in (first + 1, len(run) - 1):
            continue
        if tokens[i] in words.ends or two in words.ends or two in words.posts or two in words.near:
            return i
    return min(len(run), first + 9)


def _is_place(tokens: list[str], first: int, last: int, words: _Words) -> bool:
    return any(" ".join(tokens[first:i]) in words.not_people for i in range(first + 2, min(last, first + 3) + 1))
