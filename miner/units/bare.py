"""Places that stand without a level word (`Quảng Bình`): which of them are units (guide section 1)."""

from __future__ import annotations

import re
from typing import NamedTuple

from miner.text import UPPER
from miner.units.grammar import Grammar
from miner.units.lexicon import RANKS, fold_word

_JOINED = re.compile(r"(?:, | \(|\(|; | - | và |, và | / |/)\Z")
_LISTED = re.compile(r", | và |; ")
_CHAIN = re.compile(r" ?[-–] ?\Z")
_TITLE = 160
_NEXT_CAPITAL = re.compile(rf" [{UPPER}]")
_PROVINCE_AFTER = re.compile(r"(?:, | \(|\(| - )")


class Bare(NamedTuple):
    """A gazetteer name at `start`; `bits` are the levels at which it is borne."""

    start: int
    end: int
    bits: int
    weak: bool


def bare_places(
    grammar: Grammar, found: list[tuple[int, int, str, str]], bare: list[Bare]
) -> list[tuple[int, int, str, str]]:
    """Return those of `bare` that are localities, given the units `found` with a head or a level.

    A province stands by itself; a district too unless its name is also a person's or a common word; a commune,
    and a weak name, only where the article names it with its level or it stands beside another locality.
    """
    text = grammar.text
    known = _known_names(grammar, found)
    ends = {end: kind for _, end, kind, _ in found}
    kept: list[tuple[int, int, str, str]] = []
    guarded = -1
    elsewhere: set[str] = set()  # names that the article gives to a beach, a street or the like
    undecided: list[Bare] = []
    for place in bare:
        verdict = _guard(grammar, place, ends)
        if verdict == "else" or (guarded >= 0 and _CHAIN.fullmatch(text, guarded, place.start)):
            guarded = place.end
            elsewhere.add(grammar.folded[place.start : place.end])
            continue
        if verdict:
            continue
        name = grammar.folded[place.start : place.end]
        single = name.isalpha() and name != "huế" and not text[place.start : place.end].isupper()
        sure = place.bits & (RANKS["province"] | RANKS["district"]) and not place.weak and not single
        if sure or _tight(name) in known or _near(grammar, place, ends, elsewhere):
            kept.append((place.start, place.end, "locality", "bare"))
            ends[place.end] = "locality"
        else:
            undecided.append(place)
    # From right to left: a name before one that was kept, in one list.
    starts = {start for start, _, kind, _ in (*found, *kept) if kind == "locality"}
    for place in reversed(undecided):
        if (match := _LISTED.match(text, place.end)) and match.end() in starts:
            kept.append((place.start, place.end, "locality", "bare"))
            starts.add(place.start)
    return kept


def _tight(name: str) -> str:
    """Return a folded name without the blanks that some write around an apostrophe."""
    return (name.replace("' ", "'").replace(" '", "'") if "'" in name else name).strip()


def _known_names(grammar: Grammar, found: list[tuple[int, int, str, str]]) -> set[str]:
    """Return the folded names that the article gives with a level word."""
    known: set[str] = set()
    for start, end, kind, rule in found:
        if rule == "level" and kind == "locality":
            level = grammar.marks.level(start)
            if level and level[1].rank <= 3:
                known.add(_tight(grammar.folded[level[0] : end]))
        elif rule == "list" and kind == "locality":
            known.add(_tight(grammar.folded[start:end]))
    return known


