"""Pages out of another crawl's WARC file to the store."""

from __future__ import annotations

import threading
from urllib.parse import urlsplit

from miner.collect.address import AddressError, canonical
from miner.collect.articles import read_article
from miner.collect.auto import bare_source
from miner.collect.discover import Entry
from miner.collect.index import host_of
from miner.collect.jobs import Job, Run
from miner.collect.judge import judge
from miner.collect.select import Selection
from miner.collect.store import Capture, Saving
from miner.collect.warc import read_warc
from miner.collect.watch import Watcher
from miner.collect.writer import Writer
from miner.sources import SourceSpec, catalogue, known_source


def import_warc(
    job: Job, run: Run, writer: Writer, selection: Selection, watcher: Watcher, stop: threading.Event, *,
    limit: int | None, province: str,
) -> None:  # fmt: skip
    """Bring the pages of a WARC file of another crawl into the store, each under the source of its host."""
    assert job.given.warc is not None
    specs: dict[str, SourceSpec] = {}

    def warn(line: str) -> None:
        job.tally.kinds["damaged"] += 1
        watcher.event("note", source=job.tally.source, text=line)

    for recorded in read_warc(job.given.warc, warn):
        page = recorded.page
        if (limit is not None and job.tally.stored >= limit) or stop.is_set():
            break
        try:
            url = canonical(page.url)
        except (AddressError, ValueError) as error:
            run.failed(job, "bad_address", page.url[:200], str(error))
            continue
        host = host_of(url)
        if host not in specs:
            specs[host] = known_source(url) or bare_source(f"{urlsplit(url).scheme}://{host}/", province=province)
            if specs[host].name not in catalogue():
                run.store.note_source(specs[host].name, specs[host].table)
        spec = specs[host]
        job.tally.count("found")
        if reason := selection.left_out(Entry(url)):
            job.tally.leave(reason)
            continue
        verdict = judge(page)
        if verdict:
            run.failed(job, verdict[0], url, verdict[1])
            continue
        row = read_article(Capture(url, page.final_url, spec.name, recorded.when, page.body), spec)
        reason = selection.takes(row.data) if row.data is not None else ""
        state = writer.save(Saving(url, spec.name, page, row.marked(not reason), recorded.when))
        if reason:
            job.tally.leave(reason)
        elif state == "new":
            job.tally.count("stored")
        elif state == "changed":
            job.tally.count("changed")
        else:
            job.tally.count("unchanged")
        watcher.event("page", source=job.tally.source, host=job.given.warc.name, url=url, state=state,
                           status=200, bytes=len(page.raw), seconds=0.0, problem=row.problem)  # fmt: skip
