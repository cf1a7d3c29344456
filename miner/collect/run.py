"""One source to the store: find addresses, fetch what is new, keep on after every failure."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from miner.collect.address import AddressError, canonical
from miner.collect.discover import Found, read_feed, read_listing, read_sitemap
from miner.collect.fetch import Fetched, Fetcher, FetchError
from miner.collect.store import Store
from miner.sources import SourceSpec

MAX_SITEMAPS = 200
MAX_PAGES = 500
STALE_PAGES = 3
"""Listing pages in a row with nothing new, after which a listing is left."""
_HOST_STOPS = frozenset(("parked", "circuit_open", "host_stopped", "blocked", "robots_unreachable"))
_LATER = frozenset(("timeout", "connection", "server_error", "truncated", "bad_encoding"))
"""Faults that may be gone in the next run."""
_OTHER_KINDS = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")


@dataclass(slots=True)
class Tally:
    """What became of one source's addresses."""

    source: str
    found: int = 0
    stored: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def fail(self, kind: str, what: str) -> None:
        """Count a failure and keep what it was."""
        self.kinds[kind] += 1
        self.failures.append(what)


def collect(
    source: SourceSpec, fetcher: Fetcher, store: Store, *, limit: int | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> Tally:  # fmt: skip
    """Collect what is new at `source` into `store`, at most `limit` pages; failures are counted, not raised.

    Addresses that are stored already are not asked for again. Raises StoreError where the store cannot be written.
    """
    tally = Tally(source.name)
    hosts = {urlsplit(url).netloc.lower() for url in (*source.start, *source.feeds, *source.sitemaps)}
    hosts |= {urlsplit(listing.url).netloc.lower() for listing in source.listings}

    def in_scope(url: str) -> bool:
        return urlsplit(url).netloc.lower() in hosts

    def get(url: str) -> Fetched | None:
        try:
            page = fetcher.get(url, delay=source.delay, in_scope=in_scope)
        except FetchError as error:
            tally.fail(error.kind, str(error))
            return None
        if page.status != 200:
            tally.fail(f"status_{page.status}", f"{url}: status {page.status}")
            return None
        return page

    store.retry_missing(source.name)
    for found in _discover(source, get, fetcher, tally):
        new = 0
        for url in found:
            try:
                if in_scope(url) and source.is_article(url) and urlsplit(url).path not in ("", "/"):
                    new += store.add(canonical(url), source.name, url)
            except (AddressError, ValueError) as error:
                tally.fail("bad_address", f"{url[:200]}: {error}")
        tally.found += new
        found.fresh = bool(new)
    while (limit is None or tally.stored < limit) and (claimed := store.claim(source.name)):
        url, asked = claimed
        try:
            page = fetcher.get(asked, delay=source.delay, in_scope=in_scope)
        except FetchError as error:
            tally.fail(error.kind, str(error))
            if error.kind == "parked" and error.until and error.until - time.time() <= fetcher.settings.retry_after_cap:
                store.fail(url, error.reason, again=True)
                tell(f"{source.name}: the host asks to wait {error.until - time.time():.0f} s")
                time.sleep(max(0.0, error.until - time.time()))
                continue
            store.fail(url, error.reason, again=error.kind in _HOST_STOPS | _LATER)
            if error.kind in _HOST_STOPS:
                tell(f"{source.name}: stopped: {error.reason}")
                break
            if error.kind in _LATER:
                store.defer(url)
            continue
        if page.status in (404, 410):
            store.missing(url, page.status)
            tally.fail(f"status_{page.status}", f"{url}: status {page.status}")
        elif page.body.startswith(_OTHER_KINDS):
            store.fail(url, "is no page (PDF, picture or Office file)", again=False)
            tally.fail("other_type", f"{url}: is no page")
        elif page.chain and urlsplit(page.final_url).path in ("", "/"):
            store.fail(url, "redirects to the home page", again=False)
            tally.fail("soft_404", f"{url}: redirects to the home page")
        else:
            store.save(url, source.name, page)
            tally.stored += 1
            tell(f"{source.name}: {page.final_url}")
    store.wake(source.name)
    return tally


class _Batch(list[str]):
    """Addresses found on one page; `fresh` is set by the receiver where some were new."""

    fresh = False


def _discover(
    source: SourceSpec, get: Callable[[str], Fetched | None], fetcher: Fetcher, tally: Tally
) -> Iterator[_Batch]:
    """Yield what each feed, sitemap and listing names; what cannot be read is counted by `get`."""
    for url in source.feeds:
        if page := get(url):
            yield _Batch(read_feed(page.body, page.final_url).articles)
    left, seen = list(source.sitemaps), set(source.sitemaps)
    if not (left or source.feeds or source.listings):
        try:
            left = list(fetcher.sitemaps(source.start[0]))
        except FetchError as error:
            tally.fail(error.kind, str(error))
    asked = 0
    while left and asked < MAX_SITEMAPS:
        asked += 1
        if page := get(left.pop(0)):
            found: Found = read_sitemap(page.body, page.final_url)
            left += [s for s in found.sitemaps if s not in seen]
            seen.update(found.sitemaps)
            yield _Batch(found.articles)
    for url in source.start:
        if page := get(url):
            yield _Batch(read_listing(page.body, page.final_url).articles)
    for listing in source.listings:
        number, stale, url = listing.first, 0, listing.url
        for _ in range(MAX_PAGES):
            page = get(url)
            if page is None:
                break
            batch = _Batch(read_listing(page.body, page.final_url).articles)
            yield batch
            stale = 0 if batch.fresh else stale + 1
            if stale >= STALE_PAGES or listing.pages is None:
                break
            url, number = listing.pages.replace("{page}", str(number)), number + 1
