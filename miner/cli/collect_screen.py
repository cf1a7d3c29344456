"""How a collection looks while it runs: a bar for each host on a terminal, lines elsewhere."""

from __future__ import annotations

import threading
from collections import Counter
from time import monotonic
from typing import Any

import click

from miner.collect.watch import Watcher
from miner.output import terminal_cell

_EVERY = 10.0
"""Seconds between lines that only count."""
_MAX_BARS = 50
_FEW = 10
"""Lines for skipped addresses of one kind of one source."""


class _Few:
    """Lets the first lines of each kind of skip through, and says when it stops."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def line(self, kind: str, said: dict[str, Any]) -> str | None:
        """Return an event as a line for a person, or None."""
        line = line_of(kind, said)
        if kind != "skip" or line is None:
            return line
        sort = (said["source"], said["fault"])
        self._counts[sort] += 1
        if self._counts[sort] == _FEW + 1:
            return f"{said['source']}: further ones ({said['fault']}) are only counted; --json-log names them"
        return line if self._counts[sort] <= _FEW else None


class Lines(Watcher):
    """Plain lines on standard error; `quiet` leaves failures to the caller's summary, and says nothing."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        self._mutex = threading.Lock()
        self._done, self._last = 0, monotonic()
        self._few = _Few()

    def event(self, kind: str, **said: Any) -> None:
        """Print what matters at once, and a count every ten seconds."""
        if self._quiet:
            return
        with self._mutex:
            if kind == "page":
                self._done += 1
            if (line := self._few.line(kind, said)) is not None:
                self._print(line)
            if self._done and monotonic() - self._last > _EVERY:
                self._last = monotonic()
                self._print(f"{self._done:,} pages")

    def _print(self, line: str) -> None:
        click.echo(terminal_cell(line), err=True)


def line_of(kind: str, said: dict[str, Any]) -> str | None:
    """Return an event as a line for a person, or None where it is none for lines."""
    source = said.get("source") or "miner"
    if kind == "skip":
        return f"{source}: skipped ({said['fault']}): {said['url']}: {said['reason']}"
    if kind == "wait":
        return f"{source}: {said['host']} asks to wait {said['seconds']:g} s"
    if kind == "stop":
        return f"{source}: {said['host']} is left alone: {said['reason']}"
    if kind == "note":
        return f"{source}: {said['text']}"
    return None


def screen() -> Watcher:
    """Return a watcher with a bar for each host on standard error."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    class Bars(Watcher):
        def __init__(self) -> None:
            self._bars = Progress(
                TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[said]}"),
                TimeElapsedColumn(), console=Console(stderr=True),
            )  # fmt: skip
            self._tasks: dict[str, Any] = {}
            self._mutex = threading.Lock()
            self._few = _Few()
            self._bars.start()

        def event(self, kind: str, **said: Any) -> None:
            with self._mutex:
                for host, number in (said.get("hosts") or {}).items() if kind in ("source", "found") else ():
                    if (task := self._task(host)) is not None:
                        total = (self._bars.tasks[task].total or 0) + number
                        self._bars.update(task, total=total)
                host = said.get("host") or ""
                if kind == "page" and self._task(host, None) is None:
                    return
                if kind in ("page", "skip", "fail") and host in self._tasks:
                    state = f"{said.get('state', said.get('fault', ''))}"
                    self._bars.update(self._tasks[host], advance=1, said=state)
                elif kind == "wait" and host in self._tasks:
                    self._bars.update(self._tasks[host], said=f"waits {said['seconds']:g} s")
                elif kind == "stop" and host in self._tasks:
                    self._bars.update(self._tasks[host], said="left alone")
                if kind != "wait" and (line := self._few.line(kind, said)) is not None:
                    self._bars.console.print(escape(terminal_cell(line)), highlight=False)

        def _task(self, host: str, total: int | None = 0) -> Any:
            if host not in self._tasks and len(self._tasks) < _MAX_BARS:
                self._tasks[host] = self._bars.add_task(escape(terminal_cell(host)), total=total, said="")
            return self._tasks.get(host)

        def close(self) -> None:
            self._bars.stop()

    return Bars()
