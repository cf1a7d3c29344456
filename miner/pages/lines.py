"""Anchored rules for lines that are no part of a report; what they take out is returned with the rule's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from miner.pages.blocks import Line
from miner.pages.page import Removed
from miner.pages.when import read_stamp
from miner.tables import read_words
from miner.text import LOWER, UPPER, key

_TABLE = "page_lines.toml"
_COUNTER = re.compile(r"\d{1,5}|\d{1,3}[.,]?\d?[kK]")
_LABEL = re.compile(r"([^:]{2,32}):\s*(.*)", re.S)
_WORD = f"(?:[{UPPER}]['’])?[{UPPER}][{LOWER}]{{0,7}}"
_NAMES = f"{_WORD}(?:\\s{_WORD}){{1,3}}"
_INITIAL = rf"[{UPPER}]\.?\s?[{UPPER}][{LOWER}]{{1,7}}"
_CAPITALS = f"[{UPPER}]{{1,8}}(?:\\s[{UPPER}]{{1,8}}){{1,3}}"
_ONE = f"(?:{_NAMES}|{_INITIAL}|{_CAPITALS})"
# A name, with a second name or a station after a dash: `Hà Vy - Tr. Sơn`, `Hà Vy - TTVH-TT`.
_SIGN_OFF = re.compile(rf"\(?{_ONE}(?:\s?[-–,]\s?(?:{_ONE}|[{UPPER}][{UPPER}. -]{{1,19}}))?\)?\.?")
_THEO = re.compile(r"\(?theo\s+(.{3,60}?)\)?\.?", re.I)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_PAGES = re.compile(r"(?=1 2|.*(?:trang|[«»‹›|]))(?:trang|trước|sau|tiếp|[\s\d|«»‹›<>….:-])+", re.I)
_SENTENCE_END = re.compile(r"[.!?…:;]['\"”’)]*$")
_HEAD = 4
"""Lines from the top in which a share counter may stand."""
_FOOT = 6
"""Lines from the end in which a sign-off may stand."""
_SHORT = 200
_ITEM = 20
_STAMP_ROOM = 25
"""Characters beside a time in a line that only shows it."""
_FOLDED = 60
"""Longest line that may be one of a table's."""
_LOOSE = 10
"""Characters by which a repeated title may be longer: dots, spaces."""
_OWN = 80
"""Characters from which on a line that is no link is the report's own, below a heading of other news."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Body lines that stayed, what was understood from others, and everything that was taken out."""

    body: tuple[str, ...]
    captions: tuple[str, ...]
    author: str
    origin: str
    removed: tuple[Removed, ...]


@cache
def words(name: str) -> frozenset[str]:
    """Return the entries of a list of the table, folded."""
    return frozenset(fold_line(word) for word in read_words(_TABLE, name))


@cache
def _starts(name: str) -> tuple[str, ...]:
    return tuple(words(name))


def fold_line(line: str) -> str:
    """Return a line as the table's entries are compared with it."""
    return key(line).rstrip(" :.…!").strip()


def label_of(line: str, name: str) -> str | None:
    """Return what follows the colon in a short line whose label is in the list `name`, or None."""
    if len(line) < _SHORT and (label := _LABEL.fullmatch(line)) and fold_line(label[1]) in words(name):
        return label[2].strip(" .")
    return None


def is_own(line: Line, least: int = _OWN) -> bool:
    """Return whether a line can only be the report's own text: no link, long enough, and a whole sentence."""
    return not line.linked and len(line.text) >= least and _SENTENCE_END.search(line.text) is not None


def is_item(line: Line) -> bool:
    """Return whether a line among a report's own may be an item of its list or a heading: no link, and some words."""
    return (not line.linked and len(line.text) >= _ITEM and line.text[0].isupper()) or line.text.startswith(
        ("- ", "+ ")
    )


