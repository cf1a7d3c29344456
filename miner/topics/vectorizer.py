"""The features as a scikit-learn transformer, for training and for whoever loads the shipped pipeline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from miner.topics.documents import Document, Weighing, count_grams, make_document, weigh_by
from miner.topics.grams import MAX_N, Entries, Grams, tokens


class GramVectorizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Turn articles into TF-IDF of syllable n-grams, the title and the opening weighing more.

    Parameters
    ----------
    min_df : int, default=3
        Grams in fewer articles are left out.
    title, opening, rest : float, int, float
        See `documents.Weighing`.

    Attributes
    ----------
    grams_ : str
        The vocabulary, one gram a line.
    idf_ : ndarray of shape (n_grams,), float32
    """

    def __init__(self, min_df: int = 3, title: float = 2.0, opening: int = 150, rest: float = 0.3) -> None:
        self.min_df = min_df
        self.title = title
        self.opening = opening
        self.rest = rest

    def fit(self, X: Sequence[str | Document], y: Any = None) -> GramVectorizer:
        """Learn the vocabulary and the inverse document frequencies of the articles `X`."""
        seen: Counter[str] = Counter()
        for document in _documents(X):
            seen.update({gram for passage in document.passages for gram in _all_grams(passage.text)})
        names = sorted(gram for gram, n in seen.items() if n >= self.min_df)
        return self.set_vocabulary(names, [seen[name] for name in names], len(X))

    def set_vocabulary(self, names: Sequence[str], df: Sequence[int], articles: int) -> GramVectorizer:
        """Take `names` as vocabulary; `df` says in how many of `articles` each stands."""
        self.grams_ = "\n".join(names)
        self.idf_ = (np.log((1 + articles) / (1 + np.array(df, dtype=float))) + 1).astype(np.float32)
        self._found = Grams(names)
        return self

    def transform(self, X: Sequence[str | Document]) -> csr_array:
        """Return the articles `X` as a sparse matrix of shape (n_articles, n_grams), rows of length 1."""
        return self._matrix(X, 0)

    def transform_passages(self, X: Sequence[str | Document]) -> csr_array:
        """Return all passages of the articles `X`, one after the other, as a sparse matrix."""
        return self._matrix(X, 1)

    def _matrix(self, X: Sequence[str | Document], which: int) -> csr_array:
        check_is_fitted(self, "idf_")
        if not hasattr(self, "_found"):
            self._found = Grams(self.grams_.split("\n"))
        weighing = Weighing(self.title, self.opening, self.rest)
        counts: Entries = count_grams(_documents(X), self._found, weighing)[which]
        entries = weigh_by(counts, self.idf_.astype(float))
        # scikit-learn takes 32-bit indices only
        where = entries.row.astype(np.int32), entries.column.astype(np.int32)
        return csr_array((entries.values, where), shape=(entries.rows, len(self._found)))

    def get_feature_names_out(self, input_features: Any = None) -> Any:
        """Return the grams as an array of objects."""
        return np.array(self.grams_.split("\n"), dtype=object)

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = dict(super().__getstate__())
        state.pop("_found", None)
        return state


def _documents(texts: Iterable[str | Document]) -> list[Document]:
    return [make_document(text) if isinstance(text, str) else text for text in texts]


def _all_grams(text: str) -> list[str]:
    found = tokens(text)
    return [" ".join(found[i : i + n]) for n in range(1, MAX_N + 1) for i in range(len(found) - n + 1)]
