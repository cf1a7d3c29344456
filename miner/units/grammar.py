"""The grammar of unit names: from a head to the end of the longest name of one unit (guide section 1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from miner.text import UPPER
from miner.units.lexicon import Head, Lexicon
from miner.units.marks import Marks
from miner.units.names import Names
from miner.units.places import NO_FIGURE, RUN, SYLLABLE

# Units inside units are read to this depth: đội X Công an huyện Y.
_DEPTH = 3
_SYLLABLE = re.compile(SYLLABLE)
# Abbreviations carry no tones: TỔ CHỨC in a line of capitals is none.
_ACRONYM = re.compile(r"[A-ZĐƯ]{1,6}\d{0,2}(?:(?: ?[-&/] ?|, |[ ])[A-ZĐƯ]{1,6}\d{0,2}(?!\w)){0,4}(?!\w)")
_NUMBER = re.compile(
    rf"(?:(?:số|khu vực|vùng|khóa) )?(?:\d{{1,4}}(?:/[A-ZĐ]{{2,4}})?(?: [A-Z]{{2,3}}(?!\w))?|[IVX]{{1,4}}){NO_FIGURE}"
)
_ORDER = re.compile(rf"số \d{{1,3}}{NO_FIGURE}")
_AREA = re.compile(rf"khu vực \d{{1,2}}{NO_FIGURE}")
_TASK_NUMBER = re.compile(rf"(?!(?:19|20)\d\d)\d{{1,4}}(?: [A-ZĐ]{{1,4}}(?!\w))?{NO_FIGURE}")
_SHORT_FORM = re.compile(rf" ?\((?:gọi tắt là |viết tắt: )?[{UPPER}\d][{UPPER}\d &/.–-]{{0,12}}\)")
_SEPARATOR = re.compile(r" (?:và|&) |, (?:và )?| ?[-–/&] ?| ")
_BELONGS = re.compile(r",? \(?thuộc ")
_OF = re.compile(r"(?:, | - | – | \()(?:thuộc )?| (?:thuộc )?")
_NEXT_FIELD = re.compile(r"(?:,| và|, và|;) ")
_SEAT = re.compile(rf" (?:tại|ở) {RUN.pattern}")
_REGIONS = frozenset(("regions",))
_DASH = re.compile(r" ?[-–] ?")

# The police department that a code such as PC02 names.
_CODE = Head("police", "office", "yes", False, False, False)


class Found(NamedTuple):
    """A unit's end, its kind and the rule that found it; `listed` says that names of the same head may follow."""

    end: int
    kind: str
    rule: str
    listed: bool = False


class _Tail(NamedTuple):
    """What follows a head: a mother office or a place (rule `place`), or nothing (no kind)."""

    end: int
    kind: str = ""
    rule: str = ""
    listed: bool = False
    named: bool = True


