"""One HTML page to an article: main text by trafilatura, the day by our own day-first reading, else htmldate."""

from __future__ import annotations

import logging
import re
from datetime import date, datetime
from typing import Any

from lxml import html as lxml_html
from lxml.etree import LxmlError, ParserError

from miner.errors import InputError
from miner.readers.day import VIETNAM, read_day
from miner.text import repair

# Where pages say when they were published; the first that gives a day wins.
_STAMPS = (
    "//meta[@property='article:published_time']/@content",
    "//meta[@itemprop='datePublished']/@content",
    "//*[@itemprop='datePublished']/@datetime",
    "//meta[@name='pubdate' or @name='publishdate' or @name='date' or @name='DC.date.issued']/@content",
    "//*[@itemprop='datePublished']//text()",
    "//time/@datetime",
    "//time//text()",
)
_DATED = re.compile(
    r"(?:thứ\s+\w+|chủ nhật|cập nhật|ngày đăng|đăng lúc|đăng ngày)[^\n]{0,40}?\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{4}"
    r"|\d{1,2}/\d{1,2}/\d{4}\s*[|,-]?\s*\d{1,2}:\d\d|\d{1,2}:\d\d[^\n]{0,10}\d{1,2}/\d{1,2}/\d{4}",
    re.I,
)

# It warns of every page without text; we raise an error that says so.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)


def read_page(text: str, where: str) -> dict[str, Any]:
    """Return title, body, published, url and source of the page in `text`, for `rows.to_document`.

    A date in the future or an impossible one is none. Raises InputError where the page has no main text.
    """
    from trafilatura import bare_extraction

    # A declaration of another encoding would be obeyed, though the page is text by now.
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        tree = lxml_html.document_fromstring(text.encode("utf-8"), parser=lxml_html.HTMLParser(encoding="utf-8"))
    except (LxmlError, ParserError, ValueError) as error:
        raise InputError(where, f"is no HTML page: {error}") from None
    published = _published(tree)
    extracted: Any = bare_extraction(tree, include_comments=False, include_tables=True, with_metadata=True)
    if extracted is None or not (extracted.text or "").strip():
        raise InputError(where, "no main text was found in the page")
    body = repair(str(extracted.text)).strip()
    title = repair(str(extracted.title or "")).strip()
    if published is None and extracted.date:
        published = _past(read_day(extracted.date))
    if title and body.startswith(title):
        body = body[len(title) :].lstrip()
    return {
        "title": title,
        "body": body or title,
        "published": published.isoformat() if published else None,
        "url": extracted.url or "",
        "source": extracted.sitename or extracted.hostname or "",
    }


def _past(day: date | None) -> date | None:
    return day if day is not None and day <= datetime.now(VIETNAM).date() else None


def _published(tree: Any) -> date | None:
    for path in _STAMPS:
        for stamp in tree.xpath(path)[:3]:
            if (day := _past(read_day(str(stamp)))) is not None:
                return day
    shown = "\n".join(t for t in tree.xpath("//body//text()[not(ancestor::script or ancestor::style)]"))
    for found in _DATED.finditer(shown):
        if (day := _past(read_day(re.sub(r"\s*([/.-])\s*", r"\1", found[0])))) is not None:
            return day
    return None
