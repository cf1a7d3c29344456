"""Writing articles and their facts, some hundreds in a transaction: each article with all its facts, or not at all."""

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

from miner.pages.page import PageData
from miner.records import Article, Facts, Skipped
from miner.store import groups, indices, reviews
from miner.store.database import TIMEOUT, explain, guarded, open_writing
from miner.store.layout import ARTICLE, FACTS, INSERT, OWNER, UNIT_AT
from miner.store.rows import Prepared, Row, article_digest, fold_text, prepare
from miner.store.schema import OFFSET_BITS, TABLE
from miner.store.undisturbed import undisturbed

STATES = ("new", "changed", "renewed", "unchanged")
"""What an article can be to a database: not there, other text or data, made by another miner, the same."""
_TOGETHER = 256
"""Articles in a transaction, and in a segment of the full-text index; a killed run extracts so many again."""
_CHARACTERS = 4 << 20
"""Characters in a transaction, from which on it is written though it has fewer articles."""
_UNITS_REMEMBERED = 200_000

_DELETE = {
    name: (
        "DELETE FROM topics WHERE article = ?"
        if name == "topics"
        else f"DELETE FROM {name} WHERE {OWNER.get(name, 'id')} BETWEEN ? AND ?"
    )
    for name in FACTS
}
_NEW_ARTICLE = (
    f"INSERT INTO articles (no, id, {', '.join(ARTICLE)}, version, run) VALUES (?{', ?' * (len(ARTICLE) + 3)})"
)
_UPDATE_ARTICLE = (
    f"UPDATE articles SET {', '.join(f'{name} = ?' for name in ARTICLE)}, version = ?, run = ? WHERE no = ?"
)
_VERSION = [c.name for c in TABLE["article_versions"].columns if c.name not in ("article", "replaced_by")]
_KEEP_VERSION = (
    f"INSERT INTO article_versions (article, replaced_by, {', '.join(_VERSION)}) "
    f"SELECT no, ?, {', '.join(_VERSION)} FROM articles WHERE no = ?"
)
_INDEX = "INSERT INTO article_search (rowid, title, text) VALUES (?, ?, ?)"
_UNINDEX = "INSERT INTO article_search (article_search, rowid, title, text) VALUES ('delete', ?, ?, ?)"


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

    What was saved stands in the file once its transaction is full (256 articles), and all of it when the block ends,
    also by an error or Ctrl-C. A process that is killed loses the transaction under way and nothing else. A run that
    changes nothing leaves no row. Raises StoreError wherever the database fails.
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
        self._units: dict[str, int] = {}
        """Key → units.id."""
        self._waiting: dict[str, tuple[Prepared, str]] = {}
        """Articles by id, and their states, that the next transaction will hold."""
        self._characters = 0
        self._replaced = False
        try:
            with guarded(path):
                # Every reference is made together with what it refers to; looking each up again costs a fifth.
                self._connection.execute("PRAGMA foreign_keys = OFF")
                rows = self._connection.execute("SELECT id FROM runs WHERE fingerprint = ?", (about.fingerprint,))
                self._equal_runs = {row[0] for row in rows}
                self._reviewed = reviews.reviewed(self._connection)
                self._last = self._last_number()
                self._has_indices = indices.put_off(self._connection)
                self._group_older()
        except BaseException:
            self._connection.close()
            raise

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
        self._write_waiting()
        self._make_indices()
        if self._run is None:
            return
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

    def _last_number(self) -> int:
        return int(self._connection.execute("SELECT coalesce(max(no), 0) FROM articles").fetchone()[0])

    def _make_indices(self) -> None:
        if not self._has_indices:
            indices.make(self._connection)
            self._has_indices = True

    def _group_older(self) -> None:
        """Compare the articles of a database that an older miner made, which compared none."""
        compared = self._connection.execute("SELECT EXISTS (SELECT 1 FROM duplicate_bands)").fetchone()[0]
        if self._last and not compared:
            with self._transaction():
                for first in range(1, self._last + 1, _TOGETHER):
                    wanted = "SELECT no FROM articles WHERE no BETWEEN ? AND ? ORDER BY no"
                    numbers = self._connection.execute(wanted, (first, first + _TOGETHER - 1)).fetchall()
                    groups.group(self._connection, [(no, None) for (no,) in numbers])

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

    def state(self, article: Article, page: PageData | None = None) -> str:
        """Return which of STATES the article is to the database; `page` is what its web page says beside the text."""
        return self.state_of(article.id, article_digest(article, page))

    def state_of(self, id: str, digest: str) -> str:
        """Return the same for an article's id and digest."""
        if id in self._waiting:
            self._flush()
        with guarded(self.path):
            found = self._connection.execute("SELECT digest, run FROM articles WHERE id = ?", (id,)).fetchone()
        if found is None:
            return "new"
        if found[0] != digest:
            return "changed"
        return "unchanged" if found[1] in self._equal_runs else "renewed"

    def count_unchanged(self) -> None:
        """Count an article that was left alone."""
        self.counts["unchanged"] += 1

    def save(
        self,
        facts: Facts,
        *,
        origin: str = "",
        notes: Sequence[str] = (),
        repairs: Sequence[str] = (),
        page: PageData | None = None,
    ) -> str:
        """Write an article with its facts; as `add`. Raises InputError where the facts break a rule of the store."""
        return self.add(prepare(facts, origin, notes, repairs, page))

    def add(self, prepared: Prepared) -> str:
        """Write an article with its facts, replacing those that are there; return its state before.

        An article that was there unchanged is written again and counts as renewed. The text of a changed article is
        kept in `article_versions`. All of an article is written or nothing.
        """
        state = self.state_of(prepared.id, prepared.digest)
        state = "renewed" if state == "unchanged" else state
        self._waiting[prepared.id] = prepared, state
        self._characters += len(prepared.search[1])
        if len(self._waiting) >= _TOGETHER or self._characters >= _CHARACTERS:
            self._flush()
        return state

    def _flush(self) -> None:
        with guarded(self.path):
            self._write_waiting()

    def _write_waiting(self) -> None:
        """Write what waits in one transaction; where an article breaks a rule of the store, one by one without it."""
        waiting = list(self._waiting.values())
        if not waiting:
            return
        with undisturbed():
            try:
                self._write(waiting)
            except sqlite3.IntegrityError:
                self._write_one_by_one(waiting)
            self._waiting.clear()
            self._characters = 0

    def _write_one_by_one(self, waiting: Sequence[tuple[Prepared, str]]) -> None:
        for one in waiting:
            prepared = one[0]
            try:
                self._write([one])
            except sqlite3.IntegrityError as error:
                reason = f"its facts break a rule of the store: {error}"
                self.skip(Skipped(prepared.origin or prepared.id, "store", reason))
            del self._waiting[prepared.id]

    def _write(self, waiting: Sequence[tuple[Prepared, str]]) -> None:
        connection = self._connection
        replaced = any(state != "new" for _, state in waiting)
        if replaced:
            self._make_indices()  # which find what has to go
        with self._transaction():
            if self._last_number() != self._last:
                raise sqlite3.OperationalError("database is locked: another run writes into it")
            run, last, written = self._begin(), self._last, 0
            numbers: list[int] = []
            again: list[int] = []
            new: list[Row] = []
            for prepared, state in waiting:
                if state == "new":
                    last += 1
                    numbers.append(last)
                    new.append((last, prepared.id, *prepared.article, 1, run))
                else:
                    number, apart = self._replace_article(prepared, state, run)
                    numbers.append(number)
                    again += apart
            connection.executemany(_NEW_ARTICLE, new)
            numbered = [(number, prepared) for number, (prepared, _) in zip(numbers, waiting, strict=True)]
            for name in FACTS:
                if name == "unit_mentions":
                    rows: list[Row] = [row for number, prepared in numbered for row in self._mentions(number, prepared)]
                else:
                    rows = [(number, *row) for number, prepared in numbered for row in prepared.facts[name]]
                if rows:
                    connection.executemany(INSERT[name], rows)
                    written += len(rows)
            connection.executemany(_INDEX, ((number, *prepared.search) for number, prepared in numbered))
            compare: dict[int, Sequence[int] | None] = {number: prepared.bands for number, prepared in numbered}
            compare |= {number: None for number in again if number not in compare}
            groups.group(connection, compare.items())
            for _, prepared in numbered:
                if prepared.id in self._reviewed:
                    reviews.work_in_again(connection, prepared.id)
            read = [(prepared.origin,) for _, prepared in numbered if prepared.origin]
            connection.executemany("DELETE FROM skipped WHERE origin = ?", read)
        self._last = last
        self._replaced |= replaced
        self.facts += written
        for _, state in waiting:
            self.counts[state] += 1

    def _replace_article(self, prepared: Prepared, state: str, run: int) -> tuple[int, list[int]]:
        """Take out an article's facts and put its new text in; return its number, and articles to compare again."""
        execute = self._connection.execute
        number, version, title, text = execute(
            "SELECT no, version, title, text FROM articles WHERE id = ?", (prepared.id,)
        ).fetchone()
        first, last = number << OFFSET_BITS, (number + 1 << OFFSET_BITS) - 1
        for name in reversed(FACTS):
            execute(_DELETE[name], (number,) if name == "topics" else (first, last))
        execute(_UNINDEX, (number, fold_text(title), fold_text(text)))  # a contentless index is told what to forget
        apart: list[int] = []
        if state == "changed":
            execute(_KEEP_VERSION, (run, number))
            version += 1
            apart = groups.forget(self._connection, number)
        execute(_UPDATE_ARTICLE, (*prepared.article, version, run, number))
        return int(number), apart

    def _mentions(self, number: int, prepared: Prepared) -> Iterator[Row]:
        """Yield the carried mentions of units under their article's number, with the units' ids in this database."""
        ids = [self._unit_id(row) for row in prepared.units]
        for row in prepared.facts["unit_mentions"]:
            yield number, *row[:UNIT_AT], ids[row[UNIT_AT]], *row[UNIT_AT + 1 :]

    def _unit_id(self, row: Row) -> int:
        key = row[0]
        number = self._units.get(key)
        if number is None:
            found = self._connection.execute("SELECT id FROM units WHERE key = ?", (key,)).fetchone()
            number = found[0] if found else self._connection.execute(INSERT["units"], (None, *row)).lastrowid
            assert number is not None
            if len(self._units) >= _UNITS_REMEMBERED:
                self._units.clear()
            self._units[key] = number
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
                self._connection.execute(INSERT["skipped"], (None, *row, self._begin()))
        return True
