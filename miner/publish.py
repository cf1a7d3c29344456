"""A database as a dataset to publish: tidy tables, a data package, a codebook, how to cite it, and checksums."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from miner import records
from miner.errors import OutputError
from miner.export import TABLES, write_csv, write_parquet
from miner.output import open_output
from miner.store import explain, open_reading, schema
from miner.tables import read_toml
from miner.topics.taxonomy import load_taxonomy

# The words of articles belong to those who wrote them: they are left out unless asked for.
_WORDS = {
    "articles": ("text", "origin", "page"), "figures": ("title", "sentence", "context"),
    "awards": ("title", "sentence"), "unit_mentions": ("title", "sentence"), "community_models": ("title", "sentence"),
}  # fmt: skip
# A text without a title has its first line for one, which may be long.
_TITLE = 120
_PUBLISHED = ("articles", "units", "unit_mentions", "figures", "awards", "award_givers", "award_recipients",
              "community_models", "dates", "topics", "passage_topics")  # fmt: skip
_TYPES = {"int64": "integer", "double": "number", "string": "string"}
GUIDE = "miner annotation guide, sections 1 to 5"


def publish(
    database: str | Path, folder: str | Path, *, title: str = "", with_text: bool = False, force: bool = False
) -> dict[str, int]:
    """Write a database into `folder` as a dataset to publish, and return the number of rows of each table.

    There are a CSV and a Parquet file of each table, datapackage.json (Frictionless Data), CODEBOOK.md, README.md with
    counts, quality, versions and a citation, and SHA256SUMS. The words of articles are left out unless `with_text`:
    spans, offsets and addresses stay. Raises StoreError where the database can not be read, OutputError where the
    folder holds something already (unless `force`) or can not be written.
    """
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise OutputError(folder, "is a file; give a folder")
    if folder.is_dir() and any(folder.iterdir()) and not force:
        raise OutputError(folder, "holds something already; give another folder, or --force to write into it")
    connection = open_reading(database)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        connection.execute("BEGIN")
        counts: dict[str, int] = {}
        resources: list[dict[str, Any]] = []
        for name in _PUBLISHED:
            columns, rows = _write(connection, name, folder, with_text)
            counts[name] = rows
            resources.append(_resource(name, columns, folder))
        title = title or f"Facts from Vietnamese provincial news ({Path(database).stem})"
        about = _about(connection)
        files = {
            "datapackage.json": json.dumps(_package(title, resources), ensure_ascii=False, indent=2) + "\n",
            "CODEBOOK.md": _codebook(resources),
            "README.md": _readme(title, counts, about, with_text),
        }
        for name, text in files.items():
            with open_output(folder / name) as file:
                file.write(text.encode("utf-8"))
        with open_output(folder / "SHA256SUMS") as file:
            file.write(_sums(folder).encode("utf-8"))
        return counts
    except OSError as error:
        raise OutputError(folder, f"can not be written: {error.strerror or error}") from None
    except sqlite3.Error as error:
        raise explain(database, error) from error
    finally:
        connection.close()


def _write(connection: sqlite3.Connection, name: str, folder: Path, with_text: bool) -> tuple[dict[str, str], int]:
    """Write a table as Parquet and CSV; return its columns with their types, and the number of rows."""
    from pyarrow import parquet

    left_out = () if with_text else _WORDS.get(name, ())
    cursor = connection.execute(f"SELECT * FROM ({TABLES[name]}) LIMIT 0")
    kept = [d[0] for d in cursor.description if d[0] not in left_out]
    shown = [f"substr(title, 1, {_TITLE}) AS title" if c == "title" and not with_text else c for c in kept]
    sql = f"SELECT {', '.join(shown)} FROM ({TABLES[name]})"
    with open_output(folder / f"{name}.parquet") as file:
        rows = write_parquet(file, kept, connection.execute(sql))
    with open_output(folder / f"{name}.csv") as file:
        write_csv(file, kept, connection.execute(sql))
    types = parquet.read_schema(folder / f"{name}.parquet")
    return {field.name: _TYPES[str(field.type)] for field in types}, rows


def _described(table: str, column: str) -> str:
    words = read_toml("published.toml")["columns"]
    for name in (table, table.removesuffix("_topics") + "s", "articles"):
        of_table = {c.name: c.doc for c in schema.TABLE[name].columns} if name in schema.TABLE else {}
        if found := words.get(f"{table}.{column}") or of_table.get(column) or words.get(column):
            return str(found)
    return ""


def _resource(name: str, columns: dict[str, str], folder: Path) -> dict[str, Any]:
    path = folder / f"{name}.csv"
    return {
        "name": name.replace("_", "-"),
        "type": "table",
        "path": path.name,
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{_digest(path)}",
        "description": schema.TABLE[name].doc if name in schema.TABLE else "",
        "schema": {
            "fields": [
                {"name": column, "type": kind, "description": _described(name, column)}
                for column, kind in columns.items()
            ],
            "missingValues": [""],
        },
    }


def _package(title: str, resources: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": "miner-dataset",
        "title": title,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "description": f"Made with miner {version('miner')} after the {GUIDE}.",
        "resources": resources,
    }


def _about(connection: sqlite3.Connection) -> dict[str, Any]:
    def number(sql: str) -> int:
        return int(connection.execute(f"SELECT count(*) FROM {sql}").fetchone()[0])

    first, last = connection.execute("SELECT min(published), max(published) FROM articles").fetchone()
    runs = connection.execute(
        "SELECT DISTINCT miner_version, fingerprint FROM runs WHERE status = 'finished' ORDER BY id DESC LIMIT 5"
    ).fetchall()
    return {
        "first": first,
        "last": last,
        "runs": runs,
        "sources": [s for (s,) in connection.execute(
            "SELECT source FROM articles WHERE source <> '' GROUP BY source ORDER BY count(*) DESC LIMIT 30")],
        "ambiguous": number("unit_mentions WHERE resolution = 'ambiguous'"),
        "not_found": number("unit_mentions WHERE resolution = 'not_found'"),
        "unsure": number("figures WHERE NOT sure"),
        "duplicates": number("articles WHERE duplicate_group <> no"),
        "skipped": number("skipped"),
        "reviews": number("reviews"),
    }  # fmt: skip


def _codebook(resources: list[dict[str, Any]]) -> str:
    lines = ["# Codebook", "", f"What each column, kind and topic means. Labels follow the {GUIDE}.", ""]
    for resource in resources:
        lines += [
            f"## {resource['path']}",
            "",
            resource["description"],
            "",
            "| column | type | meaning |",
            "|---|---|---|",
        ]
        for field in resource["schema"]["fields"]:
            meaning = field["description"].replace("|", "\\|")
            lines.append(f"| `{field['name']}` | {field['type']} | {meaning} |")
        lines.append("")
    words = read_toml("published.toml")["kinds"]
    for heading, kinds in (
        ("Kinds of units", records.UNIT_KINDS), ("Kinds of figures", records.FIGURE_KINDS),
        ("Comparators of figures", records.COMPARATORS), ("Types of awards", records.AWARD_TYPES),
    ):  # fmt: skip
        lines += [f"## {heading}", ""]
        lines += [f"- `{kind}`{': ' + words[kind] if kind in words else ''}" for kind in kinds]
        lines.append("")
    lines += ["## Topics", ""]
    lines += [f"- `{t.name}` ({t.title_en}, {t.title_vi}): {t.definition}" for t in load_taxonomy().topics]
    return "\n".join(lines) + "\n"


def _readme(title: str, counts: dict[str, int], about: dict[str, Any], with_text: bool) -> str:
    today = datetime.now(UTC).date()
    span = f" published {about['first']} to {about['last']}" if about["first"] else ""
    rows = "\n".join(f"| {name} | {number:,} |" for name, number in counts.items())
    made = "; ".join(f"miner {v}, tables and classifiers {f}" for v, f in about["runs"]) or f"miner {version('miner')}"
    words = (
        "The articles' texts are included: mind their authors' rights before you pass them on."
        if with_text
        else "The articles' texts are left out, since they belong to those who wrote them; `url`, `start` and `end` "
        "say where each fact stands (code points into the text in NFC, end not included)."
    )
    return f"""# {title}