class Grammar(Names):
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

    def opens(self, at: int, depth: int = 0) -> bool:
        """Say whether a unit with a head starts at `at`, seen from inside one at `depth`."""
        return self.unit(at, depth + 1) is not None

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
                return self._name(end, head, depth)
            case "task":
                return self._task(start, end, head, depth)
            case "function" | "open":
                return self._function(end, head, depth, bound)
            case _:
                # An office with a capital within is named well enough: chi cục Kiểm lâm.
                return self._office(end, head, depth, bound and self.text[start:end].islower())

    def _region(self, end: int) -> int:
        """Return where a church's name ends if its part of the country follows (khu vực phía Bắc), else `end`."""
        at = self.marks.gap(end)
        region = self.marks.trade(at, _REGIONS) if at is not None else None
        return region[0] if region else end

    def _other_party(self, end: int) -> bool:
        """Say whether `Đảng` has a name of its own after it: Đảng Dân chủ."""
        at = self.marks.gap(end)
        if at is None or not self.text[at : at + 1].isupper():
            return False
        return not self.marks.heads(at) and not self.marks.level(at)

    def _country(self, end: int) -> int:
        """Return where a government's name ends if its foreign country follows (Chính phủ Nhật Bản), else `end`."""
        at = self.marks.gap(end)
        run = RUN.match(self.text, at) if at is not None else None
        return run.end() if run and run[0] in self.lexicon.foreign else end

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
        return self._name(end, head, depth) if self.folded.endswith("lễ hội", start, end) else None

    # ------------------------------------------------------------ fields of work
    def _function(self, end: int, head: Head, depth: int, bound: bool) -> Found | None:
        """Extend a plain head by its field of work, then number, mother office and place."""
        at = self.marks.gap(end)
        field = self._field(at, head, depth) if at is not None else None
        if at is None or field is None:
            return self._whole(end, head, depth, bound)
        stop, cue = field
        plain = head.form == "function"
        kind = cue if cue and plain else head.kind
        stop = self._number(stop) or stop
        tail = self._tail(stop, depth, mother=True)
        if tail is None:
            return None
        if not tail.kind:
            if bound and (head.small == "placed" or self.text[at].islower()) and not self._belongs(stop):
                return None
            return Found(self._country(stop) if kind == "government" else stop, kind, "function")
        # A field that the police have too says nothing in another's office: phòng Tổ chức cán bộ Sở X.
        shared = cue == "police" and tail.kind not in ("police", "military") and not self._ministry(tail)
        if plain and head.kind == "government" and tail.rule != "place" and (shared or not cue):
            kind = tail.kind
        area = self.folded.endswith("khu vực", 0, stop)
        return Found(self._area(tail.end) if area else tail.end, kind, "function", tail.listed)

    def _ministry(self, tail: _Tail) -> bool:
        """Say whether the mother office is the Ministry of Public Security."""
        return self.folded.endswith("bộ công an", 0, tail.end)

    def _belongs(self, end: int) -> bool:
        """Say whether a mother office is named with `thuộc` after `end`."""
        match = _BELONGS.match(self.text, end)
        return match is not None and self.opens(match.end())

    def _area(self, end: int) -> int:
        """Return the end of `A - B` where an office serves several districts: Chi cục Thuế khu vực A - B."""
        for _ in range(4):
            match = _DASH.match(self.text, end)
            place = self.marks.place(match.end(), strict=True) if match else None
            if place is None:
                break
            end = place[0]
        return end

    def _whole(self, end: int, head: Head, depth: int, bound: bool) -> Found | None:
        """Extend a head that needs no field of work: Ban Chỉ đạo 138 tỉnh, Trung tâm Văn hóa huyện."""
        if head.form == "function" and (number := self._number(end)) and (numbered := self._numbered(number, depth)):
            return numbered
        if not head.alone and (head.form != "open" or head.field):
            order = self._order(end) if head.form == "open" else None
            return Found(order, head.kind, "function") if order else None
        number = None
        if head.kind == "committee":
            short = _SHORT_FORM.match(self.text, end)
            number = self._number(end) or (self._number(short.end()) if short else None)
        stop = number or end
        tail = self._tail(stop, depth, mother=True)
        if tail is None:
            return None
        if tail.kind or number or (head.alone and not bound):
            return Found(tail.end, head.kind, "function", tail.listed)
        return None

    def _numbered(self, end: int, depth: int) -> Found | None:
        """Return a numbered unit of the police or army, whose office follows: Đội 3 - Phòng PC04, Tổ 5 Công an xã."""
        match = _OF.match(self.text, end)
        mother = self.unit(match.end(), depth + 1) if match else None
        if match is None or mother is None or mother.kind not in ("police", "military"):
            return None
        return Found(mother.end if match[0] == " " else end, mother.kind, "function")

    def _field(self, at: int, head: Head, depth: int) -> tuple[int, str] | None:
        """Return the end of the field of work at `at`, and the kind that it settles or ""."""
        end, cue, mark, verb, run = 0, "", " ", False, False
        if head.kind == "committee" and self.folded.startswith("về ", at):
            at += len("về ")
        for _ in range(16):
            function = self.marks.function(at)
            if function:
                # Bộ Tài chính phối hợp …, Sở tham mưu …: the unit does something.
                does = function[2] and mark == " " and self.text[at].islower() and not verb
                plain = head.form == "function"
                if does and ((plain or head.field) if end else (plain and not self._goes_on(function[0], head))):
                    break
                if does and end and self.folded.startswith("phối hợp", at):
                    break
                verb = function[2] and mark == " "
                here: int | None = function[0]
                cue = cue or function[1]
            else:
                here = self._acronym(at)
                if here is None and head.form == "open" and (here := self._word(at, end, mark, depth)) and not run:
                    here = self.compound(here)
            if here is None:
                break
            end, run = here, function is None
            separator = _SEPARATOR.match(self.text, end)
            if separator is None:
                break
            at, mark = separator.end(), separator[0].strip() or " "
            if self.marks.heads(at) and self._new_unit(at, head, mark, depth):
                break
            if mark.startswith(",") and not self._series(at):
                break
        return (end, cue) if end else None

    def _word(self, at: int, end: int, mark: str, depth: int) -> int | None:
        """Return the end of a capitalised word that no table has, in the field of an open head."""
        match = _SYLLABLE.match(self.text, at)
        if match is None or mark in ("và", ", và") or (mark != " " and self.text.startswith("Ảnh", at)):
            return None
        if match[0].isupper() and self.folded[at : match.end()] in self.lexicon.stop:
            return None
        if self.place(at) or self.person(at) or (not end and self.opens(at, depth)):
            return None
        return match.end()

    def fields_listed(self, start: int) -> list[tuple[int, int]]:
        """Return the further fields of a list of offices: `Y tế` in `các sở Tài chính, Y tế`; none if it is no list.

        Where the offices' head comes again (các sở Tài chính, sở Y tế), an empty item stands for it.
        """
        unit = self.unit(start)
        heads = self.marks.heads(start)
        if unit is None or unit.rule != "function" or not self.text[heads[-1][0] + 1 : heads[-1][0] + 2].isupper():
            return []
        items: list[tuple[int, int]] = []
        end = unit.end
        while match := _NEXT_FIELD.match(self.text, end):
            at = match.end()
            function = self.marks.function(at)
            if self.folded.startswith(self.folded[start : heads[-1][0]], at) and self.opens(at):
                return items or [(end, end)]
            if function is None or not self.text[at].isupper():
                break
            end = function[0]
            items.append((at, end))
        return items

    def _goes_on(self, end: int, head: Head) -> bool:
        """Say whether another field of work follows, or the place of a government's office: Sở xây dựng Hà Nội."""
        match = _SEPARATOR.match(self.text, end)
        if match is None:
            return False
        if self.marks.function(match.end()) is not None:
            return True
        return head.kind == "government" and match[0] == " " and self.place(match.end()) is not None

    def _new_unit(self, at: int, head: Head, mark: str, depth: int) -> bool:
        """Say whether a unit of its own opens at `at`, rather than one more field of work."""
        function = self.marks.function(at)
        if mark == " ":
            return head.form == "open" and self.opens(at, depth)
        unit = self.unit(at, depth + 1)
        return function is None or (unit is not None and unit.end > function[0])

    def _series(self, at: int) -> bool:
        """Say whether the field at `at` goes on to an `and`: a comma inside one unit's own name."""
        function = self.marks.function(at)
        match = _SEPARATOR.match(self.text, function[0]) if function else None
        return bool(match and match[0].strip() in ("và", "&", "-") and self.marks.function(match.end()))

    def _acronym(self, at: int) -> int | None:
        """Return the end of a field written in capitals (`GD-ĐT`, `NN & PTNT`), or None."""
        marks = self.marks
        match = _ACRONYM.match(self.text, at)
        if match is None or len(match[0]) < 2 or marks.level(at) or marks.place(at, strict=True):
            return None
        end = match.end()
        if any(head_end <= end for head_end, _ in marks.heads(at)):
            return None
        # A level, a place or an office in capitals inside the run ends the field.
        cut = self.text.find(" ", at, end)
        while cut >= 0:
            if marks.level(cut + 1) or marks.place(cut + 1, strict=True) or marks.heads(cut + 1):
                cut -= self.text[cut - 1] == ","  # Sở GD-ĐT, UBND huyện
                return cut if cut - at > 1 else None
            cut = self.text.find(" ", cut + 1, end)
        return end

    # ------------------------------------------------------------ proper names
    def _name(self, end: int, head: Head, depth: int) -> Found | None:
        """Extend a head by a proper name: words of trade, capitalised words, numbers, then a place."""
        alone = Found(end, head.kind, "name") if head.alone else None
        at = self.marks.gap(end)
        if at is None:
            return alone
        if head.kind == "media":
            if paper := self.marks.paper(at):
                return Found(paper, head.kind, "name")
            if self._told(at):
                return None
        stop = self.proper(at, head, depth)
        reach = stop or self.trades(at, head.kind)
        tail = self._tail(reach or end, _DEPTH - 1, mother=stop is not None and head.kind in ("police", "military"))
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
        if self.text[at:stop] in self.lexicon.foreign:
            return None  # doanh nghiệp Nhật Bản: a country is no firm's name
        return Found(self.branch(stop, depth) if head.kind == "enterprise" else stop, head.kind, "name")

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

    def branch(self, end: int, depth: int = 0) -> int:
        """Return where a firm's name ends if its branch follows (Ngân hàng X chi nhánh Y), else `end`."""
        short = _SHORT_FORM.match(self.text, end)
        at = self.marks.gap(short.end() if short else end)
        if at is None or not self.lexicon.branch.match(self.folded, at):
            return end
        found = self.unit(at, depth + 1)
        return found.end if found else end

    # ------------------------------------------------------------ what follows a head
    def _tail(self, end: int, depth: int, *, mother: bool) -> _Tail | None:
        """Return the mother office or place after `end`; no kind where there is none, None where it is a group."""
        if self.text[end : end + 1] not in (" ", "("):
            return _Tail(end)
        short = _SHORT_FORM.match(self.text, end)
        for after in (short.end(), end) if short else (end,):
            at = self.marks.gap(after)
            if at is None:
                continue
            # Toà án nhân dân (TAND) tối cao, Công đoàn Việt Nam
            named = mother and (short is not None or self.text[at : at + 1].isupper())
            if named and (region := self.marks.trade(at, _REGIONS)):
                return _Tail(region[0], "locality", "place")
            if mother and (found := self.unit(at, depth + 1)) and not self._own(found):
                # What a place ends is an office all the same, which gives its kind: BCH Tỉnh đoàn X.
                return _Tail(found.end, found.kind, "office" if found.rule == "place" else found.rule, found.listed)
            if place := self.place(at):
                # UBND các xã; công an phường, xã
                if not place.named and (place.plural or self.lexicon.group_beside.match(self.text, place.end)):
                    return None
                return _Tail(place.end, "locality", "place", place.plural, place.named)
        return None if self.lexicon.group_next.match(self.folded, end) else _Tail(end)

    def _own(self, found: Found) -> bool:
        """Say whether a unit is one of its own and no mother office: a newspaper, a firm."""
        return found.kind in ("media", "enterprise", "religious", "school") and found.rule == "fixed"

    # ------------------------------------------------------------ numbers
    def _number(self, end: int) -> int | None:
        """Return the end of a number that names the unit (`138`, `số 3`, `vùng 2`), or None."""
        at = self.marks.gap(end)
        match = _NUMBER.match(self.text, at) if at is not None else None
        return match.end() if match and not self.counts(match.end()) else None

    def _command(self, end: int) -> int | None:
        """Return the end of a command's number, its arm before or after it (`Công binh 7`, `4 Hải quân`), or None."""
        arm = self.lexicon.arms.match(self.folded, end)
        number = self._number(arm.end() if arm else end)
        if number is None:
            return None
        arm = self.lexicon.arms.match(self.folded, number)
        return arm.end() if arm else number

    def _order(self, end: int, kind: str = "police") -> int | None:
        """Return the end of `số 3` (of a court or procuracy: `khu vực 3`) after `end`, or None."""
        pattern = _AREA if kind == "justice" else _ORDER if kind in ("police", "government") else None
        at = self.marks.gap(end) if pattern else None
        match = pattern.match(self.folded, at) if pattern and at is not None else None
        return match.end() if match else None


def make_grammar(text: str, lexicon: Lexicon) -> Grammar:
    """Return the grammar over `text`."""
    return Grammar(Marks(text, lexicon))
