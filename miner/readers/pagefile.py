"""A stored page to an article: the one way from bytes to row, for files given as input and for the collector."""

from __future__ import annotations

from datetime import UTC, datetime

from miner.pages import Page, read_page
from miner.readers.decode import decode
from miner.readers.document import Document
from miner.sources import SourceSpec
from miner.text import make_article


def read_page_bytes(
    raw: bytes, where: str, *, source: SourceSpec | None = None, url: str = "", fetched: datetime | None = None
) -> tuple[Page, tuple[str, ...], tuple[str, ...]]:
    """Return the page in `raw` (see `read_page`), notes on its bytes for people, and the names of all repairs.

    Raises InputError where it holds no report.
    """
    text, notes, repairs = decode(raw, where, html=True)
    page = read_page(text, where, source=source, url=url, fetched=fetched)
    return page, notes, tuple(dict.fromkeys((*repairs, *page.repairs)))


def read_page_file(raw: bytes, where: str, name: str, *, url: str = "", fetched: datetime | None = None) -> Document:
    """Return the article of a page given as a file; without an address of its own it is called `name`."""
    page, notes, repairs = read_page_bytes(raw, where, url=url, fetched=fetched or datetime.now(UTC))
    published = page.published.value
    article = make_article(
        page.url or name,
        page.text,
        title=page.title or None,
        published=published.date() if published else None,
        url=page.url,
        source=page.site,
        province_code=page.province_code,
    )
    return Document(article, where, notes, repairs, page.data)
