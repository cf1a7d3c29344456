"""`miner check`: faults in labelled reports."""

from __future__ import annotations

import click


@click.command(short_help="Look for faults in labelled reports.")
@click.argument("path", metavar="PATH", type=click.Path())
def check(path: str) -> None:
    """Check labelled reports against the annotation guide's format and name every fault, one a line.

    PATH is a JSON lines file, or a folder whose `reports*.jsonl` are read. The exit status is 1 where there are faults.

    \b
    Example:
      miner check corpora/
    """
    from miner.check import check_corpus
    from miner.output import terminal_cell

    problems = check_corpus(path)
    for problem in problems:
        click.echo(terminal_cell(problem))
    click.echo(f"{len(problems)} faults" if problems else "no faults", err=True)
    if problems:
        raise SystemExit(1)
