"""What a labelled document says of the machine's facts, as reviews."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from miner.labelling import Label, Labelled, labelled
from miner.numerals import read_number
from miner.records import Facts
from miner.store.reviews import FIELDS, Review

Fact = tuple[str, int, int, str]
"""Layer, start, end and words; of a topic, 0, 0 and its name."""


def document_reviews(
    facts: Facts, document: Labelled, reviewer: str, earlier: Mapping[Fact, str] | None = None
) -> Iterator[Review]:
    """Yield a review of every fact in the layers that `document` labels: right, fix, wrong, or added.

    `facts` are as the database holds them, with the corrections that `earlier` reviews made (fact → verdict). A fact
    and a label are one where layer and span are the same; only fields that the document carries are compared.
    """
    earlier = earlier or {}
    machine = labelled(facts)
    mine = {_key(label): label for label in machine.labels}
    theirs = {_key(label): label for label in document.labels}
    for key, label in sorted(mine.items()):
        if label.layer in document.layers and key not in theirs:
            yield _review(document, label, "wrong", reviewer)
    for key, label in sorted(theirs.items()):
        fields = {name: value for name, value in label.fields.items() if name in FIELDS[label.layer]}
        known, before = mine.get(key), earlier.get(key)
        if known is None:
            # A fact that an earlier review struck out is the machine's own again.
            verdict = "add" if before != "wrong" else "fix" if fields else "right"
            yield _review(document, label, verdict, reviewer, (_read(label) | fields) if verdict == "add" else fields)
            continue
        fixes = {name: value for name, value in fields.items() if not _same(known.fields.get(name, value), value)}
        if before in ("fix", "add"):
            # Only a difference says something new, and it must not undo what was corrected before.
            if fixes:
                kept = {name: value for name, value in known.fields.items() if name in FIELDS[label.layer]}
                yield _review(document, label, before, reviewer, kept | fields)
            continue
        yield _review(document, label, "fix" if fixes else "right", reviewer, fixes)
    if "topic" in document.layers:
        yield from _topics(machine.topics, document, reviewer, earlier)


def _topics(
    machine: tuple[str, ...], document: Labelled, reviewer: str, earlier: Mapping[Fact, str]
) -> Iterator[Review]:
    for topic in machine:
        if topic not in document.topics:
            yield Review(document.article_id, "topic", 0, 0, topic, "wrong", reviewer)
        elif earlier.get(("topic", 0, 0, topic)) != "add":
            yield Review(document.article_id, "topic", 0, 0, topic, "right", reviewer)
    for topic in document.topics:
        if topic not in machine:
            verdict = "right" if earlier.get(("topic", 0, 0, topic)) == "wrong" else "add"
            yield Review(document.article_id, "topic", 0, 0, topic, verdict, reviewer)


def _key(label: Label) -> Fact:
    return label.layer, label.start, label.end, label.text


def _same(one: Any, two: Any) -> bool:
    return sorted(one) == sorted(two) if isinstance(one, list) and isinstance(two, list) else bool(one == two)


def _review(
    document: Labelled, label: Label, verdict: str, reviewer: str, fixes: Mapping[str, Any] | None = None
) -> Review:
    return Review(document.article_id, label.layer, label.start, label.end, label.text, verdict, reviewer, fixes or {})


def _read(label: Label) -> dict[str, Any]:
    """Return what the words of an added figure say by themselves."""
    number = read_number(label.text.lower(), 0) if label.layer == "figure" else None
    if number is None:
        return {}
    return {"value": number.value, "value_max": number.value_max, "comparator": number.comparator}
