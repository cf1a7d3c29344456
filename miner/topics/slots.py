"""Find many whole numbers in a fixed set at once: a hash table that numpy asks in a few steps, without a search."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint64]
Ints = NDArray[np.int64]

_ODD = 0x9E3779B97F4A7C15
"""2**64 by the golden ratio: times this, the upper bits of neighbouring numbers lie far apart."""
_ROOM = 8
"""Slots for each number: one in sixteen finds its slot taken, and goes to the next table."""


class Slots:
    """A fixed set of different numbers that says which of many others are in it.

    A number whose slot is taken has one in the next table, so a free slot proves that a number is not in the set.
    """

    def __init__(self, keys: Codes) -> None:
        if len(np.unique(keys)) < len(keys):
            raise ValueError("the numbers must differ")
        self._keys = keys
        self._tables: list[tuple[np.uint64, np.uint64, NDArray[np.int32]]] = []
        left = np.arange(len(keys))
        while len(left):
            bits = max(4, (_ROOM * len(left)).bit_length())
            factor, shift = np.uint64((_ODD * (2 * len(self._tables) + 1)) % 2**64), np.uint64(64 - bits)
            slot = (keys[left] * factor) >> shift
            table = np.full(1 << bits, -1, dtype=np.int32)
            table[slot] = left
            self._tables.append((factor, shift, table))
            left = left[table[slot] != left]

    def find(self, codes: Codes) -> Ints:
        """Return for each of `codes` its place among the keys, or -1."""
        out = np.full(len(codes), -1, dtype=np.int64)
        todo: Ints | None = None
        for factor, shift, table in self._tables:
            asked = codes if todo is None else codes[todo]
            found = table[(asked * factor) >> shift]
            taken = np.flatnonzero(found >= 0)
            held = found[taken]
            same = self._keys[held] == asked[taken]
            at = taken if todo is None else todo[taken]
            out[at[same]] = held[same]
            todo = at[~same]
            if not len(todo):
                break
        return out
