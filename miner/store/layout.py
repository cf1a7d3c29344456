"""How rows of facts are carried: as plain values, without what depends on a database.

A carried row leaves out `id` and `article`; a reference to a mention is that mention's offset, and a unit is its place
among the article's units. The database puts the article's number in as it writes, so rows can be made in any process
before anybody knows their numbers.
"""

from __future__ import annotations

import re

from miner.store.schema import OFFSET_BITS, TABLE, TABLES, YES, Column

FACTS = (
    "sentences", "unit_mentions", "dates", "community_models", "figures", "awards", "award_givers",
    "award_recipients", "topics", "passages", "passage_topics",
)  # fmt: skip
"""The fact tables, each after those that it refers to."""
OWNER = {"award_givers": "award", "award_recipients": "award", "passage_topics": "passage"}
"""Fact tables without a mention of their own: the column that holds their owner's id."""
MENTIONS = tuple(t for t in FACTS if any(c.type == YES for c in TABLE[t].columns))
"""Fact tables with an id of their own; a carried row of theirs begins with its offset."""
_MENTION = re.compile(r"REFERENCES (?:sentences|unit_mentions|dates|figures|awards|passages)\(id\)")


def is_mention_id(column: Column) -> bool:
    """Say whether a column of a fact table holds the id of a mention: article × 2^24 + offset."""
    return column.type == YES or _MENTION.search(column.type) is not None


def carried(table: str) -> list[Column]:
    """Return the columns of a fact table that a carried row has, in its order."""
    return [c for c in TABLE[table].columns if c.type != YES and c.name != "article"]


def _insert_fact(table: str) -> str:
    """Return the INSERT for a carried row, with the article's number in front of it as the first parameter."""
    place = {c.name: f"?{i}" for i, c in enumerate(carried(table), 2)}
    values = []
    for column in TABLE[table].columns:
        if column.name == "article":
            values.append("?1")
        elif column.type == YES:
            values.append(f"?1 << {OFFSET_BITS} | {place['start']}")
        elif is_mention_id(column):
            values.append(f"?1 << {OFFSET_BITS} | {place[column.name]}")  # NULL stays NULL
        else:
            values.append(place[column.name])
    names = ", ".join(c.name for c in TABLE[table].columns)
    return f"INSERT INTO {table} ({names}) VALUES ({', '.join(values)})"


def _insert(table: str) -> str:
    columns = [c.name for c in TABLE[table].columns]
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


INSERT = {table.name: _insert_fact(table.name) if table.name in FACTS else _insert(table.name) for table in TABLES}
"""Table → INSERT; a fact table's takes the article's number and a carried row, the others' every column."""
UNIT_AT = [c.name for c in carried("unit_mentions")].index("unit")
"""Where a carried mention of a unit says which of the article's units it is."""
ARTICLE = [c.name for c in TABLE["articles"].columns if c.name not in ("no", "id", "version", "run", "duplicate_group")]
"""The columns of `articles` that a carried article has."""
UNIT = [c.name for c in TABLE["units"].columns if c.name != "id"]
"""The columns of `units` that a carried unit has; the key is the first."""
