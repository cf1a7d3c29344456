"""Files that appear whole or not at all, and cells that are harmless where they are opened."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

from miner.errors import OutputError

STANDARD = "-"
"""Stands for standard input or output."""

_FORMULA = re.compile(r"^[\s\0]*[=+@\-]|^[\t\r\n]")
_CONTROL = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def csv_cell(value: Any) -> Any:
    """Return `value` so that a spreadsheet shows it and does not run it.

    A text that a spreadsheet may take for a formula gets an apostrophe in front (OWASP, CSV injection); numbers
    stay numbers, whole ones without a decimal point.
    """
    if isinstance(value, str):
        return f"'{value}" if not value[:1].isalnum() and _FORMULA.match(value) else value
    return _whole(value) if isinstance(value, float) else value


def _whole(value: float) -> float | int:
    return int(value) if abs(value) < 1e15 and value == int(value) else value


def terminal_cell(value: Any) -> str:
    """Return `value` as text that cannot move the cursor, change colours or turn the direction of a terminal."""
    if value is None:
        return ""
    if isinstance(value, float):
        value = _whole(value)
    return _CONTROL.sub(_visible, str(value))


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    return chr(0x2400 + code) if code < 0x20 else "␡" if code == 0x7F else "\ufffd"


def check_output(out: str | Path, sources: Sequence[str | Path], head: bytes, force: bool = False) -> None:
    """Raise OutputError where `out` is one of `sources`, or a file that does not start with `head` (unless `force`)."""
    if out == STANDARD:
        return
    path = Path(out)
    for source in sources:
        if source != STANDARD and path.exists() and Path(source).exists() and path.samefile(source):
            raise OutputError(path, "is the input; give another file with -o")
    if path.is_dir():
        raise OutputError(path, "is a folder; give a file with -o")
    if path.is_file() and not force:
        try:
            start = path.read_bytes()[:64] if path.stat().st_size < 64 else _head(path)
        except OSError as error:
            raise OutputError(path, f"cannot be read: {error.strerror}") from None
        if start.strip() and not start.lstrip().startswith(head):
            raise OutputError(path, "exists and holds something else; give another file, or --force to replace it")


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(64)


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
    if path.exists() and not path.is_file():  # /dev/null or a pipe: nothing to replace
        with path.open("wb") as file:
            yield file
        return
    temporary: str | None = None
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = file.name
            yield file
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, path)
    except BaseException as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise OutputError(path, f"cannot be written: {error.strerror or error}") from None
        raise
