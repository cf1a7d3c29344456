"""Pages out of WARC files of other crawls (CC-NEWS and the like); what is damaged is skipped with a warning."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]
from warcio.exceptions import ArchiveLoadFailed  # type: ignore[import-untyped]

from miner.collect.fetch import Fetched, FetchError, decoded
from miner.errors import InputError

MAX_BYTES = 32 << 20
"""Bytes of one page, as transferred and unpacked; larger ones are left out."""
_SEARCH = 1 << 20
_GZIP = b"\x1f\x8b\x08"
_PLAIN = b"WARC/1."
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[^\r\n]{0,200}\r\n")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A page of another crawl, and when it came."""

    page: Fetched
    when: datetime


def read_warc(path: str | Path, warn: Callable[[str], None]) -> Iterator[Recorded]:
    """Yield the HTML pages (status 200) of a WARC file, gzipped or plain, in its order.

    A damaged record is skipped with a warning, and reading goes on at the next record that can be found. Raises
    InputError where the file cannot be opened or holds no record at all.
    """
    place, records = 0, 0
    try:
        with Path(path).open("rb") as file:
            head = file.read(8)
            zipped = head.startswith(_GZIP[:2])
            if not zipped and not head.startswith(b"WARC/"):
                raise InputError(str(path), "is no WARC file")
            start: int | None = 0
            while start is not None:
                file.seek(start)
                place = start
                reader = ArchiveIterator(file)
                try:
                    for record in _records(reader):
                        recorded = _read(record, f"{path}: record at byte {place:,}", warn)
                        records += 1
                        if recorded is not None:
                            yield recorded
                        # Asking for it reads the record to its end.
                        place = reader.get_record_offset() + reader.get_record_length()
                    file.seek(place)
                    if file.read(_SEARCH).strip(b"\r\n\0"):
                        raise _CutError("the rest is no whole record")
                    start = None
                except (ArchiveLoadFailed, EOFError, ValueError, _CutError) as error:
                    start = _next_record(file, place + 1, zipped)
                    rest = "the rest is left out" if start is None else f"reading goes on at byte {start:,}"
                    warn(f"{path}: damaged at byte {place:,} ({str(error)[:120]}); {rest}")
    except OSError as error:
        raise InputError(str(path), f"cannot be read: {error.strerror or error}") from None
    if not records:
        raise InputError(str(path), "holds no record that can be read")


class _CutError(Exception):
    """A record is shorter than it says."""


def _records(reader: Any) -> Iterator[Any]:
    """Yield the records of a warcio reader; whatever it raises on damaged bytes is a _CutError."""
    records = iter(reader)
    while True:
        try:
            record = next(records)
        except StopIteration:
            return
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - on broken heads it fails in ways of its own (AttributeError)
            raise _CutError(str(error) or type(error).__name__) from None
        yield record


def _read(record: Any, where: str, warn: Callable[[str], None]) -> Recorded | None:
    if not (record.rec_headers and (record.rec_headers.get_header("Content-Length") or "").isdigit()):
        raise _CutError("the head of a record is broken off")
    head = record.http_headers
    if record.rec_type != "response" or head is None:
        return None
    raw = record.raw_stream.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        warn(f"{where}: is larger than {MAX_BYTES:,} bytes; left out")
        while record.raw_stream.read(_SEARCH):
            pass
        return None
    while more := record.raw_stream.read(_SEARCH):
        raw += more
    if getattr(record.raw_stream, "limit", 0) > 0:
        raise _CutError(f"{record.raw_stream.limit:,} bytes are missing")
    if head.get_statuscode() != "200" or not _is_html(head.get_header("Content-Type") or "", raw):
        return None
    headers = tuple((str(name), str(value)) for name, value in head.headers)
    if "chunked" in (head.get_header("Transfer-Encoding") or "").lower():
        raw = _joined(raw)
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    try:
        body = decoded(url, raw, head.get_header("Content-Encoding") or "", MAX_BYTES)
    except FetchError as error:
        if error.kind != "bad_encoding" or raw[:2] == _GZIP[:2]:
            warn(f"{where}: {error.reason}; left out")
            return None
        body = raw  # stored unpacked, under the head of the packed one
        headers = tuple(h for h in headers if h[0].lower() != "content-encoding")
    page = Fetched(url.strip("<>"), url.strip("<>"), 200, headers, raw, body, "")
    return Recorded(page, _when(record.rec_headers.get_header("WARC-Date") or ""))


def _is_html(kind: str, raw: bytes) -> bool:
    return "html" in kind.lower() if kind else raw[:1024].lstrip()[:1] == b"<"


def _joined(raw: bytes) -> bytes:
    """Return chunks put together; a body that is stored without its chunks, as it is."""
    parts, place = [], 0
    while found := _CHUNK.match(raw, place):
        size = int(found[1], 16)
        parts.append(raw[found.end() : found.end() + size])
        place = found.end() + size + 2
        if size == 0:
            return b"".join(parts)
    return raw if not parts else b"".join(parts)


def _when(written: str) -> datetime:
    try:
        value = datetime.fromisoformat(written)
    except ValueError:
        return datetime.now(UTC)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _next_record(file: IO[bytes], start: int, zipped: bool) -> int | None:
    """Return where the next record may begin at or after `start`."""
    mark = _GZIP if zipped else _PLAIN
    file.seek(start)
    place, rest = start, b""
    while block := file.read(_SEARCH):
        found = (rest + block).find(mark)
        if found >= 0:
            return place - len(rest) + found
        place += len(block)
        rest = block[-len(mark) + 1 :]
    return None
