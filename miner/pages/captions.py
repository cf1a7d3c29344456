"""Captions that no selector names: `figcaption`, and what stands centred or in a cell of its own below a picture."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from miner.pages.blocks import texts_of

_CENTRED = re.compile(r"text-align\s*:\s*center", re.I)
_LONGEST = 300
_CAPTION_CLASS = re.compile(r"caption|image-?desc|imgtitle|photo-?note|chuthich|chu-thich", re.I)
_PARAGRAPHS = frozenset(("p", "div", "h6", "h5", "h4", "h3", "h2", "center", "em"))
_INLINE = frozenset(("span", "a", "strong", "em", "b", "i", "font"))
_DEPTH, _FRAMED = 8, 3
"""How many elements may stand one in the other around a picture, and how many in each."""
_NEAR = 4
"""Siblings after a picture, empty ones included, among which its caption is."""
_AFTER = 3
"""Paragraphs below a picture that may be its caption: one may be parted in two."""


def take_captions(body: Any, more: Iterable[Any] = ()) -> list[str]:
    """Take the captions out of `body` (and the elements `more` that a selector found), and return their lines."""
    found = [*more, *body.iter("figcaption")]
    for picture in list(body.iter("img")):
        found.extend(_below(picture, body))
    lines: list[str] = []
    for node in dict.fromkeys(found):
        if node is body or node.getparent() is None or not _is_below(node, body):
            continue
        texts = texts_of(node)
        if sum(map(len, texts)) <= _LONGEST or node.tag == "figcaption":
            lines.extend(texts)
            node.drop_tree()
    return lines


def _is_below(node: Any, body: Any) -> bool:
    return any(ancestor is body for ancestor in node.iterancestors())


def _below(picture: Any, body: Any) -> Iterator[Any]:
    """Yield the elements that say what `picture` shows."""
    holder = picture
    for _ in range(_DEPTH):
        parent = holder.getparent()
        if holder is body or parent is None or parent is body:
            break
        if parent.tag in ("td", "th"):
            yield from _next_row(parent)
            return
        # What holds more than the picture is no frame of it.
        if len(parent) > _FRAMED or (parent.tag not in _INLINE and _has_words(parent)):
            break
        holder = parent
    for _ in range(_AFTER):
        holder = _next_filled(holder)
        if holder is None or holder.tag not in _PARAGRAPHS or not (_is_centred(holder) or _is_named(holder)):
            return
        yield holder


def _has_words(node: Any) -> bool:
    return any(text.strip() for text in node.itertext())


def _next_filled(node: Any) -> Any:
    """Return the next sibling that holds words, if it is near, and no picture or bare words stand between."""
    for _ in range(_NEAR):
        if node.tail and node.tail.strip():
            return None
        node = node.getnext()
        if node is None or node.tag == "img" or node.find(".//img") is not None:
            return None
        if _has_words(node):
            return node
    return None


def _next_row(cell: Any) -> Iterator[Any]:
    """Yield the row below a picture's, where it is a single cell and the table holds nothing else."""
    row = cell.getparent()
    table = next(cell.iterancestors("table"), None)
    if row is None or table is None or row.tag != "tr":
        return
    below = row.getnext()
    if below is not None and below.tag == "tr" and len(below) == 1 and len(list(table.iter("tr"))) <= 3:
        yield below


def _is_centred(node: Any) -> bool:
    if node.get("align", "").lower() == "center" or _CENTRED.search(node.get("style", "")):
        return True
    # Centred, or set apart in italics as a whole.
    inner = node[0] if len(node) == 1 and not (node.text or "").strip() and not (node[0].tail or "").strip() else None
    return inner is not None and (inner.tag == "center" or (inner.tag in ("em", "i")))


def _is_named(node: Any) -> bool:
    return _CAPTION_CLASS.search(node.get("class", "")) is not None
