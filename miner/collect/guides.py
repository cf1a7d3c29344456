"""The pages that name articles, one after the other: feeds, start pages, listings, sitemaps, archives; all bounded."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol
from urllib.parse import urljoin

from miner.collect.discover import Entry, Found, feeds_of, next_page, read_feed, read_listing, read_sitemap
from miner.collect.fetch import Fetched
from miner.collect.select import Selection
from miner.sources import Archive, Listing, SourceSpec
from miner.tables import read_words

MAX_SITEMAPS = 200
MAX_PAGES = 500
"""Pages of one listing in one run."""
STALE_PAGES = 3
"""Listing pages in a row with nothing new, after which a listing is left."""
_OLD_PAGES = 2
"""Listing pages in a row with nothing but articles before --since, after which a listing is left."""
_EMPTY = {"day": 31, "month": 12, "year": 3}
"""Pages of an archive in a row without any article, after which it is left, where no first day is given."""
_END, _NONE = "end", "none"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of asking for a guide: a page; or that there is none (`missing`); or that it is as it was.

    `more` are the guides that it named when it was last read.
    """

    page: Fetched | None = None
    missing: bool = False
    more: tuple[str, ...] = ()


@dataclass(slots=True)
class Batch:
    """What one guide names. The receiver puts it into the frontier, and sets what it learnt before asking for more."""

    url: str
    entries: tuple[Entry, ...]
    new: int = 0
    """How many addresses were not in the frontier."""
    articles: list[str] = field(default_factory=list)
    """The canonical addresses that the source's patterns let pass."""
    old: bool = False
    """Whether all of them were published before --since, as far as is known after they were fetched."""


class Asker(Protocol):
    """What a walk over guides needs of the run that it is part of."""

    def ask(self, url: str, *, may_be_missing: bool = False, guess: bool = False) -> Reply | None:
        """Ask for a guide, conditionally where it is known; None where it did not come.

        That is counted as a failure, unless it was a `guess` at what nobody named.
        """

    def note(self, url: str, page: Fetched, more: tuple[str, ...]) -> None:
        """Record that a guide was read and what it names is in the frontier."""

    def place(self, listing: str) -> str:
        """Return how far the back-crawl of a listing came."""

    def note_place(self, listing: str, place: str) -> None:
        """Record how far it came."""

    def robots_sitemaps(self) -> tuple[str, ...]:
        """Return the sitemaps that robots.txt names, for a source that names none."""


def walk(source: SourceSpec, asker: Asker, selection: Selection, today: date) -> Iterator[Batch]:
    """Yield a batch for each guide of `source`: what is newest and cheapest first, back-crawls last."""
    for url in source.feeds:
        yield from _one(url, asker, read_feed)
    for url in source.start:
        yield from _start(url, source, asker)
    yield from _sitemaps(source, asker, selection)
    for listing in source.listings:
        yield from _pages(listing, source.next_paths(), asker)
    for archive in source.archives:
        yield from _archive(archive, source.next_paths(), asker, selection, today)


def _one(url: str, asker: Asker, read: Callable[[bytes, str], Found]) -> Iterator[Batch]:
    reply = asker.ask(url)
    if reply is not None and reply.page is not None:
        yield Batch(url, read(reply.page.body, reply.page.final_url).entries)
        asker.note(url, reply.page, ())


def _start(url: str, source: SourceSpec, asker: Asker) -> Iterator[Batch]:
    """Read a start page, and the feeds that its head names where the source names none."""
    reply = asker.ask(url)
    if reply is None:
        return
    feeds = reply.more
    if reply.page is not None:
        feeds = () if source.feeds else tuple(feeds_of(reply.page.body, reply.page.final_url))
        yield Batch(url, read_listing(reply.page.body, reply.page.final_url).entries)
        asker.note(url, reply.page, feeds)
    for feed in feeds:
        answer = asker.ask(feed, guess=True)
        if answer is not None and answer.page is not None:
            yield Batch(feed, read_feed(answer.page.body, answer.page.final_url).entries)
            asker.note(feed, answer.page, ())


def _sitemaps(source: SourceSpec, asker: Asker, selection: Selection) -> Iterator[Batch]:
    left, guesses = list(source.sitemaps), frozenset[str]()
    if not (left or source.feeds or source.listings or source.archives) and source.start:
        left = list(asker.robots_sitemaps())
        if not left:
            left = [urljoin(source.start[0], path) for path in read_words("collect.toml", "usual_sitemaps")[:1]]
            guesses = frozenset(left)
    seen = set(left)
    asked = 0
    while left and asked < MAX_SITEMAPS:
        asked += 1
        url = left.pop(0)
        reply = asker.ask(url, guess=url in guesses)
        if reply is None or reply.missing:
            continue
        more = reply.more
        if reply.page is not None:
            found = read_sitemap(reply.page.body, reply.page.final_url)
            # A sitemap that was last changed before --since names nothing of after it.
            wanted = (e for e in found.sitemaps if not selection.left_out(Entry("", lastmod=e.lastmod)))
            more = tuple(entry.url for entry in wanted)
            yield Batch(url, found.entries)
            asker.note(url, reply.page, tuple(entry.url for entry in found.sitemaps))
        left += [one for one in more if one not in seen]
        seen.update(more)


