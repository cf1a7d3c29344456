"""Read and write skops files: the same object gives the same bytes, and reading runs no code at all.

A skops file is a zip of `schema.json`, a tree of nodes that name their types, and of one `.npy` file for each array.
`read_skops` turns the tree into plain dicts, lists and arrays without importing scikit-learn (which costs 1.7 s);
`skops.io.load` reads the same file as a scikit-learn pipeline.
"""

from __future__ import annotations

import io
import json
import zipfile
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from miner.errors import ClassifierError

PIPELINE_TYPE = "miner.topics.vectorizer.GramVectorizer"
"""The one type of ours in a file; give it to `skops.io.load` as `trusted=[PIPELINE_TYPE]`."""

ALLOWED = frozenset(
    {
        "builtins.dict",
        "builtins.list",
        "builtins.tuple",
        "builtins.str",
        "builtins.int",
        "numpy.ndarray",
        "sklearn.pipeline.Pipeline",
        "sklearn.multiclass.OneVsRestClassifier",
        "sklearn.linear_model._logistic.LogisticRegression",
        "sklearn.preprocessing._label.LabelBinarizer",
        PIPELINE_TYPE,
    }
)
"""Every type that a file may name; one with any other is refused."""

PROTOCOL = 2
"""The version of the skops format that is read here."""

_LARGEST = 100_000_000
"""Bytes that one part may unpack to: a shipped file has a twentieth of it."""


def write_skops(thing: Any, path: Path) -> None:
    """Write `thing` to `path` with parts named in order and no dates, so that equal objects give equal files."""
    import skops.io

    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(thing))) as archive:
        schema = json.loads(archive.read("schema.json"))
        renamed: dict[str, str] = {}
        schema = _renumber(schema, {}, renamed, count(1))
        parts = [(new, archive.read(old)) for old, new in renamed.items()]
    parts.append(("schema.json", json.dumps(schema, ensure_ascii=False, separators=(",", ":")).encode()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for name, content in parts:
            out.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED, 9)


def _renumber(node: Any, seen: dict[int, int], renamed: dict[str, str], numbers: Any) -> Any:
    """Return `node` with ids (memory addresses) and file names (made from them) counted in order."""
    if isinstance(node, list):
        return [_renumber(item, seen, renamed, numbers) for item in node]
    if not isinstance(node, dict):
        return node
    out = {key: _renumber(value, seen, renamed, numbers) for key, value in node.items() if key != "__id__"}
    if "__id__" in node:
        # Whether two equal numbers share one address is chance, so only arrays and objects keep what they share.
        alone = node.get("__loader__") in ("JsonNode", "TypeNode")
        out["__id__"] = next(numbers) if alone else seen.setdefault(node["__id__"], next(numbers))
    if "file" in node:
        out["file"] = renamed.setdefault(node["file"], f"{len(renamed):03d}.npy")
    return out


def read_skops(path: Path) -> Any:
    """Return what the skops file `path` holds as dicts, lists, strings, numbers and arrays; objects become dicts.

    Raises ClassifierError where the file is damaged, is of another format, or names a type that is not ALLOWED.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if any(part.file_size > _LARGEST for part in archive.infolist()):
                raise ClassifierError(path, "a part of it unpacks to more than 100 MB; train it anew")
            schema = json.loads(archive.read("schema.json"))
            strange = sorted(_types(schema) - ALLOWED)
            if strange:
                raise ClassifierError(path, f"holds the type {strange[0]}, which is not allowed; do not use this file")
            if schema.get("protocol") != PROTOCOL:
                raise ClassifierError(
                    path, f"is of skops protocol {schema.get('protocol')}, not {PROTOCOL}; train it anew"
                )
            return _value(schema, archive)
    except FileNotFoundError:
        raise ClassifierError(path, "is missing; make it with scripts/train-topics") from None
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError, NotImplementedError) as error:
        raise ClassifierError(path, f"is damaged ({error}); get it anew or make it with scripts/train-topics") from None


def _types(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*map(_types, node))
    if not isinstance(node, dict):
        return set()
    own = {f"{node.get('__module__')}.{node['__class__']}"} if "__class__" in node else set()
    return own.union(*map(_types, node.values()))


def _value(node: dict[str, Any], archive: zipfile.ZipFile) -> Any:
    loader, content = node["__loader__"], node.get("content")
    if loader == "DictNode":
        return {key: _value(value, archive) for key, value in node["content"].items()}
    if loader in ("ListNode", "TupleNode"):
        return [_value(item, archive) for item in node["content"]]
    if loader == "JsonNode":
        return json.loads(str(content))
    if loader == "NdArrayNode" and node.get("type") == "numpy":
        return np.load(io.BytesIO(archive.read(node["file"])), allow_pickle=False)
    if loader == "ObjectNode":
        return _value(node["content"], archive)
    raise ValueError(f"node of kind {loader}")
