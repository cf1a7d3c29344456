"""The unit tables as one automaton, and the folded text that it runs over.

Folding keeps the length of the text, so that an offset into the folded text is one into the article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple

import ahocorasick

from miner import gazetteer
from miner.errors import TableError
from miner.records import UNIT_KINDS
from miner.tables import check_words, longest_first, read_toml
from miner.text import UPPER, lower, nfc

HEADS = "unit_heads.toml"
WORDS = "unit_words.toml"
FORMS = ("never", "fixed", "office", "service", "function", "open", "nested", "task", "name")
SMALL = ("yes", "no", "tail", "placed", "capital")
RANKS = {"province": 1, "district": 2, "commune": 4}
"""Bits of a place's levels; one name may be borne at several."""

_CHARS = [*((c, "-") for c in "‐‑‒–—−"), *((c, "'") for c in "‘’ʼ`´"), ("ð", "đ")]
_DAK = re.compile("đắc (?=[ln])")
# The rarer spelling to the commoner: the tone of oa, oe, uy on the second vowel (everywhere, hoàn too), i for y.
_SPELT = re.compile("[òóỏõọùúủũụỳýỹ](?:[aey](?<=[òóỏõọ][ae]|[ùúủũụ]y)|(?<=[klms][ỳýỹ])(?<=kỳ|lý|[kms]ỹ))")
_SPELLINGS = {"ỳ": "ì", "ý": "í", "ỹ": "ĩ"} | {
    nfc(one + tone + other): nfc(one + other + tone)
    for one, other in (("o", "a"), ("o", "e"), ("u", "y"))
    for tone in "\u0300\u0301\u0309\u0303\u0323"
}
RUNS = re.compile(r"([^\W_]+)(?:[\W_]{1,3}[^\W_]+)?")
"""A run of letters and digits (its first group), with a second where one follows."""
# Small words of the grammar's own patterns that may go on a name: số 3, thuộc Sở X.
_ONWARD = ("số", "khu", "vùng", "khóa", "về", "thuộc")
_SYLLABLE_START = re.compile(r"(?:(?<=[ -])|^)[^\W\d_]")


class Head(NamedTuple):
    """A word that opens a unit's name; see unit_heads.toml."""

    kind: str
    form: str
    small: str
    alone: bool
    mother: bool
    field: bool

    @property
    def bound(self) -> bool:
        """Say whether it names nothing by itself: something must go on from it."""
        return not self.alone and self.form not in ("fixed", "office", "never")


class Level(NamedTuple):
    """A level word such as `huyện`; see unit_words.toml."""

    rank: int
    number: bool
    known: bool
    office: bool
    strict: bool
    numbered: bool
    pair: bool
    letter: bool


class PlaceName(NamedTuple):
    """A name that places bear."""

    bits: int
    """Bits of RANKS: the levels at which it is borne."""
    syllables: tuple[int, ...]
    """Offsets of its syllables but the first, which are capitals too where it is written as a name."""
    weak: bool
    """Whether it needs more evidence than others."""


class Inner(NamedTuple):
    """What a word may be inside a unit's name, each with the offsets of the letters that must be capitals."""

    word: str
    """As folded."""
    function: tuple[str, tuple[int, ...]] | None
    """The kind that a field of work settles, or ""."""
    verb: bool
    """A field of work that is a verb too."""
    paper: tuple[tuple[int, ...], ...]
    """Capitals of a newspaper's name that stands only after báo or as a photo credit."""
    trades: frozenset[str]
    """Lists of [trade] that hold the word."""


class Word(NamedTuple):
    """What a folded word may open, each with the offsets of the letters that must be capitals."""

    length: int
    closed: bool
    """Whether its last character is alphanumeric, so that none may follow."""
    heads: tuple[tuple[Head, tuple[int, ...]], ...]
    """The last of the table first."""
    level: tuple[Level, tuple[int, ...]] | None
    place: PlaceName | None


