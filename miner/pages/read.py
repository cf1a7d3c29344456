"""One page to its parts: by selectors first, else by itself; then line rules on either's text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from lxml import etree, html

from miner.errors import InputError
from miner.pages.detect import detect
from miner.pages.find import Finder
from miner.pages.head import Head
from miner.pages.page import Page
from miner.pages.selected import select
from miner.pages.systems import find_system
from miner.sources import Selectors, SourceSpec, known_source, preset_selectors

MAX_CHARACTERS = 16 << 20
"""Longest page that is parsed; pictures inside the page (data URIs) are cut before that."""
_BASE64 = ";base64,"
_DATA_URI = re.compile(r"data:[a-z]+/[a-z0-9.+-]{1,40}$", re.I)
_CODED = re.compile(r"[A-Za-z0-9+/=\s]{200,}")
_LONGEST_KIND = 60
_HEAD = 200
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")


def read_page(
    text: str,
    where: str,
    *,
    source: SourceSpec | None = None,
    url: str = "",
    fetched: datetime | None = None,
    presets: bool = True,
) -> Page:
    """Return the parts of the HTML page in `text`.

    It is read by the selectors of `source`, else of the catalogue's source at its address, else (with `presets`) of
    the content system that it tells, else by autodetection. `fetched` bounds the dates (see `read_stamp`); a page
    without a date keeps none. Raises InputError where `text` is no page, is too large, or holds no body.
    """
    text = _prepared(text, where)
    tree = parse(text, where)
    finder = Finder(text, tree)
    head = Head(finder, fetched)
    address = head.url or url
    source = source or known_source(address)
    sets = _sets(head, source, presets)
    page = select(finder, head, sets) if any("body" in one.paths for one in sets) else None
    if page is None:
        page = detect(finder, head, where)
    site, province = (source.title, source.province or None) if source else (head.site, None)
    return replace(page, url=address, site=site, province_code=province)


def _prepared(text: str, where: str) -> str:
    text = _without_pictures(text)
    # A declaration of another charset would be obeyed, though the page is text by now.
    if "<?xml" in text[:_HEAD] and (declaration := _DECLARATION.match(text)):
        text = text[declaration.end() :]
    if len(text) > MAX_CHARACTERS:
        raise InputError(where, f"has {len(text):,} characters; a page may have {MAX_CHARACTERS:,}")
    return text.replace("\0", " ")


def _without_pictures(text: str) -> str:
    """Return `text` without pictures that stand in it as data URIs: they may be many times as long as the page."""
    kept, done = [], 0
    place = text.find(_BASE64)
    while place >= 0:
        start = _DATA_URI.search(text, max(done, place - _LONGEST_KIND), place)
        coded = _CODED.match(text, place + len(_BASE64))
        if start and coded:
            kept.append(text[done : start.start()])
            done = coded.end()
        place = text.find(_BASE64, max(done, place + 1))
    return "".join((*kept, text[done:])) if kept else text


def parse(text: str, where: str) -> Any:
    """Return the tree of an HTML page; raises InputError where it is none."""
    # huge_tree stays off: libxml2 then bounds depth and text nodes by itself.
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise InputError(where, f"is no HTML page: {str(error)[:200]}") from None
    return tree


def _sets(head: Head, source: SourceSpec | None, presets: bool) -> Sequence[Selectors]:
    """Return the selectors that hold for the page's day; its system's where its source has none for a body."""
    sets = list(source.selectors) if source else []
    told = any("body" in one.paths for one in sets)
    if any(one.valid_from or one.valid_until for one in sets):
        published = head.published.value
        sets = [one for one in sets if one.valid(published.date() if published else None)]
    if not told and presets and (system := find_system(head.finder.markup)) is not None:
        sets.extend(preset_selectors(system))
    return sets
