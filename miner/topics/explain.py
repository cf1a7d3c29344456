"""Say which words speak for a topic in a text, and which against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from miner.records import Span
from miner.topics.classifier import Classifier
from miner.topics.documents import count_grams, make_document, weigh_by
from miner.topics.grams import MAX_N, fold, token_spans


@dataclass(frozen=True, slots=True)
class Explanation:
    """One topic's verdict on a text. `words` are the grams found with what each adds to the log-odds, largest first.

    `spans` are (start, end, weight) of the text's characters, each with the sum of the grams it stands in.
    """

    topic: str
    probability: float
    threshold: float
    words: tuple[tuple[str, float], ...]
    spans: tuple[tuple[int, int, float], ...]


def explain(text: str, classifier: Classifier, topics: Sequence[str] = ()) -> list[Explanation]:
    """Return an explanation for each of `topics`, or for those with the largest probability; offsets are code points.

    Raises ValueError where the classifier has no such topic.
    """
    for topic in topics:
        if topic not in classifier.topics:
            raise ValueError(f"no topic {topic!r}; the classifier has {', '.join(classifier.topics)}")
    document = make_document(text)
    whole, _ = count_grams([document], classifier.grams, classifier.weighing)
    entries = weigh_by(whole, classifier.idf)
    probability = classifier.score([document]).articles[0]
    margin = probability - classifier.thresholds
    chosen = [classifier.topics.index(topic) for topic in topics] or [
        int(k) for k in np.argsort(-margin, kind="stable") if margin[k] >= 0 or k == int(np.argmax(margin))
    ]
    out = []
    for k in chosen:
        worth = entries.values * classifier.weights[entries.column, k] * classifier.slope[k]
        order = np.argsort(-np.abs(worth), kind="stable")
        words = tuple((classifier.grams.names[entries.column[i]], round(float(worth[i]), 4)) for i in order)
        out.append(
            Explanation(
                classifier.topics[k],
                float(probability[k]),
                float(classifier.thresholds[k]),
                words,
                _spans(document.passages, dict(words)),
            )
        )
    return out


def _spans(passages: Sequence[Span], worth: dict[str, float]) -> tuple[tuple[int, int, float], ...]:
    spans: list[tuple[int, int, float]] = []
    for passage in passages:
        found = token_spans(passage.text)
        words = [fold(passage.text[a:b]) for a, b in found]
        sums = [0.0] * len(words)
        for n in range(1, MAX_N + 1):
            for i in range(len(words) - n + 1):
                value = worth.get(" ".join(words[i : i + n]), 0.0) / n
                for j in range(i, i + n):
                    sums[j] += value
        spans += [
            (passage.start + a, passage.start + b, round(value, 4))
            for (a, b), value in zip(found, sums, strict=True)
            if value
        ]
    return tuple(spans)
