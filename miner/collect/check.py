"""Whether a source file still fits its site: robots.txt, each address of discovery, a few articles, each selector."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import urljoin, urlsplit

from miner.collect.address import AddressError, canonical
from miner.collect.discover import Found, days_in_url, next_page, parse_html, read_feed, read_listing, read_sitemap
from miner.collect.fetch import Fetched, Fetcher, FetchError
from miner.collect.index import host_of
from miner.collect.judge import judge
from miner.errors import InputError
from miner.pages import Page
from miner.pages.when import VIETNAM
from miner.readers.pagefile import read_page_bytes
from miner.sources import FIELDS, SourceSpec

ARTICLES = 3
WORKED, BROKE, UNSEEN = "works", "BROKEN", "not seen"
_NEEDED = ("title", "body", "date")
"""Fields whose selectors must find something on some article; others are not on every page."""
_ENOUGH = 200
"""Characters of body text that an article has at least."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried: `part` of the source, `what` exactly, how it went, and what was seen."""

    part: str
    what: str
    state: str
    seen: str


def check_source(source: SourceSpec, fetcher: Fetcher, *, today: date | None = None) -> Iterator[Check]:
    """Yield what works of `source` and what broke, as it is tried on the live site.

    Asked for are robots.txt, one page of each feed, sitemap, start page, listing (and its second page) and archive
    (yesterday's), and three articles; each selector is tried on those. Nothing is stored.
    """
    hosts = {host_of(url).removeprefix("www.") for url in source.guides()}

    def in_scope(url: str) -> bool:
        return host_of(url).removeprefix("www.") in hosts

    def get(url: str) -> Fetched:
        page = fetcher.get(url, delay=source.delay, in_scope=in_scope)
        if page.status != 200:
            raise FetchError(f"status_{page.status}", url, f"status {page.status}")
        return page

    for host in dict.fromkeys(urljoin(url, "/robots.txt") for url in source.guides()):
        yield _robots(host, source, fetcher)
    articles: dict[str, None] = {}

    def wanted(found: Found) -> list[str]:
        urls = []
        for entry in found.entries:
            try:
                home = urlsplit(entry.url).path in ("", "/") and not urlsplit(entry.url).query
                if not home and in_scope(entry.url) and source.is_article(entry.url):
                    urls.append(canonical(entry.url))
            except (AddressError, ValueError):
                continue
        return list(dict.fromkeys(urls))

    for part, url, read in _guides(source, today or datetime.now(VIETNAM).date()):
        try:
            page = get(url)
            found = read(page.body, page.final_url)
            if part == "sitemap" and found.sitemaps and not found.entries:
                inner = get(found.sitemaps[0].url)
                found = Found(read(inner.body, inner.final_url).entries, found.sitemaps)
        except FetchError as error:
            yield Check(part, url, BROKE, error.reason)
            continue
        urls = wanted(found)
        articles |= dict.fromkeys(urls)
        others = f"{len(found.entries):,} addresses" + (f", {len(found.sitemaps):,} sitemaps" * bool(found.sitemaps))
        if not urls:
            hint = "; allow and deny let none pass" if found.entries else ""
            # A start page may lead to sections only, if something else leads to articles.
            yield Check(part, url, BROKE, f"names no article ({others}{hint})")
            continue
        yield Check(part, url, WORKED, f"{len(urls):,} articles of {others}")
        if part == "listing" and source.next_paths():
            after = next_page(page.body, page.final_url, source.next_paths())
            yield Check("listing", f"{url} (next page)", WORKED if after else UNSEEN, after or "no link to a next page")
    if not articles:
        yield Check("articles", "all", BROKE, "no address of an article was found; nothing else can be tried")
        return
    pages: list[tuple[Fetched, Page | None]] = []
    for url in list(articles)[:ARTICLES]:
        check, pair = _article(url, source, get)
        yield check
        if pair is not None:
            pages.append(pair)
    if pages:
        yield from _selectors(source, pages)


