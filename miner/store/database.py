"""Opening a database: a new one, one of ours, or a clear refusal."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from miner.errors import StoreError
from miner.store import schema
from miner.store.migrations import migrate
from miner.text import key, search_key

TIMEOUT = 10.0
"""Seconds to wait for another process that is writing."""
_HEAD = b"SQLite format 3\0"


def explain(path: str | Path, error: sqlite3.Error) -> StoreError:
    """Return SQLite's error as ours, with what to do about it."""
    said = str(error)
    if "locked" in said or "busy" in said:
        reason = "is locked by another process; wait until it is done, or stop it, and run again"
    elif "full" in said or "disk I/O" in said:
        reason = f"cannot be written ({said}): free some space and run again; what was stored before is safe"
    elif "readonly" in said or "unable to open" in said:
        reason = f"cannot be opened ({said}): look at the folder and its permissions"
    elif "malformed" in said or "not a database" in said:
        reason = f"is damaged or no database ({said}); keep a copy, and make it anew with `miner run`"
    else:
        reason = said
    return StoreError(path, reason)


@contextmanager
def guarded(path: str | Path) -> Iterator[None]:
    """Turn SQLite's errors inside the block into StoreError."""
    try:
        yield
    except sqlite3.Error as error:
        raise explain(path, error) from error


def _check_file(path: Path) -> bool:
    """Return whether `path` holds a database already; raise StoreError where it is something else."""
    try:
        if not path.exists():
            return False
        if not path.is_file():
            raise StoreError(path, "is not a file; give a database with -o FILE.db")
        with path.open("rb") as file:
            head = file.read(len(_HEAD))
    except OSError as error:
        raise StoreError(path, f"cannot be read: {error.strerror}") from None
    if head and head != _HEAD:
        raise StoreError(path, "exists and is not a database; nothing was changed, give another file")
    return bool(head)


def _check_ours(connection: sqlite3.Connection, path: Path) -> int:
    """Return the schema version of an existing database, 0 for an empty one; raise StoreError where it is not ours."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != schema.APPLICATION_ID:
        if application == 0 and not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            return 0
        raise StoreError(path, "is a database of another program; nothing was changed, give another file")
    if version > schema.VERSION:
        raise StoreError(
            path,
            f"was made by a newer miner (schema {version}, this one knows {schema.VERSION}): upgrade miner to use it",
        )
    return version


def open_writing(path: str | Path, timeout: float = TIMEOUT) -> sqlite3.Connection:
    """Open a database of ours for writing, making or migrating it where that is due.

    The connection is in autocommit mode with WAL and foreign keys. Raises StoreError where the file is something
    else, is newer than this miner, or cannot be written.
    """
    path = Path(path)
    exists = _check_file(path)
    if not path.parent.is_dir():
        raise StoreError(path, f"the folder {path.parent} is not there; make it first")
    with guarded(path):
        connection = sqlite3.connect(path, timeout=timeout, isolation_level=None)
        try:
            version = _check_ours(connection, path) if exists else 0
            connection.execute("PRAGMA journal_mode = WAL")
            # After a power cut the last articles may be missing, and the next run extracts them again.
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA cache_size = -65536")
            if version == 0:
                _make(connection)
            elif version < schema.VERSION:
                migrate(connection, str(path), version)
        except BaseException:
            connection.close()
            raise
    return connection


def _make(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    if connection.execute("PRAGMA user_version").fetchone()[0] == 0:  # nobody else was quicker
        for statement in schema.statements():
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {schema.VERSION}")
    connection.execute("COMMIT")


def open_reading(path: str | Path, timeout: float = TIMEOUT) -> sqlite3.Connection:
    """Open a database of ours for reading only.

    SQL has two functions more: `fold(text)` (small letters without diacritics) and `keyed(text)` (small letters,
    spellings joined, diacritics kept).

    Raises StoreError where the file is missing, is not ours, or has another version.
    """
    path = Path(path)
    if not _check_file(path):
        raise StoreError(path, "is not there; `miner run INPUT -o FILE.db` makes a database")
    with guarded(path):
        connection = _connect(path, timeout)
        try:
            version = _check_ours(connection, path)
            if version == 0:
                raise StoreError(path, "is empty; `miner run INPUT -o FILE.db` fills it")
            if version < schema.VERSION:
                raise StoreError(path, f"has the older schema {version}; `miner run -o {path}` brings it forward")
            connection.execute("PRAGMA query_only = ON")
            connection.execute("PRAGMA cache_size = -65536")
            for name, function in (("fold", search_key), ("keyed", key)):
                connection.create_function(name, 1, _of_text(function), deterministic=True)
        except BaseException:
            connection.close()
            raise
    return connection


def _of_text(function: Callable[[str], str]) -> Callable[[Any], str | None]:
    return lambda value: None if value is None else function(str(value))


def _connect(path: Path, timeout: float) -> sqlite3.Connection:
    address = f"file:{quote(str(path.resolve()))}?mode=ro"
    connection = sqlite3.connect(address, uri=True, timeout=timeout, isolation_level=None)
    try:
        connection.execute("PRAGMA schema_version")
    except sqlite3.OperationalError:
        # On a read-only medium WAL cannot make its index; without a -wal file the main file is whole.
        if Path(f"{path}-wal").exists():
            raise
        connection.close()
        connection = sqlite3.connect(f"{address}&immutable=1", uri=True, timeout=timeout, isolation_level=None)
    return connection
