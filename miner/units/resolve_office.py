"""Settle offices that name only their level, such as `Công an tỉnh`, by the place that is in focus."""

from __future__ import annotations

from bisect import bisect_left, insort

from miner.gazetteer import Locality, levels_of
from miner.records import Home
from miner.units.resolve_answer import Answer
from miner.units.resolve_layout import Layout
from miner.units.resolve_lookup import holds, place_of, province_of
from miner.units.resolve_read import Reading

WINDOW = 50
"""Mentions looked at on either side of an office."""
LONGEST_LIST = 30
"""Members of a list of places that are looked at."""

_Named = tuple[int, Locality]


class Offices:
    """The offices of one article; `settle` writes into `answers`, which runs parallel to the layout's units."""

    def __init__(self, layout: Layout, answers: list[Answer], home: Home | None) -> None:
        self.layout, self.answers, self.home = layout, answers, home
        self._open = [
            (i, reading, level)
            for i, reading in enumerate(layout.readings)
            if not reading.bare
            and (level := layout.level[i] or (levels_of(reading.kind_word)[-1] if reading.kind_word else None))
            and level not in ("central", "hamlet")
            and reading.placed
        ]
        """Units that have a level but no name of a place."""
        self._all: dict[str, list[_Named]] = {}
        """Units with a settled place, in order, by level and by level word; origins of persons apart."""
        self._origins: dict[str, list[_Named]] = {}
        districts: set[str] = set()
        for j, answer in enumerate(answers if self._open else ()):
            if answer.place is None or answer.level == "hamlet":
                continue
            if answer.place.level == "commune":
                districts.add(answer.place.parent_code)
            into = self._origins if layout.origin[j] else self._all
            for name in (answer.place.level, answer.place.kind_word):
                into.setdefault(name, []).append((j, answer.place))
        self._district = districts.pop() if len(districts) == 1 else None

    def settle(self) -> None:
        """Settle every unit that has a level but no name of a place."""
        for i, reading, level in self._open:
            answer = self._office(i, reading, level)
            self.answers[i] = answer
            if answer.place is not None:
                for name in (answer.place.level, answer.place.kind_word):
                    insort(self._all.setdefault(name, []), (i, answer.place))

    def _window(self, i: int, name: str) -> tuple[list[_Named], list[_Named]]:
        """Return what is named before and after unit `i` by a level or level word; origins for want of others."""
        named = self._all.get(name) or self._origins.get(name) or []
        at = bisect_left(named, i, key=lambda n: n[0])
        return named[max(0, at - WINDOW) : at], named[at : at + WINDOW]

    def _office(self, i: int, reading: Reading, level: str) -> Answer:
        kind = reading.kind_word
        before, after = self._window(i, kind or level)
        holder = self.layout.holder[i]
        if holder is not None and (big := self.answers[holder].place) is not None:
            inside = [n for n in before if holds(big, n[1])], [n for n in after if holds(big, n[1])]
            before, after = inside if any(inside) else (before, after)
        here = self.layout.paragraph[i]
        if self.home is not None and level != "province" and before and self.layout.paragraph[before[-1][0]] != here:
            # What was named last lies elsewhere, perhaps where a person comes from: the home province goes first.
            before = [n for n in before if province_of(n[1]) == self.home.province_code] or before
        home = self._home_place(kind, level)
        if level == "province" or (kind is not None and "province" in levels_of(kind)):
            # An office or a full name in the same paragraph, else home, else what was named last.
            city = home is not None and home.kind_word == "Thành phố"
            for j, place in reversed(before):
                if self.layout.paragraph[j] != here:
                    break
                written = self.layout.readings[j]
                if (written.head or written.kind_word) and (place.level == "province" or not city):
                    return self._focus(i, (j, place), level, kind)
            if home is not None and self.home is not None:
                return Answer(home.level, home, "by_context", f"the home province ({self.home.evidence})")
        if before:
            return self._focus(i, before[-1], level, kind)
        codes = tuple(dict.fromkeys(p.code for _, p in after))
        if len(codes) == 1:
            return self._focus(i, after[0], level, kind, "after")
        if codes:
            return Answer(level, None, "ambiguous", "several are named after it", codes)
        if level == "district" and self._district is not None:
            district = place_of(self._district, self.layout.when.day)
            if district is not None and district.level == "district" and kind in (None, district.kind_word):
                return Answer(level, district, "by_context", "holds the communes that are named")
        return Answer(level, None, "not_found", f"the article names no {(kind or level).lower()}")

    def _home_place(self, kind: str | None, level: str) -> Locality | None:
        if self.home is None or "province" not in (levels_of(kind) if kind else (level,)):
            return None
        home = place_of(self.home.province_code, self.layout.when.day)
        return home if home is not None and kind in (None, home.kind_word) else None

    def _focus(self, i: int, named: _Named, level: str, kind: str | None, where: str = "before") -> Answer:
        """Take the place named last before unit `i`; one of a list is no focus, and leaves it ambiguous."""
        j, place = named
        run = {place.code: place}
        listed = self.layout.listed
        for step in (-1, 1):
            k = j
            for _ in range(LONGEST_LIST):
                if not (0 <= k + step < len(listed) and listed[max(k, k + step)]):
                    break
                k += step
                other = self.answers[k].place
                if other is None or other.level != place.level or k == i:
                    break
                if kind in (None, other.kind_word):
                    run[other.code] = other
        around = self.layout.around(j)
        if len(run) > 1:
            return Answer(level, None, "ambiguous", f"a list is named {where} it: {around}", tuple(run))
        return Answer(place.level, place, "by_context", f"named {where} it: {around}")
