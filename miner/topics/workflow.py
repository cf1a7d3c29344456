"""Train, measure and write a topic classifier: what `miner topics train` and `scripts/train-topics` do."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from miner.errors import InputError, OutputError
from miner.topics.classifier import Classifier
from miner.topics.documents import make_document
from miner.topics.labels import Item, check_counts, file_of, read_items
from miner.topics.modelfile import CARD, FILE, FORMAT, README, digest_of, load_classifier
from miner.topics.skopsfile import write_skops
from miner.topics.taxonomy import Taxonomy
from miner.topics.training import (
    Calibration,
    Data,
    Settings,
    assemble,
    calibrate,
    cross_scores,
    fit,
    labels_of,
    prepare,
)
from miner.topics.validation import Scores, as_table, score


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a training or an evaluation found: cross-validated scores and where they come from."""

    scores: Scores
    calibration: Calibration
    data: Data


def read_texts(path: Path) -> dict[str, str]:
    """Return the texts of a `.jsonl` or `.jsonl.gz` file by id (`id`, `text`).

    Raises InputError with the line that is no such object.
    """
    out: dict[str, str] = {}
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    try:
                        row = json.loads(line)
                        out[str(row.get("id", number))] = str(row["text"])
                    except (ValueError, KeyError, TypeError, AttributeError):
                        raise InputError(f"{path}, line {number}", "is no JSON object with a `text`") from None
    except (OSError, UnicodeDecodeError, EOFError) as error:
        raise InputError(str(path), f"cannot be read: {error}") from None
    return out


def read_labelled(paths: Sequence[Path], taxonomy: Taxonomy, texts: Mapping[str, str] | None = None) -> list[Item]:
    """Return the items of all `paths`; a text that stands in two of them counts once, as labelled first."""
    items: dict[str, Item] = {}
    for path in paths:
        for item in read_items(path, taxonomy, texts):
            items.setdefault(" ".join(item.text.casefold().split()), item)
    return list(items.values())


def evaluate(
    taxonomy: Taxonomy,
    items: Sequence[Item],
    unlabelled: Sequence[str] = (),
    *,
    measured: Iterable[str] | None = None,
    settings: Settings | None = None,
) -> Outcome:
    """Cross-validate in five folds; every text is judged by a model that saw neither it nor its threshold.

    `measured` are the ids that the scores are taken over (all by default); the others only train.
    Raises InputError where a topic has too few examples.
    """
    settings = settings or Settings()
    check_counts(items, taxonomy)
    data = prepare(taxonomy, items, unlabelled, settings)
    raw, folds = cross_scores(data, settings)
    probabilities, given = np.zeros_like(data.Y), np.zeros_like(data.Y)
    for fold in folds:
        rest = np.setdiff1d(np.arange(len(items)), fold)
        calibration = calibrate(raw[rest], data.Y[rest])
        probabilities[fold] = calibration.probabilities(raw[fold])
        given[fold] = probabilities[fold] >= calibration.thresholds
    wanted = set(measured) if measured is not None else {item.id for item in items}
    rows = np.array([i for i, item in enumerate(items) if item.id in wanted])
    scores = score(taxonomy.names, data.Y[rows], probabilities[rows], given[rows])
    return Outcome(scores, calibrate(raw, data.Y), data)


def measure(classifier: Classifier, items: Sequence[Item], taxonomy: Taxonomy) -> Scores:
    """Return how well `classifier` judges `items`, which it must not have been trained on."""
    probabilities = classifier.score([make_document(item.text) for item in items]).articles
    given = (probabilities >= classifier.thresholds).astype(float)
    return score(taxonomy.names, labels_of(items, taxonomy), probabilities, given)


