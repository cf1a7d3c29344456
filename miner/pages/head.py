"""What a page says of its report in its head and around the text: title, times, address, site."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from miner.pages.blocks import one_line, texts_of
from miner.pages.find import Finder
from miner.pages.page import Stamp
from miner.pages.when import read_stamp

PUBLISHED = (
    "//meta[@property='article:published_time']/@content",
    "//meta[@itemprop='datePublished']/@content",
    "//*[@itemprop='datePublished']/@datetime",
    "//*[@itemprop='datePublished']/@content",
    "//*[@itemprop='datePublished']",
    "//meta[@name='pubdate' or @name='publishdate' or @name='date' or @name='DC.date.issued']/@content",
)
TIMES = ("//time/@datetime", "//time")
UPDATED = ("//meta[@property='article:modified_time']/@content", "//*[@itemprop='dateModified']/@content")
_CANONICAL = ("//link[@rel='canonical']/@href", "//meta[@property='og:url']/@content")
_SITE = ("//meta[@property='og:site_name']/@content",)
_TITLE = ("//meta[@property='og:title']/@content", "//h1", "//title")
_LINKED_DATA = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
_STAMPED = 400
"""Characters of a text that are looked at for a time."""
_TRIED = 3


def text_of(node: Any) -> str:
    """Return what a selector found as one line."""
    return one_line(node) if isinstance(node, str) else " ".join(texts_of(node))


def stamp_of(finder: Finder, paths: Iterable[str], fetched: datetime | None) -> Stamp:
    """Return the first time that what `paths` find says; without one, why not."""
    missing = Stamp(None, "", "missing")
    for path in paths:
        for node in finder.all(path)[:_TRIED]:
            stamp = read_stamp(text_of(node)[:_STAMPED], fetched)
            if stamp.value is not None:
                return stamp
            if missing.problem == "missing" and stamp.evidence:
                missing = stamp
    return missing


def find_published(finder: Finder, fetched: datetime | None) -> Stamp:
    """Return the time of publication that the page states for machines: meta, microdata, JSON-LD, `time`."""
    stamp = stamp_of(finder, PUBLISHED, fetched)
    if stamp.value is None and (
        said := _LINKED_DATA.search(finder.source) if "datePublished" in finder.source else None
    ):
        stamp = read_stamp(said[1], fetched)
    if stamp.value is None and "<time" in finder.source:
        shown = stamp_of(finder, TIMES, fetched)
        stamp = shown if shown.value is not None or stamp.problem == "missing" else stamp
    return stamp


def find_title(finder: Finder) -> str:
    """Return the title that the page gives itself."""
    return next((text for node in finder.first(_TITLE) if (text := text_of(node))), "")


def find_url(finder: Finder) -> str:
    """Return the page's own address, where it names one."""
    return next((text for node in finder.first(_CANONICAL) if (text := text_of(node))), "")


def find_site(finder: Finder) -> str:
    """Return what the page calls its site, or an empty string."""
    return next((text for node in finder.first(_SITE) if (text := text_of(node))), "")
