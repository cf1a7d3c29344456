"""Load the data files in `miner/data/`; every fault is named by file and entry."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from miner.errors import TableError

DATA: Traversable = files("miner") / "data"

_PACKAGE = Path(__file__).parent
MODELS = next((p for p in (_PACKAGE / "models",) if p.is_dir()), _PACKAGE.parent / "models")
"""Folder of the fitted classifiers: inside the package where miner is installed from a wheel, else beside it."""


@cache
def read_toml(name: str) -> dict[str, Any]:
    """Return the packaged table `name` (such as `award_types.toml`), parsed once: callers only read it.

    Raises TableError where the file is missing or is not TOML.
    """
    try:
        return tomllib.loads((DATA / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TableError(f"miner/data/{name}", "file", "is missing; reinstall miner") from None
    except tomllib.TOMLDecodeError as error:
        raise TableError(f"miner/data/{name}", "file", f"is not TOML: {error}") from None


def read_words(name: str, *keys: str) -> tuple[str, ...]:
    """Return the list of words at `keys` inside the packaged TOML table `name`.

    Raises TableError where the entry is missing, is not a list of strings, is empty, or names a word twice.
    """
    entry: Any = read_toml(name)
    for k in keys:
        if not isinstance(entry, dict) or k not in entry:
            raise TableError(f"miner/data/{name}", ".".join(keys), "is missing")
        entry = entry[k]
    return check_words(name, ".".join(keys), entry)


def check_words(name: str, entry: str, words: Any) -> tuple[str, ...]:
    """Return `words` as a tuple, or raise TableError where it is no list of distinct non-empty strings."""
    if not isinstance(words, list) or not words or not all(isinstance(w, str) and w.strip() for w in words):
        raise TableError(f"miner/data/{name}", entry, "must be a list of words, at least one")
    twice = sorted({w for w in words if words.count(w) > 1})
    if twice:
        raise TableError(f"miner/data/{name}", entry, f"holds {twice[0]!r} twice")
    return tuple(words)


def longest_first(words: Iterable[str]) -> list[str]:
    """Sort words so that an alternation of them in a pattern prefers the longest."""
    return sorted(set(words), key=lambda w: (-len(w), w))


def _walk(folder: Traversable, prefix: str = "") -> Iterable[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name, entry


@cache
def digest() -> str:
    """Return a short digest of all packaged tables, stored with every run."""
    total = blake2b(digest_size=8)
    for name, file in _walk(DATA):
        total.update(name.encode() + b"\0" + file.read_bytes())
    return total.hexdigest()
