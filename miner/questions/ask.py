"""Asking the database: answers, conditions, and SQL of one's own."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from miner.errors import InputError
from miner.gazetteer import FIRST_DAY, load, split_level
from miner.store import explain, open_reading
from miner.store.schema import OFFSET_BITS
from miner.text import search_key

Row = tuple[Any, ...]


@dataclass(slots=True)
class Answer:
    """Columns and rows of an answer, and the SQL that gave it; `rows` can be gone through once."""

    columns: tuple[str, ...]
    rows: Iterator[Row]
    sql: str
    values: tuple[Any, ...] = ()
    brief: tuple[str, ...] = ()
    """The columns worth a place where there is little of it."""

    def dicts(self) -> Iterator[dict[str, Any]]:
        """Yield the rows as dicts."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)


@dataclass(slots=True)
class Where:
    """Conditions that are joined by AND, with their values."""

    conditions: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, condition: str, *values: Any) -> None:
        """Add a condition with a `?` for each of `values`."""
        self.conditions.append(condition)
        self.values += values

    def equal(self, column: str, value: Any) -> None:
        """Ask for rows whose column is `value`, where there is one."""
        if value is not None:
            self.add(f"{column} = ?", value)

    def words(self, column: str, words: str | None, text: str | None = None) -> None:
        """Ask for whole words inside a folded column; where diacritics are given, `text` must have them too."""
        if words is None:
            return
        folded = " ".join(search_key(words).split())
        self.add(f"' ' || {column} || ' ' LIKE ? ESCAPE '\\'", f"% {_escaped(folded)} %")
        if text is not None and folded != " ".join(words.lower().split()):
            self.add(f"' ' || keyed({text}) || ' ' LIKE '% ' || keyed(?) || ' %'", words)

    def years(self, column: str, year: str | int | None) -> None:
        """Ask for one year (`2019`) or several (`2019-2021`).

        Raises InputError where `year` is neither.
        """
        if year is None:
            return
        found = re.fullmatch(r"\s*(\d{4})\s*(?:[-–:]\s*(\d{4})\s*)?", str(year))
        if not found:
            raise InputError(f"year {year!r}", "is neither a year (2019) nor years (2019-2021)")
        self.add(f"{column} BETWEEN ? AND ?", int(found[1]), int(found[2] or found[1]))

    def topic(self, column: str, topic: str | None) -> None:
        """Ask for articles with a topic."""
        if topic is not None:
            self.add(f"{column} IN (SELECT article FROM topics WHERE name = ?)", topic)

    def passage_topic(self, topic: str | None, table: str) -> None:
        """Ask for facts `f` of `table` whose passage (their sentence) has a topic, or else their article.

        The topic leads to the facts, not the other way round, whatever the planner thinks (CROSS JOIN).
        """
        if topic is not None:
            self.add(
                f"f.id IN (SELECT x.id FROM passage_topics t CROSS JOIN {table} x ON x.article = t.passage >> "
                f"{OFFSET_BITS} AND x.sentence = t.passage WHERE t.name = ? UNION ALL SELECT x.id FROM topics t "
                f"CROSS JOIN {table} x ON x.article = t.article WHERE t.name = ? "
                "AND NOT EXISTS (SELECT 1 FROM passage_topics p WHERE p.passage = x.sentence))",
                topic, topic,
            )  # fmt: skip

    def counted(self, object: str | None) -> None:
        """Ask for figures `f` whose counted object holds these whole words."""
        if object is not None:
            known = Where()
            known.words("object_key", object)  # an index alone is gone through, not the figures
            self.add(f"f.object_key IN (SELECT DISTINCT object_key FROM figures WHERE {known})", *known.values)
            self.words("f.object_key", object, "f.object")

    def province(self, column: str, published: str, province: str | None) -> None:
        """Ask for a province by its code, or by its name in any spelling, with or without diacritics.

        A code is another province's since 2025-07-01, so a name is looked for under the codes it had on the day of
        the article. Raises InputError where no province has the name.
        """
        if province is None:
            return
        if re.fullmatch(r"\d{2}", province):
            self.add(f"{column} = ?", province)
            return
        options, values = [], []
        for place in _provinces(province):
            option = f"{column} = ?"
            values.append(place.code)
            if place.valid_from != FIRST_DAY:
                option += f" AND ({published} IS NULL OR {published} >= ?)"
                values.append(place.valid_from.isoformat())
            if place.valid_to is not None:
                option += f" AND ({published} IS NULL OR {published} < ?)"
                values.append(place.valid_to.isoformat())
            options.append(f"({option})")
        self.add(f"({' OR '.join(options)})", *values)

    def __str__(self) -> str:
        return " AND ".join(self.conditions) if self.conditions else "1"


def _escaped(words: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", words)


def _provinces(name: str) -> list[Any]:
    gazetteer = load()
    bare = split_level(name)[1] or name
    found = list(gazetteer.find(bare, level="province"))
    if not found:
        known = {search_key(n): n for n in gazetteer.names("province")}
        folded = re.sub(r"^(tinh|thanh pho|tp)[. ]+", "", search_key(bare))
        if folded in known:
            return list(gazetteer.find(known[folded], level="province"))
        near = [known[k] for k in get_close_matches(folded, known, n=3)]
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise InputError(f"province {name!r}", f"is no province of Viet Nam since 2004{hint}")
    return found


def ask(
    database: str | Path, sql: str, values: Sequence[Any] = (), *, brief: Sequence[str] = (), own: bool = False
) -> Answer:
    """Run a SELECT on a database, read-only, and return its rows as they come.

    `own` says that the SQL is the user's, whose mistakes are InputErrors. Raises StoreError where the database
    cannot be read.
    """
    connection = open_reading(database)
    try:
        connection.set_authorizer(_allow)
        cursor = connection.execute(sql, values)
    except (sqlite3.Error, sqlite3.Warning) as error:
        connection.close()
        if own and not re.search("locked|disk I/O|malformed", str(error)):
            raise InputError("query", f"{error}; `miner query FILE.db` without SQL lists tables and columns") from None
        raise explain(database, error) from error  # type: ignore[arg-type]
    if cursor.description is None:
        connection.close()
        raise InputError("query", "gives no rows; only SELECT can be asked")

    def rows() -> Iterator[Row]:
        try:
            yield from cursor
        except sqlite3.Error as error:
            raise explain(database, error) from error
        finally:
            connection.close()

    return Answer(tuple(d[0] for d in cursor.description), rows(), sql, tuple(values), tuple(brief))


def _allow(action: int, *about: str | None) -> int:
    """Let SQL read this database and no other."""
    return sqlite3.SQLITE_DENY if action in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH) else sqlite3.SQLITE_OK


def query(database: str | Path, sql: str, values: Sequence[Any] = ()) -> Answer:
    """Return the answer to a SELECT of one's own; nothing can be changed by it.

    Raises InputError where the SQL is wrong, StoreError where the database cannot be read.
    """
    return ask(database, sql, values, own=True)
