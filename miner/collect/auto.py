"""A bare address to a source: what stands there, which system made it, and where it names its articles."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any
from urllib.parse import urljoin, urlsplit

from miner.collect.discover import Entry, feeds_of, parse_html, read_sitemap, unpack
from miner.collect.fetch import Fetched, Fetcher, FetchError
from miner.collect.judge import judge
from miner.errors import InputError
from miner.pages import find_system
from miner.readers.pagefile import read_page_bytes
from miner.sources import SourceSpec, known_source, make_source
from miner.tables import read_toml, read_words

_HEAD = 4096
_TABLE = "collect.toml"
_ENOUGH = 300
"""Characters of main text from which on a page at an article's address is an article."""
_FEED = re.compile(rb"<(?:rss|feed|rdf:RDF)\b", re.I)
_SITEMAP = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)\b", re.I)
_ARTICLE_TYPES = re.compile(r'"@type"\s*:\s*\[?\s*"(?:\w*NewsArticle|Article|Report|BlogPosting)"')
_NOT_NAME = re.compile(r"[^a-z0-9]+")


@dataclass(slots=True)
class Plan:
    """How a bare address is collected: a source, articles that are known at once, and pages fetched on the way."""

    source: SourceSpec
    articles: list[Entry] = field(default_factory=list)
    fetched: dict[str, Fetched] = field(default_factory=dict)
    kind: str = ""


def name_of(url: str) -> str:
    """Return a source's name for an address: its host, and for a place on it a digest of the place."""
    parts = urlsplit(url)
    name = _NOT_NAME.sub("-", (parts.hostname or "").lower().removeprefix("www.")).strip("-")[:48] or "site"
    if parts.port:
        name += f"-{parts.port}"
    if parts.path in ("", "/") and not parts.query:
        return name
    return f"{name}-{blake2b(f'{parts.path}?{parts.query}'.encode(), digest_size=3).hexdigest()}"


def bare_source(
    url: str, *, province: str = "", system: str | None = None, delay: float | None = None, **more: Any
) -> SourceSpec:
    """Return a source for an address of which no file tells; the catalogue's own is used where it knows the host.

    Raises TableError where `province` is no code.
    """
    known = known_source(url)
    if known is not None:
        places = ("feeds", "sitemaps", "listings", "archives", "notes")
        table = {key: value for key, value in known.table.items() if key not in places}
    else:
        host = (urlsplit(url).hostname or url).lower()
        table = {"title": host.removeprefix("www."), "province": "", "checked": False}
        if system:
            table["system"] = system
        else:
            table["allow"] = list(read_words(_TABLE, "allow"))
        preset_deny = read_toml("cms_presets.toml").get(system, {}).get("deny", []) if system else []
        table["deny"] = [*read_words(_TABLE, "deny"), *preset_deny]
        table["selectors"] = [{"next": list(read_words(_TABLE, "next"))}]
        table |= {} if delay is None else {"delay": delay}
    table |= {"name": name_of(url), "start": [url], **more}
    if province:
        table["province"] = province
    return make_source(table, url, home=False)


def plan_for(url: str, fetcher: Fetcher, *, province: str = "") -> Plan:
    """Look at `url` and return how to collect from it.

    A feed or sitemap is read as such. A page is an article where it says so, or where its address looks like one and
    it holds a text; else it is a listing or a site: the feeds that its head names, on a home page the sitemaps of
    robots.txt (else the usual places), the articles it links to, and its next pages. Raises FetchError where it
    does not come.
    """
    delay = fetcher.settings.delay
    page = fetcher.get(url, large=True)
    if page.status != 200:
        raise FetchError(f"status_{page.status}", url, f"status {page.status}", status=page.status)
    if (verdict := judge(page)) and verdict[0] in ("captcha", "other_type", "empty"):
        raise FetchError(verdict[0], url, verdict[1])
    at = page.final_url
    head = unpack(page.body, _HEAD)[:_HEAD]
    fetched = {at: page}
    if _FEED.search(head):
        source = replace(bare_source(url, province=province, delay=delay, feeds=[at]), start=())
        return Plan(source, fetched=fetched, kind="feed")
    if _SITEMAP.search(head) or (at.endswith(".txt") and read_sitemap(page.body, at).entries):
        source = replace(bare_source(url, province=province, delay=delay, sitemaps=[at]), start=())
        return Plan(source, fetched=fetched, kind="sitemap")
    tree = parse_html(page.body)
    if tree is None:
        raise FetchError("no_page", url, "is neither page, feed nor sitemap")
    system = find_system(page.body)
    source = bare_source(url, province=province, delay=delay, system=system)
    if is_article(page, tree, source):
        return Plan(replace(source, start=()), [Entry(url)], fetched, "article")
    feeds = feeds_of(page.body, at)
    home = urlsplit(at).path in ("", "/", "/index.html", "/default.aspx") and not urlsplit(at).query
    sitemaps: list[str] = []
    if home:
        sitemaps = list(fetcher.sitemaps(at))
        if not sitemaps:
            sitemaps = _tried(fetcher, at, read_words(_TABLE, "usual_sitemaps"), _SITEMAP, fetched)[:1]
        if not feeds:
            feeds = _tried(fetcher, at, read_words(_TABLE, "usual_feeds"), _FEED, fetched)[:1]
    source = bare_source(
        at, province=province, system=system, delay=delay, feeds=feeds, sitemaps=sitemaps, listings=[{"url": at}]
    )
    return Plan(replace(source, name=name_of(url), start=()), fetched=fetched, kind="site" if home else "listing")


def _tried(
    fetcher: Fetcher, url: str, paths: tuple[str, ...], mark: re.Pattern[bytes], fetched: dict[str, Fetched]
) -> list[str]:
    """Return the addresses among `paths` of a site at which what `mark` finds stands."""
    found = []
    for path in paths:
        try:
            page = fetcher.get(urljoin(url, path), guess=True)
        except FetchError:
            continue  # nothing promised that it would be there
        if page.status == 200 and mark.search(unpack(page.body, _HEAD)[:_HEAD]):
            fetched[page.final_url] = page
            found.append(page.final_url)
            break
    return found


def is_article(page: Fetched, tree: Any, source: SourceSpec) -> bool:
    """Return whether a page is a single article: it says so, or its address looks so and it holds a text."""
    url = page.final_url
    if urlsplit(url).path in ("", "/") and not urlsplit(url).query:
        return False
    kinds = {str(kind).lower() for kind in tree.xpath("//meta[@property='og:type']/@content")}
    if "article" in kinds or tree.xpath("//meta[@property='article:published_time']"):
        return True
    if any(_ARTICLE_TYPES.search(text) for text in tree.xpath("//script[@type='application/ld+json']/text()")):
        return True
    if not source.is_article(url):
        return False
    try:
        read = read_page_bytes(page.body, url, source=source, url=url)[0]
    except InputError:
        return False
    return len("".join(read.body)) >= _ENOUGH
