"""The reviewer's sheet: a random sample of facts as CSV, filled in with a spreadsheet, and read back.

Spreadsheets turn `5-7` into a date and `1.931` into a number, so nothing of a fact is read back but its name (`fact`)
and the article's version, from which the database tells the words.
"""

from __future__ import annotations

import csv
import io
import random
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from miner.errors import InputError
from miner.store.reviews import FIELDS, LAYERS, Review
from miner.store.schema import OFFSET_BITS
from miner.tables import read_toml
from miner.text import search_key

_AROUND = 70
# What a reviewer must see of a fact besides its context.
_SHOWN = {
    "unit": "f.kind, f.name, f.level, f.place_code, f.province_code, f.resolution",
    "figure": "f.value, f.value_max, f.comparator, f.measure, f.object, f.kind, "
    "(SELECT name FROM unit_mentions WHERE id = f.actor_id) AS actor, f.action_text AS action, "
    "(SELECT text FROM dates WHERE id = f.period_id) AS period",
    "award": "f.type, (SELECT group_concat(text, '; ') FROM award_givers WHERE award = f.id) AS giver, "
    "(SELECT group_concat(text, '; ') FROM award_recipients WHERE award = f.id) AS recipients, f.count, f.level, "
    "f.status",
    "model": "f.religious, f.count",
    "topic": "f.name AS topic, f.probability",
}
_FACT = re.compile(r"(?P<article>.+)#(?P<layer>\w+):(?P<start>\d+)-(?P<end>\d+)", re.S)
_LISTED = ("giver", "recipients")
_NUMBERS = ("value", "value_max", "count")
_EMPTY = "-"
_BOOLEAN = {"1": True, "yes": True, "true": True, "co": True, "0": False, "no": False, "false": False, "khong": False}


@dataclass(frozen=True, slots=True)
class Line:
    """One judged line of a sheet: the fact's name and its article's version, the verdict, and corrected fields."""

    where: str
    article_id: str
    layer: str
    start: int
    end: int
    topic: str
    version: int
    verdict: str
    """right, wrong, fix, unsure, or empty where nobody has looked."""
    fixes: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""

    @property
    def fact(self) -> tuple[str, str, int, int, str]:
        """What tells the fact from all others."""
        return self.article_id, self.layer, self.start, self.end, self.topic


def layer_of(name: str) -> str:
    """Return the layer called `name`, in the singular or plural (`figure`, `figures`).

    Raises InputError where there is none.
    """
    layer = name.removesuffix("s")
    if layer not in LAYERS:
        raise InputError(f"layer {name!r}", f"choose among {', '.join(f'{n}s' for n in LAYERS)}")
    return layer


