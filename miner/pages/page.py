"""What a page was read as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time of publication: `value` in +07:00 or None, the words it was read from, and why there is none."""

    value: datetime | None
    evidence: str = ""
    problem: str = ""
    """`missing`, `in the future`, `impossible` or `ambiguous` where there is no value."""
    whole_day: bool = False
    """True where only the day was written; `value` is then midnight."""


@dataclass(frozen=True, slots=True)
class Removed:
    """A line that was taken out of the text, and by which rule."""

    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class PageData:
    """What a page says beside the text of its report; times are ISO with +07:00, an unknown one is None."""

    method: str
    """`selectors` or `autodetection`."""
    published: str | None = None
    published_evidence: str = ""
    """The words that say so, or why there is no time."""
    updated: str | None = None
    lead: str = ""
    author: str = ""
    origin: str = ""
    """Where the page says that the report comes from (`Nguồn:`)."""
    section: str = ""
    tags: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    removed: tuple[Removed, ...] = ()

    def as_row(self) -> dict[str, Any]:
        """Return the data as JSON holds it."""
        return {
            "method": self.method, "published": self.published, "published_evidence": self.published_evidence,
            "updated": self.updated, "lead": self.lead, "author": self.author, "origin": self.origin,
            "section": self.section, "tags": list(self.tags), "captions": list(self.captions),
            "removed": [[removed.rule, removed.text] for removed in self.removed],
        }  # fmt: skip

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Self | None:
        """Return the data in a row that `as_row` made, or None where it holds none."""
        if row.get("method") not in METHODS or not isinstance(row.get("removed"), list):
            return None
        words = {name: str(row.get(name) or "") for name in _WORDS}
        return cls(
            method=row["method"], published=row.get("published"), updated=row.get("updated"),
            tags=tuple(map(str, row.get("tags", ()))), captions=tuple(map(str, row.get("captions", ()))),
            removed=tuple(Removed(str(text), str(rule)) for rule, text in row["removed"]), **words,
        )  # fmt: skip


_WORDS = ("published_evidence", "lead", "author", "origin", "section")
METHODS = ("selectors", "autodetection")
"""How the text of a page was found."""


@dataclass(frozen=True, slots=True)
class Page:
    """The parts of a report; `body` and `captions` are paragraphs, `method` is one of METHODS."""

    title: str
    body: tuple[str, ...]
    method: str
    published: Stamp
    updated: Stamp
    lead: str = ""
    captions: tuple[str, ...] = ()
    author: str = ""
    origin: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    url: str = ""
    site: str = ""
    """What the page calls its site, or empty."""
    province_code: str | None = None
    removed: tuple[Removed, ...] = ()
    repairs: tuple[str, ...] = ()
    """What was mended in the words, by the names of `miner.mend.REPAIRS`."""

    @property
    def text(self) -> str:
        """Return title, lead and body as an article holds them: parts apart by blank lines."""
        parts = (self.title, self.lead, "\n\n".join(self.body))
        return "\n\n".join(part for part in parts if part)

    @property
    def data(self) -> PageData:
        """Return what the page says beside the text."""
        published, updated = self.published.value, self.updated.value
        return PageData(
            method=self.method, published=published.isoformat() if published else None,
            published_evidence=self.published.evidence or self.published.problem,
            updated=updated.isoformat() if updated else None, lead=self.lead, author=self.author, origin=self.origin,
            section=self.section, tags=self.tags, captions=self.captions, removed=self.removed,
        )  # fmt: skip
