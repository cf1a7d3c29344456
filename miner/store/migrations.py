"""Steps that bring an older database forward, one version at a time, in one transaction."""

from __future__ import annotations

import sqlite3

from miner.errors import StoreError
from miner.store import schema

STEPS: dict[int, tuple[str, ...]] = {
    2: (
        "ALTER TABLE articles ADD COLUMN repairs TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE articles ADD COLUMN page TEXT",
        "ALTER TABLE articles ADD COLUMN duplicate_group INTEGER",
        *(s for view in schema.VIEWS for s in (f"DROP VIEW IF EXISTS {view.name}", view.ddl)),
        *(schema.TABLE[name].ddl for name in ("duplicate_bands", "reviews")),
        "DROP INDEX IF EXISTS figures_object_key",
        *(s for table in schema.TABLES for s in table.index_ddl.values()),
    ),
}
"""Version → the statements that bring a database of the version before it there. Version 1 is the first."""


def migrate(connection: sqlite3.Connection, path: str, version: int) -> None:
    """Bring the database from `version` to the schema's own; all of it or nothing.

    Raises StoreError where a step fails; the database is then as it was.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in range(version + 1, schema.VERSION + 1):
            for statement in STEPS[step]:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {schema.VERSION}")
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        connection.execute("ROLLBACK")
        raise StoreError(path, f"cannot be brought from schema {version} to {schema.VERSION}: {error}") from error