def _robots(url: str, source: SourceSpec, fetcher: Fetcher) -> Check:
    start = next((one for one in source.guides() if host_of(one) == host_of(url)), url)
    try:
        allowed = fetcher.allowed(start)
    except FetchError as error:
        return Check("robots", url, BROKE, error.reason)
    sitemaps = fetcher.sitemaps(start)
    seen = f"names {len(sitemaps):,} sitemaps" if sitemaps else "read, or none there"
    if not allowed:
        return Check("robots", url, BROKE, f"does not let us ask for {start}")
    return Check("robots", url, WORKED, seen)


def _guides(source: SourceSpec, today: date) -> Iterator[tuple[str, str, Callable[[bytes, str], Found]]]:
    for url in source.feeds:
        yield "feed", url, read_feed
    for url in source.sitemaps:
        yield "sitemap", url, read_sitemap
    for url in source.start:
        yield "start", url, read_listing
    for listing in source.listings:
        yield "listing", listing.url, read_listing
        if listing.pages:
            yield "listing", listing.pages.replace("{page}", str(listing.first)), read_listing
    day = date.fromordinal(today.toordinal() - 1)
    for archive in source.archives:
        url = archive.url.replace("{yyyy}", f"{day:%Y}").replace("{mm}", f"{day:%m}").replace("{dd}", f"{day:%d}")
        yield "archive", url, read_listing


def _article(
    url: str, source: SourceSpec, get: Callable[[str], Fetched]
) -> tuple[Check, tuple[Fetched, Page | None] | None]:
    try:
        fetched = get(url)
    except FetchError as error:
        return Check("article", url, BROKE, error.reason), None
    if verdict := judge(fetched):
        return Check("article", url, BROKE, verdict[1]), None
    try:
        page, notes, _ = read_page_bytes(
            fetched.body, url, source=source, url=fetched.final_url, fetched=datetime.now(UTC)
        )
    except InputError as error:
        return Check("article", url, BROKE, error.reason), (fetched, None)
    length = sum(map(len, page.body))
    problems = []
    if source.selectors and page.method != "selectors":
        problems.append("no selector found a body, the text was found by autodetection")
    if not page.title:
        problems.append("no title")
    if length < _ENOUGH:
        problems.append(f"the body has only {length} characters")
    if page.published.value is None:
        problems.append(f"no date ({page.published.problem or 'missing'})")
    elif (days := days_in_url(url)) and not days[0] <= page.published.value.date() <= days[1]:
        problems.append(f"the page says {page.published.value.date()}, its address {days[0]}")
    if problems:
        return Check("article", url, BROKE, "; ".join([*problems, *notes])), (fetched, page)
    day = page.published.value.date() if page.published.value else None
    return Check("article", url, WORKED, f"{length:,} characters, {day}, {page.title[:60]}"), (fetched, page)


def _selectors(source: SourceSpec, pages: list[tuple[Fetched, Page | None]]) -> Iterator[Check]:
    """Yield for each selector on how many of `pages` it finds something that is not empty."""
    trees = []
    for fetched, page in pages:
        tree = parse_html(fetched.body)
        if tree is not None:
            day = page.published.value.date() if page and page.published.value else None
            trees.append((tree, day))
    for field in FIELDS:
        if field == "next":
            continue
        paths = [(path, one) for one in source.selectors for path in one.paths.get(field, ())]
        hits = []
        for path, one in paths:
            found = 0
            valid = [tree for tree, day in trees if one.valid(day)]
            for tree in valid:
                # Paths of captions start from the body.
                nodes = tree.xpath(f"//body{path[1:]}" if path.startswith(".") else path)
                found += any(_text(node) for node in nodes) if isinstance(nodes, list) else bool(nodes)
            hits.append((path, found, len(valid)))
        any_hit = any(found for _, found, _ in hits)
        for path, found, valid_count in hits:
            # An alternative that finds nothing is no harm while another one of the field does.
            state = WORKED if found else UNSEEN if any_hit or field not in _NEEDED else BROKE
            yield Check(f"selector {field}", path, state, f"on {found} of {valid_count} articles")


def _text(node: object) -> bool:
    if isinstance(node, str):
        return bool(node.strip())
    itertext = getattr(node, "itertext", None)
    return bool(itertext and "".join(itertext()).strip())
