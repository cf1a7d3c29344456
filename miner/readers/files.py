"""Files and folders to documents: one reader for each kind of file, and one row for everything that cannot be read."""

from __future__ import annotations

import gzip
import os
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import IO, cast

from miner.errors import InputError
from miner.mend import mend
from miner.readers.decode import decode
from miner.readers.document import Document
from miner.readers.jsonlines import read_jsonl
from miner.readers.rows import Columns, check_columns, to_document
from miner.readers.table import read_csv
from miner.records import Skipped
from miner.text import repair_line_ends

KINDS = {
    ".txt": "txt", ".text": "txt", ".html": "html", ".htm": "html", ".xhtml": "html",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "csv",
}  # fmt: skip
"""File name endings that are read, and as what; each may be followed by `.gz`."""
MAX_BYTES = 64 << 20
"""Largest single text or page that is read."""

Item = Document | Skipped


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: its kind, and the name that articles without an id of their own are called by."""

    path: Path
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Sources:
    """What was found in the inputs: files to read, and how many files of which endings were left out."""

    files: tuple[Source, ...]
    left_out: Counter[str]


def _kind(path: Path) -> str | None:
    suffixes = [s.lower() for s in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    return KINDS.get(suffixes[-1]) if suffixes else None


def find_sources(inputs: Sequence[str | Path], kind: str | None = None) -> Sources:
    """Return the files that `inputs` (files and folders) hold, in order of name; hidden ones are left out.

    `kind` (txt, html, jsonl, csv) says what the files are, whatever their names. A file is called by its path from
    the folder that was given on, that folder's name included, so that it keeps its name wherever the folder lies.
    Raises InputError where an input is missing, a folder holds nothing to read, or a file's kind is unknown.
    """
    files: dict[Path, Source] = {}
    left_out: Counter[str] = Counter()
    for given in inputs:
        path = Path(given)
        if path.is_dir():
            found = 0
            for file in _walk(path):
                file_kind = kind or _kind(file)
                if file_kind is None:
                    left_out[file.suffix.lower() or "no ending"] += 1
                    continue
                found += 1
                name = _readable(Path(path.resolve().name) / file.relative_to(path))
                files.setdefault(file.resolve(), Source(file, file_kind, name))
            if not found:
                endings = ", ".join(sorted(KINDS))
                raise InputError(str(given), f"is a folder without articles ({endings}, each also with .gz)")
        elif path.exists():
            file_kind = kind or _kind(path)
            if file_kind is None:
                raise InputError(str(given), "is of unknown kind; say --as txt, html, jsonl or csv")
            name = _readable(Path(path.resolve().parent.name) / path.name)
            files.setdefault(path.resolve(), Source(path, file_kind, name))
        else:
            raise InputError(str(given), "is not there; look at the path")
    return Sources(tuple(files.values()), left_out)


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(root, name)


def read_sources(sources: Iterable[Source], columns: Columns | None = None) -> Iterator[Item]:
    """Yield every document of `sources`, and a Skipped for everything that gave none."""
    columns = check_columns(columns or {})
    for source in sources:
        where = _readable(source.path)
        try:
            if not source.path.is_file():
                raise InputError(where, "is not a regular file")
            with _open(source.path) as file:
                yield from _READERS[source.kind](file, where, source.name, columns)
        except InputError as error:
            yield Skipped(error.where, "read", error.reason)
        except OSError as error:
            yield Skipped(where, "read", f"cannot be read: {error.strerror or error}")
        except (EOFError, zlib.error) as error:
            yield Skipped(where, "read", f"is a damaged gzip file: {error}")


def _readable(path: Path) -> str:
    """Return a path as text that can be stored, also where its bytes are no UTF-8."""
    return os.fsencode(path).decode("utf-8", errors="replace")


def _open(path: Path) -> IO[bytes]:
    if path.suffix.lower() == ".gz":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return path.open("rb")


def _bytes(file: IO[bytes], where: str) -> bytes:
    raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise InputError(where, f"is larger than {MAX_BYTES >> 20} MB; a single article is not that long")
    return raw


def _read_txt(file: IO[bytes], where: str, name: str, columns: Columns) -> Iterator[Item]:
    text, notes, repairs = decode(_bytes(file, where), where)
    mended = mend(repair_line_ends(text).split("\n"))
    document = to_document({"text": "\n".join(mended.lines)}, where, name, {})
    yield Document(document.article, where, notes, tuple(dict.fromkeys((*repairs, *mended.repairs))))


def _read_html(file: IO[bytes], where: str, name: str, columns: Columns) -> Iterator[Item]:
    from miner.readers.pagefile import read_page_file

    yield read_page_file(_bytes(file, where), where, name)


def lines_of(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines of a file in UTF-8, also where it is in UTF-16 or UTF-32 with a byte order mark."""
    first = file.readline()
    if first.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
        encoding = "utf-32" if first[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff") else "utf-16"
        for line in TextIOWrapper(BytesIO(first + file.read()), encoding=encoding, errors="replace"):
            yield line.encode("utf-8")
        return
    yield first
    yield from file


def _read_jsonl(file: IO[bytes], where: str, name: str, columns: Columns) -> Iterator[Item]:
    return read_jsonl(lines_of(file), where, name, columns)


_READERS: dict[str, Callable[[IO[bytes], str, str, Columns], Iterator[Item]]] = {
    "txt": _read_txt,
    "html": _read_html,
    "jsonl": _read_jsonl,
    "csv": read_csv,
}
