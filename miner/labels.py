"""Labels in Vietnamese and English (miner/data/labels.toml), and which of the two a reader wants."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from miner.tables import read_toml

LANGUAGES = ("vi", "en")


@cache
def _labels() -> dict[str, tuple[str, str]]:
    topics = {f"topic.{t['name']}": (t["title_vi"], t["title_en"]) for t in read_toml("topics.toml")["topic"]}
    return topics | {key: (pair[0], pair[1]) for key, pair in read_toml("labels.toml").items()}


def labels(language: str) -> Callable[..., str]:
    """Return the function from a key, and what goes into its `{0}`, to the label in a language ("vi" or "en").

    The value of a column has the key `column.value`. A key without a label stands for itself, so that a column or a
    topic of one's own is shown by its name.
    """
    at = LANGUAGES.index(language)

    def label(key: str, *values: Any) -> str:
        pair = _labels().get(key)
        return pair[at].format(*values) if pair else key.rpartition(".")[2].replace("_", " ")

    return label


def wanted_language(chosen: str | None, cookie: str | None, accepted: str) -> str:
    """Return the language that was chosen, else the one chosen before, else what the browser asks for, else vi."""
    for name in (chosen, cookie):
        if name in LANGUAGES:
            return name
    for part in accepted.split(","):
        name = part.split(";")[0].strip()[:2].lower()
        if name in LANGUAGES:
            return name
    return "vi"
