"""Units that are named by their field of work: Phòng Nội vụ huyện X, các sở Tài chính, Y tế (guide section 1)."""

from __future__ import annotations

import re

from miner.units.lexicon import Head
from miner.units.places import SYLLABLE
from miner.units.tails import REGIONS, SHORT_FORM, Found, Tail, Tails

_SYLLABLE = re.compile(SYLLABLE)
# Abbreviations carry no tones: TỔ CHỨC in a line of capitals is none.
_ACRONYM = re.compile(r"[A-ZĐƯ]{1,6}\d{0,2}(?:(?: ?[-&/] ?|, |[ ])[A-ZĐƯ]{1,6}\d{0,2}(?!\w)){0,4}(?!\w)")
_SEPARATOR = re.compile(r" (?:và|&) |, (?:và )?| ?[-–/&] ?| ")
_BELONGS = re.compile(r",? \(?thuộc ")
_OF = re.compile(r"(?:, | - | – | \()(?:thuộc )?| (?:thuộc )?")
_NEXT_FIELD = re.compile(r"(?:,| và|, và|;) ")
_DASH = re.compile(r" ?[-–] ?")


class Fields(Tails):
    """The grammar of fields of work over one article's marks."""

    __slots__ = ()

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
        elif plain and tail.kind in ("police", "military") and kind in ("health", "other"):
            kind = tail.kind  # Phòng Pháp y Công an thành phố
        area = self.folded.endswith("khu vực", 0, stop)
        return Found(self._area(tail.end) if area else tail.end, kind, "function", tail.listed)

    def _ministry(self, tail: Tail) -> bool:
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
            short = SHORT_FORM.match(self.text, end)
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
                if here is None and end and head.form == "open" and (region := self.marks.trade(at, REGIONS)):
                    here = region[0]  # Viện Kỷ lục Thế giới
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
