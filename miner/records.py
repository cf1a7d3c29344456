"""The records that travel through miner: immutable, with offsets into the article's text.

Offsets are code points, end exclusive, and every mention keeps `article.text[start:end] == mention.text`
(ANNOTATION.md, head). What a layer has understood beyond the guide hangs on the mention together with its
evidence, itself a span; `None` means that the text does not say.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, TypeVar

UNIT_KINDS = (
    "locality", "police", "military", "party", "government", "justice", "committee",
    "mass_org", "religious", "school", "health", "enterprise", "media", "other",
)  # fmt: skip
FIGURE_KINDS = ("count", "money", "percent", "quantity", "duration", "age")
COMPARATORS = ("eq", "gt", "lt", "approx", "vague")
AWARD_TYPES = (
    "emulation_flag", "certificate_of_merit", "commendation", "letter", "order", "medal",
    "commemorative_medal", "title", "cash", "prize", "praise",
)  # fmt: skip
LEVELS = ("central", "province", "district", "commune", "hamlet")
PRECISIONS = ("day", "month", "quarter", "year", "range")
RESOLUTIONS = ("unique", "by_context", "ambiguous", "not_found")

_T = TypeVar("_T")


def _quick(cls: type[_T]) -> type[_T]:
    """Give a frozen dataclass with slots an `__init__` that sets its slots directly, at a third of the cost.

    The one that `dataclass` writes looks every field up through `object.__setattr__`, and an article makes hundreds of
    records. Nothing else changes: the parameters, their defaults and the refusal of any later change are the same.
    """
    record: Any = cls
    init, code = record.__init__, record.__init__.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    plain, only = names[: code.co_argcount], names[code.co_argcount :]
    scope: dict[str, Any] = {f"set_{f.name}": getattr(cls, f.name).__set__ for f in fields(record)}
    head = ", ".join([*plain, "*", *only] if only else plain)
    body = "".join(f"\n set_{f.name}(self, {f.name})" for f in fields(record))
    exec(f"def __init__({head}):{body}", scope)  # the names are this module's own
    made = scope["__init__"]
    for kept in ("__defaults__", "__kwdefaults__", "__annotations__", "__qualname__"):
        setattr(made, kept, getattr(init, kept))
    record.__init__ = made
    return cls


@_quick
@dataclass(frozen=True, slots=True)
class Article:
    """One report. `text` is NFC: title, blank line, body; nothing changes it after `text.make_article`."""

    id: str
    text: str
    title: str = ""
    published: date | None = None
    url: str = ""
    source: str = ""
    province_code: str | None = None
    """GSO code of the source's home province, where the source says so."""


@_quick
@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the article's text."""

    start: int
    end: int
    text: str


@_quick
@dataclass(frozen=True, slots=True)
class Mention(Span):
    """A fact's place in the text, the rule that found it and how sure that rule is (0 to 1)."""

    rule: str = field(default="", kw_only=True)
    confidence: float = field(default=1.0, kw_only=True)


@_quick
@dataclass(frozen=True, slots=True)
class Unit(Mention):
    """A named organisation or locality (guide section 1), and which one it is."""

    kind: str
    name: str | None = None
    """Canonical name: abbreviations expanded, level and place completed."""
    level: str | None = None
    place_code: str | None = None
    """GSO code, valid at the article's date, of the locality or of the organisation's place."""
    province_code: str | None = None
    successors: tuple[str, ...] = ()
    """Codes of today (since 2025-07-01) that the place went into."""
    resolution: str | None = None
    """One of RESOLUTIONS, or None where there is no place to settle (a company, a newspaper)."""
    evidence: str | None = None
    """What settled it, in a few words."""
    candidates: tuple[str, ...] = ()


@_quick
@dataclass(frozen=True, slots=True)
class DateMention(Mention):
    """A time expression, read as the days from `first` to `last`, both included."""

    first: date | None
    last: date | None
    precision: str


@_quick
@dataclass(frozen=True, slots=True)
class Change:
    """A rise or fall: `direction` is "up" or "down"; `base` is the period compared with, where named."""

    span: Span
    direction: str
    base: DateMention | Span | None = None


@_quick
@dataclass(frozen=True, slots=True)
class Figure(Mention):
    """A number that counts or measures something (guide section 2), with scale folded into `value`."""

    value: float
    value_max: float | None
    comparator: str
    measure: str
    object: str
    kind: str
    part: float | None = None
    """Numerator and denominator of `35/40 xã`."""
    whole: float | None = None
    sure: bool = True
    """False where the digits allow two readings (`14,375`) and the document does not decide."""
    action: Span | None = None
    actor: Unit | None = None
    period: DateMention | None = None
    place: Unit | None = None
    change: Change | None = None
    target: Span | None = None
    """The word that makes it a plan (`phấn đấu`), not a result."""


@_quick
@dataclass(frozen=True, slots=True)
class Person(Mention):
    """A personal name without rank or title."""


@_quick
@dataclass(frozen=True, slots=True)
class Party(Span):
    """A giver or recipient as written: `kind` is unit, person, group or office."""

    kind: str
    unit: Unit | None = None
    number: int | None = None


@_quick
@dataclass(frozen=True, slots=True)
class Award(Mention):
    """A form of recognition, who gave it and who got it (guide section 3)."""

    type: str
    givers: tuple[Party, ...] = ()
    recipients: tuple[Party, ...] = ()
    count: int | None = None
    level: str | None = None
    """state, government, ministry, province, district, commune or organisation."""
    status: str = "given"
    """given, proposed, held or revoked."""
    reason: Span | None = None
    date: DateMention | None = None
    period: DateMention | None = None
    money: Figure | None = None


@_quick
@dataclass(frozen=True, slots=True)
class CommunityModel(Mention):
    """A named local model, club or self-governing group of a movement (guide section 4)."""

    religious: bool
    place: Unit | None = None
    count: int | None = None


@_quick
@dataclass(frozen=True, slots=True)
class TopicTag:
    """A topic with its probability and the share of the article's passages that carry it (0 to 1)."""

    name: str
    probability: float
    share: float = 1.0


@_quick
@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph or sentence, by offsets, with topics of its own."""

    start: int
    end: int
    topics: tuple[TopicTag, ...] = ()


@_quick
@dataclass(frozen=True, slots=True)
class Home:
    """The province an article is at home in, and what says so (`source`, `dateline`, `text`)."""

    province_code: str
    evidence: str


@_quick
@dataclass(frozen=True, slots=True)
class Facts:
    """All that was found in one article, each layer in the order of the text."""

    article: Article
    sentences: tuple[Span, ...] = ()
    home: Home | None = None
    units: tuple[Unit, ...] = ()
    dates: tuple[DateMention, ...] = ()
    models: tuple[CommunityModel, ...] = ()
    figures: tuple[Figure, ...] = ()
    awards: tuple[Award, ...] = ()
    topics: tuple[TopicTag, ...] = ()
    passages: tuple[Passage, ...] = ()


@_quick
@dataclass(frozen=True, slots=True)
class Skipped:
    """An input that gave no article: where it stood, at which stage it failed, and why."""

    where: str
    stage: str
    reason: str
