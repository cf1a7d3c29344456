"""From input to output: JSON lines to JSON lines in the guide's format."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from miner.annotation import to_annotation
from miner.errors import InputError, OutputError
from miner.extract import Options, extract_articles
from miner.readers import Document, check_columns, read_jsonl
from miner.records import Skipped

STANDARD = "-"


@dataclass(frozen=True, slots=True)
class Extracted:
    """What `extract_file` did: articles written and lines that held none."""

    articles: int
    skipped: tuple[Skipped, ...]


def extract_file(
    source: str | Path,
    out: str | Path = STANDARD,
    *,
    profile: str = "accurate",
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
    options = Options(profile)
    check_output(out, [source], force)
    skipped: list[Skipped] = []
    count = 0
    with _open_input(source) as lines, open_output(out) as file:
        name = "stdin" if source == STANDARD else Path(source).name

        def articles() -> Iterator[Document]:
            for item in read_jsonl(lines, "stdin" if source == STANDARD else str(source), name, columns):
                if isinstance(item, Skipped):
                    skipped.append(item)
                    on_skip(item)
                    continue
                for note in item.notes:
                    on_note(f"{item.where}: {note}")
                yield item

        batch_source = articles()
        if limit is not None:
            batch_source = (d for _, d in zip(range(limit), batch_source, strict=False))
        for facts in extract_articles((document.article for document in batch_source), options):
            file.write(json.dumps(to_annotation(facts), ensure_ascii=False).encode("utf-8") + b"\n")
            count += 1
    return Extracted(count, tuple(skipped))


@contextmanager
def _open_input(source: str | Path) -> Iterator[IO[bytes]]:
    if source == STANDARD:
        yield sys.stdin.buffer
        return
    try:
        file = open(source, "rb")
    except OSError as error:
        raise InputError(str(source), f"cannot be read: {error.strerror}") from None
    with file:
        yield file


def check_output(out: str | Path, sources: list[str | Path], force: bool = False) -> None:
    """Raise OutputError where `out` is one of `sources`, or is a file that is no JSON lines (unless `force`)."""
    if out == STANDARD:
        return
    path = Path(out)
    for source in sources:
        if source != STANDARD and path.exists() and Path(source).exists() and path.samefile(source):
            raise OutputError(path, "is the input; give another file with -o")
    if path.is_dir():
        raise OutputError(path, "is a folder; give a file with -o")
    if path.is_file() and not force:
        with path.open("rb") as file:
            head = file.read(64).lstrip()
        if head and not head.startswith(b"{"):
            raise OutputError(path, "exists and does not hold JSON lines; give another file, or --force")


@contextmanager
def open_output(out: str | Path) -> Iterator[IO[bytes]]:
    """Open `out` for writing so that it appears whole at the end, or not at all; `-` is standard output.

    Raises OutputError where it cannot be written.
    """
    if out == STANDARD:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(out)
    if path.exists() and not path.is_file():  # /dev/null, a pipe: nothing to replace
        with path.open("wb") as file:
            yield file
        return
    try:
        temporary = NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False)  # noqa: SIM115
    except OSError as error:
        raise OutputError(path, f"cannot be written: {error.strerror}") from None
    try:
        with temporary:
            yield temporary
            temporary.flush()
            os.fsync(temporary.fileno())
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary.name, 0o666 & ~mask)
        os.replace(temporary.name, path)
    except OSError as error:
        Path(temporary.name).unlink(missing_ok=True)
        raise OutputError(path, f"cannot be written: {error.strerror}") from None
    except BaseException:
        Path(temporary.name).unlink(missing_ok=True)
        raise
