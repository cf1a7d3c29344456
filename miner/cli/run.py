"""`miner run`: files to a database."""

from __future__ import annotations

import signal
import sys
from time import monotonic
from types import FrameType
from typing import Any

import click

from miner.cli.collect import collecting_options
from miner.cli.options import columns_option
from miner.errors import StoreError

_EVERY = 10.0
"""Seconds between lines of the log where there is no terminal."""


@click.command(short_help="Extract facts from files into a database (the main job).")
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True, type=click.Path())
@click.option("-o", "--output", "database", required=True, type=click.Path(), metavar="FACTS.db",
              help="The database: made where it is missing, continued where it is one of miner's.")  # fmt: skip
@columns_option
@click.option("--as", "kind", type=click.Choice(["txt", "html", "jsonl", "csv"]),
              help="Read every file as this kind, whatever its name.")  # fmt: skip
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Stop after N articles.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, metavar="N",
              help="Processes that extract. The database is the same, row for row.")  # fmt: skip
@click.option("--store", type=click.Path(file_okay=False), metavar="STORE/",
              help="Where what is collected is kept (FACTS.store beside the database).")  # fmt: skip
@collecting_options
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def run(
    inputs: tuple[str, ...], database: str, columns: dict[str, str], kind: str | None,
    limit: int | None, jobs: int, store: str | None, quiet: bool, **collecting: Any,
) -> None:  # fmt: skip
    """Read articles from files and folders, extract their facts, and store them in FACTS.db.

    INPUT is a folder or a file of text (.txt), HTML (.html), JSON lines (.jsonl) or CSV (.csv, .tsv); each may be
    gzipped. A JSON line or CSV row needs a `text` column, or `title` and `body`; --column names others. Encodings
    other than UTF-8 are recognised by their bytes. INPUT may also be a store of `miner collect`, or a source as
    `miner collect` takes it (a name, an address, a TOML or WARC file): it is collected first, and needs --contact.

    Running again is safe: articles that are there already are left alone, changed ones replace their facts and keep
    their old text, and a run that was stopped goes on. What cannot be read is recorded in the table `skipped` with
    its reason, the run goes on, and the exit status is 1.

    \b
    Examples:
      miner run reports/ -o facts.db
      miner run news.csv --column body=noi_dung --column published=ngay -o facts.db
      miner run corpus.jsonl.gz --jobs 2 -o facts.db
      miner run bao-dak-lak --since 2024-01-01 --contact mailto:me@university.example -o facts.db
    """
    from miner.cli.collect import collect_first
    from miner.run import Watcher
    from miner.run import run as run_library

    inputs, collected = collect_first(inputs, database, store, limit=limit, quiet=quiet, **collecting)
    watcher: Watcher = Watcher() if quiet else _screen() if sys.stderr.isatty() else _log()
    signal.signal(signal.SIGTERM, _stop)
    stop = getattr(watcher, "stop", lambda: None)
    try:
        summary = run_library(inputs, database, kind=kind, columns=columns, limit=limit, jobs=jobs, watcher=watcher)
    except KeyboardInterrupt:
        stop()
        click.echo(f"stopped: {database} holds every article up to here; run the same command to go on", err=True)
        raise SystemExit(130) from None
    except StoreError:
        stop()
        raise
    stop()
    if not quiet:
        _summarise(summary)
    if summary.counts["skipped"] or not collected:
        raise SystemExit(1)


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _summarise(summary: Any) -> None:
    from miner.cli.show import show_table
    from miner.questions import query

    counts, database = summary.counts, summary.database
    if not summary.written and not counts["skipped"] and summary.articles:
        click.echo(f"Nothing changed: all {summary.articles:,} articles are in {database} already, made by this miner.")
    rate = summary.written / summary.seconds if summary.seconds else 0
    click.echo(
        f"{summary.articles:,} articles read in {summary.seconds:.1f} s: {counts['new']:,} new, {counts['changed']:,} "
        f"changed, {counts['renewed']:,} made anew by this miner, {counts['unchanged']:,} unchanged; "
        f"{counts['skipped']:,} inputs skipped; {summary.fact_rows:,} rows of facts written ({rate:.0f} articles/s)."
    )
    if summary.left_out:
        kinds = ", ".join(f"{n} {ending}" for ending, n in sorted(summary.left_out.items(), key=lambda x: -x[1])[:6])
        click.echo(f"Files of other kinds were left out: {kinds}.")
    tables = (
        "articles",
        "units",
        "unit_mentions",
        "figures",
        "awards",
        "community_models",
        "dates",
        "topics",
        "skipped",
    )
    sql = " UNION ALL ".join(f"SELECT '{t}' AS \"table\", count(*) AS rows FROM {t}" for t in tables)
    answer = query(database, sql)
    click.echo(f"\n{database} holds:")
    show_table(answer.columns, [(name, f"{n:,}") for name, n in answer.rows])


def _log() -> Any:
    """Return a watcher that writes a plain line every ten seconds, and one for each input skipped."""
    from miner.run import Watcher

    class Log(Watcher):
        total: int | None = None
        done = 0
        last = monotonic()

        def start(self, sources: Any, total: int | None) -> None:
            self.total = total
            click.echo(f"reading {len(sources.files):,} files" + (f", {total:,} articles" if total else ""), err=True)

        def article(self, document: Any, state: str) -> None:
            self.done += 1
            for note in document.notes:
                click.echo(f"{document.where}: {note}", err=True)
            if monotonic() - self.last > _EVERY:
                self.last = monotonic()
                click.echo(f"{self.done:,} articles" + (f" of {self.total:,}" if self.total else ""), err=True)

        def skip(self, skipped: Any, known: bool) -> None:
            again = " (as before)" if known else ""
            click.echo(f"skipped {skipped.where}: {skipped.reason}{again}", err=True)

    return Log()


def _screen() -> Any:
    """Return a watcher with a progress bar on standard error."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from miner.output import terminal_cell
    from miner.run import Watcher

    class Screen(Watcher):
        def start(self, sources: Any, total: int | None) -> None:
            self.bar = Progress(
                TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"), TimeElapsedColumn(), TimeRemainingColumn(),
                console=Console(stderr=True),
            )  # fmt: skip
            self.task = self.bar.add_task("articles", total=total, rate="")
            self.begun, self.done = monotonic(), 0
            self.bar.start()

        def article(self, document: Any, state: str) -> None:
            self.done += 1
            rate = f"{self.done / max(monotonic() - self.begun, 0.1):.0f}/s"
            self.bar.update(self.task, advance=1, rate=rate)

        def skip(self, skipped: Any, known: bool) -> None:
            where, reason = (escape(terminal_cell(x)) for x in (skipped.where, skipped.reason))
            self.bar.console.print(f"skipped {where}: {reason}", highlight=False)

        def stop(self) -> None:
            if hasattr(self, "bar"):
                self.bar.stop()

    return Screen()
