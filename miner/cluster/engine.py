"""Partitions spread over Dask workers, on this machine or on any number; only what is unfinished is done."""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from time import monotonic
from typing import Any

from miner.cluster.parts import Folder
from miner.cluster.plan import SIZE, Partition, plan
from miner.cluster.task import Task, do_partition, made_with
from miner.errors import InputError, MinerError, OutputError
from miner.readers import check_columns
from miner.run.pool import TIMEOUT

MANIFEST = "_manifest.json"
"""The file that sums up the partitions, written when the run ends."""
_PLAN = "_plan.json"
_UNDER_WAY = 4
"""Partitions that are handed out for each thread of the cluster."""
_CONNECT = 30
"""Seconds to wait for a scheduler."""
_LOST = 10
"""How often a partition may take its worker with it."""


class Watcher:
    """Hears how a run on a cluster gets on; each method may be overridden."""

    def start(self, partitions: int, finished: int, articles: int | None) -> None:
        """Hear how many partitions there are, how many were finished before, and how many articles are to be read."""

    def partition(self, done: Mapping[str, Any]) -> None:
        """Hear of a partition that is finished."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a run did."""

    partitions: int
    """Partitions of the input, and how many of them this run did."""
    done: int
    articles: int
    """Articles, skipped inputs and rows of facts that this run wrote."""
    skipped: int
    fact_rows: int
    seconds: float


def extract_partitions(
    inputs: Sequence[str],
    out: str,
    *,
    scheduler: str | None = None,
    jobs: int = 1,
    size: int = SIZE,
    limit: int | None = None,
    columns: Mapping[str, str] | None = None,
    timeout: float = TIMEOUT,
    resume: bool = True,
    watcher: Watcher | None = None,
) -> Extracted:
    """Extract `inputs` (JSON lines, Parquet, WARC; local or under any address fsspec knows) into Parquet under `out`.

    The work is done by the workers of the Dask scheduler at `scheduler`, or by `jobs` processes on this machine.
    Inputs are cut into partitions of `size` articles; those that are finished in `out`, of the same input and by the
    same miner, are left alone (unless `resume` is False). Raises InputError where an input cannot be read, OutputError
    where `out` holds the partitions of other inputs, MinerError where the cluster cannot be used.
    """
    begun = monotonic()
    watcher = watcher or Watcher()
    columns = check_columns(columns or {})
    folder = Folder(out)
    partitions = plan(inputs, size, limit)
    made = made_with(columns)
    finished = folder.finished()
    _check_output(folder, partitions, finished)
    todo = [p for p in partitions if not (resume and _is_done(p, finished.get(p.number), made))]
    articles = None if any(p.count is None for p in todo) else sum(p.count or 0 for p in todo)
    watcher.start(len(partitions), len(partitions) - len(todo), articles)
    folder.sweep()
    done: list[dict[str, Any]] = []
    try:
        if todo:
            with _client(scheduler, min(jobs, len(todo)), made, columns) as client:
                for row in _run(client, todo, Task(out, timeout, columns)):
                    done.append(row)
                    watcher.partition(row)
    finally:
        folder.sweep()
        _write_manifest(folder, partitions, made)
    rows = Counter[str]()
    for row in done:
        rows.update(row["rows"])
    facts = sum(n for table, n in rows.items() if table not in ("articles", "units", "duplicate_bands", "skipped"))
    return Extracted(
        len(partitions), len(done), rows["articles"], rows["skipped"], facts, monotonic() - begun
    )  # fmt: skip


def _is_done(partition: Partition, row: Mapping[str, Any] | None, made: Mapping[str, Any]) -> bool:
    return row is not None and row["partition"] == partition.as_row() and row["made_with"] == made


def _check_output(folder: Folder, partitions: Sequence[Partition], finished: Mapping[int, Any]) -> None:
    """Refuse a folder that holds partitions of other inputs: their parts would be mixed with ours."""
    paths = {p.number: p.path for p in partitions}
    for number, row in finished.items():
        if paths.get(number) != row["partition"]["path"]:
            raise OutputError(
                folder.address,
                f"holds partitions of other inputs ({row['partition']['path']}); give another folder, or the same "
                "inputs and --partition as before",
            )


