"""Words and their tags by underthesea, on demand, as records and as CoNLL-U.

No layer builds on words: one word segmentation costs more than all finders together (PEERS.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from miner.labelling.document import regions
from miner.records import Facts, Span
from miner.sentences import split_sentences
from miner.text import key

# The tags of the VLSP treebank, as underthesea gives them, in Universal Dependencies' terms.
UPOS = {
    "N": "NOUN", "Nc": "NOUN", "Ny": "NOUN", "Nu": "NOUN", "Nb": "NOUN", "Ni": "NOUN", "Np": "PROPN",
    "V": "VERB", "Vb": "VERB", "Vy": "VERB", "A": "ADJ", "Ab": "ADJ", "P": "PRON", "R": "ADV", "L": "DET",
    "M": "NUM", "E": "ADP", "C": "SCONJ", "Cc": "CCONJ", "I": "INTJ", "T": "PART", "CH": "PUNCT",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word(Span):
    """One word (spaces inside are kept) with underthesea's tag."""

    tag: str


@cache
def _tagger() -> Any:
    from underthesea import pos_tag

    return pos_tag


def find_words(text: str) -> Iterator[tuple[Span, list[Word]]]:
    """Yield each sentence of `text` with its words; `text[w.start:w.end] == w.text`.

    underthesea normalises what it reads, so its words are laid onto the text by counting letters. A sentence
    where that fails is cut at white space instead, each piece tagged `X`.
    """
    for sentence in split_sentences(text):
        pairs = _tagger()(sentence.text)
        yield sentence, _align(text, sentence, pairs) or _pieces(text, sentence)


def _align(text: str, sentence: Span, pairs: list[tuple[str, str]]) -> list[Word]:
    letters = [i for i in range(sentence.start, sentence.end) if not text[i].isspace()]
    words, at = [], 0
    for form, tag in pairs:
        size = sum(not c.isspace() for c in form)
        if size == 0 or at + size > len(letters):
            return []
        start, end = letters[at], letters[at + size - 1] + 1
        if "".join(key(form).split()) != "".join(key(text[start:end]).split()):
            return []
        words.append(Word(start, end, text[start:end], tag))
        at += size
    return words if at == len(letters) else []


def _pieces(text: str, sentence: Span) -> list[Word]:
    words, at = [], sentence.start
    for piece in sentence.text.split():
        at = text.index(piece, at)
        words.append(Word(at, at + len(piece), piece, "X"))
        at += len(piece)
    return words


def to_conllu(text: str, id: str = "text", facts: Facts | None = None) -> str:
    """Return `text` in CoNLL-U: XPOS holds underthesea's tag, MISC the offsets into the text (end exclusive).

    With `facts`, MISC also tells of each layer whether the word begins or continues a mention (`Unit=B-police`).
    """
    mentions = sorted((r.start, r.end, r.name) for r in regions(facts)[0]) if facts else []
    lines = [f"# newdoc id = {id}"]
    for number, (sentence, words) in enumerate(find_words(text), 1):
        lines += [f"# sent_id = {id}-{number}", f"# text = {' '.join(sentence.text.split())}"]
        for index, word in enumerate(words, 1):
            form = " ".join(word.text.split())
            glued = index < len(words) and words[index].start == word.end
            misc = f"Start={word.start}|End={word.end}" + ("|SpaceAfter=No" if glued else "")
            misc += "".join(_marks(word, mentions))
            lines.append(f"{index}\t{form}\t_\t{UPOS.get(word.tag, 'X')}\t{word.tag}\t_\t_\t_\t_\t{misc}")
        lines.append("")
    return "\n".join(lines) + "\n"


def _marks(word: Span, mentions: list[tuple[int, int, str]]) -> Iterator[str]:
    for start, end, name in mentions:
        if start < word.end and word.start < end:
            layer, _, kind = name.partition("/")
            yield f"|{layer.capitalize()}={'B' if word.start <= start else 'I'}{f'-{kind}' if kind else ''}"