class Lexicon(NamedTuple):
    """All unit tables, ready to search."""

    automaton: Any
    """Folded head, level word or place to Word."""
    inner: dict[str, tuple[Inner, ...]]
    """Words inside names by the first two runs of letters and digits in them, longest first."""
    onward: frozenset[str]
    """First runs of letters and digits, folded, of all that can go on a name in small letters."""
    before: frozenset[str]
    compounds: frozenset[str]
    person: frozenset[str]
    plural: frozenset[str]
    residence: frozenset[str]
    streets: frozenset[str]
    member: frozenset[str]
    posts: frozenset[str]
    goods: frozenset[str]
    first_syllables: frozenset[str]
    directions: frozenset[str]
    numbered: frozenset[str]
    last_words: frozenset[str]
    """Those that end the phrases of `before`, `compounds`, `person` and `residence`."""
    openers: frozenset[str]
    surnames: frozenset[str]
    common_surnames: frozenset[str]
    short_surnames: frozenset[str]
    foreign: tuple[str, ...]
    stop: frozenset[str]
    counted: re.Pattern[str]
    """Folded words after a number that counts."""
    plural_before: re.Pattern[str]
    """Folded words that make a list of the level after them."""
    group_next: re.Pattern[str]
    """Folded words after an office that make it a group."""
    group_beside: re.Pattern[str]
    """Written words after an office's own level that make it a group."""
    branch: re.Pattern[str]
    arms: re.Pattern[str]
    titles: re.Pattern[str]
    """Folded words before a quoted name of a contest or the like, to the end of the searched part."""
    unnamed: re.Pattern[str]
    """Folded heads of firms that a place alone does not name, to the end of the searched part."""
    firms: re.Pattern[str]
    """Folded heads of firms whose names stand alone later."""


def fold(text: str) -> str:
    """Fold case, dashes, quotes and the place of the tone of `text`, character by character."""
    low = lower(text)
    # A search for what is mostly not there costs far less than `str.translate`.
    for old, new in _CHARS:
        if old in low:
            low = low.replace(old, new)
    low = _SPELT.sub(lambda found: _SPELLINGS[found[0]], low)
    if "ăk" in low or "đak" in low or "đắc " in low:
        low = _DAK.sub("đắk ", low.replace("ăk", "ắk").replace("đak", "đắk"))
    return low


@lru_cache(maxsize=1 << 14)
def fold_word(word: str) -> str:
    """Fold one word or phrase as `fold` does; the commonest are remembered."""
    return fold(word)


def _runs(word: str) -> re.Match[str]:
    found = RUNS.match(word)
    if found is None:
        raise TableError(f"miner/data/{WORDS}", word, "must begin with a letter or digit")
    return found


def _caps(word: str) -> tuple[int, ...]:
    return tuple(i for i, c in enumerate(word) if c.isupper())


def _spellings(name: str) -> Iterator[str]:
    """Yield how a place's name is written: with and without blanks around hyphens and apostrophes, i for y."""
    name = name.replace("’", "'")
    yield name
    if "-" in name:
        tight = name.replace(" - ", "-")
        yield from (tight, tight.replace("-", " - "), tight.replace("-", " "))
    if "'" in name:
        tight = name.replace(" '", "'").replace("' ", "'")
        yield from (tight, tight.replace("'", "' "), tight.replace("'", " ' "), tight.replace("'", ""))
    if "Mỹ" in name or "Quy" in name:
        yield name.replace("Mỹ", "Mĩ").replace("Quy", "Qui")


