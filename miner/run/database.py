"""From files to a database: read, leave alone what is there, extract the rest, write."""

from __future__ import annotations

import gzip
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any, Self

from miner import tables
from miner.readers import Document, Sources, check_columns, find_sources, read_sources
from miner.records import Skipped
from miner.run.pool import TIMEOUT, Item, extract_all
from miner.run.seen import Seen
from miner.run.worker import Result
from miner.store import About, Prepared, Store, article_digest

_COUNTED = 256 << 20
"""Bytes of a gzipped file, up to which its lines are counted beforehand."""


@cache
def classifier_digest() -> str:
    """Return a short digest of the fitted classifiers, stored with every run."""
    total = blake2b(digest_size=8)
    for path in sorted(p for p in tables.MODELS.rglob("*") if p.is_file()):
        total.update(path.relative_to(tables.MODELS).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


class Watcher:
    """Hears how a run gets on; each method may be overridden. Whoever makes one may use it in a `with` block."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hear that nothing more will come."""

    def start(self, sources: Sources, total: int | None) -> None:
        """Hear what will be read, and how many articles that is, where it can be known."""

    def article(self, document: Document, state: str) -> None:
        """Hear of an article: new, changed, renewed or unchanged."""

    def skip(self, skipped: Skipped, known: bool) -> None:
        """Hear of an input that gave no article; `known` where an earlier run met the same."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did."""

    database: Path
    counts: Mapping[str, int]
    """Articles by state (new, changed, renewed, unchanged), and skipped inputs."""
    fact_rows: int
    """Rows of facts written by this run."""
    seconds: float
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Files of folders whose kind is not read, by ending."""

    @property
    def articles(self) -> int:
        """Articles read."""
        return sum(n for state, n in self.counts.items() if state != "skipped")

    @property
    def written(self) -> int:
        """Articles whose facts were written."""
        return self.articles - self.counts["unchanged"]


def run(
    inputs: Sequence[str | Path] | str | Path,
    database: str | Path,
    *,
    kind: str | None = None,
    columns: Mapping[str, str] | None = None,
    limit: int | None = None,
    jobs: int = 1,
    timeout: float = TIMEOUT,
    resume: bool = True,
    watcher: Watcher | None = None,
) -> Summary:
    """Read articles from `inputs` (files and folders), extract their facts and store them in `database`.

    Articles that the database holds already, in the same version and made by the same miner, are left alone (unless
    `resume` is False), so a run can be repeated and an interrupted one goes on where it stopped. What cannot be read
    is recorded in `skipped`, and so is an article whose extraction takes longer than `timeout` seconds.
    `kind` (txt, html, jsonl, csv) overrides file names, `limit` stops after so many articles, `jobs` is the number
    of processes that extract. Raises InputError where an input is missing or holds nothing, StoreError where the
    database cannot be used.
    """
    begun = monotonic()
    if isinstance(inputs, str | Path):
        inputs = [inputs]
    watcher = watcher or Watcher()
    columns = check_columns(columns or {})
    sources = find_sources(inputs, kind)
    about = about_miner(
        {"kind": kind, "columns": dict(columns), "limit": limit, "jobs": jobs}, [str(i) for i in inputs]
    )
    with Store(database, about) as store, Seen() as seen:
        watcher.start(sources, count_articles(sources, limit))
        work = _Work(store, seen, watcher, limit, resume)
        for item, result in extract_all(work.pending(read_sources(sources.files, columns)), jobs, timeout):
            work.keep(item, result)
    return Summary(Path(database), dict(store.counts), store.facts, monotonic() - begun, Counter(sources.left_out))


def about_miner(options: Mapping[str, Any], inputs: Sequence[str]) -> About:
    """Return what a run of this miner is made with."""
    return About(version("miner"), tables.digest(), classifier_digest(), options=options, inputs=inputs)


def count_articles(sources: Sources, limit: int | None) -> int | None:
    """Return how many articles there are to read, counting lines of JSON; None where that takes reading itself."""
    total = 0
    for source in sources.files:
        if source.kind in ("txt", "html"):
            total += 1
            continue
        if source.kind != "jsonl" or (source.path.suffix == ".gz" and source.path.stat().st_size > _COUNTED):
            return None
        try:
            with gzip.open(source.path) if source.path.suffix == ".gz" else source.path.open("rb") as file:
                while block := file.read(1 << 20):
                    total += block.count(b"\n")
        except (OSError, EOFError, zlib.error):
            return None  # reading it will say what is wrong
    return min(total, limit) if limit is not None else total


class _Work:
    """The middle of a run: what is left alone, what is extracted, what is skipped."""

    def __init__(self, store: Store, seen: Seen, watcher: Watcher, limit: int | None, resume: bool) -> None:
        self.store = store
        self.seen = seen
        self.watcher = watcher
        self.limit = limit
        self.resume = resume

    def pending(self, items: Iterable[Item]) -> Iterator[Item]:
        """Yield the documents whose facts are not in the database yet, and what was skipped, in order."""
        read = 0
        for item in items:
            if isinstance(item, Skipped):
                yield item
                continue
            if self.limit is not None and read >= self.limit:
                return
            read += 1
            yield from self._judged(item)

    def _judged(self, document: Document) -> Iterator[Item]:
        """Yield the document where it is to be extracted; another text under an id of this run is skipped, not lost."""
        article = document.article
        digest = article_digest(article, document.page)
        met, conflict = self.seen.conflict(article.id, digest, document.where)
        if conflict:
            yield Skipped(document.where, "read", conflict)
        elif met or (self.resume and self.store.state(article, document.page) == "unchanged"):
            self.store.count_unchanged()
            self.watcher.article(document, "unchanged")
        else:
            yield document

    def keep(self, item: Item, result: Result | None) -> None:
        """Store the rows of a document, or record why there are none."""
        if isinstance(result, Prepared) and isinstance(item, Document):
            self.watcher.article(item, self.store.add(result))
            return
        skipped = item if isinstance(item, Skipped) else Skipped(item.where, "extract", str(result))
        self.watcher.skip(skipped, not self.store.skip(skipped))
