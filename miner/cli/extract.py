"""`miner extract`: JSON lines in, JSON lines out; or large inputs to Parquet on a cluster."""

from __future__ import annotations

import sys
from contextlib import nullcontext

import click
from click.core import ParameterSource

from miner.cli.options import columns_option, engine_options
from miner.cli.stopping import Stopped, stopping
from miner.records import Skipped

_FOR_DASK = ("scheduler", "jobs", "partition", "timeout", "resume")


@click.command(short_help="JSON lines in, facts as JSON lines out; or Parquet, on a cluster.")
@click.argument("sources", metavar="IN...", nargs=-1, required=True, type=click.Path(allow_dash=True))
@click.option("-o", "--output", default="-", type=click.Path(allow_dash=True), metavar="OUT",
              help="File to write, whole or not at all (default: standard output); for Dask, a folder.")  # fmt: skip
@click.option("--engine", type=click.Choice(["lines", "dask"]), default="lines", show_default=True,
              help="JSON lines in this process, or partitioned Parquet by the workers of a Dask cluster.")  # fmt: skip
@click.option("--scheduler", metavar="tcp://HOST:PORT",
              help="Dask scheduler whose workers do the work. Default: processes on this machine.")  # fmt: skip
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Dask: workers on this machine (default: all cores).")
@click.option("--partition", type=click.IntRange(1, 1 << 20), default=1000, show_default=True, metavar="N",
              help="Dask: articles of a partition, which is done whole or not at all.")  # fmt: skip
@columns_option
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Stop after N articles.")
@engine_options
@click.option("--force", is_flag=True, help="Replace OUT even where it holds something else than JSON lines.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def extract(
    sources: tuple[str, ...], output: str, engine: str, scheduler: str | None, jobs: int | None, partition: int,
    columns: dict[str, str], limit: int | None, timeout: float, resume: bool, force: bool, quiet: bool,
) -> None:  # fmt: skip
    """Write the facts of every article in IN as JSON lines in the annotation guide's format, or as Parquet.

    A line of IN is an object with `id` and `text`, and may have `published`, `title`, `url`, `source`,
    `province_code`. `-` stands for standard input. The text is made NFC, and offsets point into that text. A line
    that cannot be read is named on standard error, the others go on, and the exit status is 1.

    With --engine dask, IN is any number of files, folders and patterns of JSON lines (also .gz), Parquet and WARC, on
    this machine or under any address that fsspec knows (s3://…), and OUT is a folder: in it a folder for each table,
    with a Parquet file for each partition. Partitions that are finished are left alone, so a run that was stopped or
    killed goes on. `miner load OUT facts.db` makes a database of them.

    \b
    Examples:
      miner extract articles.jsonl -o facts.jsonl
      zcat news.jsonl.gz | miner extract - > facts.jsonl
      miner extract news/*.jsonl.gz -o facts/ --engine dask
      miner extract s3://news/2024/ -o s3://facts/2024/ --engine dask --scheduler tcp://10.0.0.5:8786
    """
    if engine == "dask":
        if output == "-":
            raise click.UsageError("--engine dask writes a folder: give one with -o OUT/")
        _extract_on_dask(sources, output, scheduler, jobs, partition, columns, limit, timeout, resume, quiet)
        return
    context = click.get_current_context()
    given = [f"--{name}" for name in _FOR_DASK if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    if len(sources) > 1:
        given.append("more than one IN")
    if given:
        raise click.UsageError(f"{given[0]} needs --engine dask")
    _extract_lines(sources[0], output, columns, limit, force, quiet)


def _extract_lines(
    source: str, output: str, columns: dict[str, str], limit: int | None, force: bool, quiet: bool
) -> None:  # fmt: skip
    from miner.run import extract_file

    def on_skip(skipped: Skipped) -> None:
        click.echo(f"skipped {skipped.where}: {skipped.reason}", err=True)

    def on_note(note: str) -> None:
        if not quiet:
            click.echo(note, err=True)

    done = extract_file(source, output, limit=limit, columns=columns, force=force, on_skip=on_skip, on_note=on_note)
    if done.skipped:
        click.echo(f"{done.articles} articles extracted, {done.skipped} lines skipped", err=True)
        raise SystemExit(1)


def _extract_on_dask(
    sources: tuple[str, ...], output: str, scheduler: str | None, jobs: int | None, partition: int,
    columns: dict[str, str], limit: int | None, timeout: float, resume: bool, quiet: bool,
) -> None:  # fmt: skip
    import os

    from miner.cli.progress import Log, Screen, of_partitions
    from miner.cluster import extract_partitions

    bar = None if quiet else Screen() if sys.stderr.isatty() else Log()
    try:
        with stopping(), bar or nullcontext():
            done = extract_partitions(
                sources, output, scheduler=scheduler, jobs=jobs or os.cpu_count() or 1, size=partition,
                limit=limit, columns=columns, timeout=timeout, resume=resume, watcher=of_partitions(bar),
            )  # fmt: skip
    except Stopped as stop:
        click.echo(f"stopped: {output} holds the finished partitions; run the same command to go on", err=True)
        raise SystemExit(128 + stop.number) from None
    if not quiet:
        rate = done.articles / done.seconds if done.seconds else 0
        click.echo(
            f"{done.done:,} of {done.partitions:,} partitions done in {done.seconds:.1f} s: "
            f"{done.articles:,} articles, {done.skipped:,} inputs skipped, {done.fact_rows:,} rows of facts "
            f"({rate:.0f} articles/s)."
        )
    if done.skipped:
        raise SystemExit(1)
