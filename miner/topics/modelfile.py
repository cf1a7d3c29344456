"""A folder with a fitted topic classifier: `topics.skops`, `card.json` for machines and `README.md` for people."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from miner.errors import ClassifierError
from miner.topics.classifier import Classifier, PassageRule
from miner.topics.documents import Weighing
from miner.topics.grams import Grams, seed_pattern
from miner.topics.skopsfile import read_skops

FORMAT = 5
"""Rises when features or the file's layout change, so that an older file is refused, not misread."""

_PACKAGE = Path(__file__).resolve().parent.parent
SHIPPED = next((p for p in (_PACKAGE / "models" / "topics",) if p.exists()), _PACKAGE.parent / "models" / "topics")
"""The classifier that comes with miner: in the package where it is installed, beside it in the source tree."""

FILE, CARD, README = "topics.skops", "card.json", "README.md"


def digest_of(path: Path) -> str:
    """Return the SHA-256 of the file `path` in hexadecimal digits."""
    return sha256(path.read_bytes()).hexdigest()


def read_card(folder: Path) -> dict[str, Any]:
    """Return the model card of `folder`.

    Raises ClassifierError where it is missing or is no card.
    """
    path = folder / CARD
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ClassifierError(path, "is missing; make the classifier with scripts/train-topics") from None
    except ValueError as error:
        raise ClassifierError(path, f"is not JSON ({error}); make the classifier anew") from None
    if not isinstance(card, dict) or not {"format", "digest", "scikit-learn", "topics"} <= card.keys():
        raise ClassifierError(path, "lacks format, digest, scikit-learn or topics; make the classifier anew")
    return card


def check_card(folder: Path, card: dict[str, Any]) -> None:
    """Raise ClassifierError where the file in `folder` is not the one that `card` describes, or does not fit us."""
    path = folder / FILE
    if card["format"] != FORMAT:
        raise ClassifierError(
            path, f"has format {card['format']}, this miner reads {FORMAT}; train it anew with `miner topics train`"
        )
    have, made = version("scikit-learn"), str(card["scikit-learn"])
    if have.split(".")[:2] != made.split(".")[:2]:
        raise ClassifierError(
            path,
            f"was made with scikit-learn {made}, installed is {have}; install scikit-learn {made}"
            " or train it anew with `miner topics train`",
        )
    if not path.exists():
        raise ClassifierError(path, "is missing; make it with scripts/train-topics")
    found = digest_of(path)
    if found != card["digest"]:
        raise ClassifierError(
            path,
            f"has digest {found[:12]}…, its card says {str(card['digest'])[:12]}…: it was changed or damaged;"
            " take both files from one release or train it anew",
        )


@cache
def load_classifier(folder: Path = SHIPPED) -> Classifier:
    """Return the classifier in `folder`, read once.

    Raises ClassifierError where a file is missing, damaged, tampered with or made by a version that does not fit.
    """
    card = read_card(folder)
    check_card(folder, card)
    held = read_skops(folder / FILE)
    try:
        vectorizer, rest = held["pipeline"]["steps"][0][1], held["pipeline"]["steps"][1][1]
        linear = rest["estimators_"]
        rule = held["passage_rule"]
        return Classifier(
            topics=tuple(held["topics"]),
            grams=Grams(vectorizer["grams_"].split("\n")),
            idf=vectorizer["idf_"].astype(float),
            weighing=Weighing(vectorizer["title"], vectorizer["opening"], vectorizer["rest"]),
            weights=np.ascontiguousarray(np.array([each["coef_"].ravel() for each in linear], dtype=np.float32).T),
            bias=np.array([each["intercept_"].item() for each in linear], dtype=float),
            slope=held["slope"].astype(float),
            offset=held["offset"].astype(float),
            thresholds=held["thresholds"].astype(float),
            passage_rule=PassageRule(**rule),
            evidence={kind: tuple(names) for kind, names in held["evidence"].items()},
            seeds=tuple(seed_pattern(held["seeds"][name]) for name in held["topics"]),
        )
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise ClassifierError(folder / FILE, f"is no topic classifier ({error!r}); train it anew") from None
