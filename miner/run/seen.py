"""The ids that a run has met, on disk: there may be many millions."""

from __future__ import annotations

import sqlite3
from types import TracebackType
from typing import Self


class Seen:
    """A table of ids that is gone with the run; use it in a `with` block."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None)  # a file without a name, of which a part is cached
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("CREATE TABLE seen (id TEXT PRIMARY KEY, digest TEXT, place TEXT) WITHOUT ROWID")
        self._connection.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def conflict(self, id: str, digest: str, place: str) -> tuple[bool, str]:
        """Return whether this id was met before, and if it was another article's, why this one must be skipped."""
        added = self._connection.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (id, digest, place))
        if added.rowcount:
            return False, ""
        known, where = self._connection.execute("SELECT digest, place FROM seen WHERE id = ?", (id,)).fetchone()
        if known == digest:
            return True, ""
        return True, f"has the id {id!r} of another article of this run ({where}); ids must differ"
