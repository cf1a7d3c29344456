"""Firms that an article names with their head once and by their bare name again: Công ty Hoa Sao … Hoa Sao."""

from __future__ import annotations

import re

from miner.text import UPPER
from miner.units.grammar import Grammar
from miner.units.lexicon import fold_word

Candidate = tuple[int, int, str, str]
_NEXT_CAPITAL = re.compile(rf" [{UPPER}]")
_MOST = 8
"""Names looked for in one article: a report on firms has few, and each costs a search."""


def repeated_firms(grammar: Grammar, found: list[Candidate]) -> list[Candidate]:
    """Return where a firm's bare name stands alone outside the units `found`, as units of rule `again`.

    Only a name of two capitalised syllables or more, or a long foreign word, that is no place's name.
    """
    text, marks = grammar.text, grammar.marks
    names: dict[str, int] = {}
    for start, end, kind, rule in found:
        if kind == "enterprise" and rule == "name" and len(names) < _MOST:
            head = grammar.lexicon.firms.match(grammar.folded, start, end)
            name = text[head.end() : end] if head else ""
            if _bare(name) and head and marks.place(head.end(), strict=True) is None:
                names.setdefault(name, end)
    if not names:
        return []
    spans = sorted((start, end) for start, end, _, _ in found)
    again: list[Candidate] = []
    for name in names:
        covered = iter(spans)
        span = next(covered, None)
        at = text.find(name)
        while at >= 0:
            end = at + len(name)
            while span and span[1] <= at:
                span = next(covered, None)
            if not (span and span[0] < end) and _alone(grammar, at, end):
                again.append((at, end, "enterprise", "again"))
            at = text.find(name, end)
    return again


def _bare(name: str) -> bool:
    """Say whether all words of a name are capitalised, and it is long enough to be no other word."""
    words = name.split(" ")
    return all(w[:1].isupper() for w in words) and (len(words) > 1 or (len(name) > 5 and name.isascii()))


def _alone(grammar: Grammar, start: int, end: int) -> bool:
    """Say whether the name stands by itself: no street or river, no part of a longer name, not in brackets."""
    text, lexicon = grammar.text, grammar.lexicon
    if text[start - 1 : start].isalnum() or text[start - 1 : start] == "(" or text[end : end + 1].isalnum():
        return False
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
