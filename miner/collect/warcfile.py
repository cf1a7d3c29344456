"""WARC 1.1 files that a store writes: one record a response, in files of a gigabyte at most."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]
from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]

from miner.collect.fetch import Fetched
from miner.errors import StoreError

_MAX_WARC = 1 << 30
"""Bytes after which the next file is begun."""


class Writer(WARCWriter):  # type: ignore[misc]
    """warcio's writer, which leaves its temporary files open; our bodies are bounded and fit in memory."""

    @staticmethod
    def _create_temp_file() -> BytesIO:
        return BytesIO()


class WarcFiles:
    """The folder `warc/` of a store; each run writes files of its own."""

    def __init__(self, folder: Path) -> None:
        """Open or make the folder; raises OSError where that cannot be."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._file: Any = None
        self._writer: Any = None

    def sync(self) -> None:
        """Bring what was written to the disk."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file of this run."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def write(self, page: Fetched, when: str) -> tuple[str, int]:
        """Write a response that came at `when`; return the file's name and the record's place in it."""
        if self._file is not None and self._file.tell() > _MAX_WARC:
            self.sync()
            self.close()
        if self._file is None:
            stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S%f")
            name = f"miner-{stamp}-{os.getpid()}.warc.gz"
            self._file = (self.folder / name).open("ab")
            folder = os.open(self.folder, os.O_RDONLY)
            os.fsync(folder)  # or a power cut may take the file's name
            os.close(folder)
            self._writer = Writer(self._file, gzip=True, warc_version="WARC/1.1")
            about = {"software": "miner", "format": "WARC File Format 1.1", "robots": "obey"}
            self._writer.write_record(self._writer.create_warcinfo_record(name, about))
        start = self._file.tell()
        # Transfer-Encoding is undone by now; the body is as long as it is.
        headers = [(k, v) for k, v in page.headers if k.lower() not in ("transfer-encoding", "content-length")]
        headers.append(("Content-Length", str(len(page.raw))))
        record = self._writer.create_warc_record(
            page.final_url, "response", payload=BytesIO(page.raw),
            http_headers=StatusAndHeaders(f"{page.status} OK", headers, protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": when, **({"WARC-IP-Address": page.peer} if page.peer else {})},
        )  # fmt: skip
        self._writer.write_record(record)
        return Path(self._file.name).name, start

    def read(self, name: str, start: int) -> bytes:
        """Return the decoded body of the record at `start`; raises StoreError where it is gone or damaged."""
        try:
            with (self.folder / name).open("rb") as file:
                file.seek(start)
                record = next(iter(ArchiveIterator(file)))
                return bytes(record.content_stream().read())
        except (OSError, StopIteration, EOFError, ValueError) as error:
            raise StoreError(self.folder / name, f"cannot be read at byte {start}: {error}") from None
