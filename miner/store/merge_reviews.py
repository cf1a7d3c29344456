"""The reviews of a database that is merged into another."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from miner.store import reviews
from miner.store.layout import is_mention_id
from miner.store.schema import OFFSET_BITS, TABLE

_COLUMNS = [c.name for c in TABLE["reviews"].columns if c.name != "id"]
_SAID = [name for name in _COLUMNS if name not in ("machine", "applied")]
_INSERT = f"INSERT INTO reviews ({', '.join(_COLUMNS)}) VALUES (?{', ?' * (len(_COLUMNS) - 1)})"


def add_reviews_of_other(connection: sqlite3.Connection, moved: int) -> None:
    """Copy the reviews of the database attached as `other`, whose articles were added under numbers higher by `moved`.

    An article that both have (temp.shared) gets the reviews of both, worked in in the order they were made.
    """
    connection.row_factory = sqlite3.Row
    try:
        theirs = connection.execute(
            "SELECT r.*, a.no, s.ours FROM other.reviews r JOIN other.articles a ON a.id = r.article_id "
            "LEFT JOIN shared s ON s.theirs = a.no ORDER BY r.id"
        ).fetchall()
    finally:
        connection.row_factory = None
    again: dict[str, None] = {}
    for row in theirs:
        if row["ours"] is not None and row["article_id"] not in again:
            reviews.undo(connection, row["article_id"])
            again[row["article_id"]] = None
        shift = (row["ours"] or row["no"] + moved) - row["no"]
        machine = _renumbered(row["layer"], json.loads(row["machine"]), shift)
        _keep(connection, dict(row) | {"machine": json.dumps(machine, ensure_ascii=False)})
    for article_id in again:
        _put_in_order(connection, article_id)
        reviews.work_in_again(connection, article_id)


def _keep(connection: sqlite3.Connection, row: Mapping[str, Any]) -> None:
    """Store a review as it is, unless the very same is there."""
    same = " AND ".join(f"{name} = ?" for name in _SAID)
    if not connection.execute(f"SELECT 1 FROM reviews WHERE {same}", [row[name] for name in _SAID]).fetchone():
        connection.execute(_INSERT, [row[name] for name in _COLUMNS])


def _put_in_order(connection: sqlite3.Connection, article_id: str) -> None:
    """Number the reviews of an article anew in the order they were made: of two on one fact the later holds."""
    rows = connection.execute(
        f"SELECT {', '.join(_COLUMNS)} FROM reviews WHERE article_id = ? ORDER BY at, id", (article_id,)
    ).fetchall()
    connection.execute("DELETE FROM reviews WHERE article_id = ?", (article_id,))
    connection.executemany(_INSERT, rows)


def _renumbered(layer: str, machine: Mapping[str, Any], shift: int) -> dict[str, Any]:
    """Return the machine's fact, with its parties, under the number that its article has here."""
    found = _shifted(reviews.LAYERS[layer], machine, shift)
    for name, table in reviews.PARTIES.items():
        if name in machine:
            found[name] = [_shifted(table, party, shift) for party in machine[name]]
    return found


def _shifted(table: str, row: Mapping[str, Any], shift: int) -> dict[str, Any]:
    ids = {c.name for c in TABLE[table].columns if is_mention_id(c)}
    moved = dict(row)
    for name, value in row.items():
        if name == "article":
            moved[name] = value + shift
        elif name in ids and value is not None:
            moved[name] = value + (shift << OFFSET_BITS)
    return moved
