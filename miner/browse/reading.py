"""What the pages read from the database: numbers for the start page, and an article with its facts."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from miner.questions import province_name
from miner.store import open_reading
from miner.store.schema import mention_id

Rows = list[dict[str, Any]]
_TABLES = ("articles", "figures", "unit_mentions", "units", "awards", "community_models", "dates")


def _rows(connection: sqlite3.Connection, sql: str, values: tuple[Any, ...] = ()) -> Rows:
    cursor = connection.execute(sql, values)
    names = [d[0] for d in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def read_summary(database: str | Path) -> dict[str, Any]:
    """Return the numbers of the start page: counts, articles by month, province, source and topic, facts by kind."""
    connection = open_reading(database)
    try:
        counts = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in _TABLES}
        first, last = connection.execute("SELECT min(published), max(published) FROM articles").fetchone()
        provinces = _rows(
            connection,
            "SELECT home_province_code AS code, count(*) AS number FROM articles WHERE code IS NOT NULL "
            "GROUP BY code ORDER BY number DESC, code LIMIT 63",
        )
        for row in provinces:
            row["name"] = province_name(row["code"])
        return {
            "counts": counts,
            "first": first,
            "last": last,
            "months": _rows(
                connection,
                "SELECT substr(published, 1, 7) AS name, count(*) AS number FROM articles "
                "WHERE published IS NOT NULL GROUP BY name ORDER BY name",
            ),
            "provinces": provinces,
            "topics": _rows(
                connection, "SELECT name, count(*) AS number FROM topics GROUP BY name ORDER BY number DESC, name"
            ),
            "sources": _rows(
                connection,
                "SELECT source AS name, count(*) AS number FROM articles GROUP BY source ORDER BY number DESC LIMIT 40",
            ),
            "figure_kinds": _rows(
                connection, "SELECT kind AS name, count(*) AS number FROM figures GROUP BY kind ORDER BY number DESC"
            ),
            "unit_kinds": _rows(
                connection,
                "SELECT u.kind AS name, count(*) AS number FROM units u GROUP BY u.kind ORDER BY number DESC",
            ),
            "award_types": _rows(
                connection, "SELECT type AS name, count(*) AS number FROM awards GROUP BY type ORDER BY number DESC"
            ),
        }
    finally:
        connection.close()


def read_article(database: str | Path, article_id: str) -> dict[str, Any] | None:
    """Return an article with its facts by layer (rows in the order of the text), or None where there is none."""
    connection = open_reading(database)
    try:
        found = _rows(connection, "SELECT * FROM articles WHERE id = ?", (article_id,))
        if not found:
            return None
        article = found[0]
        no = (article["no"],)
        facts = {
            "figure": _rows(connection, "SELECT * FROM figure_facts WHERE article = ? ORDER BY id", no),
            "unit": _rows(connection, "SELECT * FROM unit_facts WHERE article = ? ORDER BY id", no),
            "award": _rows(connection, "SELECT * FROM award_facts WHERE article = ? ORDER BY id", no),
            "model": _rows(
                connection,
                "SELECT m.*, p.name AS place FROM community_models m LEFT JOIN unit_mentions p ON p.id = m.place_id "
                "WHERE m.article = ? ORDER BY m.id",
                no,
            ),
            "date": _rows(connection, "SELECT * FROM dates WHERE article = ? ORDER BY id", no),
            "topic": _rows(
                connection,
                "SELECT p.start, p.end, group_concat(t.name, ', ') AS about, max(t.probability) AS confidence "
                "FROM passages p JOIN passage_topics t ON t.passage = p.id WHERE p.id BETWEEN ? AND ? GROUP BY p.id "
                "ORDER BY p.id",
                (mention_id(article["no"], 0), mention_id(article["no"] + 1, 0) - 1),
            ),
        }
        for layer, column in (("figure", "object"), ("unit", "name"), ("award", "type"), ("date", "first")):
            for row in facts[layer]:
                row["about"] = row[column]
        article["province"] = province_name(article["home_province_code"])
        article["topics"] = _rows(
            connection, "SELECT name, probability, share FROM topics WHERE article = ? ORDER BY probability DESC", no
        )
        article["near"] = _rows(
            connection,
            "SELECT id, title FROM articles WHERE duplicate_group = ? AND no <> ? ORDER BY no LIMIT 20",
            (article["duplicate_group"], article["no"]),
        )
        return {"article": article, "facts": facts}
    finally:
        connection.close()
