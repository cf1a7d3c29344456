"""A page read by the selectors of its source."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from miner.pages.blocks import lines_of
from miner.pages.captions import take_captions
from miner.pages.find import Finder
from miner.pages.head import UPDATED, find_title, stamp_of, text_of
from miner.pages.page import Page, Stamp
from miner.pages.raw import Raw
from miner.sources import Selectors

_ONCE = ("lead", "author", "origin", "tags")
"""Fields whose elements, where they stand inside the body, are no part of it."""


def select(finder: Finder, sets: Sequence[Selectors], published: Stamp, fetched: datetime | None) -> Page | None:
    """Return the page as `sets` find it, or None where they find no text; `published` is what its head says."""
    for path in _paths(sets, "drop"):
        for node in finder.all(path):
            if not isinstance(node, str) and node.getparent() is not None:
                node.drop_tree()
    body = next(iter(finder.elements(_paths(sets, "body"))), None)
    if body is None:
        return None
    found = {field: finder.first(_paths(sets, field)) for field in ("title", "section", *_ONCE)}
    said = {field: [text for node in nodes if (text := text_of(node))] for field, nodes in found.items()}
    own = stamp_of(finder, _paths(sets, "date"), fetched)
    named = [node for path in _paths(sets, "caption") for node in finder.all(path, body) if not isinstance(node, str)]
    captions = take_captions(body, named)
    for node in (node for field in _ONCE for node in found[field][: None if field == "tags" else 1]):
        if not isinstance(node, str) and node is not body and body in node.iterancestors():
            node.drop_tree()
    page = Raw(
        method="selectors",
        published=own if own.value is not None or (published.value is None and own.evidence) else published,
        updated=stamp_of(finder, [*_paths(sets, "updated"), *UPDATED], fetched),
        title=next(iter(said["title"]), "") or find_title(finder),
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
