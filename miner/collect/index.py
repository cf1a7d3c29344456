"""The index of a store: an SQLite file that one process at a time writes, in whole transactions."""

from __future__ import annotations

import fcntl
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from miner.errors import StoreError

_VERSION = 2
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


class Index:
    """`index.db` in a folder; safe for the threads of one process."""

    def __init__(self, folder: str | Path) -> None:
        """Open or make the store; raises StoreError where another process has it or it cannot be written."""
        self.folder = Path(folder)
        self._mutex = threading.RLock()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = (self.folder / "lock").open("a")
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._lock.close()
                raise StoreError(folder, "is in use by another collection; wait until it ends") from None
            try:
                self._db = sqlite3.connect(
                    self.folder / "index.db", isolation_level=None, timeout=10, check_same_thread=False
                )
                try:
                    self._db.execute("PRAGMA journal_mode = WAL")
                    self._db.execute("PRAGMA synchronous = NORMAL")
                    self._prepare(folder)
                    # What was claimed when the last run was killed was never stored.
                    self._db.execute("UPDATE frontier SET state = 'waiting' WHERE state = 'claimed'")
                except BaseException:
                    self._db.close()
                    raise
            except BaseException:
                self._lock.close()
                raise
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

    def close(self) -> None:
        """Close the index."""
        with self._mutex:
            self._db.close()
            self._lock.close()


def host_of(url: str) -> str:
    """Return host and port of an address in small letters, or an empty string."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def written(when: datetime) -> str:
    """Return a time as the index keeps it: UTC, to the second."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def now() -> str:
    """Return the present time as the index keeps it."""
    return written(datetime.now(UTC))
