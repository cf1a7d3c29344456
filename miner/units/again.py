"""Units that an article names in full once and by a shorter name again: Công ty Hoa Sao … Hoa Sao, … (HSV) … HSV."""

from __future__ import annotations

import re

from miner.text import UPPER
from miner.units.grammar import Grammar
from miner.units.lexicon import fold_word

Candidate = tuple[int, int, str, str]
_NEXT_CAPITAL = re.compile(rf" [{UPPER}]")
_LETTERS = re.compile(r" \(([A-ZĐ]{2,8})\)")
# What joins letters to something longer: a document's number, an address.
_GLUE = re.compile(r"[-–/&_@]|\.\w")
_GLUED = re.compile(r"[-–/&_.@]")
_OWN_LETTERS = frozenset(("enterprise", "school", "other", "health", "media"))
"""Kinds whose short forms may be letters of any word of the name, or of its foreign one."""
_MOST = 8
"""Names looked for in one article: a report on firms has few, and each costs a search."""


def repeated_firms(grammar: Grammar, found: list[Candidate]) -> list[Candidate]:
    """Return where the article names a unit of `found` again, by a name that it gave, as units of rule `again`.

    A firm's bare name, if of two capitalised syllables or more, or a long foreign word, and no place's; and a
    unit's short form in letters that stood in brackets after it: Công ty Hoa Sao Việt (HSV) … HSV.
    """
    text, marks = grammar.text, grammar.marks
    names: dict[str, str] = {}
    letters: dict[str, str] = {}
    for start, end, kind, rule in found:
        if rule != "bare" and text.startswith(" (", end) and (short := _LETTERS.match(text, end)):
            own = kind in _OWN_LETTERS or short[1][0] == text[start].upper()
            if own and len(letters) < _MOST and not marks.heads(short.start(1)) and not marks.level(short.start(1)):
                letters.setdefault(short[1], kind)
        if kind == "enterprise" and rule == "name" and len(names) < _MOST:
            head = grammar.lexicon.firms.match(grammar.folded, start, end)
            name = text[head.end() : end] if head else ""
            if _bare(name) and head and marks.place(head.end(), strict=True) is None:
                names.setdefault(name, kind)
    if not names and not letters:
        return []
    spans = sorted((start, end) for start, end, _, _ in found)
    again: list[Candidate] = []
    for name, kind in (names | letters).items():
        covered = iter(spans)
        span = next(covered, None)
        at = text.find(name)
        while at >= 0:
            end = at + len(name)
            while span and span[1] <= at:
                span = next(covered, None)
            if not (span and span[0] < end) and _alone(grammar, at, end, letters=name in letters):
                again.append((at, grammar.branch(end) if kind == "enterprise" else end, kind, "again"))
            at = text.find(name, end)
    return again


def _bare(name: str) -> bool:
    """Say whether all words of a name are capitalised, and it is long enough to be no other word."""
    words = name.split(" ")
    return all(w[:1].isupper() for w in words) and (len(words) > 1 or (len(name) > 5 and name.isascii()))


def _alone(grammar: Grammar, start: int, end: int, *, letters: bool) -> bool:
    """Say whether the name stands by itself: no street or river, no part of a longer name, not in brackets."""
    text, lexicon = grammar.text, grammar.lexicon
    if text[start - 1 : start].isalnum() or text[start - 1 : start] == "(" or text[end : end + 1].isalnum():
        return False
    if letters:
        return not _GLUED.match(text, max(0, start - 1)) and not _GLUE.match(text, end)
    if _NEXT_CAPITAL.match(text, end):
        return False
    before = grammar.marks.words_before(start)
    if not before:
        return True
    phrases = {fold_word(" ".join(reversed(before[:n]))) for n in (1, 2, 3)}
    firm = any(lexicon.firms.fullmatch(phrase + " ") for phrase in phrases)
    if firm or phrases & lexicon.before or phrases & lexicon.person:
        return False
    return not before[0][0].isupper() or before[0] in lexicon.openers
