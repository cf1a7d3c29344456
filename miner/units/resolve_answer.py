"""What was settled about one unit's place."""

from __future__ import annotations

from typing import NamedTuple

from miner.gazetteer import Locality


class Answer(NamedTuple):
    """A settled, ambiguous or missing place; `resolution` None where there is none to settle."""

    level: str | None = None
    place: Locality | None = None
    resolution: str | None = None
    evidence: str | None = None
    candidates: tuple[str, ...] = ()
    former: Locality | None = None
    """A place of this name that no longer (or not yet) existed on the article's day."""


NOTHING = Answer()
