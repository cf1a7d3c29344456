"""spaCy's training format: a DocBin with spans, entities, topics and ids."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from miner.labelling.document import regions
from miner.records import Facts

_TOKEN = re.compile(r"\w+|[^\w\s]|\s+")


def to_docbin(many: Iterable[Facts], topics: Iterable[str]) -> tuple[bytes, int]:
    """Return articles as the bytes of a `.spacy` file, and their number.

    Words are cut at white space, punctuation and the bounds of mentions, so that every mention is a run of tokens.
    `doc.spans["miner"]` has all of them, `doc.ents` the longest where two overlap, `doc.cats` the topics.
    """
    import spacy
    from spacy.tokens import Doc, DocBin
    from spacy.util import filter_spans

    vocab = spacy.blank("xx").vocab
    store = DocBin(attrs=["ORTH", "SPACY", "ENT_IOB", "ENT_TYPE"], store_user_data=True)
    names = tuple(topics)
    count = 0
    for facts in many:
        count += 1
        text = facts.article.text
        found, _ = regions(facts)
        words, spaces = _tokens(text, {at for r in found for at in (r.start, r.end)})
        doc = Doc(vocab, words=words, spaces=spaces)
        spans: list[Any] = [doc.char_span(r.start, r.end, label=r.name) for r in found]
        doc.spans["miner"] = spans
        doc.ents = tuple(filter_spans(spans))
        tags = {tag.name for tag in facts.topics}
        doc.cats = {name: float(name in tags) for name in names}
        doc.user_data["id"] = facts.article.id
        store.add(doc)
    return store.to_bytes(), count


def _tokens(text: str, cuts: set[int]) -> tuple[list[str], list[bool]]:
    """Return the words, and whether one blank follows each, so that they spell `text` again."""
    words: list[str] = []
    spaces: list[bool] = []
    for token in _TOKEN.finditer(text):
        start, end = token.span()
        if token[0].isspace():
            if token[0][0] == " " and words and not spaces[-1]:
                spaces[-1], start = True, start + 1
            if start == end:
                continue
        edges = [start, *sorted(at for at in cuts if start < at < end), end]
        for a, b in pairwise(edges):
            words.append(text[a:b])
            spaces.append(False)
    return words, spaces
