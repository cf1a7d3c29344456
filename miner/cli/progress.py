"""How a run gets on: a bar in a terminal, else a line every ten seconds; each with rate and time left."""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from types import TracebackType
from typing import Any

import click

from miner.output import terminal_cell
from miner.run import Watcher

_EVERY = 10.0
"""Seconds between lines of the log where there is no terminal."""


def time_left(done: int, total: int | None, seconds: float) -> str:
    """Return the rate, and how long the rest will take where it is known how much that is."""
    rate = done / max(seconds, 0.001)
    said = f"{rate:.0f}/s" if rate >= 10 else f"{rate:.1f}/s"
    if not total or not done:
        return said
    left = int(max(0, total - done) / rate)
    return f"{said}, {left // 3600}:{left // 60 % 60:02}:{left % 60:02} left"


class Log(Watcher):
    """Writes a plain line every ten seconds, and one for each input skipped."""

    total: int | None = None
    done = worked = 0

    what = "articles"

    def __init__(self) -> None:
        self.begun = self.last = monotonic()

    def start(self, sources: Any, total: int | None) -> None:
        """Say what will be read."""
        self.begin(f"{len(sources.files):,} files", total)

    def begin(self, read: str, total: int | None) -> None:
        """Say what will be read, and how many articles that is."""
        self.total = total
        click.echo(f"reading {read}" + (f", {total:,} {self.what}" if total else ""), err=True)
        self.begun = self.last = monotonic()

    def article(self, document: Any, state: str) -> None:
        """Say what was mended, and how far the run is."""
        for note in document.notes:
            click.echo(f"{document.where}: {note}", err=True)
        self.advance(1, 0 if state == "unchanged" else 1)

    def advance(self, done: int, worked: int) -> None:
        """Say how far the run is, `worked` of the `done` being new, where the last line is old enough."""
        self.done += done
        self.worked += worked
        now = monotonic()
        if now - self.last > _EVERY:
            self.last = now
            known = self.total - (self.done - self.worked) if self.total else None
            rate = time_left(self.worked, known, now - self.begun)
            total = f" of {self.total:,}" if self.total else ""
            click.echo(f"{self.done:,}{total} {self.what}, {rate}", err=True)

    def skip(self, skipped: Any, known: bool) -> None:
        """Say what gave no article."""
        again = " (as before)" if known else ""
        click.echo(terminal_cell(f"skipped {skipped.where}: {skipped.reason}{again}"), err=True)


class Screen(Watcher):
    """A progress bar on standard error, while the block of its `with` runs."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )

        self.bar = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            TextColumn("{task.fields[rate]}"), console=Console(stderr=True),
        )  # fmt: skip
        self.task = self.bar.add_task("articles", total=None, rate="")
        self.begun, self.total = monotonic(), 0
        self.done = self.worked = 0

    def start(self, sources: Any, total: int | None) -> None:
        """Show the bar."""
        self.begin("", total)

    def begin(self, read: str, total: int | None) -> None:
        """Show the bar, and print what will be read above it."""
        if read:
            self.bar.console.print(f"reading {read}", highlight=False)
        self.total = total or 0
        self.bar.update(self.task, total=total)
        self.begun = monotonic()
        self.bar.start()

    def article(self, document: Any, state: str) -> None:
        """Move the bar on."""
        self.advance(1, 0 if state == "unchanged" else 1)

    def advance(self, done: int, worked: int) -> None:
        """Move the bar on by `done`, `worked` of which are new."""
        self.done += done
        self.worked += worked
        known = self.total - (self.done - self.worked) if self.total else None
        self.bar.update(self.task, advance=done, rate=time_left(self.worked, known, monotonic() - self.begun))

    def skip(self, skipped: Any, known: bool) -> None:
        """Print what gave no article above the bar."""
        from rich.markup import escape

        where, reason = (escape(terminal_cell(x)) for x in (skipped.where, skipped.reason))
        self.bar.console.print(f"skipped {where}: {reason}", highlight=False)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bar.stop()


def of_partitions(bar: Log | Screen | None) -> Any:
    """Return a watcher of partitions that moves `bar` on, where there is one."""
    from miner.cluster.engine import Watcher as Partitions

    class Progress(Partitions):
        def start(self, partitions: int, finished: int, articles: int | None) -> None:
            before = f", {finished:,} of them finished before" if finished else ""
            if bar is not None:
                bar.begin(f"{partitions:,} partitions{before}", articles)

        def partition(self, done: Mapping[str, Any]) -> None:
            if bar is not None:
                bar.advance(done["articles"] + done["rows"]["skipped"], done["articles"])

    return Progress()
