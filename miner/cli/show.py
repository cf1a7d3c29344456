"""Answers on the screen or as CSV and JSON, with nothing in them that a terminal or a spreadsheet would run."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from miner.questions import Answer

ROWS = 30
"""Rows of a table on the screen, unless --limit says otherwise."""
_WIDTH = 140
"""Columns of a table that goes into a file or a pipe."""


def _parquet(ctx: click.Context, param: click.Parameter, path: str | None) -> None:
    if path is not None:
        ctx.params["format"] = f"parquet:{path}"


def format_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --table, --csv, --json, --jsonl, --sql and --parquet, of which the command hears as `format`."""

    def chosen(ctx: click.Context, param: click.Parameter, value: bool) -> None:
        if value:
            ctx.params["format"] = param.name
        else:
            ctx.params.setdefault("format", "table")

    command = click.option(
        "--parquet", metavar="FILE", type=click.Path(), expose_value=False, callback=_parquet,
        help="Write all rows and columns as Parquet.",
    )(command)  # fmt: skip
    for name, text in (
        ("as_sql", "Print the SQL that answers, with its values, instead of the answer."),
        ("jsonl", "JSON lines, one object a row."),
        ("json", "A JSON list of objects."),
        ("csv", "CSV for a spreadsheet, all columns."),
        ("table", "A table of the main columns (the default)."),
    ):
        switches = [f"--{name.removeprefix('as_')}"]
        # `units --explain NAME` tells how mentions were joined; elsewhere the word is free.
        if name == "as_sql" and command.__name__ != "units":
            switches.append("--explain")
        command = click.option(*switches, name, is_flag=True, expose_value=False, callback=chosen, help=text)(command)
    return command


def asking_options(table: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add --group-by, --where and --reprints for a table that can be counted and asked by conditions."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        command = click.option(
            "--reprints", is_flag=True,
            help="With --group-by: count reprints and other near-duplicates too, which are counted once otherwise.",
        )(command)  # fmt: skip
        command = click.option(
            "--where", "where", multiple=True, metavar="CONDITION",
            help="A condition on a column, as kind=money, value>=100 or object~WORDS; may be given more than once.",
        )(command)  # fmt: skip
        return click.option(
            "--group-by", "group_by", metavar="NAME,…", callback=_names, help=_GROUPS_HELP[table],
        )(command)  # fmt: skip

    return add


_GROUPS_HELP = {
    "figures": "Sum by object, kind, topic, province, year, month, source, action, actor or article.",
    "awards": "Count by type, level, status, giver, recipient, topic, province, year, source or article.",
    "articles": "Count by topic, province, year, month or source.",
}


def _names(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in value.split(",") if name.strip()) if value else ()


def limit_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --limit."""
    return click.option(
        "--limit", type=click.IntRange(0), metavar="N",
        help=f"Rows to show, 0 for all. Default: {ROWS} in a table, all in CSV and JSON.",
    )(command)  # fmt: skip


def rows_wanted(limit: int | None, format: str) -> int | None:
    """Return how many rows to ask for: one more than a table shows, so that it can say that there are more."""
    if limit is None:
        return ROWS + 1 if format == "table" else None
    return limit or None


def show(answer: Answer, format: str, limit: int | None = 0) -> None:
    """Print an answer."""
    from miner.export import write_csv

    if format == "table":
        rows = list(answer.rows)
        more = limit is None and len(rows) > ROWS
        show_table(answer.columns, rows[:ROWS] if more else rows, answer.brief)
        if more:
            click.echo(f"(the first {ROWS} rows; --limit 0 shows all, --csv and --json give all columns)", err=True)
    elif format == "as_sql":
        click.echo(answer.sql)
        if answer.values:
            click.echo(f"-- values: {json.dumps(answer.values, ensure_ascii=False)}")
    elif format.startswith("parquet:"):
        _save_parquet(answer, format.partition(":")[2])
    elif format == "csv":
        write_csv(sys.stdout.buffer, answer.columns, answer.rows)
    elif format == "jsonl":
        for row in answer.dicts():
            click.echo(json.dumps(row, ensure_ascii=False))
    else:
        click.echo("[")
        rows_left = answer.dicts()
        for n, row in enumerate(rows_left):
            click.echo(("" if n == 0 else ",\n") + json.dumps(row, ensure_ascii=False), nl=False)
        click.echo("\n]")
    sys.stdout.flush()


def _save_parquet(answer: Answer, path: str) -> None:
    from miner.export import write_parquet
    from miner.output import open_output

    with open_output(path) as file:
        rows = write_parquet(file, answer.columns, answer.rows)
    click.echo(f"{path}: {rows:,} rows", err=True)


def show_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], brief: Sequence[str] = ()) -> None:
    """Print rows as a table of the columns `brief` (default: all)."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from miner.output import terminal_cell

    shown = [columns.index(name) for name in brief] or list(range(len(columns)))
    table = Table(box=None, pad_edge=False, header_style="bold", collapse_padding=True, padding=(0, 2, 0, 0))
    rows = list(islice(rows, None))
    for i in shown:
        numbers = all(isinstance(row[i], int | float | None) for row in rows)
        table.add_column(Text(columns[i]), justify="right" if numbers and rows else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(" ".join(terminal_cell(row[i]).split())) for i in shown))
    wide = None if sys.stdout.isatty() or "COLUMNS" in os.environ else _WIDTH
    console = Console(width=wide or max(40, shutil.get_terminal_size().columns), highlight=False)
    console.print(table)
    if not rows:
        click.echo("(no rows)", err=True)