class _Builder:
    """Collects the roles of each folded word."""

    def __init__(self) -> None:
        self.roles: dict[str, dict[str, Any]] = {}

    def at(self, word: str) -> dict[str, Any]:
        return self.roles.setdefault(fold(word), {})

    def head(self, word: str, head: Head) -> None:
        entry = self.at(word)
        capitals = _caps(word) or ((0,) if head.small == "no" and " " not in word else ())
        entry["heads"] = (*entry.get("heads", ()), (head, capitals))

    def places(self, bits: dict[str, int]) -> None:
        """Add places by name with the bits of their levels, in all their spellings."""
        spelt = [(spelling, mask) for name, mask in bits.items() for spelling in _spellings(name)]
        # Folded all at once, which is much faster than one by one.
        for (spelling, mask), folded in zip(spelt, fold("\n".join(s for s, _ in spelt)).split("\n"), strict=True):
            entry = self.roles.setdefault(folded, {})
            entry["place"] = entry.get("place", 0) | mask
            entry["syllables"] = tuple(m.start() for m in _SYLLABLE_START.finditer(spelling, 1))

    def automaton(self) -> Any:
        automaton = ahocorasick.Automaton()
        # Thousands of places are alike in all but their letters: what is said of them once stays near at hand.
        once: dict[Word, Word] = {}
        for word, roles in sorted(self.roles.items()):  # words that begin alike lie side by side in memory
            bits, heads, level = roles.get("place"), roles.get("heads", ()), roles.get("level")
            place = PlaceName(bits, roles["syllables"], roles.get("weak", False)) if bits else None
            if heads or level or place:
                entry = Word(len(word), word[-1].isalnum(), heads[::-1], level, place)
                automaton.add_word(word, once.setdefault(entry, entry))
        automaton.make_automaton()
        return automaton

    def inner(self) -> dict[str, tuple[Inner, ...]]:
        found: dict[str, list[Inner]] = {}
        for word in longest_first(self.roles):
            roles = self.roles[word]
            function, paper, trades = roles.get("function"), roles.get("paper", ()), roles.get("trades", frozenset())
            if function or paper or trades:
                entry = Inner(word, function, "verb" in roles, paper, trades)
                found.setdefault(_runs(word)[0], []).append(entry)
        return {first: tuple(entries) for first, entries in found.items()}


def _heads(builder: _Builder) -> None:
    for number, row in enumerate(read_toml(HEADS)["head"], 1):
        where = f"head {number}"
        kind, form, small = row.get("kind"), row.get("form"), row.get("small", "yes")
        for field, value, allowed in (("kind", kind, UNIT_KINDS), ("form", form, FORMS), ("small", small, SMALL)):
            if value not in allowed:
                problem = f"{field} must be one of {', '.join(allowed)}, not {value!r}"
                raise TableError(f"miner/data/{HEADS}", where, problem)
        head = Head(kind, form, small, bool(row.get("alone")), bool(row.get("mother")), bool(row.get("field")))
        owners = check_words(HEADS, where, row["of"]) if "of" in row else ()
        for word in check_words(HEADS, where, row.get("words")):
            for whole in [f"{word} {owner}" for owner in owners] or [word]:
                builder.head(whole, head)


def _words(builder: _Builder, table: dict[str, Any]) -> None:
    for number, row in enumerate(table["level"], 1):
        for word in check_words(WORDS, f"level {number}", row.get("words")):
            level = Level(
                rank=row["rank"],
                number=bool(row.get("number")),
                known=bool(row.get("known")),
                office=bool(row.get("office")),
                strict=bool(row.get("strict")),
                numbered=bool(row.get("numbered")),
                pair=bool(row.get("pair")),
                letter=word.endswith(".") and len(word) == 2,
            )
            builder.at(word)["level"] = (level, _caps(word))
    for kind, words in table["function"].items():
        if kind == "verbs":
            continue
        for word in check_words(WORDS, f"function.{kind}", words):
            builder.at(word).setdefault("function", ("" if kind == "any" else kind, _caps(word)))
    for word in check_words(WORDS, "function.verbs", table["function"]["verbs"]):
        builder.at(word)["verb"] = True
    for name, words in table["trade"].items():
        if name == "stop":
            continue
        for word in check_words(WORDS, f"trade.{name}", words):
            entry = builder.at(word)
            entry["trades"] = entry.get("trades", frozenset()) | {name}
    press = Head("media", "fixed", "yes", False, False, False)
    for word in check_words(WORDS, "press.alone", table["press"]["alone"]):
        builder.head(word, press)
    for word in check_words(WORDS, "press.after", table["press"]["after"]):
        entry = builder.at(word)
        entry["paper"] = (*entry.get("paper", ()), _caps(word))


