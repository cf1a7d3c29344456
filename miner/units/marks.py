"""One pass of the unit automaton over an article: what each word may be, by where it starts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from miner.units.lexicon import Head, Level, Lexicon, Roles, fold

_BLANK = (" ", "\u00a0")
_BLANKS = " \u00a0"
_LAST_WORD = re.compile(r"\w+\Z")
_BEFORE = 40
"""Code points before a word in which the words before it are looked for."""
_CODES = (
    re.compile(r"P(?<![\w/.-]P)[CAKXVH][ \u00a0]?\d{2}(?![\w/]|[.,-]\d)"),
    re.compile(r"C(?<![\w/.-]C)(?:[ \u00a0]?0\d|[45]\d)(?![\w/]|[.,-]\d)"),
)
"""Codes of police departments: PC02, C04. Each opens with a letter that can be searched for at once."""


class Marks:
    """An article's text with the roles of its words; offsets are the article's."""

    __slots__ = ("_heads", "at", "codes", "folded", "leads", "lexicon", "starts", "text")

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self.text, self.lexicon = text, lexicon
        self.folded = folded = fold(text)
        self.at = at = dict[int, list[tuple[int, Roles]]]()
        """Words of the tables by where they start: their ends, the nearest first, and what they are."""
        self.leads = leads = set[int]()
        """Those of the starts where a head or a level may stand; at the others only a bare place can."""
        self._heads = dict[int, list[tuple[int, Head]]]()
        starts: set[int] = set()
        size = len(folded)
        for last, (length, closed, opens, roles) in lexicon.automaton.iter(folded):
            end = last + 1
            start = end - length
            # Most words stand between blanks, which are cheaper to tell.
            if start and (before := folded[start - 1]) != " " and before.isalnum():
                continue
            if closed and end < size and (after := folded[end]) != " " and after.isalnum():
                continue
            if start in at:
                at[start].append((end, roles))
            else:
                at[start] = [(end, roles)]
            if opens == 2:
                leads.add(start)
            elif opens and text[start].isupper():
                starts.add(start)
        self.codes = {m.start(): m.end() for pattern in _CODES for m in pattern.finditer(text)}
        """Police departments by their code, by start."""
        leads.update(self.codes)
        starts |= leads
        self.starts = sorted(starts)
        """Where a unit or a bare place may start."""

    def _capital(self, start: int, offsets: tuple[int, ...]) -> bool:
        text = self.text
        for i in offsets:  # noqa: SIM110 - twice as fast as a generator
            if not text[start + i].isupper():
                return False
        return True

    def heads(self, start: int) -> Sequence[tuple[int, Head]]:
        """Return the heads that start at `start` with their ends, longest first."""
        if start not in self.leads:
            return ()
        found = self._heads.get(start)
        if found is None:
            found = self._heads[start] = []
            for end, roles in reversed(self.at.get(start, ())):
                for head, capitals in roles.heads:
                    if not capitals or self._capital(start, capitals):
                        found.append((end, head))
        return found

    def level(self, start: int) -> tuple[int, Level] | None:
        """Return the longest level word at `start` with its end."""
        if start in self.leads:
            for end, roles in reversed(self.at.get(start, ())):
                if roles.level and self._capital(start, roles.level[1]):
                    return end, roles.level[0]
        return None

    def place(self, start: int, *, strict: bool, bits: int = -1) -> tuple[int, Roles] | None:
        """Return the longest place name at `start` with its end.

        `strict` asks for a capital in every syllable, `bits` for one of these levels (bits of RANKS).
        """
        found = self.at.get(start)
        if found is None or not self.text[start].isupper():
            return None
        for end, roles in reversed(found):
            if roles.place & bits and (not strict or self._capital(start, roles.syllables)):
                return end, roles
        return None

    def function(self, start: int) -> tuple[int, str, bool] | None:
        """Return the longest field of work at `start`: its end, the kind it settles, whether it is a verb too."""
        if start in self.codes:
            return self.codes[start], "police", False
        for end, roles in reversed(self.at.get(start, ())):
            if roles.function and self._capital(start, roles.function[1]):
                return end, roles.function[0], roles.verb
        return None

    def paper(self, start: int) -> int | None:
        """Return the end of a newspaper's name at `start`."""
        for end, roles in reversed(self.at.get(start, ())):
            if any(self._capital(start, capitals) for capitals in roles.paper) or any(
                head.kind == "media" and head.form == "fixed" and self._capital(start, capitals)
                for head, capitals in roles.heads
            ):
                return end
        return None

    def trade(self, start: int, lists: frozenset[str]) -> tuple[int, frozenset[str]] | None:
        """Return the longest word at `start` that one of the trade `lists` holds, with its end and its lists."""
        for end, roles in reversed(self.at.get(start, ())):
            if roles.trades & lists:
                return end, roles.trades
        return None

    def gap(self, at: int) -> int | None:
        """Return where the next word starts if only a blank lies between, else None."""
        text = self.text
        if text[at : at + 1] not in _BLANK:
            return None
        return at + 2 if text[at + 1 : at + 2] in _BLANK else at + 1

    def word_before(self, start: int) -> str:
        """Return the word that stands right before `start` on its line, as written, or ""."""
        text = self.text
        if not start or text[start - 1] not in _BLANKS:
            return ""
        first = start - _BEFORE if start > _BEFORE else 0
        word = text[max(first, text.rfind(" ", first, start - 1) + 1) : start - 1]
        return word if word.isalnum() or _is_short(word) else _tail(word)

    def words_before(self, start: int) -> tuple[str, ...]:
        """Return up to three words that stand right before `start` on its line, last first, as written."""
        if not start or self.text[start - 1] not in _BLANKS:
            return ()
        words: list[str] = []
        for word in reversed(self.text[max(0, start - _BEFORE) : start - 1].rsplit(" ", 3)[-3:]):
            if word.isalnum() or (not words and _is_short(word)):
                words.append(word)
                continue
            if tail := _tail(word):
                words.append(tail)
            break
        return tuple(words)


def _is_short(word: str) -> bool:
    """Say whether a word is a short form with its mark: đ/c, TP."""
    return word.endswith("/c") or (word[-1:] == "." and word[:-1].isalnum())


def _tail(word: str) -> str:
    """Return the letters and digits at the end of what stands between blanks."""
    tail = _LAST_WORD.search(word)
    return tail[0] if tail else ""
