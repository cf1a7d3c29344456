"""Where articles are: addresses out of feeds, sitemaps and listing pages; bounded, whatever is sent."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

import feedparser  # type: ignore[import-untyped]
from lxml import etree, html

from miner.pages import read_stamp
from miner.pages.when import VIETNAM
from miner.text import nfc

MAX_ADDRESSES = 50_000
"""Most addresses that are taken from one sitemap (sitemaps.org allows as many) or page."""
MAX_UNPACKED = 32 << 20
_MAX_TITLE = 500
_MAX_FEEDS = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """An address, and what the page that named it says of it; times are ISO in +07:00, or empty."""

    url: str
    title: str = ""
    published: str = ""
    lastmod: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What one page names: articles (or what may be one), and further sitemaps."""

    entries: tuple[Entry, ...] = ()
    sitemaps: tuple[Entry, ...] = ()

    @property
    def articles(self) -> tuple[str, ...]:
        """The addresses of the entries."""
        return tuple(entry.url for entry in self.entries)


_GMT = re.compile(r"\b(?:GMT|UTC)\s*\+\s*(\d{1,2})(?::?(\d\d))?\b", re.I)


def read_time(written: str) -> str:
    """Return the time that a feed or sitemap writes as ISO in +07:00, or an empty string.

    `GMT+7` is east of Greenwich; what is in no standard is read as pages are, day first. Impossible ones are none.
    """
    written = _GMT.sub(lambda m: f"+{int(m[1]):02}{m[2] or '00'}", written.strip()[:100])
    value: datetime | None = None
    if not re.match(r"\d{4}-\d\d-\d\d", written):
        try:
            value = parsedate_to_datetime(written)
        except (ValueError, TypeError, IndexError, OverflowError):
            value = None
        if value is not None and value.tzinfo is None:
            value = value.replace(tzinfo=VIETNAM)
    if value is None:
        stamp = read_stamp(written)
        if stamp.value is None:
            return ""
        return stamp.value.date().isoformat() if stamp.whole_day else stamp.value.isoformat()
    try:
        return value.astimezone(VIETNAM).isoformat() if value.year >= 1990 else ""
    except (OverflowError, ValueError):
        return ""


def read_feed(body: bytes, url: str) -> Found:
    """Return the links of an RSS or Atom feed; entries of a malformed feed count as far as they can be read."""
    feed = feedparser.parse(BytesIO(body), sanitize_html=False)
    entries: dict[str, Entry] = {}
    for item in feed.entries[:MAX_ADDRESSES]:
        link = str(item.get("link") or "").strip()
        if not link:
            continue
        try:
            address = urljoin(url, link)
        except ValueError:
            continue  # `http://[` is no address
        title = nfc(str(item.get("title") or ""))[:_MAX_TITLE].strip()
        # Not its own `get`, which takes one for the other and warns of it.
        published = read_time(str(dict.get(item, "published") or ""))
        entries.setdefault(address, Entry(address, title, published, read_time(str(dict.get(item, "updated") or ""))))
    return Found(tuple(entries.values()))


