"""What a reader gives: an article, where it stood, and what had to be mended on the way."""

from __future__ import annotations

from dataclasses import dataclass

from miner.records import Article


@dataclass(frozen=True, slots=True)
class Document:
    """An article as it was read; `where` is a path, or path:line, that a person can open."""

    article: Article
    where: str
    notes: tuple[str, ...] = ()
    """What was mended or could not be read (`3 bytes were not UTF-8`), for the row and the log."""
