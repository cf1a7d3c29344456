"""A database as data frames: `miner.read("facts.db").figures` (pandas), `.polars("figures")`."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from miner.export import TABLES
from miner.store import explain, open_reading

if TYPE_CHECKING:
    import pandas

_NAMES = {"models": "community_models"}
_DAYS = ("published", "period_first", "period_last", "date", "first", "last")


class Frames:
    """The tables of a database, each read when it is first asked for; `names` are what can be asked for."""

    names = ("articles", "units", "unit_mentions", "figures", "awards", "models", "dates", "topics")

    def __init__(self, database: str | Path) -> None:
        self.database = Path(database)
        open_reading(database).close()
        self._read: dict[str, pandas.DataFrame] = {}

    def __repr__(self) -> str:
        return f"<miner database {self.database}: {', '.join(self.names)}>"

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.names})

    def __getattr__(self, name: str) -> pandas.DataFrame:
        if name not in self.names:
            raise AttributeError(f"{name!r} is no table; choose among {', '.join(self.names)}")
        if name not in self._read:
            self._read[name] = self.query(TABLES[_NAMES.get(name, name)])
        return self._read[name]

    def query(self, sql: str, values: Sequence[Any] = ()) -> pandas.DataFrame:
        """Return the answer to a SELECT of one's own, with days as datetimes.

        Raises StoreError where the SQL is wrong or the database can not be read.
        """
        import pandas

        connection = open_reading(self.database)
        try:
            frame = pandas.read_sql_query(sql, connection, params=list(values))
        except (sqlite3.Error, pandas.errors.DatabaseError) as error:
            raise explain(self.database, sqlite3.OperationalError(str(error))) from error
        finally:
            connection.close()
        for name in _DAYS:
            if name in frame.columns:
                frame[name] = pandas.to_datetime(frame[name], errors="coerce")
        for name in ("year", "count", "number", "value_max", "part", "whole", "money"):
            if name in frame.columns and frame[name].dtype == object:
                frame[name] = pandas.to_numeric(frame[name])
        return frame

    def polars(self, name: str) -> Any:
        """Return a table as a polars DataFrame; polars must be installed."""
        import polars

        return polars.from_pandas(getattr(self, name))


def read(database: str | Path) -> Frames:
    """Return the tables of a database as data frames, each read when it is asked for.

    Raises StoreError where the database can not be read.
    """
    return Frames(database)
