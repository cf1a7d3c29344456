"""Where articles are: addresses out of feeds, sitemaps and listing pages; bounded, whatever is sent."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urljoin

import feedparser  # type: ignore[import-untyped]
from lxml import etree, html

MAX_ADDRESSES = 50_000
"""Most addresses that are taken from one sitemap (sitemaps.org allows as many) or page."""


@dataclass(frozen=True, slots=True)
class Found:
    """Addresses on one page: of articles (or what may be one), and of further sitemaps."""

    articles: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()


def read_feed(body: bytes, url: str) -> Found:
    """Return the links of an RSS or Atom feed; entries of a malformed feed count as far as they can be read."""
    feed = feedparser.parse(BytesIO(body), sanitize_html=False)
    links = (str(entry.get("link") or "").strip() for entry in feed.entries[:MAX_ADDRESSES])
    return Found(tuple(dict.fromkeys(urljoin(url, link) for link in links if link)))


def read_sitemap(body: bytes, url: str) -> Found:
    """Return the addresses in a sitemap or sitemap index; entities are not resolved, a broken tail is left out."""
    articles: dict[str, None] = {}
    sitemaps: dict[str, None] = {}
    events = etree.iterparse(
        BytesIO(body), events=("end",), resolve_entities=False, no_network=True, load_dtd=False, recover=True
    )
    try:
        for _, node in events:
            if isinstance(node.tag, str) and etree.QName(node).localname == "loc" and node.text:
                parent = node.getparent()
                name = etree.QName(parent).localname if parent is not None else ""
                if name == "url":
                    articles[urljoin(url, node.text.strip())] = None
                elif name == "sitemap":
                    sitemaps[urljoin(url, node.text.strip())] = None
            elif isinstance(node.tag, str) and etree.QName(node).localname in ("url", "sitemap"):
                node.clear()
            if len(articles) + len(sitemaps) >= MAX_ADDRESSES:
                break
    except etree.XMLSyntaxError:
        pass  # what came before the fault counts
    return Found(tuple(articles), tuple(sitemaps))


def read_listing(body: bytes, url: str) -> Found:
    """Return the links of a page, in its order."""
    try:
        tree = html.document_fromstring(body, parser=html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError):
        return Found()
    links: dict[str, None] = {}
    for href in tree.xpath("//a/@href"):
        try:
            links[urljoin(url, str(href).strip()).split("#")[0]] = None
        except ValueError:
            continue  # `http://[` is no address
        if len(links) >= MAX_ADDRESSES:
            break
    return Found(tuple(links))
