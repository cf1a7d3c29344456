"""The articles of a partition."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import fsspec

from miner.cluster.plan import Partition, is_local, open_file, open_lines
from miner.errors import InputError
from miner.readers import Document, read_jsonl
from miner.readers.pagefile import read_page_file
from miner.readers.rows import Columns, to_document
from miner.records import Skipped

_ROWS = 256


def read_partition(partition: Partition, columns: Columns) -> Iterator[Document | Skipped]:
    """Yield the articles of a partition, and a Skipped for everything that gives none."""
    reader = {"jsonl": _lines, "parquet": _rows, "warc": _pages}[partition.kind]
    return reader(partition, columns)


def _name(partition: Partition) -> str:
    """Return what articles without an id of their own are called by: the file and its folder."""
    return "/".join(partition.path.split("/")[-2:])


def _lines(partition: Partition, columns: Columns) -> Iterator[Document | Skipped]:
    with open_lines(partition.path) as file:
        lines: Iterable[bytes] = file
        if partition.path.endswith(".gz"):
            lines = islice(file, partition.first - 1, None)
        else:
            file.seek(partition.offset)
        few = islice(lines, partition.count)
        yield from read_jsonl(few, partition.path, _name(partition), columns, partition.first)


def _rows(partition: Partition, columns: Columns) -> Iterator[Document | Skipped]:
    from pyarrow import parquet

    with open_file(partition.path) as file:
        source = parquet.ParquetFile(file)
        first, last = partition.first - 1, partition.first - 1 + (partition.count or 0)
        begin = 0
        for group in range(source.num_row_groups):
            size = source.metadata.row_group(group).num_rows
            if begin < last and begin + size > first:
                number = begin
                for batch in source.iter_batches(_ROWS, row_groups=[group]):
                    low, high = max(first - number, 0), min(last - number, batch.num_rows)
                    if low < high:
                        for i, row in enumerate(batch.slice(low, high - low).to_pylist(), number + low + 1):
                            yield _document(row, f"{partition.path}:{i}", f"{_name(partition)}:{i}", columns)
                    number += batch.num_rows
            begin += size


def _document(row: dict[str, Any], where: str, name: str, columns: Columns) -> Document | Skipped:
    try:
        return to_document(row, where, name, columns)
    except InputError as error:
        return Skipped(error.where, "read", error.reason)


def _pages(partition: Partition, columns: Columns) -> Iterator[Document | Skipped]:
    from miner.collect.warc import read_warc

    warnings: list[str] = []
    # A damaged file is searched for its next whole record, which needs a file that can be gone back in.
    with tempfile.TemporaryDirectory(prefix="miner-warc-") as folder:
        filesystem, path = fsspec.core.url_to_fs(partition.path)
        local = path
        if not is_local(filesystem):
            local = f"{folder}/{path.rsplit('/', 1)[-1]}"
            filesystem.get(path, local)
        for recorded in read_warc(local, warnings.append):
            where = f"{partition.path}#{recorded.page.url}"
            try:
                url = recorded.page.url
                yield read_page_file(recorded.page.body, where, url, url=url, fetched=recorded.when)
            except InputError as error:
                yield Skipped(where, "read", error.reason)
    for warning in warnings:
        yield Skipped(partition.path, "read", warning)
