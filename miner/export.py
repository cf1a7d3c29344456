"""A database as files: tables as CSV, JSON lines or Parquet, or documents with their labels for other tools."""

from __future__ import annotations

import codecs
import csv
import io
import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from random import Random
from typing import IO, Any

from miner.annotation import to_annotation
from miner.errors import OutputError
from miner.labelling import doccano, labelstudio
from miner.labelling.docbin import to_docbin
from miner.output import csv_cell, open_output
from miner.records import Facts
from miner.store import explain, load_facts, open_reading
from miner.topics.taxonomy import load_taxonomy
from miner.words import to_conllu

TABLE_FORMATS = ("csv", "jsonl", "parquet")
DOCUMENTS = {"guide": "facts.jsonl", "labelstudio": "tasks.json", "doccano": "doccano.jsonl", "conllu": "facts.conllu",
             "spacy": "facts.spacy"}  # fmt: skip
"""Formats of whole documents → the file that is written."""
FORMATS = (*TABLE_FORMATS, *DOCUMENTS)

# File → what it holds. Views carry article, sentence and names, so each file can be read alone.
TABLES = {
    "articles": "SELECT id AS article_id, title, text, published, source, url, province_code, home_province_code, "
    "home_evidence, origin, notes, version FROM articles ORDER BY no",
    "units": "SELECT u.*, (SELECT count(*) FROM unit_mentions m WHERE m.unit = u.id) AS mentions FROM units u "
    "ORDER BY id",
    "unit_mentions": "SELECT * FROM unit_facts ORDER BY id",
    "figures": "SELECT * FROM figure_facts ORDER BY id",
    "awards": "SELECT * FROM award_facts ORDER BY id",
    "award_givers": "SELECT * FROM award_givers ORDER BY award, position",
    "award_recipients": "SELECT * FROM award_recipients ORDER BY award, position",
    "community_models": "SELECT * FROM model_facts ORDER BY id",
    "dates": "SELECT d.*, a.id AS article_id FROM dates d JOIN articles a ON a.no = d.article ORDER BY d.id",
    "topics": "SELECT a.id AS article_id, t.name AS topic, t.probability, t.share FROM topics t "
    "JOIN articles a ON a.no = t.article ORDER BY a.no, t.probability DESC",
    "passage_topics": "SELECT a.id AS article_id, p.start, p.end, t.name AS topic, t.probability FROM passage_topics t "
    "JOIN passages p ON p.id = t.passage JOIN articles a ON a.no = p.article ORDER BY p.id, t.name",
    "reviews": "SELECT * FROM reviews ORDER BY id",
    "skipped": "SELECT * FROM skipped ORDER BY id",
    "runs": "SELECT * FROM runs ORDER BY id",
}
INTERFACE = "interface.xml"
_CHUNK = 20_000


def export(
    database: str | Path,
    folder: str | Path,
    *,
    format: str = "csv",
    tables: Sequence[str] = (),
    force: bool = False,
    sample: int | None = None,
    seed: int = 0,
    reviewed: bool = False,
) -> dict[str, int]:
    """Write a database into `folder`, and return the number of rows or documents by file name.

    csv, jsonl and parquet are one file a table; `tables` chooses among TABLES. csv is UTF-8 with a byte order mark, so
    that Excel shows Vietnamese, and its cells are never run as formulas. The other formats are one file of documents
    with what was found in them: guide is the annotation guide's own, labelstudio and doccano are prelabelled tasks
    (and Label Studio's interface), conllu has words and tags by underthesea, spacy is a DocBin. Of them, `sample`
    draws so many articles at random, and `reviewed` takes only those with corrections by people. Each file appears
    whole or not at all. Raises StoreError where the database cannot be read and OutputError where a file cannot be
    written, or is there already (unless `force`).
    """
    if format not in FORMATS:
        raise ValueError(f"format must be one of {', '.join(FORMATS)}, not {format!r}")
    unknown = sorted(set(tables) - set(TABLES))
    if unknown:
        raise ValueError(f"there is no table {unknown[0]!r}; choose among {', '.join(TABLES)}")
    folder = Path(folder)
    connection = open_reading(database)
    try:
        names = [name for name in TABLES if not tables or name in tables]
        files = [DOCUMENTS[format]] if format in DOCUMENTS else [f"{name}.{format}" for name in names]
        files += [INTERFACE] if format == "labelstudio" else []
        there = next((folder / file for file in files if (folder / file).exists()), None)
        if there is not None and not force:
            raise OutputError(there, "is there already; give another folder, or --force to replace it")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(folder, f"cannot be made: {error.strerror}") from None
        # One transaction, so that all files show the same moment of a database that is being written.
        connection.execute("BEGIN")
        if format in DOCUMENTS:
            ids = _chosen(connection, sample, seed, reviewed)
            facts = (found for id in ids for found in load_facts(connection, id))
            return _write_documents(folder, format, facts)
        written = {}
        for name, path in zip(names, files, strict=True):
            with open_output(folder / path) as file:
                cursor = connection.execute(TABLES[name])
                columns = [d[0] for d in cursor.description]
                written[path] = _WRITERS[format](file, columns, cursor)
        return written
    except OSError as error:
        raise OutputError(folder, f"cannot be written: {error.strerror or error}") from None
    except sqlite3.Error as error:
        raise explain(database, error) from error
    finally:
        connection.close()


