"""A page read by the selectors of its source."""

from __future__ import annotations

from collections.abc import Sequence

from miner.pages.blocks import lines_of
from miner.pages.captions import take_captions
from miner.pages.find import Finder
from miner.pages.head import Head, stamp_of, text_of
from miner.pages.page import Page
from miner.pages.raw import Raw
from miner.sources import Selectors

_ONCE = ("lead", "author", "origin", "tags")
"""Fields whose elements, where they stand inside the body, are no part of it."""


def select(finder: Finder, head: Head, sets: Sequence[Selectors]) -> Page | None:
    """Return the page as `sets` find it, or None where they find no text; `head` fills in what they do not find."""
    for path in _paths(sets, "drop"):
        for node in finder.all(path):
            if not isinstance(node, str) and node.getparent() is not None:
                node.drop_tree()
    body = next(iter(finder.elements(_paths(sets, "body"))), None)
    if body is None:
        return None
    found = {field: finder.first(_paths(sets, field)) for field in ("title", "section", *_ONCE)}
    said = {field: [text for node in nodes if (text := text_of(node))] for field, nodes in found.items()}
    updated = stamp_of(finder, _paths(sets, "updated"), head.fetched)
    own = stamp_of(finder, _paths(sets, "date"), head.fetched)
    if own.value is None and (head.published.value is not None or not own.evidence):
        own = head.published
    named = [node for path in _paths(sets, "caption") for node in finder.all(path, body) if not isinstance(node, str)]
    captions = take_captions(body, named)
    for node in (node for field in _ONCE for node in found[field][: None if field == "tags" else 1]):
        if not isinstance(node, str) and node is not body and body in node.iterancestors():
            node.drop_tree()
    page = Raw(
        method="selectors",
        published=own,
        updated=updated if updated.value is not None else head.updated,
        title=next(iter(said["title"]), "") or head.title,
        lead=next(iter(said["lead"]), ""),
        body=lines_of(body),
        captions=captions,
        author=next(iter(said["author"]), ""),
        origin=next(iter(said["origin"]), ""),
        section=next(reversed(said["section"]), ""),
        tags=said["tags"],
    ).finish()
    return page if page.body or page.lead else None


def _paths(sets: Sequence[Selectors], field: str) -> list[str]:
    return [path for one in sets for path in one.paths.get(field, ())]
