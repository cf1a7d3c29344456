"""The data dictionary, written from the schema."""

from __future__ import annotations

from miner.store import schema

_HEAD = f"""# Data dictionary

Every table and column of a database made by `miner run`, version {schema.VERSION} of the schema. Written from
`miner/store/schema.py` by `miner docs docs/`; do not edit it here.

- Offsets are code points into `articles.text` (NFC), from 0, the end not included.
- A mention's `id` is `article × 2^{schema.OFFSET_BITS} + start`: it stays the same when an article is extracted again.
  `fact` in the views (`article id#layer:start-end`) names the same mention in any database.
- Codes of places are those of the General Statistics Office, valid on the article's day; since 2025-07-01 some codes
  belong to other places.
- Empty (NULL) means that the text does not say; nothing is guessed.
- Days are ISO (`2019-01-23`), times ISO in UTC.
- What each kind, type and topic means: the annotation guide, whose sections are named.
"""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def dictionary() -> str:
    """Return docs/data-dictionary.md."""
    parts = [_HEAD, "## Views\n", "What most questions need: facts with their article and sentence spelt out.\n"]
    for view in schema.VIEWS:
        parts.append(f"### {view.name}\n\n{view.doc}\n\n```sql{view.select.rstrip()}\n```\n")
    parts.append("## Tables\n")
    for table in schema.TABLES:
        rows = [f"| `{c.name}` | `{_cell(c.type)}` | {_cell(c.doc)} |" for c in table.columns]
        parts.append(
            f"### {table.name}\n\n{table.doc}\n\n| column | type | what it holds |\n|---|---|---|\n"
            + "\n".join(rows)
            + "\n"
        )
        more = [f"- {line}" for line in table.constraints] + [f"- Index on {columns}." for columns in table.indices]
        if more:
            parts.append("\n".join(more) + "\n")
    parts.append(f"### article_search\n\n{schema.SEARCH_DOC}\n\n```sql\n{schema.SEARCH}\n```\n")
    return "\n".join(parts)
