"""An element to its paragraphs: inline tags are joined with nothing, block tags break the line."""

from __future__ import annotations

import re
from typing import Any

from miner.text import nfc, repair

_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "br", "caption", "center", "dd", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav",
    "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
))  # fmt: skip
_UNSEEN = frozenset((
    "script", "style", "noscript", "template", "iframe", "object", "svg", "head", "select", "textarea", "button",
))  # fmt: skip
_SPACE = re.compile(r"[^\S\n]+")
_SPACE_ALL = re.compile(r"\s+")


def paragraphs(element: Any) -> list[str]:
    """Return the paragraphs below `element`, white space folded, empty ones left out; depth does not matter."""
    pieces: list[str] = []
    # A stack instead of recursion: pages nest thousands deep.
    stack: list[tuple[Any, bool]] = [(element, False)]
    while stack:
        node, closing = stack.pop()
        block = node.tag in _BLOCKS
        if closing:
            if block:
                pieces.append("\n")
            if node is not element and node.tail:
                pieces.append(_SPACE_ALL.sub(" ", node.tail))
            continue
        if not isinstance(node.tag, str) or node.tag in _UNSEEN:
            if node is not element and node.tail:
                pieces.append(_SPACE_ALL.sub(" ", node.tail))
            continue
        if block:
            pieces.append("\n")
        if node.text:
            pieces.append(_SPACE_ALL.sub(" ", node.text))
        stack.append((node, True))
        stack.extend((child, False) for child in reversed(node))
    return [line for raw in nfc(repair("".join(pieces))).split("\n") if (line := one_line(raw))]


def one_line(text: str) -> str:
    """Return `text` with each run of white space (no-break spaces too) as one space."""
    return _SPACE.sub(" ", text.replace("\n", " ")).strip()
