"""The frontier: every address, whether it waits, is done or failed; and how far the guides to them were followed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from miner.collect.discover import Entry
from miner.collect.fetch import Fetched
from miner.collect.index import Index, host_of, now, written

CONDITIONAL = 4
"""Conditional requests in a row after which one is made without conditions: validators may lie."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An address to ask for, as `asked`; `known` where a version is stored, with what makes a request conditional."""

    url: str
    asked: str
    known: bool = False
    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """What is known of a page that names others; `more` are the guides that it named."""

    etag: str
    modified: str
    more: tuple[str, ...]


class Frontier(Index):
    """The part of a store that knows which addresses there are."""

    def add(self, url: str, source: str, asked: str) -> bool:
        """Put an address in the frontier; return whether it is new. `url` is canonical, `asked` what is requested."""
        return self.add_all(source, [(url, Entry(asked))]) > 0

    def add_all(self, source: str, found: Iterable[tuple[str, Entry]]) -> int:
        """Put addresses (canonical, as found) in the frontier; return how many are new.

        A known page whose entry says that it was modified after we last asked is asked for again.
        """
        new = 0
        with self._writing():
            for url, entry in found:
                done = self._db.execute(
                    "INSERT OR IGNORE INTO frontier (url, source, host, asked, title, published, lastmod) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (url, source, host_of(entry.url), entry.url, entry.title, entry.published or None,
                     entry.lastmod or None),
                )  # fmt: skip
                new += done.rowcount
                if done.rowcount or not (entry.title or entry.published or entry.lastmod):
                    continue
                self._db.execute(
                    "UPDATE frontier SET title = CASE WHEN ?1 = '' THEN title ELSE ?1 END, "
                    "published = coalesce(published, ?2), lastmod = coalesce(?3, lastmod), "
                    "again = CASE WHEN state = 'done' AND julianday(?3) > julianday(checked) THEN 1 ELSE again END, "
                    "state = CASE WHEN state = 'done' AND julianday(?3) > julianday(checked) THEN 'waiting' "
                    "ELSE state END WHERE url = ?4",
                    (entry.title, entry.published or None, entry.lastmod or None, url),
                )
        return new

    def mark_due(self, source: str, now: datetime, *, everything: bool = False) -> int:
        """Let stored pages of `source` be asked for again by their age; return how many.

        A page is due when its age has doubled since it was last asked for (after 12 hours at least), until it is 64
        days old: news is corrected soon or never. `everything` makes every stored page due.
        """
        # A day in the future, as some feeds have, counts for nothing.
        born = "coalesce(min(julianday(published), julianday(first)), julianday(first))"
        rule = (
            f"julianday(:now) - julianday(checked) >= max(0.5, julianday(checked) - {born}) "
            f"AND julianday(checked) - {born} < 64"
        )
        with self._writing():
            done = self._db.execute(
                "UPDATE frontier SET state = 'waiting', again = 1 WHERE source = :source AND state = 'done' AND "
                f"first IS NOT NULL AND ({'1' if everything else rule})",
                {"source": source, "now": written(now)},
            )
            if everything:
                self._db.execute(
                    "UPDATE frontier SET state = 'waiting' WHERE source = ? AND state = 'failed'", (source,)
                )
            return done.rowcount

    def select(self, source: str, left_out: Callable[[Entry], str]) -> int:
        """Put aside the waiting addresses that `left_out` gives a reason for; return how many those are.

        Those that an earlier run's selection put aside are judged anew.
        """
        count = 0
        with self._writing():
            self._db.execute(
                "UPDATE frontier SET state = 'waiting', reason = '' WHERE source = ? AND state = 'left'", (source,)
            )
            rows = self._db.execute(
                "SELECT url, title, published, lastmod FROM frontier WHERE source = ? AND state = 'waiting'", (source,)
            )
            aside = []
            for url, title, published, lastmod in rows:
                if reason := left_out(Entry(url, title, published or "", lastmod or "")):
                    aside.append((reason, url))
            self._put_aside(aside)
            count = len(aside)
        return count

    def put_aside(self, aside: Sequence[tuple[str, str]]) -> None:
        """Leave out addresses, given as (reason, url), that are outside of this run's selection."""
        with self._writing():
            self._put_aside(aside)

    def _put_aside(self, aside: Sequence[tuple[str, str]]) -> None:
        self._db.executemany(
            "UPDATE frontier SET reason = ?, state = CASE WHEN first IS NULL THEN 'left' ELSE 'done' END "
            "WHERE url = ? AND state = 'waiting'",
            aside,
        )

    def claim(self, source: str, host: str | None = None) -> Claim | None:
        """Take the next waiting address of `source` (on `host`), new ones first, the newest first; or None."""
        place, values = ("AND host = ?", (source, host)) if host is not None else ("", (source,))
        with self._writing():
            row = self._db.execute(
                "UPDATE frontier SET state = 'claimed' WHERE url = (SELECT url FROM frontier WHERE source = ? "
                f"{place} AND state = 'waiting' ORDER BY again, published DESC, rowid LIMIT 1) "
                "RETURNING url, asked, first, etag, modified, checks",
                values,
            ).fetchone()
        if row is None:
            return None
        # SQLite 3.40 answers `RETURNING first IS NOT NULL` wrongly.
        url, asked, first, etag, modified, checks = row
        known = first is not None
        whole = not known or checks >= CONDITIONAL
        return Claim(url, asked, known, "" if whole else etag, "" if whole else modified)

    def release(self, url: str) -> None:
        """Give back a claim: the address is asked for later."""
        with self._writing():
            self._db.execute("UPDATE frontier SET state = 'waiting' WHERE url = ? AND state = 'claimed'", (url,))

    def fail(self, url: str, reason: str, *, again: bool) -> None:
        """Record why `url` did not come; `again` leaves it for a later run. A stored version stays."""
        with self._writing():
            self._db.execute(
                "UPDATE frontier SET reason = ?, checked = CASE WHEN first IS NULL THEN ? ELSE checked END, "
                "state = CASE WHEN first IS NOT NULL THEN 'done' ELSE ? END WHERE url = ?",
                (reason, now(), "waiting" if again else "failed", url),
            )

    def defer(self, url: str) -> None:
        """Leave `url` out for the rest of this run; `wake` or the next run lets it be asked for again."""
        with self._writing():
            self._db.execute("UPDATE frontier SET state = 'claimed' WHERE url = ? AND state = 'waiting'", (url,))

    def defer_host(self, source: str, host: str) -> None:
        """Leave all waiting addresses of `source` on `host` out for the rest of this run."""
        with self._writing():
            self._db.execute(
                "UPDATE frontier SET state = 'claimed' WHERE source = ? AND host = ? AND state = 'waiting'",
                (source, host),
            )

    def wake(self, source: str) -> None:
        """Let the addresses of `source` that were put off be asked for in the next run."""
        with self._writing():
            self._db.execute("UPDATE frontier SET state = 'waiting' WHERE source = ? AND state = 'claimed'", (source,))

    def missing(self, url: str, status: int) -> None:
        """Record a 404, which is asked for in one later run before it is gone, or a 410, which is gone."""
        with self._writing():
            self._db.execute(
                "UPDATE frontier SET missed = missed + 1, reason = ?, checked = ?, "
                "state = CASE WHEN ? = 410 OR missed >= 1 THEN 'gone' ELSE 'failed' END WHERE url = ?",
                (f"status {status}", now(), status, url),
            )

    def retry_missing(self, source: str) -> None:
        """Let addresses that were missing once be asked for again; called when a run begins."""
        with self._writing():
            self._db.execute(
                "UPDATE frontier SET state = 'waiting' WHERE source = ? AND state = 'failed' AND missed = 1", (source,)
            )

    def keep(self, url: str) -> None:
        """Record that the host says that `url` is as it was (304): the stored version stays, the check is noted."""
        with self._writing():
            self._db.execute(
                "UPDATE frontier SET state = 'done', reason = '', missed = 0, again = 0, checked = ?, "
                "checks = checks + 1 WHERE url = ?",
                (now(), url),
            )

    def guide(self, source: str, url: str) -> Guide | None:
        """Return what is known of a feed, sitemap or listing; None where it is to be read whole."""
        with self._mutex:
            row = self._db.execute(
                "SELECT etag, modified, more, checks FROM guides WHERE source = ? AND url = ?", (source, url)
            ).fetchone()
        if row is None or row[3] >= CONDITIONAL or not (row[0] or row[1]):
            return None
        return Guide(row[0], row[1], tuple(json.loads(row[2])))

    def note_guide(self, source: str, url: str, page: Fetched, more: Sequence[str]) -> None:
        """Record that a feed, sitemap or listing was read, after what it names is in the frontier."""
        with self._writing():
            self._db.execute(
                "INSERT INTO guides VALUES (?, ?, ?, ?, ?, 0, ?) ON CONFLICT DO UPDATE SET etag = excluded.etag, "
                "modified = excluded.modified, checked = excluded.checked, checks = 0, more = excluded.more",
                (source, url, page.header("ETag"), page.header("Last-Modified"), now(), json.dumps(list(more))),
            )

    def keep_guide(self, source: str, url: str) -> None:
        """Record that a feed, sitemap or listing is as it was."""
        with self._writing():
            self._db.execute(
                "UPDATE guides SET checked = ?, checks = checks + 1 WHERE source = ? AND url = ?", (now(), source, url)
            )

    def place(self, source: str, listing: str) -> str:
        """Return how far the back-crawl of a listing or archive came, or an empty string."""
        with self._mutex:
            row = self._db.execute(
                "SELECT place FROM cursors WHERE source = ? AND listing = ?", (source, listing)
            ).fetchone()
        return str(row[0]) if row else ""

    def note_place(self, source: str, listing: str, place: str) -> None:
        """Record how far the back-crawl of a listing or archive came."""
        with self._writing():
            self._db.execute(
                "INSERT INTO cursors VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET place = excluded.place",
                (source, listing, place),
            )

    def counts(self) -> dict[str, int]:
        """Return how many addresses are in which state."""
        with self._mutex:
            return dict(self._db.execute("SELECT state, count(*) FROM frontier GROUP BY state"))

    def waiting(self, source: str) -> dict[str, int]:
        """Return how many addresses of `source` wait on each host."""
        with self._mutex:
            return dict(self._db.execute(
                "SELECT host, count(*) FROM frontier WHERE source = ? AND state = 'waiting' GROUP BY host", (source,)
            ))  # fmt: skip

    def all_before(self, urls: Sequence[str], day: str) -> bool:
        """Return whether all of `urls` are known, from their pages or by the selection, to be older than `day`."""
        with self._mutex:
            for url in urls:
                row = self._db.execute("SELECT published, reason FROM frontier WHERE url = ?", (url,)).fetchone()
                if row is None or not ((row[0] or "9")[:10] < day or row[1] == "before --since"):
                    return False
        return bool(urls)
