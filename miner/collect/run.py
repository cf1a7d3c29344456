"""Sources to the store: hosts at the same time, one writer, and every failure counted and outlived."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TypeVar
from urllib.parse import urlsplit

from miner.collect.address import AddressError, canonical
from miner.collect.articles import is_repeated, read_article
from miner.collect.auto import plan_for
from miner.collect.discover import Entry
from miner.collect.fetch import HOST_STOPS, Fetched, Fetcher, FetchError, Stopped
from miner.collect.frontier import Claim
from miner.collect.given import Given
from miner.collect.guides import Batch, walk
from miner.collect.imports import import_warc
from miner.collect.index import host_of
from miner.collect.jobs import Job, SourceAsker
from miner.collect.judge import judge
from miner.collect.select import Selection
from miner.collect.store import Capture, Saving, Store
from miner.collect.watch import SKIPS, Tally, Watcher
from miner.collect.writer import Writer
from miner.errors import MinerError, StoreError
from miner.pages.when import VIETNAM
from miner.sources import SourceSpec, catalogue

MAX_LANES = 64
"""Hosts of one source that are asked at the same time."""
MAX_FOUND = 500_000
"""New addresses of one source in one run."""
_WAITS = 3
"""How often one address waits for a host that asks to."""
_GRACE = 15.0
"""Seconds that requests under way have to end when somebody says stop."""
_LATER = frozenset(("timeout", "connection", "server_error", "truncated", "bad_encoding", "odd_304"))
"""Faults that may be gone in the next run."""


_T = TypeVar("_T")


def pause_until(stop: threading.Event) -> Callable[[float], None]:
    """Return a sleep for a Fetcher that ends with Stopped when `stop` is set."""

    def pause(seconds: float) -> None:
        if stop.wait(seconds):
            raise Stopped

    return pause


def collect(
    sources: Sequence[Given | SourceSpec], fetcher: Fetcher, store: Store, *, selection: Selection | None = None,
    limit: int | None = None, recheck: str = "due", province: str = "", watcher: Watcher | None = None,
    stop: threading.Event | None = None, now: datetime | None = None,
) -> list[Tally]:  # fmt: skip
    """Collect what is new or changed at `sources` into `store`; return what became of each.

    At most `limit` new pages of each source are taken. Stored pages are not asked for again, but for those that are
    due by their age (`recheck`: `due`, `never`, or `all` stored ones). Failures are counted, not raised: a page that
    fails stops no other, nor does a host or a source. Setting `stop` ends the run within seconds; what is stored by
    then stays. Raises StoreError where the store cannot be written.
    """
    run = _Run(fetcher, store, selection or Selection(), limit, recheck, province, watcher or Watcher(),
               stop or threading.Event(), now or datetime.now(UTC))  # fmt: skip
    return run.all([s if isinstance(s, Given) else Given(s.name, spec=s) for s in sources])


class _Run:
    def __init__(
        self, fetcher: Fetcher, store: Store, selection: Selection, limit: int | None, recheck: str, province: str,
        watcher: Watcher, stop: threading.Event, now: datetime,
    ) -> None:  # fmt: skip
        self.fetcher, self.store, self.selection, self.limit = fetcher, store, selection, limit
        self.recheck, self.province, self.watcher, self.stop, self.now = recheck, province, watcher, stop, now
        self.today: date = now.astimezone(VIETNAM).date()
        self.writer = Writer(store, stop)
        self.threads: list[threading.Thread] = []

    def all(self, sources: Sequence[Given]) -> list[Tally]:
        jobs = [Job(given, Tally(given.spec.name if given.spec else given.name)) for given in sources]
        for job in jobs:
            self._start(job, self._source, job)
        stopped_at: float | None = None
        try:
            while any(thread.is_alive() for thread in tuple(self.threads)) or not self.writer.idle:
                self.writer.write()
                if self.stop.is_set():
                    stopped_at = stopped_at or time.monotonic()
                    self.fetcher.abort()
                    if time.monotonic() - stopped_at > _GRACE:
                        break
        finally:
            self.writer.over = True
        for job in jobs:
            job.tally.stopped = self.stop.is_set()
            if job.spec is not None and self.writer.error is None:
                self.store.wake(job.spec.name)
        if self.writer.error is not None:
            raise self.writer.error
        return [job.tally for job in jobs]

    # Threads: one for each source, which walks over its guides and asks its first host; one for each further host.

    def _start(self, job: Job, work: Callable[..., None], *given: object) -> threading.Thread:
        thread = threading.Thread(target=self._guarded, args=(job, work, *given), daemon=True)
        self.threads.append(thread)
        thread.start()
        return thread

    def _guarded(self, job: Job, work: Callable[..., None], *given: object) -> None:
        """Run `work`; whatever goes wrong in one source ends that source and no other."""
        try:
            work(*given)
        except Stopped:
            pass
        except StoreError as error:
            if not self.writer.over:
                self.writer.end(error)
        except MinerError as error:
            self.failed(job, "source", job.given.name, str(error))
        except Exception as error:  # noqa: BLE001 - it is reported as a failure of the source, with its place
            place = traceback.extract_tb(error.__traceback__)[-1]
            what = f"{type(error).__name__}: {error} ({place.filename.rsplit('/', 1)[-1]}, line {place.lineno})"
            self.failed(job, "internal", job.given.name, f"a fault of miner's own, please report it: {what}")
        finally:
            with job.news:
                job.news.notify_all()

    def failed(self, job: Job, kind: str, url: str, reason: str) -> None:
        """Count and tell what was skipped or failed."""
        if self.writer.over:
            return
        line = reason if reason.startswith(url) else f"{url[:300]}: {reason}"
        job.tally.fail(kind, line)
        event = "skip" if kind in SKIPS else "fail"
        self.watcher.event(event, source=job.tally.source, host=host_of(url), url=url, fault=kind, reason=reason)

    def _source(self, job: Job) -> None:
        try:
            if job.given.warc is not None:
                import_warc(job, self, self.writer, self.selection, self.watcher, self.stop, limit=self.limit,
                            province=self.province)  # fmt: skip
            else:
                self._site(job)
        finally:
            if not self.writer.over:
                tally = job.tally
                self.watcher.event(
                    "done", source=tally.source, found=tally.found, stored=tally.stored, changed=tally.changed,
                    unchanged=tally.unchanged, left=dict(tally.left), kinds=dict(tally.kinds),
                )  # fmt: skip

    def _site(self, job: Job) -> None:
        spec, entries = job.given.spec, list[Entry]()
        if spec is None:
            try:
                plan = self._patiently(
                    job, job.given.url, lambda: plan_for(job.given.url, self.fetcher, province=self.province)
                )
            except FetchError as error:
                self.failed(job, error.kind, job.given.url, error.reason)
                return
            spec, entries, job.fetched = plan.source, plan.articles, plan.fetched
            job.tally.source = spec.name
            job.hosts.add(host_of(job.given.url).removeprefix("www."))
            job.hosts |= {host_of(url).removeprefix("www.") for url in plan.fetched}
            self.watcher.event("note", source=spec.name, text=f"{job.given.url} is read as {_an(plan.kind)}")
        job.spec = spec
        job.hosts |= {host_of(url).removeprefix("www.") for url in spec.guides()}
        self._prepare(job, spec)
        if entries:
            self._add(job, Batch(job.given.url, tuple(entries)), given=True)
        asker = SourceAsker(self, job, spec)
        named, guides = len(entries), 0
        for batch in walk(spec, asker, self.selection, self.today):
            self._add(job, batch)
            named, guides = named + len(batch.articles), guides + 1
            self._drain(job, None if len(job.hosts) == 1 else job.home)
            batch.old = bool(self.selection.since) and self.store.all_before(
                batch.articles, str(self.selection.since)
            )  # fmt: skip
            if self._full(job) or self.stop.is_set() or job.tally.found >= MAX_FOUND:
                break
        if guides and not named:
            text = "no page named an article; look at allow and deny, or try `miner sources check`"
            self.watcher.event("note", source=spec.name, text=text)
        self._lanes(job)
        job.discovered = True
        with job.news:
            job.news.notify_all()
        self._drain(job, None if not job.lanes else job.home)
        for lane in list(job.lanes.values()):
            while lane.is_alive() and not self.writer.over:
                lane.join(0.5)
        self._drain(job, None)

    def _prepare(self, job: Job, spec: SourceSpec) -> None:
        """Make the frontier ready for this run: what is due, what was missing, what the selection leaves out."""
        if catalogue().get(spec.name) == spec:
            self.store.forget_source(spec.name)
        else:
            self.store.note_source(spec.name, spec.table)
        self.store.retry_missing(spec.name)
        if self.recheck != "never":
            self.store.mark_due(spec.name, self.now, everything=self.recheck == "all")
        self.store.select(spec.name, self.selection.left_out)
        if self.selection:
            self.store.widen(spec.name, lambda row: not self.selection.takes(row))
        else:
            self.store.widen(spec.name, lambda row: True)
        self.watcher.event("source", source=spec.name, hosts=self.store.waiting(spec.name))

    def _add(self, job: Job, batch: Batch, *, given: bool = False) -> None:
        """Put what a guide names into the frontier: what lies in the source's scope and looks like an article."""
        spec = job.spec
        assert spec is not None
        found: dict[str, Entry] = {}
        for entry in batch.entries:
            try:
                parts = urlsplit(entry.url)
                home = parts.path in ("", "/") and not (parts.query and spec.allow)
                known = given or (job.in_scope(entry.url) and not home and spec.is_article(entry.url))
                if known:
                    found.setdefault(canonical(entry.url), entry)
            except (AddressError, ValueError) as error:
                self.failed(job, "bad_address", entry.url[:200], str(error))
        batch.articles = list(found)
        before = self.store.waiting(spec.name)
        batch.new = self.store.add_all(spec.name, found.items())
        aside = [(reason, url) for url, entry in found.items() if (reason := self.selection.left_out(entry))]
        self.store.put_aside(aside)
        for reason, _ in aside:
            job.tally.leave(reason)
        job.tally.count("found", batch.new)
        after = self.store.waiting(spec.name)
        more = {host: n - before.get(host, 0) for host, n in after.items() if n > before.get(host, 0)}
        self.watcher.event("found", source=spec.name, url=batch.url, new=batch.new, hosts=more)
        if len(job.hosts) > 1:
            self._lanes(job)
        with job.news:
            job.news.notify_all()

    def _lanes(self, job: Job) -> None:
        """Start a thread for each host that has waiting addresses, but for the first, which the source's own asks."""
        assert job.spec is not None
        for host in self.store.waiting(job.spec.name):
            if host != job.home and host not in job.lanes and len(job.lanes) < MAX_LANES and not self._full(job):
                job.lanes[host] = self._start(job, self._lane, job, host)

    def _lane(self, job: Job, host: str) -> None:
        while True:
            self._drain(job, host)
            if job.discovered or self.stop.is_set() or host in job.dead or self._full(job):
                self._drain(job, host)
                return
            with job.news:
                job.news.wait(0.5)

    def _full(self, job: Job) -> bool:
        return self.limit is not None and job.tally.stored >= self.limit

    def _drain(self, job: Job, host: str | None) -> None:
        """Ask for the waiting addresses of a source (on `host`) until there is none, or enough."""
        spec = job.spec
        assert spec is not None
        while not self.stop.is_set() and not self._full(job) and (host is None or host not in job.dead):
            if self.limit is not None:
                with job.news:
                    if job.tally.stored + job.under_way >= self.limit:
                        job.news.wait(0.2)
                        continue
                    job.under_way += 1
            try:
                claim = self.store.claim(spec.name, host)
                if claim is None:
                    return
                if host_of(claim.asked) in job.dead:
                    self.store.release(claim.url)
                    self.store.defer_host(spec.name, host_of(claim.asked))
                    continue
                self._page(job, spec, claim)
            finally:
                if self.limit is not None:
                    with job.news:
                        job.under_way -= 1
                        job.news.notify_all()

    def fetch(
        self, job: Job, url: str, etag: str = "", modified: str = "", guess: bool = False, large: bool = False
    ) -> Fetched:
        """Return what comes of `url`; raises FetchError with kind `captcha` where a guard's page comes instead."""
        spec = job.spec
        assert spec is not None

        def get() -> Fetched:
            return self.fetcher.get(
                url, delay=spec.delay, in_scope=job.in_scope, etag=etag, modified=modified, guess=guess, large=large
            )

        page = self._patiently(job, url, get)
        if page.status in (200, 203) and (verdict := judge(page)) and verdict[0] == "captcha":
            self.fetcher.leave(page.final_url, f"{verdict[1]} ({page.final_url})")
            raise FetchError("captcha", url, verdict[1])
        return page

    def _patiently(self, job: Job, url: str, ask: Callable[[], _T]) -> _T:
        """Return what `ask` returns; waits and asks again where the host asks to wait, and not for long."""
        for attempt in range(_WAITS + 1):
            try:
                return ask()
            except FetchError as error:
                wait = (error.until or 0.0) - time.time()
                if error.kind != "parked" or wait > self.fetcher.settings.retry_after_cap or attempt == _WAITS:
                    raise
                self.watcher.event(
                    "wait", source=job.tally.source, host=host_of(url), seconds=round(max(0.0, wait), 1)
                )  # fmt: skip
                if self.stop.wait(max(0.0, wait)):
                    raise Stopped from None
        raise AssertionError("the loop returns or raises")

    def _page(self, job: Job, spec: SourceSpec, claim: Claim) -> None:
        """Ask for one address and bring what comes of it to the store; the claim is given back where it is stopped."""
        start = time.monotonic()
        try:
            page = job.fetched.pop(claim.asked, None) or self.fetch(job, claim.asked, claim.etag, claim.modified)
            if page.status == 304 and not (claim.etag or claim.modified):
                raise FetchError("odd_304", claim.url, "status 304, though nothing was asked conditionally")
        except Stopped:
            self.store.release(claim.url)
            raise
        except FetchError as error:
            self._refused(job, claim, error)
            return
        verdict = judge(page) if page.status in (200, 203) else None
        if page.status == 304:
            self.store.keep(claim.url)
            job.tally.count("unchanged")
            self._told(job, claim, page, "unchanged", start)
        elif page.status in (404, 410):
            self.store.missing(claim.url, page.status)
            self.failed(job, f"status_{page.status}", claim.url, f"status {page.status}")
        elif verdict:
            self.store.fail(claim.url, verdict[1], again=False)
            self.failed(job, verdict[0], claim.url, verdict[1])
        else:
            self._article(job, spec, claim, page, start)

    def _article(self, job: Job, spec: SourceSpec, claim: Claim, page: Fetched, start: float) -> None:
        when = datetime.now(UTC)
        row = read_article(Capture(claim.url, page.final_url, spec.name, when, page.body, 0, page.insecure), spec)
        if is_repeated(row, self.store, spec.name, claim.url):
            reason = "says what several other pages say: a page for what is not there"
            self.store.fail(claim.url, reason, again=False)
            self.failed(job, "repeated", claim.url, reason)
            return
        reason = self.selection.takes(row.data) if row.data is not None else ""
        state = self.writer.save(Saving(claim.url, spec.name, page, row.marked(not reason)))
        if state == "unchanged":
            job.tally.count("unchanged")
        elif state == "changed":
            job.tally.count("changed")
        elif not reason:
            job.tally.count("stored")
        if reason and state != "unchanged":
            job.tally.leave(reason)
            self.watcher.event("left", source=spec.name, url=claim.url, reason=reason)
        self._told(job, claim, page, state, start, row.problem)

    def _told(
        self, job: Job, claim: Claim, page: Fetched, state: str, start: float, problem: str = ""
    ) -> None:  # fmt: skip
        self.watcher.event(
            "page", source=job.tally.source, host=host_of(claim.asked), url=claim.url, state=state, status=page.status,
            bytes=len(page.raw), seconds=round(time.monotonic() - start, 3), problem=problem,
        )  # fmt: skip

    def _refused(self, job: Job, claim: Claim, error: FetchError) -> None:
        """Record that an address did not come, and leave its host alone where the fault is the host's."""
        self.store.fail(claim.url, error.reason, again=error.kind in HOST_STOPS | _LATER)
        host = host_of(claim.asked)
        if error.kind in HOST_STOPS | _LATER:
            self.store.defer(claim.url)
        if error.kind not in HOST_STOPS:
            self.failed(job, error.kind, claim.url, error.reason)
        elif host not in job.dead:
            job.dead.add(host)
            self.failed(job, error.kind, claim.url, error.reason)
            self.watcher.event("stop", source=job.tally.source, host=host, reason=error.reason)


def _an(kind: str) -> str:
    return {"article": "an article"}.get(kind, f"a {kind}")


def summary_of(tallies: Sequence[Tally]) -> Iterator[Mapping[str, object]]:
    """Yield what became of each source as one flat mapping."""
    for tally in tallies:
        yield {
            "source": tally.source, "found": tally.found, "stored": tally.stored, "changed": tally.changed,
            "unchanged": tally.unchanged, "left_out": sum(tally.left.values()), "skipped": tally.skipped,
            "failed": tally.failed,
        }  # fmt: skip
