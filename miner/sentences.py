"""Sentences by underthesea's rules, line by line, with the faults mended that PEERS.md lists."""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

from miner.records import Span
from miner.text import LOWER, UPPER

# No sentence ends after these, though underthesea ends one.
_NO_BREAK_AFTER = re.compile(r"\b(?:GS|TS|PGS|ThS|BS|BSCK|CN|KS|TP|TX|TT|Q|P|H|St|Mr|Dr|Đ/c|đ/c|No|vs|TW)\.$")
# A number ends no sentence where it is all there is of it, the marker of a list (`2. Về kinh tế`).
_MARKER = re.compile(r"\s*\d{1,3}\.")
# Initials of somebody unnamed (`N.T.H.`, `cô Đ. H.T.`) go on; one before a common opening word does not.
_INITIALS = re.compile(rf"(?:^|[\s.])[{UPPER}]\.$")
_INITIALS_GO_ON = re.compile(rf"[{UPPER}](?:\.|,|\)|\s[{LOWER}]|$)")
_CLOSING = re.compile(r"[”’)\]»,;/.…]")
_MARK = re.compile(r"[.?!…](?:(?<!…)[.?!]*)?")
# Most lines hold no other mark, and a pattern that opens with one letter jumps to it.
_STOP = re.compile(r"\.\.*")
_BLANKS = re.compile(r"[ \t]+")
_TEXT = re.compile(r"\S")
_URL = re.compile(r"(?:https?://|www\.)\S+")
# Where underthesea ends no sentence although one ends: after an initial or an ellipsis.
_MORE_ENDS = re.compile(
    rf"[.…](?:(?<=\s[{UPPER}]\.)|(?<=…)[”\"]?)"
    rf"(?=\s+(?:Ông|Bà|Anh|Chị|Em|Cô|Chú|Bác|Theo|Tại|Ngày|Hiện|Trong|Sau|Khi|Đây|Đến|Cùng|Từ|Qua|Nhiều|Các|Những)\s)"
)
_LONGEST_WORD = 40
"""Code points; abbreviations are shorter."""
_WORD_BEFORE = re.compile(r"(?:[^\W_]|\.)*\Z")


@cache
def _abbreviations() -> frozenset[str]:
    """Return the words in small letters after which underthesea ends no sentence, as it has learnt them.

    Its module is run by itself: importing the whole package takes half a second, for models that nobody needs here.
    Raises ModuleNotFoundError where underthesea is not installed.
    """
    package = find_spec("underthesea")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("sentences need underthesea: run scripts/setup", name="underthesea")
    path = Path(package.submodule_search_locations[0]) / "pipeline" / "sent_tokenize" / "__init__.py"
    spec = spec_from_file_location("miner._underthesea_sentences", path)
    assert spec is not None  # a path that ends in .py always has a loader
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    module.sent_tokenize("")  # reads the table
    return frozenset(module.sentence_tokenizer.abbrev_types)


def split_sentences(text: str) -> tuple[Span, ...]:
    """Return the sentences of `text` in order; a newline always ends one, and outer white space belongs to none."""
    spans: list[Span] = []
    offset = 0
    for line in text.split("\n"):
        start = 0
        for end in (*_cuts(line), len(line)):
            if stripped := line[start:end].strip():
                at = offset + line.index(stripped[0], start)
                spans.append(Span(at, at + len(stripped), stripped))
            start = end
        offset += len(line) + 1
    return tuple(spans)


def _cuts(line: str) -> list[int]:
    """Return where a sentence ends inside `line`, in order."""
    pattern = _MARK if "?" in line or "!" in line or "…" in line else _STOP
    marks = [mark.span() for mark in pattern.finditer(line)]
    if not marks or marks[0][1] == len(line):
        return []
    ends = _ends(line, marks)
    more = [found.end() for _, stop in marks if (found := _MORE_ENDS.match(line, stop - 1))]
    return sorted({*ends, *more}) if more else ends


def _ends(line: str, marks: list[tuple[int, int]]) -> list[int]:
    """Return where underthesea ends a sentence inside `line`, less its faults."""
    found = breaks(line, marks)
    urls = [m.span() for m in _URL.finditer(line)] if found and ("://" in line or "www." in line) else []
    ends: list[int] = []
    sentence = 0
    for end, start in found:
        if not _goes_on(line, sentence, end, start) and not any(a < start < b for a, b in urls):
            ends.append(end)
            sentence = start
    return ends


def breaks(line: str, marks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return where underthesea ends a sentence inside `line`, each with the start of the next sentence.

    `marks` are the stretches of full stops, question and exclamation marks (of ellipses each by itself) in the line.
    underthesea walks through all characters, this looks at the marks alone; tests hold the two together.
    """
    found: list[tuple[int, int]] = []
    for start, stop in marks:
        end = _end(line, start, stop)
        following = _TEXT.search(line, end) if end else None
        if following:
            found.append((end, following.start()))
    return found


def _end(line: str, at: int, stop: int) -> int:
    """Return where a sentence ends in the marks from `at` to `stop`, or 0."""
    while at < stop:
        if line[at] == "…":
            return 0
        if line[at] != ".":
            return stop
        rest = line[at:stop].lstrip(".")
        dots = stop - len(rest)
        if dots - at >= 3:
            following = _BLANKS.match(line, dots)
            after = following.end() if following else dots
            if after == len(line) or line[after].isupper():
                return dots
            at = dots
        elif line[at - 1 : at].isdigit() and line[at + 1 : at + 2].isdigit():
            return 0
        elif _word_before(line, at).lower() in _abbreviations():
            at += 1
        else:
            return stop
    return 0


def _word_before(line: str, at: int) -> str:
    """Return the letters, digits and full stops right before `at`."""
    first = max(0, at - _LONGEST_WORD)
    word = line[max(first, line.rfind(" ", first, at) + 1) : at]
    if word.isalnum():
        return word
    found = _WORD_BEFORE.search(word)
    assert found is not None  # it may be empty
    return found[0]


def _goes_on(line: str, sentence: int, end: int, start: int) -> bool:
    """Tell whether the sentence from `sentence` to `end` goes on at `start`."""
    after = line[start]
    if _CLOSING.match(after) or after.islower():
        return True
    if after in "\"'" and line.count(after, sentence, start) % 2:
        return True
    if _NO_BREAK_AFTER.search(line, max(sentence, end - 8), end) or _MARKER.fullmatch(line, sentence, end):
        return True
    return bool(_INITIALS.search(line, max(sentence, end - 4), end) and _INITIALS_GO_ON.match(line, start))
