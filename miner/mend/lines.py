"""The lines of one article mended together, and what was mended by name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from miner.mend.oldfonts import convert, find_font, is_typed_for
from miner.mend.syllables import vietnamese_share
from miner.text import INVISIBLE, nfc

# Lead bytes of Vietnamese letters in UTF-8 as Windows shows them, each with a second byte no language puts after it.
_MOJIBAKE = re.compile("á[º»]|Ã¡Â[º»]|Ä[‘\u0091ƒ\u0083\u0090]|Ã\u0084Â|Ã„â€|Ã„\u0090|Æ[°¡]|Ã[†\u0086]Â[°¡]")
_LEADS = ("á\u00ba", "á\u00bb", "Ã", "Ä", "Æ")
"""What each match of it begins with: cheap to look for."""
_UNICODE = re.compile("[\u1ea0-\u1ef9]")
_INVISIBLE = re.compile(f"[{''.join(map(chr, INVISIBLE))}]")
# What Windows-1252 shows for the bytes 80 to 9F, back to the bytes; the five it has no letter for stay as they are.
_BYTES = {
    ord(letter): byte for byte in range(0x80, 0xA0) if (letter := bytes([byte]).decode("cp1252", "replace")) != "\ufffd"
}
_TIMES = 2
"""How often one text is misread at most."""


@dataclass(frozen=True, slots=True)
class Mended:
    """Lines in NFC without invisible marks, and the names of what was mended (of REPAIRS), in the order it was."""

    lines: tuple[str, ...]
    repairs: tuple[str, ...] = ()


REPAIRS = {
    "mojibake": "UTF-8 that had been read as Windows-1252 or Latin-1, once or twice",
    "tcvn3": "text typed for the ABC fonts (TCVN3)",
    "vni": "text typed for the VNI fonts",
    "invisible": "soft hyphens, zero-width and direction marks taken out",
    "nfc": "accents apart from their letters joined with them (NFC)",
}
"""What `mend` does, by the names that are stored."""


def mend(lines: Sequence[str]) -> Mended:
    """Return `lines` mended. Whatever is not surely damaged stays as it is: a false repair is worse than none.

    Fonts are told by the lines together (a title alone is too short), and only the lines that were typed for the font
    are converted. That comes first, since TCVN3 writes ư as the soft hyphen.
    """
    repairs: list[str] = []

    def step(name: str, change: Callable[[str], str]) -> None:
        nonlocal lines
        changed = [change(line) for line in lines]
        if changed != lines:
            repairs.append(name)
            lines = changed

    lines = list(lines)
    whole = "\n".join(lines)
    if _is_unfit(whole):
        lines = [nfc(line) if _is_unfit(line) else line for line in lines]
        whole = "\n".join(lines)
    if not whole.isascii():
        if any(lead in whole for lead in _LEADS) and _MOJIBAKE.search(whole):
            step("mojibake", _read_right)
        strange = " ".join(line for line in lines if not line.isascii() and not _UNICODE.search(line))
        font = find_font(strange)
        if font is not None:
            step(font, lambda line: convert(line, font) if is_typed_for(font, line) else line)
        if _INVISIBLE.search(whole):
            step("invisible", lambda line: line.translate(INVISIBLE))
        if not unicodedata.is_normalized("NFC", whole) or repairs:
            step("nfc", lambda line: unicodedata.normalize("NFC", line))
    return Mended(tuple(lines), tuple(repairs))


def _is_unfit(text: str) -> bool:
    """Return whether a text holds what no file can: NUL, half a surrogate pair."""
    if "\0" in text:
        return True
    try:
        text.encode()  # far cheaper than a search
    except UnicodeEncodeError:
        return True
    return False


def _read_right(line: str) -> str:
    """Return a line whose UTF-8 was taken for single bytes as it was meant; it must decode without a rest."""
    for _ in range(_TIMES):
        if not _MOJIBAKE.search(line) or _UNICODE.search(line):
            return line
        from ftfy.fixes import restore_byte_a0

        try:
            meant = restore_byte_a0(line.translate(_BYTES).encode("latin-1")).decode("utf-8")
        except UnicodeError:
            return line
        if vietnamese_share(meant) < vietnamese_share(line):
            return line
        line = meant
    return line
