"""Stored pages to articles as JSON lines, which `miner run` reads; made again from the store at any time."""

from __future__ import annotations

import json
from collections.abc import Mapping

from miner.collect.store import Store
from miner.errors import InputError
from miner.output import open_output
from miner.pages import read_page
from miner.readers import decode
from miner.sources import SourceSpec

FILE = "articles.jsonl"


def write_articles(store: Store, sources: Mapping[str, SourceSpec]) -> tuple[int, list[str]]:
    """Write `articles.jsonl` into the store's folder; return how many articles, and why other pages gave none.

    Pages of a source that is not in `sources` are read by autodetection.
    """
    written, problems = 0, []
    with open_output(store.folder / FILE) as file:
        for capture in store.pages():
            source = sources.get(capture.source)
            try:
                text, notes = decode(capture.body, capture.url, html=True)
                page = read_page(text, capture.url, source=source, url=capture.final_url, fetched=capture.fetched)
            except InputError as error:
                problems.append(str(error))
                continue
            row = {
                "id": capture.url, "title": page.title, "text": page.text, "url": capture.url,
                "published": page.published.value.isoformat() if page.published.value else None,
                "published_evidence": page.published.evidence or page.published.problem,
                "source": source.title if source else capture.source, "province_code": page.province_code,
                "author": page.author, "origin": page.origin, "section": page.section, "tags": list(page.tags),
                "captions": list(page.captions), "method": page.method, "notes": list(notes),
                "removed": [[removed.rule, removed.text] for removed in page.removed],
            }  # fmt: skip
            file.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
            written += 1
    return written, problems
