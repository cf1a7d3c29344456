"""The store: raw responses in WARC 1.1 files, an SQLite index, and what was read from each page."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from miner.collect.fetch import Fetched
from miner.collect.frontier import Frontier
from miner.collect.index import host_of, now, written
from miner.collect.warcfile import WarcFiles
from miner.errors import StoreError


@dataclass(frozen=True, slots=True)
class Capture:
    """A stored page: `body` decoded; `id` numbers the versions of all pages in the order in which they came."""

    url: str
    final_url: str
    source: str
    fetched: datetime
    body: bytes
    id: int = 0
    insecure: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """What was read from a page: `data` is the article as a dictionary, or `problem` says why there is none.

    `content` is a digest of what the article says; `reader` of how it was read.
    """

    data: Mapping[str, Any] | None
    reader: str
    content: str = ""
    problem: str = ""
    selected: bool = True

    def marked(self, selected: bool) -> Row:
        """Return the row, taken by the run's selection or not."""
        return replace(self, selected=selected)


@dataclass(frozen=True, slots=True)
class Saving:
    """A page to be stored; `when` is the time of another crawl's capture."""

    url: str
    source: str
    page: Fetched
    row: Row | None = None
    when: datetime | None = None


class Store(Frontier):
    """A folder with `index.db` and `warc/`; one process at a time may write to it, from any of its threads."""

    def __init__(self, folder: str | Path) -> None:
        """Open or make the store; raises StoreError where another process has it or it cannot be written."""
        super().__init__(folder)
        try:
            self.warc = WarcFiles(self.folder / "warc")
        except OSError as error:
            self.close()
            raise StoreError(folder, f"cannot be opened: {error}") from None

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the index and the WARC file of this run."""
        with self._mutex:
            if hasattr(self, "warc"):
                self.warc.close()
        super().close()

    def note_source(self, name: str, spec: Mapping[str, Any]) -> None:
        """Keep what a source's file says, so that the store can be read again without it."""
        written = json.dumps(spec, ensure_ascii=False, default=str)
        with self._writing():
            self._db.execute(
                "INSERT INTO sources VALUES (?, ?) ON CONFLICT DO UPDATE SET spec = excluded.spec", (name, written)
            )

    def forget_source(self, name: str) -> None:
        """Forget what the file of `name` said: the catalogue's own counts again."""
        with self._writing():
            self._db.execute("DELETE FROM sources WHERE name = ?", (name,))

    def sources(self) -> dict[str, dict[str, Any]]:
        """Return what the files of this store's sources said, by name."""
        with self._mutex:
            return {name: json.loads(spec) for name, spec in self._db.execute("SELECT name, spec FROM sources")}

    def save(self, url: str, source: str, page: Fetched, row: Row | None = None) -> bool:
        """Store one response; return whether it is a new page or a new version."""
        return self.save_all([Saving(url, source, page, row)])[0] != "unchanged"

    def save_all(self, pages: Sequence[Saving]) -> list[str]:
        """Store responses on disk, then mark their addresses done; return new, changed or unchanged for each.

        A page is a new version where its bytes and what was read from it both changed. The WARC records are synced
        before the index knows them: a kill in between costs these requests. Raises StoreError where it cannot write.
        """
        moment = now()
        states = []
        with self._writing(durable=True):
            for saving in pages:
                states.append(self._save(saving, moment))
            self.warc.sync()
        return states

    def _save(self, saving: Saving, moment: str) -> str:
        page, row = saving.page, saving.row
        when = written(saving.when) if saving.when else moment
        digest = hashlib.sha256(page.body).hexdigest()
        content = row.content if row else ""
        known = self._db.execute(
            "SELECT digest, content FROM captures WHERE url = ? ORDER BY id DESC LIMIT 1", (saving.url,)
        ).fetchone()
        same = known is not None and (known[0] == digest or (content != "" and known[1] == content))
        data = row.data if row and row.data else {}
        self._db.execute(
            "INSERT INTO frontier (url, source, host, asked, state) VALUES (?, ?, ?, ?, 'done') ON CONFLICT DO NOTHING",
            (saving.url, saving.source, host_of(page.url), page.url),
        )
        self._db.execute(
            "UPDATE frontier SET state = 'done', reason = '', missed = 0, again = 0, etag = ?, modified = ?, "
            "checked = ?, checks = 0, first = coalesce(first, ?), published = coalesce(?, published), "
            "title = CASE WHEN ? = '' THEN title ELSE ? END WHERE url = ?",
            (page.header("ETag"), page.header("Last-Modified"), when, when, data.get("published"),
             data.get("title", ""), data.get("title", ""), saving.url),
        )  # fmt: skip
        if same:
            return "unchanged"
        name, start = self.warc.write(page, when)
        (capture,) = self._db.execute(
            "INSERT INTO captures (url, final_url, source, fetched, digest, content, warc, start, insecure) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (saving.url, page.final_url, saving.source, when, digest, content, name, start, int(page.insecure)),
        ).fetchone()
        if row is not None:
            self._put_row(capture, saving.source, row)
        return "changed" if known else "new"

    def _put_row(self, capture: int, source: str, row: Row) -> None:
        data = json.dumps(row.data, ensure_ascii=False) if row.data is not None else ""
        # A lone surrogate cannot be stored as UTF-8.
        data = data.encode("utf-8", "replace").decode("utf-8")
        self._db.execute(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET content = excluded.content, "
            "reader = excluded.reader, problem = excluded.problem, data = excluded.data, "
            "selected = max(selected, excluded.selected)",
            (capture, source, row.content, row.reader, int(row.selected), row.problem, data),
        )

    def put_rows(self, rows: Sequence[tuple[int, str, Row]]) -> None:
        """Store what was read anew from captures, given as (id, source, row)."""
        with self._writing():
            for capture, source, row in rows:
                self._put_row(capture, source, row)
                self._db.execute("UPDATE captures SET content = ? WHERE id = ?", (row.content, capture))

    def same_content(self, source: str, content: str, url: str) -> int:
        """Return how many other pages of `source` say the same."""
        with self._mutex:
            row = self._db.execute(
                "SELECT count(DISTINCT c.url) FROM articles a JOIN captures c ON c.id = a.capture "
                "WHERE a.source = ? AND a.content = ? AND c.url <> ?",
                (source, content, url),
            ).fetchone()
        return int(row[0])

    def unread(self, reader: str, source: str) -> int:
        """Return how many newest versions of `source` were not read by `reader`."""
        with self._mutex:
            row = self._db.execute(
                "SELECT count(*) FROM (SELECT max(id) AS id FROM captures WHERE source = ? GROUP BY url) n "
                "LEFT JOIN articles a ON a.capture = n.id WHERE a.reader IS NOT ?",
                (source, reader),
            ).fetchone()
        return int(row[0])

    def captured_sources(self) -> list[str]:
        """Return the names of the sources that pages are stored of."""
        with self._mutex:
            return [name for (name,) in self._db.execute("SELECT DISTINCT source FROM captures ORDER BY source")]

    def pages(self, source: str | None = None, *, not_read_by: str | None = None) -> Iterator[Capture]:
        """Yield the newest version of each stored page (of `source`), in the order in which they came."""
        with self._mutex:
            ids = [row[0] for row in self._db.execute(
                "SELECT n.id FROM (SELECT max(id) AS id FROM captures WHERE ?1 IS NULL OR source = ?1 GROUP BY url) n "
                "LEFT JOIN articles a ON a.capture = n.id WHERE ?2 IS NULL OR a.reader IS NOT ?2 ORDER BY n.id",
                (source, not_read_by),
            )]  # fmt: skip
        for number in ids:
            yield self.capture(number)

    def capture(self, number: int) -> Capture:
        """Return the stored page of one id; raises StoreError where its WARC file is gone or damaged."""
        with self._mutex:
            url, final_url, source, fetched, name, start, insecure = self._db.execute(
                "SELECT url, final_url, source, fetched, warc, start, insecure FROM captures WHERE id = ?", (number,)
            ).fetchone()
        body = self.warc.read(name, start)
        return Capture(url, final_url, source, datetime.fromisoformat(fetched), body, number, bool(insecure))

    def rows(self) -> Iterator[tuple[str, str, str, bool]]:
        """Yield (url, article as JSON, problem, whether a selection took it) for each page's newest version."""
        with self._mutex:
            ids = [row[0] for row in self._db.execute("SELECT max(id) FROM captures GROUP BY url ORDER BY 1")]
        for first in range(0, len(ids), 500):
            block = ids[first : first + 500]
            with self._mutex:
                found = self._db.execute(
                    "SELECT c.url, a.data, a.problem, a.selected FROM articles a JOIN captures c ON c.id = a.capture "
                    f"WHERE a.capture IN ({','.join('?' * len(block))}) ORDER BY c.id",
                    block,
                ).fetchall()
            for url, data, problem, selected in found:
                yield url, data, problem, bool(selected)

    def widen(self, source: str, takes: Callable[[Mapping[str, Any]], bool]) -> int:
        """Select stored articles of `source` that earlier selections left out and `takes` takes; return how many."""
        more = []
        with self._writing():
            for capture, data in self._db.execute(
                "SELECT capture, data FROM articles WHERE source = ? AND NOT selected AND data <> ''", (source,)
            ):
                if takes(json.loads(data)):
                    more.append((capture,))
            self._db.executemany("UPDATE articles SET selected = 1 WHERE capture = ?", more)
        return len(more)
