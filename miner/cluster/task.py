"""One partition from input to Parquet: what a worker of the cluster is given to do."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from time import monotonic
from typing import Any

from miner.cluster.parts import DONE, Folder, Parts
from miner.cluster.plan import Partition
from miner.cluster.read import read_partition
from miner.readers import Document
from miner.records import Skipped
from miner.run.database import about_miner
from miner.run.pool import Worker, batches
from miner.store import Prepared

_here = threading.local()


@dataclass(frozen=True, slots=True)
class Task:
    """How partitions are done: where to, with what, and how long one article may take."""

    out: str
    timeout: float
    columns: Mapping[str, str] = field(default_factory=dict)


def done_name(number: int) -> str:
    """Return the file that says that a partition is finished."""
    return f"{DONE}/part-{number:06}.json"


def made_with(columns: Mapping[str, str]) -> dict[str, Any]:
    """Return what decides the facts of a partition, beside its text: a finished one with another is done again."""
    about = about_miner({}, [])
    return {
        "miner_version": about.miner_version, "tables_digest": about.tables_digest,
        "classifier_digest": about.classifier_digest, "columns": dict(columns),
    }  # fmt: skip


def do_partition(partition: Partition, task: Task) -> dict[str, Any]:
    """Extract a partition, and return what is written down of it when all of its tables are in their places.

    Doing it again gives the same files, so nothing is lost or doubled where a worker dies on the way.
    """
    begun = monotonic()
    folder = Folder(task.out)
    worker = _worker(task.timeout)
    with Parts(folder, partition.number) as parts:
        for batch in batches(read_partition(partition, task.columns)):
            results = iter(worker.extract([item for item in batch if isinstance(item, Document)]))
            for item in batch:
                if isinstance(item, Skipped):
                    parts.skip(item)
                    continue
                result = next(results)
                if isinstance(result, Prepared):
                    parts.add(result)
                else:
                    parts.skip(Skipped(item.where, "extract", result))
    done = {
        "partition": asdict(partition), "made_with": made_with(task.columns), "articles": parts.articles,
        "rows": parts.rows, "seconds": round(monotonic() - begun, 3),
    }  # fmt: skip
    folder.write_json(done_name(partition.number), done)
    return done


def _worker(timeout: float) -> Worker:
    """Return this thread's extracting process: an article that kills or hangs it does the cluster's worker no harm."""
    worker: Worker | None = getattr(_here, "worker", None)
    if worker is None:
        worker = _here.worker = Worker(timeout)
        atexit.register(worker.close)
    worker.timeout = timeout
    return worker
