"""The table of award names, read once: an automaton over the names and what each row demands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import ahocorasick

from miner.errors import TableError
from miner.records import AWARD_TYPES
from miner.tables import check_words, longest_first, read_toml, read_words
from miner.text import lower

TYPES_FILE = "award_types.toml"
WORDS_FILE = "award_words.toml"
LEVELS = ("state", "government", "ministry", "province", "district", "commune", "organisation", "giver")
TAILS = ("name", "free", "class", "none")
NEEDS = (
    "", "recognition", "gift", "person", "money", "contest", "praised", "title-word", "named-or-given",
    "prize", "won-name", "no-lottery", "no-goods", "no-wage",
)  # fmt: skip

_VOWEL_PAIRS = tuple(
    zip(
        ["oà", "oá", "oả", "oã", "oạ", "oè", "oé", "oẻ", "oẽ", "oẹ", "uỳ", "uý", "uỷ", "uỹ", "uỵ"],
        ["òa", "óa", "ỏa", "õa", "ọa", "òe", "óe", "ỏe", "õe", "ọe", "ùy", "úy", "ủy", "ũy", "ụy"],
        strict=True,
    )
)


def fold(text: str) -> str:
    """Return `text` in small letters, with the tone of oa, oe, uy on the first vowel, and of the same length."""
    return toned(lower(text))


def toned(text: str) -> str:
    """Return `text` with the tone on the first vowel, as folded text has it: for patterns, whose \\S `fold` breaks."""
    for old, new in _VOWEL_PAIRS:
        text = text.replace(old, new)
    return text


@dataclass(frozen=True, slots=True)
class AwardType:
    """One row of the table of award names."""

    id: str
    type: str
    level: str
    tail: str
    needs: str
    names: tuple[str, ...]
    exact: bool
    after: re.Pattern[str] | None
    not_before: re.Pattern[str] | None
    not_after: re.Pattern[str] | None
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]


def words(name: str) -> tuple[str, ...]:
    """Return the folded words of the entry `name` of the table of words, longest first."""
    return tuple(longest_first(fold(w) for w in read_words(WORDS_FILE, name)))


def any_of(items: tuple[str, ...] | list[str]) -> str:
    """Return a pattern for any of `items` as whole words, longest first."""
    return rf"(?<!\w)(?:{'|'.join(re.escape(w) for w in longest_first(items))})(?!\w)"


@cache
def award_types() -> tuple[AwardType, ...]:
    """Return the rows of `award_types.toml`; raises TableError where a row is at fault."""
    rows = read_toml(TYPES_FILE).get("award")
    if not isinstance(rows, list) or not rows:
        raise TableError(f"miner/data/{TYPES_FILE}", "award", "must be a list of tables, at least one")
    types = tuple(_row(row) for row in rows)
    ids = [t.id for t in types]
    if twice := sorted({i for i in ids if ids.count(i) > 1}):
        raise TableError(f"miner/data/{TYPES_FILE}", f"award {twice[0]}", "stands there twice")
    return types


def _row(row: Any) -> AwardType:
    name = f"award {row.get('id')}" if isinstance(row, dict) else "award"

    def fail(what: str) -> TableError:
        return TableError(f"miner/data/{TYPES_FILE}", name, what)

    if not isinstance(row, dict) or not row.get("id"):
        raise fail("must be a table with an id")
    for field, allowed in (("type", AWARD_TYPES), ("level", LEVELS), ("tail", TAILS), ("needs", NEEDS)):
        if row.get(field, "") not in allowed:
            raise fail(f"{field} is {row.get(field)!r}, must be one of {', '.join(a or '(none)' for a in allowed)}")
    known = {
        "id", "type", "level", "law", "names", "exact", "after", "tail", "needs", "not_before", "not_after", "examples",
        "counter_examples",
    }  # fmt: skip
    if unknown := sorted(set(row) - known):
        raise fail(f"holds {unknown[0]!r}, which is no field; fields are {', '.join(sorted(known))}")
    exact = bool(row.get("exact"))

    def entry(field: str) -> tuple[str, ...]:
        return check_words(TYPES_FILE, f"{name}.{field}", row[field]) if field in row else ()

    def after(items: tuple[str, ...]) -> re.Pattern[str] | None:
        alternatives = "|".join(re.escape(fold(w)) for w in longest_first(items))
        return re.compile(rf"[ ]*(?:{alternatives})(?!\w)") if items else None

    before = "|".join(re.escape(fold(w)) for w in longest_first(entry("not_before")))
    return AwardType(
        id=row["id"],
        type=row["type"],
        level=row["level"],
        tail=row["tail"],
        needs=row.get("needs", ""),
        names=tuple(n if exact else fold(n) for n in check_words(TYPES_FILE, f"{name}.names", row.get("names"))),
        exact=exact,
        after=after(entry("after")),
        not_before=re.compile(rf"(?<!\w)(?:{before})[ ]*$") if before else None,
        not_after=after(entry("not_after")),
        examples=check_words(TYPES_FILE, f"{name}.examples", row.get("examples")),
        counter_examples=check_words(TYPES_FILE, f"{name}.counter_examples", row.get("counter_examples")),
    )


@cache
def automaton() -> Any:
    """Return the automaton over names in small letters: name to (length, rows); of an exact row capitals count.

    A text is scanned in small letters, before it is folded: both `văn hoá` and `văn hóa` are in it.
    """
    names: dict[str, list[AwardType]] = {}
    for row in sorted(award_types(), key=lambda row: row.exact):
        for name in row.names:
            names.setdefault(lower(name), []).append(row)
            if not row.exact:
                for old, new in _VOWEL_PAIRS:
                    if new in name:
                        names.setdefault(name.replace(new, old), names[name])
    automaton = ahocorasick.Automaton()
    for name, rows in names.items():
        automaton.add_word(name, (len(name), tuple(rows)))
    automaton.make_automaton()
    return automaton