def _places(builder: _Builder, table: dict[str, Any]) -> None:
    bits: dict[str, int] = {}
    for name, level in gazetteer.load().bare_names():
        bits[name] = bits.get(name, 0) | RANKS[level]
    for level in ("province", "district"):
        for name in check_words(WORDS, f"place.{level}", table["place"][level]):
            bits[name] = bits.get(name, 0) | RANKS[level]
    builder.places({name: mask for name, mask in bits.items() if name[0].isalpha() and len(name) > 1})
    for name in check_words(WORDS, "place.weak", table["place"]["weak"]):
        builder.at(name)["weak"] = True


@cache
def load() -> Lexicon:
    """Build the lexicon from the packaged tables and the gazetteer, once.

    Raises TableError where a row names an unknown kind or form, or a list is empty or names a word twice.
    """
    builder = _Builder()
    table = read_toml(WORDS)
    _heads(builder)
    _words(builder, table)
    _places(builder, table)

    def words(section: str, name: str) -> tuple[str, ...]:
        return check_words(WORDS, f"{section}.{name}", table[section][name])

    def folded(name: str, section: str = "guard") -> frozenset[str]:
        return frozenset(map(fold, words(section, name)))

    def any_of(section: str, name: str) -> str:
        return f"(?:{'|'.join(map(re.escape, longest_first(map(fold, words(section, name)))))})(?!\\w)"

    inner = builder.inner()
    lists = (("more", "branch"), ("more", "arms"), ("more", "listed"), ("group", "plural"), ("group", "tiers"))
    onward = {fold(word) for word in (*_ONWARD, *(w for section, name in lists for w in words(section, name)))}
    beside = "|".join(map(re.escape, longest_first(words("group", "beside"))))
    named = "|".join(map(re.escape, words("group", "named")))
    return Lexicon(
        automaton=builder.automaton(),
        inner=inner,
        onward=frozenset(_runs(word)[1] for word in (*inner, *onward)),
        before=folded("before"),
        compounds=folded("compounds"),
        person=folded("person"),
        plural=folded("plural"),
        residence=folded("residence"),
        streets=folded("streets"),
        member=folded("member"),
        posts=folded("posts"),
        goods=folded("goods"),
        first_syllables=folded("first_syllables"),
        directions=folded("directions"),
        numbered=folded("numbered"),
        last_words=frozenset(
            phrase.split(" ")[-1] for name in ("before", "compounds", "person", "residence") for phrase in folded(name)
        ),
        openers=frozenset(words("guard", "openers")),
        surnames=frozenset(words("guard", "surnames")),
        common_surnames=frozenset(words("guard", "common_surnames")),
        short_surnames=frozenset(words("guard", "short_surnames")),
        foreign=words("guard", "foreign"),
        stop=folded("stop", "trade"),
        counted=re.compile(any_of("counted", "words") + r"|đến \d"),
        plural_before=re.compile(rf"{any_of('more', 'listed')} "),
        group_next=re.compile(
            rf" (?:(?:{any_of('group', 'plural')}|\d{{1,3}})(?: \d{{1,3}})? {any_of('group', 'of')}"
            rf"|{any_of('group', 'tiers')})"
        ),
        group_beside=re.compile(
            rf"(?:, | ?/ ?| ?- ?| và | hoặc )(?:các )?(?:{beside})(?!\w)(?! ?[{UPPER}\d])(?! +(?:{named})\b)"
        ),
        branch=re.compile(rf"{any_of('more', 'branch')} "),
        arms=re.compile(rf" {any_of('more', 'arms')}"),
        titles=re.compile(rf"{any_of('guard', 'titles')}(?: \w+){{0,2}} ?:? ?\Z"),
        unnamed=re.compile(rf"{any_of('more', 'unnamed')}\Z"),
        firms=re.compile(rf"{any_of('more', 'firms')} "),
    )
