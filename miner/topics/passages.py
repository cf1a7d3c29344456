"""Learn from labelled passages how a passage is judged: the numbers of `classifier.PassageRule`."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from miner.errors import InputError
from miner.text import nfc
from miner.topics.classifier import PassageRule, passage_signals, sigmoid
from miner.topics.documents import Document, make_document
from miner.topics.grams import Floats, Ints
from miner.topics.taxonomy import Taxonomy
from miner.topics.training import FOLDS, SEED, Calibration, Data, Fold, best_threshold


@dataclass(frozen=True, slots=True)
class LabelledPassage:
    """A passage with its topics: the sentence that starts at `start` in the text (NFC) of article `id`."""

    id: str
    start: int
    topics: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True)
class PassageOutcome:
    """The rule, and the micro F1 of its like over `passages` labelled ones whose articles it did not see."""

    rule: PassageRule
    micro_f1: float
    passages: int


def read_passages(path: Path, taxonomy: Taxonomy) -> list[LabelledPassage]:
    """Return the labelled passages of a CSV file with the columns `id`, `start` and `topics` (with `|` between).

    Raises InputError, which names the line of the first faulty one.
    """
    out = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            for row in reader:
                where = f"{path}, line {reader.line_num}"
                topics = tuple(filter(None, (row.get("topics") or "").split("|")))
                unknown = [topic for topic in topics if topic not in taxonomy.names]
                if unknown:
                    raise InputError(where, f"unknown topic {unknown[0]!r}; {taxonomy.path} does not name it")
                if not row.get("id") or not (row.get("start") or "").isdecimal():
                    raise InputError(where, "lacks an id or a start; give both, the start in characters from 0")
                out.append(LabelledPassage(row["id"], int(row["start"]), topics, where))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(str(path), f"cannot be read: {error}") from None
    return out


def fit_rule(
    labelled: Sequence[LabelledPassage],
    texts: Mapping[str, str],
    data: Data,
    folds: Sequence[Fold],
    calibration: Calibration,
    told: float,
) -> PassageOutcome:
    """Return the rule that judges `labelled` best, each by a model that was not trained on its article.

    `texts` are the articles by id. Raises InputError where an article is missing, no passage starts there, or there are
    too few articles.
    """
    ids = sorted({passage.id for passage in labelled})
    missing = [passage for passage in labelled if passage.id not in texts]
    if missing:
        raise InputError(missing[0].where, f"no text for the article {missing[0].id}; give it or take the line out")
    if len(ids) < FOLDS:
        raise InputError(
            labelled[0].where, f"passages of {len(ids)} articles are labelled, {FOLDS} articles are needed; label more"
        )
    documents = [make_document(nfc(texts[key])) for key in ids]
    signals, of = _signals(ids, documents, data, folds, calibration)
    rows = _rows(labelled, ids, documents)
    truth = np.array([[float(name in passage.topics) for name in data.taxonomy.names] for passage in labelled])
    X, article = signals[rows], of[rows]
    given = np.zeros_like(truth)
    for train, test in KFold(FOLDS, shuffle=True, random_state=SEED).split(ids):
        inside, outside = np.isin(article, train), np.isin(article, test)
        rule = _fit(X[inside], truth[inside], told)
        given[outside] = _judge(X[outside], rule) >= rule.threshold
    f1 = 2 * (given * truth).sum() / max(1.0, given.sum() + truth.sum())
    return PassageOutcome(_fit(X, truth, told), float(f1), len(labelled))


def _signals(
    ids: Sequence[str], documents: Sequence[Document], data: Data, folds: Sequence[Fold], calibration: Calibration
) -> tuple[Floats, Ints]:
    """Return SIGNALS of all passages, shape (passages, topics, signals), and the row of each one's article."""
    of = np.repeat(np.arange(len(documents)), [len(document.passages) for document in documents])
    whole, parts = data.vectorizer.transform(documents), data.vectorizer.transform_passages(documents)
    fold_of = {data.items[row].id: n for n, fold in enumerate(folds) for row in fold.rows}
    which = np.array([fold_of.get(key, i % len(folds)) for i, key in enumerate(ids)])
    shape = (len(data.taxonomy.names),)
    article, own = np.zeros((len(documents), *shape)), np.zeros((len(of), *shape))
    for n, fold in enumerate(folds):
        mine, theirs = np.flatnonzero(which == n), np.flatnonzero(which[of] == n)
        if len(mine):
            article[mine], own[theirs] = fold.fitted.scores(whole[mine]), fold.fitted.scores(parts[theirs])
    article, own = calibration.log_odds(article), calibration.log_odds(own)
    return np.stack(passage_signals(own, article, of), axis=-1), of


def _rows(labelled: Sequence[LabelledPassage], ids: Sequence[str], documents: Sequence[Document]) -> Ints:
    starts = [(key, span.start) for key, document in zip(ids, documents, strict=True) for span in document.passages]
    row_of = {place: row for row, place in enumerate(starts)}
    strange = [passage for passage in labelled if (passage.id, passage.start) not in row_of]
    if strange:
        raise InputError(strange[0].where, f"no sentence of {strange[0].id} starts at {strange[0].start}")
    return np.array([row_of[passage.id, passage.start] for passage in labelled])


def _fit(X: Floats, truth: Floats, told: float) -> PassageRule:
    """Fit one logistic regression for all topics together, then the threshold."""
    flat = X.reshape(-1, X.shape[-1])
    scale = np.maximum(flat.std(axis=0), 1e-9)
    model = LogisticRegression(C=1.0, solver="lbfgs", max_iter=1000).fit(flat / scale, truth.ravel())
    weights = tuple(round(float(w), 4) for w in model.coef_.ravel() / scale)
    rule = PassageRule(weights, round(float(model.intercept_[0]), 4), 0.5, told)
    return PassageRule(rule.weights, rule.constant, best_threshold(_judge(X, rule).ravel(), truth.ravel()), told)


def _judge(X: Floats, rule: PassageRule) -> Floats:
    return sigmoid(X @ np.array(rule.weights) + rule.constant)
