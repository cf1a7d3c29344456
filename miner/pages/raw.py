"""The parts of a page as they were found, before their words are mended and the furniture is taken out."""

from __future__ import annotations

from dataclasses import dataclass, field

from miner.mend import mend
from miner.pages.blocks import Line
from miner.pages.lines import clean_lines, label_of
from miner.pages.page import Page, Removed, Stamp
from miner.text import key

_TEXTS = ("title", "lead", "author", "origin", "section")


@dataclass(slots=True)
class Raw:
    """What selectors or autodetection found; lines are unmended."""

    method: str
    published: Stamp
    updated: Stamp
    title: str = ""
    lead: str = ""
    body: list[Line] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    author: str = ""
    origin: str = ""
    section: str = ""
    tags: list[str] = field(default_factory=list)

    def finish(self, author: str = "") -> Page:
        """Return the page, mended and without furniture; its body may be empty.

        `author` is who wrote it where neither the page's own words nor a sign-off say so.
        """
        texts = [getattr(self, name) for name in _TEXTS]
        mended = mend([*texts, *(line.text for line in self.body), *self.captions, *self.tags])
        lines = [line.replace("\xa0", " ").strip() for line in mended.lines]
        title, lead, byline, origin, section = lines[: len(texts)]
        rest = lines[len(texts) :]
        body = [Line(text, line.linked) for text, line in zip(rest, self.body, strict=False)]
        captions = rest[len(body) : len(body) + len(self.captions)]
        tags = rest[len(body) + len(captions) :]
        cleaned = clean_lines(body, title)
        byline = said if (said := label_of(byline, "author")) is not None else byline
        origin = said if (said := label_of(origin, "origin")) is not None else origin
        return Page(
            title=title,
            body=cleaned.body,
            method=self.method,
            published=self.published,
            updated=self.updated,
            lead="" if key(lead) == key(title) else lead,
            captions=(*captions, *cleaned.captions),
            author=byline or cleaned.author or author,
            origin=origin or cleaned.origin,
            section=section,
            tags=tuple(dict.fromkeys(tags)),
            removed=(*(Removed(caption, "caption") for caption in captions), *cleaned.removed),
            repairs=mended.repairs,
        )
