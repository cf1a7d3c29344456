"""Read labelled documents, whichever of the formats a file is in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from miner.errors import InputError
from miner.labelling import doccano, guide, labelstudio
from miner.labelling.document import Labelled


def read_labelled(path: str | Path) -> list[Labelled]:
    """Return the labelled documents of a Label Studio export (JSON), a doccano export or the guide's JSON lines.

    Tasks that nobody has finished are left out. Raises InputError, with file and line, where the file can not be read,
    is none of these, or names a label that miner does not know.
    """
    path = Path(path)
    documents = []
    for where, row in _rows(path):
        try:
            document = _read(row, where)
        except KeyError as error:
            raise InputError(where, f"the label or field {error} is not one that miner's exports have") from None
        except (TypeError, ValueError, IndexError) as error:
            raise InputError(where, f"is not as Label Studio, doccano or the guide write it: {error}") from None
        if document is None:
            continue
        for label in document.labels:
            if document.text and document.text[label.start : label.end] != label.text:
                raise InputError(where, f"{label.text!r} does not stand at {label.start}-{label.end} of its text")
        documents.append(document)
    if not documents:
        raise InputError(str(path), "holds no finished document")
    return documents


def _read(row: Any, where: str) -> Labelled | None:
    if "annotations" in row:
        return labelstudio.from_task(row, where)
    if "entities" in row or "label" in row:
        return doccano.from_line(row, where)
    if "id" in row and {"units", "figures", "awards", "models", "topics"} & row.keys():
        return guide.from_object(row, where)
    raise ValueError("there are no labels; from Label Studio, export as JSON (not JSON-MIN)")


def _rows(path: Path) -> Iterator[tuple[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(str(path), f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(str(path), "is not UTF-8") from None
    if text.lstrip().startswith("["):
        try:
            rows = json.loads(text)
        except ValueError as error:
            raise InputError(str(path), f"is not JSON: {error}") from None
        yield from ((f"{path}, task {number}", row) for number, row in enumerate(rows, 1))
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield f"{path}, line {number}", json.loads(line)
            except ValueError as error:
                raise InputError(f"{path}, line {number}", f"is not JSON: {error}") from None
