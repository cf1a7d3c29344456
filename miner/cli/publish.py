"""`miner publish`: a database as a dataset."""

from __future__ import annotations

import click


@click.command(short_help="Write a dataset to publish: tables, codebook, citation.")
@click.argument("database", metavar="FACTS.db", type=click.Path())
@click.argument("folder", metavar="DIR", type=click.Path())
@click.option("--title", default="", help="Title of the dataset.")
@click.option("--with-text", is_flag=True, help="Include the words of articles; mind their authors' rights.")
@click.option("--force", is_flag=True, help="Write into a folder that holds something already.")
def publish(database: str, folder: str, title: str, with_text: bool, force: bool) -> None:
    """Write FACTS.db into DIR as a dataset that others can read, check and cite.

    There are CSV and Parquet files, datapackage.json (Frictionless Data), CODEBOOK.md, README.md with counts, quality,
    versions and a citation, and SHA256SUMS. Articles' words are left out; spans and addresses stay.

    \b
    Example:
      miner publish facts.db dataset/ --title "Fire safety in Nghệ An, 2015-2020"
    """
    from miner.publish import publish as write

    for name, rows in write(database, folder, title=title, with_text=with_text, force=force).items():
        click.echo(f"{folder.rstrip('/')}/{name}.csv: {rows:,} rows")
    click.echo(f"{folder.rstrip('/')}/README.md tells what it is and how to cite it")
