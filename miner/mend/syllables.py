"""Whether a text is written in Vietnamese letters: the words that have accents must be syllables of the language."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_TONE = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
# Onset; then a nucleus that may be closed by a consonant, or one that ends in a glide and may not. k closes names of
# the Central Highlands (Đắk).
_SYLLABLE = re.compile(
    "(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnprstvx])?"
    "(?:(?:[aăâeêioôơuưy]|iê|yê|o[aăeo]|u[âêôơy]|ươ|uyê)(?:ng|nh|ch|[cmnptk])?"
    "|[aâo]i|ơi|ôi|u?[âa]y|a[ou]|âu|eo|êu|i[au]|iêu|yêu|oa[iyo]|oeo|u[ai]|uôi|uêu|uy[au]|ư[aiu]|ươ[iu])"
)


@lru_cache(1 << 14)
def is_syllable(word: str) -> bool:
    """Return whether `word` is spelt as a Vietnamese syllable may be, with one tone at most."""
    bare, tones = _TONE.subn("", unicodedata.normalize("NFD", word.lower()))
    return tones <= 1 and _SYLLABLE.fullmatch(unicodedata.normalize("NFC", bare)) is not None


_EDGE = re.compile(r"^[^\w]+|[^\w]+$")
_PARTS = re.compile(r"[-/–.,]+")


def accented_words(text: str) -> list[str]:
    """Return the words of `text` that hold letters outside ASCII, without the punctuation around them."""
    words = (_EDGE.sub("", word) for word in text.split() if not word.isascii())
    return [part for word in words if not word.isascii() for part in _PARTS.split(word) if not part.isascii()]


def vietnamese_share(text: str) -> float:
    """Return which share of the accented words of `text` are Vietnamese syllables; 0 where it has none."""
    words = accented_words(text)
    return sum(map(is_syllable, words)) / len(words) if words else 0.0
