"""The store: raw responses in WARC 1.1 files, and an SQLite index of what was asked for and what came."""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]
from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]

from miner.collect.fetch import Fetched
from miner.errors import StoreError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS frontier (
  url TEXT PRIMARY KEY, source TEXT NOT NULL, asked TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'claimed', 'done', 'failed', 'gone')),
  reason TEXT NOT NULL DEFAULT '', missed INTEGER NOT NULL DEFAULT 0, etag TEXT NOT NULL DEFAULT '',
  modified TEXT NOT NULL DEFAULT '', checked TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS captures (
  id INTEGER PRIMARY KEY, url TEXT NOT NULL REFERENCES frontier (url), final_url TEXT NOT NULL, source TEXT NOT NULL,
  fetched TEXT NOT NULL, digest TEXT NOT NULL, warc TEXT NOT NULL, start INTEGER NOT NULL, insecure INTEGER NOT NULL,
  UNIQUE (url, digest)
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Capture:
    """A stored page: `body` decoded, `headers` as they came."""

    url: str
    final_url: str
    source: str
    fetched: datetime
    body: bytes


class _Writer(WARCWriter):  # type: ignore[misc]
    """warcio's writer, which leaves its temporary files open; our bodies are bounded and fit in memory."""

    @staticmethod
    def _create_temp_file() -> BytesIO:
        return BytesIO()


class Store:
    """A folder with `index.db` and `warc/`; one process at a time may write to it."""

    def __init__(self, folder: str | Path) -> None:
        """Open or make the store; raises StoreError where another process has it or it cannot be written."""
        self.folder = Path(folder)
        try:
            (self.folder / "warc").mkdir(parents=True, exist_ok=True)
            self._lock = (self.folder / "lock").open("a")
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._lock.close()
                raise StoreError(folder, "is in use by another collection; wait until it ends") from None
            self._db = sqlite3.connect(self.folder / "index.db", isolation_level=None, timeout=10)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.executescript(_SCHEMA)
            # What was claimed when the last run was killed was never stored.
            self._db.execute("UPDATE frontier SET state = 'waiting' WHERE state = 'claimed'")
        except (OSError, sqlite3.Error) as error:
            raise StoreError(folder, f"cannot be opened: {error}") from None
        self._file: Any = None

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the index and the WARC file of this run."""
        if self._file is not None:
            self._file.close()
        self._db.close()
        self._lock.close()

    def add(self, url: str, source: str, asked: str) -> bool:
        """Put an address in the frontier; return whether it is new. `url` is canonical, `asked` what is requested."""
        done = self._db.execute(
            "INSERT OR IGNORE INTO frontier (url, source, asked) VALUES (?, ?, ?)", (url, source, asked)
        )
        return done.rowcount > 0

    def claim(self, source: str) -> tuple[str, str] | None:
        """Take the next waiting address of `source`, as (canonical, asked), or None."""
        row = self._db.execute(
            "UPDATE frontier SET state = 'claimed' WHERE url = (SELECT url FROM frontier WHERE source = ? AND "
            "state = 'waiting' ORDER BY rowid LIMIT 1) RETURNING url, asked",
            (source,),
        ).fetchone()
        return row if row else None

    def fail(self, url: str, reason: str, *, again: bool) -> None:
        """Record why `url` did not come; `again` leaves it for a later run."""
        state = "waiting" if again else "failed"
        self._db.execute(
            "UPDATE frontier SET state = ?, reason = ?, checked = ? WHERE url = ?", (state, reason, _now(), url)
        )

    def defer(self, url: str) -> None:
        """Leave `url` out for the rest of this run; `wake` or the next run lets it be asked for again."""
        self._db.execute("UPDATE frontier SET state = 'claimed' WHERE url = ?", (url,))

    def wake(self, source: str) -> None:
        """Let the addresses of `source` that were put off be asked for in the next run."""
        self._db.execute("UPDATE frontier SET state = 'waiting' WHERE source = ? AND state = 'claimed'", (source,))

    def missing(self, url: str, status: int) -> None:
        """Record a 404, which is asked for in one later run before it is gone, or a 410, which is gone."""
        self._db.execute(
            "UPDATE frontier SET missed = missed + 1, reason = ?, checked = ?, "
            "state = CASE WHEN ? = 410 OR missed >= 1 THEN 'gone' ELSE 'failed' END WHERE url = ?",
            (f"status {status}", _now(), status, url),
        )

    def retry_missing(self, source: str) -> None:
        """Let addresses that were missing once be asked for again; called when a run begins."""
        self._db.execute(
            "UPDATE frontier SET state = 'waiting' WHERE source = ? AND state = 'failed' AND missed = 1", (source,)
        )

    def save(self, url: str, source: str, page: Fetched) -> bool:
        """Store a response on disk, then mark `url` done; return whether its content is new.

        The WARC record is synced before the index knows it: a kill in between costs this one request.
        """
        digest = hashlib.sha256(page.body).hexdigest()
        now = _now()
        try:
            known = self._db.execute("SELECT 1 FROM captures WHERE url = ? AND digest = ?", (url, digest)).fetchone()
            if not known:
                name, start = self._write(page, now)
                self._db.execute("BEGIN IMMEDIATE")
                self._db.execute(
                    "INSERT INTO captures (url, final_url, source, fetched, digest, warc, start, insecure) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (url, page.final_url, source, now, digest, name, start, int(page.insecure)),
                )
            self._db.execute(
                "UPDATE frontier SET state = 'done', reason = '', missed = 0, etag = ?, modified = ?, checked = ? "
                "WHERE url = ?",
                (page.header("ETag"), page.header("Last-Modified"), now, url),
            )
            if not known:
                self._db.execute("COMMIT")
        except (OSError, sqlite3.Error) as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise StoreError(self.folder, f"cannot be written: {error}; what was stored before is whole") from None
        return not known

    def _write(self, page: Fetched, now: str) -> tuple[str, int]:
        if self._file is None:
            stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S%f")
            self._file = (self.folder / "warc" / f"miner-{stamp}-{os.getpid()}.warc.gz").open("ab")
            self._writer = _Writer(self._file, gzip=True, warc_version="WARC/1.1")
        start = self._file.tell()
        # Transfer-Encoding is undone by now; the body is as long as it is.
        headers = [(k, v) for k, v in page.headers if k.lower() not in ("transfer-encoding", "content-length")]
        headers.append(("Content-Length", str(len(page.raw))))
        record = self._writer.create_warc_record(
            page.final_url, "response", payload=BytesIO(page.raw),
            http_headers=StatusAndHeaders(f"{page.status} OK", headers, protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": now, "WARC-IP-Address": page.peer},
        )  # fmt: skip
        self._writer.write_record(record)
        self._file.flush()
        os.fsync(self._file.fileno())
        return Path(self._file.name).name, start

    def counts(self) -> dict[str, int]:
        """Return how many addresses are in which state."""
        return dict(self._db.execute("SELECT state, count(*) FROM frontier GROUP BY state"))

    def pages(self) -> Iterator[Capture]:
        """Yield the newest version of each stored page, in the order in which they came."""
        rows = self._db.execute(
            "SELECT url, final_url, source, fetched, warc, start FROM captures WHERE id IN "
            "(SELECT max(id) FROM captures GROUP BY url) ORDER BY id"
        ).fetchall()
        for url, final_url, source, fetched, name, start in rows:
            with (self.folder / "warc" / name).open("rb") as file:
                file.seek(start)
                record = next(iter(ArchiveIterator(file)))
                yield Capture(url, final_url, source, datetime.fromisoformat(fetched), record.content_stream().read())


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
