"""What there is to do: large inputs cut into partitions, the same ones every time."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import IO, Any, cast

import fsspec

from miner.errors import InputError

SIZE = 1000
"""Articles of a partition: a killed worker repeats so many at most."""
KINDS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".warc": "warc"}
"""Endings that are read, and as what; JSON lines and WARC may be followed by `.gz`."""
MOST = 1 << 19
"""Partitions at most, so that the ids of facts fit 63 bits."""
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Partition:
    """A piece of an input: `count` lines or rows from `first` on (counted from 1), or a whole WARC file.

    `offset` is where the first line begins in a file that is not packed. `stamp` tells one version of the file from
    another. The articles of partition `number` have the numbers from number × 2^20 + 1 on.
    """

    number: int
    path: str
    kind: str
    stamp: str
    first: int = 1
    count: int | None = None
    offset: int = 0

    def as_row(self) -> dict[str, Any]:
        """Return the partition as JSON holds it."""
        return asdict(self)


def plan(inputs: Sequence[str], size: int = SIZE, limit: int | None = None) -> list[Partition]:
    """Return the partitions of `inputs` (files, folders and patterns, local or under any address fsspec knows).

    Files are cut after every `size` lines or rows, and only the first `limit` of them are taken. Raises InputError
    where an input is missing, of no known kind or damaged, or holds nothing.
    """
    partitions: list[Partition] = []
    taken = 0
    for path in _files(inputs):
        kind, stamp = kind_of(path), _stamp(path)
        for first, count, offset in _pieces(path, size):
            if limit is not None and count is not None:
                count = min(count, limit - taken)
            if limit is not None and taken >= limit:
                break
            taken += count or 0
            partitions.append(Partition(len(partitions), path, kind, stamp, first, count, offset))
    if not partitions:
        raise InputError(", ".join(inputs), "holds no articles")
    if len(partitions) > MOST:
        raise InputError(
            ", ".join(inputs), f"gives {len(partitions):,} partitions, more than {MOST:,}: make them larger"
        )
    return partitions


def kind_of(path: str) -> str:
    """Return as what a file is read, or nothing."""
    name = path.rsplit("/", 1)[-1].lower()
    packed = name.endswith(".gz")
    ending = "." + name.removesuffix(".gz").rsplit(".", 1)[-1]
    return "" if packed and ending == ".parquet" else KINDS.get(ending, "")


def open_file(path: str) -> IO[bytes]:
    """Open a file under any address for reading, as it lies there."""
    return fsspec.open(path, "rb").open()  # type: ignore[no-any-return]


@contextmanager
def open_lines(path: str) -> Iterator[IO[bytes]]:
    """Open a file under any address for reading, unpacked where it is gzipped."""
    with open_file(path) as file:
        if not path.endswith(".gz"):
            yield file
            return
        with gzip.open(file) as unpacked:
            yield cast("IO[bytes]", unpacked)


def _files(inputs: Sequence[str]) -> Iterator[str]:
    for given in inputs:
        try:
            filesystem, path = fsspec.core.url_to_fs(given)
            if filesystem.isdir(path):
                listed = [p for p in filesystem.find(path) if kind_of(p) and not _is_hidden(p, path)]
            elif any(c in path for c in "*?["):
                listed = [p for p in filesystem.glob(path) if kind_of(p)]
            elif filesystem.exists(path):
                if not kind_of(path):
                    raise InputError(
                        given, f"is of unknown kind; read are {', '.join(KINDS)}, all but Parquet also .gz"
                    )
                listed = [path]
            else:
                raise InputError(given, "is not there; look at the path")
        except (OSError, ImportError, ValueError) as error:
            raise InputError(given, f"cannot be read: {error}") from None
        if not listed:
            raise InputError(given, f"holds no file to read ({', '.join(KINDS)})")
        yield from (filesystem.unstrip_protocol(p) if "://" in given else p for p in sorted(listed))


def is_local(filesystem: Any) -> bool:
    """Return whether a file system of fsspec is this machine's own."""
    kinds = filesystem.protocol
    return "file" in (kinds if isinstance(kinds, tuple) else (kinds,))


def _is_hidden(path: str, folder: str) -> bool:
    return any(part.startswith((".", "_")) for part in path.removeprefix(folder).split("/"))


def _stamp(path: str) -> str:
    filesystem, inner = fsspec.core.url_to_fs(path)
    info = filesystem.info(inner)
    version = next((info[name] for name in ("ETag", "etag", "md5Hash", "mtime", "LastModified") if name in info), "")
    return f"{info.get('size')}:{version}"


def _pieces(path: str, size: int) -> Iterator[tuple[int, int | None, int]]:
    """Yield first line or row, their number, and the offset of each piece of a file."""
    kind = kind_of(path)
    try:
        if kind == "warc":
            yield 1, None, 0
        elif kind == "parquet":
            from pyarrow import parquet

            with open_file(path) as file:
                rows = parquet.ParquetFile(file).metadata.num_rows
            for first in range(0, rows, size):
                yield first + 1, min(size, rows - first), 0
        else:
            with open_lines(path) as lines:
                yield from _line_pieces(lines, size)
    except (OSError, EOFError, ValueError) as error:
        raise InputError(path, f"cannot be read: {error}") from None


def _line_pieces(file: IO[bytes], size: int) -> Iterator[tuple[int, int, int]]:
    first, count, begin, place, last = 1, 0, 0, 0, b"\n"
    while block := file.read(_BLOCK):
        at = 0
        while True:
            inside = block.count(b"\n", at)
            if count + inside < size:
                count += inside
                break
            for _ in range(size - count):
                at = block.index(b"\n", at) + 1
            yield first, size, begin
            first, count, begin = first + size, 0, place + at
        place += len(block)
        last = block[-1:]
    if count or last != b"\n":
        yield first, count + (last != b"\n"), begin
