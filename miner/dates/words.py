"""The words of time expressions, read from `miner/data/time.toml`, as pieces of patterns."""

from __future__ import annotations

from functools import cache

from miner.errors import TableError
from miner.tables import longest_first, read_toml, read_words

TABLE = "time.toml"


@cache
def numbers(name: str) -> dict[str, int]:
    """Return the table `name` of words with one number each.

    Raises TableError where a value is no whole number.
    """
    found: dict[str, int] = {}
    for word, value in _entries(name).items():
        if not isinstance(value, int):
            raise TableError(f"miner/data/{TABLE}", f"{name}.{word}", "must be a whole number")
        found[word] = value
    return found


@cache
def pairs(name: str) -> dict[str, tuple[int, int]]:
    """Return the table `name` of words with two numbers each.

    Raises TableError where a value is no pair of whole numbers.
    """
    found: dict[str, tuple[int, int]] = {}
    for word, value in _entries(name).items():
        match value:
            case [int(first), int(last)]:
                found[word] = (first, last)
            case _:
                raise TableError(f"miner/data/{TABLE}", f"{name}.{word}", "must be two whole numbers")
    return found


def _entries(name: str) -> dict[str, object]:
    entries = read_toml(TABLE).get(name)
    if not isinstance(entries, dict) or not entries:
        raise TableError(f"miner/data/{TABLE}", name, "must be a table with at least one entry")
    return entries


def one_of(*words: str) -> str:
    """Return a pattern for any of `words`, whole words only, the longest first; a space stands for any blank."""
    return "(?:" + "|".join(word.replace(" ", r"[ \xa0]") for word in longest_first(words)) + r")(?!\w)"


@cache
def listed(name: str) -> frozenset[str]:
    """Return the list of words `name` as a set."""
    return frozenset(read_words(TABLE, name))


DAYPART = one_of(*read_words(TABLE, "dayparts"))
WEEKDAY = one_of(*numbers("weekdays"))
NUMBER = rf"(?:\d{{1,3}}|{one_of(*numbers('numbers'))})"


def number_of(word: str) -> int:
    """Return the value of digits or of a counting word that NUMBER matched."""
    return int(word) if word.isdecimal() else numbers("numbers")[word.replace("\xa0", " ")]
