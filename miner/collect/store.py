"""The store: raw responses in WARC 1.1 files, and an SQLite index of what was asked for and what came."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]
from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]

from miner.collect.discover import Entry
from miner.collect.fetch import Fetched
from miner.errors import StoreError

_VERSION = 2
_MAX_WARC = 1 << 30
"""Bytes after which the next WARC file is begun."""
# States of an address: waiting, claimed by the run under way, done (stored), failed, gone, left (out of the selection).
_SCHEMA = """
CREATE TABLE IF NOT EXISTS sources (name TEXT PRIMARY KEY, spec TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS frontier (
  url TEXT PRIMARY KEY, source TEXT NOT NULL, host TEXT NOT NULL, asked TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'claimed', 'done', 'failed', 'gone', 'left')),
  again INTEGER NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '', missed INTEGER NOT NULL DEFAULT 0,
  title TEXT NOT NULL DEFAULT '', published TEXT, lastmod TEXT,
  etag TEXT NOT NULL DEFAULT '', modified TEXT NOT NULL DEFAULT '', first TEXT, checked TEXT,
  checks INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS waiting ON frontier (source, again, published DESC) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS waiting_host ON frontier (source, host, again, published DESC) WHERE state = 'waiting';
CREATE TABLE IF NOT EXISTS captures (
  id INTEGER PRIMARY KEY, url TEXT NOT NULL REFERENCES frontier (url), final_url TEXT NOT NULL, source TEXT NOT NULL,
  fetched TEXT NOT NULL, digest TEXT NOT NULL, content TEXT NOT NULL, warc TEXT NOT NULL, start INTEGER NOT NULL,
  insecure INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS versions ON captures (url, id);
CREATE TABLE IF NOT EXISTS articles (
  capture INTEGER PRIMARY KEY REFERENCES captures (id), source TEXT NOT NULL, content TEXT NOT NULL,
  reader TEXT NOT NULL, selected INTEGER NOT NULL, problem TEXT NOT NULL, data TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS same_content ON articles (source, content);
CREATE TABLE IF NOT EXISTS guides (
  source TEXT NOT NULL, url TEXT NOT NULL, etag TEXT NOT NULL, modified TEXT NOT NULL, checked TEXT NOT NULL,
  checks INTEGER NOT NULL, more TEXT NOT NULL, PRIMARY KEY (source, url)
) STRICT;
CREATE TABLE IF NOT EXISTS cursors (
  source TEXT NOT NULL, listing TEXT NOT NULL, place TEXT NOT NULL, PRIMARY KEY (source, listing)
) STRICT;
"""
CONDITIONAL = 4
"""Conditional requests in a row after which one is made without conditions: validators may lie."""


@dataclass(frozen=True, slots=True)
class Capture:
    """A stored page: `body` decoded; `id` numbers the versions of all pages in the order in which they came."""

    url: str
    final_url: str
    source: str
    fetched: datetime
    body: bytes
    id: int = 0
    insecure: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """An address to ask for, as `asked`; `known` where a version is stored, with what makes a request conditional."""

    url: str
    asked: str
    known: bool = False
    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """What was read from a page: `data` is the article as a dictionary, or `problem` says why there is none.

    `content` is a digest of what the article says; `reader` of how it was read.
    """

    data: Mapping[str, Any] | None
    reader: str
    content: str = ""
    problem: str = ""
    selected: bool = True


@dataclass(frozen=True, slots=True)
class Saving:
    """A page to be stored; `when` is the time of another crawl's capture."""

    url: str
    source: str
    page: Fetched
    row: Row | None = None
    when: datetime | None = None


@dataclass(frozen=True, slots=True)
class Guide:
    """What is known of a page that names others; `more` are the guides that it named."""

    etag: str
    modified: str
    more: tuple[str, ...]


class _Writer(WARCWriter):  # type: ignore[misc]
    """warcio's writer, which leaves its temporary files open; our bodies are bounded and fit in memory."""

    @staticmethod
    def _create_temp_file() -> BytesIO:
        return BytesIO()


class Store:
    """A folder with `index.db` and `warc/`; one process at a time may write to it, from any of its threads."""

    def __init__(self, folder: str | Path) -> None:
        """Open or make the store; raises StoreError where another process has it or it cannot be written."""
        self.folder = Path(folder)
        self._mutex = threading.RLock()
        self._file: Any = None
        try:
            (self.folder / "warc").mkdir(parents=True, exist_ok=True)
            self._lock = (self.folder / "lock").open("a")
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._lock.close()
                raise StoreError(folder, "is in use by another collection; wait until it ends") from None
            self._db = sqlite3.connect(
                self.folder / "index.db", isolation_level=None, timeout=10, check_same_thread=False
            )
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._prepare(folder)
            # What was claimed when the last run was killed was never stored.
            self._db.execute("UPDATE frontier SET state = 'waiting' WHERE state = 'claimed'")
        except (OSError, sqlite3.Error) as error:
            raise StoreError(folder, f"cannot be opened: {error}") from None

    def _prepare(self, folder: str | Path) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version > _VERSION:
            raise StoreError(folder, "was made by a newer miner; use that one")
        old = self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'frontier'").fetchone() and version < _VERSION
        self._db.execute("BEGIN IMMEDIATE")
        with self._ending():
            if old:
                self._db.execute("ALTER TABLE captures RENAME TO old_captures")
                self._db.execute("ALTER TABLE frontier RENAME TO old_frontier")
            for statement in _SCHEMA.split(";\n"):
                self._db.execute(statement)
            if old:
                rows = self._db.execute("SELECT url, source, asked, state, reason, missed, etag, modified, checked, "
                                        "(SELECT min(fetched) FROM old_captures c WHERE c.url = f.url) "
                                        "FROM old_frontier f ORDER BY rowid").fetchall()  # fmt: skip
                self._db.executemany(
                    "INSERT INTO frontier (url, source, asked, state, reason, missed, etag, modified, checked, first, "
                    "host) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [(*row, host_of(row[2])) for row in rows],
                )
                self._db.execute("INSERT INTO captures SELECT id, url, final_url, source, fetched, digest, '', warc, "
                                 "start, insecure FROM old_captures")  # fmt: skip
                self._db.execute("DROP TABLE old_captures")
                self._db.execute("DROP TABLE old_frontier")
            self._db.execute(f"PRAGMA user_version = {_VERSION}")

    @contextmanager
    def _ending(self) -> Iterator[None]:
        """End the transaction under way: whole, or not at all."""
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    @contextmanager
    def _writing(self, durable: bool = False) -> Iterator[None]:
        """Hold the index for one transaction; `durable` ones are on disk when it ends."""
        with self._mutex:
            try:
                if durable:
                    self._db.execute("PRAGMA synchronous = FULL")
                self._db.execute("BEGIN IMMEDIATE")
                with self._ending():
                    yield
            except (OSError, sqlite3.Error) as error:
                reason = f"cannot be written: {error}; what was stored before is whole"
                raise StoreError(self.folder, reason) from None
            finally:
                if durable:
                    self._db.execute("PRAGMA synchronous = NORMAL")

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the index and the WARC file of this run."""
        with self._mutex:
            if self._file is not None:
                self._file.close()
            self._db.close()
            self._lock.close()

    def note_source(self, name: str, spec: Mapping[str, Any]) -> None:
        """Keep what a source's file says, so that the store can be read again without it."""
        written = json.dumps(spec, ensure_ascii=False, default=str)
        with self._writing():
            self._db.execute(
                "INSERT INTO sources VALUES (?, ?) ON CONFLICT DO UPDATE SET spec = excluded.spec", (name, written)
            )

    def forget_source(self, name: str) -> None:
        """Forget what the file of `name` said: the catalogue's own counts again."""
        with self._writing():
            self._db.execute("DELETE FROM sources WHERE name = ?", (name,))

    def sources(self) -> dict[str, dict[str, Any]]:
        """Return what the files of this store's sources said, by name."""
        with self._mutex:
            return {name: json.loads(spec) for name, spec in self._db.execute("SELECT name, spec FROM sources")}

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
                {"source": source, "now": _written(now)},
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
                (reason, _now(), "waiting" if again else "failed", url),
            )

    def defer(self, url: str) -> None:
        """Leave `url` out for the rest of this run; `wake` or the next run lets it be asked for again."""
        with self._writing():
            self._db.execute("UPDATE frontier SET state = 'claimed' WHERE url = ? AND state = 'waiting'", (url,))

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
                (f"status {status}", _now(), status, url),
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
                (_now(), url),
            )

    def save(self, url: str, source: str, page: Fetched, row: Row | None = None) -> bool:
        """Store one response; return whether it is a new page or a new version."""
        return self.save_all([Saving(url, source, page, row)])[0] != "unchanged"

    def save_all(self, pages: Sequence[Saving]) -> list[str]:
        """Store responses on disk, then mark their addresses done; return new, changed or unchanged for each.

        A page is a new version where its bytes and what was read from it both changed. The WARC records are synced
        before the index knows them: a kill in between costs these requests. Raises StoreError where it cannot write.
        """
        now = _now()
        states = []
        with self._writing(durable=True):
            for saving in pages:
                states.append(self._save(saving, now))
            if self._file is not None:
                self._file.flush()
                os.fsync(self._file.fileno())
        return states

    def _save(self, saving: Saving, now: str) -> str:
        page, row = saving.page, saving.row
        when = _written(saving.when) if saving.when else now
        digest = hashlib.sha256(page.body).hexdigest()
        content = row.content if row else ""
        known = self._db.execute(
            "SELECT digest, content FROM captures WHERE url = ? ORDER BY id DESC LIMIT 1", (saving.url,)
        ).fetchone()
        same = known is not None and (known[0] == digest or (content != "" and known[1] == content))
        data = row.data if row and row.data else {}
        self._db.execute(
            "INSERT INTO frontier (url, source, host, asked, state) VALUES (?, ?, ?, ?, 'done') ON CONFLICT DO NOTHING",
            (saving.url, saving.source, host_of(page.url), page.url),
        )
        self._db.execute(
            "UPDATE frontier SET state = 'done', reason = '', missed = 0, again = 0, etag = ?, modified = ?, "
            "checked = ?, checks = 0, first = coalesce(first, ?), published = coalesce(?, published), "
            "title = CASE WHEN ? = '' THEN title ELSE ? END WHERE url = ?",
            (page.header("ETag"), page.header("Last-Modified"), when, when, data.get("published"),
             data.get("title", ""), data.get("title", ""), saving.url),
        )  # fmt: skip
        if same:
            return "unchanged"
        name, start = self._write(page, when)
        (capture,) = self._db.execute(
            "INSERT INTO captures (url, final_url, source, fetched, digest, content, warc, start, insecure) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (saving.url, page.final_url, saving.source, when, digest, content, name, start, int(page.insecure)),
        ).fetchone()
        if row is not None:
            self._put_row(capture, saving.source, row)
        return "changed" if known else "new"

    def _put_row(self, capture: int, source: str, row: Row) -> None:
        data = json.dumps(row.data, ensure_ascii=False) if row.data is not None else ""
        # A lone surrogate cannot be stored as UTF-8.
        data = data.encode("utf-8", "replace").decode("utf-8")
        self._db.execute(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET content = excluded.content, "
            "reader = excluded.reader, problem = excluded.problem, data = excluded.data, "
            "selected = max(selected, excluded.selected)",
            (capture, source, row.content, row.reader, int(row.selected), row.problem, data),
        )

    def put_rows(self, rows: Sequence[tuple[int, str, Row]]) -> None:
        """Store what was read anew from captures, given as (id, source, row)."""
        with self._writing():
            for capture, source, row in rows:
                self._put_row(capture, source, row)
                self._db.execute("UPDATE captures SET content = ? WHERE id = ?", (row.content, capture))

    def _write(self, page: Fetched, when: str) -> tuple[str, int]:
        if self._file is not None and self._file.tell() > _MAX_WARC:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = None
        if self._file is None:
            stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S%f")
            name = f"miner-{stamp}-{os.getpid()}.warc.gz"
            self._file = (self.folder / "warc" / name).open("ab")
            folder = os.open(self.folder / "warc", os.O_RDONLY)
            os.fsync(folder)  # or a power cut may take the file's name
            os.close(folder)
            self._writer = _Writer(self._file, gzip=True, warc_version="WARC/1.1")
            about = {"software": "miner", "format": "WARC File Format 1.1", "robots": "obey"}
            self._writer.write_record(self._writer.create_warcinfo_record(name, about))
        start = self._file.tell()
        # Transfer-Encoding is undone by now; the body is as long as it is.
        headers = [(k, v) for k, v in page.headers if k.lower() not in ("transfer-encoding", "content-length")]
        headers.append(("Content-Length", str(len(page.raw))))
        record = self._writer.create_warc_record(
            page.final_url, "response", payload=BytesIO(page.raw),
            http_headers=StatusAndHeaders(f"{page.status} OK", headers, protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": when, **({"WARC-IP-Address": page.peer} if page.peer else {})},
        )  # fmt: skip
        self._writer.write_record(record)
        return Path(self._file.name).name, start

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
                (source, url, page.header("ETag"), page.header("Last-Modified"), _now(), json.dumps(list(more))),
            )

    def keep_guide(self, source: str, url: str) -> None:
        """Record that a feed, sitemap or listing is as it was."""
        with self._writing():
            self._db.execute(
                "UPDATE guides SET checked = ?, checks = checks + 1 WHERE source = ? AND url = ?", (_now(), source, url)
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

    def same_content(self, source: str, content: str, url: str) -> int:
        """Return how many other pages of `source` say the same."""
        with self._mutex:
            row = self._db.execute(
                "SELECT count(DISTINCT c.url) FROM articles a JOIN captures c ON c.id = a.capture "
                "WHERE a.source = ? AND a.content = ? AND c.url <> ?",
                (source, content, url),
            ).fetchone()
        return int(row[0])

    def unread(self, reader: str, source: str) -> int:
        """Return how many newest versions of `source` were not read by `reader`."""
        with self._mutex:
            row = self._db.execute(
                "SELECT count(*) FROM (SELECT max(id) AS id FROM captures WHERE source = ? GROUP BY url) n "
                "LEFT JOIN articles a ON a.capture = n.id WHERE a.reader IS NOT ?",
                (source, reader),
            ).fetchone()
        return int(row[0])

    def captured_sources(self) -> list[str]:
        """Return the names of the sources that pages are stored of."""
        with self._mutex:
            return [name for (name,) in self._db.execute("SELECT DISTINCT source FROM captures ORDER BY source")]

    def pages(self, source: str | None = None, *, not_read_by: str | None = None) -> Iterator[Capture]:
        """Yield the newest version of each stored page (of `source`), in the order in which they came."""
        with self._mutex:
            ids = [row[0] for row in self._db.execute(
                "SELECT n.id FROM (SELECT max(id) AS id FROM captures WHERE ?1 IS NULL OR source = ?1 GROUP BY url) n "
                "LEFT JOIN articles a ON a.capture = n.id WHERE ?2 IS NULL OR a.reader IS NOT ?2 ORDER BY n.id",
                (source, not_read_by),
            )]  # fmt: skip
        for number in ids:
            yield self.capture(number)

    def capture(self, number: int) -> Capture:
        """Return the stored page of one id; raises StoreError where its WARC file is gone or damaged."""
        with self._mutex:
            url, final_url, source, fetched, name, start, insecure = self._db.execute(
                "SELECT url, final_url, source, fetched, warc, start, insecure FROM captures WHERE id = ?", (number,)
            ).fetchone()
        try:
            with (self.folder / "warc" / name).open("rb") as file:
                file.seek(start)
                record = next(iter(ArchiveIterator(file)))
                body = record.content_stream().read()
        except (OSError, StopIteration, EOFError, ValueError) as error:
            reason = f"warc/{name} cannot be read at byte {start}: {error}"
            raise StoreError(self.folder, reason) from None
        return Capture(url, final_url, source, datetime.fromisoformat(fetched), body, number, bool(insecure))

    def rows(self) -> Iterator[tuple[str, str, str, bool]]:
        """Yield (url, article as JSON, problem, whether a selection took it) for each page's newest version."""
        with self._mutex:
            ids = [row[0] for row in self._db.execute("SELECT max(id) FROM captures GROUP BY url ORDER BY 1")]
        for first in range(0, len(ids), 500):
            block = ids[first : first + 500]
            with self._mutex:
                found = self._db.execute(
                    "SELECT c.url, a.data, a.problem, a.selected FROM articles a JOIN captures c ON c.id = a.capture "
                    f"WHERE a.capture IN ({','.join('?' * len(block))}) ORDER BY c.id",
                    block,
                ).fetchall()
            for url, data, problem, selected in found:
                yield url, data, problem, bool(selected)

    def widen(self, source: str, takes: Callable[[Mapping[str, Any]], bool]) -> int:
        """Select stored articles of `source` that earlier selections left out and `takes` takes; return how many."""
        more = []
        with self._writing():
            for capture, data in self._db.execute(
                "SELECT capture, data FROM articles WHERE source = ? AND NOT selected AND data <> ''", (source,)
            ):
                if takes(json.loads(data)):
                    more.append((capture,))
            self._db.executemany("UPDATE articles SET selected = 1 WHERE capture = ?", more)
        return len(more)


def host_of(url: str) -> str:
    """Return host and port of an address in small letters, or an empty string."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _written(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _now() -> str:
    return _written(datetime.now(UTC))
