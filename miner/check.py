"""Check labelled articles against the annotation guide: offsets, allowed kinds, overlaps, values, ids."""

from __future__ import annotations

import itertools
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from miner.errors import InputError
from miner.records import AWARD_TYPES, COMPARATORS, FIGURE_KINDS, UNIT_KINDS

TOPICS = (
    "drugs", "fire_safety", "religion_models", "traffic_safety", "crime", "social_evils", "security_movement", "fraud",
    "disaster", "corruption", "border_defence", "economy", "health", "education", "environment", "emulation",
)  # fmt: skip
LAYERS = ("units", "figures", "awards", "models")
_CHOICES = (("units", "kind", UNIT_KINDS), ("figures", "kind", FIGURE_KINDS), ("figures", "comparator", COMPARATORS),
            ("awards", "type", AWARD_TYPES))  # fmt: skip
_WHOLE = re.compile(r"\d{1,3}(?:[. \xa0]\d{3})+|\d+")
_DECIMAL = re.compile(r"\d+[.,]\d{1,2}")


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a labelled file: where it stands, what is allowed there and what was got."""

    file: str
    line: int
    id: str
    field: str
    allowed: str
    got: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.id or '(no id)'}: {self.field}: must be {self.allowed}, got {self.got}"


Fault = tuple[str, str, str]
"""Field, what is allowed, what was got."""


def check_corpus(path: str | Path) -> list[Problem]:
    """Return every problem of the labelled JSONL at `path` (a file, or a folder whose `reports*.jsonl` are read).

    The format is the guide's (ANNOTATION.md, head). Raises InputError where nothing can be read.
    """
    path = Path(path)
    files = sorted(path.glob("reports*.jsonl")) if path.is_dir() else [path]
    if not files:
        raise InputError(str(path), "no reports*.jsonl in this folder; name a labelled JSONL file")
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    for file in files:
        try:
            lines = file.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(str(file), f"cannot be read as UTF-8 text: {error}") from error
        for number, line in enumerate(lines, 1):
            if line.strip():
                problems += _check_line(str(file), number, line, seen)
    return problems


def _check_line(file: str, number: int, line: str, seen: dict[str, str]) -> list[Problem]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        return [Problem(file, number, "", "line", "one JSON object", f"broken JSON: {error}")]
    if not isinstance(row, dict):
        return [Problem(file, number, "", "line", "one JSON object", type(row).__name__)]
    id = row.get("id")
    name = id if isinstance(id, str) else ""
    problems = [Problem(file, number, name, *fault) for fault in _faults(row)]
    if name in seen:
        problems.append(Problem(file, number, name, "id", "unique", f"the id of {seen[name]}"))
    seen.setdefault(name, f"{file}:{number}")
    return problems


def _faults(row: dict[str, Any]) -> Iterator[Fault]:
    if not isinstance(row.get("id"), str) or not row["id"]:
        yield "id", "a non-empty string", repr(row.get("id"))
    text = row.get("text")
    if not isinstance(text, str) or not text.strip():
        yield "text", "a non-empty string", repr(text)
        return
    if text != unicodedata.normalize("NFC", text):
        yield "text", "in NFC", "other composed letters"
    yield from _published(row.get("published"))
    topics = row.get("topics", [])
    if not isinstance(topics, list):
        yield "topics", "a list", type(topics).__name__
    else:
        yield from (("topics", f"among {', '.join(TOPICS)}", repr(t)) for t in topics if t not in TOPICS)
    for layer in LAYERS:
        mentions = row.get(layer)
        if not isinstance(mentions, list) or not all(isinstance(m, dict) for m in mentions):
            yield layer, "a list of objects", repr(mentions)[:60]
            continue
        good = []
        for number, mention in enumerate(mentions):
            where = f"{layer}[{number}]"
            spans = list(_span_faults(text, where, mention))
            yield from spans
            if not spans:
                good.append((mention["start"], mention["end"], where))
            yield from _field_faults(text, layer, where, mention)
        good.sort()
        for (_, end, first), (start, _, second) in itertools.pairwise(good):
            if start < end:
                yield second, "apart from the mentions of its layer", f"an overlap with {first}"


def _published(published: Any) -> Iterator[Fault]:
    if published is None:
        return
    try:
        date.fromisoformat(published)
    except (TypeError, ValueError):
        yield "published", "null or an ISO date", repr(published)


def _span_faults(text: str, where: str, mention: dict[str, Any]) -> Iterator[Fault]:
    start, end, words = mention.get("start"), mention.get("end"), mention.get("text")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        yield where, f"0 <= start < end <= {len(text)}", f"start {start!r}, end {end!r}"
    elif text[start:end] != words:
        yield f"{where}.text", f"text[{start}:{end}], {text[start:end]!r}", repr(words)
    elif words != words.strip():
        yield f"{where}.text", "without white space at its ends", repr(words)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _field_faults(text: str, layer: str, where: str, mention: dict[str, Any]) -> Iterator[Fault]:
    for of, field, allowed in _CHOICES:
        if of == layer and mention.get(field) not in allowed:
            yield f"{where}.{field}", f"one of {', '.join(allowed)}", repr(mention.get(field))
    if layer == "models" and not isinstance(mention.get("religious"), bool):
        yield f"{where}.religious", "true or false", repr(mention.get("religious"))
    if layer == "figures":
        yield from _figure_faults(where, mention)
    if layer == "awards":
        flat = " ".join(text.split())
        for field in ("giver", "recipients"):
            names = mention.get(field)
            if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
                yield f"{where}.{field}", "a list of names", repr(names)
            else:
                absent = [n for n in names if " ".join(n.split()) not in flat]
                yield from ((f"{where}.{field}", "names as the text writes them", repr(n)) for n in absent)
        if (count := mention.get("count")) is not None and (type(count) is not int or count < 1):
            yield f"{where}.count", "null or a whole number above 0", repr(count)


def _figure_faults(where: str, mention: dict[str, Any]) -> Iterator[Fault]:
    value, top = mention.get("value"), mention.get("value_max")
    if not _number(value):
        yield f"{where}.value", "a number", repr(value)
        return
    if top is not None and (not _number(top) or top < value):
        yield f"{where}.value_max", f"null or a number of at least {value}", repr(top)
    words = mention.get("text")
    expected: float | None = None
    if isinstance(words, str) and _WHOLE.fullmatch(words):
        expected = float(re.sub(r"\D", "", words))
    elif isinstance(words, str) and _DECIMAL.fullmatch(words):
        expected = float(words.replace(",", "."))
    if expected is not None and expected != value:
        yield f"{where}.value", f"{expected:g}, as {words!r} says", repr(value)
    for field in ("measure", "object"):
        if not isinstance(mention.get(field), str):
            yield f"{where}.{field}", "a string", repr(mention.get(field))
