"""One source in a run, and how its guides are asked for."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Protocol

from miner.collect.fetch import HOST_STOPS, Fetched, Fetcher, FetchError
from miner.collect.given import Given
from miner.collect.guides import Reply
from miner.collect.index import host_of
from miner.collect.store import Store
from miner.collect.watch import Tally
from miner.sources import SourceSpec


@dataclass(slots=True)
class Job:
    """One source in a run."""

    given: Given
    tally: Tally
    spec: SourceSpec | None = None
    hosts: set[str] = field(default_factory=set)
    lanes: dict[str, threading.Thread] = field(default_factory=dict)
    dead: set[str] = field(default_factory=set)
    fetched: dict[str, Fetched] = field(default_factory=dict)
    discovered: bool = False
    under_way: int = 0
    news: threading.Condition = field(default_factory=threading.Condition)

    @property
    def home(self) -> str:
        """The host that the source's own thread asks."""
        assert self.spec is not None
        return host_of(next(iter(self.spec.guides()), self.given.url))

    def in_scope(self, url: str) -> bool:
        """Return whether an address lies on one of the source's hosts, with or without www."""
        return host_of(url).removeprefix("www.") in self.hosts


class Run(Protocol):
    """What is needed here of the run that a job is part of."""

    store: Store
    fetcher: Fetcher

    def fetch(
        self, job: Job, url: str, etag: str = "", modified: str = "", guess: bool = False, large: bool = False
    ) -> Fetched:
        """Return what comes of `url`."""

    def failed(self, job: Job, kind: str, url: str, reason: str) -> None:
        """Count and tell what was skipped or failed."""


class SourceAsker:
    """How the walk over a source's guides asks for them (see guides.Asker)."""

    def __init__(self, run: Run, job: Job, spec: SourceSpec) -> None:
        self._run, self._job, self._spec = run, job, spec

    def ask(self, url: str, *, may_be_missing: bool = False, guess: bool = False) -> Reply | None:
        """Ask for a guide, conditionally where it is known."""
        run, job = self._run, self._job
        if (page := job.fetched.pop(url, None)) is not None:
            return Reply(page)
        if host_of(url) in job.dead:
            return None  # that is told already
        guide = run.store.guide(self._spec.name, url)
        try:
            etag, modified = (guide.etag, guide.modified) if guide else ("", "")
            page = run.fetch(job, url, etag, modified, guess, large=True)
        except FetchError as error:
            if error.kind in HOST_STOPS:
                job.dead.add(host_of(url))
            if guess:
                return None
            run.failed(job, f"guide_{error.kind}", url, error.reason)
            return None
        if page.status == 304 and guide is not None:
            run.store.keep_guide(self._spec.name, url)
            return Reply(more=guide.more)
        if page.status in (404, 410) and may_be_missing:
            return Reply(missing=True)
        if page.status not in (200, 203):
            if guess:
                return None
            run.failed(job, f"guide_status_{page.status}", url, f"status {page.status}")
            return None
        return Reply(page)

    def note(self, url: str, page: Fetched, more: tuple[str, ...]) -> None:
        """Record that a guide was read."""
        self._run.store.note_guide(self._spec.name, url, page, more)

    def place(self, listing: str) -> str:
        """Return how far the back-crawl of a listing came."""
        return self._run.store.place(self._spec.name, listing)

    def note_place(self, listing: str, place: str) -> None:
        """Record how far it came."""
        self._run.store.note_place(self._spec.name, listing, place)

    def robots_sitemaps(self) -> tuple[str, ...]:
        """Return the sitemaps that robots.txt names."""
        url = self._spec.start[0]
        if host_of(url) in self._job.dead:
            return ()
        try:
            return self._run.fetcher.sitemaps(url)
        except FetchError as error:
            self._run.failed(self._job, f"guide_{error.kind}", url, error.reason)
            return ()
