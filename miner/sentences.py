"""Sentences by underthesea, line by line, with the faults mended that PEERS.md lists."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from miner.records import Span
from miner.text import UPPER

# underthesea breaks after these and after a quoted question; it does not break after an initial (`A. Bà B.`).
_NO_BREAK_AFTER = re.compile(
    r"(?:\b(?:GS|TS|PGS|ThS|BS|CN|KS|Th\.S|NSND|NSƯT|LS|TP|Tp|tp|TX|TT|Q|P|H|St|Mr|Dr|Đ/c|đ/c|No|vs|tr|TW)\.|\d\.)$"
)
_OPEN_NEXT = re.compile(r"[\"”’')\]»]")
_INITIAL = re.compile(
    rf"(?<=\s[{UPPER}]\.)\s+(?=(?:Ông|Bà|Anh|Chị|Em|Cô|Chú|Bác|Theo|Tại|Ngày|Hiện|Trong|Sau|Khi|Đây|Đến)\s)"
)
_URL = re.compile(r"(?:https?://|www\.)\S+")


@cache
def _tokenizer() -> Any:
    from underthesea.pipeline.sent_tokenize import sent_tokenize

    return sent_tokenize


def split_sentences(text: str) -> tuple[Span, ...]:
    """Return the sentences of `text` in order; a newline always ends one, and white space belongs to none."""
    out: list[Span] = []
    offset = 0
    for line in text.split("\n"):
        if line.strip():
            out += _split_line(text, line, offset)
        offset += len(line) + 1
    return tuple(out)


def _split_line(text: str, line: str, offset: int) -> list[Span]:
    pieces = [line] if "." not in line and "?" not in line and "!" not in line else _tokenizer()(line)
    urls = [m.span() for m in _URL.finditer(line)] if "://" in line or "www." in line else []
    cuts: list[tuple[int, int]] = []
    at = 0
    for piece in pieces:
        start = line.find(piece, at)
        if start < 0:  # the splitter changed the text: keep the rest of the line whole
            cuts.append((at, len(line)))
            break
        end = start + len(piece)
        glued = cuts and (
            _OPEN_NEXT.match(piece)
            or _NO_BREAK_AFTER.search(line, cuts[-1][0], cuts[-1][1])
            or any(a < start < b for a, b in urls)
            or (piece[0].islower() and line[cuts[-1][1] - 1] == ".")
        )
        if glued:
            cuts[-1] = (cuts[-1][0], end)
        else:
            cuts.append((start, end))
        at = end
    out = []
    for a, b in cuts:
        last = a
        for m in _INITIAL.finditer(line, a, b):
            out.append((last, m.start()))
            last = m.end()
        out.append((last, b))
    spans = []
    for a, b in out:
        while a < b and line[a].isspace():
            a += 1
        while b > a and line[b - 1].isspace():
            b -= 1
        if a < b:
            spans.append(Span(offset + a, offset + b, text[offset + a : offset + b]))
    return spans