def train(
    taxonomy: Taxonomy,
    items: Sequence[Item],
    folder: Path,
    unlabelled: Sequence[str] = (),
    *,
    measured: Iterable[str] | None = None,
    settings: Settings | None = None,
    made: date | None = None,
) -> Outcome:
    """Train on all `items`, measure by cross-validation, and write classifier and card to `folder`.

    The same input gives the same file. Raises InputError where labels do not suffice, OutputError where `folder`
    cannot be written.
    """
    settings = settings or Settings()
    outcome = evaluate(taxonomy, items, unlabelled, measured=measured, settings=settings)
    fitted = fit(outcome.data, np.arange(len(items)), settings)
    pipeline, _ = assemble(outcome.data, fitted, outcome.calibration, settings)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_skops(
            {
                "format": FORMAT,
                "topics": list(taxonomy.names),
                "pipeline": pipeline,
                "slope": outcome.calibration.slope,
                "offset": outcome.calibration.offset,
                "thresholds": outcome.calibration.thresholds,
                "passage_rule": asdict(settings.passage_rule),
                "seeds": {topic.name: list(topic.seeds) for topic in taxonomy.topics},
                "evidence": {kind: list(names) for kind, names in taxonomy.evidence.items()},
            },
            folder / FILE,
        )
        card = make_card(taxonomy, items, unlabelled, outcome, settings, folder / FILE, made)
        (folder / CARD).write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        (folder / README).write_text(render_card(card, outcome.scores), encoding="utf-8")
    except OSError as error:
        raise OutputError(folder, f"cannot be written: {error.strerror}") from None
    load_classifier.cache_clear()
    return outcome


def make_card(
    taxonomy: Taxonomy,
    items: Sequence[Item],
    unlabelled: Sequence[str],
    outcome: Outcome,
    settings: Settings,
    file: Path,
    made: date | None,
) -> dict[str, Any]:
    """Return the model card as data: origin and size of what it learnt from, scores, versions, digest, date."""
    origin = Counter(Path(file_of(item.where)).name for item in items)
    scores = outcome.scores
    return {
        "format": FORMAT,
        "digest": digest_of(file),
        "bytes": file.stat().st_size,
        "made": (made or date.today()).isoformat(),
        "miner": _version("miner"),
        "scikit-learn": _version("scikit-learn"),
        "skops": _version("skops"),
        "topics": list(taxonomy.names),
        "labelled": dict(sorted(origin.items())),
        "examples": {name: int(n) for name, n in zip(taxonomy.names, outcome.data.Y.sum(axis=0), strict=True)},
        "unlabelled": len(unlabelled),
        "settings": asdict(settings),
        "thresholds": dict(zip(taxonomy.names, outcome.calibration.thresholds.tolist(), strict=True)),
        "measured_on": scores.texts,
        "macro_f1": round(scores.macro_f1, 4),
        "micro_f1": round(scores.micro_f1, 4),
        "ece": round(scores.ece, 4),
        "f1": {row.topic: round(row.f1, 4) for row in scores.rows},
    }


def render_card(card: Mapping[str, Any], scores: Scores) -> str:
    """Return the model card for people, as Markdown."""
    data = "\n".join(f"- `{name}`: {n} texts" for name, n in card["labelled"].items())
    return f"""# Topic classifier

Tags Vietnamese news reports and their passages with {len(card["topics"])} topics. Linear models over n-grams of
syllables, one for each topic, calibrated. Made by `miner topics train` (the shipped one by `scripts/train-topics`) on
{card["made"]} with miner {card["miner"]}, scikit-learn {card["scikit-learn"]}, skops {card["skops"]}.

`{FILE}` has {card["bytes"]:,} bytes and the SHA-256 `{card["digest"]}`; miner refuses a file with another.
Loading it runs no code: the types in it are checked against `miner.topics.skopsfile.ALLOWED`.

## Data
{data}
- {card["unlabelled"]:,} unlabelled reports: word frequencies, and weak labels by seed words

The labels follow section 5 of the annotation guide. `topics-extra-labels.csv` and `topics.jsonl` were labelled and
written by a language model that read the guide; nobody checked them a second time.

## Scores
Five-fold cross-validation; every text was judged by a model that saw neither it nor its threshold.

```
{as_table(scores)}
```

## Limits
- Learnt from national and provincial newspapers of 2015-2019 and invented portal notices (`topics.jsonl`): words that
  came into use later, and the reports of offices, are judged less surely. Rare topics rest on few examples (see
  `{CARD}`).
- English and unaccented text gives no meaningful topics.
- A topic is what the labels say it is: read the guide's rulings before comparing with another codebook.
- Probabilities are calibrated for reports like these; with another mix of topics they are not.
"""


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


__all__ = ["Outcome", "evaluate", "labels_of", "measure", "read_labelled", "read_texts", "render_card", "train"]
