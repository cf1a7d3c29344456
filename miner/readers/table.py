"""Articles in CSV, one row an article."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from io import TextIOWrapper
from typing import IO

from miner.errors import InputError
from miner.readers.decode import decode
from miner.readers.document import Document
from miner.readers.rows import MAX_CHARACTERS, Columns, to_document
from miner.records import Skipped

_SAMPLE = 1 << 18
_DELIMITERS = ",;\t|"


def read_csv(file: IO[bytes], where: str, name: str, columns: Columns) -> Iterator[Document | Skipped]:
    """Yield the article of each row; a row that holds none is a Skipped `where:line`.

    The first row names the columns; the delimiter (comma, semicolon, tab, bar) is the one it holds most of. The
    encoding is told by the first 256 kB. Raises InputError where there is no header or the encoding is refused.
    """
    encoding = _encoding(file, where)
    csv.field_size_limit(4 * MAX_CHARACTERS)
    with TextIOWrapper(file, encoding=encoding, errors="replace", newline="") as lines:
        yield from _rows(lines, where, name, columns)


def _rows(lines: TextIOWrapper, where: str, name: str, columns: Columns) -> Iterator[Document | Skipped]:
    head = lines.readline()
    if not head.strip():
        raise InputError(where, "has no header row that names its columns")
    delimiter = max(_DELIMITERS, key=head.count)
    names = [n.strip() for n in next(csv.reader([head.removeprefix("\ufeff")], delimiter=delimiter))]
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        line = reader.line_num + 2
        at = f"{where}:{line}"
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Skipped(at, "read", f"is not CSV: {error}")
            continue
        if not any(value.strip() for value in values):
            continue
        if len(values) > len(names):
            yield Skipped(at, "read", f"has {len(values)} cells, but the header names {len(names)} columns")
            continue
        try:
            row = dict(zip(names, values, strict=False))
            bad = sum(value.count("\ufffd") for value in values)
            document = to_document(row, at, f"{name}:{line}", columns)
            if bad:
                notes = (*document.notes, f"encoding: {bad} characters became U+FFFD")
                document = replace(document, notes=notes, repairs=(*document.repairs, "replaced"))
            yield document
        except InputError as error:
            yield Skipped(error.where, "read", error.reason)


def _encoding(file: IO[bytes], where: str) -> str:
    """Return the encoding of a file that can be sought, from its first bytes up to a line's end."""
    sample = file.read(_SAMPLE)
    if len(sample) == _SAMPLE:
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    file.seek(0)
    if sample.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32"
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    notes = decode(sample, where).notes
    guessed = next((n.split()[1].rstrip(",") for n in notes if n.endswith(", guessed")), "utf-8-sig")
    if guessed in ("TCVN3", "VNI"):
        raise InputError(where, f"looks like {guessed}; convert it to UTF-8 (UniKey, UVConverter)")
    return guessed
