"""A partition's facts as Parquet: a folder for each table, in it a file for each partition.

Tables and columns are those of the database (docs/data-dictionary.md), but that a mention of a unit names the unit by
`unit_key`, and `units` says what each partition has seen of a unit. Numbers and ids of articles and facts hold over
all partitions: the tables can be joined as they lie there.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Self

import fsspec
import pyarrow as pa
from pyarrow import parquet

from miner.cluster.plan import is_local
from miner.records import Skipped
from miner.store import Prepared
from miner.store.layout import ARTICLE, FACTS, UNIT, UNIT_AT, carried, is_mention_id
from miner.store.schema import OFFSET_BITS, TABLE, YES, Column

NUMBER_BITS = 20
"""Articles of partition p have the numbers from p << 20 on."""
DONE = "_partitions"
"""Folder of the files that say which partitions are finished."""
_ROWS = 20_000
_TYPES = {"INTEGER": pa.int64(), "REAL": pa.float64(), "TEXT": pa.string()}


def _type(column: Column) -> Any:
    return _TYPES[column.type.split()[0]]


def _schema(table: str) -> Any:
    if table == "skipped":
        return pa.schema([("origin", pa.string()), ("stage", pa.string()), ("reason", pa.string())])
    if table == "articles":
        columns = {c.name: c for c in TABLE[table].columns}
        return pa.schema([(name, _type(columns[name])) for name in ("no", "id", *ARTICLE)])
    if table == "units":
        return pa.schema([(c.name, _type(c)) for c in TABLE[table].columns if c.name in UNIT])
    if table == "duplicate_bands":
        return pa.schema([("band", pa.int64()), ("article", pa.int64())])
    names = [("unit_key", pa.string()) if c.name == "unit" else (c.name, _type(c)) for c in TABLE[table].columns]
    return pa.schema(names)


SCHEMAS = {name: _schema(name) for name in ("articles", *FACTS, "units", "duplicate_bands", "skipped")}
"""Table → its columns in Parquet."""


def part_name(table: str, number: int) -> str:
    """Return where the part of a table lies within the folder."""
    return f"{table}/part-{number:06}.parquet"


class Folder:
    """The folder that everything is written into, under any address fsspec knows; files appear whole or not at all."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.filesystem, self.path = fsspec.core.url_to_fs(address)
        self.path = self.path.rstrip("/")
        self.is_local = is_local(self.filesystem)

    def open_part(self, name: str) -> tuple[Any, str]:
        """Return a file to write, and the name that it has until `keep`."""
        path = f"{self.path}/{name}"
        if self.is_local:  # elsewhere a file appears when it is closed, as object stores do it
            folder, _, last = path.rpartition("/")
            self.filesystem.makedirs(folder, exist_ok=True)
            path = f"{folder}/.{last}.{uuid.uuid4().hex[:8]}"
        return self.filesystem.open(path, "wb"), path

    def keep(self, temporary: str, name: str) -> None:
        """Give a finished file its name, in place of one that is there."""
        if temporary != f"{self.path}/{name}":
            self.filesystem.mv(temporary, f"{self.path}/{name}")

    def drop(self, temporary: str) -> None:
        """Take away a file that was not finished."""
        with suppress(OSError):
            self.filesystem.rm_file(temporary)

    def write_json(self, name: str, value: Any) -> None:
        """Write a value as JSON, whole or not at all."""
        file, temporary = self.open_part(name)
        with file:
            file.write(json.dumps(value, ensure_ascii=False, indent=1).encode())
        self.keep(temporary, name)

    def read_json(self, name: str) -> Any:
        """Return what `write_json` wrote; None where there is nothing that can be read as JSON."""
        try:
            return json.loads(self.filesystem.cat_file(f"{self.path}/{name}"))
        except (OSError, ValueError):
            return None

    def finished(self) -> dict[int, dict[str, Any]]:
        """Return what each finished partition says of itself, by its number."""
        folder = f"{self.path}/{DONE}"
        self.filesystem.invalidate_cache()
        if not self.filesystem.isdir(folder):
            return {}
        names = [p.rsplit("/", 1)[-1] for p in self.filesystem.ls(folder, detail=False)]
        found = [self.read_json(f"{DONE}/{name}") for name in sorted(names) if name.endswith(".json")]
        return {row["partition"]["number"]: row for row in found if row}

    def sweep(self) -> None:
        """Take away what killed workers left half written."""
        if self.is_local and self.filesystem.isdir(self.path):
            for path in self.filesystem.glob(f"{self.path}/*/.part-*"):
                self.drop(path)


