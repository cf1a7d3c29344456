"""An article's text cut into pieces that carry their facts: what the article page shows, without any HTML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

LAYERS = ("topic", "unit", "date", "model", "award", "figure")
"""The layers that are shown, outermost first: where spans overlap, a click leads to the last of them."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A fact to be shown: its layer and span (offsets into the text), and a word about it."""

    layer: str
    start: int
    end: int
    about: str = ""

    @property
    def id(self) -> str:
        """What its row and its place on the page are called by."""
        return f"{self.layer}-{self.start}"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text inside the same facts: `opens` are those that begin here, `inside` all, outermost first."""

    text: str
    inside: tuple[Shown, ...]
    opens: tuple[Shown, ...]


def pieces(text: str, facts: Iterable[Shown]) -> list[list[Piece]]:
    """Return the paragraphs of `text`, each as the pieces between the beginnings and ends of facts.

    Facts may lie inside each other and overlap; together the pieces hold the whole text but its line ends.
    """
    spans = sorted((f for f in facts if 0 <= f.start < f.end <= len(text)), key=lambda f: (f.start, -f.end))
    cuts = {0, len(text)}
    for fact in spans:
        cuts |= {fact.start, fact.end}
    at = text.find("\n")
    while at >= 0:
        cuts |= {at, at + 1}
        at = text.find("\n", at + 1)
    paragraphs: list[list[Piece]] = [[]]
    opened: list[Shown] = []
    next_fact = 0
    borders = sorted(cuts)
    for start, end in pairwise(borders):
        opened = [f for f in opened if f.end > start]
        opens = []
        while next_fact < len(spans) and spans[next_fact].start == start:
            opens.append(spans[next_fact])
            next_fact += 1
        opened += opens
        if text[start] == "\n":
            if paragraphs[-1]:
                paragraphs.append([])
            continue
        inside = tuple(sorted(opened, key=lambda f: LAYERS.index(f.layer)))
        paragraphs[-1].append(Piece(text[start:end], inside, tuple(opens)))
    return [p for p in paragraphs if any(piece.text.strip() for piece in p)]


def shown_facts(rows: Mapping[str, Sequence[Mapping[str, object]]]) -> list[Shown]:
    """Return the facts in `rows` (by layer, each with start and end) as what is to be shown."""
    return [
        Shown(layer, int(row["start"]), int(row["end"]), str(row.get("about") or ""))  # type: ignore[call-overload]
        for layer in LAYERS
        for row in rows.get(layer, ())
    ]
