"""`miner load` and `miner merge`: databases out of what was extracted elsewhere."""

from __future__ import annotations

import sys
from contextlib import nullcontext

import click

from miner.cli.stopping import Stopped, stopping


@click.command(short_help="Bring the Parquet of `miner extract --engine dask` into a database.")
@click.argument("folder", metavar="DIR")
@click.argument("database", metavar="FACTS.db", type=click.Path())
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def load(folder: str, database: str, quiet: bool) -> None:
    """Bring the finished partitions in DIR into FACTS.db, which is made or continued as by `miner run`.

    DIR may lie under any address that fsspec knows. Articles that are there already are left alone, so a load that
    was stopped goes on when it is run again.

    \b
    Example:
      miner load facts/ facts.db
    """
    from miner.cli.progress import Log, Screen, of_partitions
    from miner.cluster import load_folder

    bar = None if quiet else Screen() if sys.stderr.isatty() else Log()
    try:
        with stopping(), bar or nullcontext():
            done = load_folder(folder, database, of_partitions(bar))
    except Stopped as stop:
        click.echo(f"stopped: {database} holds every article up to here; run the same command to go on", err=True)
        raise SystemExit(128 + stop.number) from None
    if not quiet:
        counts = done.counts
        rate = done.fact_rows / done.seconds if done.seconds else 0
        click.echo(
            f"{done.partitions:,} partitions in {done.seconds:.1f} s: {counts['new']:,} articles new, "
            f"{counts['changed']:,} changed, {counts['renewed']:,} made anew, {counts['unchanged']:,} unchanged; "
            f"{counts['skipped']:,} inputs skipped; {done.fact_rows:,} rows of facts written ({rate:,.0f}/s)."
        )


@click.command(short_help="Merge databases into a new one.")
@click.argument("databases", metavar="A.db B.db...", nargs=-1, required=True, type=click.Path())
@click.option("-o", "--output", required=True, type=click.Path(), metavar="C.db", help="The new database.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def merge(databases: tuple[str, ...], output: str, quiet: bool) -> None:
    """Merge databases of one schema into C.db, which appears whole or not at all.

    Of articles with one id, that of the database named first is kept; the others are counted. Reviews of all are
    kept and worked in, in the order they were made. Units are joined, and near-duplicates grouped, over all articles.

    \b
    Example:
      miner merge 2023.db 2024.db -o both.db
    """
    from miner.store.merge import merge as merge_databases

    if len(databases) < 2:
        raise click.UsageError("give at least two databases")
    done = merge_databases(databases, output)
    if not quiet:
        click.echo(
            f"{output} holds {done.articles:,} articles and {done.reviews:,} reviews; {done.twice:,} articles were "
            f"there twice and are kept once, {done.differing:,} of them with another text or date in a later database."
        )
