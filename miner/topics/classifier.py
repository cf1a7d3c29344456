"""The fitted topic classifier: linear weights over syllable n-grams, applied to articles and passages in batches."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miner.topics.documents import Document, Weighing, count_grams, weigh_by
from miner.topics.grams import Floats, Grams, Ints


@dataclass(frozen=True, slots=True)
class PassageRule:
    """How a passage is judged, each topic alike: by the log-odds of its own words, of its article and of the two
    passages beside it. A sentence says little alone (`Three were hurt.`), so most of it is context.
    """

    own: float
    article: float
    neighbours: float
    constant: float
    threshold: float
    told: float = 0.5
    """From this probability on, a passage that holds a figure and a seed word of a topic gives it to its article."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Probabilities by topic: of each article (articles, topics) and of each passage (passages, topics).

    Passages of all articles follow one another; those of article `i` are rows `first[i]` to `first[i + 1]`.
    """

    articles: Floats
    passages: Floats
    first: list[int]


@dataclass(frozen=True, slots=True)
class Classifier:
    """What a model file holds. `weights` has the shape (grams, topics); `thresholds` are probabilities.

    Log-odds of words times `slope` plus `offset` are calibrated for articles. `evidence` says which facts of other
    layers prove which topics; `seeds` finds each topic's seed words in folded text (None: it has none).
    """

    topics: tuple[str, ...]
    grams: Grams
    idf: Floats
    weighing: Weighing
    weights: NDArray[np.float32]
    bias: Floats
    slope: Floats
    offset: Floats
    thresholds: Floats
    passage_rule: PassageRule
    evidence: Mapping[str, tuple[str, ...]]
    seeds: tuple[re.Pattern[str] | None, ...]

    def score(self, documents: Sequence[Document]) -> Scores:
        """Return the probabilities of all topics for `documents` and their passages."""
        whole, parts = count_grams(documents, self.grams, self.weighing)
        article = weigh_by(whole, self.idf).dot(self.weights) + self.bias
        own = weigh_by(parts, self.idf).dot(self.weights) + self.bias
        article = article * self.slope + self.offset
        own = own * self.slope + self.offset
        sizes = [len(document.passages) for document in documents]
        of = np.repeat(np.arange(len(documents)), sizes)
        rule = self.passage_rule
        passage = rule.own * own + rule.article * article[of] + rule.neighbours * _beside(own, of) + rule.constant
        return Scores(sigmoid(article), sigmoid(passage), [0, *np.cumsum(sizes).tolist()])


def _beside(scores: Floats, of: Ints) -> Floats:
    """Return the mean of the scores of the passage before and after, in the same article; of itself if alone."""
    same = (of[1:] == of[:-1]).astype(float)[:, None]
    total, count = np.zeros_like(scores), np.zeros((len(scores), 1))
    total[1:] += scores[:-1] * same
    count[1:] += same
    total[:-1] += scores[1:] * same
    count[:-1] += same
    return np.where(count > 0, total / np.maximum(count, 1), scores)


def sigmoid(scores: Floats) -> Floats:
    """Return the probabilities of log-odds."""
    out: Floats = 1.0 / (1.0 + np.exp(-np.clip(scores, -50, 50)))
    return out
