"""Damaged Vietnamese text made whole: old fonts' codes, UTF-8 read as Latin-1, marks nobody sees, loose accents."""

from miner.mend.lines import REPAIRS, Mended, mend
from miner.mend.oldfonts import convert, find_font
from miner.mend.syllables import vietnamese_share

__all__ = ["REPAIRS", "Mended", "convert", "find_font", "mend", "vietnamese_share"]
