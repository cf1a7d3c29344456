"""A page read by itself: trafilatura says where the text is, and the page's own lines there make the report.

trafilatura alone drops leads and single paragraphs of such pages, and keeps what stands between them; so its answer
is taken as a stretch of the page's lines, in which whole sentences that are no links count as the report's own.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from miner.errors import InputError
from miner.pages.blocks import Line, lines_of, one_line
from miner.pages.captions import take_captions
from miner.pages.find import Finder
from miner.pages.head import Head, text_of
from miner.pages.lines import fold_line, is_item, is_name, is_own, label_of, words
from miner.pages.page import Page, Stamp
from miner.pages.raw import Raw
from miner.pages.when import read_stamp

_SECTION = ("//meta[@property='article:section']/@content", "//*[contains(@class,'breadcrumb')]//a")
_TAGS = ("//a[@rel='tag']", "//meta[@property='article:tag']/@content")
_TITLED = "//*[contains(@class,'title') or contains(@class,'Title') or contains(@class,'tieu')]"
_NOT_ASCII = re.compile("[^0-9A-Za-z]+")
_HIDDEN = (
    "//*[contains(concat(' ',@class,' '),' hidden ') or contains(concat(' ',@class,' '),' d-none ')]",
    "//*[@style[contains(translate(.,' ',''),'display:none')]]",
)
_MOST = 0.6
"""Share of what trafilatura found that must stand among the page's lines, for them to be taken instead."""
_HUGE = 1500
_LEAD = 60
"""Characters that a lead has at least."""
_ABOVE, _BELOW = 4, 8
"""Lines above and below the title in which the time of publication may be shown."""
_DATED = 80
"""Longest line that shows a time and not a report."""
_GAP = 5
"""Most lines between two of the report's, from which on what lies between is none of its."""
_CLOSE = 12
"""Most lines between a title and its text."""
# Not ours: they warn of each page without text, and we raise an error that says so.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)


def detect(finder: Finder, head: Head, where: str) -> Page:
    """Return the page as it can be read without selectors; raises InputError where there is no text."""
    from trafilatura import bare_extraction

    tree, fetched, published = finder.tree, head.fetched, head.published
    section = [text for node in finder.first(_SECTION) if (text := text_of(node))]
    tags = [text for node in finder.first(_TAGS) if (text := text_of(node))]
    titled = [text for node in finder.all(_TITLED) if (text := text_of(node)) and len(text) < 300]
    given = head.title
    for path in _HIDDEN:
        for node in finder.all(path):
            if node.getparent() is not None:
                node.drop_tree()
    captions = take_captions(tree)
    lines = lines_of(tree)
    # Its second opinions (readability, jusText) cost the square of a page's tables.
    huge = sum(1 for _ in tree.iter("table", "div")) > _HUGE
    settings: dict[str, Any] = {"original_date": True, "extensive_search": False}
    if fetched is not None:
        settings["max_date"] = fetched.strftime("%Y-%m-%d")
    found: Any = bare_extraction(
        tree,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        date_extraction_params=settings,
        fast=huge,
    )
    if found is None or not (found.text or "").strip():
        raise InputError(where, "no main text was found in the page")
    extracted = [line for raw in str(found.text).split("\n") if (line := _plain(raw))]
    second = one_line(str(found.title or ""))
    first, body = _own_lines(lines, extracted, (given, second))
    title = _title(lines[:first], given, second, titled)
    start = _last_of(lines[:first], title)
    between = lines[start + 1 : first] if start is not None and first - start <= _CLOSE else []
    lead = next((line.text for line in between if is_own(line, _LEAD)), "")
    if published.value is None:
        published = _shown(lines, start if start is not None else first, published, fetched)
    if published.value is None and found.date:
        published = read_stamp(str(found.date), fetched)
    named = one_line(str(found.author or ""))
    bylines = [said for line in between if (said := label_of(line.text, "author"))]
    author = next(iter(bylines), named if is_name(named) else "")
    page = Raw(
        method="autodetection",
        published=published,
        updated=head.updated,
        title=title,
        lead=lead,
        body=body,
        captions=captions,
        author="",
        section=next(reversed(section), ""),
        tags=tags,
    ).finish(author=author)
    if not page.body:
        raise InputError(where, "no main text was found in the page")
    return page


