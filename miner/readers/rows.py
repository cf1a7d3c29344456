"""Rows with named columns, from JSON lines and CSV, to articles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from miner.errors import InputError
from miner.pages import PageData
from miner.readers.day import read_day
from miner.readers.document import Document
from miner.tables import read_toml
from miner.text import make_article, nfc, search_key

FIELDS = ("id", "text", "title", "lead", "body", "published", "url", "source", "province_code")
MAX_CHARACTERS = (1 << 24) - 1
"""Longest article that is read: a fact's id in the store holds its offset in 24 bits."""

Columns = Mapping[str, str]
"""Column names given by the user: field of FIELDS to the file's own name."""


def _folded(name: str) -> str:
    return re.sub(r"[\s-]+", "_", search_key(name.strip()))


@cache
def _aliases() -> dict[str, tuple[str, ...]]:
    return {field: tuple(names) for field, names in read_toml("columns.toml")["columns"].items()}


def check_columns(columns: Columns) -> Columns:
    """Return `columns`, or raise ValueError where a field is unknown."""
    unknown = sorted(set(columns) - set(FIELDS))
    if unknown:
        raise ValueError(f"an article has no field {unknown[0]!r}; columns map {', '.join(FIELDS)}")
    return columns


@cache
def _match(names: tuple[str, ...], given: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Return which of the file's `names` holds which field."""
    chosen = {field: name for field, name in given if name in names}
    by_folded: dict[str, str] = {}
    for name in names:
        by_folded.setdefault(_folded(name), name)
    for field, aliases in _aliases().items():
        if field not in dict(given):
            chosen.update((field, by_folded[a]) for a in reversed(aliases) if a in by_folded)  # the first one stays
    return chosen


def match_columns(names: Iterable[str], columns: Columns) -> dict[str, str]:
    """Return field to column name for a file with these column `names`; what `columns` gives comes first."""
    return _match(tuple(names), tuple(sorted(columns.items())))


def _written(row: Mapping[str, Any], column: str | None) -> str:
    value = row.get(column) if column is not None else None
    return "" if value is None or isinstance(value, dict | list) else nfc(str(value))


def to_document(row: Mapping[str, Any], where: str, default_id: str, columns: Columns) -> Document:
    """Return the article in `row`; without an id it is named by its URL, else `default_id`.

    A `text` column is kept as it is (only NFC); else title, lead and body are joined by blank lines.
    Raises InputError where there is no text, or too much.
    """
    column = match_columns(row, columns)
    title = _written(row, column.get("title")).strip()
    raw = row.get(column["text"]) if "text" in column else None
    if raw is not None and not isinstance(raw, str):
        raise InputError(where, f"{column['text']!r} is no text but {type(raw).__name__}")
    text = raw or ""
    if not text.strip() and "body" in column:
        parts = [title, _written(row, column.get("lead")).strip(), _written(row, column["body"]).strip("\r\n")]
        text = "\n\n".join(part for part in parts if part)
    elif "text" not in column:
        raise InputError(where, f"has no text; name its column with --column text=NAME (there are: {_names(row)})")
    if len(text) > MAX_CHARACTERS:
        raise InputError(where, f"has {len(text):,} characters; an article may have {MAX_CHARACTERS:,}")
    url = _written(row, column.get("url")).strip()
    written = row.get(column["published"]) if "published" in column else None
    published = read_day(written)
    notes: tuple[str, ...] = ()
    if published is None and written not in (None, ""):
        notes = (f"published: {str(written)[:60]!r} is no day",)
    try:
        article = make_article(
            _written(row, column.get("id")).strip() or url or default_id,
            text,
            title=title or None,
            published=published,
            url=url,
            source=_written(row, column.get("source")).strip(),
            province_code=_written(row, column.get("province_code")).strip() or None,
        )
    except InputError as error:
        raise InputError(where, error.reason) from None
    page = PageData.of_row(row)
    if page is None:
        return Document(article, where, notes)
    # The collector's own row: what was mended is what its page needed.
    kept = [tuple(map(str, row[name])) if isinstance(row.get(name), list) else () for name in ("notes", "repairs")]
    return Document(article, where, (*notes, *kept[0]), kept[1], page)


def _names(row: Mapping[str, Any]) -> str:
    names = [str(name) for name in row]
    return ", ".join(names[:12]) + (", …" if len(names) > 12 else "") if names else "none"
