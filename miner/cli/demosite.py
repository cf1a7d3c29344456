"""`miner demo-site`: a small news web on this machine."""

from __future__ import annotations

import click


@click.command("demo-site", short_help="Serve a small news web on this machine, to collect from.")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0 for any free one.")
@click.option("--sources", "folder", type=click.Path(file_okay=False), metavar="DIR/",
              help="Write a source file for each part of the site into DIR/.")  # fmt: skip
@click.option("--log", is_flag=True, help="Print each address that is asked for, and the status.")
def demo_site(port: int, folder: str | None, log: bool) -> None:
    """Serve the pages of corpora/site at http://127.0.0.1:8765/, until Ctrl-C.

    They are thirty invented reports in five styles of content systems, with listings, feeds, sitemaps, an archive by
    month, and some things to trip over (copies for print, a PDF, dead links). Nobody else can reach them. The collector
    asks loopback addresses only with --allow-private.

    \b
    Example, in two terminals:
      miner demo-site --sources demo-sources/
      miner run demo-sources/demo-nukeviet.toml -o facts.db --allow-private --contact mailto:me@university.example
    """
    from pathlib import Path

    from miner.cli.stopping import stopping
    from miner.demosite import serve, source_files
    from miner.output import terminal_cell

    def ready(base: str) -> None:
        if folder is not None:
            Path(folder).mkdir(parents=True, exist_ok=True)
            for name, text in source_files(base).items():
                Path(folder, name).write_text(text, encoding="utf-8")
            click.echo(f"source files are in {folder}")
        click.echo(f"the site is at {base}/ (Ctrl-C stops)")

    def heard(path: str, status: int) -> None:
        if log:
            click.echo(f"{status} {terminal_cell(path)}", err=True)

    try:
        with stopping():
            serve(port, ready=ready, heard=heard)
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
