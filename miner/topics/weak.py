"""Weak labels: a topic's seed words as a labelling function whose accuracy is estimated on labelled texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from miner.topics.grams import Floats, fold, seed_pattern
from miner.topics.taxonomy import Taxonomy

OPENING = 700
"""Characters that the functions read: what a report is about stands there."""

SURE = 0.85
"""A function whose precision is below this does not vote for its topic."""


@dataclass(frozen=True, slots=True)
class Votes:
    """Votes by text and topic: 1 for, 0 against, -1 none."""

    votes: Floats

    def accuracy(self, truth: Floats) -> tuple[Floats, Floats]:
        """Return how often votes for and votes against each topic are right, add-one smoothed."""
        right_for = ((self.votes == 1) & (truth == 1)).sum(axis=0)
        right_against = ((self.votes == 0) & (truth == 0)).sum(axis=0)
        return (
            (right_for + 1.0) / ((self.votes == 1).sum(axis=0) + 2.0),
            (right_against + 1.0) / ((self.votes == 0).sum(axis=0) + 2.0),
        )


def vote(texts: Sequence[str], taxonomy: Taxonomy) -> Votes:
    """Let every topic's seed words vote on `texts`.

    For: a seed in the title and another in the opening, or three in the opening. Against: no seed in the opening.
    """
    out = np.full((len(texts), len(taxonomy.topics)), -1.0)
    openings = [fold(text[:OPENING]) for text in texts]
    for k, topic in enumerate(taxonomy.topics):
        pattern = seed_pattern(topic.seeds)
        if pattern is None:
            continue
        for i, opening in enumerate(openings):
            title, _, body = opening.partition("\n")
            in_title, in_body = set(pattern.findall(title)), set(pattern.findall(body))
            if (in_title and in_body) or len(in_body) > 2:
                out[i, k] = 1
            elif not in_title and not in_body:
                out[i, k] = 0
    return Votes(out)
