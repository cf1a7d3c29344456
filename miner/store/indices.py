"""Indices of a new database, made when it is full: sorting all keys once costs far less than placing each."""

from __future__ import annotations

import sqlite3

from miner.store.schema import TABLES


def put_off(connection: sqlite3.Connection) -> bool:
    """Take the indices out of a database without articles; return whether all are there after that.

    A run that was killed before it made them leaves a database without, in which everything is found all the same.
    """
    names = [name for table in TABLES for name in table.index_ddl]
    if not connection.execute("SELECT EXISTS (SELECT 1 FROM articles)").fetchone()[0]:
        for name in names:
            connection.execute(f"DROP INDEX IF EXISTS {name}")
        return False
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
    return there.issuperset(names)


def make(connection: sqlite3.Connection) -> None:
    """Make the indices that are not there."""
    for table in TABLES:
        for statement in table.index_ddl.values():
            connection.execute(statement)
