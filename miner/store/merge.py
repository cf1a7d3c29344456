"""Several databases into a new one: articles of the first stay as they are, those of the others follow."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from miner.errors import StoreError
from miner.store import groups
from miner.store.database import guarded, open_reading, open_writing
from miner.store.layout import FACTS, OWNER, UNIT, is_mention_id
from miner.store.merge_reviews import add_reviews_of_other
from miner.store.rows import fold_text
from miner.store.schema import OFFSET_BITS, TABLE

_TOGETHER = 256


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did."""

    articles: int
    """Articles of the new database."""
    twice: int
    """Articles that a later database had again, left out: the first one's is kept."""
    differing: int
    """Those of them whose text or data was another."""
    reviews: int
    """Reviews of the new database."""


def merge(databases: Sequence[str | Path], out: str | Path) -> Merged:
    """Merge `databases` into the new database `out`, which appears whole or not at all.

    Of articles with one id, that of the first database is kept, with the reviews of all. Units are joined by their
    keys, near-duplicates are grouped anew over all articles, and the runs of all are kept. Raises StoreError where a
    database cannot be read or has another schema, or `out` is there already.
    """
    out = Path(out)
    if out.exists():
        raise StoreError(out, "is there already; give a new file with -o")
    for path in databases:
        open_reading(path).close()
    first, *others = databases
    temporary = out.with_name(f".{out.name}.merging")
    with _new_file(temporary):
        _copy(first, temporary)
        connection = open_writing(temporary)
        twice = differing = 0
        try:
            # The file is thrown away if anything goes wrong, so that nothing need be undone.
            connection.execute("PRAGMA foreign_keys = OFF")
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            for path in others:
                same, other = _add(connection, path)
                twice, differing = twice + same, differing + other
            connection.execute("PRAGMA optimize")
            counts = [connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("articles", "reviews")]
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.Error as error:
            raise StoreError(out, f"cannot be written: {error}") from error
        finally:
            connection.close()
        os.replace(temporary, out)
    return Merged(counts[0], twice, differing, counts[1])


@contextmanager
def _new_file(path: Path) -> Iterator[None]:
    names = [path.with_name(path.name + ending) for ending in ("", "-wal", "-shm", "-journal")]
    for name in names:
        name.unlink(missing_ok=True)
    try:
        yield
    finally:
        for name in names:
            name.unlink(missing_ok=True)


def _copy(source: str | Path, target: Path) -> None:
    connection = open_reading(source)
    try:
        with guarded(target):
            copy = sqlite3.connect(target)
            try:
                connection.backup(copy)
            finally:
                copy.close()
    finally:
        connection.close()


def _add(connection: sqlite3.Connection, path: str | Path) -> tuple[int, int]:
    """Add another database; return how many of its articles are there already, and how many of those differ."""
    with guarded(path):
        connection.execute("ATTACH ? AS other", (str(path),))
        try:
            connection.execute("BEGIN")
            connection.execute(
                "CREATE TEMP TABLE shared AS SELECT o.no AS theirs, a.no AS ours, a.digest <> o.digest AS differs "
                "FROM other.articles o JOIN main.articles a ON a.id = o.id"
            )
            connection.execute("CREATE UNIQUE INDEX temp.shared_theirs ON shared (theirs)")
            same, differing = connection.execute("SELECT count(*), total(differs) FROM shared").fetchone()
            moved = connection.execute("SELECT coalesce(max(no), 0) FROM main.articles").fetchone()[0]
            _add_rows(connection, moved)
            _add_skipped(connection)
            _compare(connection, moved)
            add_reviews_of_other(connection, moved)
            connection.execute("DROP TABLE temp.shared")
            connection.execute("DROP TABLE temp.unit_ids")
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            connection.execute("DETACH other")
    return same, int(differing)


def _names(table: str, leave: Sequence[str] = ()) -> list[str]:
    return [c.name for c in TABLE[table].columns if c.name not in leave]


