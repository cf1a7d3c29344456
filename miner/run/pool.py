"""Extraction in this process or in several, in the order of the input; one that dies or hangs is replaced."""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import miner
from miner.errors import MinerError
from miner.extract import BATCH
from miner.readers import Document
from miner.records import Skipped
from miner.run.worker import Result, extract_batch, too_long

TIMEOUT = 60.0
"""Seconds that one article may take."""
_CHARACTERS = 1 << 20
"""Characters of a batch, from which on it is closed though it has fewer than BATCH articles."""
_EACH = 0.1
"""Seconds that a batch gets beyond those of one article, for each of its articles."""
_START = 300.0
"""Seconds in which a process must have loaded its tables."""
_STARTS, _TRIES = 5, 3
"""Starts of a process, and deaths over one article alone, that are put down to chance."""
PROGRAM = "from miner.run.worker import serve; serve()"

Item = Document | Skipped


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Yield the items in lists with no more than BATCH documents, and not much more than a million characters."""
    batch: list[Item] = []
    documents = characters = 0
    for item in items:
        batch.append(item)
        if isinstance(item, Document):
            documents += 1
            characters += len(item.article.text)
        if documents >= BATCH or characters >= _CHARACTERS or len(batch) >= 4 * BATCH:
            yield batch
            batch, documents, characters = [], 0, 0
    if batch:
        yield batch


def extract_all(
    items: Iterable[Item], jobs: int = 1, timeout: float = TIMEOUT
) -> Iterator[tuple[Document, Result] | tuple[Skipped, None]]:
    """Yield each document with its rows (or why there are none), and what was skipped before, all in their order.

    With one job everything happens here, and an article that takes longer than `timeout` seconds is given up. With
    more, each has a process, which is replaced when it dies or takes too long; no more than two batches for each are
    under way. Raises MinerError where a table or a classifier is at fault.
    """
    pool = Pool(jobs, timeout) if jobs > 1 else None
    try:
        waiting: deque[tuple[list[Item], Future[list[Result]] | None]] = deque()
        source = batches(items)
        while True:
            while pool is not None and len(waiting) < 2 * jobs and (batch := next(source, None)) is not None:
                waiting.append((batch, pool.submit(_documents(batch))))
            if pool is None and (batch := next(source, None)) is not None:
                waiting.append((batch, None))
            if not waiting:
                return
            batch, future = waiting.popleft()
            found = iter(future.result() if future else extract_batch(_documents(batch), timeout))
            for item in batch:
                yield (item, next(found)) if isinstance(item, Document) else (item, None)
    finally:
        if pool is not None:
            pool.stop()


def _documents(batch: Sequence[Item]) -> list[Document]:
    return [item for item in batch if isinstance(item, Document)]


class Pool:
    """Processes that extract, each asked by a thread of its own; `stop` ends them."""

    def __init__(self, jobs: int, timeout: float = TIMEOUT) -> None:
        self._workers = [Worker(timeout) for _ in range(jobs)]
        self._idle: SimpleQueue[Worker] = SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(jobs, thread_name_prefix="extract")

    def submit(self, documents: Sequence[Document]) -> Future[list[Result]]:
        """Have the rows of documents made; the future raises what `Worker.extract` raises."""
        return self._threads.submit(self._extract, documents)

    def _extract(self, documents: Sequence[Document]) -> list[Result]:
        worker = self._idle.get()
        try:
            return worker.extract(documents)
        finally:
            self._idle.put(worker)

    def stop(self) -> None:
        """End the processes at once, whatever they are at."""
        for worker in self._workers:
            worker.stop()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for worker in self._workers:
            worker.close()


class _LostError(Exception):
    """A process died, or was ended because it took too long."""

    def __init__(self, reason: str, hung: bool) -> None:
        super().__init__(reason)
        self.reason, self.hung = reason, hung


class Worker:
    """A process that extracts, started when it is first needed and again when it was lost."""

    def __init__(self, timeout: float = TIMEOUT) -> None:
        self.timeout = timeout
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._stopped = False

    def extract(self, documents: Sequence[Document]) -> list[Result]:
        """Return the rows of each document; where the process is lost, those of one after the other.

        Raises MinerError where a table or a classifier is at fault, or no process can be started.
        """
        if not documents:
            return []
        try:
            return self._ask(documents, self.timeout + _EACH * len(documents))
        except _LostError:
            return [self._alone(document) for document in documents]

    def _alone(self, document: Document) -> Result:
        """Return the rows of a document, or why it is its fault that there are none."""
        for _ in range(_TRIES):
            try:
                return self._ask([document], self.timeout)[0]
            except _LostError as lost:
                if lost.hung:
                    return too_long(self.timeout)
                reason = lost.reason
        return reason

    def _ask(self, documents: Sequence[Document], seconds: float) -> list[Result]:
        results: list[Result] = self._exchange(self._started(), documents, seconds)
        return results

    def _started(self) -> subprocess.Popen[bytes]:
        for _ in range(_STARTS):
            with self._lock:
                if self._stopped:
                    raise MinerError("extraction was stopped")
                if self._process is not None:
                    return self._process
                home = str(Path(miner.__file__).parent.parent)
                program = f"import sys; sys.path.insert(0, {home!r}); {PROGRAM}"
                # A session of its own: Ctrl-C is for the process that writes, which ends this one.
                process = self._process = subprocess.Popen(
                    [sys.executable, "-c", program],
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
                )  # fmt: skip
            try:
                self._exchange(process, None, _START)
                return process
            except _LostError as lost:
                reason = lost.reason
        raise MinerError(f"a process for the extraction does not start: {reason}; look at the messages above")

    def _exchange(self, process: subprocess.Popen[bytes], documents: Sequence[Document] | None, seconds: float) -> Any:
        """Send documents, if there are any, and return the answer; end the process where it takes too long."""
        assert process.stdin is not None
        assert process.stdout is not None
        over = threading.Event()

        def end() -> None:
            over.set()
            process.kill()

        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        try:
            if documents is not None:
                pickle.dump(list(documents), process.stdin, pickle.HIGHEST_PROTOCOL)
                process.stdin.flush()
            answer = pickle.load(process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError):
            status = self._end(process)
            raise _LostError(f"the process that extracted it died ({_told(status)})", over.is_set()) from None
        finally:
            timer.cancel()
        if over.is_set():
            self._end(process)  # it answered in the very last moment
        if isinstance(answer, str):
            raise MinerError(answer)
        return answer

    def _end(self, process: subprocess.Popen[bytes]) -> int:
        with suppress(subprocess.TimeoutExpired):
            process.wait(1)  # one that is going tells why
        process.kill()
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):
                if stream is not None:
                    stream.close()
        status = process.wait()
        with self._lock:
            if self._process is process:
                self._process = None
        return status

    def stop(self) -> None:
        """End the process at once; another thread that waits for it is told so."""
        with self._lock:
            self._stopped = True
            process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """Forget the process, once nobody waits for it."""
        if self._process is not None:
            self._end(self._process)


def _told(status: int) -> str:
    return f"signal {-status}; out of memory?" if status < 0 else f"exit status {status}"