Facts found by machine in {counts["articles"]:,} articles{span}: named units, figures, awards, community models, dates
and topics. Sources: {", ".join(about["sources"]) or "not told"}.

| table | rows |
|---|---:|
{rows}

Each table is there as CSV (UTF-8 with byte order mark) and as Parquet; datapackage.json describes them for machines
(Frictionless Data), CODEBOOK.md for people. SHA256SUMS holds checksums (`sha256sum -c SHA256SUMS`).

{words}

## Quality

| | |
|---|---:|
| mentions whose place is ambiguous | {about["ambiguous"]:,} |
| mentions whose place no gazetteer has | {about["not_found"]:,} |
| figures whose digits allow two readings | {about["unsure"]:,} |
| articles that repeat another one (`duplicate_group`) | {about["duplicates"]:,} |
| inputs that could not be read | {about["skipped"]:,} |
| facts reviewed by people | {about["reviews"]:,} |

`confidence` in each row is how sure the rule is that found it. Plans (`plan` = 1) are no results; vague figures
(`comparator` = vague) do not add up.

## Versions

Made {today} with {made}.

## Citation

{title} [dataset], {today.year}. Made with miner {version("miner")}, {today}.
"""


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sums(folder: Path) -> str:
    return "".join(f"{_digest(path)}  {path.name}\n" for path in _files(folder))


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        # Names with a dot before are files that are being written.
        if path.is_file() and path.name != "SHA256SUMS" and not path.name.startswith("."):
            yield path
