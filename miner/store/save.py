"""Writing articles and their facts, one transaction an article."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from miner.errors import InputError
from miner.records import Article, Facts, Skipped, Unit
from miner.store import groups, reviews
from miner.store.database import TIMEOUT, explain, guarded, open_writing
from miner.store.rows import day, fact_rows, fold_text, folded
from miner.store.schema import OFFSET_BITS, TABLE, TABLES
from miner.units.resolve import entity_key

STATES = ("new", "changed", "renewed", "unchanged")
"""What an article can be to a database: not there, other text or data, made by another miner, the same."""

_FACTS = (
    "sentences", "unit_mentions", "dates", "community_models", "figures", "awards", "award_givers",
    "award_recipients", "topics", "passages", "passage_topics",
)  # fmt: skip
"""The fact tables, each after those that it refers to."""
_OWNER = {"award_givers": "award", "award_recipients": "award", "passage_topics": "passage"}
_UNITS_REMEMBERED = 500_000
_INDEXED_TOGETHER = 200
"""Articles that enter the full-text index together: each time costs it a segment of its own."""


def _insert(table: str) -> str:
    columns = [c.name for c in TABLE[table].columns]
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


_INSERT = {table.name: _insert(table.name) for table in TABLES}
_DELETE = {
    name: (
        "DELETE FROM topics WHERE article = ?"
        if name == "topics"
        else f"DELETE FROM {name} WHERE {_OWNER.get(name, 'id')} BETWEEN ? AND ?"
    )
    for name in _FACTS
}
_ARTICLE = [c.name for c in TABLE["articles"].columns if c.name not in ("no", "id", "duplicate_group")]
_UPDATE_ARTICLE = f"UPDATE articles SET {', '.join(f'{name} = ?' for name in _ARTICLE)} WHERE no = ?"
_VERSION = [c.name for c in TABLE["article_versions"].columns if c.name not in ("article", "replaced_by")]
_KEEP_VERSION = (
    f"INSERT INTO article_versions (article, replaced_by, {', '.join(_VERSION)}) "
    f"SELECT no, ?, {', '.join(_VERSION)} FROM articles WHERE no = ?"
)


_INDEX = "INSERT INTO article_search (rowid, title, text) VALUES (?, ?, ?)"


def article_digest(article: Article) -> str:
    """Return the digest by which a change of an article's text or data is seen."""
    parts = (
        article.text, article.title, day(article.published) or "", article.url, article.source,
        article.province_code or "",
    )  # fmt: skip
    return blake2b("\0".join(parts).encode("utf-8"), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class About:
    """What a run is made with; runs that share a fingerprint give equal facts for equal articles."""

    miner_version: str
    tables_digest: str
    classifier_digest: str
    options: Mapping[str, Any] = field(default_factory=dict)
    inputs: Sequence[str] = ()

    @property
    def fingerprint(self) -> str:
        """Digest of version, tables and classifiers."""
        parts = (self.miner_version, self.tables_digest, self.classifier_digest)
        return blake2b("\0".join(parts).encode("utf-8"), digest_size=8).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class Store:
    """A database open for one run of writing; use it in a `with` block, which ends the run.

    A run that changes nothing leaves no row. Raises StoreError wherever the database fails; what was saved before
    stays.
    """

    def __init__(self, path: str | Path, about: About, *, timeout: float = TIMEOUT) -> None:
        self.path = Path(path)
        self.about = about
        self.counts = dict.fromkeys((*STATES, "skipped"), 0)
        self.facts = 0
        """Fact rows written."""
        self._connection = open_writing(path, timeout)
        self._run: int | None = None
        self._started = _now()
        self._units: dict[tuple[str | None, ...], int] = {}
        # What `entity_key` depends on → units.id.
        self._replaced = False
        with guarded(path):
            rows = self._connection.execute("SELECT id FROM runs WHERE fingerprint = ?", (about.fingerprint,))
            self._equal_runs = {row[0] for row in rows}
            self._reviewed = reviews.reviewed(self._connection)
            last = self._connection.execute("SELECT rowid FROM article_search ORDER BY rowid DESC LIMIT 1").fetchone()
            self._indexed: int = last[0] if last else 0
            self._unindexed = 0
            self._index()  # what a killed run left out

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish("finished")
            elif issubclass(kind, KeyboardInterrupt):
                self._finish("interrupted")
            else:
                with suppress(sqlite3.Error):  # the disk is full or the file locked: the error on its way says so
                    self._finish("failed")
        except sqlite3.Error as failure:
            raise explain(self.path, failure) from failure
        finally:
            self._connection.close()

    def _finish(self, status: str) -> None:
        if self._run is None:
            return
        self._index()
        self._group()
        with self._transaction():
            if self._replaced:
                self._connection.execute(
                    "DELETE FROM units WHERE NOT EXISTS (SELECT 1 FROM unit_mentions m WHERE m.unit = units.id)"
                )
            self._connection.execute(
                "UPDATE runs SET finished_at = ?, status = ?, new = ?, changed = ?, renewed = ?, unchanged = ?, "
                "skipped = ? WHERE id = ?",
                (_now(), status, *self.counts.values(), self._run),
            )
        if status == "finished":
            self._connection.execute("PRAGMA optimize")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        connection, run = self._connection, self._run
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            self._units.clear()  # some may have been undone, and the run's own row too
            self._run = run
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _index(self) -> None:
        """Bring the articles that were added since the last time into the full-text index."""
        select = "SELECT no, title, text FROM articles WHERE no > ? ORDER BY no LIMIT ?"
        while rows := self._connection.execute(select, (self._indexed, _INDEXED_TOGETHER)).fetchall():
            with self._transaction():
                folded_rows = [(no, fold_text(title), fold_text(text)) for no, title, text in rows]
                self._connection.executemany(_INDEX, folded_rows)
            self._indexed = rows[-1][0]
        self._unindexed = 0

    def _group(self) -> None:
        """Compare the articles that were not compared yet, a few hundred in a transaction."""
        last = 0
        while numbers := groups.waiting(self._connection, last):
            with self._transaction():
                groups.group(self._connection, numbers)
            last = numbers[-1]

    def _begin(self) -> int:
        """Return the run's id, writing its row when the first change comes."""
        if self._run is None:
            about = self.about
            cursor = self._connection.execute(
                "INSERT INTO runs (started_at, status, miner_version, tables_digest, classifier_digest, "
                "fingerprint, options, inputs) VALUES (?, 'running', ?, ?, ?, ?, ?, ?)",
                (
                    self._started, about.miner_version, about.tables_digest, about.classifier_digest,
                    about.fingerprint, json.dumps(dict(about.options), ensure_ascii=False),
                    json.dumps(list(about.inputs), ensure_ascii=False),
                ),
            )  # fmt: skip
            self._run = cursor.lastrowid
            assert self._run is not None
            self._equal_runs.add(self._run)
        return self._run

    def state(self, article: Article) -> str:
        """Return which of STATES the article is to the database, and count it where it is unchanged."""
        with guarded(self.path):
            found = self._connection.execute("SELECT digest, run FROM articles WHERE id = ?", (article.id,)).fetchone()
        if found is None:
            return "new"
        if found[0] != article_digest(article):
            return "changed"
        return "unchanged" if found[1] in self._equal_runs else "renewed"

    def count_unchanged(self) -> None:
        """Count an article that was left alone."""
        self.counts["unchanged"] += 1

    def save(self, facts: Facts, *, origin: str = "", notes: Sequence[str] = ()) -> str:
        """Write an article with its facts, replacing those that are there; return its state before.

        The text of a changed article is kept in `article_versions`. All is written or nothing. Raises InputError
        where the facts break the records' own rules (two mentions of a layer at one place).
        """
        try:
            state = self._save(facts, origin, notes)
        except sqlite3.IntegrityError as error:
            raise InputError(origin or facts.article.id, f"its facts break a rule of the store: {error}") from error
        except sqlite3.Error as error:
            raise explain(self.path, error) from error
        self.counts[state] += 1
        return state

    def _save(self, facts: Facts, origin: str, notes: Sequence[str]) -> str:
        state = self.state(facts.article)
        if state == "new":
            with self._transaction():
                number = self._insert_article(facts, origin, notes)
                self._write(facts, number, origin)
            self._unindexed += 1
            if self._unindexed >= _INDEXED_TOGETHER:
                self._index()
        else:
            # Deleting a parent row makes SQLite look through child tables for rows that refer to it; all of
            # them go in this very transaction, so that search is left out.
            self._connection.execute("PRAGMA foreign_keys = OFF")
            try:
                with self._transaction():
                    number = self._replace_article(facts, origin, notes, state)
                    self._write(facts, number, origin)
            finally:
                self._connection.execute("PRAGMA foreign_keys = ON")
            self._replaced = True
        return state

    def _article_row(self, facts: Facts, origin: str, notes: Sequence[str], version: int) -> tuple[Any, ...]:
        article, home = facts.article, facts.home
        published = article.published
        return (
            article.title, article.text, day(published), published.year if published else None, article.url,
            article.source, article.province_code, home.province_code if home else None,
            home.evidence if home else None, origin, json.dumps(list(notes), ensure_ascii=False), version,
            article_digest(article), self._begin(),
        )  # fmt: skip

    def _insert_article(self, facts: Facts, origin: str, notes: Sequence[str]) -> int:
        row = self._article_row(facts, origin, notes, 1)
        number = self._connection.execute(_INSERT["articles"], (None, facts.article.id, *row, None)).lastrowid
        assert number is not None
        return number

    def _replace_article(self, facts: Facts, origin: str, notes: Sequence[str], state: str) -> int:
        execute = self._connection.execute
        number, version, title, text = execute(
            "SELECT no, version, title, text FROM articles WHERE id = ?", (facts.article.id,)
        ).fetchone()
        first, last = number << OFFSET_BITS, (number + 1 << OFFSET_BITS) - 1
        for name in reversed(_FACTS):
            execute(_DELETE[name], (number,) if name == "topics" else (first, last))
        if number <= self._indexed:
            # A contentless index is told what to forget.
            row = (number, fold_text(title), fold_text(text))
            execute("INSERT INTO article_search (article_search, rowid, title, text) VALUES ('delete', ?, ?, ?)", row)
            execute(_INDEX, (number, fold_text(facts.article.title), fold_text(facts.article.text)))
        if state == "changed":
            execute(_KEEP_VERSION, (self._begin(), number))
            version += 1
            groups.forget(self._connection, number)
        execute(_UPDATE_ARTICLE, (*self._article_row(facts, origin, notes, version), number))
        return int(number)

    def _write(self, facts: Facts, number: int, origin: str) -> None:
        connection = self._connection
        for name, rows in fact_rows(facts, number, self._unit_id).items():
            if rows:
                connection.executemany(_INSERT[name], rows)
                self.facts += len(rows)
        if facts.article.id in self._reviewed:
            reviews.work_in_again(connection, facts.article.id)
        connection.execute("DELETE FROM skipped WHERE origin = ? AND origin != ''", (origin,))

    def _unit_id(self, unit: Unit) -> int:
        name = unit.name or unit.text
        seen = (name, unit.kind, unit.level, unit.place_code, unit.resolution)
        number = self._units.get(seen)
        if number is None:
            key = entity_key(unit)
            found = self._connection.execute("SELECT id FROM units WHERE key = ?", (key,)).fetchone()
            if found:
                number = int(found[0])
            else:
                row = (None, key, name, folded(name), unit.kind, unit.level, unit.place_code, unit.province_code)
                number = self._connection.execute(_INSERT["units"], row).lastrowid
                assert number is not None
            if len(self._units) >= _UNITS_REMEMBERED:
                self._units.clear()
            self._units[seen] = number
        return number

    def skip(self, skipped: Skipped) -> bool:
        """Record an input that gave no article; return False where the same was recorded before."""
        self.counts["skipped"] += 1
        row = (skipped.where, skipped.stage, skipped.reason)
        with guarded(self.path):
            known = "SELECT 1 FROM skipped WHERE origin = ? AND stage = ? AND reason = ?"
            if self._connection.execute(known, row).fetchone():
                return False
            with self._transaction():
                self._connection.execute(_INSERT["skipped"], (None, *row, self._begin()))
        return True
