"""One page to its parts: the source's selectors first, trafilatura after that, then line rules on either's text."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from lxml import etree, html

from miner.errors import InputError
from miner.pages.blocks import one_line, paragraphs
from miner.pages.lines import clean_lines
from miner.pages.page import Page, Removed, Stamp
from miner.pages.when import read_stamp
from miner.sources import Selectors, SourceSpec
from miner.text import key, nfc, repair

MAX_CHARACTERS = 16 << 20
"""Longest page that is parsed; pictures inside the page (data URIs) are cut before that."""
_DATA_URI = re.compile(r"data:[a-z]+/[a-z0-9.+-]{1,40};base64,[A-Za-z0-9+/=\s]{200,}", re.I)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_PUBLISHED = (
    "//meta[@property='article:published_time']/@content",
    "//meta[@itemprop='datePublished']/@content",
    "//*[@itemprop='datePublished']/@datetime",
    "//*[@itemprop='datePublished']",
    "//time/@datetime",
    "//time",
)
_UPDATED = ("//meta[@property='article:modified_time']/@content", "//*[@itemprop='dateModified']/@content")
_CANONICAL = ("//link[@rel='canonical']/@href", "//meta[@property='og:url']/@content")
# Not ours: it warns of each page without text, and we raise an error that says so.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)


def read_page(
    text: str, where: str, *, source: SourceSpec | None = None, url: str = "", fetched: datetime | None = None
) -> Page:
    """Return the parts of the HTML page in `text`, read as `source` says, or by itself without one.

    `fetched` bounds the dates (see `read_stamp`); a page without a date keeps none. Raises InputError where `text` is
    no page, is too large, or holds no body.
    """
    text = _DECLARATION.sub("", _DATA_URI.sub("", text)).replace("\0", " ")
    if len(text) > MAX_CHARACTERS:
        raise InputError(where, f"has {len(text):,} characters; a page may have {MAX_CHARACTERS:,}")
    tree = _tree(text, where)
    published = _stamp(tree, _PUBLISHED, fetched)
    sets = [s for s in source.selectors if s.valid(_day(published))] if source else []
    page = _selected(tree, sets, published, fetched) if sets else None
    if page is None:
        page = _extracted(text, tree, where, published)
    canonical = next(iter(_strings(tree, _CANONICAL)), "")
    return replace(page, url=canonical or url, province_code=source.province if source else None)


def _tree(text: str, where: str) -> Any:
    # huge_tree stays off: libxml2 then bounds depth and text nodes by itself.
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise InputError(where, f"is no HTML page: {str(error)[:200]}") from None
    return tree


def _day(stamp: Stamp) -> Any:
    return stamp.value.date() if stamp.value else None


def _find(tree: Any, paths: Iterable[str]) -> list[Any]:
    """Return what the first of `paths` that finds something finds."""
    for path in paths:
        found = tree.xpath(path)
        if isinstance(found, list) and (found := [f for f in found if not isinstance(f, str) or f.strip()]):
            return found
    return []


def _strings(tree: Any, paths: Iterable[str]) -> list[str]:
    found = []
    for node in _find(tree, paths):
        words = nfc(repair(str(node))) if isinstance(node, str) else " ".join(paragraphs(node))
        if line := one_line(words):
            found.append(line)
    return found


def _stamp(tree: Any, paths: Iterable[str], fetched: datetime | None) -> Stamp:
    first = Stamp(None, "", "missing")
    for path in paths:
        for line in _strings(tree, (path,))[:3]:
            stamp = read_stamp(line[:400], fetched)
            if stamp.value is not None:
                return stamp
            if first.problem == "missing" and stamp.evidence:
                first = stamp
    return first


def _paths(sets: Sequence[Selectors], field: str) -> list[str]:
    return [path for one in sets for path in one.paths.get(field, ())]


def _selected(tree: Any, sets: Sequence[Selectors], published: Stamp, fetched: datetime | None) -> Page | None:
    """Return the page by selectors, or None where they find no body."""
    for path in _paths(sets, "drop"):
        for node in _nodes(tree, [path]):
            if node.getparent() is not None:
                node.drop_tree()
    bodies = _nodes(tree, _paths(sets, "body"))[:1]
    if not bodies:
        return None
    lead = "\n".join(_strings(tree, _paths(sets, "lead"))[:1])
    captions, removed = [], []
    for path in (*_paths(sets, "caption"), ".//figcaption"):
        for node in bodies[0].xpath(path):
            if isinstance(node, str) or node.getparent() is None:
                continue
            captions.extend(paragraphs(node))
            node.drop_tree()
    lead_nodes = _nodes(bodies[0], [f".{p}" if p.startswith("/") else p for p in _paths(sets, "lead")])
    for node in lead_nodes[:1]:
        if node is not bodies[0] and node.getparent() is not None:
            node.drop_tree()
    title = next(iter(_strings(tree, _paths(sets, "title"))), "") or _title(tree)
    lines = paragraphs(bodies[0])
    centred, lines = _centred_captions(bodies[0], lines)
    cleaned = clean_lines(lines, title)
    if not cleaned.body and not lead:
        return None
    removed = [Removed(c, "caption") for c in (*captions, *centred)]
    own = _stamp(tree, _paths(sets, "date"), fetched)
    updated = _stamp(tree, [*_paths(sets, "updated"), *_UPDATED], fetched)
    author = next(iter(_strings(tree, _paths(sets, "author"))), "")
    return Page(
        title=title,
        lead="" if key(lead) == key(title) else lead,
        body=cleaned.body,
        method="selectors",
        published=own if own.value is not None or (published.value is None and own.evidence) else published,
        updated=updated,
        captions=(*captions, *centred, *cleaned.captions),
        author=_byline(author) or cleaned.author,
        origin=next(iter(_strings(tree, _paths(sets, "origin"))), "") or cleaned.origin,
        section=next(iter(reversed(_strings(tree, _paths(sets, "section")))), ""),
        tags=tuple(dict.fromkeys(_strings(tree, _paths(sets, "tags")))),
        removed=(*removed, *cleaned.removed),
    )


def _nodes(tree: Any, paths: Sequence[str]) -> list[Any]:
    return [node for node in _find(tree, paths) if not isinstance(node, str)]


_CENTRED = (
    ".//p[.//img]/following-sibling::*[1][self::p or self::div]"
    "[contains(translate(@style,' ','') ,'text-align:center') or @align='center']"
)


def _centred_captions(body: Any, lines: list[str]) -> tuple[list[str], list[str]]:
    """Return captions that stand centred right after a picture, and the lines without them."""
    captions: list[str] = []
    for node in body.xpath(_CENTRED):
        captions.extend(paragraphs(node))
    left = list(captions)
    kept = []
    for line in lines:
        if line in left:
            left.remove(line)
        else:
            kept.append(line)
    return captions, kept


def _byline(author: str) -> str:
    return re.sub(r"^(?:tác giả(?: bài viết)?|bài và ảnh|tin, ảnh)\s*:\s*", "", author, flags=re.I)


def _title(tree: Any) -> str:
    found = _strings(tree, ("//meta[@property='og:title']/@content",)) or _strings(tree, ("//h1",))
    return found[0] if found else next(iter(_strings(tree, ("//title",))), "")


def _extracted(text: str, tree: Any, where: str, published: Stamp) -> Page:
    """Return the page as trafilatura finds it, its lines cleaned; raises InputError where there is no text."""
    from trafilatura import bare_extraction

    captions: list[str] = []
    for node in (*_nodes(tree, ["//figcaption"]), *_nodes(tree, [_CENTRED])):
        captions.extend(paragraphs(node))
        node.drop_tree()
    if captions:
        text = html.tostring(tree, encoding="unicode")
    found: Any = bare_extraction(text, include_comments=False, include_tables=True, with_metadata=True)
    if found is None or not (found.text or "").strip():
        raise InputError(where, "no main text was found in the page")
    title = one_line(nfc(repair(str(found.title or "")))) or _title(tree)
    lines = [line for raw in nfc(repair(str(found.text))).split("\n") if (line := one_line(raw))]
    cleaned = clean_lines(lines, title)
    if not cleaned.body:
        raise InputError(where, "no main text was found in the page")
    return Page(
        title=title,
        body=cleaned.body,
        method="trafilatura",
        published=published,
        updated=_stamp(tree, _UPDATED, None),
        captions=(*captions, *cleaned.captions),
        author=cleaned.author or one_line(nfc(str(found.author or ""))),
        origin=cleaned.origin,
        removed=(*(Removed(caption, "caption") for caption in captions), *cleaned.removed),
    )
