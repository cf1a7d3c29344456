"""Say where the noun of a group ends, and with it the name of who gives or gets."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from miner.awards.named import patterns
from miner.awards.table import toned, words
from miner.records import Party, Person, Unit
from miner.text import UPPER

DEEDS = ("bắt", "cứu", "phá", "trả", "nhặt", "giúp")
_HEADS = re.compile(r"ngành|nhóm|kíp|đội|tổ|hãng|cơ quan|người có")
_TEAM = re.compile(toned("nhóm|kíp|kíp trực|đội|tổ|tổ công tác|tổ tuần tra|đoàn|ê kíp"))
_PROPER = re.compile(rf"(?:[ ](?:[{UPPER}][\w’'/-]*|\d+))+")


class Nouns:
    """One text with what other layers have found in it, and the grammar of its noun phrases."""

    def __init__(
        self,
        text: str,
        low: str,
        units: Sequence[Unit],
        people: Sequence[Person],
        taken: Sequence[tuple[int, int]] = (),
    ) -> None:
        """`taken` are spans that name no person, though they look so: those of the awards."""
        self.text, self.low = text, low
        self.units = {u.start: u for u in units}
        self.unit_starts = sorted(self.units)
        covered = sorted((u.start, u.end) for u in units)
        self.people = {p.start: p for p in people if not _covered(covered, p.start) and not _covered(taken, p.start)}
        self.person_starts = sorted(self.people)

    def party(self, start: int, end: int, kind: str, unit: Unit | None = None, number: int | None = None) -> Party:
        """Return the party that the text writes from `start` to `end`."""
        return Party(start, end, self.text[start:end], kind, unit, number)

    def bare_end(self, name: int, after: int, end: int) -> int:
        """Return where a group without a quantity ends: its place or unit belongs to it, and `tham gia …`."""
        p, low = patterns(), self.low
        if (unit := self.units.get(after + 1)) and low[after : after + 1] == " " and unit.end <= end:
            return unit.end
        if place := p.place.match(low, after, end):
            return place.end()
        if _TEAM.fullmatch(low, name, after):
            if counted := p.group.match(low, after + 1, end):  # `nhóm 9 người`
                return counted.end()
            if named := _PROPER.match(self.text, after, end):  # `tổ công tác CSGT Cửa Hạ`
                return named.end()
            if (deed := p.word.match(low, after, end)) and deed[1] in DEEDS:  # `nhóm cứu nạn nhân`
                return self.noun_end(deed.end(), end)
        stop = self.noun_end(after, end) if low.startswith(words("bodies"), name) else after
        if stop > after and not self.text[after:stop].islower():
            return stop  # `Công ty bay dịch vụ Hàng không Hải Âu`
        if p.keep.match(low, after + 1, end) or _HEADS.fullmatch(low, name, after):
            return self.noun_end(after, end)
        return after

    def unit_in(self, start: int, end: int) -> Unit | None:
        """Return the first unit that begins between `start` and `end`."""
        i = bisect_left(self.unit_starts, start)
        return self.units[self.unit_starts[i]] if i < len(self.unit_starts) and self.unit_starts[i] < end else None

    def noun_end(self, at: int, end: int) -> int:
        """Return where a noun phrase ends: before a preposition, verb or mark, after six more words at most."""
        p, low, text = patterns(), self.low, self.text
        size = 0
        kept = False
        limit = 6
        while size < limit:
            if unit := self.units.get(at + 1):
                return unit.end if text[at : at + 1] == " " and unit.end <= end else at
            if low.startswith((", ", " và ", " - "), at):
                following = at + (2 if low[at] == "," else 4 if low[at + 1] == "v" else 3)
                noun = p.noun.match(low, following, end)
                if noun and not self.people.get(noun.end() + 1) and not self.units.get(following):
                    at = noun.end()
                    size += 2
                    continue
                break
            word = p.word.match(low, at, end)
            if word and word[1].isdigit() and low.endswith(" lớp", 0, at):
                at = word.end()
                continue
            if not word or not word[1][0].isalpha():
                break
            if keep := p.keep.match(low, word.start(1), end):
                at = keep.end()
                if keep[0] == "tham gia":
                    kept, limit = True, size + 4
                continue
            if p.stop.match(low, word.start(1), end) and not (kept and word[1] in DEEDS):
                break
            if word[1] == "và":
                break
            if self.people.get(word.start(1)):
                break
            at = word.end()
            size += 1
        return at


def _covered(spans: Sequence[tuple[int, int]], at: int) -> bool:
    i = bisect_right(spans, (at, 1 << 60)) - 1
    return i >= 0 and spans[i][0] <= at < spans[i][1]
