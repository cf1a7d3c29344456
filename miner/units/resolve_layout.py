"""How an article's units stand to each other: readings, levels, lists and what holds what."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from miner import gazetteer
from miner.gazetteer import Locality, levels_of, place_key
from miner.records import Article, Unit
from miner.units.resolve_date import When
from miner.units.resolve_home import is_origin
from miner.units.resolve_lookup import NONE, Found, holds, look_up, province_of
from miner.units.resolve_read import Reading, read_unit

RANK = {"hamlet": 0, "commune": 1, "district": 2, "province": 3}

# What stands between a place and the one that holds it: "xã X, huyện Y", "xã X (huyện Y)", "xã X thuộc huyện Y".
_HELD = re.compile(r"\)?\s*(?:,|\(|-|–|thuộc|của|ở|tại|,\s*thuộc|\(thuộc|nay thuộc)?\s*")
# … and between the members of a list.
_LIST = re.compile(r"\s*(?:,|;|và|&|,\s*và|hoặc|hay|-|–)\s*")
_MAX_GAP = 14
_LIST_KINDS = ("Huyện", "Quận", "Thị xã", "Xã", "Phường", "Thị trấn")


class Layout:
    """One article's units before any place is settled; lists run parallel to `units`."""

    def __init__(self, article: Article, when: When, units: Sequence[Unit]) -> None:
        self.article, self.when, self.units = article, when, units
        self.places = gazetteer.load()
        self.readings: list[Reading] = [
            self._read(unit) if unit.text.startswith("X.") else read_unit(unit.text, unit.kind) for unit in units
        ]
        self.found: list[Found] = [NONE] * len(units)
        """Places that the unit's name may mean."""
        self.level: list[str | None] = [r.level for r in self.readings]
        self.holder: list[int | None] = [None] * len(units)
        """Index of the bigger place that is named right after the unit."""
        self.listed: list[bool] = [False] * len(units)
        """Whether the unit stands in a list with the one before it."""
        self.paragraph: list[int] = []
        self.origin: list[bool] = []
        """Whether the unit is where a person comes from or lives."""
        paragraph = last = 0
        text = article.text
        for unit in units:
            paragraph += text.count("\n", last, unit.start)
            last = unit.start
            self.paragraph.append(paragraph)
            self.origin.append(is_origin(text, unit.start))
        self._gaps = [
            text[unit.end : after.start] if after.start - unit.end <= _MAX_GAP else "|"
            for unit, after in itertools.pairwise(units)
        ]
        self._read_lists()
        self._read_bare_names()
        self._link_holders()

    def _read(self, unit: Unit) -> Reading:
        """Read a unit that opens with `X.`; in `T X.Phú Mỹ`, as some papers set it, the level word is TX."""
        split = self.article.text[max(0, unit.start - 2) : unit.start] == "T "
        return read_unit(f"T{unit.text}" if split else unit.text, unit.kind)

    def names_new_places(self) -> bool:
        """Say whether the units found only in today's lists outnumber the districts, which the reform abolished."""
        unknown = [i for i, found in enumerate(self.found) if found.former and not found.places]
        new = sum(
            self.readings[i].kind_word is not None and any(p.valid_to is None for p in self.found[i].former)
            for i in unknown
        )
        return new > self.level.count("district")

    def around(self, i: int) -> str:
        """Quote unit `i` together with what holds it, on one line."""
        j = self.holder[i]
        last = self.units[j].end if j is not None and j == i + 1 else self.units[i].end
        return " ".join(self.article.text[self.units[i].start : last].split())

    def gap(self, i: int) -> str:
        """Return the text between unit `i` and the next, or a bar where it is too long to join them."""
        return self._gaps[i] if i < len(self._gaps) else "|"

    def _read_lists(self) -> None:
        """Give the members of a list its head's level word: `các huyện A, B và C`, `Công an các huyện A, B`."""
        for i in range(1, len(self.units)):
            if not _LIST.fullmatch(self._gaps[i - 1]):
                continue
            self.listed[i] = True
            before, this = self.readings[i - 1], self.readings[i]
            if before.glued or not before.bare or this.kind_word:
                continue
            if levels_of(before.kind_word or "") == ("hamlet",) and self.units[i].kind == "locality":
                if not self.places.find(this.bare):  # thôn Liên Sơn 1, Liên Sơn 2
                    self.readings[i] = Reading("", before.kind_word, this.bare, "hamlet")
                continue
            office = this.head and not this.bare and self.units[i].kind != "locality"
            if before.kind_word is None:
                continue
            if before.kind_word not in _LIST_KINDS and not (office and before.kind_word in ("Tỉnh", "Thành phố")):
                continue
            name = this.bare or this.head
            level = levels_of(before.kind_word)[0]
            if office and level == "province" and look_up(name, None, level, self.when).places:
                self.readings[i] = Reading(before.head, None, name, level)
                continue
            found = look_up(name, before.kind_word, level, self.when)
            if (
                not found.places
                or found.note
                or (this.head and not this.bare and place_key(this.head) != place_key(name))
            ):
                continue
            if level == "commune" and self._district_of(before, name):
                continue
            if self._province_named(name):
                # Quảng Ninh is a huyện of Quảng Bình: so in a list of that province's huyện, else the province.
                shared = {province_of(p) for p in look_up(before.bare, before.kind_word, level, self.when).places}
                in_list = before.kind_word == "Huyện" and any(province_of(p) in shared for p in found.places)
                if not in_list and not (level == "commune" and self._held_by_next(i, found)):
                    continue
            head = before.head if this.head and not this.bare else this.head
            self.readings[i] = Reading(head, before.kind_word, name, level)

    def _held_by_next(self, i: int, found: Found) -> bool:
        """Say whether a district written right after unit `i` holds one of its communes: `xã A, Long An (huyện B)`."""
        if _HELD.fullmatch(self.gap(i)) is None:
            return False
        after = self.readings[i + 1]
        if not after.kind_word or after.head:
            return False
        holders = look_up(after.bare, after.kind_word, "district", self.when).places
        return any(holds(h, p) for h in holders for p in found.places)

    def _district_of(self, commune: Reading, name: str) -> bool:
        """Say whether `name` is a district that may hold the commune before it: `xã La Phù, Hoài Đức`."""
        parents = {p.parent_code for p in look_up(commune.bare, commune.kind_word, "commune", self.when).places}
        return any(p.code in parents for p in look_up(name, None, "district", self.when).places)

    def _province_named(self, name: str) -> bool:
        return bool(look_up(name, None, "province", self.when).places)

    def _read_bare_names(self) -> None:
        """Set level and candidates of every unit; a bare name is a province's, else a district's, else a commune's."""
        named: dict[str, str] = {}
        for reading in self.readings:
            if reading.kind_word and reading.bare:
                named.setdefault(place_key(reading.bare), reading.kind_word)
        for i in reversed(range(len(self.units))):
            reading = self.readings[i]
            if not reading.bare:
                self.level[i] = reading.level
                continue
            if reading.kind_word:
                levels = levels_of(reading.kind_word)
                if levels == ("hamlet",):
                    self.level[i] = "hamlet"
                    continue
                found = look_up(reading.bare, reading.kind_word, levels[0] if len(levels) == 1 else None, self.when)
                self.found[i] = found
                bearers = found.places or found.former
                self.level[i] = bearers[0].level if bearers else levels[-1]
                continue
            self.level[i], self.found[i] = self._bare(i, reading.bare, named.get(place_key(reading.bare)))

    def _bare(self, i: int, name: str, kind_elsewhere: str | None) -> tuple[str | None, Found]:
        province = look_up(name, None, "province", self.when)
        if province.places:
            towns = self._towns_between(i, name)
            return ("district", Found(towns)) if towns else ("province", province)
        district = look_up(name, None, "district", self.when)
        commune = look_up(name, None, "commune", self.when) if self.units[i].kind == "locality" else NONE
        if kind_elsewhere:
            level = levels_of(kind_elsewhere)[-1]
            found = district if level == "district" else commune if level == "commune" else NONE
            same = tuple(p for p in found.places if p.kind_word == kind_elsewhere)
            if same:
                return level, Found(same, found.note)
        if commune.places and self._commune_by_next(i, commune):
            return "commune", commune
        if district.places:
            return "district", district
        if commune.places:
            return "commune", commune
        former = max((province, district, commune), key=lambda f: len(f.former) > 0)
        return (former.former[0].level if former.former else None), former

    def _towns_between(self, i: int, name: str) -> tuple[Locality, ...]:
        """Return districts that bear a province's name, between a commune and their province."""
        if not 0 < i < len(self.units) - 1 or self.level[i + 1] != "province":
            return ()
        if levels_of(self.readings[i - 1].kind_word or "") != ("commune",):
            return ()
        if not (_HELD.fullmatch(self.gap(i - 1)) and _HELD.fullmatch(self.gap(i))):
            return ()
        provinces = {p.code for p in self.found[i + 1].places}
        return tuple(p for p in look_up(name, None, "district", self.when).places if province_of(p) in provinces)

    def _commune_by_next(self, i: int, commune: Found) -> bool:
        """Say whether what follows makes a bare name a commune: `Đức Mạnh (Đắk Mil)`, `Thuận Hạnh, Nam Bình (…)`."""
        if i + 1 >= len(self.units) or self.units[i + 1].kind != "locality":
            return False
        after, gap = self.found[i + 1], self.gap(i)
        parents = {p.parent_code for p in commune.places}
        if self.level[i + 1] == "district" and _HELD.fullmatch(gap):
            return any(p.code in parents for p in after.places)
        if self.level[i + 1] == "commune" and self.listed[i + 1]:
            return any(p.parent_code in parents for p in after.places)
        return False

    def _link_holders(self) -> None:
        """Link a unit to the bigger place named right after it; members of a list share the last one's."""
        for i in reversed(range(len(self.units) - 1)):
            low, high = self.level[i], self.level[i + 1]
            if low not in RANK or high not in RANK or not self.readings[i].placed:
                continue
            gap = self.gap(i)
            following, office = self.units[i + 1], self.readings[i + 1].head != ""
            # After a comma an office is another actor, unless this unit itself is an office.
            if office and "(" not in gap and not self.readings[i].head:
                continue
            if RANK[high] > RANK[low] and _HELD.fullmatch(gap):
                self.holder[i] = i + 1
            elif high == low and self.listed[i + 1] and following.kind == "locality":
                self.holder[i] = self.holder[i + 1]
