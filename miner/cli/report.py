"""`miner report`: one page about a database."""

from __future__ import annotations

import click


@click.command(short_help="Write a page with pictures about a database.")
@click.argument("database", metavar="FACTS.db", type=click.Path())
@click.option("-o", "--output", metavar="FILE.html", type=click.Path(), default="report.html", show_default=True,
              help="The page to write.")  # fmt: skip
@click.option("--language", type=click.Choice(["vi", "en"]), default="vi", show_default=True, help="Its language.")
@click.option("--charts", metavar="DIR", type=click.Path(),
              help="Where the charts go as PNG and CSV. Default: a folder named after the page.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace a page that is there.")
def report(database: str, output: str, language: str, charts: str | None, force: bool) -> None:
    """Write what is in FACTS.db as one page that opens in any browser without a network.

    It shows coverage by source and month, topics over time, figures by topic and province, who gives and who gets
    awards, the most frequent units, and how good it all is: what was left open, doubled or skipped.

    \b
    Example:
      miner report facts.db -o report.html --language en
    """
    from miner.report import report as write

    written = write(database, output, language=language, files=charts, force=force)
    click.echo(f"{written[0]} ({len(written) - 1} charts and tables in {written[-1].parent}/)")
