"""`miner browse`: a database in the browser."""

from __future__ import annotations

import click


@click.command(short_help="Look through a database in the browser.")
@click.argument("database", metavar="FACTS.db", type=click.Path())
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="0 for any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS",
              help="Another address than this machine's own lets others read the database.")  # fmt: skip
@click.option("--no-open", is_flag=True, help="Do not open the browser, only print the address.")
def browse(database: str, port: int, host: str, no_open: bool) -> None:
    """Open FACTS.db in the browser: what is in it, search, ready-made questions, each article with its facts marked.

    Nothing can be changed there, and nothing is fetched from elsewhere. Ctrl-C stops it. Long texts and tables can be
    read on a phone and with a keyboard; the language is Vietnamese or English.

    \b
    Example:
      miner browse facts.db
    """
    from miner.browse import browse as serve

    def ready(address: str) -> None:
        click.echo(f"{database} is at {address} (Ctrl-C stops)")

    serve(database, host=host, port=port, open_browser=not no_open, ready=ready)
