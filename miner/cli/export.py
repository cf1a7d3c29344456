"""`miner export`: a database to files."""

from __future__ import annotations

import click


def _tables(ctx: click.Context, param: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    from miner.export import TABLES

    for name in names:
        if name not in TABLES:
            raise click.BadParameter(f"there is no table {name!r}; choose among {', '.join(TABLES)}")
    return names


@click.command(short_help="Write the tables as CSV, JSON lines or Parquet.")
@click.argument("database", metavar="FACTS.db", type=click.Path())
@click.argument("folder", metavar="DIR", type=click.Path())
@click.option("--format", type=click.Choice(["csv", "jsonl", "parquet", "guide"]), default="csv", show_default=True,
              help="guide is one facts.jsonl in the annotation guide's format.")  # fmt: skip
@click.option("--table", "tables", multiple=True, metavar="NAME", callback=_tables,
              help="Only this table; may be given more than once. Default: all.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace files that are there.")
def export(database: str, folder: str, format: str, tables: tuple[str, ...], force: bool) -> None:
    """Write what is in FACTS.db into the folder DIR, one file a table.

    CSV opens in Excel with Vietnamese intact; a text that a spreadsheet might run as a formula gets an apostrophe in
    front. docs/data-dictionary.md tells what the columns hold.

    \b
    Examples:
      miner export facts.db facts/ --format csv
      miner export facts.db facts/ --format parquet --table figures --table articles
    """
    from miner.export import export as export_library

    for name, rows in export_library(database, folder, format=format, tables=tables, force=force).items():
        click.echo(f"{folder.rstrip('/')}/{name}: {rows:,} rows")
