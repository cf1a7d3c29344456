"""The conductor: an article goes through the layers in order and comes out as Facts.

`LAYERS` is the one list of what runs, what each layer needs and what it gives; `pipeline` offers the same list
as spaCy components. Layers are pure: nothing here reads or writes files, but for the packaged tables.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import islice

from miner.awards import find_awards
from miner.community_models import find_community_models
from miner.dates import find_dates
from miner.figures import find_figures, understand_figures
from miner.records import Article, Facts
from miner.sentences import split_sentences
from miner.text import make_article
from miner.topics import tag_topics
from miner.units import find_units, resolve_units

BATCH = 64
"""Articles that go through each layer together; `text.lower` remembers as many. scikit-learn costs ten times more
one by one, and the other layers an eighth more."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One step: the fields of Facts that it reads, those that it sets, and the function that does it."""

    name: str
    needs: tuple[str, ...]
    gives: tuple[str, ...]
    run: Callable[[Facts], Facts]


def _sentences(facts: Facts) -> Facts:
    return replace(facts, sentences=split_sentences(facts.article.text))


def _units(facts: Facts) -> Facts:
    return replace(facts, units=find_units(facts.article.text, facts.sentences))


def _resolve(facts: Facts) -> Facts:
    units, home = resolve_units(facts.article, facts.units)
    return replace(facts, units=units, home=home)


def _models(facts: Facts) -> Facts:
    models = find_community_models(facts.article.text, facts.sentences, facts.units)
    # A club or group that is a model is not a unit as well (guide section 4).
    units = tuple(u for u in facts.units if not any(m.start < u.end and u.start < m.end for m in models))
    return replace(facts, models=models, units=units)


def _dates(facts: Facts) -> Facts:
    return replace(facts, dates=find_dates(facts.article.text, facts.article.published))


def _figures(facts: Facts) -> Facts:
    text = facts.article.text
    figures = find_figures(text, facts.sentences, facts.units, facts.models, facts.dates)
    return replace(facts, figures=understand_figures(text, facts.sentences, figures, facts.units, facts.dates))


def _awards(facts: Facts) -> Facts:
    text = facts.article.text
    return replace(facts, awards=find_awards(text, facts.sentences, facts.units, facts.figures, facts.dates))


LAYERS: tuple[Layer, ...] = (
    Layer("sentences", (), ("sentences",), _sentences),
    Layer("units", ("sentences",), ("units",), _units),
    Layer("places", ("units",), ("units", "home"), _resolve),
    Layer("community_models", ("sentences", "units"), ("models", "units"), _models),
    Layer("dates", (), ("dates",), _dates),
    Layer("figures", ("sentences", "units", "models", "dates"), ("figures",), _figures),
    Layer("awards", ("sentences", "units", "figures", "dates"), ("awards",), _awards),
)


def extract_articles(articles: Iterable[Article]) -> Iterator[Facts]:
    """Yield the facts of each article, in order; topics are tagged in batches of BATCH articles."""
    source = iter(articles)
    while batch := list(islice(source, BATCH)):
        facts = [Facts(article) for article in batch]
        for layer in LAYERS:  # one after the other over the batch: what a layer reads stays in the processor's cache
            facts = [layer.run(found) for found in facts]
        yield from tag_topics(facts)


def run_layers(facts: Facts, layers: Sequence[Layer] = LAYERS) -> Facts:
    """Run `layers` over `facts` in order; topics are not among them, since they are tagged in batches."""
    for layer in layers:
        facts = layer.run(facts)
    return facts


@cache
def warm_up() -> None:
    """Load every table and classifier, once a process, and keep them out of the garbage collector's rounds.

    For runs over many articles: the tables never become garbage, and looking through them again and again costs a
    fifth of the time.
    """
    text = "Công an tỉnh tặng Bằng khen cho 2 cá nhân ngày 3/4/2019. Mô hình “Camera an ninh” ra đời."
    tag_topics([run_layers(Facts(make_article("warm-up", text)))])
    gc.collect()
    gc.freeze()


def extract(text: str, *, published: date | None = None) -> Facts:
    """Return the facts of one text; `facts.article.text` is the text that offsets point into (`text` in NFC).

    Raises InputError where the text is empty.
    """
    article = make_article("text", text, published=published)
    return next(extract_articles([article]))


def check_order(layers: Sequence[Layer] = LAYERS) -> None:
    """Raise ValueError where a layer needs what no layer before it gives."""
    given: set[str] = set()
    for layer in layers:
        missing = [need for need in layer.needs if need not in given]
        if missing:
            raise ValueError(f"layer {layer.name} needs {', '.join(missing)}, which no layer before it gives")
        given.update(layer.gives)
