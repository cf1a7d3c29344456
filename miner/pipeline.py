"""miner's layers as spaCy components, for a pipeline of your own.

`import miner.pipeline`, then `nlp.add_pipe("miner_figures")` and read `doc._.miner.figures` (records with exact
offsets) or `doc.spans["miner_figures"]` (the same, widened to whole tokens: spans never depend on tokens).
A component runs the layers that it needs and that no component before it has run, each once;
`nlp.add_pipe("miner")` runs them all. Set `doc.user_data["published"]` (a date) before, where it is known.
The records live in `doc.user_data`: give `exclude=["user_data"]` to
`Doc.to_bytes`, and use `miner run --jobs` rather than `nlp.pipe(n_process=…)` for many processes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from spacy.language import Language
from spacy.tokens import Doc

from miner.extract import LAYERS, Layer, run_layers
from miner.records import Article, Facts, Figure, Mention, Unit
from miner.text import nfc
from miner.topics import tag_topics

# Fields of Facts that are shown as span groups, under `miner_` and their name.
_GROUPS = ("units", "dates", "models", "figures", "awards")
_FACTS, _DONE = "miner", "miner_done"


def _facts(doc: Doc) -> Facts:
    facts: Facts | None = doc.user_data.get(_FACTS)
    if facts is None:
        if nfc(doc.text) != doc.text:
            raise ValueError("the text of this Doc is not NFC, so offsets would not fit: nlp(miner.text.nfc(text))")
        facts = Facts(Article("doc", doc.text, published=doc.user_data.get("published")))
    return facts


def _getter(field: str):  # type: ignore[no-untyped-def]  # spaCy's own type for getters is Any
    return lambda doc: getattr(_facts(doc), field)


def _register_extensions() -> None:
    if not Doc.has_extension("miner"):
        Doc.set_extension("miner", getter=_facts)
        for name in {field for layer in LAYERS for field in layer.gives} | {"topics", "passages"}:
            Doc.set_extension(f"miner_{name}", getter=_getter(name))


def _label(mention: Mention) -> str:
    if isinstance(mention, Unit | Figure):
        return mention.kind
    return str(getattr(mention, "type", ""))


def _show(doc: Doc, facts: Facts, fields: Iterable[str]) -> None:
    """Put `facts` on the doc, with a span group for each of `fields` that has one."""
    doc.user_data[_FACTS] = facts
    for field in fields:
        if field in _GROUPS:
            spans = [
                doc.char_span(m.start, m.end, label=_label(m), alignment_mode="expand") for m in getattr(facts, field)
            ]
            doc.spans[f"miner_{field}"] = [span for span in spans if span is not None]


class LayerComponent:
    """One layer on a Doc; see the module's text."""

    def __init__(self, last: Layer) -> None:
        self.last = last

    def __call__(self, doc: Doc) -> Doc:
        """Return `doc` with the layer's facts."""
        done: tuple[str, ...] = doc.user_data.get(_DONE, ())
        todo = [layer for layer in LAYERS[: LAYERS.index(self.last) + 1] if layer.name not in done]
        facts = run_layers(_facts(doc), todo)
        doc.user_data[_DONE] = (*done, *(layer.name for layer in todo))
        _show(doc, facts, {field for layer in todo for field in layer.gives})
        return doc


class TopicsComponent:
    """Topics and passages, in batches."""

    def __call__(self, doc: Doc) -> Doc:
        """Return `doc` with topics and passages."""
        return self._tag([doc])[0]

    def pipe(self, stream: Iterable[Doc], batch_size: int = 64) -> Iterator[Doc]:
        """Yield the docs of `stream`, tagged `batch_size` at a time."""
        docs = iter(stream)
        while batch := list(islice(docs, batch_size)):
            yield from self._tag(batch)

    def _tag(self, docs: list[Doc]) -> list[Doc]:
        for doc, facts in zip(docs, tag_topics([_facts(doc) for doc in docs]), strict=True):
            doc.user_data[_FACTS] = facts
        return docs


class AllLayers:
    """Every layer, topics too."""

    def __call__(self, doc: Doc) -> Doc:
        """Return `doc` with all facts."""
        facts = tag_topics([run_layers(_facts(doc))])[0]
        doc.user_data[_DONE] = tuple(layer.name for layer in LAYERS)
        _show(doc, facts, _GROUPS)
        return doc


def _add_factories() -> None:
    for layer in LAYERS:

        def create(nlp: Language, name: str, layer: Layer = layer) -> LayerComponent:
            return LayerComponent(layer)

        Language.factory(
            f"miner_{layer.name}",
            assigns=[f"doc._.miner_{field}" for field in layer.gives],
            requires=[f"doc._.miner_{field}" for field in layer.needs],
            func=create,
        )
    Language.factory(
        "miner_topics",
        assigns=["doc._.miner_topics", "doc._.miner_passages"],
        func=lambda nlp, name: TopicsComponent(),
    )
    Language.factory(
        "miner",
        assigns=["doc._.miner"],
        func=lambda nlp, name: AllLayers(),
    )


_register_extensions()
_add_factories()
__all__ = ["AllLayers", "LayerComponent", "TopicsComponent"]
