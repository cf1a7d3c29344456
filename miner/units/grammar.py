"""The grammar of unit names: from a head to the end of the longest name of one unit (guide section 1)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from miner.units.fields import Fields
from miner.units.lexicon import Head, Lexicon, fold_word
from miner.units.marks import Marks
from miner.units.places import NO_FIGURE, RUN
from miner.units.tails import REGIONS, Found

# Units inside units are read to this depth: đội X Công an huyện Y.
_DEPTH = 3
_TASK_NUMBER = re.compile(rf"(?!(?:19|20)\d\d)\d{{1,4}}(?: [A-ZĐ]{{1,4}}(?!\w))?{NO_FIGURE}")
_PORTALS = ("ttđt", "thông tin điện tử", "cổng thông tin")
_EXAM = re.compile(r"[A-DHKMNRSTV]\d\d")
_TEAM = re.compile(r"(?:u\d\d|tuyển)\Z")
_SEAT = re.compile(rf" (?:tại|ở) {RUN.pattern}")

# The police department that a code such as PC02 names.
_CODE = Head("police", "office", "yes", False, False, False)


class Grammar(Fields):
    """The grammar over one article's marks."""

    __slots__ = ("_read",)

    def __init__(self, marks: Marks) -> None:
        super().__init__(marks)
        # Each head is read once for each depth, which keeps the whole linear.
        self._read: dict[tuple[int, int], Found | None] = {}

    def unit(self, start: int, depth: int = 0) -> Found | None:
        """Return the longest unit that a head at `start` opens, or None."""
        heads = self.marks.heads(start)
        if depth > _DEPTH or not (heads or start in self.marks.codes):
            return None
        read = (start, depth)
        if read not in self._read:
            self._read[read] = None  # what asks for itself gets nothing
            self._read[read] = self._unit(start, heads, depth)
        return self._read[read]

    def _unit(self, start: int, heads: Sequence[tuple[int, Head]], depth: int) -> Found | None:
        if start in self.marks.codes:
            return self._office(self.marks.codes[start], _CODE, depth)
        if heads[0][1].form == "never":
            return None
        longest, best = heads[0][0], None
        if self.town(start, longest):
            return None
        if heads[0][1].form == "fixed" and heads[0][1].kind == "other":
            return Found(longest, "other", "fixed")
        small = self.text[start].islower()
        for end, head in heads:
            if head.form == "never" or (small and not self._small(end, head)):
                continue
            found = self._extend(start, end, head, depth, small)
            # A short head may not do with the longer one's own words: `ban` with `quản lý`.
            if found and (end == longest or found.end > longest) and (best is None or found.end > best.end):
                best = found
        return best

    def _small(self, end: int, head: Head) -> bool:
        """Say whether a small first letter lets the head open a unit."""
        return head.small != "no" and (head.small != "capital" or self.text[end + 1 : end + 2].isupper())

    def _extend(self, start: int, end: int, head: Head, depth: int, small: bool) -> Found | None:
        bound = head.small == "placed" or (small and head.small == "tail")
        match head.form:
            case "fixed":
                if head.kind == "enterprise":
                    end = self.branch(self.second_name(end), depth)
                elif head.kind == "government":
                    end = self._country(end)
                elif head.kind == "religious":
                    end = self._region(end)
                elif head.kind == "party" and end - start == len("Đảng") and self._other_party(end):
                    return None
                return Found(end, head.kind, "fixed")
            case "name":
                return self._name(start, end, head, depth)
            case "task":
                return self._task(start, end, head, depth)
            case "function" | "open":
                found = self._function(end, head, depth, bound)
                return None if found and small and self._festival(start, end, found) else found
            case _:
                # An office with a capital within is named well enough: chi cục Kiểm lâm.
                return self._office(end, head, depth, bound and self.text[start:end].islower())

    def _festival(self, start: int, end: int, found: Found) -> bool:
        """Say whether `hội` in small letters, with one syllable that is no field of work, is a fair: hội Phết."""
        if self.folded[start:end] != "hội" or found.rule != "function" or " " in self.text[end + 1 : found.end]:
            return False
        return self.marks.function(end + 1) is None and not self.text[end + 1 : found.end].isupper()

    def _region(self, end: int) -> int:
        """Return where a church's name ends if its part of the country follows (khu vực phía Bắc), else `end`."""
        at = self.marks.gap(end)
        region = self.marks.trade(at, REGIONS) if at is not None else None
        return region[0] if region else end

    def _other_party(self, end: int) -> bool:
        """Say whether `Đảng` has a name of its own after it: Đảng Dân chủ."""
        at = self.marks.gap(end)
        if at is None or not self.text[at : at + 1].isupper():
            return False
        return not self.marks.heads(at) and not self.marks.level(at)

    # ------------------------------------------------------------ offices
    def _office(self, end: int, head: Head, depth: int, bound: bool = False) -> Found | None:
        """Extend an office, a service or a nested head by its number, mother office and place.

        `bound`: it stands by itself no more, since its first letter is small.
        """
        kind = head.kind
        number = self._command(end) if kind == "military" else self._order(end, kind)
        stop = number or end
        tail = self._tail(stop, depth, mother=head.form != "office" or kind in ("party", "police"))
        if tail is None:
            return None
        if not tail.kind:
            if kind == "government":
                stop = self.branch(stop, depth)
            alone = not bound and (number is not None or head.form == "office" or head.alone)
            return Found(stop, kind, "office") if alone else None
        if head.mother and tail.rule != "place":
            kind = tail.kind
        elif head.mother and kind == "mass_org":
            return None
        return Found(tail.end, kind, tail.rule or "office", tail.listed)

    def _task(self, start: int, end: int, head: Head, depth: int) -> Found | None:
        """Extend a task body by its number (`Tổ công tác 363`), or the name of its festival."""
        at = self.marks.gap(end)
        if at is None:
            return None
        if number := _TASK_NUMBER.match(self.text, at):
            tail = None if self.counts(number.end()) else self._tail(number.end(), depth, mother=True)
            return Found(tail.end, head.kind, "name") if tail else None
        if not self.folded.endswith("lễ hội", start, end):
            return None
        # Ban Tổ chức lễ hội đền Trần: it is what the festival is of.
        shrine = self.unit(at, depth + 1)
        return Found(shrine.end, head.kind, "name") if shrine else self._name(start, end, head, depth)

    # ------------------------------------------------------------ proper names
    def _name(self, start: int, end: int, head: Head, depth: int) -> Found | None:
        """Extend a head by a proper name: words of trade, capitalised words, numbers, then a place."""
        alone = Found(end, head.kind, "name") if head.alone else None
        at = self.marks.gap(end)
        if at is None:
            return alone
        if head.kind == "media":
            if paper := self.marks.paper(at):
                return Found(paper, head.kind, "name")
            if self.folded.endswith(_PORTALS, 0, end) and (owner := self.unit(at, depth + 1)):
                return Found(owner.end, head.kind, "name")  # Cổng TTĐT Bộ Y tế
            if self._told(at):
                return None
        stop = self.proper(at, head, depth, held=self._held(start))
        reach = stop or self.trades(at, head.kind)
        tail = self._tail(reach or end, _DEPTH - 1, mother=stop is not None and head.kind in ("police", "military"))
        if stop is None and reach is not None and _TEAM.search(self.folded, max(0, end - 6), end):
            return Found(reach, head.kind, "name")  # U23 Việt Nam
        if stop is None:
            if reach is None and self.lexicon.unnamed.search(self.folded, max(0, end - 12), end):
                return alone  # doanh nghiệp TP. HCM, khách sạn huyện X
            if tail and tail.kind and (tail.named or reach or head.kind == "health"):
                return Found(tail.end, head.kind, "office", tail.listed)
            return alone
        if tail and tail.kind and head.kind != "religious":
            stop = tail.end
        if head.kind == "school" and (place := self.marks.place(at, strict=True, bits=1)) and place[0] == stop:
            return None  # tiếp sức đến trường Quảng Nam
        if head.kind == "government":
            return Found(self._seat(stop), head.kind, "name")
        if head.kind == "enterprise" and _EXAM.fullmatch(self.text, at, stop):
            return None  # tổ hợp B00: the subjects of an examination
        if self.text[at:stop] in self.lexicon.foreign and not _TEAM.search(self.folded, max(0, end - 6), end):
            return None  # doanh nghiệp Nhật Bản: a country is no firm's name
        return Found(self.branch(stop, depth) if head.kind == "enterprise" else stop, head.kind, "name")

    def _held(self, start: int) -> bool:
        """Say whether a post or a title stands before a head: Giám đốc Bệnh viện X."""
        words = [fold_word(word) for word in self.marks.words_before(start)[:2]]
        phrases = (words[0], f"{words[-1]} {words[0]}") if words else ()
        return any(phrase in self.lexicon.posts or phrase in self.lexicon.person for phrase in phrases)

    def _seat(self, end: int) -> int:
        """Return where an embassy's name ends if its seat follows (Đại sứ quán Việt Nam tại Lào), else `end`."""
        match = _SEAT.match(self.text, end)
        return match.end() if match else end

    def _told(self, at: int) -> bool:
        """Say whether somebody tells the police of a level here (báo công an xã), so that it is no newspaper."""
        if not self.folded.startswith("công an ", at):
            return False
        at += len("công an ")
        return self.marks.level(at) is not None and self.marks.place(at, strict=True) is None


def make_grammar(text: str, lexicon: Lexicon) -> Grammar:
    """Return the grammar over `text`."""
    return Grammar(Marks(text, lexicon))
