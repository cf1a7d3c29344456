"""Conditions of the user's own on known columns: `value>=100`, `kind=money`, `object~vụ cháy`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from miner.errors import InputError
from miner.questions.ask import Where

_CONDITION = re.compile(r"\s*(\w+)\s*(!=|<=|>=|=|<|>|!~|~)\s*(.*?)\s*", re.S)

_ARTICLE = {
    "article_id": "a.id", "title": "a.title", "published": "a.published", "source": "a.source", "url": "a.url",
    "home_province_code": "a.home_province_code",
}  # fmt: skip
COLUMNS: dict[str, dict[str, str]] = {
    "figures": {
        "text": "f.text", "value": "f.value", "value_max": "f.value_max", "comparator": "f.comparator",
        "measure": "f.measure", "object": "f.object", "kind": "f.kind", "action": "f.action_text", "year": "f.year",
        "province_code": "f.province_code", "change_direction": "f.change_direction", "confidence": "f.confidence",
        "rule": "f.rule", **_ARTICLE,
    },
    "awards": {
        "text": "f.text", "type": "f.type", "count": "f.count", "level": "f.level", "status": "f.status",
        "reason": "f.reason_text", "year": "f.year", "province_code": "f.province_code", "confidence": "f.confidence",
        "rule": "f.rule", **_ARTICLE,
    },
    "articles": {"year": "a.year", "version": "a.version", "origin": "a.origin", **_ARTICLE},
}  # fmt: skip
"""Table → the columns that may stand in a condition, and where they are read."""


def add_conditions(where: Where, table: str, conditions: Iterable[str]) -> None:
    """Add conditions of the user's own to `where`, each COLUMN OP VALUE with =, !=, <, <=, >, >=, ~ or !~.

    `~` asks for the words anywhere in the column, without regard to case and diacritics; an empty value with = or
    != asks whether the column is empty. Raises InputError where the column is not known or the form is another.
    """
    columns: Mapping[str, str] = COLUMNS[table]
    for condition in conditions:
        found = _CONDITION.fullmatch(condition)
        if not found:
            raise InputError(f"condition {condition!r}", "must be COLUMN OP VALUE, as in kind=money or value>=100")
        name, operator, value = found.groups()
        if name not in columns:
            raise InputError(
                f"condition {condition!r}", f"there is no column {name!r}; choose among {', '.join(columns)}"
            )
        column = columns[name]
        if operator in ("~", "!~"):
            where.add(f"{'NOT ' if operator == '!~' else ''}instr(fold({column}), fold(?)) > 0", value)
        elif value == "" and operator in ("=", "!="):
            empty = f"({column} IS NULL OR {column} = '')"
            where.add(empty if operator == "=" else f"NOT {empty}")
        else:
            where.add(f"{column} {operator} ?", _number(value))


def _number(value: str) -> str | int | float:
    if re.fullmatch(r"-?\d+", value) and not re.fullmatch(r"0\d+", value):  # 04 is a code
        return int(value)
    return float(value) if re.fullmatch(r"-?\d+\.\d+", value) else value