def draw(connection: sqlite3.Connection, layer: str, size: int, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Yield `size` facts of a layer, drawn at random without replacement, as rows of a sheet.

    The same database, size and seed give the same sheet. Fewer are yielded where there are not so many. A fact that
    a person has reviewed already is not drawn. Raises InputError where the layer is unknown or empty.
    """
    table = LAYERS[layer]
    topic = layer == "topic"
    key = "article || '#' || name" if topic else "id"
    reviewed = "a.no || '#' || r.text" if topic else f"a.no << {OFFSET_BITS} | r.start"
    ids = [
        row[0]
        for row in connection.execute(
            f"SELECT {key} FROM {table} EXCEPT SELECT {reviewed} FROM reviews r JOIN articles a ON a.id = r.article_id "
            "WHERE r.layer = ? ORDER BY 1",
            (layer,),
        )
    ]
    if not ids:
        raise InputError(f"layer {layer!r}", "the database holds no such fact that nobody has reviewed")
    chosen = random.Random(seed).sample(ids, min(size, len(ids)))
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    span = "0 AS start, 0 AS end" if topic else "f.start, f.end"
    found = "f.article = ? AND f.name = ?" if topic else "f.id = ?"
    sql = (
        f"SELECT a.id AS article_id, a.text AS whole, a.version, a.title, a.published, a.url, {span}, {_SHOWN[layer]} "
        f"FROM {table} f JOIN articles a ON a.no = f.article WHERE {found}"
    )
    for number, one in enumerate(chosen, 1):
        values = one.split("#", 1) if topic else (one,)
        row = dict(cursor.execute(sql, values).fetchone())
        yield _row(number, layer, row)


def _row(number: int, layer: str, row: dict[str, Any]) -> dict[str, Any]:
    whole, start, end = row.pop("whole"), row.pop("start"), row.pop("end")
    fact = f"{row.pop('article_id')}#{layer}:{start}-{end}"
    last = {name: row.pop(name) for name in ("title", "published", "url")}
    version = row.pop("version")
    context = (
        whole[: 4 * _AROUND] if layer == "topic" else f"{'…' if start > _AROUND else ''}"
        f"{whole[max(0, start - _AROUND) : start]}[{whole[start:end]}]{whole[end : end + _AROUND]}"
        f"{'…' if end + _AROUND < len(whole) else ''}"
    )  # fmt: skip
    return (
        {"number": number, "context": " ".join(context.split())}
        | row
        | {"verdict": ""}
        | {f"fix_{name}": "" for name in FIELDS[layer]}
        | {"note": ""}
        | last
        | {"fact": fact, "version": version}
    )


def read_sheet(path: str | Path) -> list[Line]:
    """Return the lines of a filled-in sheet, those without a verdict too.

    CSV as spreadsheets save it: with commas, semicolons or tabs, in UTF-8 or UTF-16. Raises InputError where the file
    is no sheet, or a line contradicts itself, names an unknown fact, or stands twice.
    """
    path = Path(path)
    reader = csv.DictReader(io.StringIO(text := _decoded(path)), delimiter=_delimiter(text))
    columns = reader.fieldnames or []
    for name in ("verdict", "fact", "version"):
        if name not in columns:
            raise InputError(
                str(path), f"has no column {name!r}; give a sheet made by `miner sample`, with all its columns"
            )
    lines: list[Line] = []
    seen: dict[tuple[str, str, int, int, str], str] = {}
    for row in reader:
        cells = {k: _plain(v) for k, v in row.items() if k is not None and isinstance(v, str)}
        if not any(cells.values()):
            continue
        line = _line(cells, f"{path}, line {reader.line_num}")
        if line.fact in seen:
            raise InputError(line.where, f"stands in {seen[line.fact]} already; take one of them out")
        seen[line.fact] = line.where
        lines.append(line)
    return lines


def _decoded(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(str(path), f"cannot be read: {error.strerror}") from None
    if raw[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise InputError(str(path), "is a workbook; save it from the spreadsheet as CSV UTF-8")
    try:
        return raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(str(path), "is not UTF-8; save it from the spreadsheet as CSV UTF-8") from None


def _delimiter(text: str) -> str:
    head = text.split("\n", 1)[0]
    return max(",;\t", key=head.count)


def _plain(cell: str) -> str:
    """Return a cell without the apostrophe that keeps spreadsheets from running it."""
    cell = cell.strip()
    return cell[1:] if re.match(r"'\s*[=+@\-]", cell) else cell


@cache
def _verdicts() -> dict[str, str]:
    table = read_toml("reviews.toml")["verdicts"]
    return {search_key(word): verdict for verdict, words in table.items() for word in words}


def _line(cells: Mapping[str, str], where: str) -> Line:
    found = _FACT.fullmatch(cells["fact"])
    if not found or found["layer"] not in LAYERS or not cells["version"].isdecimal():
        raise InputError(where, f"the columns `fact` and `version` must stay as they were, not {cells['fact']!r}")
    layer = found["layer"]
    fixes = {name: _field(name, cell, where) for name in FIELDS[layer] if (cell := cells.get(f"fix_{name}", "")) != ""}
    said = search_key(cells["verdict"])
    verdict = _verdicts().get(said, "") if said else "fix" if fixes else ""
    if said and not verdict:
        raise InputError(where, f"the verdict {cells['verdict']!r} is none of right, wrong, fix, unsure")
    if fixes and verdict != "fix":
        raise InputError(where, f"the verdict is {verdict!r}, but fix_{next(iter(fixes))} is filled in: choose one")
    if verdict == "fix" and not fixes:
        raise InputError(where, "the verdict is 'fix', but no column fix_… is filled in")
    return Line(
        where, found["article"], layer, int(found["start"]), int(found["end"]),
        cells.get("topic", "") if layer == "topic" else "", int(cells["version"]), verdict, fixes,
        cells.get("note", ""),
    )  # fmt: skip


def _field(name: str, cell: str, where: str) -> Any:
    if cell == _EMPTY:
        return [] if name in _LISTED else None
    if name in _LISTED:
        return [part.strip() for part in cell.split(";") if part.strip()]
    if name == "religious":
        if search_key(cell) not in _BOOLEAN:
            raise InputError(where, f"fix_religious must be yes or no, not {cell!r}")
        return _BOOLEAN[search_key(cell)]
    if name not in _NUMBERS:
        return cell
    number = cell.replace(" ", "").replace("\u00a0", "")
    if not re.fullmatch(r"\d+(?:[.,]\d+)?", number):
        raise InputError(where, f"fix_{name} must be a number in digits (1931 or 2.5), not {cell!r}")
    if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", number):
        raise InputError(where, f"fix_{name} {cell!r} can be read in two ways; write {re.sub('[.,]', '', number)} or "
                         f"{number.replace(',', '.')}0")  # fmt: skip
    value = float(number.replace(",", "."))
    return int(value) if value == int(value) else value


def sheet_reviews(connection: sqlite3.Connection, lines: Iterable[Line], reviewer: str) -> Iterator[Review]:
    """Yield the reviews that the judged lines of a sheet stand for.

    Raises InputError where a line is of an article, or of a version of it, that the database does not know.
    """
    for line in lines:
        if line.verdict in ("", "unsure"):
            continue
        words = line.topic if line.layer == "topic" else _words(connection, line)
        yield Review(
            line.article_id, line.layer, line.start, line.end, words, line.verdict, reviewer, line.fixes, line.note
        )


def _words(connection: sqlite3.Connection, line: Line) -> str:
    row = connection.execute(
        "SELECT text FROM articles WHERE id = ? AND version = ? UNION ALL SELECT v.text FROM article_versions v "
        "JOIN articles a ON a.no = v.article WHERE a.id = ? AND v.version = ?",
        (line.article_id, line.version, line.article_id, line.version),
    ).fetchone()
    if row is None:
        raise InputError(
            line.where, f"the database has no article {line.article_id!r} in version {line.version}; is it another one?"
        )
    return str(row[0][line.start : line.end])
