"""From JSON lines to JSON lines in the annotation guide's format."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from miner.annotation import to_annotation
from miner.errors import InputError
from miner.extract import extract_articles, warm_up
from miner.output import STANDARD, check_output, open_output
from miner.readers import Document, check_columns, lines_of, read_jsonl
from miner.records import Skipped


@dataclass(frozen=True, slots=True)
class Extracted:
    """What `extract_file` did: articles written, and lines that held none."""

    articles: int
    skipped: int


def extract_file(
    source: str | Path,
    out: str | Path = STANDARD,
    *,
    limit: int | None = None,
    columns: Mapping[str, str] | None = None,
    force: bool = False,
    on_skip: Callable[[Skipped], None] = lambda skipped: None,
    on_note: Callable[[str], None] = lambda note: None,
) -> Extracted:
    """Write the facts of each JSON line of `source` to `out`, in the annotation guide's format, in order.

    `-` stands for standard input and output. `out` appears whole or not at all. A line that holds no article is
    given to `on_skip`, and the others go on. Raises InputError where `source` cannot be read and OutputError where
    `out` cannot be written, is the input itself, or holds something else than JSON lines (unless `force`).
    """
    columns = check_columns(columns or {})
    skipped = 0

    def articles(lines: IO[bytes]) -> Iterator[Document]:
        nonlocal skipped
        where, name = ("stdin", "stdin") if source == STANDARD else (str(source), Path(source).name)
        for item in read_jsonl(lines_of(lines), where, name, columns):
            if isinstance(item, Skipped):
                skipped += 1
                on_skip(item)
                continue
            for note in item.notes:
                on_note(f"{item.where}: {note}")
            yield item

    count = 0
    with _open_input(source) as lines:
        check_output(out, [source], b"{", force)
        with open_output(out) as file:
            read = (document.article for document in islice(articles(lines), limit))
            warm_up()
            for facts in extract_articles(read):
                file.write(json.dumps(to_annotation(facts), ensure_ascii=False).encode("utf-8") + b"\n")
                count += 1
    return Extracted(count, skipped)


@contextmanager
def _open_input(source: str | Path) -> Iterator[IO[bytes]]:
    if source == STANDARD:
        yield sys.stdin.buffer
        return
    try:
        with Path(source).open("rb") as file:
            yield file
    except OSError as error:
        if error.filename is None or str(error.filename) != str(source):
            raise
        raise InputError(str(source), f"cannot be read: {error.strerror}") from None