def _guard(grammar: Grammar, place: Bare, ends: dict[int, str]) -> str:
    """Return "" where the words around let a place stand, "name" inside a name, "else" after a street or river."""
    text, marks, lexicon = grammar.text, grammar.marks, grammar.lexicon
    start, end = place.start, place.end
    last = marks.word_before(start)
    if start and text[start - 1] in ".@_":
        return "name"
    credit = text[start - 2 : start] == ": " and text[start - 5 : start - 2] in ("Ảnh", "ảnh")
    if credit and not place.bits & RANKS["province"]:
        return "name"
    if place.bits & (RANKS["province"] | RANKS["district"]) == 0 or place.weak:
        # A chain of streets: Điện Biên Phủ - Hai Bà Trưng
        if (
            text[start - 3 : start] in (" - ", " – ")
            and start - 3 not in ends
            and text[start - 4 : start - 3].isalpha()
        ):
            return "name"
        if place.bits == RANKS["commune"] and last.isdigit():
            return "name"
        if text[start:end].count(" ") >= 2 and text[start:end].split(" ")[0] in lexicon.surnames:
            return "name"
    shouted = _shouted(text, place) and not (last and last.capitalize() in lexicon.surnames)
    if last and (fold_word(last) in lexicon.last_words or last[0].isupper() or last[-1].isdigit()):
        before = marks.words_before(start)
        second = fold_word(before[1]) if len(before) > 1 else ""
        if last[-1].isdigit() and (second in lexicon.numbered or text[start - 1 - len(last) - 1] == "/"):
            return "else"
        one, two, three = _phrases(grammar, before)
        if (one in lexicon.before or two in lexicon.before or three in lexicon.before) and two not in lexicon.compounds:
            return "else"
        if one in lexicon.person or two in lexicon.person:
            return "name"
        if last[0].isupper() and start - 1 not in ends and not shouted:
            direction = second in lexicon.directions
            opener = last in lexicon.openers and (len(before) < 2 or not before[1][0].isupper())
            if not (opener or direction):
                return "name"
    if _NEXT_CAPITAL.match(text, end) and not shouted:
        at = end + 1
        if not marks.heads(at) and not marks.level(at) and not (place.bits & RANKS["province"] and grammar.person(at)):
            return "name"
    return ""


def _phrases(grammar: Grammar, before: tuple[str, ...]) -> tuple[str, str, str]:
    """Return the last one, two and three words, folded, where they may end a phrase of the tables."""
    last = fold_word(before[0]) if before else ""
    if last not in grammar.lexicon.last_words:
        return last, last, last
    folded = [fold_word(word) for word in reversed(before)]
    return last, " ".join(folded[-2:]), " ".join(folded)


def _shouted(text: str, place: Bare) -> bool:
    """Say whether a province or district stands in a title all in capitals, where they tell nothing."""
    if place.bits == RANKS["commune"] or place.weak or not text[place.start : place.end].isupper():
        return False
    # No further than a title reaches, which keeps the whole linear.
    left, right = max(0, place.start - _TITLE), place.end + _TITLE
    stop = text.find("\n", place.end, right)
    line = text[text.rfind("\n", left, place.start) + 1 or left : right if stop < 0 else stop]
    return line.count(" ") >= 4 and line.isupper()


def _near(grammar: Grammar, place: Bare, ends: dict[int, str], elsewhere: set[str]) -> bool:
    """Say whether the words around make a place of a name: it stands beside a unit, or somebody lives there."""
    if _after(grammar, place, ends) or _lives(grammar, place):
        return True
    return grammar.folded[place.start : place.end] not in elsewhere and _before(grammar, place)


def _lives(grammar: Grammar, place: Bare) -> bool:
    """Say whether somebody lives in or comes from a place: trú Diên Thọ."""
    lexicon = grammar.lexicon
    phrases = _phrases(grammar, grammar.marks.words_before(place.start))
    if lexicon.residence.isdisjoint(phrases):
        return False
    return grammar.text[place.start : place.end].split(" ")[0] not in lexicon.surnames


def _after(grammar: Grammar, place: Bare, ends: dict[int, str]) -> bool:
    """Say whether a place stands after another, with a comma, bracket or dash between."""
    match = _JOINED.search(grammar.text, max(0, place.start - 5), place.start)
    return match is not None and ends.get(match.start()) == "locality"


def _before(grammar: Grammar, place: Bare) -> bool:
    """Say whether a place stands before the province or district that it lies in."""
    text = grammar.text
    after = _PROVINCE_AFTER.match(text, place.end)
    if after:
        at = after.end()
        level = grammar.marks.level(at)
        if level and level[1].rank <= 2 and grammar.place_name(level[0], level[1]):
            return True
        if "(" in after[0] and (nearby := grammar.marks.place(at, strict=True)):
            return nearby[1].bits & (RANKS["province"] | RANKS["district"]) > 0
        nearby = grammar.marks.place(at, strict=True)
        if nearby and nearby[1].bits & RANKS["province"] and not nearby[1].weak:
            return True
    return False