def _plain(line: str) -> str:
    """Return a line of trafilatura's as the page has it: its marks of lists and cells are taken off."""
    return one_line(line).removeprefix("- ").strip("| ")


def _same(line: str) -> str:
    """Return what a line and trafilatura's copy of it share: it drops some characters, and rewrites others."""
    return _NOT_ASCII.sub("", line) or line


def _own_lines(lines: Sequence[Line], extracted: Sequence[str], titles: Sequence[str]) -> tuple[int, list[Line]]:
    """Return where the report's lines begin among the page's, and those lines.

    Where the page's lines hold too little of what was extracted, that itself is returned, as beginning at 0.
    """
    wanted = {_same(text) for text in extracted}
    places = [number for number, line in enumerate(lines) if _same(line.text) in wanted]
    held = {_same(lines[number].text) for number in places}
    size = sum(map(len, wanted))
    if not places or sum(map(len, held)) < _MOST * size:
        return 0, [Line(text) for text in extracted]
    runs = _runs(lines, places)
    first = runs[0][0]
    for title in titles:
        if (shown := _first_of(lines[: runs[-1][1]], title)) is not None and shown >= first:
            first = shown + 1
    last = runs[-1][1]
    while last + 1 < len(lines) and is_own(lines[last + 1]):
        last += 1
    runs[-1] = (runs[-1][0], last)
    kept = []
    for start, end in runs:
        for number in range(max(start, first), end + 1):
            line = lines[number]
            folded = fold_line(line.text)
            other = folded in words("related") or folded in words("ends")
            heads = not line.linked and number < end and _is_own(lines[number + 1])
            if other or heads or _is_own(line) or is_item(line) or _same(line.text) in wanted:
                kept.append(line)
    # What follows tells `clean_lines` where the report ends: a sign-off, the origin.
    for line in lines[last + 1 : last + 3]:
        if line.linked or not (is_name(line.text) or label_of(line.text, "origin") or label_of(line.text, "author")):
            break
        kept.append(line)
    return first, kept


def _is_own(line: Line) -> bool:
    """Return whether a line among the report's can only be its own: a sentence, or a row of a table."""
    return is_own(line, _LEAD) or (" | " in line.text and not line.linked)


def _runs(lines: Sequence[Line], places: Sequence[int]) -> list[tuple[int, int]]:
    """Return the stretches that `places` lie close together in, first and last of each.

    Stretches without a sentence are left out (a title that a menu repeats, a list of links), if others have some.
    """
    runs: list[list[int]] = [[places[0]]]
    for number in places[1:]:
        if number - runs[-1][-1] > _GAP:
            runs.append([number])
        else:
            runs[-1].append(number)
    told = [run for run in runs if any(_is_own(lines[number]) for number in run)] or runs
    return [(run[0], run[-1]) for run in told]


def _title(above: Sequence[Line], given: str, extracted: str, titled: Sequence[str]) -> str:
    """Return the title: what the page gives itself, if it is shown above the text, else what is shown as a title."""
    shown = {fold_line(line.text) for line in above[-_CLOSE:]}
    for title in (given, extracted):
        if title and fold_line(title) in shown:
            return title
    for line in reversed(above[-_CLOSE:]):
        folded = fold_line(line.text)
        # The head of the page names title and site together: `Title - Site`.
        if len(line.text) >= 15 and (folded in fold_line(given) or line.text in titled):
            return line.text
    return given or extracted


def _first_of(lines: Sequence[Line], title: str) -> int | None:
    folded = fold_line(title)
    return next((number for number, line in enumerate(lines) if fold_line(line.text) == folded), None)


def _last_of(lines: Sequence[Line], title: str) -> int | None:
    folded = fold_line(title)
    return next((number for number in reversed(range(len(lines))) if fold_line(lines[number].text) == folded), None)


def _shown(lines: Sequence[Line], title: int, stated: Stamp, fetched: datetime | None) -> Stamp:
    """Return the time that is shown below the title, else just above it, else anywhere after a label that says so."""
    near = [*lines[title + 1 : title + 1 + _BELOW], *reversed(lines[max(0, title - _ABOVE) : title])]
    labelled = [line for line in lines if label_of(line.text, "date")]
    for line in (*near, *labelled):
        if len(line.text) <= _DATED and not line.linked:
            stamp = read_stamp(line.text, fetched)
            if stamp.evidence:
                return stamp
    return stated
