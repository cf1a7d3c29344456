"""What a person or a program that watches a collection hears, and the sum of it."""

from __future__ import annotations

import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from miner.errors import OutputError

SKIPS = frozenset((
    "status_404", "status_410", "other_type", "soft_404", "repeated", "empty", "robots", "out_of_scope", "bad_address",
    "too_large", "bad_redirect", "redirect_loop", "damaged",
))  # fmt: skip
"""Kinds of ends that say that there is nothing for us; all others are failures, and may be gone another time."""
_KEPT = 200


@dataclass(slots=True)
class Tally:
    """What became of one source's addresses."""

    source: str
    found: int = 0
    """New addresses."""
    stored: int = 0
    """New pages stored whose article the selection takes, and pages that hold no article."""
    changed: int = 0
    """New versions of pages that were stored before."""
    unchanged: int = 0
    """Stored pages that were asked for again and are as they were."""
    left: Counter[str] = field(default_factory=Counter)
    """Why articles are outside of the selection; those that had to be fetched to know are stored."""
    kinds: Counter[str] = field(default_factory=Counter)
    """Skipped and failed addresses by kind."""
    failures: list[str] = field(default_factory=list)
    """What failed and why, the first of them."""
    stopped: bool = False
    _mutex: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def fail(self, kind: str, what: str) -> None:
        """Count an address that was skipped or failed; keep what failed."""
        with self._mutex:
            if kind not in SKIPS and what in self.failures:
                return  # one dead host is met by many ways
            self.kinds[kind] += 1
            if kind not in SKIPS and len(self.failures) < _KEPT:
                self.failures.append(what)

    def count(self, state: str, number: int = 1) -> None:
        """Count addresses found, or pages stored, changed or unchanged; several threads do."""
        with self._mutex:
            setattr(self, state, getattr(self, state) + number)

    def leave(self, reason: str) -> None:
        """Count an article outside of the selection."""
        with self._mutex:
            self.left[reason] += 1

    @property
    def failed(self) -> int:
        """How many addresses failed."""
        return sum(n for kind, n in self.kinds.items() if kind not in SKIPS)

    @property
    def skipped(self) -> int:
        """How many addresses have nothing for us."""
        return sum(n for kind, n in self.kinds.items() if kind in SKIPS)


class Watcher:
    """Hears every event of a collection, from several threads; override `event`."""

    def event(self, kind: str, **said: Any) -> None:
        """Hear of an event.

        Kinds: `source` (begins: source, hosts), `found` (source, url, new), `page` (source, host, url, state, status,
        bytes, seconds, waiting), `left` (source, url, reason), `skip` and `fail` (source, host, url, fault, reason),
        `wait` (source, host, seconds), `stop` (source, host, reason), `note` (source, text), `done` (source and the
        tally's numbers).
        """

    def close(self) -> None:
        """Hear that nothing more comes."""


class JsonLog(Watcher):
    """Writes one JSON object a line, with its time; lines are written through at once."""

    def __init__(self, path: str | Path) -> None:
        """Open `path` to append to; raises OutputError where that cannot be."""
        try:
            self._file: IO[str] = Path(path).open("a", encoding="utf-8", errors="replace")  # noqa: SIM115
        except OSError as error:
            raise OutputError(path, f"cannot be written: {error.strerror}") from None
        self._mutex = threading.Lock()

    def event(self, kind: str, **said: Any) -> None:
        """Write the event."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": now, "event": kind, **said}, ensure_ascii=False, default=str)
        with self._mutex:
            self._file.write(line + "\n")
            self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Watchers(Watcher):
    """Passes each event on to several."""

    def __init__(self, *watchers: Watcher) -> None:
        self._watchers = watchers

    def event(self, kind: str, **said: Any) -> None:
        """Pass the event on."""
        for watcher in self._watchers:
            watcher.event(kind, **said)

    def close(self) -> None:
        """Pass the end on."""
        for watcher in self._watchers:
            watcher.close()
