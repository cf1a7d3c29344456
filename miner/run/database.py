"""From files to a database: read, leave alone what is there, extract the rest, write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from time import monotonic

from miner import tables
from miner.errors import InputError
from miner.extract import BATCH
from miner.readers import Document, Sources, check_columns, find_sources, read_sources
from miner.records import Skipped
from miner.run.workers import Result, extract_all
from miner.store import About, Store, article_digest


@cache
def classifier_digest() -> str:
    """Return a short digest of the fitted classifiers, stored with every run."""
    total = blake2b(digest_size=8)
    for path in sorted(p for p in tables.MODELS.rglob("*") if p.is_file()):
        total.update(path.relative_to(tables.MODELS).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


class Watcher:
    """Hears how a run gets on; each method may be overridden."""

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
    watcher: Watcher | None = None,
) -> Summary:
    """Read articles from `inputs` (files and folders), extract their facts and store them in `database`.

    Articles that the database holds already, in the same version and made by the same miner, are left alone, so a
    run can be repeated and an interrupted one goes on where it stopped. What cannot be read is recorded in `skipped`.
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
    about = About(
        version("miner"), tables.digest(), classifier_digest(),
        options={"kind": kind, "columns": dict(columns), "limit": limit, "jobs": jobs},
        inputs=[str(i) for i in inputs],
    )  # fmt: skip
    with Store(database, about) as store:
        watcher.start(sources, _total(sources, limit))
        work = _Work(store, watcher, limit)
        pending = work.pending(read_sources(sources.files, columns))
        for document, result in extract_all(_batches(pending), jobs):
            work.keep(document, result)
        counts, facts = dict(store.counts), store.facts
    return Summary(Path(database), counts, facts, monotonic() - begun, Counter(sources.left_out))


def _batches(documents: Iterator[Document]) -> Iterator[list[Document]]:
    batch: list[Document] = []
    for document in documents:
        batch.append(document)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _total(sources: Sources, limit: int | None) -> int | None:
    """Return how many articles there are to read, counting lines of JSON; None where that takes reading itself."""
    total = 0
    for source in sources.files:
        if source.kind in ("txt", "html"):
            total += 1
        elif source.kind == "jsonl" and source.path.suffix != ".gz":
            try:
                with source.path.open("rb") as file:
                    while block := file.read(1 << 20):
                        total += block.count(b"\n")
            except OSError:
                return None  # reading it will say what is wrong
        else:
            return None
    return min(total, limit) if limit is not None else total


class _Work:
    """The middle of a run: what is left alone, what is extracted, what is skipped."""

    def __init__(self, store: Store, watcher: Watcher, limit: int | None) -> None:
        self.store = store
        self.watcher = watcher
        self.limit = limit
        self.seen: dict[int, tuple[str, str]] = {}

    def pending(self, items: Iterable[Document | Skipped]) -> Iterator[Document]:
        """Yield the documents whose facts are not in the database yet."""
        read = 0
        for item in items:
            if isinstance(item, Skipped):
                self.skip(item)
                continue
            if self.limit is not None and read >= self.limit:
                return
            read += 1
            if self._twice(item):
                continue
            if self.store.state(item.article) == "unchanged":
                self.store.count_unchanged()
                self.watcher.article(item, "unchanged")
            else:
                yield item

    def _twice(self, document: Document) -> bool:
        """Say whether this run has met the article's id before; another text under one id is skipped, not lost."""
        article = document.article
        digest = article_digest(article)
        first, where = self.seen.setdefault(hash(article.id), (digest, document.where))
        if where == document.where:
            return False
        if digest != first:
            reason = f"has the id {article.id!r} of another article of this run ({where}); ids must differ"
            self.skip(Skipped(document.where, "read", reason))
        else:
            self.store.count_unchanged()
            self.watcher.article(document, "unchanged")
        return True

    def keep(self, document: Document, result: Result) -> None:
        """Store the facts of a document, or record why there are none."""
        if isinstance(result, str):
            self.skip(Skipped(document.where, "extract", result))
            return
        try:
            state = self.store.save(result, origin=document.where, notes=document.notes)
        except InputError as error:
            self.skip(Skipped(document.where, "store", error.reason))
        else:
            self.watcher.article(document, state)

    def skip(self, skipped: Skipped) -> None:
        """Record an input that gave no article."""
        self.watcher.skip(skipped, not self.store.skip(skipped))
