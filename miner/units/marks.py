"""One pass of the unit automaton over an article: what each word may be, by where it starts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from miner.units.lexicon import RUNS, Head, Inner, Level, Lexicon, PlaceName, fold

_ENDS = ("", *'.,;:!?…)]”"\n')
_LAST_WORD = re.compile(r"\w+\Z")
_BEFORE = 40
"""Code points before a word in which the words before it are looked for."""
_CODES = (
    re.compile(r"P(?=[CAKXVH] ?\d\d)(?<![\w/.-]P).[ ]?\d\d(?![\w/]|[.,-]\d)"),
    re.compile(r"C(?=[ 045]\d)(?<![\w/.-]C)(?: ?0\d|[45]\d)(?![\w/]|[.,-]\d)"),
)
"""Codes of police departments: PC02, C04. Each opens with a letter that can be searched for at once."""


class Marks:
    """An article's text, its hard blanks made plain, with the roles of its words; offsets are the article's."""

    __slots__ = ("_heads", "_inner", "codes", "folded", "level", "lexicon", "places", "starts", "text")

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        text = text.replace("\u00a0", " ")
        self.text, self.lexicon = text, lexicon
        self.folded = folded = fold(text)
        heads, levels = dict[int, list[tuple[int, Head]]](), dict[int, tuple[int, Level]]()
        places = dict[int, list[tuple[int, PlaceName, bool]]]()
        size = len(folded)
        for last, (length, closed, opens, level, place) in lexicon.automaton.iter(folded):
            end = last + 1
            start = end - length
            # Most words stand between blanks, which are cheaper to tell.
            if start and (before := folded[start - 1]) != " " and before.isalnum():
                continue
            if closed and end < size and (after := folded[end]) != " " and after.isalnum():
                continue
            if place and text[start].isupper():
                others = place.syllables
                capital = not others or (
                    text[start + others[0]].isupper() and (len(others) < 2 or _capital(text, start, others))
                )
                name = end, place, capital
                places[start] = [name, *places[start]] if start in places else [name]
            if level and (not level[1] or _capital(text, start, level[1])):
                levels[start] = end, level[0]
            for head, capitals in opens:
                if not capitals or _capital(text, start, capitals):
                    heads[start] = [(end, head), *heads[start]] if start in heads else [(end, head)]
        self.codes = {m.start(): m.end() for pattern in _CODES for m in pattern.finditer(text)}
        """Police departments by their code, by start."""
        self.starts = sorted({*heads, *levels, *places, *self.codes})
        """Where a unit or a bare place may start."""
        self.level = levels.get
        """Returns the longest level word at a start with its end, or None."""
        self.places = places
        """Names of places by where they start, each with its end and whether all its syllables are capitals."""
        self._heads = heads
        self._inner = dict[int, list[tuple[int, Inner]]]()

    def heads(self, start: int) -> Sequence[tuple[int, Head]]:
        """Return the heads that start at `start` with their ends, longest first."""
        return self._heads.get(start, ())

    def place(self, start: int, *, strict: bool, bits: int = -1) -> tuple[int, PlaceName] | None:
        """Return the longest place name at `start` with its end.

        `strict` asks for a capital in every syllable, `bits` for one of these levels (bits of RANKS).
        """
        for end, place, capital in self.places.get(start, ()):
            if place.bits & bits and (capital or not strict):
                return end, place
        return None

    def _words(self, start: int) -> list[tuple[int, Inner]]:
        """Return the words at `start` that may stand inside a name with their ends, longest first."""
        found = self._inner.get(start)
        if found is None:
            folded, table = self.folded, self.lexicon.inner
            found = self._inner[start] = []
            if runs := RUNS.match(folded, start):
                for key in (runs[0], runs[1]) if runs.end() > runs.end(1) else (runs[1],):
                    for inner in table.get(key, ()):
                        end = start + len(inner.word)
                        if folded.startswith(inner.word, start) and not (
                            folded[end - 1].isalnum() and folded[end : end + 1].isalnum()
                        ):
                            found.append((end, inner))
        return found

    def function(self, start: int) -> tuple[int, str, bool] | None:
        """Return the longest field of work at `start`: its end, the kind it settles, whether it is a verb too."""
        if self.codes and start in self.codes:
            return self.codes[start], "police", False
        for end, inner in self._words(start):
            if inner.function and _capital(self.text, start, inner.function[1]):
                return end, inner.function[0], inner.verb
        return None

    def paper(self, start: int) -> int | None:
        """Return the end of a newspaper's name at `start`."""
        after = (e for e, inner in self._words(start) if any(_capital(self.text, start, c) for c in inner.paper))
        alone = (end for end, head in self.heads(start) if head.kind == "media" and head.form == "fixed")
        return max((*after, *alone), default=None)

    def trade(self, start: int, lists: frozenset[str]) -> tuple[int, frozenset[str]] | None:
        """Return the longest word at `start` that one of the trade `lists` holds, with its end and its lists."""
        for end, inner in self._words(start):
            if inner.trades & lists:
                return end, inner.trades
        return None

    def over(self, end: int) -> bool:
        """Say whether what stands after `end` goes on no name: a mark, or a small word that is none of the tables."""
        after = self.text[end : end + 2]
        if after[:1] != " ":
            return after[:1] in _ENDS
        at = end + 1
        if not after[1:].islower() or at in self._heads or self.level(at):
            return False
        runs = RUNS.match(self.folded, at)
        return runs is None or runs[1] not in self.lexicon.onward

    def gap(self, at: int) -> int | None:
        """Return where the next word starts if only a blank lies between, else None."""
        text = self.text
        if text[at : at + 1] != " ":
            return None
        return at + 1 if text[at + 1 : at + 2] != " " else at + 2

    def word_before(self, start: int) -> str:
        """Return the word that stands right before `start` on its line, as written, or ""."""
        text, end = self.text, start - 1
        if end < 0 or text[end] != " ":
            return ""
        first = end - _BEFORE if end > _BEFORE else 0
        blank = text.rfind(" ", first, end)
        word = text[blank + 1 if blank >= 0 else first : end]
        return word if word.isalnum() or _is_short(word) else _tail(word)

    def words_before(self, start: int) -> tuple[str, ...]:
        """Return up to three words that stand right before `start` on its line, last first, as written."""
        if not start or self.text[start - 1] != " ":
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


def _capital(text: str, start: int, offsets: tuple[int, ...]) -> bool:
    """Say whether the letters of `text` at these offsets from `start` are capitals."""
    for offset in offsets:  # noqa: SIM110 - twice as fast as a generator
        if not text[start + offset].isupper():
            return False
    return True


def _is_short(word: str) -> bool:
    """Say whether a word is a short form with its mark: đ/c, TP."""
    return word.endswith("/c") or (word[-1:] == "." and word[:-1].isalnum())


def _tail(word: str) -> str:
    """Return the letters and digits at the end of what stands between blanks."""
    tail = _LAST_WORD.search(word)
    return tail[0] if tail else ""
