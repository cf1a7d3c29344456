"""The counted noun phrase after a number: its measure, and where it ends (guide section 2, `measure`, `object`)."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

from miner.figures.lexicon import nouns, openings, words

_STEP: Any = re.compile("[ \u00a0]?" r"([^\W_][\w’']*(?:-[^\W\d_]+|/c(?!\w))?|[,“”\"‘’'])")
_NEAR = 32
"""Characters that mostly show the whole phrase."""
_REACH = 64
"""Characters read after a number, some twelve words: longer objects are clauses."""
_OPENS = frozenset("“\"‘'")
_OPEN, _CLOSE = "“\"‘'", "”\"’'"


class Phrase(NamedTuple):
    """A counted phrase of `words` words; `known`: its head is in the tables; `end`: where the measure ends."""

    measure: str
    object: str
    known: bool
    end: int
    words: int


class Steps:
    """The words after a number up to the first hard mark, in small letters, with their offsets."""

    __slots__ = ("matches", "words")

    def __init__(self, matches: list[re.Match[str]]) -> None:
        self.matches = matches
        self.words = [m[1] for m in matches]

    def start(self, at: int) -> int:
        """Return the offset where word `at` begins."""
        return self.matches[at].start(1)

    def end(self, at: int) -> int:
        """Return the offset where word `at` ends."""
        return self.matches[at].end()


def steps_after(low: str, at: int, reach: int = _REACH) -> Steps:
    """Return the words after offset `at`, at most a dozen, up to a full stop, bracket, dash or line end."""
    return Steps(list(iter(_STEP.scanner(low, at, at + reach).match, None)))


def word_after(low: str, at: int) -> str:
    """Return the word that follows offset `at`, or an empty string before a mark or the end."""
    step = _STEP.match(low, at)
    return step[1] if step and step[1][0].isalpha() else ""


def phrase_after(text: str, low: str, at: int) -> tuple[Phrase | None, list[str]]:
    """Return the counted noun phrase that begins at offset `at`, and the words there in small letters."""
    steps = steps_after(low, at, _NEAR)
    seen = steps.words
    if not seen:
        return None, seen
    whole = steps.end(-1) < at + _NEAR - 1
    if not whole and (len(seen) < 6 or not _OPENS.isdisjoint(seen)):
        steps, whole = steps_after(low, at), True
    phrase = read_phrase(text, steps)
    if not whole and phrase is not None and phrase.words > len(seen) - 3:
        phrase = read_phrase(text, steps_after(low, at))
    return phrase, steps.words


def read_phrase(text: str, steps: Steps) -> Phrase | None:
    """Return the counted noun phrase that `steps` begin with, or None where a verb, mark or name follows the number."""
    listed = steps.words
    first = 1 if listed and listed[0] in _OPEN else 0
    if first >= len(listed):
        return None
    size, known = _head(text, steps, first)
    if size == 0:
        return None
    last = first + size
    if first:
        closing = next((i for i in range(last, len(listed)) if listed[i] in _CLOSE), None)
        last = closing or last
        inside = text[steps.start(first) : steps.end(last - 1)]
        return Phrase(inside, inside, known, steps.end(last - 1), last)
    measure = text[steps.start(0) : steps.end(last - 1)]
    end = object_end(text, steps, last, measure.lower())
    return Phrase(measure, text[steps.start(0) : steps.end(end - 1)], known, steps.end(last - 1), end)


def _head(text: str, steps: Steps, first: int) -> tuple[int, bool]:
    """Return how many words the measure has (0: none) and whether the tables know it."""
    listed = steps.words
    word = listed[first]
    compound = nouns("compound")
    if word in openings("compound"):
        for size in (4, 3, 2):
            if first + size <= len(listed) and " ".join(listed[first : first + size]) in compound:
                return size, True
    if first + 2 < len(listed) and listed[first + 2] in nouns("suffixes") and _one_word(text, steps, first):
        return 3, True
    capital = text[steps.start(first)].isupper()
    if word in nouns("prefixes") and not capital and first + 1 < len(listed):
        size, known = _head(text, steps, first + 1)
        return (size + 1, True) if known else (0, False)
    if word in compound:
        return 1, True
    if word in nouns("single") and not capital:
        following = listed[first + 1] if first + 1 < len(listed) else ""
        return (0, False) if word == "điểm" and following in words("groups", "marks") else (1, True)
    if word == "phát":
        following = listed[first + 1] if first + 1 < len(listed) else ","
        return (1, True) if following in words("groups", "shots") or not following[0].isalpha() else (0, False)
    if word in words("groups", "never") or not word.isalpha() or len(word) == 1:
        return 0, False
    if capital:
        name = text[steps.start(first) : steps.end(first)]
        return (1, False) if name.isupper() and len(name) > 1 else (0, False)
    following = listed[first + 1] if first + 1 < len(listed) else ""
    if _stops(word, following):
        return 0, False
    if f"{word} {following}" in words("phrase", "go_on"):
        return 2, False
    beyond = listed[first + 2] if first + 2 < len(listed) else ""
    if following.isalpha() and not text[steps.start(first + 1)].isupper() and not _stops(following, beyond):
        return 2, False
    return 1, False


def _one_word(text: str, steps: Steps, first: int) -> bool:
    """Tell whether the three syllables from `first` on are one noun by their last (`kiểm sát viên`)."""
    two = steps.words[first + 1]
    return two.isalpha() and text[steps.start(first) : steps.end(first + 2)].islower() and two not in nouns("single")


def _stops(word: str, following: str) -> bool:
    pair = f"{word} {following}"
    if pair in words("phrase", "go_on"):
        return False
    return (
        word in words("phrase", "stops")
        or pair in words("phrase", "stop_pairs")
        or word in words("phrase", "stop_pairs")
    )


@cache
def _ending() -> frozenset[str]:
    """Return the words that may end an object, or begin a pair that says so or not; others simply go on."""
    pairs = words("phrase", "go_on") | words("phrase", "stop_pairs")
    return words("phrase", "stops") | frozenset(pair.split(" ", 1)[0] for pair in pairs)


def object_end(text: str, steps: Steps, at: int, measure: str) -> int:
    """Return the index after the last word of the object whose measure ends before step `at`."""
    listed = steps.words
    go_on, coordinate = words("phrase", "go_on"), nouns("coordinate")
    people, ends = words("groups", "people"), _ending()
    count = len(listed)
    first_at = at
    while at < count:
        word = listed[at]
        following = listed[at + 1] if at + 1 < count else ""
        if word == ",":
            listing = measure in coordinate or measure in words("groups", "places") or measure == "vụ"
            size = _listed(listed, at + 1, coordinate) if listing else 0
            if size == 0:
                break
            at += 1 + size
            continue
        if word in _OPEN and at + 2 < count:
            closing = next((i for i in range(at + 1, min(count, at + 7)) if listed[i] in _CLOSE), None)
            if closing is None or word == "'":
                break
            at = closing + 1
            continue
        if not word[0].isalpha():
            if word[0].isdigit() and listed[at - 1] in words("groups", "numbered"):
                at += 1
                continue
            break
        if word == "năm" and len(following) == 4 and following.isdigit():
            break
        capital = text[steps.start(at)].isupper()
        if not capital and word not in ends:
            at += 1
            continue
        pair = f"{word} {following}"
        if pair in go_on and not capital:
            if measure in people and pair in words("groups", "deeds"):
                break
            at += 2
            continue
        if (
            not capital
            and _stops(word, following)
            and not (first_at == at and measure in words("groups", "events") and word in words("groups", "doings"))
        ):
            break
        if capital:
            run = at + 1
            while run < count and text[steps.start(run)].isupper():
                run += 1
            if measure in words("groups", "places") or (run - at >= 3 and measure in words("groups", "people")):
                break
            at = run
            continue
        at += 1
    # A comma that the phrase would end with is none of it.
    while at > 0 and listed[at - 1] == ",":
        at -= 1
    return at


def _listed(listed: list[str], at: int, coordinate: frozenset[str]) -> int:
    for size in (3, 2, 1):
        if " ".join(listed[at : at + size]) in coordinate and at + size <= len(listed):
            return size
    return 0