def _write_manifest(folder: Folder, partitions: Sequence[Partition], made: Mapping[str, Any]) -> None:
    finished = folder.finished()
    good = [row for p in partitions if _is_done(p, row := finished.get(p.number), made) and row is not None]
    rows = Counter[str]()
    for row in good:
        rows.update(row["rows"])
    folder.write_json(
        MANIFEST,
        {
            "made_with": made, "partitions": len(partitions), "finished": [r["partition"]["number"] for r in good],
            "rows": dict(rows),
        },
    )  # fmt: skip


@contextmanager
def _client(
    scheduler: str | None, jobs: int, made: Mapping[str, Any], columns: Mapping[str, str]
) -> Iterator[Any]:  # fmt: skip
    """Yield a client of the cluster; raise MinerError where it cannot be reached or runs another miner."""
    dask, distributed = _dask()
    cluster = None
    # A worker that is killed is replaced; its partition is no more to blame than the others.
    settings = {"distributed.scheduler.allowed-failures": _LOST, "distributed.admin.low-level-log-length": 100}
    with dask.config.set(settings):
        if scheduler is None:
            cluster = distributed.LocalCluster(
                n_workers=jobs, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=0,
                silence_logs=logging.CRITICAL,
            )  # fmt: skip
        try:
            try:
                client = distributed.Client(cluster or scheduler, timeout=_CONNECT, set_as_default=False)
            except (OSError, ValueError) as error:
                raise MinerError(f"the scheduler {scheduler} cannot be reached: {error}") from None
            try:
                _check_workers(client, made, columns)
                yield client
            finally:
                client.close(timeout=5)
        finally:
            if cluster is not None:
                cluster.close(timeout=10)


def _dask() -> tuple[Any, Any]:
    """Return the modules dask and distributed, which are installed with the extra `cluster`."""
    try:
        return import_module("dask"), import_module("distributed")
    except ImportError:
        raise MinerError("Dask is not installed: pip install 'miner[cluster]'") from None


def _check_workers(client: Any, made: Mapping[str, Any], columns: Mapping[str, str]) -> None:
    client.wait_for_workers(1, timeout=120)
    for address, theirs in client.run(made_with, columns).items():
        if theirs != made:
            raise MinerError(
                f"the worker {address} runs another miner or other tables: install the same one everywhere"
            )


def _run(client: Any, todo: Sequence[Partition], task: Task) -> Iterator[dict[str, Any]]:
    """Hand out partitions and yield what is finished, as it comes."""
    distributed = _dask()[1]
    waiting = deque(todo)
    lost: Counter[int] = Counter()
    threads = sum(client.nthreads().values()) or 1
    under_way: dict[Any, Partition] = {}

    def hand_out(partition: Partition) -> Any:
        future = client.submit(do_partition, partition, task, pure=False)
        under_way[future.key] = partition
        return future

    first = [waiting.popleft() for _ in range(min(len(waiting), _UNDER_WAY * threads))]
    coming = distributed.as_completed([hand_out(partition) for partition in first], loop=client.loop)
    for future in coming:
        partition = under_way.pop(future.key)
        error = future.exception() if future.status == "error" else None
        if isinstance(error, distributed.scheduler.KilledWorker) or future.status in ("cancelled", "lost"):
            lost[partition.number] += 1
            if lost[partition.number] > _LOST:
                raise MinerError(f"partition {partition.number} ({partition.path}) ends every worker that takes it")
            coming.add(hand_out(partition))
            continue
        if error is not None:
            raise error if isinstance(error, MinerError) else MinerError(f"{partition.path}: {error!r}")
        if waiting:
            coming.add(hand_out(waiting.popleft()))
        yield future.result()


def finished_partitions(folder: Folder) -> list[dict[str, Any]]:
    """Return what the finished partitions of a folder say of themselves, in order.

    Raises InputError where there are none, or not all were made by the same miner.
    """
    manifest = folder.read_json(MANIFEST)
    rows = [row for _, row in sorted(folder.finished().items())]
    if not rows:
        raise InputError(folder.address, "holds no finished partition of `miner extract --engine dask`")
    if any(row["made_with"] != rows[0]["made_with"] for row in rows):
        raise InputError(folder.address, "holds partitions of several versions of miner; run the extraction again")
    if manifest and len(rows) < manifest["partitions"]:
        unfinished = manifest["partitions"] - len(rows)
        raise InputError(folder.address, f"{unfinished} partitions are not finished; run the extraction again first")
    return rows