def _add_rows(connection: sqlite3.Connection, moved: int) -> None:
    """Copy runs, units, and the articles that are not there yet with their facts, under new numbers."""
    runs = connection.execute("SELECT coalesce(max(id), 0) FROM main.runs").fetchone()[0]
    rest = ", ".join(_names("runs", ["id"]))
    connection.execute(f"INSERT INTO main.runs (id, {rest}) SELECT id + ?, {rest} FROM other.runs ORDER BY id", (runs,))
    columns = ", ".join(UNIT)
    connection.execute(
        f"INSERT OR IGNORE INTO main.units ({columns}) SELECT {columns} FROM other.units WHERE id IN "
        "(SELECT unit FROM other.unit_mentions WHERE article NOT IN (SELECT theirs FROM shared)) ORDER BY id"
    )
    connection.execute(
        "CREATE TEMP TABLE unit_ids AS SELECT o.id AS theirs, u.id AS ours "
        "FROM other.units o JOIN main.units u ON u.key = o.key"
    )
    connection.execute("CREATE UNIQUE INDEX temp.unit_ids_theirs ON unit_ids (theirs)")
    for table in ("articles", "article_versions", *FACTS):
        values = ", ".join(_moved(table, c.name, is_mention_id(c)) for c in TABLE[table].columns)
        article = "no" if table == "articles" else "article"
        if table in OWNER:
            article = f"{OWNER[table]} >> {OFFSET_BITS}"
        joined = "JOIN temp.unit_ids u ON u.theirs = f.unit " if table == "unit_mentions" else ""
        connection.execute(
            f"INSERT INTO main.{table} ({', '.join(_names(table))}) SELECT {values} FROM other.{table} f {joined}"
            f"WHERE {article} NOT IN (SELECT theirs FROM shared) ORDER BY f.{TABLE[table].columns[0].name}",
            {"moved": moved, "runs": runs},
        )


def _moved(table: str, column: str, is_id: bool) -> str:
    """Return in SQL what a column of the other database is here."""
    if column in ("run", "replaced_by"):
        return f"f.{column} + :runs"
    if (table, column) == ("unit_mentions", "unit"):
        return "u.ours"
    if column == "duplicate_group":
        return "NULL"
    if column == "article" or (table, column) == ("articles", "no"):
        return f"f.{column} + :moved"
    return f"f.{column} + (:moved << {OFFSET_BITS})" if table in FACTS and is_id else f"f.{column}"


def _add_skipped(connection: sqlite3.Connection) -> None:
    """Copy what was skipped there, and leave out what one of the two has read after all."""
    runs = "(SELECT max(id) FROM main.runs) - (SELECT max(id) FROM other.runs)"
    connection.execute(
        "INSERT OR IGNORE INTO main.skipped (origin, stage, reason, run) "
        f"SELECT origin, stage, reason, run + {runs} FROM other.skipped ORDER BY id"
    )
    connection.execute("DELETE FROM main.skipped WHERE origin IN (SELECT origin FROM main.articles)")


def _compare(connection: sqlite3.Connection, moved: int) -> None:
    """Bring the added articles into the full-text index and the groups of near-duplicates."""
    last = moved
    while rows := connection.execute(
        "SELECT no, title, text FROM main.articles WHERE no > ? ORDER BY no LIMIT ?", (last, _TOGETHER)
    ).fetchall():
        connection.executemany(
            "INSERT INTO main.article_search (rowid, title, text) VALUES (?, ?, ?)",
            [(no, fold_text(title), fold_text(text)) for no, title, text in rows],
        )
        marks: dict[int, list[int]] = {no: [] for no, _, _ in rows}
        theirs = "SELECT article + ?, band FROM other.duplicate_bands WHERE article BETWEEN ? AND ?"
        for no, band in connection.execute(theirs, (moved, rows[0][0] - moved, rows[-1][0] - moved)):
            if band >= 0 and no in marks:
                marks[no].append(band)
        groups.group(connection, marks.items())
        last = rows[-1][0]
