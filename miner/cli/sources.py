"""`miner sources`: the catalogue."""

from __future__ import annotations

import click


@click.group(short_help="List and show the sources that miner knows.")
def sources() -> None:
    """List and show the sources that miner knows; `checked` says whether someone tried one on the live site."""


@sources.command("list", short_help="List the catalogue.")
def list_sources() -> None:
    """List the sources of the catalogue.

    \b
    Example:
      miner sources list
    """
    from miner.cli.show import show_table
    from miner.sources import catalogue

    rows = [(s.name, s.title, s.province, s.system or "", "yes" if s.checked else "no") for s in catalogue().values()]
    show_table(("name", "title", "province", "system", "checked"), rows)


@sources.command(short_help="Show one source file.")
@click.argument("name")
def show(name: str) -> None:
    """Print the TOML file of the source NAME, to copy and change.

    \b
    Example:
      miner sources show bao-dak-lak > my.toml
    """
    from miner.sources import catalogue
    from miner.tables import DATA

    if name not in catalogue():
        raise click.UsageError(f"{name!r} is no source of the catalogue; see miner sources list")
    click.echo((DATA / "sources" / f"{name}.toml").read_text(encoding="utf-8"), nl=False)