class Parts:
    """The tables of one partition while they are written; use it in a `with` block, which keeps all of them or none."""

    def __init__(self, folder: Folder, number: int) -> None:
        self.folder = folder
        self.number = number
        self.articles = 0
        self.rows = dict.fromkeys(SCHEMAS, 0)
        """Table → rows so far."""
        self._waiting: dict[str, list[tuple[Any, ...]]] = {name: [] for name in SCHEMAS}
        self._open: dict[str, tuple[Any, str, Any]] = {}
        self._units: dict[str, None] = {}

    def __enter__(self) -> Self:
        try:
            for table, schema in SCHEMAS.items():
                file, temporary = self.folder.open_part(part_name(table, self.number))
                self._open[table] = file, temporary, parquet.ParquetWriter(file, schema, compression="zstd")
        except BaseException:
            self._drop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._drop()
            return
        for table in SCHEMAS:
            self._write(table)
            file, temporary, writer = self._open[table]
            writer.close()
            file.close()
        for table, (_file, temporary, _writer) in self._open.items():
            self.folder.keep(temporary, part_name(table, self.number))

    def _drop(self) -> None:
        for file, temporary, writer in self._open.values():
            with suppress(OSError, ValueError):
                writer.close()
                file.close()
            self.folder.drop(temporary)

    def add(self, prepared: Prepared) -> None:
        """Add an article with its facts."""
        self.articles += 1
        number = self.number << NUMBER_BITS | self.articles
        add = self._add
        add("articles", [(number, prepared.id, *prepared.article)])
        for table in FACTS:
            rows = prepared.facts[table]
            if table == "unit_mentions":
                keys = [unit[0] for unit in prepared.units]
                rows = [(*row[:UNIT_AT], keys[row[UNIT_AT]], *row[UNIT_AT + 1 :]) for row in rows]
            add(table, _PLACED[table](number, rows))
        new = [unit for unit in prepared.units if unit[0] not in self._units]
        self._units.update((unit[0], None) for unit in new)
        add("units", new)
        add("duplicate_bands", [(band, number) for band in prepared.bands])

    def skip(self, skipped: Skipped) -> None:
        """Add an input that gave no article."""
        self._add("skipped", [(skipped.where, skipped.stage, skipped.reason)])

    def _add(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        waiting = self._waiting[table]
        waiting += rows
        if len(waiting) >= (_ROWS if table != "articles" else 500):
            self._write(table)

    def _write(self, table: str) -> None:
        rows = self._waiting[table]
        if rows:
            schema = SCHEMAS[table]
            arrays = [pa.array(cells, kind) for cells, kind in zip(zip(*rows, strict=True), schema.types, strict=True)]
            self._open[table][2].write_table(pa.Table.from_arrays(arrays, schema=schema))
            self.rows[table] += len(rows)
            self._waiting[table] = []


def _placed(table: str) -> Callable[[int, Iterable[tuple[Any, ...]]], list[tuple[Any, ...]]]:
    """Return a function that puts an article's number into carried rows of a table, as the columns of Parquet are."""
    place = {c.name: i for i, c in enumerate(carried(table))}
    columns = [
        (None if c.name == "article" else place["start" if c.type == YES else c.name], is_mention_id(c))
        for c in TABLE[table].columns
    ]

    def put(number: int, rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        base = number << OFFSET_BITS

        def value(row: tuple[Any, ...], at: int | None, based: bool) -> Any:
            if at is None:
                return number
            return base | row[at] if based and row[at] is not None else row[at]

        return [tuple([value(row, at, based) for at, based in columns]) for row in rows]

    return put


_PLACED = {table: _placed(table) for table in FACTS}


def carry_back(table: str) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """Return a function that takes the article's number out of rows of Parquet, as carried rows are."""
    place = {c.name: i for i, c in enumerate(TABLE[table].columns)}
    columns = [(place[c.name], is_mention_id(c)) for c in carried(table)]
    mask = (1 << OFFSET_BITS) - 1

    def take(row: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple([(None if row[at] is None else row[at] & mask) if based else row[at] for at, based in columns])

    return take
