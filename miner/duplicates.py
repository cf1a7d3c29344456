"""Near-duplicates: articles that tell the same in nearly the same words (reprints, one text under two addresses).

MinHash over runs of four syllables, in bands (Broder 1997; Leskovec, Rajaraman, Ullman, Mining of Massive Datasets,
chapter 3), then the true Jaccard similarity of those that share a band. Two reports written after one template with
other places and figures have about .6, a reprint about .9 (COLLECTING.md): NEAR parts them.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Any

import numpy as np

from miner.text import search_key

NEAR = 0.8
"""Jaccard similarity from which two articles are near-duplicates."""
RUN = 4
"""Syllables in a run."""
LEAST = 20
"""Articles with fewer runs are compared with none: a headline alone says too little."""
BANDS, ROWS = 16, 4
_WORD = re.compile(r"\w+")
_BINS = np.arange(BANDS * ROWS, dtype=np.uint64) << np.uint64(58)
"""Where each of the 64 bins begins that the hashes fall into by their upper six bits."""
_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93], dtype=np.uint64)
_HASH_BITS = 56


class _Syllables(dict[bytes, int]):
    """Syllable → its hash, remembered; a dict is asked at half the cost of a function that remembers."""

    def __missing__(self, word: bytes) -> int:
        if len(self) > 1 << 17:
            self.clear()
        code = self[word] = int.from_bytes(blake2b(word, digest_size=8).digest(), "big")
        return code


_SYLLABLES = _Syllables()
_SPACES = bytes(c if c >= 128 or _WORD.match(chr(c)) else 0x20 for c in range(256))
"""ASCII that is no part of a word, as spaces: folded text is parted faster by them than by a pattern."""


def shingles(text: str) -> Any:
    """Return the hashes of the distinct runs of RUN syllables in `text` (a sorted uint64 array).

    Case, diacritics, punctuation and spacing do not count.
    """
    text = search_key(text)
    if text.isascii():
        words = text.encode().translate(_SPACES).split()
    else:
        words = [word.encode() for word in _WORD.findall(text)]
    codes = np.fromiter(map(_SYLLABLES.__getitem__, words), dtype=np.uint64, count=len(words))
    if len(codes) < RUN:
        return np.empty(0, dtype=np.uint64)
    size = len(codes) - RUN + 1
    total = np.zeros(size, dtype=np.uint64)
    for i in range(RUN):
        total ^= (codes[i : i + size] * _MIX[i]) ^ (codes[i : i + size] >> np.uint64(7 + i))
        total *= _MIX[(i + 1) % RUN]
    total.sort()
    return total[np.append(True, total[1:] != total[:-1])]


def bands(runs: Any) -> list[int]:
    """Return the bands of the signature of an article with these `runs` (from `shingles`); none for a short one.

    Each holds its number in the bits above 56, so that it fits one signed 64-bit column.
    """
    if len(runs) < LEAST:
        return []
    # One permutation (Li, Owen, Zhang 2012): the runs are sorted, so the least of a bin is the first in it. An empty
    # bin takes the next one's (Shrivastava, Li 2014), with its own number mixed in by its place in the signature.
    first = np.searchsorted(runs, _BINS)
    signature = runs[first % len(runs)]
    found = []
    for number, rows in enumerate(signature.reshape(BANDS, ROWS)):
        digest = blake2b(rows.tobytes(), digest_size=_HASH_BITS // 8).digest()
        found.append(number << _HASH_BITS | int.from_bytes(digest, "big"))
    return found


def similarity(one: Any, other: Any) -> float:
    """Return the Jaccard similarity of two articles by their runs (from `shingles`)."""
    if not len(one) or not len(other):
        return 0.0
    both = len(np.intersect1d(one, other, assume_unique=True))
    return both / (len(one) + len(other) - both)
