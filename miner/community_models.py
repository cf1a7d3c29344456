"""Named community models (guide section 4): names in quotes after a head word, and named groups without quotes.

Only a head word makes a quoted name a model, so movements, campaigns, programmes and contests stay out. The words
live in data/community_models.toml, the grammar here.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from miner.records import CommunityModel, Span, Unit
from miner.tables import longest_first, read_words
from miner.text import LOWER, UPPER, key

TABLE = "community_models.toml"
MAX_NAME = 90
"""Longest name between quotes, in characters; a longer stretch is a quotation."""
MIN_REPEATED = 10
"""Shortest name, in characters, that is found again where it stands without its head."""
_PLACES = ("locality", "religious", "school")
_LOCAL = ("province", "district", "commune", "hamlet")

_OPEN = "[“”\"„«']"
_CLOSE = "[”“\"»']"
_QUOTED = rf"{_OPEN}[ \xa0]?(?P<name>[^\s“”\"„«»][^“”\"„«»\n]{{0,{MAX_NAME - 1}}}?)[ \xa0]?{_CLOSE}(?![{LOWER}{UPPER}])"
_NEXT = re.compile(rf"[ \xa0]?(?:[,;/][ \xa0]?)?(?:(?:và|hay|hoặc|cùng)[ \xa0])?{_QUOTED}")


@dataclass(frozen=True, slots=True)
class _Grammar:
    """The patterns made out of the table, and the sets looked up beside them."""

    quoted: re.Pattern[str]
    bare: re.Pattern[str]
    religious: re.Pattern[str]
    weak: frozenset[str]
    themes: re.Pattern[str]
    movement: re.Pattern[str]
    founded: re.Pattern[str]
    national: re.Pattern[str]
    manner: re.Pattern[str]
    elsewhere: re.Pattern[str]
    doctrines: frozenset[str]


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(w).replace(r"\ ", "[ \xa0]") for w in longest_first(words))


def _either_case(words: Iterable[str]) -> str:
    return _any([form for w in words for form in (w, w[0].upper() + w[1:])])


def _capital(words: Iterable[str]) -> str:
    return _any([w[0].upper() + w[1:] for w in words])


@cache
def _grammar() -> _Grammar:
    def words(name: str) -> tuple[str, ...]:
        return read_words(TABLE, name)

    heads = _either_case(words("heads"))
    stop = f"(?:{_any(words('stops'))})"
    between = _any([*words("qualifiers"), *words("openers")])
    quoted = (
        rf"(?:(?P<count>\d{{1,3}}(?:\.\d{{3}}|\d)?)[ \xa0])?(?<![{LOWER}{UPPER}“\"])(?P<head>{heads})"
        rf"(?P<between>(?:[ \xa0,]{{1,2}}(?:{between})(?![{LOWER}])){{0,4}})[ \xa0]?:?[ \xa0]?{_QUOTED}"
    )
    # A name without quotes runs over small words up to a stop word; numbers and `số 3` belong to it.
    word = rf"[ \xa0](?!{stop}(?![{LOWER}{UPPER}]))(?:[{LOWER}]+|\d{{1,3}}(?![\d./%]))(?![{UPPER}])"
    tail = rf"(?:{word}){{1,9}}(?:(?:,|[ \xa0]và)[ \xa0](?:{_any(words('joined'))})(?![{LOWER}]))?"
    model = _either_case(["mô hình"])
    aimed = rf"(?=[^,.;:“”\"()\n]{{0,{MAX_NAME}}}(?<![{LOWER}])(?:{_any(words('aims'))})(?![{LOWER}]))"
    club = _either_case(["câu lạc bộ", "CLB"])
    bare = (
        rf"(?<![{LOWER}{UPPER}])(?:"
        rf"(?:{model})[ \xa0](?P<after>(?:{_capital(words('starts'))})(?![{LOWER}])(?:{tail})?)"
        rf"|(?:{model})[ \xa0]{aimed}(?P<aimed>[{UPPER}][{LOWER}]+{tail})"
        rf"|(?P<club>(?:{club})[ \xa0](?:{_capital(words('club_starts'))})(?![{LOWER}])(?:{tail})?)"
        rf"|(?P<group>(?:{_capital(words('groups'))})(?![{LOWER}]){tail}(?:[ \xa0][{UPPER}][{LOWER}]+){{0,3}})"
        rf")(?![{LOWER}{UPPER}])"
    )
    return _Grammar(
        re.compile(quoted),
        re.compile(bare),
        re.compile(rf"(?<![{LOWER}])(?:{_any(map(key, words('religious')))})(?![{LOWER}])"),
        frozenset(map(key, words("weak_heads"))),
        re.compile(_any(map(key, words("themes")))),
        re.compile(
            rf"(?<![{LOWER}{UPPER}])(?:{_either_case(words('movements'))})[ \xa0]"
            rf"(?:{_QUOTED}|(?P<open>[{UPPER}][{LOWER}]+(?:[ \xa0](?!{stop}[ \xa0])[{UPPER}{LOWER}]+){{1,6}}?)"
            rf"(?=[ \xa0]{stop}[ \xa0]))"
        ),
        re.compile(rf"(?<![{LOWER}])(?:{_any(words('founded'))})[ \xa0]$"),
        re.compile(rf"(?<![{LOWER}])(?:{_any(map(key, words('national')))})(?![{LOWER}])"),
        re.compile(rf"(?<![{LOWER}])(?:{_any(words('manners'))})[ \xa0]$"),
        re.compile(rf"(?<![{LOWER}])(?:{_either_case(words('other_heads'))})[ \xa0]?{_OPEN}?[ \xa0]?$"),
        frozenset(map(key, words("doctrines"))),
    )


@cache
def _signs() -> re.Pattern[str]:
    """Return the pattern of what every text with a model holds: most articles cost only this one search."""
    weak = frozenset(read_words(TABLE, "weak_heads"))
    strong = [w if w.isupper() else w[1:] for w in ("mô hình", *read_words(TABLE, "heads")) if w not in weak]
    groups = [w[0].upper() + w[1:] for w in read_words(TABLE, "groups")]
    quoted = [rf"{re.escape(w[1:])}:? {_OPEN}" for w in weak]
    quoted += [rf"{re.escape(w[1:])} [{UPPER}“\"]" for w in read_words(TABLE, "movements")]
    return re.compile("|".join([*map(re.escape, [*strong, *groups]), *sorted(quoted)]))


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    rule: str
    confidence: float
    count: int | None = None


def _quoted_names(text: str, grammar: _Grammar) -> Iterator[_Found]:
    end = 0
    for match in grammar.quoted.finditer(text):
        if match.start("name") < end:
            continue
        weak = key(match["head"]) in grammar.weak
        if weak and not grammar.themes.search(key(match["name"])):
            continue
        name = match["name"]
        if key(name) in grammar.doctrines or (
            not name[0].isupper()
            and grammar.manner.search(text, max(0, match.start() - 8), match.start())
            and not grammar.themes.search(key(name))
        ):
            continue
        count = int(match["count"].replace(".", "")) if match["count"] else None
        first = _Found(match.start("name"), match.end("name"), "quoted", 0.8 if weak else 0.95, count)
        rest = list(_list_after(text, match.end()))
        # `3 mô hình: “A”, “B”` counts the list, `119 mô hình “A”` the places that run A.
        yield first if not rest else _Found(first.start, first.end, first.rule, first.confidence)
        yield from rest
        end = (rest or [first])[-1].end


def _list_after(text: str, position: int) -> Iterator[_Found]:
    while match := _NEXT.match(text, position):
        yield _Found(match.start("name"), match.end("name"), "list", 0.9)
        position = match.end()


_RUN_BY = re.compile(r"[”“\"»']?[ \xa0](?:ở|của|(?:mà|do|được)[ \xa0](?:các[ \xa0])?)[ \xa0]?$")


def _local_movements(text: str, units: Sequence[Unit], starts: list[int], grammar: _Grammar) -> Iterator[_Found]:
    """Yield the names of movements that the text gives to one place: it began them, or they are its own."""
    for match in grammar.movement.finditer(text):
        group = "open" if match["open"] else "name"
        start, end = match.span(group)
        if grammar.national.search(key(match[group])):
            continue
        at = bisect_left(starts, end)
        after = units[at] if at < len(units) else None
        run = (
            after is not None
            and after.level in _LOCAL
            and after.start - end <= 12
            and _RUN_BY.fullmatch(text, end, after.start)
        )
        if run or grammar.founded.search(text, max(0, match.start() - 12), match.start()):
            yield _Found(start, end, "movement", 0.7)


def _bare_names(text: str, grammar: _Grammar) -> Iterator[_Found]:
    for match in grammar.bare.finditer(text):
        group = match.lastgroup or "group"
        yield _Found(match.start(group), match.end(group), group, 0.75)


def _repeats(text: str, found: Sequence[_Found], grammar: _Grammar) -> list[_Found]:
    """Return what was found, and each name again where it stands word for word and with its capital.

    A name that something else bears as well (`dự án “X”`, `học bổng “X”`) is no model's.
    """
    kept = list(found)
    names = {text[f.start : f.end] for f in found}
    for name in sorted(n for n in names if len(n) >= MIN_REPEATED and n[0].isupper() and " " in n):
        places = []
        position = text.find(name)
        while position >= 0:
            end = position + len(name)
            if not text[position - 1 : position].isalnum() and not text[end : end + 1].isalnum():
                places.append(_Found(position, end, "repeated", 0.7))
            position = text.find(name, end)
        if any(grammar.elsewhere.search(text, max(0, p.start - 16), p.start) for p in places):
            kept = [f for f in kept if text[f.start : f.end] != name]
        else:
            kept += places
    return kept


def _disjoint(found: Iterable[_Found]) -> list[_Found]:
    """Keep the surest of overlapping names, then the longest, in the order of the text."""
    kept: list[_Found] = []
    for one in sorted(found, key=lambda f: (f.start, -f.confidence, -f.end)):
        if kept and one.start < kept[-1].end:
            if one.confidence > kept[-1].confidence:
                kept[-1] = one
            continue
        kept.append(one)
    return kept


_AT = re.compile(r"(?:ở|tại|của|trên địa bàn)[ \xa0]$")


def _place(text: str, name: _Found, sentence: tuple[int, int], units: Sequence[Unit], starts: list[int]) -> Unit | None:
    """Return the place or parish where the model runs: the one named right after it, else before it in the sentence."""
    at = bisect_left(starts, name.end)
    for unit in units[at : at + 3]:
        near = unit.end <= sentence[1] and unit.start - name.end <= 60
        if near and unit.kind in _PLACES and _AT.search(text, max(name.end, unit.start - 14), unit.start):
            return unit
    for unit in reversed(units[max(0, at - 3) : at]):
        if unit.start >= sentence[0] and unit.end <= name.start and unit.kind in _PLACES:
            return unit
    return None


def find_community_models(text: str, sentences: Sequence[Span], units: Sequence[Unit]) -> tuple[CommunityModel, ...]:
    """Return every named community model of `text`, in order, without overlaps.

    The span is the name without quotes (guide section 4); `count` says how many run it, where the text does;
    `religious` is true where the name speaks of a religious community. Never raises.
    """
    if not _signs().search(text):
        return ()
    grammar = _grammar()
    unit_starts = [unit.start for unit in units]
    found = [
        *_quoted_names(text, grammar),
        *_bare_names(text, grammar),
        *_local_movements(text, units, unit_starts, grammar),
    ]
    if not found:
        return ()
    sentence_starts = [s.start for s in sentences]
    models = []
    for name in _disjoint(_repeats(text, found, grammar)):
        at = bisect_right(sentence_starts, name.start) - 1
        sentence = (sentences[at].start, sentences[at].end) if at >= 0 else (0, len(text))
        models.append(
            CommunityModel(
                name.start,
                name.end,
                text[name.start : name.end],
                bool(grammar.religious.search(key(text[name.start : name.end]))),
                _place(text, name, sentence, units, unit_starts),
                name.count,
                rule=name.rule,
                confidence=name.confidence,
            )
        )
    return tuple(models)
