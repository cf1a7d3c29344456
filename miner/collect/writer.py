"""The writer: the one thread that stores pages; others hand them over and wait until they are on disk."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from queue import Empty, Queue

from miner.collect.fetch import Stopped
from miner.collect.store import Saving, Store
from miner.errors import MinerError, StoreError

_GROUP = 64
"""Most pages that are written in one transaction."""


@dataclass(slots=True)
class _Waiting:
    """A page on its way to the writer, and what the writer says of it."""

    saving: Saving
    done: threading.Event = field(default_factory=threading.Event)
    state: str = ""


class Writer:
    """Stores pages for many threads, in groups; `write` is called by one thread again and again."""

    def __init__(self, store: Store, stop: threading.Event) -> None:
        self._store, self._stop = store, stop
        self._queue: Queue[_Waiting] = Queue()
        self.error: MinerError | None = None
        """Why nothing can be stored any more."""
        self.over = False
        """Whether nobody writes any more."""

    @property
    def idle(self) -> bool:
        """Whether nothing waits to be written."""
        return self._queue.empty()

    def write(self) -> None:
        """Write what waits, or wait a moment; a failure of the store ends the run."""
        try:
            group = [self._queue.get(timeout=0.05)]
        except Empty:
            return
        while len(group) < _GROUP:
            try:
                group.append(self._queue.get_nowait())
            except Empty:
                break
        try:
            if self.error is None:
                for waiting, state in zip(group, self._store.save_all([w.saving for w in group]), strict=True):
                    waiting.state = state
        except StoreError as error:
            self.end(error)
        finally:
            for waiting in group:
                waiting.done.set()

    def end(self, error: MinerError) -> None:
        """End the run because the store cannot be written."""
        self.error = self.error or error
        self._stop.set()

    def save(self, saving: Saving) -> str:
        """Return what became of a page (new, changed, unchanged) once it is stored; raises Stopped where it is not."""
        waiting = _Waiting(saving)
        self._queue.put(waiting)
        while not waiting.done.wait(1.0):
            if self.over:
                raise Stopped
        if not waiting.state:
            raise Stopped
        return waiting.state
