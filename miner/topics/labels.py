"""Read labelled texts: JSON lines, CSV, and what doccano and Label Studio export."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from miner.errors import InputError
from miner.text import nfc
from miner.topics.taxonomy import Taxonomy

FEWEST = 8
"""A topic with fewer examples cannot be trained: five folds would leave one or two in each."""

# Where exports keep the text and the labels: plain, doccano (`label`, older `labels`, `data`), Label Studio.
_TEXT_FIELDS = ("text", "data", "content")
_LABEL_FIELDS = ("topics", "label", "labels", "accepted_labels", "topic", "choices", "taxonomy", "sentiment")
_SEPARATORS = re.compile(r"[|;#,]")
_TONED = re.compile(r"[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]", re.IGNORECASE)
_PLACE = re.compile(r", (?:line|item) \d+$")
_LETTER = re.compile(r"[^\W\d_]")
_RAREST_TONES = 0.08
"""Share of letters with marks below which a text is not accented Vietnamese; real reports have 0.25 and more."""


@dataclass(frozen=True, slots=True)
class Item:
    """A labelled text and where it stands."""

    id: str
    text: str
    topics: tuple[str, ...]
    where: str


def looks_vietnamese(text: str) -> bool:
    """Return whether `text` is written with Vietnamese marks; English and unaccented text is not."""
    letters = len(_LETTER.findall(text))
    return letters < 20 or len(_TONED.findall(text)) >= _RAREST_TONES * letters


def read_items(path: Path, taxonomy: Taxonomy, texts: Mapping[str, str] | None = None) -> list[Item]:
    """Return the labelled items of `path`, a `.jsonl`, `.json` or `.csv` file.

    Labels without text are looked up in `texts` by id. Raises InputError, which names the file and the line of the
    first faulty item: no text, unaccented text, an unknown topic.
    """
    items = []
    seen: dict[str, str] = {}
    for where, row in _rows(path):
        if not isinstance(row, dict):
            raise InputError(where, "is no JSON object; give one with `text` and `topics`")
        key = str(row.get("id") or row.get("example_id") or f"{path.stem}-{where.rsplit(' ', 1)[1]}")
        text = _text(row)
        if not text and texts is not None and key in texts:
            text = texts[key]
        text = nfc(text)
        if not text.strip():
            raise InputError(where, f"item {key} has no text; fill in `text` or take the line out")
        if not looks_vietnamese(text):
            raise InputError(
                where, f"item {key} is English or has lost its accents; give accented Vietnamese or take the line out"
            )
        try:
            topics = tuple(dict.fromkeys(_labels(row, where)))
        except (ValueError, TypeError, AttributeError):
            raise InputError(
                where, f"the labels of item {key} cannot be read; give a list of topics, or one text with `|` between"
            ) from None
        unknown = [topic for topic in topics if topic not in taxonomy.names]
        if unknown:
            raise InputError(
                where,
                f"unknown topic {unknown[0]!r}; {taxonomy.path} names {', '.join(taxonomy.names)}:"
                " correct the label or add the topic there",
            )
        if key in seen:
            raise InputError(where, f"the id {key} stands in {seen[key]} already; take one of them out")
        seen[key] = where
        items.append(Item(key, text, topics, where))
    if not items:
        raise InputError(str(path), "holds no labelled item")
    return items


def file_of(where: str) -> str:
    """Return the file in which an item stands."""
    return _PLACE.sub("", where)


def check_counts(items: Sequence[Item], taxonomy: Taxonomy) -> None:
    """Raise InputError where a topic has fewer than FEWEST examples."""
    counts = Counter(topic for item in items for topic in item.topics)
    few = [name for name in taxonomy.names if counts[name] < FEWEST]
    if few:
        where = [item.where for item in items if few[0] in item.topics]
        files = ", ".join(dict.fromkeys(file_of(item.where) for item in items))
        raise InputError(
            where[-1] if where else files,
            f"topic {few[0]!r} has {counts[few[0]]} examples, {FEWEST} are needed"
            + (f" (too few as well: {', '.join(few[1:])})" if few[1:] else "")
            + f"; label more or take the topic out of {taxonomy.path}",
        )


def _rows(path: Path) -> Iterator[tuple[str, Any]]:
    """Yield each item with its place: the line, or in a `.json` file, which is one list, the how manieth it is."""
    try:
        if path.suffix == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as lines:
                reader = csv.DictReader(lines)
                for row in reader:
                    yield f"{path}, line {reader.line_num}", {k: v for k, v in row.items() if k is not None}
        elif path.suffix == ".json":
            rows = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(rows, list):
                raise InputError(str(path), "is no list of items; export it anew, or give one item a line as .jsonl")
            for number, row in enumerate(rows, 1):
                yield f"{path}, item {number}", row
        elif path.suffix == ".jsonl":
            with path.open(encoding="utf-8") as lines:
                for number, line in enumerate(lines, 1):
                    if line.strip():
                        where = f"{path}, line {number}"
                        try:
                            row = json.loads(line)
                        except ValueError as error:
                            raise InputError(where, f"is not JSON: {error}") from None
                        yield where, row
        else:
            raise InputError(str(path), "must end in .jsonl, .json or .csv")
    except FileNotFoundError:
        raise InputError(str(path), "is not there") from None
    except (ValueError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(str(path), f"cannot be read: {error}") from None


def _text(row: Mapping[str, Any]) -> str:
    for field in _TEXT_FIELDS:
        value = row.get(field)
        if isinstance(value, dict):  # Label Studio: {"data": {"text": …}}
            value = _text(value)
        if isinstance(value, str) and value.strip():
            return value
    return ""


def _labels(row: Mapping[str, Any], where: str) -> list[str]:
    if "annotations" in row:  # Label Studio, JSON
        found: list[str] = []
        for annotation in row["annotations"] or []:
            for result in annotation.get("result", []):
                found += _names(result.get("value", {}).get("choices", []))
        return found
    for field in _LABEL_FIELDS:
        if field in row:
            return _names(row[field])
    if "annotator" in row or "annotation_id" in row:  # Label Studio, JSON-MIN: nothing was chosen
        return []
    raise InputError(where, f"no labels: expected one of the fields {', '.join(_LABEL_FIELDS)} or annotations")


def _names(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, dict):
        return _names(value.get("choices"))
    if isinstance(value, str):
        if value.startswith(("[", "{")):
            return _names(json.loads(value))
        return [name.strip() for name in _SEPARATORS.split(value) if name.strip()]
    flat: Callable[[Any], list[str]] = _names
    return [name for part in value for name in (flat(part) if not isinstance(part, str) else [part.strip()])]
