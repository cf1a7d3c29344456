"""Find units in text (guide section 1): heads and names by grammar, bare places by gazetteer and evidence."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from miner.records import Span, Unit
from miner.units import lexicon
from miner.units.again import repeated_firms
from miner.units.bare import Bare, bare_places
from miner.units.grammar import Grammar, make_grammar
from miner.units.lexicon import RANKS, Head, Level, fold_word
from miner.units.tails import Found

Candidate = tuple[int, int, str, str]
"""Start, end, kind and rule of a unit."""
Heads = Sequence[tuple[int, Head]]
_INSIDE = r"[^“”\"\n]{3,120}[”\"]"
# A pattern that opens with one letter jumps to it, which is three times as fast as looking for any of two.
_QUOTED = {opening: re.compile(opening + _INSIDE) for opening in ("“", '"', '[“"]')}
_JOINTS = ("-", "–", "/")
_DASHES = ("-", "–")
_PHOTO = re.compile("nh: ")
_CREDIT = re.compile(r"[ẢA]nh ?: ?\Z", re.I)
_DOCUMENT = re.compile(r"(?:NQ|QĐ|CT|KH|TB|NĐ|TT|CV|TTr|BC) [-–] \Z")

# The share of each rule's findings that are right in span and kind, on train and dev.
CONFIDENCE = {
    "fixed": 0.96, "office": 0.97, "place": 0.99, "level": 0.98, "function": 0.94, "name": 0.96, "list": 0.97,
    "bare": 0.97, "again": 0.8,
}  # fmt: skip


def find_units(text: str, sentences: Sequence[Span]) -> tuple[Unit, ...]:
    """Return every unit of `text`, in order, without overlaps."""
    return find_by_grammar(text, sentences)


def find_by_grammar(text: str, sentences: Sequence[Span]) -> tuple[Unit, ...]:
    """Return the units that heads, levels and the gazetteer name, in order, without overlaps (guide section 1)."""
    grammar = make_grammar(text, lexicon.load())
    found, bare = _scan(grammar)
    found += bare_places(grammar, found, bare)
    found = _outside_titles(grammar, found)
    found += _credits(grammar)
    found += repeated_firms(grammar, found)
    found.sort(key=lambda unit: (unit[0], -unit[1]))
    units: list[Unit] = []
    at = 0
    for start, end, kind, rule in found:
        if start >= at:
            units.append(Unit(start, end, text[start:end], kind, rule=rule, confidence=CONFIDENCE[rule]))
            at = end
    return tuple(units)


def _credits(grammar: Grammar) -> list[Candidate]:
    """Return the newspapers whose names are words too where a photograph is credited to them: (Ảnh: Giao thông)."""
    if "nh: " not in grammar.text:
        return []
    credits_ = (match.end() for match in _PHOTO.finditer(grammar.text))
    papers = ((at, grammar.marks.paper(at)) for at in credits_ if grammar.text[at : at + 1].isupper())
    return [
        (at, end, "media", "name") for at, end in papers if end and grammar.text[end : end + 1] in (")", ".", "\n", "")
    ]


def _outside_titles(grammar: Grammar, found: list[Candidate]) -> list[Candidate]:
    """Return `found` without the places in the quoted name of a contest or the like."""
    curly, straight = "“" in grammar.text, '"' in grammar.text
    if not curly and not straight:
        return found
    pattern = _QUOTED['[“"]' if curly and straight else "“" if curly else '"']
    places = sorted(unit[:2] for unit in found if unit[2] == "locality")
    inside: set[tuple[int, int]] = set()
    for quoted in pattern.finditer(grammar.text):
        start, end = quoted.span()
        within = places[bisect_right(places, (start + 1,)) : bisect_right(places, (end,))]
        if within and _is_title(grammar, start):
            inside.update(place for place in within if place[1] < end)
    return [unit for unit in found if unit[2] != "locality" or unit[:2] not in inside] if inside else found


def _is_title(grammar: Grammar, start: int) -> bool:
    """Say whether the words before a quotation make it the name of a contest or the like."""
    return grammar.lexicon.titles.search(grammar.folded, max(0, start - 30), start) is not None


def _scan(grammar: Grammar) -> tuple[list[Candidate], list[Bare]]:
    """Read the marks from left to right: units with a head or a level word, and places that stand bare."""
    found: list[Candidate] = []
    bare: list[Bare] = []
    marks = grammar.marks
    at = hidden = inside = 0
    for start in marks.starts:
        if start < at:
            continue
        if start < inside:
            _bare(grammar, start, bare)
            continue
        heads, level = marks.heads(start), marks.level(start)
        if heads and heads[0][1].form == "never":
            at = heads[0][0]
            continue
        unit = None
        if (heads or start in marks.codes) and not _vain(grammar, start, heads, level, hidden):
            before = marks.word_before(start)
            if before and _street(grammar, start, heads, before):
                at = _end_of_name(grammar, start)
                continue
            unit = None if _part(grammar, start, at, heads, before) else grammar.unit(start)
        if unit and unit.rule == "office" and heads and heads[0][1].form == "name" and _plural(grammar, before):
            unit = None  # các cây xăng tỉnh X
        if unit:
            if level and (locality := _locality(grammar, start, level)) and locality[0] > unit.end:
                # xã Đoàn Kết is no youth union
                unit = Found(locality[0], "locality", "level")
            if not _short_form(grammar, start, unit, found):
                found.append((start, unit.end, unit.kind, unit.rule))
            at = unit.end
            if unit.rule == "function" and _plural(grammar, before):
                for a, b in grammar.fields_listed(start):
                    if a < b:
                        found.append((a, b, unit.kind, "list"))
                    at = b
            elif unit.listed or (unit.rule == "name" and _plural(grammar, before)):
                for a, b in grammar.listed(at, short=not unit.listed):
                    found.append((a, b, unit.kind, "list"))
                    at = b
            continue
        if heads and heads[0][0] > hidden:
            hidden = heads[0][0]
        if level and (locality := _locality(grammar, start, level)):
            end, plural = locality
            word = marks.word_before(start)
            if (level[1].strict and _project(grammar, start, word)) or _goods(grammar, start, word):
                at = end
                continue
            found.append((start, end, "locality", "level"))
            at = end
            if plural:
                for a, b in grammar.listed(at):
                    found.append((a, b, "locality", "list"))
                    at = b
            continue
        if start in marks.places and (place := _bare(grammar, start, bare)):
            # Inside a commune's name another may stand that is better known: phía Tây Nha Trang.
            at, inside = (start + 1, place.end) if place.bits == RANKS["commune"] else (place.end, 0)
    return found, bare


def _vain(grammar: Grammar, start: int, heads: Heads, level: tuple[int, Level] | None, hidden: int) -> bool:
    """Say at once that the heads at `start` open no unit: a longer one has failed, or nothing goes on from them."""
    if heads and start < hidden and " " not in grammar.text[start : heads[0][0]]:
        return True  # a head of one syllable, used up by the longer one: công TY
    if not heads or level or not grammar.text[start].islower():
        return False
    for end, head in heads:  # noqa: SIM110 - twice as fast as a generator
        if not head.bound or not grammar.marks.over(end):
            return False
    return True


def _bare(grammar: Grammar, start: int, bare: list[Bare]) -> Bare | None:
    """Note the bare place at `start`, if there is one, and return it."""
    place = grammar.marks.place(start, strict=True)
    if place is None:
        return None
    bare.append(Bare(start, place[0], place[1].bits, place[1].weak))
    return bare[-1]


def _plural(grammar: Grammar, before: str) -> bool:
    return bool(before) and fold_word(before) in grammar.lexicon.plural


def _street(grammar: Grammar, start: int, heads: Heads, before: str) -> bool:
    """Say whether a head is in a street's or a project's name: đường Trường Chinh, dự án Nhà máy X."""
    if _project(grammar, start, before):
        return bool(heads) and heads[0][1].form == "name"
    if not heads or heads[0][1].form != "name" or not grammar.text[start].isupper():
        return False
    return fold_word(before) in grammar.lexicon.streets and " " not in grammar.text[start : heads[0][0]]


def _project(grammar: Grammar, start: int, before: str) -> bool:
    """Say whether `dự án` stands before what starts at `start`, which is no firm."""
    if before.lower() != "án" or not grammar.folded.endswith("dự án", 0, start - 1):
        return False
    return grammar.lexicon.firms.match(grammar.folded, start) is None


def _goods(grammar: Grammar, start: int, before: str) -> bool:
    """Say whether a place with its level is what goods are called: cam Xã Đoài."""
    return grammar.text[start].isupper() and before.islower() and fold_word(before) in grammar.lexicon.goods


def _end_of_name(grammar: Grammar, start: int) -> int:
    unit = grammar.unit(start)
    return unit.end if unit else start + 1


def _part(grammar: Grammar, start: int, at: int, heads: Heads, before: str) -> bool:
    """Say whether the words before a head make it a group (các sở), a person (một công an) or part of a name."""
    text, lexicon = grammar.text, grammar.marks.lexicon
    mark = text[start - 1] if start > 1 else ""
    second = text[start - 2] if mark else ""
    if heads and mark in _JOINTS and text[start].isupper() and second != " ":
        return True
    if heads and mark == " " and second in _DASHES and _DOCUMENT.search(text, max(0, start - 12), start):
        return True
    if second == ":" and text[start : start + 3].isupper() and _CREDIT.search(text, max(0, start - 8), start):
        return not heads or heads[0][1].kind != "media"
    if not before or not heads:
        return False
    head = heads[0][1]
    folded = fold_word(before)
    if head.form == "fixed" and head.kind in ("enterprise", "media"):
        words = grammar.marks.words_before(start)
        if head.kind == "enterprise" and fold_word(" ".join(reversed(words[:2]))) in lexicon.before:
            return True
        if head.kind == "media" and before[0].isupper() and start - 1 != at:
            return len(words) > 1 and before not in lexicon.openers and not before.isupper()
    if head.form not in ("name", "fixed") and folded in lexicon.plural and not before.isdigit():
        return not grammar.fields_listed(start)
    if head.kind == "police" and head.form == "service" and folded in lexicon.member:
        return True
    if (
        text[start].isupper()
        and before[0].isupper()
        and not before[1:2].isupper()
        and folded not in lexicon.posts
        and start - 1 != at
        and " " not in text[start : heads[0][0]]
    ):
        opener = before in lexicon.openers and len(grammar.marks.words_before(start)) < 2
        return not opener and head.form in ("name", "function", "open", "service")
    return False


def _short_form(grammar: Grammar, start: int, unit: Found, found: list[Candidate]) -> bool:
    """Say whether a unit in brackets is only the short form of what stands before them."""
    text = grammar.text
    if text[start - 1 : start] != "(" or text[unit.end : unit.end + 1] != ")":
        return False
    if text[start : unit.end].replace(" ", "").isupper() and unit.kind != "media":
        return True
    return bool(found) and unit.kind == "enterprise" == found[-1][2] and start - found[-1][1] <= 2


def _locality(grammar: Grammar, start: int, level: tuple[int, Level]) -> tuple[int, bool] | None:
    """Return the end of a level word with its name, and whether it opens a list."""
    after, word = level
    end = grammar.place_name(after, word)
    if end is None:
        return None
    before = grammar.marks.word_before(start)
    last = fold_word(before) if before else ""
    if word.strict and " " not in grammar.text[start : after - 1] and last in grammar.lexicon.first_syllables:
        return None
    return end, last in grammar.lexicon.plural
