"""The tables of figures as sets and patterns, built once."""

from __future__ import annotations

import re
from functools import cache

from miner.tables import longest_first, read_toml, read_words

_MEASURES, _NOUNS, _WORDS = "measures.toml", "counted_nouns.toml", "figure_words.toml"


@cache
def words(*keys: str) -> frozenset[str]:
    """Return the list at `keys` of the table of figure words."""
    return frozenset(read_words(_WORDS, *keys))


@cache
def nouns(name: str) -> frozenset[str]:
    """Return the list `name` of the table of counted nouns."""
    return frozenset(read_words(_NOUNS, name))


@cache
def openings(name: str) -> frozenset[str]:
    """Return the first syllables of the list `name` of the table of counted nouns."""
    return frozenset(noun.split(" ", 1)[0] for noun in nouns(name))


@cache
def comparators() -> dict[str, str]:
    """Return what each comparator before a number says: gt, lt or approx."""
    return {word: name for name in ("gt", "lt", "approx") for word in read_words(_WORDS, "comparators", name)}


@cache
def quantities() -> dict[str, str]:
    """Return the dimension (mass, length, area …) of each physical measure."""
    table = read_toml(_MEASURES)["quantity"]
    found = {word: name for name in table for word in read_words(_MEASURES, "quantity", name)}
    return found | dict.fromkeys(read_toml(_MEASURES)["quantity_of"], "")


def _either(listed: tuple[str, ...] | frozenset[str] | dict[str, str]) -> str:
    return "|".join(re.escape(w).replace(r"\ ", "[ \u00a0]") for w in longest_first(listed))


@cache
def fixed_measure() -> re.Pattern[str]:
    """Return the pattern of measures that are no counted nouns; the group that matched names the kind of figure."""
    money = read_words(_MEASURES, "money", "after")
    not_money = _either(read_words(_MEASURES, "money", "not_before"))
    after = _either(read_words(_MEASURES, "duration", "after"))
    of = read_toml(_MEASURES)["quantity_of"]
    with_noun = "|".join(rf"{word}(?= (?:{_either(tuple(of[word]))})(?!\w))" for word in of)
    plain = _either(tuple(word for word in quantities() if word not in of))
    no_time = _either(read_words(_MEASURES, "duration", "not_before"))
    but = _either(read_words(_MEASURES, "duration", "but"))
    groups = (
        ("age", _either(read_words(_MEASURES, "age", "after"))),
        ("percent", _either(read_words(_MEASURES, "percent", "after"))),
        ("quantity", f"{plain}|{with_noun}"),
        ("money", rf"(?!(?:{not_money})(?!\w))(?:{_either(money)})"),
        ("duration", rf"(?!(?:{no_time})(?! (?:{but}))(?!\w))(?:{after})"),
    )
    # A mark such as % needs no edge after it, a word does.
    return re.compile(
        "[ \u00a0\u202f]?(?:" + "|".join(rf"(?P<{k}>{p})(?:(?<=[%€$°‰])|(?!\w))" for k, p in groups) + ")"
    )


@cache
def duration_tail() -> re.Pattern[str]:
    """Return the pattern of what a duration's object takes along: `năm tù`, `tháng đầu năm 2019`."""
    return re.compile(
        rf" (?:(?:đầu|cuối|giữa) (?:năm|tháng|quý|tuần|nhiệm kỳ)(?: (?:19|20)\d\d(?!\d))?"
        rf"|(?:{_either(read_words(_MEASURES, 'duration', 'tails'))})(?!\w)|đầu(?=[,.;]| [^\W\d]*(?:ng|nh)\b))"
    )