def _pages(listing: Listing, paths: tuple[str, ...], asker: Asker) -> Iterator[Batch]:
    """Walk over a listing's pages: from its top until nothing is new, then on where an earlier run stopped.

    A listing ends where no page follows, where pages repeat themselves, or at MAX_PAGES.
    """
    place = asker.place(listing.url)
    deep = place == ""
    seen: set[str] = set()
    visited: set[str] = set()
    url: str | None = listing.url
    number, stale, old = listing.first, 0, 0
    for _ in range(MAX_PAGES):
        if url is None or url in visited:
            break
        visited.add(url)
        reply = asker.ask(url, may_be_missing=url != listing.url)
        if reply is None:
            return  # it may come another time
        if reply.missing:
            break
        after = reply.more[0] if reply.more else None
        fresh = False
        if reply.page is not None:
            if listing.pages is None:
                after = next_page(reply.page.body, reply.page.final_url, paths)
            batch = Batch(url, read_listing(reply.page.body, reply.page.final_url).entries)
            yield batch
            # On the way down what counts is what this walk has not met: feeds may have named it before.
            fresh = any(article not in seen for article in batch.articles) if deep else batch.new > 0
            seen.update(batch.articles)
            old = old + 1 if batch.old else 0
            asker.note(url, reply.page, (after,) if after and listing.pages is None else ())
        if listing.pages is not None:
            after, number = listing.pages.replace("{page}", str(number)), number + 1
        stale = 0 if fresh else stale + 1
        if old >= _OLD_PAGES:
            return  # a later run may want older ones: the place stays
        if stale >= STALE_PAGES:
            if deep:
                break
            if place == _END:
                return
            deep, stale, url = True, 0, place
            number = _number_at(listing, place)
            continue
        if deep and after:
            asker.note_place(listing.url, after)
        url = after
    else:
        return  # the next run goes on at the place
    if deep:
        asker.note_place(listing.url, _END)


def _number_at(listing: Listing, url: str) -> int:
    """Return the number after that of the page at `url`."""
    if listing.pages is None:
        return listing.first
    head, _, tail = listing.pages.partition("{page}")
    digits = url[len(head) : len(url) - len(tail)] if tail else url[len(head) :]
    return int(digits) + 1 if digits.isdigit() else listing.first


def _archive(
    archive: Archive, paths: tuple[str, ...], asker: Asker, selection: Selection, today: date
) -> Iterator[Batch]:
    """Walk over a source's pages by date, the newest first; a past one that was read is not read again."""
    first = max(filter(None, (archive.first, selection.since)), default=None)
    day = min(filter(None, (selection.until, today)))
    empty = 0
    for _ in range(MAX_PAGES):
        if first and day < first:
            break
        url = archive.url.replace("{yyyy}", f"{day:%Y}").replace("{mm}", f"{day:%m}").replace("{dd}", f"{day:%d}")
        place = asker.place(f"archive {url}")
        if place != _END:
            found = 0
            if place != _NONE:
                found, whole = yield from _archive_pages(url, paths, asker)
                if whole and _over(day, archive.step, today):
                    asker.note_place(f"archive {url}", _END if found else _NONE)
            empty = 0 if found else empty + 1
            if first is None and empty >= _EMPTY[archive.step]:
                break
        day = _period(day, archive.step) - timedelta(days=1)


def _archive_pages(
    url: str, paths: tuple[str, ...], asker: Asker
) -> Generator[Batch, None, tuple[int, bool]]:  # fmt: skip
    """Yield the pages of one day, month or year; return how many articles they name, and whether all came."""
    found = 0
    now: str | None = url
    visited: set[str] = set()
    while now is not None and now not in visited and len(visited) < MAX_PAGES:
        visited.add(now)
        reply = asker.ask(now, may_be_missing=True)
        if reply is None:
            return found, False
        if reply.page is None:
            now = reply.more[0] if reply.more else None
            continue
        after = next_page(reply.page.body, reply.page.final_url, paths)
        batch = Batch(now, read_listing(reply.page.body, reply.page.final_url).entries)
        yield batch
        found += len(batch.articles)
        asker.note(now, reply.page, (after,) if after else ())
        now = after
    return found, True


def _period(day: date, step: str) -> date:
    """Return the first day of the day, month or year that `day` is in."""
    return day if step == "day" else day.replace(day=1) if step == "month" else day.replace(month=1, day=1)


def _over(day: date, step: str, today: date) -> bool:
    return _period(day, step) != _period(today, step)
