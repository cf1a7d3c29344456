"""One pass of the unit automaton over an article: what each word may be, by where it starts."""

from __future__ import annotations

import re

from miner.units.lexicon import Head, Level, Lexicon, Roles, fold

_BLANK = (" ", "\u00a0")
_BLANKS = " \u00a0"
_LAST_WORD = re.compile(r"\w+\Z")

_CODE = re.compile(r"(?<![\w/.-])(?:P[CAKXVH][ \u00a0]?\d{2}|C[ \u00a0]?0\d|C[45]\d)(?![\w/]|[.,-]\d)")
# Most articles hold none of these, and to look for them is far cheaper.
_CODE_STARTS = ("PC", "PA", "PK", "PX", "PV", "PH", "C0", "C 0", "C4", "C5")


class Marks:
    """An article's text with the roles of its words; offsets are the article's."""

    __slots__ = ("at", "codes", "folded", "leads", "lexicon", "starts", "text")

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self.text, self.lexicon = text, lexicon
        self.folded = folded = fold(text)
        self.at: dict[int, list[tuple[int, Roles]]] = {}
        at, size = self.at, len(folded)
        starts: set[int] = set()
        self.leads = leads = set[int]()
        """Those of the starts where a head or a level may stand; at the others only a bare place can."""
        for last, (length, closed, opens, roles) in lexicon.automaton.iter(folded):
            start, end = last - length + 1, last + 1
            if (start and folded[start - 1].isalnum()) or (closed and end < size and folded[end].isalnum()):
                continue
            if start in at:
                at[start].append((end, roles))
            else:
                at[start] = [(end, roles)]
            if opens == 2:
                leads.add(start)
            elif opens and text[start].isupper():
                starts.add(start)
        coded = any(code in text for code in _CODE_STARTS)
        self.codes = {m.start(): m.end() for m in _CODE.finditer(text)} if coded else {}
        """Police departments by their code (PC02, C04), by start."""
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

    def heads(self, start: int) -> list[tuple[int, Head]]:
        """Return the heads that start at `start` with their ends, longest first."""
        found: list[tuple[int, Head]] = []
        for end, roles in reversed(self.at.get(start, ())):
            for head, capitals in roles.heads:
                if not capitals or self._capital(start, capitals):
                    found.append((end, head))
        return found

    def level(self, start: int) -> tuple[int, Level] | None:
        """Return the longest level word at `start` with its end."""
        for end, roles in reversed(self.at.get(start, ())):
            if roles.level and self._capital(start, roles.level[1]):
                return end, roles.level[0]
        return None

    def place(self, start: int, *, strict: bool, bits: int = -1) -> tuple[int, Roles] | None:
        """Return the longest place name at `start` with its end.

        `strict` asks for a capital in every syllable, `bits` for one of these levels (bits of RANKS).
        """
        if not self.text[start : start + 1].isupper():
            return None
        for end, roles in reversed(self.at.get(start, ())):
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

    def words_before(self, start: int) -> tuple[str, ...]:
        """Return up to three words that stand right before `start` on its line, last first, as written."""
        if not start or self.text[start - 1] not in _BLANKS:
            return ()
        words: list[str] = []
        for word in reversed(self.text[max(0, start - 40) : start].rsplit(" ", 4)[-4:-1]):
            if word.isalnum() or (not words and (word.endswith("/c") or (word[-1:] == "." and word[:-1].isalnum()))):
                words.append(word)
                continue
            if tail := _LAST_WORD.search(word):
                words.append(tail[0])
            break
        return tuple(words)
