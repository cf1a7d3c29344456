"""Stored pages to articles as JSON lines, which `miner run` reads; made again from the store at any time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from miner import mend, pages, readers
from miner.collect.store import Capture, Row, Store
from miner.errors import InputError, TableError
from miner.output import open_output
from miner.readers.pagefile import read_page_bytes
from miner.sources import SourceSpec, catalogue, make_source
from miner.tables import DATA

FILE = "articles.jsonl"
SAME = 3
"""Other pages of a source with the same short text, from which on such a text is no article."""
_SHORT = 600
_BLOCK = 200


def read_article(capture: Capture, source: SourceSpec | None) -> Row:
    """Return the article on a stored page, read as `source` says (by itself without one), or why there is none."""
    reader = reader_digest(source)
    try:
        page, notes, repairs = read_page_bytes(
            capture.body, capture.url, source=source, url=capture.final_url, fetched=capture.fetched
        )
    except InputError as error:
        return Row(None, reader, problem=str(error))
    data: dict[str, Any] = {
        "id": capture.url, "title": page.title, "text": page.text, "url": capture.url,
        "source": source.title if source else capture.source, "province_code": page.province_code, **page.data.as_row(),
        "notes": [*notes, *(["TLS certificate not checked"] if capture.insecure else [])], "repairs": list(repairs),
    }  # fmt: skip
    content = blake2b("\0".join((page.text, *page.captions)).encode("utf-8", "replace"), digest_size=16)
    return Row(data, reader, content.hexdigest())


def is_repeated(row: Row, store: Store, source: str, url: str) -> bool:
    """Return whether an article says, in few words, what several other pages of its source say: a soft 404."""
    return (
        row.data is not None and len(row.data["text"]) < _SHORT and store.same_content(source, row.content, url) >= SAME
    )


@cache
def _code_digest() -> str:
    """Return a digest of all that decides how a page is read: the code of three rooms, and tables."""
    total = blake2b(digest_size=8)
    folders = [Path(module.__file__).parent for module in (mend, pages, readers) if module.__file__]
    for path in sorted(path for folder in folders for path in folder.glob("*.py")):
        total.update(path.name.encode() + b"\0" + path.read_bytes())
    for name in ("page_lines.toml", "cms_presets.toml"):
        total.update((DATA / name).read_bytes())
    return total.hexdigest()


def reader_digest(source: SourceSpec | None) -> str:
    """Return a digest of how pages of `source` are read; another one means that they can be read anew."""
    said = repr((source.title, source.province, source.selectors)) if source else ""
    return blake2b((_code_digest() + said).encode(), digest_size=8).hexdigest()


def stored_sources(store: Store) -> dict[str, SourceSpec]:
    """Return the sources whose files the store keeps; one that can no longer be used is left to autodetection."""
    found: dict[str, SourceSpec] = {}
    for name, table in store.sources().items():
        try:
            found[name] = make_source(table, f"{store.folder}: source {name}", home=False)
        except TableError:
            continue
    return found


def refresh(store: Store, sources: Mapping[str, SourceSpec]) -> int:
    """Read anew the stored pages that were read in another way than `sources` now say; return how many."""
    count = 0
    for name in store.captured_sources():
        source = sources.get(name)
        block: list[tuple[int, str, Row]] = []
        for capture in store.pages(name, not_read_by=reader_digest(source)):
            block.append((capture.id, name, read_article(capture, source)))
            if len(block) >= _BLOCK:
                store.put_rows(block)
                count, block = count + len(block), []
        store.put_rows(block)
        count += len(block)
    return count


def write_articles(store: Store, sources: Mapping[str, SourceSpec] | None = None) -> tuple[int, list[str]]:
    """Write `articles.jsonl` into the store's folder; return how many articles, and why other pages gave none.

    It holds each article that a run's selection took. Pages are read anew where their source's selectors, or miner's
    reading of pages, have changed; pages of unknown sources are read by autodetection.
    """
    known = {**catalogue(), **stored_sources(store), **(sources or {})}
    refresh(store, known)
    written, problems = 0, []
    with open_output(store.folder / FILE) as file:
        for url, data, problem, selected in store.rows():
            if problem:
                problems.append(problem if url in problem else f"{url}: {problem}")
            elif selected:
                file.write(data.encode() + b"\n")
                written += 1
    return written, problems


def read_store(folder: str | Path) -> tuple[int, list[str]]:
    """Bring `articles.jsonl` of the store in `folder` up to date, offline; returns what `write_articles` does."""
    with Store(folder) as store:
        return write_articles(store)


def is_store(path: str | Path) -> bool:
    """Return whether `path` is a folder that `miner collect` made."""
    return (Path(path) / "index.db").is_file() and (Path(path) / "warc").is_dir()
