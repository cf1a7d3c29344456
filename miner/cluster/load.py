"""Partitioned Parquet into a database, as if a run had extracted it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from miner.cluster.engine import Watcher, finished_partitions
from miner.cluster.parts import NUMBER_BITS, SCHEMAS, Folder, carry_back, part_name
from miner.errors import InputError
from miner.records import Skipped
from miner.run.seen import Seen
from miner.store import About, Prepared, Store
from miner.store.layout import ARTICLE, FACTS, OWNER, UNIT_AT
from miner.store.rows import fold_text
from miner.store.schema import OFFSET_BITS

_TEXT, _TITLE, _DIGEST, _ORIGIN = (ARTICLE.index(name) for name in ("text", "title", "digest", "origin"))


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded: articles by state, skipped inputs, rows of facts written."""

    partitions: int
    counts: dict[str, int]
    fact_rows: int
    seconds: float


def load_folder(source: str, database: str | Path, watcher: Watcher | None = None) -> Loaded:
    """Bring the partitions under `source` into `database`, made or continued; return what came of it.

    Articles that are there already, unchanged and by the same miner, are left alone; of two with one id and different
    texts the second is recorded as skipped. Raises InputError where the folder is not a finished extraction, StoreError
    where the database cannot be used.
    """
    begun = monotonic()
    watcher = watcher or Watcher()
    folder = Folder(source)
    rows = finished_partitions(folder)
    watcher.start(len(rows), 0, sum(row["articles"] + row["rows"]["skipped"] for row in rows))
    made = rows[0]["made_with"]
    about = About(
        made["miner_version"], made["tables_digest"], made["classifier_digest"],
        options={"columns": made["columns"]}, inputs=[source],
    )  # fmt: skip
    with Store(database, about) as store, Seen() as seen:
        for row in rows:
            for item in _read(folder, row["partition"]["number"]):
                _keep(store, seen, item)
            watcher.partition(row)
    return Loaded(len(rows), dict(store.counts), store.facts, monotonic() - begun)


def _keep(store: Store, seen: Seen, item: Prepared | Skipped) -> None:
    if isinstance(item, Skipped):
        store.skip(item)
        return
    met, conflict = seen.conflict(item.id, item.digest, item.origin)
    if conflict:
        store.skip(Skipped(item.origin, "read", conflict))
    elif met or store.state_of(item.id, item.digest) == "unchanged":
        store.count_unchanged()
    else:
        store.add(item)


def _read(folder: Folder, number: int) -> Iterator[Prepared | Skipped]:
    """Yield the articles of a partition, with their rows, and then what was skipped in it."""
    units = {row[0]: row for row in _rows(folder, "units", number)}
    tables = {name: _by_article(_rows(folder, name, number), name, number) for name in FACTS}
    bands = _by_article(_rows(folder, "duplicate_bands", number), "duplicate_bands", number)
    for position, row in enumerate(_rows(folder, "articles", number), 1):
        article = row[2:]
        facts = {name: [_CARRIED[name](r) for r in tables[name].get(position, ())] for name in FACTS}
        keys = list(dict.fromkeys(r[UNIT_AT] for r in facts["unit_mentions"]))
        place = {key: i for i, key in enumerate(keys)}
        facts["unit_mentions"] = [
            (*r[:UNIT_AT], place[r[UNIT_AT]], *r[UNIT_AT + 1 :]) for r in facts["unit_mentions"]
        ]  # fmt: skip
        yield Prepared(
            row[1], article[_DIGEST], article[_ORIGIN], article,
            (fold_text(article[_TITLE]), fold_text(article[_TEXT])),
            tuple(band for band, _ in bands.get(position, ())), tuple(units[key] for key in keys), facts,
        )  # fmt: skip
    for row in _rows(folder, "skipped", number):
        yield Skipped(*row)


_CARRIED = {table: carry_back(table) for table in FACTS}


def _rows(folder: Folder, table: str, number: int) -> Iterator[tuple[Any, ...]]:
    from pyarrow import ArrowInvalid, parquet

    name = part_name(table, number)
    try:
        with folder.filesystem.open(f"{folder.path}/{name}", "rb") as file:
            read = parquet.read_table(file, schema=SCHEMAS[table])
    except (OSError, ArrowInvalid) as error:
        raise InputError(f"{folder.address}/{name}", f"cannot be read: {error}; run the extraction again") from None
    return zip(*(column.to_pylist() for column in read.columns), strict=True)


def _by_article(rows: Iterator[tuple[Any, ...]], table: str, number: int) -> dict[int, list[tuple[Any, ...]]]:
    """Return the rows of a table by the position of their article in the partition."""
    names: Sequence[str] = SCHEMAS[table].names
    column = OWNER.get(table, "article")
    at = names.index(column)
    shift = OFFSET_BITS if column != "article" else 0
    first = number << NUMBER_BITS
    found: dict[int, list[tuple[Any, ...]]] = {}
    for row in rows:
        found.setdefault((row[at] >> shift) - first, []).append(row)
    return found
