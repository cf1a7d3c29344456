"""Find units in text (guide section 1): heads and names by grammar, bare places by gazetteer and evidence."""

from __future__ import annotations

from collections.abc import Sequence

from miner.records import Span, Unit
from miner.units import lexicon
from miner.units.bare import Bare, bare_places
from miner.units.grammar import Found, Grammar, make_grammar

CONFIDENCE = {
    "fixed": 0.95, "office": 0.95, "place": 0.95, "level": 0.93, "function": 0.9, "name": 0.85, "list": 0.85,
    "bare": 0.85, "code": 0.9, "press": 0.9, "again": 0.7,
}  # fmt: skip


def find_units(text: str, sentences: Sequence[Span], *, accurate: bool = True) -> tuple[Unit, ...]:
    """Return every unit of `text`, in order, without overlaps; `accurate` is for a fitted tagger to come."""
    return find_by_grammar(text, sentences)


def find_by_grammar(text: str, sentences: Sequence[Span]) -> tuple[Unit, ...]:
    """Return the units that heads, levels and the gazetteer name, in order, without overlaps (guide section 1)."""
    grammar = make_grammar(text, lexicon.load())
    found, bare = _scan(grammar)
    found += bare_places(grammar, found, bare)
    found.sort()
    units: list[Unit] = []
    at = 0
    for start, end, kind, rule in found:
        if start >= at:
            units.append(Unit(start, end, text[start:end], kind, rule=rule, confidence=CONFIDENCE[rule]))
            at = end
    return tuple(units)


def _scan(grammar: Grammar) -> tuple[list[tuple[int, int, str, str]], list[Bare]]:
    """Read the marks from left to right: units with a head or a level word, and places that stand bare."""
    found: list[tuple[int, int, str, str]] = []
    bare: list[Bare] = []
    marks = grammar.marks
    at = 0
    for start in marks.starts:
        if start < at:
            continue
        unit = _guarded(grammar, start, at)
        if unit:
            found.append((start, unit.end, unit.kind, unit.rule))
            at = unit.end
            if unit.listed:
                for a, b in grammar.listed(at):
                    found.append((a, b, unit.kind, "list"))
                    at = b
            continue
        locality = _locality(grammar, start)
        if locality:
            end, rank, plural = locality
            found.append((start, end, "locality", "level"))
            at = end
            if plural:
                for a, b in grammar.listed(at):
                    found.append((a, b, "locality", "list"))
                    at = b
            continue
        place = marks.place(start, strict=True)
        if place:
            bare.append(Bare(start, place[0], place[1].place, place[1].weak))
            at = place[0]
    return found, bare


def _guarded(grammar: Grammar, start: int, at: int) -> Found | None:
    """Return the unit at `start` unless the words before it say that it is a group or part of a name."""
    marks = grammar.marks
    heads = marks.heads(start)
    if not heads:
        return None
    before = marks.words_before(start)
    if before:
        last = before[0]
        folded = last.lower()
        if folded in marks.lexicon.plural and heads[0][1].form not in ("name", "fixed"):
            return None
        if last[0].isupper() and start - 1 != at and " " not in marks.text[start : heads[0][0]]:
            if marks.text[start].isupper() and last not in marks.lexicon.openers and len(before) > 1 and heads[0][1].form in ("name", "function", "open", "service"):
                return None
    return grammar.unit(start)


def _locality(grammar: Grammar, start: int) -> tuple[int, int, bool] | None:
    """Return the end and rank of a level word with its name, and whether it opens a list."""
    marks = grammar.marks
    level = marks.level(start)
    if level is None:
        return None
    word = level[1]
    if word.strict and not _own_word(grammar, start):
        return None
    end = grammar.place_name(level[0], word)
    if end is None:
        return None
    before = marks.words_before(start)
    plural = bool(before) and before[0].lower() in marks.lexicon.plural
    return end, word.rank, plural


def _own_word(grammar: Grammar, start: int) -> bool:
    """Say whether a short level word at `start` is no second syllable: văn bản, Nhật Bản, dân làng."""
    before = grammar.marks.words_before(start)
    return not before or before[0].lower() not in {"văn", "cơ", "nhật", "kịch", "căn", "biên", "ấn", "phiên", "thôn", "dân", "quân", "tư", "xuất", "tái", "chuyển", "nguyên", "bài"}
