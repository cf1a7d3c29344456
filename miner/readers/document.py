"""What a reader gives: an article, where it stood, and what had to be mended on the way."""

from __future__ import annotations

from dataclasses import dataclass

from miner.pages import PageData
from miner.records import Article


@dataclass(frozen=True, slots=True)
class Document:
    """An article as it was read; `where` is a path, or path:line, that a person can open."""

    article: Article
    where: str
    notes: tuple[str, ...] = ()
    """What was mended or could not be read (`3 bytes were not UTF-8`), for the row and the log."""
    repairs: tuple[str, ...] = ()
    """What was mended in the text, by the names of `decode.REPAIRS`."""
    page: PageData | None = None
    """What the page that it stood on says beside the text."""
