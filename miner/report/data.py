"""The tables behind the report's pictures, each one question to the database."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from miner.questions import province_name
from miner.questions.sums import ONCE
from miner.store import open_reading

Rows = list[dict[str, Any]]
_ONCE = ONCE.format("a.no")
_TOPICS = 12
_SOURCES = 12


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a picture: its name (also of its files), its heading (a key of labels) and its columns."""

    name: str
    heading: str
    rows: Rows


@dataclass(frozen=True, slots=True)
class Data:
    """All that a report tells: counts, how good they are, the tables, and how the facts were made."""

    counts: dict[str, int]
    first: str | None
    last: str | None
    quality: dict[str, int]
    tables: tuple[Table, ...]
    runs: Rows


def _rows(connection: sqlite3.Connection, sql: str, *values: Any) -> Rows:
    cursor = connection.execute(sql, values)
    names = [d[0] for d in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _one(connection: sqlite3.Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])


def read_data(database: str | Path) -> Data:
    """Return what a report on a database tells.

    Raises StoreError where the database can not be read.
    """
    connection = open_reading(database)
    try:
        connection.execute("BEGIN")  # all tables tell of one moment
        first, last = connection.execute("SELECT min(published), max(published) FROM articles").fetchone()
        return Data(
            {
                key: _one(connection, f"SELECT count(*) FROM {table}")
                for key, table in (
                    ("articles", "articles"), ("figures", "figures"), ("units", "units"), ("awards", "awards"),
                    ("models", "community_models"), ("dates", "dates"),
                )
            },
            first,
            last,
            _quality(connection),
            tuple(_tables(connection)),
            _rows(
                connection,
                "SELECT id, started_at, status, miner_version, new, changed, skipped FROM runs "
                "ORDER BY id DESC LIMIT 10",
            ),
        )  # fmt: skip
    finally:
        connection.close()


def _quality(connection: sqlite3.Connection) -> dict[str, int]:
    return {
        "abstained": _one(
            connection,
            "SELECT count(*) FROM articles a WHERE NOT EXISTS (SELECT 1 FROM topics t WHERE t.article = a.no)",
        ),
        "ambiguous": _one(connection, "SELECT count(*) FROM unit_mentions WHERE resolution = 'ambiguous'"),
        "not_in_gazetteer": _one(connection, "SELECT count(*) FROM unit_mentions WHERE resolution = 'not_found'"),
        "unsure": _one(connection, "SELECT count(*) FROM figures WHERE NOT sure"),
        "duplicates": _one(connection, "SELECT count(*) FROM articles WHERE duplicate_group <> no"),
        "skipped": _one(connection, "SELECT count(*) FROM skipped"),
        "reviews": _one(connection, "SELECT count(*) FROM reviews"),
    }


def _tables(connection: sqlite3.Connection) -> list[Table]:
    top_topics = f"(SELECT name FROM topics GROUP BY name ORDER BY count(*) DESC LIMIT {_TOPICS})"
    provinces = _rows(
        connection,
        "SELECT f.province_code AS code, f.kind, count(*) AS number FROM figures f JOIN articles a ON a.no = f.article "
        f"WHERE f.province_code IS NOT NULL AND {_ONCE} GROUP BY 1, 2 ORDER BY number DESC",
    )
    for row in provinces:
        row["province"] = province_name(row["code"])
    return [
        Table("coverage", "coverage", _rows(
            connection,
            "SELECT substr(published, 1, 7) AS month, CASE WHEN source IN (SELECT source FROM articles GROUP BY source "
            f"ORDER BY count(*) DESC LIMIT {_SOURCES}) THEN source ELSE '…' END AS source, count(*) AS number "
            "FROM articles WHERE published IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2",
        )),
        Table("topics", "topics_over_time", _rows(
            connection,
            "SELECT substr(a.published, 1, 7) AS month, t.name AS topic, count(*) AS number FROM topics t "
            f"JOIN articles a ON a.no = t.article WHERE a.published IS NOT NULL AND {_ONCE} AND t.name IN {top_topics} "
            "GROUP BY 1, 2 ORDER BY 1, 2",
        )),
        Table("figures_by_topic", "figures_by_topic", _rows(
            connection,
            "SELECT t.name AS topic, f.kind, count(*) AS number FROM figures f JOIN articles a ON a.no = f.article "
            f"JOIN topics t ON t.article = f.article WHERE {_ONCE} GROUP BY 1, 2 ORDER BY number DESC",
        )),
        Table("figures_by_province", "figures_by_province", provinces),
        Table("givers", "givers", _rows(
            connection,
            "SELECT g.text AS name, count(*) AS number FROM award_givers g JOIN awards f ON f.id = g.award "
            f"JOIN articles a ON a.no = f.article WHERE {_ONCE} GROUP BY 1 ORDER BY number DESC, 1 LIMIT 20",
        )),
        Table("recipients", "receivers", _rows(
            connection,
            "SELECT r.text AS name, count(*) AS number FROM award_recipients r JOIN awards f ON f.id = r.award "
            f"JOIN articles a ON a.no = f.article WHERE {_ONCE} GROUP BY 1 ORDER BY number DESC, 1 LIMIT 20",
        )),
        Table("units", "frequent_units", _rows(
            connection,
            "SELECT u.name, u.kind, g.number FROM (SELECT unit, count(*) AS number FROM unit_mentions GROUP BY unit "
            "ORDER BY number DESC, unit LIMIT 25) g JOIN units u ON u.id = g.unit ORDER BY g.number DESC, u.name",
        )),
    ]  # fmt: skip
