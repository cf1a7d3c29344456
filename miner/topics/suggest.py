"""Choose the unlabelled texts most worth labelling: those the classifier is unsure of, each unlike the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from miner.topics.classifier import Classifier
from miner.topics.documents import count_grams, make_document, weigh_by
from miner.topics.grams import Floats

BATCH = 256
ALIKE = 0.5
"""Two texts whose words have a cosine above this are not both suggested."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text to label: `topics` is what the classifier would say, `doubt` how unsure it is of the topic in `about`."""

    id: str
    text: str
    topics: tuple[str, ...]
    about: str
    doubt: float


def suggest(texts: Mapping[str, str], classifier: Classifier, many: int) -> list[Suggestion]:
    """Return up to `many` suggestions, the most doubtful first; every topic gets its turn, and no two are alike."""
    ids = [key for key, text in texts.items() if text.strip()]
    if not ids or many < 1:
        return []
    probabilities, vectors = _judge([texts[key] for key in ids], classifier)
    # 1 at the threshold, falling to 0 with the distance in log-odds
    odds = np.log(np.clip(probabilities, 1e-6, 1 - 1e-6) / (1 - np.clip(probabilities, 1e-6, 1 - 1e-6)))
    doubt = np.exp(-np.abs(odds - np.log(classifier.thresholds / (1 - classifier.thresholds))))
    queues = [list(np.argsort(-doubt[:, k], kind="stable")) for k in range(len(classifier.topics))]
    taken: list[int] = []
    out: list[Suggestion] = []
    while len(out) < many and any(queues):
        for k, queue in enumerate(queues):
            if len(out) == many:
                break
            i = _next(queue, taken, vectors)
            if i is None:
                continue
            taken.append(i)
            given = tuple(
                name
                for name, p, t in zip(classifier.topics, probabilities[i], classifier.thresholds, strict=True)
                if p >= t
            )
            out.append(Suggestion(ids[i], texts[ids[i]], given, classifier.topics[k], round(float(doubt[i, k]), 4)))
    return sorted(out, key=lambda suggestion: -suggestion.doubt)


def _next(queue: list[int], taken: list[int], vectors: list[dict[int, float]]) -> int | None:
    while queue:
        i = int(queue.pop(0))
        if i not in taken and all(_cosine(vectors[i], vectors[j]) < ALIKE for j in taken):
            return i
    return None


def _cosine(a: dict[int, float], b: dict[int, float]) -> float:
    if len(b) < len(a):
        a, b = b, a
    return sum(value * b.get(column, 0.0) for column, value in a.items())


def _judge(texts: list[str], classifier: Classifier) -> tuple[Floats, list[dict[int, float]]]:
    rows: list[Floats] = []
    vectors: list[dict[int, float]] = []
    for at in range(0, len(texts), BATCH):
        documents = [make_document(text) for text in texts[at : at + BATCH]]
        rows.append(classifier.score(documents).articles)
        entries = weigh_by(count_grams(documents, classifier.grams, classifier.weighing)[0], classifier.idf)
        found: list[dict[int, float]] = [{} for _ in documents]
        for row, column, value in zip(
            entries.row.tolist(), entries.column.tolist(), entries.values.tolist(), strict=True
        ):
            found[row][column] = value
        vectors += found
    return np.concatenate(rows), vectors
