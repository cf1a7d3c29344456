"""Train the topic classifier: one linear model for each topic, calibrated, with a threshold of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, vstack
from sklearn.feature_selection import chi2
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import LabelBinarizer, normalize

from miner.topics.classifier import Classifier, PassageRule, sigmoid
from miner.topics.documents import Document, Weighing, make_document
from miner.topics.grams import MAX_N, Floats, Grams, Ints, seed_pattern, tokens
from miner.topics.labels import Item
from miner.topics.taxonomy import Taxonomy
from miner.topics.vectorizer import GramVectorizer
from miner.topics.weak import SURE, vote

FOLDS = 5
SEED = 20200226
WEIGHING = Weighing()
PASSAGE_RULE = PassageRule(own=0.39, article=0.44, neighbours=0.20, constant=0.23, threshold=0.3, told=0.5)
"""Fitted on 110 passages of gold/train.jsonl by a model that had not seen them; tests/cases/passages*.csv measure it on
other articles. `told` was chosen on whole articles of gold/train.jsonl by models that had not seen them.
"""


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be tuned. `grams` is how many n-grams a model keeps, `reads` how many characters it learns from.

    `weak` is the weight of a weakly labelled text beside a labelled one (0: none are used); only topics with fewer
    than `weak_below` examples use them, since beside many labels they were measured to harm.
    """

    grams: int = 20_000
    reads: int = 2_000
    strength: float = 10.0
    weak: float = 0.08
    weak_each: int = 150
    weak_below: int = 60
    weighing: Weighing = WEIGHING
    passage_rule: PassageRule = PASSAGE_RULE


@dataclass(frozen=True, slots=True)
class Data:
    """The matrices of one training: labelled texts, weakly labelled texts, and their vocabulary."""

    taxonomy: Taxonomy
    items: tuple[Item, ...]
    vectorizer: GramVectorizer
    X: csr_array
    Y: Floats
    weak_X: csr_array | None
    weak_votes: Floats
    label_votes: Floats


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights of one fit over the `columns` of the vocabulary, before calibration."""

    columns: Ints
    coef: Floats
    intercept: Floats

    def scores(self, X: csr_array) -> Floats:
        """Return the log-odds of the rows of `X`."""
        out: Floats = subset(X, self.columns) @ self.coef.T + self.intercept
        return out


def prepare(taxonomy: Taxonomy, items: Sequence[Item], unlabelled: Sequence[str], settings: Settings) -> Data:
    """Make the features of `items` and of the `unlabelled` texts; the vocabulary looks at no label."""
    documents = [make_document(item.text[: settings.reads]) for item in items]
    others = [make_document(text[: settings.reads]) for text in unlabelled]
    weighing = settings.weighing
    vectorizer = GramVectorizer(title=weighing.title, opening=weighing.opening, rest=weighing.rest)
    everything = documents + others
    least = 2 if len(everything) < 2_000 else 6
    frequency = _document_frequency(everything)
    # A gram that only unlabelled texts hold would get no weight.
    known = _document_frequency(documents)
    names = sorted(gram for gram, n in frequency.items() if n >= least and known[gram] >= 2)
    vectorizer.set_vocabulary(names, [frequency[name] for name in names], len(everything))
    weak = bool(others) and settings.weak > 0
    return Data(
        taxonomy,
        tuple(items),
        vectorizer,
        csr_array(vectorizer.transform(documents)),
        labels_of(items, taxonomy),
        csr_array(vectorizer.transform(others)) if weak else None,
        vote(unlabelled if weak else [], taxonomy).votes,
        vote([item.text for item in items], taxonomy).votes,
    )


def labels_of(items: Sequence[Item], taxonomy: Taxonomy) -> Floats:
    """Return a matrix of 0 and 1 of shape (items, topics)."""
    return np.array([[float(name in item.topics) for name in taxonomy.names] for item in items])


def _document_frequency(documents: Sequence[Document]) -> Counter[str]:
    seen: Counter[str] = Counter()
    for document in documents:
        grams: set[str] = set()
        for passage in document.passages:
            found = tokens(passage.text)
            for n in range(1, MAX_N + 1):
                grams.update(" ".join(found[i : i + n]) for i in range(len(found) - n + 1))
        seen.update(grams)
    return seen


def fit(data: Data, rows: Ints, settings: Settings) -> Fitted:
    """Fit every topic on the `rows` of the labelled texts, and on the weak labels that its seeds give surely."""
    X, Y = data.X[rows], data.Y[rows]
    columns = _best_columns(X, Y, settings.grams)
    X = subset(X, columns)
    weak_X = subset(data.weak_X, columns) if data.weak_X is not None else None
    votes = data.label_votes[rows]
    coef, intercept = [], []
    for k in range(Y.shape[1]):
        stack, truth, worth = X, Y[:, k], np.ones(len(rows))
        if weak_X is not None and truth.sum() < settings.weak_below:
            chosen, voted = _weak_rows(data.weak_votes[:, k], votes[:, k], Y[:, k], settings, k)
            if len(chosen):
                stack = csr_array(vstack([X, weak_X[chosen]]))
                truth, worth = np.r_[truth, voted], np.r_[worth, np.full(len(chosen), settings.weak)]
        model = LogisticRegression(
            C=settings.strength, class_weight="balanced", solver="liblinear", random_state=SEED, max_iter=300
        )
        model.fit(stack, truth, sample_weight=worth)
        coef.append(model.coef_.ravel())
        intercept.append(float(model.intercept_[0]))
    return Fitted(columns, np.array(coef), np.array(intercept))


def subset(X: csr_array, columns: Ints) -> csr_array:
    """Return `X` with these `columns` only, rows of length 1, as a classifier with that vocabulary sees them."""
    return csr_array(normalize(X[:, columns]))


def _best_columns(X: csr_array, Y: Floats, keep: int) -> Ints:
    """Return the columns that tell some topic from the rest best."""
    if X.shape[1] <= keep:
        return np.arange(X.shape[1])
    best = np.max([np.nan_to_num(chi2(X, y)[0]) for y in Y.T], axis=0)
    return np.sort(np.argsort(-best, kind="stable")[:keep])


def _weak_rows(votes: Floats, known: Floats, truth: Floats, settings: Settings, topic: int) -> tuple[Ints, Floats]:
    """Return the unlabelled rows that one topic's seeds vote on surely enough, and the votes."""
    right_for = (((known == 1) & (truth == 1)).sum() + 1.0) / ((known == 1).sum() + 2.0)
    right_against = (((known == 0) & (truth == 0)).sum() + 1.0) / ((known == 0).sum() + 2.0)
    random = np.random.default_rng(SEED + topic)
    chosen = []
    for value, right, many in ((1.0, right_for, 1), (0.0, right_against, 2)):
        rows = np.flatnonzero(votes == value)
        if right >= SURE and len(rows):
            chosen.append(random.choice(rows, min(len(rows), many * settings.weak_each), replace=False))
    rows = np.sort(np.concatenate(chosen)) if chosen else np.zeros(0, dtype=int)
    return rows, votes[rows]


