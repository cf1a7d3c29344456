"""What a page was read as."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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
class Page:
    """The parts of a report; `body` and `captions` are paragraphs, `method` is `selectors` or `trafilatura`."""

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
    province_code: str | None = None
    removed: tuple[Removed, ...] = ()

    @property
    def text(self) -> str:
        """Return title, lead and body as an article holds them: parts apart by blank lines."""
        parts = (self.title, self.lead, "\n\n".join(self.body))
        return "\n\n".join(part for part in parts if part)
