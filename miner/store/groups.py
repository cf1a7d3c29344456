"""Groups of near-duplicates in a database, kept up as articles come (miner/duplicates.py)."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from miner.duplicates import NEAR, bands, shingles, similarity

_MOST = 16
"""Articles of a band that are compared with one, at most: the newest stand for the others."""


def forget(connection: sqlite3.Connection, number: int) -> list[int]:
    """Take an article whose text has changed out of its group; return the others, to be compared again."""
    group = connection.execute("SELECT duplicate_group FROM articles WHERE no = ?", (number,)).fetchone()
    others: list[int] = []
    if group and group[0] is not None:
        rows = connection.execute("SELECT no FROM articles WHERE duplicate_group = ?", (group[0],))
        others = [no for (no,) in rows if no != number]
    for no in (number, *others):
        connection.execute("DELETE FROM duplicate_bands WHERE article = ?", (no,))
        connection.execute("UPDATE articles SET duplicate_group = NULL WHERE no = ?", (no,))
    return others


def group(connection: sqlite3.Connection, articles: Iterable[tuple[int, Sequence[int] | None]]) -> None:
    """Compare articles (numbers and bands, None where they are not known) with those before, and join near-duplicates.

    A group is named by the lowest number in it. Whatever the order of the articles, the same are together.
    """

    @lru_cache(512)
    def runs(no: int) -> Any:
        return shingles(connection.execute("SELECT text FROM articles WHERE no = ?", (no,)).fetchone()[0])

    marked = [(no, bands(runs(no)) if known is None else known) for no, known in articles]
    shared = _shared(connection, Counter(mark for _, marks in marked for mark in marks))
    for no, marks in marked:
        near = {
            other: group
            for mark in shared.intersection(marks)
            for other, group in connection.execute(
                "SELECT b.article, a.duplicate_group FROM duplicate_bands b JOIN articles a ON a.no = b.article "
                f"WHERE b.band = ? ORDER BY b.article DESC LIMIT {_MOST}",
                (mark,),
            )
        }
        near.pop(no, None)
        same: list[int] = []
        joined: set[int | None] = {None}
        for other, group in near.items():
            # Of a group that it belongs to already no more need be compared.
            if (group is None or group not in joined) and similarity(runs(no), runs(other)) >= NEAR:
                same.append(other)
                joined.add(group)
        # A short article has no bands; a row without a hash says that it was looked at.
        connection.executemany(
            "INSERT OR IGNORE INTO duplicate_bands (band, article) VALUES (?, ?)", [(m, no) for m in marks or (-1,)]
        )
        if same:
            _join(connection, [no, *same])


def _shared(connection: sqlite3.Connection, marks: Counter[int]) -> set[int]:
    """Return those of `marks` that several articles have, the stored ones among them."""
    sql = "SELECT DISTINCT band FROM duplicate_bands WHERE band IN (SELECT value FROM json_each(?))"
    stored = connection.execute(sql, (json.dumps(list(marks)),))
    return {mark for (mark,) in stored} | {mark for mark, times in marks.items() if times > 1}


def _join(connection: sqlite3.Connection, numbers: list[int]) -> None:
    marks = ", ".join("?" * len(numbers))
    rows = connection.execute(
        f"SELECT DISTINCT duplicate_group FROM articles WHERE no IN ({marks}) AND duplicate_group IS NOT NULL", numbers
    )
    groups = [g for (g,) in rows]
    name = min([*numbers, *groups])
    connection.execute(f"UPDATE articles SET duplicate_group = ? WHERE no IN ({marks})", (name, *numbers))
    for other in set(groups) - {name}:
        connection.execute("UPDATE articles SET duplicate_group = ? WHERE duplicate_group = ?", (name, other))
