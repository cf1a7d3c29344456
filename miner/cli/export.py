"""`miner export`: a database to files."""

from __future__ import annotations

import click

_FORMATS = ["csv", "jsonl", "parquet", "guide", "labelstudio", "doccano", "conllu", "spacy"]


def _tables(ctx: click.Context, param: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    from miner.export import TABLES

    for name in names:
        if name not in TABLES:
            raise click.BadParameter(f"there is no table {name!r}; choose among {', '.join(TABLES)}")
    return names


@click.command(short_help="Write tables (CSV, JSON lines, Parquet) or labelled documents.")
@click.argument("database", metavar="FACTS.db", type=click.Path())
@click.argument("folder", metavar="DIR", type=click.Path())
@click.option("--format", type=click.Choice(_FORMATS), default="csv", show_default=True,
              help="The first three write one file a table, the others one of documents with labels.")  # fmt: skip
@click.option("--table", "tables", multiple=True, metavar="NAME", callback=_tables,
              help="Only this table; may be given more than once. Default: all.")  # fmt: skip
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Documents: only N articles, drawn at random.")
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed draws other articles.")
@click.option("--reviewed", is_flag=True, help="Documents: only articles that people have corrected (as gold).")
@click.option("--force", is_flag=True, help="Replace files that are there.")
def export(
    database: str, folder: str, format: str, tables: tuple[str, ...], sample: int | None, seed: int, reviewed: bool,
    force: bool,
) -> None:  # fmt: skip
    """Write what is in FACTS.db into the folder DIR, as one file a table or as documents with their labels.

    CSV opens in Excel with Vietnamese intact; a text that a spreadsheet might run as a formula gets an apostrophe in
    front. docs/data-dictionary.md tells what the columns hold. guide is the annotation guide's format; labelstudio
    and doccano are prelabelled tasks, to be corrected there and read back with `miner import-labels`; conllu and
    spacy are for training other tools.

    \b
    Examples:
      miner export facts.db facts/ --format csv
      miner export facts.db facts/ --format parquet --table figures --table articles
      miner export facts.db tasks/ --format labelstudio --sample 50
      miner export facts.db gold/ --format guide --reviewed
    """
    from miner.export import TABLE_FORMATS
    from miner.export import export as export_library

    if format in TABLE_FORMATS and (sample or reviewed):
        raise click.UsageError(f"--sample and --reviewed choose documents; --format {format} writes whole tables")
    if tables and format not in TABLE_FORMATS:
        raise click.UsageError(f"--table chooses tables; --format {format} writes documents")
    written = export_library(
        database, folder, format=format, tables=tables, force=force, sample=sample, seed=seed, reviewed=reviewed
    )
    for name, rows in written.items():
        click.echo(f"{folder.rstrip('/')}/{name}: {rows:,} {'rows' if format in TABLE_FORMATS else 'documents'}")
