"""What follows a head: its number, its mother office or place, its branch or country (guide section 1)."""

from __future__ import annotations

import re
from typing import NamedTuple

from miner.text import UPPER
from miner.units.names import Names
from miner.units.places import NO_FIGURE, RUN

_NUMBER = re.compile(
    rf"(?:(?:số|khu vực|vùng|khóa) )?(?:\d{{1,4}}(?:/[A-ZĐ]{{2,4}})?(?: [A-Z]{{2,3}}(?!\w))?|[IVX]{{1,4}}){NO_FIGURE}"
)
_ORDER = re.compile(rf"số \d{{1,3}}{NO_FIGURE}")
_AREA = re.compile(rf"khu vực \d{{1,2}}{NO_FIGURE}")
SHORT_FORM = re.compile(rf" ?\((?:gọi tắt là |viết tắt: )?[{UPPER}\d][{UPPER}\d &/.–-]{{0,12}}\)")
"""The short form in brackets that may stand after a head or a name."""
REGIONS = frozenset(("regions",))
"""The list of [trade] that holds the regions of the country."""


class Found(NamedTuple):
    """A unit's end, its kind and the rule that found it; `listed` says that names of the same head may follow."""

    end: int
    kind: str
    rule: str
    listed: bool = False


class Tail(NamedTuple):
    """What follows a head: a mother office or a place (rule `place`), or nothing (no kind)."""

    end: int
    kind: str = ""
    rule: str = ""
    listed: bool = False
    named: bool = True


class Tails(Names):
    """The grammar of what follows a head, over one article's marks."""

    __slots__ = ()

    def unit(self, start: int, depth: int = 0) -> Found | None:
        """Return the longest unit that a head at `start` opens, or None."""
        raise NotImplementedError

    def opens(self, at: int, depth: int = 0) -> bool:
        """Say whether a unit with a head starts at `at`, seen from inside one at `depth`."""
        return self.unit(at, depth + 1) is not None

    def _tail(self, end: int, depth: int, *, mother: bool) -> Tail | None:
        """Return the mother office or place after `end`; no kind where there is none, None where it is a group."""
        if self.text[end : end + 1] not in (" ", "("):
            return Tail(end)
        short = SHORT_FORM.match(self.text, end)
        for after in (short.end(), end) if short else (end,):
            at = self.marks.gap(after)
            if at is None:
                continue
            # Toà án nhân dân (TAND) tối cao, Công đoàn Việt Nam
            named = mother and (short is not None or self.text[at : at + 1].isupper())
            if named and (region := self.marks.trade(at, REGIONS)):
                return Tail(region[0], "locality", "place")
            if mother and (found := self.unit(at, depth + 1)) and not self._own(found):
                # What a place ends is an office all the same, which gives its kind: BCH Tỉnh đoàn X.
                return Tail(found.end, found.kind, "office" if found.rule == "place" else found.rule, found.listed)
            if place := self.place(at):
                # UBND các xã; công an phường, xã
                if not place.named and (place.plural or self.lexicon.group_beside.match(self.text, place.end)):
                    return None
                return Tail(place.end, "locality", "place", place.plural, place.named)
        return None if self.lexicon.group_next.match(self.folded, end) else Tail(end)

    def _own(self, found: Found) -> bool:
        """Say whether a unit is one of its own and no mother office: a newspaper, a firm."""
        return found.kind in ("media", "enterprise", "religious", "school") and found.rule == "fixed"

    def _country(self, end: int) -> int:
        """Return where a government's name ends if its foreign country follows (Chính phủ Nhật Bản), else `end`."""
        at = self.marks.gap(end)
        run = RUN.match(self.text, at) if at is not None else None
        return run.end() if run and run[0] in self.lexicon.foreign else end

    def branch(self, end: int, depth: int = 0) -> int:
        """Return where a firm's name ends if its branch follows (Ngân hàng X chi nhánh Y), else `end`."""
        short = SHORT_FORM.match(self.text, end)
        at = self.marks.gap(short.end() if short else end)
        if at is None or not self.lexicon.branch.match(self.folded, at):
            return end
        found = self.unit(at, depth + 1)
        return found.end if found else end

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
