"""Anchored rules for lines that are no part of a report; what they take out is returned with the rule's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from miner.pages.page import Removed
from miner.tables import read_words
from miner.text import LOWER, UPPER, key

_TABLE = "page_lines.toml"
_COUNTER = re.compile(r"\d{1,5}|\d{1,3}[.,]?\d?[kK]")
_LABEL = re.compile(r"([^:]{3,24}):\s*(.*)", re.S)
_WORD = f"[{UPPER}][{LOWER}]{{0,7}}"
_NAMES = f"{_WORD}(?:\\s{_WORD}){{1,3}}"
_INITIAL = rf"[{UPPER}]\.?\s?[{UPPER}][{LOWER}]{{1,7}}"
# A name, with a second name or a station after a dash: `Hà Vy - Tr. Sơn`, `Hà Vy - TTVH-TT`.
_SIGN_OFF = re.compile(rf"\(?(?:{_NAMES}|{_INITIAL})(?:\s?[-–,]\s?(?:{_NAMES}|[{UPPER}][{UPPER}. -]{{1,19}}))?\)?\.?")
_THEO = re.compile(r"\(?theo\s+(.{3,60}?)\)?\.?", re.I)
_HEAD = 4
"""Lines from the top in which a share counter may stand."""
_FOOT = 4
"""Lines from the end in which a sign-off may stand."""
_CAPTION_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Body lines that stayed, what was understood from others, and everything that was taken out."""

    body: tuple[str, ...]
    captions: tuple[str, ...]
    author: str
    origin: str
    removed: tuple[Removed, ...]


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(_folded(word) for word in read_words(_TABLE, name))


def _folded(line: str) -> str:
    return key(line).rstrip(" :.…!").strip()


def clean_lines(lines: Sequence[str], title: str = "") -> Cleaned:
    """Take the page's furniture out of the body `lines`.

    Share counters count at the top only (a number between paragraphs may be the report's own), the comment form and
    lists of other news cut everything after them, a name alone in the last lines is the author, `Nguồn:` the origin.
    A first line that repeats `title` goes too. Lines that stay are returned as they are.
    """
    removed: list[Removed] = []
    body: list[str] = []
    captions: list[str] = []
    author = origin = ""
    same = _folded(title)
    for number, line in enumerate(lines):
        folded = _folded(line)
        if folded in _words("ends") and (body or number):
            removed.extend(Removed(rest, "end_of_page") for rest in lines[number:])
            break
        if folded in _words("anywhere") or not folded:
            removed.append(Removed(line, "widget"))
        elif len(body) <= 1 and number < _HEAD and _COUNTER.fullmatch(line):
            removed.append(Removed(line, "share_counter"))
        elif not body and same and folded == same:
            removed.append(Removed(line, "title_again"))
        elif (
            (label := _LABEL.fullmatch(line)) and _folded(label[1]) in _words("caption") and len(line) < _CAPTION_LENGTH
        ):
            captions.append(line)
            removed.append(Removed(line, "caption"))
        else:
            body.append(line)
    foot: list[Removed] = []
    for _ in range(_FOOT):
        if len(body) < 2:
            break
        line = body[-1]
        label = _LABEL.fullmatch(line)
        if label and _folded(label[1]) in _words("origin") and len(line) < _CAPTION_LENGTH:
            origin, rule = origin or label[2].strip(" ."), "origin"
        elif label and _folded(label[1]) in _words("author") and len(line) < _CAPTION_LENGTH:
            author, rule = author or label[2].strip(" ."), "author"
        elif (theo := _THEO.fullmatch(line)) and not origin:
            origin, rule = theo[1].strip(' "“”'), "origin"
        elif not author and _SIGN_OFF.fullmatch(line):
            author, rule = line.strip("(). "), "author"
        elif _COUNTER.fullmatch(line):
            rule = "share_counter"
        else:
            break
        foot.append(Removed(body.pop(), rule))
    return Cleaned(tuple(body), tuple(captions), author, origin, (*removed, *reversed(foot)))
