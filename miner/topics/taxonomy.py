"""A taxonomy of topics, read from a TOML file; nothing in the code names a topic."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from miner.errors import TableError
from miner.tables import DATA
from miner.topics.grams import fold

PACKAGED = Path(str(DATA)) / "topics.toml"
_FIELDS = {"name", "title_vi", "title_en", "definition", "seeds", "examples", "counter_examples", "facts"}
EVIDENCE = ("religious_model", "award")
"""A named community model of a religious community; an award mention."""
_NAME = re.compile(r"[a-z0-9_]+")
_NAME_LINE = re.compile(r"^\s*name\s*=", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: `seeds` are words that speak for it, the examples are sentences that test a classifier.

    `facts` are kinds of facts of other layers that prove it, one of EVIDENCE.
    """

    name: str
    title_vi: str
    title_en: str
    definition: str
    seeds: tuple[str, ...]
    examples: tuple[str, ...] = ()
    counter_examples: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """The topics of one file, in its order."""

    path: Path
    topics: tuple[Topic, ...]

    @property
    def evidence(self) -> dict[str, tuple[str, ...]]:
        """The topics that each kind of fact proves."""
        kinds = sorted({kind for topic in self.topics for kind in topic.facts})
        return {kind: tuple(topic.name for topic in self.topics if kind in topic.facts) for kind in kinds}

    @property
    def names(self) -> tuple[str, ...]:
        """The topics' names."""
        return tuple(topic.name for topic in self.topics)


def load_taxonomy(path: Path = PACKAGED) -> Taxonomy:
    """Return the taxonomy in the TOML file `path`.

    Raises TableError, which names the file, the line and every fault at once: a missing or wrong field, a name
    twice, a seed twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except FileNotFoundError:
        raise TableError(path, "file", "is not there; give the path of a taxonomy (see docs/topics.md)") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TableError(path, "file", f"is not TOML: {error}") from None
    entries = table.get("topic")
    if not isinstance(entries, list) or len(entries) < 2 or not all(isinstance(entry, dict) for entry in entries):
        raise TableError(path, "topic", "there must be at least two [[topic]] tables")
    lines = [text.count("\n", 0, m.start()) + 1 for m in _NAME_LINE.finditer(text)]
    faults: list[str] = []
    first: dict[str, str] = {}
    topics = []
    for number, entry in enumerate(entries):
        where = f"line {lines[number]}" if len(lines) == len(entries) else f"topic {number + 1}"
        faults += [f"{where}: {fault}" for fault in _faults(entry)]
        name = str(entry.get("name"))
        if name in first:
            faults.append(f"{where}: the name {name!r} stands in {first[name]} already; rename or merge one of them")
        first.setdefault(name, where)
        topics.append(entry)
    if faults:
        raise TableError(path, faults[0].split(": ", 1)[0], "; ".join([faults[0].split(": ", 1)[1], *faults[1:]]))
    return Taxonomy(path, tuple(_topic(entry) for entry in topics))


def _faults(entry: dict[str, Any]) -> list[str]:
    out = []
    if not isinstance(entry.get("name"), str) or not _NAME.fullmatch(entry["name"]):
        out.append(f"name must be small letters, digits and _, not {entry.get('name')!r}")
    unknown = sorted(entry.keys() - _FIELDS)
    if unknown:
        out.append(f"unknown field {unknown[0]!r}; allowed are {', '.join(sorted(_FIELDS))}")
    for field in ("title_vi", "title_en", "definition"):
        if not isinstance(entry.get(field), str) or not entry[field].strip():
            out.append(f"{field} must be a text")
    for field in ("seeds", "examples", "counter_examples", "facts"):
        words = entry.get(field, [])
        if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
            out.append(f"{field} must be a list of words")
        elif len({fold(word) for word in words}) < len(words):
            out.append(f"{field} holds one word twice")
        elif field == "facts" and not set(words) <= set(EVIDENCE):
            out.append(f"facts may be {', '.join(EVIDENCE)}, not {next(w for w in words if w not in EVIDENCE)!r}")
    return out


def _topic(entry: dict[str, Any]) -> Topic:
    lists = {field: tuple(entry.get(field, ())) for field in ("seeds", "examples", "counter_examples", "facts")}
    return Topic(entry["name"], entry["title_vi"], entry["title_en"], entry["definition"], **lists)
