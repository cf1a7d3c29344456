"""Syllable n-grams of passages, as numbers: the features of the topic classifier, by numpy alone.

Importing scikit-learn costs 1.7 s and calling it text by text ten times what a batch costs, so the words of a whole
batch are looked up here in one go. `miner.topics.vectorizer` wraps the same code as a scikit-learn transformer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from miner.topics.slots import Slots

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# scikit-learn's default drops words of one letter, so `y tế` would become `tế` (STYLE.md).
TOKEN_PATTERN = r"[^\W_]+"
_TOKEN = re.compile(TOKEN_PATTERN)
_TOKENS = _TOKEN.findall
END = "\0"
"""Ends a passage; no article holds it (`text.nfc`)."""
MAX_N = 3
_PLAIN = 0x3000
"""Code points below it are looked up in a table; what lies above (Chinese, emoji) is rare in Vietnamese texts."""


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


@cache
def _is_letter() -> Bools:
    """Return for each code point below _PLAIN whether it is a letter or a digit."""
    return np.array([chr(code).isalnum() for code in range(_PLAIN)])


def _letters(codes: NDArray[np.uint32]) -> Bools:
    """Return which of the code points are letters or digits."""
    table = _is_letter()
    high = np.flatnonzero(codes >= _PLAIN)
    if not len(high):
        return table[codes]
    kinds, which = np.unique(codes[high], return_inverse=True)
    out = table[np.minimum(codes, _PLAIN - 1)]
    out[high] = np.array([chr(code).isalnum() for code in kinds.tolist()])[which]
    return out


# A word's fingerprint is a polynomial of its code points in this odd number, modulo 2**64. Two of a vocabulary never
# share one (`Grams` would refuse it); that an unknown word has a known one's happens once in 10**15 words.
_BASE = 0x5851F42D4C957F2D
_BACK = pow(_BASE, -1, 2**64)
_COMMON = 1 << 19
"""A batch has fewer code points than this; the powers for a longer one are not kept."""


@cache
def _powers(size: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the first `size` powers of _BASE, and of what takes them back."""
    first = np.ones((2, size), dtype=np.uint64)
    first[0, 1:], first[1, 1:] = _BASE, _BACK
    up, back = np.cumprod(first, axis=1)
    return up, back


def _words(text: str) -> tuple[NDArray[np.uint64], Ints, Ints]:
    """Return the fingerprints of the words of `text`, where each starts, and where END stands, by code points."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    letter = np.zeros(len(codes) + 2, dtype=np.int8)
    letter[1:-1] = _letters(codes)
    edge = np.diff(letter)
    start, stop = np.flatnonzero(edge == 1), np.flatnonzero(edge == -1)
    # the sums of all code points before each place, each times its power: a word's is the difference, moved to the left
    size = max(_COMMON, 1 << len(codes).bit_length())
    up, back = (_powers if size == _COMMON else _powers.__wrapped__)(size)
    sums = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum(codes * up[: len(codes)], out=sums[1:])
    prints = (sums[stop] - sums[start]) * back[start]
    return prints, start, np.flatnonzero(codes == 0)


class Grams:
    """A vocabulary of n-grams (`names`, syllables joined by one space) that finds them in batches of passages.

    A gram never goes beyond its passage.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        parts = [name.split(" ") for name in self.names]
        words = sorted({word for part in parts for word in part})
        self._word = {word: i for i, word in enumerate(words)}
        self._words = Slots(_words(" ".join(words))[0])
        self._base = len(words) + 1
        self._slots: list[Slots] = []
        self._columns: list[Ints] = []
        for n in range(1, MAX_N + 1):
            pairs = sorted((self._code(part), column) for column, part in enumerate(parts) if len(part) == n)
            self._slots.append(Slots(np.array([code for code, _ in pairs], dtype=np.uint64)))
            self._columns.append(np.array([column for _, column in pairs], dtype=np.int64))

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
        prints, starts, ends = _words(fold(END.join(passages)))
        word = self._words.find(prints)
        bounds = np.searchsorted(starts, np.r_[0, ends, starts[-1] + 1 if len(starts) else 0])
        length = np.diff(bounds)[: len(passages)]
        passage_of = np.repeat(np.arange(len(passages), dtype=np.int64), length)
        place = np.arange(len(word), dtype=np.int64) - np.repeat(np.cumsum(length) - length, length)
        rows, columns, places = [], [], []
        code, known = word.astype(np.uint64), word >= 0
        for n in range(1, MAX_N + 1):
            if n > 1:
                if len(word) < n:
                    break
                same = passage_of[: 1 - n] == passage_of[n - 1 :]
                known = known[:-1] & (word[n - 1 :] >= 0) & same
                code = code[:-1] * np.uint64(self._base) + word[n - 1 :].astype(np.uint64)
            at = np.flatnonzero(known)
            found = self._slots[n - 1].find(code[at])
            hit = np.flatnonzero(found >= 0)
            at = at[hit]
            rows.append(passage_of[at])
            columns.append(self._columns[n - 1][found[hit]])
            places.append(place[at])
        empty = np.zeros(0, dtype=np.int64)
        return (
            np.concatenate([empty, *rows]),
            np.concatenate([empty, *columns]),
            np.concatenate([empty, *places]),
            length,
        )
