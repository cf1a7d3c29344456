"""One page to its parts: by selectors first, else by itself; then line rules on either's text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from lxml import etree, html

from miner.errors import InputError
from miner.pages.detect import detect
from miner.pages.find import Finder
from miner.pages.head import find_published, find_site, find_url
from miner.pages.page import Page
from miner.pages.selected import select
from miner.pages.systems import find_system
from miner.sources import Selectors, SourceSpec, known_source, preset_selectors

MAX_CHARACTERS = 16 << 20
"""Longest page that is parsed; pictures inside the page (data URIs) are cut before that."""
_DATA_URI = re.compile(r"data:[a-z]+/[a-z0-9.+-]{1,40};base64,[A-Za-z0-9+/=\s]{200,}", re.I)
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
    tree = _tree(text, where)
    finder = Finder(text, tree)
    address = find_url(finder) or url
    source = source or known_source(address)
    published = find_published(finder, fetched)
    sets = _sets(text, source, published.value.date() if published.value else None, presets)
    page = select(finder, sets, published, fetched) if any("body" in one.paths for one in sets) else None
    if page is None:
        page = detect(finder, where, published, fetched)
    site, province = (source.title, source.province or None) if source else (find_site(finder), None)
    return replace(page, url=address, site=site, province_code=province)


def _prepared(text: str, where: str) -> str:
    if "base64," in text:
        text = _DATA_URI.sub("", text)
    # A declaration of another charset would be obeyed, though the page is text by now.
    if declaration := _DECLARATION.match(text):
        text = text[declaration.end() :]
    if len(text) > MAX_CHARACTERS:
        raise InputError(where, f"has {len(text):,} characters; a page may have {MAX_CHARACTERS:,}")
    return text.replace("\0", " ")


def _tree(text: str, where: str) -> Any:
    # huge_tree stays off: libxml2 then bounds depth and text nodes by itself.
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise InputError(where, f"is no HTML page: {str(error)[:200]}") from None
    return tree


def _sets(text: str, source: SourceSpec | None, day: date | None, presets: bool) -> Sequence[Selectors]:
    """Return the selectors that hold for a page of `day`; its system's where its source has none for a body."""
    sets = [one for one in source.selectors if one.valid(day)] if source else []
    told = source is not None and any("body" in one.paths for one in source.selectors)
    if not told and presets and (system := find_system(text)) is not None:
        sets.extend(preset_selectors(system))
    return sets