def unpack(body: bytes, limit: int = MAX_UNPACKED) -> bytes:
    """Return a sitemap that is a gzip file unpacked, at most `limit` bytes of it; others as they are."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    decoder = zlib.decompressobj(47)
    try:
        return decoder.decompress(body, limit)
    except zlib.error:
        return b""


def _local(node: Any) -> str:
    # Not etree.QName, which raises on names that a lenient parser lets through.
    return node.tag.rpartition("}")[2].rpartition(":")[2] if isinstance(node.tag, str) else ""


def read_sitemap(body: bytes, url: str) -> Found:
    """Return the addresses in a sitemap (news sitemaps too), sitemap index or list of addresses.

    Entities are not resolved, a broken tail is left out, gzip files are unpacked within bounds.
    """
    body = unpack(body)
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        lines = body[: 1 << 24].decode("utf-8-sig", "replace").split()[:MAX_ADDRESSES]
        return Found(tuple(Entry(line) for line in lines if line.startswith(("http://", "https://"))))
    articles: dict[str, Entry] = {}
    sitemaps: dict[str, Entry] = {}
    events = etree.iterparse(
        BytesIO(body), events=("end",), resolve_entities=False, no_network=True, load_dtd=False, recover=True
    )
    try:
        for _, node in events:
            kind = _local(node)
            if kind not in ("url", "sitemap"):
                continue
            entry = _sitemap_entry(node, url)
            node.clear()
            while node.getprevious() is not None and node.getparent() is not None:
                del node.getparent()[0]
            if entry is not None:
                (articles if kind == "url" else sitemaps).setdefault(entry.url, entry)
            if len(articles) + len(sitemaps) >= MAX_ADDRESSES:
                break
    except etree.XMLSyntaxError:
        pass  # what came before the fault counts
    return Found(tuple(articles.values()), tuple(sitemaps.values()))


def _sitemap_entry(node: Any, url: str) -> Entry | None:
    words: dict[str, str] = {}
    for child in node:
        if (name := _local(child)) in ("loc", "lastmod") and child.text:
            words.setdefault(name, child.text.strip())
        elif name == "news":
            for part in child:
                if _local(part) in ("publication_date", "title") and part.text:
                    words.setdefault(_local(part), part.text.strip())
    if "loc" not in words:
        return None
    try:
        address = urljoin(url, words["loc"])
    except ValueError:
        return None  # `http://[` is no address
    title = nfc(words.get("title", ""))[:_MAX_TITLE]
    return Entry(address, title, read_time(words.get("publication_date", "")), read_time(words.get("lastmod", "")))


def parse_html(body: bytes) -> Any:
    """Return the tree of a page for its links, or None where it has none."""
    try:
        return html.document_fromstring(body, parser=html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def base_of(tree: Any, url: str) -> str:
    """Return the address that relative links of a page start from."""
    for href in tree.xpath("//base/@href")[:1]:
        try:
            return urljoin(url, str(href).strip())
        except ValueError:
            break
    return url


def links_of(tree: Any, url: str, path: str = "//a/@href") -> Iterable[str]:
    """Yield the addresses that XPath `path` finds, without their fragments."""
    base = base_of(tree, url)
    for href in tree.xpath(path):
        try:
            yield urljoin(base, str(href).strip()).split("#")[0]
        except ValueError:
            continue  # `http://[` is no address


def read_listing(body: bytes, url: str) -> Found:
    """Return the links of a page, in its order."""
    tree = parse_html(body)
    if tree is None:
        return Found()
    links: dict[str, None] = {}
    for link in links_of(tree, url):
        links[link] = None
        if len(links) >= MAX_ADDRESSES:
            break
    return Found(tuple(map(Entry, links)))


def feeds_of(body: bytes, url: str) -> list[str]:
    """Return the feeds that a page's head names, but for those of comments."""
    tree = parse_html(body)
    if tree is None:
        return []
    kinds = "contains(@type,'application/rss+xml') or contains(@type,'application/atom+xml')"
    found = links_of(tree, url, f"//link[contains(concat(' ',@rel,' '),' alternate ')][{kinds}]/@href")
    return [link for link in dict.fromkeys(found) if link and "/comments/" not in link][:_MAX_FEEDS]


def next_page(body: bytes, url: str, paths: Sequence[str]) -> str | None:
    """Return the address of the page after a listing page, by the first of `paths` (XPath) that finds one."""
    tree = parse_html(body) if paths else None
    if tree is None:
        return None
    for path in paths:
        for link in links_of(tree, url, path):
            if link and link != url.split("#")[0]:
                return link
    return None


_URL_STAMP = re.compile(r"-((?:19|20)\d\d)(\d\d)(\d\d)\d{6,}(?=\.html?$)")
_URL_DAY = re.compile(r"/((?:19|20)\d\d)/(\d\d?)/(\d\d?)/")
_URL_MONTH = re.compile(r"/((?:19|20)\d\d)/?(0[1-9]|1[0-2])/")


def days_in_url(url: str) -> tuple[date, date] | None:
    """Return the first and last day of publication that an address itself tells, or None.

    Known are the time in a slug (`-20190102213314.htm`), `/2019/01/02/`, and months (`/201901/`, `/2019/01/`).
    """
    try:
        if found := _URL_STAMP.search(url) or _URL_DAY.search(url):
            day = date(int(found[1]), int(found[2]), int(found[3]))
            return day, day
        if found := _URL_MONTH.search(url):
            year, month = int(found[1]), int(found[2])
            after = date(year + month // 12, month % 12 + 1, 1)
            return date(year, month, 1), date.fromordinal(after.toordinal() - 1)
    except ValueError:
        pass  # the figures are no date
    return None