def is_name(text: str) -> bool:
    """Return whether `text` is written as the name of one or two people (with a station, perhaps), or as a byline."""
    return len(text) < _SHORT and (_SIGN_OFF.fullmatch(text) is not None or fold_line(text) in words("bylines"))


def is_stamp(line: str) -> bool:
    """Return whether a line says little more than a time."""
    if len(line) > _SHORT:
        return False
    evidence = read_stamp(line).evidence
    return bool(evidence) and len(line) - len(evidence) <= _STAMP_ROOM


def clean_lines(lines: Sequence[str | Line], title: str = "") -> Cleaned:
    """Take the page's furniture out of the body `lines`.

    Share counters count at the top only (a number between paragraphs may be the report's own); the comment form cuts
    everything after it; a heading of other news goes with its links, and the report may go on after them; a name alone
    in the last lines is the author, `Nguồn:` the origin. Lines that repeat `title` go too. Lines that stay are returned
    as they are.
    """
    removed: list[Removed] = []
    body: list[str] = []
    captions: list[str] = []
    same = fold_line(title)
    longest = max(_FOLDED, len(title) + _LOOSE)
    every = [line if isinstance(line, Line) else Line(line) for line in lines]
    skip_until = 0
    for number, one in enumerate(every):
        line = one.text
        if number < skip_until:
            removed.append(Removed(line, "other_news"))
            continue
        folded = fold_line(line) if len(line) <= longest else line
        if (folded in words("ends") or label_of(line, "ends") is not None) and (body or number):
            removed.extend(Removed(rest.text, "end_of_page") for rest in every[number:])
            break
        if folded in words("related") and (body or number):
            skip_until = _own_again(every, number + 1)
            removed.append(Removed(line, "other_news"))
        elif folded in words("anywhere") or not folded:
            removed.append(Removed(line, "widget"))
        elif one.linked and folded.startswith(_starts("see_also")):
            removed.append(Removed(line, "other_news"))
        elif len(body) <= 1 and number < _HEAD and _COUNTER.fullmatch(line):
            removed.append(Removed(line, "share_counter"))
        elif same and folded == same:
            removed.append(Removed(line, "title_again"))
        elif not body and number < _HEAD and is_stamp(line):
            removed.append(Removed(line, "date"))
        elif label_of(line, "caption") is not None:
            captions.append(line)
            removed.append(Removed(line, "caption"))
        else:
            body.append(line)
    author, origin, foot = _foot(body)
    return Cleaned(tuple(body), tuple(captions), author, origin, (*removed, *foot))


def _own_again(lines: Sequence[Line], start: int) -> int:
    """Return where the report's own text goes on after a heading of other news, or the end."""
    return next((number for number in range(start, len(lines)) if is_own(lines[number])), len(lines))


def _foot(body: list[str]) -> tuple[str, str, list[Removed]]:
    """Take sign-off, origin and the like from the end of `body`; return author, origin and what was taken."""
    author = origin = ""
    foot: list[Removed] = []
    for _ in range(_FOOT):
        if len(body) < 2:
            break
        line = body[-1]
        if (said := label_of(line, "origin")) is not None:
            origin, rule = origin or said, "origin"
        elif (said := label_of(line, "author")) is not None:
            author, rule = author or said, "author"
        elif label_of(line, "tags") is not None:
            rule = "tags"
        elif label_of(line, "date") is not None:
            rule = "date"
        elif len(line) < _SHORT and (theo := _THEO.fullmatch(line)) and not origin:
            origin, rule = theo[1].strip(' "“”'), "origin"
        elif not author and is_name(line):
            author, rule = line.strip("(). "), "author"
        elif _COUNTER.fullmatch(line):
            rule = "share_counter"
        elif len(line) < _SHORT and _ADDRESS.fullmatch(line):
            rule = "address"
        elif len(line) < _SHORT and _PAGES.fullmatch(line):
            rule = "page_numbers"
        else:
            break
        foot.append(Removed(body.pop(), rule))
    return author, origin, foot[::-1]
