"""`miner run`: files to a database."""

from __future__ import annotations

import sys
from typing import Any

import click

from miner.cli.collect import collecting_options
from miner.cli.options import columns_option, engine_options
from miner.cli.stopping import Stopped, stopping


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
@engine_options
@click.option("--store", type=click.Path(file_okay=False), metavar="STORE/",
              help="Where what is collected is kept (FACTS.store beside the database).")  # fmt: skip
@collecting_options
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def run(
    inputs: tuple[str, ...], database: str, columns: dict[str, str], kind: str | None,
    limit: int | None, jobs: int, timeout: float, resume: bool, store: str | None, quiet: bool, **collecting: Any,
) -> None:  # fmt: skip
    """Read articles from files and folders, extract their facts, and store them in FACTS.db.

    INPUT is a folder or a file of text (.txt), HTML (.html), JSON lines (.jsonl) or CSV (.csv, .tsv); each may be
    gzipped. A JSON line or CSV row needs a `text` column, or `title` and `body`; --column names others. Encodings
    other than UTF-8 are recognised by their bytes. INPUT may also be a store of `miner collect`, or a source as
    `miner collect` takes it (a name, an address, a TOML or WARC file): it is collected first, and needs --contact.

    Running again is safe: articles that are there already are left alone, changed ones replace their facts and keep
    their old text, and a run that was stopped or killed goes on. What cannot be read is recorded in the table
    `skipped` with its reason, the run goes on, and the exit status is 1. So is an article that takes too long, or
    (with --jobs 2 or more) one whose process dies.

    \b
    Examples:
      miner run reports/ -o facts.db
      miner run news.csv --column body=noi_dung --column published=ngay -o facts.db
      miner run corpus.jsonl.gz --jobs 2 -o facts.db
      miner run bao-dak-lak --since 2024-01-01 --contact mailto:me@university.example -o facts.db
    """
    from miner.cli.collect import collect_first
    from miner.cli.progress import Log, Screen
    from miner.run import Watcher
    from miner.run import run as run_library

    inputs, collected = collect_first(inputs, database, store, limit=limit, quiet=quiet, **collecting)
    watcher: Watcher = Watcher() if quiet else Screen() if sys.stderr.isatty() else Log()
    try:
        with stopping(), watcher:
            summary = run_library(
                inputs, database, kind=kind, columns=columns, limit=limit, jobs=jobs, timeout=timeout, resume=resume,
                watcher=watcher,
            )  # fmt: skip
    except Stopped as stop:
        click.echo(f"stopped: {database} holds every article up to here; run the same command to go on", err=True)
        raise SystemExit(128 + stop.number) from None
    if not quiet:
        _summarise(summary)
    if summary.counts["skipped"] or not collected:
        raise SystemExit(1)


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
    if counts["skipped"]:
        click.echo(f'Why: miner query {database} "SELECT origin, stage, reason FROM skipped"')
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
