"""`miner collect`: pages of sources to a store."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(short_help="Collect the pages of sources into a store.")
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option("-o", "--output", "folder", required=True, type=click.Path(file_okay=False), metavar="STORE/",
              help="The store: made where it is missing, else continued.")  # fmt: skip
@click.option("--contact", envvar="MINER_CONTACT", required=True, metavar="ADDRESS",
              help="Your mail or web address, told to every host (or set MINER_CONTACT).")  # fmt: skip
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Stop after N new pages of each source.")
@click.option("--allow-private", is_flag=True, help="Let loopback and private addresses pass (for tests).")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but failures.")
def collect(
    sources: tuple[str, ...], folder: str, contact: str, limit: int | None, allow_private: bool, quiet: bool
) -> None:
    """Fetch what is new at each SOURCE (a name of `miner sources list`, or a TOML file) into STORE/.

    robots.txt is obeyed, each host is asked one page at a time with a pause, and a host that blocks is left alone.
    Raw pages are kept as WARC; STORE/articles.jsonl holds the articles read from them. Running again goes on where
    the last run stopped. The exit status is 1 where something failed.

    \b
    Examples:
      miner collect bao-dak-lak -o store/ --contact mailto:me@university.example
      miner run store/ -o facts.db
    """
    from miner.collect import Fetcher, Settings
    from miner.collect.articles import write_articles
    from miner.collect.run import collect as collect_source
    from miner.collect.store import Store
    from miner.output import terminal_cell
    from miner.sources import catalogue, load_source

    def warn(line: str) -> None:
        click.echo(terminal_cell(line), err=True)

    specs = {}
    for given in sources:
        if given not in catalogue() and not Path(given).is_file():
            raise click.UsageError(f"{given!r} is no source of the catalogue (miner sources list) and no TOML file")
        spec = catalogue()[given] if given in catalogue() else load_source(given)
        specs[spec.name] = spec
    insecure = frozenset(h.split("/")[2].split(":")[0] for s in specs.values() if s.insecure for h in s.start)
    fetcher = Fetcher(Settings(contact=contact, allow_private=allow_private, insecure_hosts=insecure), warn=warn)
    failed = False
    with Store(folder) as store:
        for spec in specs.values():
            tally = collect_source(spec, fetcher, store, limit=limit, tell=(lambda line: None) if quiet else warn)
            for line in tally.failures:
                warn(f"failed: {line}")
            failed = failed or bool(tally.failures)
            if not quiet:
                click.echo(f"{spec.name}: {tally.found:,} new addresses, {tally.stored:,} pages stored, "
                           f"{sum(tally.kinds.values()):,} failed")  # fmt: skip
        written, problems = write_articles(store, {**catalogue(), **specs})
    for line in problems:
        warn(f"no article: {line}")
    if not quiet:
        click.echo(f"{written:,} articles in {Path(folder) / 'articles.jsonl'}")
    if failed or problems:
        raise SystemExit(1)