def cross_scores(data: Data, settings: Settings) -> tuple[Floats, list[Ints]]:
    """Return for each labelled text the log-odds by models that never saw it, and the rows of each fold."""
    out = np.zeros_like(data.Y)
    folds = []
    for train, test in KFold(FOLDS, shuffle=True, random_state=SEED).split(data.Y):
        out[test] = fit(data, train, settings).scores(data.X[test])
        folds.append(test)
    return out, folds


@dataclass(frozen=True, slots=True)
class Calibration:
    """By topic: probability = sigmoid(slope * score + offset), and the threshold on that probability."""

    slope: Floats
    offset: Floats
    thresholds: Floats

    def probabilities(self, scores: Floats) -> Floats:
        """Return the calibrated probabilities of log-odds."""
        return sigmoid(scores * self.slope + self.offset)


def calibrate(scores: Floats, Y: Floats) -> Calibration:
    """Fit Platt's two numbers for each topic on scores of texts that the model never saw, then the threshold."""
    slope, offset = np.ones(Y.shape[1]), np.zeros(Y.shape[1])
    for k in range(Y.shape[1]):
        model = LogisticRegression(C=100.0, solver="lbfgs").fit(scores[:, [k]], Y[:, k])
        slope[k], offset[k] = max(float(model.coef_[0, 0]), 0.1), float(model.intercept_[0])
    probabilities = sigmoid(scores * slope + offset)
    return Calibration(slope, offset, np.array([_threshold(p, y) for p, y in zip(probabilities.T, Y.T, strict=True)]))


def _threshold(probability: Floats, truth: Floats) -> float:
    """Return the threshold with the best F1, smoothed, since a rare topic's best one is partly luck.

    Half of the F1 is the one counted, half the one that the calibrated probabilities lead to expect.
    """
    grid = np.arange(0.20, 0.6001, 0.01)
    f1 = []
    for t in grid:
        have = probability >= t
        counted = (have & (truth == 1)).sum() / max(1.0, have.sum() + truth.sum())
        expected = probability[have].sum() / max(1.0, have.sum() + probability.sum())
        f1.append(counted + expected)
    smooth = np.convolve(np.pad(f1, 5, mode="edge"), np.ones(11) / 11, mode="valid")
    return round(float(grid[int(np.argmax(smooth))]), 2)


def assemble(data: Data, fitted: Fitted, calibration: Calibration, settings: Settings) -> tuple[Pipeline, Classifier]:
    """Return the scikit-learn pipeline of words and weights, and the Classifier that calibrates it."""
    names = data.vectorizer.grams_.split("\n")
    kept = [names[column] for column in fitted.columns]
    weighing = settings.weighing
    vectorizer = GramVectorizer(title=weighing.title, opening=weighing.opening, rest=weighing.rest)
    vectorizer.set_vocabulary(kept, [1] * len(kept), 1)
    vectorizer.idf_ = data.vectorizer.idf_[fitted.columns]
    coef, intercept = fitted.coef.astype(np.float32), fitted.intercept
    rest = OneVsRestClassifier(LogisticRegression(C=settings.strength, class_weight="balanced", solver="liblinear"))
    rest.label_binarizer_ = LabelBinarizer(sparse_output=True).fit(data.Y.astype(int))
    rest.classes_ = rest.label_binarizer_.classes_
    rest.n_features_in_ = len(kept)
    rest.estimators_ = []
    for k in range(len(coef)):
        one = LogisticRegression(C=settings.strength, class_weight="balanced", solver="liblinear")
        one.classes_, one.n_features_in_ = np.array([0, 1]), len(kept)
        one.coef_, one.intercept_, one.n_iter_ = coef[[k]], intercept[[k]], np.array([1])
        rest.estimators_.append(one)
    classifier = Classifier(
        data.taxonomy.names,
        Grams(kept),
        vectorizer.idf_.astype(float),
        weighing,
        np.ascontiguousarray(coef.T),
        intercept,
        calibration.slope,
        calibration.offset,
        calibration.thresholds,
        settings.passage_rule,
        data.taxonomy.evidence,
        tuple(seed_pattern(topic.seeds) for topic in data.taxonomy.topics),
    )
    return Pipeline([("grams", vectorizer), ("topics", rest)]), classifier