def _chosen(connection: sqlite3.Connection, sample: int | None, seed: int, reviewed: bool) -> list[str]:
    where = "WHERE id IN (SELECT article_id FROM reviews)" if reviewed else ""
    ids = [row[0] for row in connection.execute(f"SELECT id FROM articles {where} ORDER BY no")]
    return ids if sample is None or sample >= len(ids) else Random(seed).sample(ids, sample)


def _write_documents(folder: Path, format: str, facts: Iterable[Facts]) -> dict[str, int]:
    name = DOCUMENTS[format]
    topics = [topic.name for topic in load_taxonomy().topics]
    with open_output(folder / name) as file:
        if format == "guide":
            count = _write_lines(file, map(to_annotation, facts))
        elif format == "doccano":
            count = _write_lines(file, map(doccano.to_line, facts))
        elif format == "conllu":
            count = 0
            for count, one in enumerate(facts, 1):  # noqa: B007  the last number is the count
                file.write(to_conllu(one.article.text, one.article.id, one).encode("utf-8"))
        elif format == "spacy":
            content, count = to_docbin(facts, topics)
            file.write(content)
        else:
            tasks = (labelstudio.to_task(one, f"miner {version('miner')}") for one in facts)
            count = _write_array(file, tasks)
    if format == "labelstudio":
        with open_output(folder / INTERFACE) as file:
            file.write(labelstudio.interface(topics).encode("utf-8"))
        return {name: count, INTERFACE: 1}
    return {name: count}


def write_csv(file: IO[bytes], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows as CSV that Excel opens with Vietnamese intact and without running anything; return their number."""
    source = iter(rows)
    count = 0
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    file.write(codecs.BOM_UTF8)
    while True:
        file.write(text.getvalue().encode("utf-8"))
        chunk = list(islice(source, _CHUNK))
        if not chunk:
            return count
        count += len(chunk)
        text = io.StringIO(newline="")
        csv.writer(text).writerows(
            [[v if v is None or v.__class__ is int else csv_cell(v) for v in row] for row in chunk]
        )


def write_jsonl(file: IO[bytes], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows as JSON lines, one object each; return their number."""
    return _write_lines(file, (dict(zip(columns, row, strict=True)) for row in rows))


def _write_array(file: IO[bytes], objects: Iterable[dict[str, Any]]) -> int:
    count = 0
    for count, row in enumerate(objects, 1):
        file.write((b"[\n" if count == 1 else b",\n") + json.dumps(row, ensure_ascii=False).encode("utf-8"))
    file.write(b"\n]\n" if count else b"[]\n")
    return count


def _write_lines(file: IO[bytes], objects: Iterable[dict[str, Any]]) -> int:
    count = 0
    for count, row in enumerate(objects, 1):  # noqa: B007  the last number is the count
        file.write(json.dumps(row, ensure_ascii=False).encode("utf-8") + b"\n")
    return count


def write_parquet(file: IO[bytes], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows as Parquet, with the narrowest types that hold their values; return their number."""
    import pyarrow as pa
    from pyarrow import parquet

    source = iter(rows)
    chunk = list(islice(source, _CHUNK))
    schema = pa.schema([(name, _type(pa, name, [row[i] for row in chunk])) for i, name in enumerate(columns)])
    count = 0
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        while chunk:
            cells = zip(*chunk, strict=True)
            arrays = [_array(pa, values, kind) for values, kind in zip(cells, schema.types, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            count += len(chunk)
            chunk = list(islice(source, _CHUNK))
    return count


_WHOLE = frozenset({"count", "number", "year", "version"})
_REAL = frozenset({"value", "value_max", "part", "whole", "money", "confidence", "probability", "share"})


def _type(pa: Any, name: str, cells: Sequence[Any]) -> Any:
    """Return the Arrow type of a column: by its name where it is a number that may be missing, else by its values."""
    if name in _REAL:
        return pa.float64()
    first = next((c for c in cells if c is not None), None)
    if name in _WHOLE or isinstance(first, int):
        return pa.int64()
    return pa.float64() if isinstance(first, float) else pa.string()


def _array(pa: Any, cells: Sequence[Any], kind: Any) -> Any:
    try:
        return pa.array(cells, kind)
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        if str(kind) != "string":
            raise
        # A column of several types in SQL of one's own.
        return pa.array([None if c is None else str(c) for c in cells], kind)


_WRITERS: dict[str, Callable[[IO[bytes], Sequence[str], Iterable[Sequence[Any]]], int]] = {
    "csv": write_csv,
    "jsonl": write_jsonl,
    "parquet": write_parquet,
}
