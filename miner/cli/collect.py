"""`miner collect`: pages of sources to a store."""

from __future__ import annotations

import re
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from types import FrameType
from typing import Any

import click


def collecting_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of collecting; they arrive under their own names."""
    options = (
        click.option("--contact", envvar="MINER_CONTACT", metavar="ADDRESS",
                     help="Your mail or web address, told to every host (or set MINER_CONTACT)."),
        click.option("--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY",
                     help="Only articles published on this day or later; those without a date are left out."),
        click.option("--until", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY",
                     help="Only articles published on this day or before."),
        click.option("--match", metavar="REGEX",
                     help="Only articles whose title or address this pattern is found in (case is ignored)."),
        click.option("--topic-words", metavar="WORDS",
                     help="Only articles that hold one of these words, apart by commas; a topic's name "
                          "(`miner topics list`) stands for its seed words."),
        click.option("--recheck", type=click.Choice(["due", "never", "all"]), default="due", show_default=True,
                     help="Which stored pages are asked for again: young ones as their age doubles, none, or all."),
        click.option("--province", metavar="CODE", help="GSO code of the home province, for bare addresses."),
        click.option("--delay", type=click.FloatRange(0, 3600), default=2.0, show_default=True, metavar="SECONDS",
                     help="Pause between two pages of a host, for bare addresses; at least 0.5 on the internet."),
        click.option("--json-log", type=click.Path(dir_okay=False), metavar="FILE",
                     help="Append one JSON object a line for each event to FILE."),
        click.option("--allow-private", is_flag=True, help="Let loopback and private addresses pass (for tests)."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@click.command(short_help="Collect the pages of sources into a store.")
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option("-o", "--output", "folder", required=True, type=click.Path(file_okay=False), metavar="STORE/",
              help="The store: made where it is missing, else continued.")  # fmt: skip
@collecting_options
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Stop after N new articles of each source.")
@click.option("--offline", is_flag=True,
              help="Ask for nothing: read the stored pages anew, as the sources now say.")  # fmt: skip
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but failures.")
def collect(
    sources: tuple[str, ...], folder: str, limit: int | None, offline: bool, quiet: bool, **options: Any
) -> None:  # fmt: skip
    """Fetch what is new or changed at each SOURCE into STORE/.

    SOURCE is a name of `miner sources list`, a TOML file (docs/add-a-source.md), an http(s) address (a site, feed,
    sitemap, listing page or single article), or a WARC file of another crawl (CC-NEWS).

    robots.txt is obeyed, each host is asked one page at a time with a pause, hosts are asked side by side, and a host
    that blocks is left alone. Raw pages are kept as WARC; STORE/articles.jsonl holds the articles read from them.
    Running again goes on where the last run stopped, and asks only for what is new or due. The exit status is 1 where
    something failed; addresses that hold nothing for us (404, PDF, robots.txt) are no failures.

    \b
    Examples:
      miner collect bao-dak-lak -o store/ --contact mailto:me@university.example
      miner collect https://paper.example/xa-hoi/ -o store/ --since 2024-01-01 --limit 200
      miner run store/ -o facts.db
    """
    if offline:
        _read_again(folder, sources, quiet)
        return
    if not collect_into(folder, sources, limit=limit, quiet=quiet, **options):
        raise SystemExit(1)


def _read_again(folder: str, sources: Sequence[str], quiet: bool) -> None:
    from miner.collect.articles import is_store, write_articles
    from miner.collect.given import read_given
    from miner.collect.store import Store

    if not is_store(folder):
        raise click.UsageError(f"{folder!r} is no store; --offline reads one again")
    specs = {spec.name: spec for one in sources if (spec := read_given(one).spec) is not None}
    if len(specs) < len(set(sources)):
        raise click.UsageError("--offline reads by source files and names of the catalogue only")
    with Store(folder) as store:
        for spec in specs.values():
            store.note_source(spec.name, spec.table)
        written, problems = write_articles(store, specs)
    for line in problems[:20]:
        _say(f"no article: {line}")
    if not quiet:
        click.echo(f"{written:,} articles in {Path(folder) / 'articles.jsonl'}")


def collect_into(
    folder: str | Path, sources: Sequence[str], *, contact: str | None, since: datetime | None, until: datetime | None,
    match: str | None, topic_words: str | None, recheck: str, province: str | None, delay: float, json_log: str | None,
    allow_private: bool, limit: int | None, quiet: bool,
) -> bool:  # fmt: skip
    """Collect `sources` into the store `folder` and print what became of them; return whether nothing failed.

    Ends with exit status 130 where it is stopped.
    """
    from miner.cli.collect_screen import Lines, screen
    from miner.collect import Fetcher, Settings
    from miner.collect.articles import write_articles
    from miner.collect.given import read_given
    from miner.collect.run import collect as collect_sources
    from miner.collect.run import pause_until
    from miner.collect.store import Store
    from miner.collect.watch import JsonLog, Watcher, Watchers

    selection = _selection(since, until, match, topic_words)
    given = [read_given(one) for one in dict.fromkeys(sources)]
    if not (contact and contact.strip()):
        if not all(one.warc for one in given):
            raise click.UsageError("hosts must know whom to ask: give --contact or set MINER_CONTACT")
        contact = "nobody is asked"
    stop = threading.Event()
    insecure = frozenset(
        url.split("/")[2].rsplit(":", 1)[0] for g in given if g.spec and g.spec.insecure for url in g.spec.guides()
    )
    watcher: Watcher = Lines(quiet=True) if quiet else screen() if sys.stderr.isatty() else Lines()
    if json_log:
        watcher = Watchers(JsonLog(json_log), watcher)
    pause = delay if allow_private else max(0.5, delay)
    settings = Settings(contact=contact, delay=pause, allow_private=allow_private, insecure_hosts=insecure)
    fetcher = Fetcher(
        settings, sleep=pause_until(stop), warn=lambda line: watcher.event("note", source="", text=line)
    )  # fmt: skip
    with Store(folder) as store:
        with _Stopping(stop):
            try:
                tallies = collect_sources(given, fetcher, store, selection=selection, limit=limit, recheck=recheck,
                                          province=province or "", watcher=watcher, stop=stop)  # fmt: skip
            finally:
                watcher.close()
        written, problems = write_articles(store)
    for tally in tallies:
        for line in tally.failures:
            _say(f"failed: {line}")
    if not quiet:
        _summarise(tallies)
        for line in problems[:20]:
            _say(f"no article: {line}")
        if len(problems) > 20:
            _say(f"no article: {len(problems) - 20:,} more pages")
        click.echo(f"{written:,} articles in {Path(folder) / 'articles.jsonl'}")
    if stop.is_set():
        _say("stopped: what came until now is stored; run the same command to go on")
        raise SystemExit(130)
    return not any(tally.failed for tally in tallies)


def collect_first(
    inputs: tuple[str, ...], database: str, store: str | None, *, limit: int | None, quiet: bool, **options: Any
) -> tuple[tuple[str, ...], bool]:
    """Collect those of `inputs` that are sources; return the inputs to extract from, and whether nothing failed.

    They go into `store`, else a folder named after `database`. Stores among the inputs are brought up to date, offline.
    """
    from miner.collect.articles import FILE, is_store, read_store
    from miner.collect.given import is_source

    sources = [given for given in inputs if is_source(given)]
    rest: list[str] = []
    for given in inputs:
        if is_store(given):
            read_store(given)
            rest.append(str(Path(given) / FILE))
        elif given not in sources:
            rest.append(given)
    if not sources:
        return tuple(rest), True
    folder = Path(store) if store else Path(database).with_suffix(".store")
    fine = collect_into(folder, sources, limit=limit, quiet=quiet, **options)
    return (*rest, str(folder / FILE)), fine


def _selection(since: datetime | None, until: datetime | None, match: str | None, words: str | None) -> Any:
    from miner.collect.select import Selection, fold_words

    try:
        pattern = re.compile(match, re.I) if match else None
    except re.error as error:
        raise click.UsageError(f"--match is no regular expression: {error}") from None
    first, last = _day(since), _day(until)
    if first and last and first > last:
        raise click.UsageError("--since is after --until")
    folded = fold_words(words) if words else ()
    if words and not folded:
        raise click.UsageError("--topic-words holds no word")
    return Selection(first, last, pattern, folded)


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None


class _Stopping:
    """Let Ctrl-C and SIGTERM set `stop` the first time; a second Ctrl-C ends the program at once."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._before: dict[int, Any] = {}

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._heard)

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _heard(self, number: int, frame: FrameType | None) -> None:
        if self._stop.is_set():
            raise KeyboardInterrupt
        self._stop.set()


def _say(line: str) -> None:
    from miner.output import terminal_cell

    click.echo(terminal_cell(line), err=True)


def _summarise(tallies: Sequence[Any]) -> None:
    from miner.cli.show import show_table
    from miner.collect.run import summary_of

    rows = [tuple(row.values()) for row in summary_of(tallies)]
    heads = ("source", "addresses found", "stored", "changed", "unchanged", "left out", "skipped", "failed")
    show_table(heads, [(row[0], *(f"{n:,}" for n in row[1:])) for row in rows])
    for tally in tallies:
        for title, counts in (("left out", tally.left), ("skipped or failed", tally.kinds)):
            if counts:
                reasons = ", ".join(f"{n:,} {kind}" for kind, n in counts.most_common())
                click.echo(f"{tally.source}: {title}: {reasons}")
