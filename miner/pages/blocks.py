"""An element to its lines: inline tags are joined with nothing, block tags break the line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "br", "caption", "center", "dd", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav",
    "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
))  # fmt: skip
_CELLS = frozenset(("td", "th"))
_BETWEEN = " | "
"""Between the cells of a table's row, which stay on one line where they hold no blocks of their own."""
_UNSEEN = frozenset((
    "script", "style", "noscript", "template", "iframe", "object", "svg", "head", "select", "textarea", "button",
    "video", "audio",
))  # fmt: skip
# White space, but what is a byte of a letter where UTF-8 was read as single bytes (ễ ends in 85, à and Ạ in A0): that
# is mended only later.
_SPACE = re.compile(r"(?:[^\S\x85\xa0]|(?<![ÂÃÆº»])\xa0)+")
# Around the words of a link while lines are put together; no text has them.
_OPEN, _CLOSE = "\ue000", "\ue001"
_LINKED = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
_MARKS = {ord(_OPEN): None, ord(_CLOSE): None}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page: its text, white space folded, and whether most of it is a link."""

    text: str
    linked: bool = False


def lines_of(element: Any) -> list[Line]:
    """Return the lines below `element`, empty ones left out; depth does not matter."""
    pieces: list[str] = []
    add = pieces.append
    links = 0
    # A stack instead of recursion: pages nest thousands deep. A string is a tail, None ends a link or block.
    stack: list[Any] = [element]
    push = stack.append
    root = True
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            add(f"{_OPEN}{node}{_CLOSE}" if links and node.strip() else node)
            continue
        if node is None:
            add("\n")
            continue
        if node is _LINK_ENDS:
            links -= 1
            continue
        tag, tail = node.tag, None if root else node.tail
        root = False
        if tail:
            push(tail.replace("\n", " "))
        if not isinstance(tag, str) or tag in _UNSEEN:
            continue
        if tag in _CELLS and not any(child.tag in _BLOCKS for child in node):
            if node.getprevious() is not None:
                add(_BETWEEN)
        elif tag in _BLOCKS:
            add("\n")
            push(None)
        elif tag == "a":
            links += 1
            push(_LINK_ENDS)
        text = node.text
        children = node[::-1]
        if children:
            stack.extend(children)
        if text:
            push(text.replace("\n", " "))
    found = []
    for raw in "".join(pieces).split("\n"):
        if _OPEN in raw:
            share = sum(map(len, _LINKED.findall(raw)))
            text = one_line(raw.translate(_MARKS)).strip(" |")
            if text:
                found.append(Line(text, share * 2 > len(text)))
        elif text := one_line(raw).strip(" |"):
            found.append(Line(text))
    return found


_LINK_ENDS = object()


def texts_of(element: Any) -> list[str]:
    """Return the texts of the lines below `element`."""
    return [line.text for line in lines_of(element)]


def one_line(text: str) -> str:
    """Return `text` with each run of white space (no-break spaces too) as one space."""
    # By far the cheaper way, where none of the two stands there.
    return _SPACE.sub(" ", text).strip(" ") if "\xa0" in text or "\x85" in text else " ".join(text.split())
