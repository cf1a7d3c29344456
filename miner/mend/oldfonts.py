"""Text typed for fonts of the time before Unicode: TCVN 5712:1993 VN3 (the ABC fonts) and VNI for Windows."""

from __future__ import annotations

import re
import unicodedata
from itertools import islice

from miner.mend.syllables import is_syllable

FONTS = ("tcvn3", "vni")

# Code, letter. Capitals with a tone have no code of their own: the capital fonts (.VnTimeH) draw the small one's.
_TCVN3 = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢§£¤¥¦",
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
        strict=True,
    )
)
# A vowel and the letter that draws its mark over it.
_MARKS = {"ø": "\u0300", "ù": "\u0301", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_CIRCUMFLEX = {"â": "", "à": "\u0300", "á": "\u0301", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_BREVE = {"ê": "", "è": "\u0300", "é": "\u0301", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}


def _vni() -> dict[str, str]:
    table = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ì": "ì", "í": "í"}
    for vowel in "aeouy":
        table |= {vowel + code: vowel + mark for code, mark in _MARKS.items()}
    for vowel, horned in (("ô", "ơ"), ("ö", "ư")):
        table |= {vowel + code: horned + mark for code, mark in _MARKS.items()}
    for vowel in "aeo":
        table |= {vowel + code: f"{vowel}\u0302{mark}" for code, mark in _CIRCUMFLEX.items()}
    table |= {"a" + code: f"a\u0306{mark}" for code, mark in _BREVE.items()}
    table |= {code.upper(): letter.upper() for code, letter in table.items()}
    table |= {code[0].upper() + code[1:]: letter[0].upper() + letter[1:] for code, letter in table.items()}
    return {code: unicodedata.normalize("NFC", letter) for code, letter in table.items()}


_VNI = _vni()
_CODES = {
    "tcvn3": re.compile("[" + re.escape("".join(_TCVN3)) + "]"),
    "vni": re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True))),
}
_WORD = re.compile(r"[A-Za-z\u00a1-\u00ff]*[\u00a1-\u00ff][A-Za-z\u00a1-\u00ff]*")
_LETTER = re.compile("[A-Za-z]")
# Letters that neither font's codes look like: text that holds them is Unicode already.
_UNICODE = re.compile("[\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]")
_ENOUGH = 6
"""Accented words from which on a text can be judged."""
_SHARE = 0.9
_SAMPLE = 1000
"""Words from the beginning of a text that tell its font."""


def convert(text: str, font: str) -> str:
    """Return `text`, typed for `font` (of FONTS), in Unicode; ASCII stays as it is."""
    if font == "vni":
        return _CODES["vni"].sub(lambda found: _VNI[found[0]], text)
    letters = [c for c in text if c.isascii() and c.isalpha()]
    if len(letters) > 2 and all(c.isupper() for c in letters):
        return _tcvn3(text).upper()
    return _WORD.sub(_tcvn3_word, text)


def _tcvn3(text: str) -> str:
    return _CODES["tcvn3"].sub(lambda code: _TCVN3[code[0]], text)


def _tcvn3_word(found: re.Match[str]) -> str:
    word = found[0]
    letters = [c for c in word if c.isascii()]
    capital = letters and all(c.isupper() for c in letters) and (len(letters) > 1 or word[0] in "§¡¢£¤¥¦")
    return _tcvn3(word).upper() if capital else _tcvn3(word)


def find_font(text: str) -> str | None:
    """Return which font `text` was typed for, or None: it must hold no letter of Unicode's own, and six or more
    accented words, nine in ten of which become Vietnamese syllables by conversion and were none before.
    """
    if text.isascii() or _UNICODE.search(text):
        return None
    words = [found[0] for found in islice(_WORD.finditer(text), _SAMPLE) if _LETTER.search(found[0])]
    if len(words) < _ENOUGH:
        return None
    best, share = None, 0.0
    for font in FONTS:
        converted = [convert(word, font) for word in words]
        good = sum(map(is_syllable, converted)) / len(words)
        if good > share:
            best, share = font, good
    before = sum(map(is_syllable, words)) / len(words)
    return best if share >= _SHARE and before < 0.5 else None


def is_typed_for(font: str, text: str) -> bool:
    """Return whether a line of an article that was typed for `font` was typed for it too, however short it is."""
    if text.isascii() or _UNICODE.search(text):
        return False
    words = [convert(found[0], font) for found in _WORD.finditer(text)]
    return bool(words) and sum(map(is_syllable, words)) >= _SHARE * len(words)
