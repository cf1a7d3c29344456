"""Extraction in batches, in this process or in several, in the order of the input."""

from __future__ import annotations

import signal
import traceback
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from miner.errors import MinerError
from miner.extract import extract_articles, warm_up
from miner.readers import Document
from miner.records import Article, Facts

Result = Facts | str
"""Facts, or why there are none."""


def extract_batch(articles: list[Article]) -> list[Result]:
    """Return the facts of each article, or in their place why the extraction failed.

    Raises MinerError where a table or a classifier is at fault, since then every article would fail.
    """
    warm_up()
    try:
        return list(extract_articles(articles))
    except MinerError:
        raise
    except Exception as error:  # noqa: BLE001  a fault of ours in one article must not stop a run of thousands
        if len(articles) > 1:
            return [result for article in articles for result in extract_batch([article])]
        trace = traceback.extract_tb(error.__traceback__)[-1]
        return [f"extraction failed: {type(error).__name__}: {error} ({trace.filename}:{trace.lineno})"]


def extract_all(batches: Iterable[list[Document]], jobs: int = 1) -> Iterator[tuple[Document, Result]]:
    """Yield each document with its facts (or why there are none), in order, using `jobs` processes."""
    if jobs == 1:
        for batch in batches:
            results = extract_batch([document.article for document in batch])
            yield from zip(batch, results, strict=True)
        return
    workers = _Workers(jobs)
    try:
        yield from workers.map(batches)
    finally:
        workers.stop()


def _start_worker() -> None:
    # Ctrl-C reaches the whole group; the process that writes decides what happens.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


class _Workers:
    """Processes that extract; a batch whose process died is tried again, article by article."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self.pool = self._make()

    def _make(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self.jobs, mp_context=get_context("spawn"), initializer=_start_worker)

    def stop(self) -> None:
        self.pool.shutdown(wait=False, cancel_futures=True)
        for process in list((self.pool._processes or {}).values()):
            process.terminate()

    def submit(self, batch: list[Document]) -> Future[list[Result]]:
        return self.pool.submit(extract_batch, [document.article for document in batch])

    def map(self, batches: Iterable[list[Document]]) -> Iterator[tuple[Document, Result]]:
        """Yield results in order; no more than two batches a process are under way."""
        source = iter(batches)
        waiting: deque[tuple[list[Document], Future[list[Result]]]] = deque()
        while True:
            while len(waiting) < 2 * self.jobs and (batch := next(source, None)) is not None:
                waiting.append((batch, self.submit(batch)))
            if not waiting:
                return
            batch, future = waiting.popleft()
            try:
                results = future.result()
            except BrokenProcessPool:
                results = self._one_by_one(batch)
                waiting = deque((b, self.submit(b)) for b, _ in waiting)
            yield from zip(batch, results, strict=True)

    def _one_by_one(self, batch: list[Document]) -> list[Result]:
        results: list[Result] = []
        self.stop()
        self.pool = self._make()
        for document in batch:
            try:
                results += self.submit([document]).result()
            except BrokenProcessPool:
                results.append("the process that extracted it died (out of memory?)")
                self.stop()
                self.pool = self._make()
        return results
