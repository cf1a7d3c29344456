"""`miner extract`: JSON lines in, JSON lines out."""

from __future__ import annotations

import click

from miner.cli.options import columns_option
from miner.records import Skipped


@click.command(short_help="JSON lines in, facts as JSON lines out.")
@click.argument("source", metavar="IN.jsonl", type=click.Path(allow_dash=True))
@click.option("-o", "--output", default="-", type=click.Path(allow_dash=True), metavar="OUT.jsonl",
              help="File to write, whole or not at all. Default: standard output.")  # fmt: skip
@columns_option
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Stop after N articles.")
@click.option("--force", is_flag=True, help="Replace OUT.jsonl even where it holds something else than JSON lines.")
def extract(source: str, output: str, columns: dict[str, str], limit: int | None, force: bool) -> None:
    """Write the facts of every article in IN.jsonl as JSON lines in the annotation guide's format.

    A line of IN.jsonl is an object with `id` and `text`, and may have `published`, `title`, `url`, `source`,
    `province_code`. `-` stands for standard input. The text is made NFC, and offsets point into that text. A line
    that cannot be read is named on standard error, the others go on, and the exit status is 1.

    \b
    Examples:
      miner extract articles.jsonl -o facts.jsonl
      zcat news.jsonl.gz | miner extract - > facts.jsonl
    """
    from miner.run import extract_file

    def on_skip(skipped: Skipped) -> None:
        click.echo(f"skipped {skipped.where}: {skipped.reason}", err=True)

    done = extract_file(
        source, output, limit=limit, columns=columns, force=force,
        on_skip=on_skip, on_note=lambda note: click.echo(note, err=True),
    )  # fmt: skip
    if done.skipped:
        click.echo(f"{done.articles} articles extracted, {done.skipped} lines skipped", err=True)
        raise SystemExit(1)
