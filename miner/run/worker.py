"""Extraction of one batch, here or in a process of its own: `serve` is what such a process runs."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from miner.errors import InputError, MinerError
from miner.extract import extract_articles, warm_up
from miner.readers import Document
from miner.store import Prepared, prepare

Result = Prepared | str
"""An article with its rows, or why there are none."""


class _TooLongError(Exception):
    """The time of an article is over."""


def too_long(seconds: float) -> str:
    """Return the reason that is recorded for an article that took longer than `seconds`."""
    return f"its extraction took longer than {seconds:g} s (--timeout gives it more)"


def extract_batch(documents: Sequence[Document], timeout: float | None = None) -> list[Result]:
    """Return the rows of each document, or in their place why the extraction failed.

    `timeout` stops an article after so many seconds, where this is the main thread. Raises MinerError where a table
    or a classifier is at fault, since then every article would fail.
    """
    warm_up()
    try:
        with _limited(timeout):
            facts = extract_articles([document.article for document in documents])
            return [prepare(f, d.where, d.notes, d.repairs, d.page) for d, f in zip(documents, facts, strict=True)]
    except MinerError as error:
        if not isinstance(error, InputError):
            raise
        reason = error.reason
    except _TooLongError:
        reason = too_long(timeout or 0)
    except Exception as error:  # noqa: BLE001  a fault of ours in one article must not stop a run of thousands
        trace = traceback.extract_tb(error.__traceback__)[-1]
        reason = f"extraction failed: {type(error).__name__}: {error} ({trace.filename}:{trace.lineno})"
    if len(documents) > 1:
        return [result for document in documents for result in extract_batch([document], timeout)]
    return [reason]


@contextmanager
def _limited(seconds: float | None) -> Iterator[None]:
    if seconds is None or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise _TooLongError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def serve() -> None:
    """Answer each list of documents on standard input with its results on standard output, until there are no more.

    The first answer, unasked, is None: the tables are loaded. Where they are at fault, it is the message. Whoever
    asks kills this process where an article takes too long.
    """
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nothing printed on the way may come between

    def answer(value: str | list[Result] | None) -> None:
        pickle.dump(value, answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()

    try:
        warm_up()
        answer(None)
        while True:
            answer(extract_batch(pickle.load(sys.stdin.buffer)))
    except MinerError as error:
        answer(str(error))
    except (EOFError, BrokenPipeError):
        pass  # whoever asked is gone, or has no more
    # Taking tables apart object by object is of no use to anybody.
    os._exit(0)
