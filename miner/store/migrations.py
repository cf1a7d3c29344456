"""Steps that bring an older database forward, one version at a time, in one transaction."""

from __future__ import annotations

import sqlite3

from miner.errors import StoreError
from miner.store import schema


def _made(*tables: str) -> tuple[str, ...]:
    """Return the statements that make tables and their indices."""
    return tuple(s for name in tables for s in (schema.TABLE[name].ddl, *schema.TABLE[name].index_ddl.values()))


STEPS: dict[int, tuple[str, ...]] = {
    2: (
        "ALTER TABLE articles ADD COLUMN repairs TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE articles ADD COLUMN page TEXT",
        "ALTER TABLE articles ADD COLUMN duplicate_group INTEGER",
        *(s for view in schema.VIEWS for s in (f"DROP VIEW IF EXISTS {view.name}", view.ddl)),
        "CREATE INDEX articles_duplicate_group ON articles (duplicate_group)",
        "CREATE INDEX figures_kind ON figures (kind)",
        "CREATE INDEX unit_mentions_kind ON unit_mentions (kind)",
        "CREATE INDEX unit_mentions_resolution ON unit_mentions (resolution)",
        "CREATE INDEX unit_mentions_province_code ON unit_mentions (province_code)",
        "CREATE INDEX unit_mentions_text ON unit_mentions (text)",
        "CREATE INDEX awards_level ON awards (level)",
        "CREATE INDEX awards_status ON awards (status)",
        "CREATE INDEX passage_topics_name ON passage_topics (name)",
        *_made("duplicate_bands", "reviews"),
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
