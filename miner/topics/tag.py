"""Tag articles and their passages with topics."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from miner.records import Facts, Passage, Span, TopicTag
from miner.topics.classifier import Classifier, Scores
from miner.topics.documents import Document, make_document
from miner.topics.grams import Bools, Floats, fold
from miner.topics.modelfile import load_classifier

COUNTS = frozenset({"count", "money", "percent", "quantity"})
"""The kinds of figures that say what was done; ages and durations do not."""

PROVEN = 0.9
"""The probability of a topic that a fact of another layer proves."""


def tag_topics(batch: Sequence[Facts], classifier: Classifier | None = None, *, abstain: float = 0.0) -> list[Facts]:
    """Return the facts of `batch` with their topics and passages (guide section 5).

    `classifier` defaults to the shipped one. Passages are the sentences; a topic's share is the share of passages
    that carry it. Topics whose probability lies less than `abstain` above their threshold are not given.
    Raises ClassifierError where the shipped files do not fit.
    """
    if not batch:
        return []
    if classifier is None:
        classifier = load_classifier()
    documents = [make_document(facts.article.text, facts.sentences) for facts in batch]
    scores = classifier.score(documents)
    articles, passages = scores.articles, scores.passages
    for i, (facts, document) in enumerate(zip(batch, documents, strict=True)):
        for k, spans in _proven(facts, classifier):
            articles[i, k] = max(articles[i, k], PROVEN)
            for j, passage in enumerate(document.passages, scores.first[i]):
                if any(span.start < passage.end and passage.start < span.end for span in spans):
                    passages[j, k] = max(passages[j, k], PROVEN)
    _tell(batch, documents, scores, classifier)
    given = articles >= np.minimum(classifier.thresholds + abstain, PROVEN)
    carried = passages >= classifier.passage_rule.threshold
    out = []
    for i, (facts, document) in enumerate(zip(batch, documents, strict=True)):
        rows = slice(scores.first[i], scores.first[i + 1])
        share = carried[rows].mean(axis=0) if document.passages else np.zeros(len(classifier.topics))
        topics = tuple(
            TopicTag(classifier.topics[k], round(float(articles[i, k]), 4), round(float(share[k]), 4))
            for k in sorted(np.flatnonzero(given[i]), key=lambda k: -articles[i, k])
        )
        where = document.passages
        out.append(replace(facts, topics=topics, passages=_passages(where, carried[rows], passages[rows], classifier)))
    return out


def _passages(
    spans: Sequence[Span], carried: Bools, probabilities: Floats, classifier: Classifier
) -> tuple[Passage, ...]:
    tags: list[tuple[TopicTag, ...]] = [()] * len(spans)
    where = *(axis.tolist() for axis in np.nonzero(carried)), np.round(probabilities[carried], 4).tolist()
    for j, k, probability in zip(*where, strict=True):
        tag = TopicTag(classifier.topics[k], probability)
        tags[j] = tuple(sorted((*tags[j], tag), key=_first)) if tags[j] else (tag,)
    return tuple([Passage(span.start, span.end, own) for span, own in zip(spans, tags, strict=True)])


def _tell(batch: Sequence[Facts], documents: Sequence[Document], scores: Scores, classifier: Classifier) -> None:
    """Give an article each topic to which it gives figures in a passage of its own, as a report on a year does.

    Such a passage holds a figure and a seed word of the topic (guide section 5, last ruling).
    """
    articles, passages, told = scores.articles, scores.passages, classifier.passage_rule.told
    of = np.repeat(np.arange(len(batch)), [len(document.passages) for document in documents])
    starts: dict[int, list[int]] = {}
    for row, k in np.argwhere((passages >= told) & (articles < classifier.thresholds)[of]).tolist():
        i, seeds = int(of[row]), classifier.seeds[k]
        passage = documents[i].passages[row - scores.first[i]]
        if i not in starts:
            starts[i] = [figure.start for figure in batch[i].figures if figure.kind in COUNTS]
        at = bisect_left(starts[i], passage.start)
        if at < len(starts[i]) and starts[i][at] < passage.end and seeds and seeds.search(fold(passage.text)):
            articles[i, k] = max(articles[i, k], classifier.thresholds[k], passages[row, k])


def _first(tag: TopicTag) -> float:
    return -tag.probability


def _proven(facts: Facts, classifier: Classifier) -> Iterator[tuple[int, list[Span]]]:
    """Yield the topics that facts of the other layers prove, as the taxonomy says, with where they stand."""
    found: dict[str, list[Span]] = {
        "religious_model": [model for model in facts.models if model.religious],
        "award": list(facts.awards),
    }
    for kind, names in classifier.evidence.items():
        for name in names if found.get(kind) else ():
            yield classifier.topics.index(name), found[kind]
