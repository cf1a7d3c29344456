"""Articles as the topic classifier sees them: passages in order, the title and the opening weighing more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from miner.records import Span
from miner.sentences import split_sentences
from miner.topics.grams import Entries, Floats, Grams, sum_entries


@dataclass(frozen=True, slots=True)
class Weighing:
    """What one occurrence of a gram counts: in the title, among the first `opening` syllables, and after them.

    Reports say first what they are about; names and asides come later.
    """

    title: float = 2.0
    opening: int = 150
    rest: float = 0.3


@dataclass(frozen=True, slots=True)
class Document:
    """The passages of one article, and how many of them stand in its first line, the title."""

    passages: tuple[Span, ...]
    titles: int


def make_document(text: str, sentences: Sequence[Span] = ()) -> Document:
    """Return `text` as a document; its passages are `sentences`, split here where none are given."""
    passages = tuple(sentences) or split_sentences(text)
    first = text.find("\n", len(text) - len(text.lstrip()))
    titles = sum(passage.start < first for passage in passages) if first >= 0 else 0
    return Document(passages, titles)


def count_grams(documents: Sequence[Document], grams: Grams, weighing: Weighing) -> tuple[Entries, Entries]:
    """Return the term frequencies of the documents, weighted by place, and those of all their passages.

    Rows are the documents, and the passages of all documents one after the other; columns are `grams.names`.
    Frequencies are damped as log(1 + count).
    """
    passages = [passage.text for document in documents for passage in document.passages]
    row, column, place, sizes = grams.find(passages)
    counts = np.array([len(document.passages) for document in documents], dtype=np.int64)
    document_of = np.repeat(np.arange(len(documents), dtype=np.int64), counts)
    first = np.cumsum(counts) - counts
    is_title = np.arange(len(passages)) - first[document_of] < np.array([d.titles for d in documents])[document_of]
    before = np.cumsum(sizes) - sizes
    place = place + (before - before[first[document_of]])[row]
    worth = np.where(place < weighing.opening, 1.0, weighing.rest)
    worth = np.where(is_title[row], weighing.title, worth)
    whole = sum_entries(len(documents), document_of[row], column, worth, len(grams))
    parts = sum_entries(len(passages), row, column, np.ones(len(row)), len(grams))
    return _damp(whole), _damp(parts)


def _damp(entries: Entries) -> Entries:
    return Entries(entries.rows, entries.row, entries.column, np.log1p(entries.values))


def weigh_by(entries: Entries, idf: Floats) -> Entries:
    """Return the entries times the weight of their column, every row scaled to length 1."""
    return Entries(entries.rows, entries.row, entries.column, entries.values * idf[entries.column]).normalised()
