"""Sentences by underthesea, line by line, with the faults mended that PEERS.md lists."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from miner.records import Span
from miner.text import LOWER, UPPER

# No sentence ends after these, though underthesea ends one.
_NO_BREAK_AFTER = re.compile(r"\b(?:GS|TS|PGS|ThS|BS|BSCK|CN|KS|TP|TX|TT|Q|P|H|St|Mr|Dr|Đ/c|đ/c|No|vs|TW)\.$")
# A number ends no sentence where it is all there is of it, the marker of a list (`2. Về kinh tế`).
_MARKER = re.compile(r"\s*\d{1,3}\.")
# Initials of somebody unnamed (`N.T.H.`, `cô Đ. H.T.`) go on; one before a common opening word does not.
_INITIALS = re.compile(rf"(?:^|[\s.])[{UPPER}]\.$")
_INITIALS_GO_ON = re.compile(rf"[{UPPER}](?:\.|,|\)|\s[{LOWER}]|$)")
_CLOSING = re.compile(r"[”’)\]»,;/.…]")
# Only at a mark with more on its line after it can a sentence end inside the line; not inside a number.
_MAY_SPLIT = re.compile(r"[.?!…](?:(?<!\d\.)|(?!\d))\s*[^\s.]")
_URL = re.compile(r"(?:https?://|www\.)\S+")
# Where underthesea ends no sentence although one ends: after an initial or an ellipsis.
_MORE_ENDS = re.compile(
    rf"(?:(?<=\s[{UPPER}]\.)|(?<=…)|(?<=…[”\"]))\s+"
    rf"(?=(?:Ông|Bà|Anh|Chị|Em|Cô|Chú|Bác|Theo|Tại|Ngày|Hiện|Trong|Sau|Khi|Đây|Đến|Cùng|Từ|Qua|Nhiều|Các|Những)\s)"
)


@cache
def _tokenizer() -> Any:
    # Imported when first needed: underthesea takes most of a second.
    from underthesea.pipeline.sent_tokenize import sent_tokenize

    return sent_tokenize


def split_sentences(text: str) -> tuple[Span, ...]:
    """Return the sentences of `text` in order; a newline always ends one, and outer white space belongs to none."""
    spans: list[Span] = []
    offset = 0
    for line in text.split("\n"):
        if line.strip():
            for start, end in _line(line):
                stripped = line[start:end].strip()
                if stripped:
                    at = offset + line.index(stripped, start)
                    spans.append(Span(at, at + len(stripped), stripped))
        offset += len(line) + 1
    return tuple(spans)


def _line(line: str) -> list[tuple[int, int]]:
    """Return the offsets of one line's sentences."""
    if not _MAY_SPLIT.search(line):
        return [(0, len(line))]
    ends = [*_ends(line), *(m.start() for m in _MORE_ENDS.finditer(line))]
    cuts = sorted({end for end in ends if 0 < end < len(line)})
    return list(zip([0, *cuts], [*cuts, len(line)], strict=True))


def _ends(line: str) -> list[int]:
    """Return where underthesea ends a sentence inside `line`, less its faults."""
    urls = [m.span() for m in _URL.finditer(line)] if "://" in line or "www." in line else []
    ends: list[int] = []
    at = sentence = 0
    for piece in _tokenizer()(line):
        start = line.find(piece, at)
        if start < 0:  # the splitter rewrote its input: what follows stays one sentence
            break
        if start > sentence and not _goes_on(line, sentence, at, start) and not any(a < start < b for a, b in urls):
            ends.append(at)
            sentence = start
        at = start + len(piece)
    return ends


def _goes_on(line: str, sentence: int, end: int, start: int) -> bool:
    """Tell whether the sentence from `sentence` to `end` goes on at `start`."""
    after = line[start]
    if _CLOSING.match(after) or after.islower():
        return True
    if after in "\"'" and line.count(after, sentence, start) % 2:
        return True
    if _NO_BREAK_AFTER.search(line, max(sentence, end - 8), end) or _MARKER.fullmatch(line, sentence, end):
        return True
    return bool(_INITIALS.search(line, max(sentence, end - 4), end) and _INITIALS_GO_ON.match(line, start))
