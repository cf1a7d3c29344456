"""What a page says of its report in its head and around the text: title, times, address, site."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any

from miner.pages.blocks import one_line, texts_of
from miner.pages.find import Finder
from miner.pages.page import Stamp
from miner.pages.when import read_stamp

_PUBLISHED = (
    "article:published_time", "datePublished", "pubdate", "publishdate", "date", "DC.date.issued",
)  # fmt: skip
"""Names that `meta` states the time of publication under."""
_TIMES = ("//time/@datetime", "//time")
_STATED = "//*[@itemprop='{}']"
_LINKED_DATA = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
_STAMPED = 400
"""Characters of a text that are looked at for a time."""
_TRIED = 3
MISSING = Stamp(None, "", "missing")


def text_of(node: Any) -> str:
    """Return what a selector found as one line."""
    return one_line(node) if isinstance(node, str) else " ".join(texts_of(node))


def stamp_of(finder: Finder, paths: Iterable[str], fetched: datetime | None) -> Stamp:
    """Return the first time that what `paths` find says; without one, why not."""
    found = MISSING
    for path in paths:
        for node in finder.all(path)[:_TRIED]:
            found = _better(found, read_stamp(text_of(node)[:_STAMPED], fetched))
            if found.value is not None:
                return found
    return found


class Head:
    """What the `meta` and `link` elements of a page state, by their names; the first of a name counts."""

    def __init__(self, finder: Finder, fetched: datetime | None) -> None:
        self.finder = finder
        self.fetched = fetched
        self.stated: dict[str, str] = {}
        for node in finder.tree.iter("meta", "link"):
            get = node.get
            name = get("property") or get("itemprop") or get("name") or get("rel")
            if name is not None and name not in self.stated and (said := get("content") or get("href")):
                self.stated[name] = said

    @cached_property
    def published(self) -> Stamp:
        """The time of publication that is stated for machines: meta, microdata, JSON-LD, `time`."""
        fetched = self.fetched
        stamp = self._stamp(_PUBLISHED, fetched)
        if stamp.value is None and "datePublished" in self.finder.markup:
            stamp = _better(stamp, stated_stamp(self.finder, "datePublished", fetched))
            if stamp.value is None and (said := _LINKED_DATA.search(self.finder.markup)):
                stamp = _better(stamp, read_stamp(said[1], fetched))
        if stamp.value is None and "<time" in self.finder.markup:
            stamp = _better(stamp, stamp_of(self.finder, _TIMES, fetched))
        return stamp

    @cached_property
    def updated(self) -> Stamp:
        """The time of the last change that is stated for machines."""
        fetched = self.fetched
        stamp = self._stamp(("article:modified_time", "dateModified"), fetched)
        if stamp.value is None and "dateModified" in self.finder.markup:
            stamp = _better(stamp, stated_stamp(self.finder, "dateModified", fetched))
        return stamp

    def _stamp(self, names: Iterable[str], fetched: datetime | None) -> Stamp:
        found = MISSING
        for name in names:
            if name in self.stated:
                found = _better(found, read_stamp(self.stated[name], fetched))
        return found

    @property
    def title(self) -> str:
        """The title that the page gives itself."""
        if said := one_line(self.stated.get("og:title", "")):
            return said
        return next((text for node in self.finder.first(("//h1", "//title")) if (text := text_of(node))), "")

    @property
    def url(self) -> str:
        """The page's own address, or an empty string."""
        return one_line(self.stated.get("canonical") or self.stated.get("og:url", ""))

    @property
    def site(self) -> str:
        """What the page calls its site, or an empty string."""
        return one_line(self.stated.get("og:site_name", ""))


def stated_stamp(finder: Finder, property: str, fetched: datetime | None) -> Stamp:
    """Return the time that microdata of this property state."""
    found = MISSING
    for node in finder.elements((_STATED.format(property),))[:_TRIED]:
        said = node.get("datetime") or node.get("content") or text_of(node)
        found = _better(found, read_stamp(said[:_STAMPED], fetched))
    return found


def _better(one: Stamp, other: Stamp) -> Stamp:
    """Return the first that has a value, else the first that says why not."""
    if one.value is not None or other.value is not None:
        return one if one.value is not None else other
    return one if one.evidence else other
