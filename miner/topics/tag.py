"""Tag articles and their passages with topics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from miner.records import Facts, Passage, TopicTag
from miner.topics.classifier import Classifier
from miner.topics.documents import make_document
from miner.topics.modelfile import load_classifier


def tag_topics(batch: Sequence[Facts], classifier: Classifier | None = None) -> list[Facts]:
    """Return the facts of `batch` with their topics and passages (guide section 5).

    `classifier` defaults to the shipped one. Passages are the sentences; a topic's share is the share of passages
    that carry it. Raises ClassifierError where the shipped files do not fit.
    """
    if not batch:
        return []
    if classifier is None:
        classifier = load_classifier()
    documents = [make_document(facts.article.text, facts.sentences) for facts in batch]
    scores = classifier.score(documents)
    carried = scores.passages >= classifier.passage_rule.threshold
    out = []
    for i, (facts, document) in enumerate(zip(batch, documents, strict=True)):
        rows = slice(scores.first[i], scores.first[i + 1])
        share = carried[rows].mean(axis=0) if document.passages else np.zeros(len(classifier.topics))
        topics = tuple(
            TopicTag(classifier.topics[k], round(float(scores.articles[i, k]), 4), round(float(share[k]), 4))
            for k in sorted(
                np.flatnonzero(scores.articles[i] >= classifier.thresholds), key=lambda k: -scores.articles[i, k]
            )
        )
        passages: list[list[TopicTag]] = [[] for _ in document.passages]
        for j, k in zip(*np.nonzero(carried[rows]), strict=True):
            passages[j].append(TopicTag(classifier.topics[k], round(float(scores.passages[rows.start + j, k]), 4)))
        spans = tuple(
            Passage(span.start, span.end, tuple(sorted(tags, key=lambda tag: -tag.probability)))
            for span, tags in zip(document.passages, passages, strict=True)
        )
        out.append(replace(facts, topics=topics, passages=spans))
    return out
