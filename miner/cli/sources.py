"""`miner sources`: the catalogue."""

from __future__ import annotations

import click


@click.group(short_help="List, show and check the sources that miner knows.")
def sources() -> None:
    """List, show and check the sources that miner knows; `checked` says whether someone tried one on the live site."""


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


@sources.command(short_help="Try a source on its live site.")
@click.argument("source", metavar="NAME|FILE")
@click.option("--contact", envvar="MINER_CONTACT", required=True, metavar="ADDRESS",
              help="Your mail or web address, told to every host (or set MINER_CONTACT).")  # fmt: skip
@click.option("--allow-private", is_flag=True, help="Let loopback and private addresses pass (for tests).")
def check(source: str, contact: str, allow_private: bool) -> None:
    """Try the source NAME of the catalogue, or of a TOML FILE, on its live site, and show what works and what broke.

    Asked for are robots.txt, each feed, sitemap, start page, listing and archive, and three articles, with the
    source's own pauses; each selector is tried on those articles. The exit status is 1 where something is broken:
    an address that does not come or names no article, an article without title, text or date, or selectors of title,
    body or date that find nothing. Selectors of other parts may rightly find nothing on three articles (`not seen`).

    \b
    Example:
      miner sources check bao-dak-lak --contact mailto:me@university.example
    """
    from miner.cli.show import show_table
    from miner.collect import Fetcher, Settings
    from miner.collect.check import BROKE, check_source
    from miner.collect.given import read_given
    from miner.output import terminal_cell

    spec = read_given(source).spec
    if spec is None:
        raise click.UsageError(f"{source!r} is no name of the catalogue and no TOML file")
    insecure = frozenset(url.split("/")[2].rsplit(":", 1)[0] for url in spec.guides() if spec.insecure)
    settings = Settings(contact=contact, allow_private=allow_private, insecure_hosts=insecure, retries=1)
    fetcher = Fetcher(settings, warn=lambda line: click.echo(terminal_cell(line), err=True))
    rows, broken = [], 0
    for one in check_source(spec, fetcher):
        click.echo(f"{one.part}: {terminal_cell(one.what)}: {one.state}", err=True)
        rows.append((one.part, one.what, one.state, one.seen))
        broken += one.state == BROKE
    show_table(("part", "what", "state", "seen"), rows)
    if broken:
        click.echo(f"{spec.name}: {broken} of {len(rows)} checks broken")
        raise SystemExit(1)
    click.echo(f"{spec.name}: everything needed works; set `checked = true` in its file")
