"""Syllable n-grams of passages, as numbers: the features of the topic classifier, by numpy alone.

Importing scikit-learn costs 1.7 s and calling it text by text ten times what a batch costs, so the words of a whole
batch are looked up here in one go. `miner.topics.vectorizer` wraps the same code as a scikit-learn transformer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# scikit-learn's default drops words of one letter, so `y tế` would become `tế` (STYLE.md).
TOKEN_PATTERN = r"[^\W_]+"
_TOKEN = re.compile(TOKEN_PATTERN)
_TOKENS = _TOKEN.findall
END = "\0"
"""Ends a passage; no article holds it (`text.nfc`)."""
_TOKENS_AND_ENDS = re.compile(f"{TOKEN_PATTERN}|{END}").findall
MAX_N = 3
_FILTER = 1_048_573
"""Most codes of a text are no gram's; a table of this many remainders (a prime) says so without a binary search."""


def fold(text: str) -> str:
    """Return `text` in NFC and small letters, as every feature is built from."""
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return text.casefold()


def tokens(text: str) -> list[str]:
    """Return the syllables and numbers of `text`, folded, single letters too."""
    return _TOKENS(fold(text))


def seed_pattern(seeds: Sequence[str]) -> re.Pattern[str] | None:
    """Return a pattern that finds any of `seeds` as whole words in folded text; None where there are none."""
    longest_first = sorted(map(fold, seeds), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)") if seeds else None


def token_spans(text: str) -> list[tuple[int, int]]:
    """Return where the syllables and numbers of `text` (in NFC) stand."""
    return [match.span() for match in _TOKEN.finditer(text)]


@dataclass(frozen=True, slots=True)
class Entries:
    """A sparse matrix of `rows` rows: value `values[i]` stands at (`row[i]`, `column[i]`), sorted by row."""

    rows: int
    row: Ints
    column: Ints
    values: Floats

    def normalised(self) -> Entries:
        """Return the entries with every row scaled to length 1 (a row of nothing stays so)."""
        square = np.bincount(self.row, self.values**2, self.rows)
        length = np.sqrt(np.where(square > 0, square, 1.0))
        return Entries(self.rows, self.row, self.column, self.values / length[self.row])

    def dot(self, weights: NDArray[np.float32] | Floats) -> Floats:
        """Return the product with `weights`, an array of shape (columns, topics)."""
        out = np.zeros((self.rows, weights.shape[1]))
        if len(self.row):
            first = np.flatnonzero(np.r_[True, self.row[1:] != self.row[:-1]])
            # The weights are stored in single precision; so multiplied, but not added up, they cost half.
            terms = weights[self.column]
            terms *= self.values[:, None].astype(terms.dtype)
            out[self.row[first]] = np.add.reduceat(terms, first, dtype=np.float64)
        return out


def sum_entries(rows: int, row: Ints, column: Ints, values: Floats, columns: int) -> Entries:
    """Return entries with the values at one place added up."""
    place, inverse = np.unique(row * columns + column, return_inverse=True)
    return Entries(rows, place // columns, place % columns, np.bincount(inverse, values, len(place)).astype(float))


class Grams:
    """A vocabulary of n-grams (`names`, syllables joined by one space) that finds them in batches of passages.

    A gram never goes beyond its passage.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        parts = [name.split(" ") for name in self.names]
        words = sorted({word for part in parts for word in part})
        self._word = {word: i for i, word in enumerate(words)}
        self._word[END] = len(words)
        self._base = len(words) + 2
        self._codes: list[Ints] = []
        self._columns: list[Ints] = []
        self._filters: list[Bools] = []
        for n in range(1, MAX_N + 1):
            pairs = sorted((self._code(part), column) for column, part in enumerate(parts) if len(part) == n)
            self._codes.append(np.array([code for code, _ in pairs], dtype=np.int64))
            self._columns.append(np.array([column for _, column in pairs], dtype=np.int64))
            self._filters.append(np.zeros(_FILTER, dtype=bool))
            self._filters[-1][self._codes[-1] % _FILTER] = True

    def _code(self, part: Iterable[str]) -> int:
        code = 0
        for word in part:
            code = code * self._base + self._word[word]
        return code

    def __len__(self) -> int:
        return len(self.names)

    def find(self, passages: Sequence[str]) -> tuple[Ints, Ints, Ints, Ints]:
        """Return for each gram found its passage, its column and the token it starts at; and all passages' lengths.

        Tokens count from 0 in each passage; lengths are in tokens.
        """
        # One pass over the whole batch, END between passages, costs a third of one call a passage.
        found = _TOKENS_AND_ENDS(fold(END.join(passages)))
        word = np.fromiter(map(self._word.get, found, repeat(-1)), dtype=np.int64, count=len(found))
        ends = np.flatnonzero(word == self._word[END])
        word = np.delete(word, ends)
        bounds = np.r_[-1, ends, len(found)]
        length = np.diff(bounds)[: len(passages)] - 1
        passage_of = np.repeat(np.arange(len(passages), dtype=np.int64), length)
        place = np.arange(len(word), dtype=np.int64) - np.repeat(np.cumsum(length) - length, length)
        rows, columns, places = [], [], []
        code, known = word, word >= 0
        for n in range(1, MAX_N + 1):
            if n > 1:
                if len(word) < n:
                    break
                same = passage_of[: 1 - n] == passage_of[n - 1 :]
                known = known[:-1] & (word[n - 1 :] >= 0) & same
                code = code[:-1] * self._base + word[n - 1 :]
            at = np.flatnonzero(known)
            at = at[self._filters[n - 1][code[at] % _FILTER]]
            table = self._codes[n - 1]
            if not len(at):
                continue
            spot = np.minimum(np.searchsorted(table, code[at]), len(table) - 1)
            hit = table[spot] == code[at]
            at = at[hit]
            rows.append(passage_of[at])
            columns.append(self._columns[n - 1][spot[hit]])
            places.append(place[at])
        empty = np.zeros(0, dtype=np.int64)
        return (
            np.concatenate([empty, *rows]),
            np.concatenate([empty, *columns]),
            np.concatenate([empty, *places]),
            length,
        )
