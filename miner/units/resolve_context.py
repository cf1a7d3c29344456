"""Settle an article's units together: what one mention says about its place holds for the others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from miner import gazetteer
from miner.gazetteer import Locality, levels_of, place_key
from miner.records import Article, Home, Unit
from miner.units.resolve_answer import NOTHING, Answer
from miner.units.resolve_date import When
from miner.units.resolve_home import is_origin, source_home, text_home
from miner.units.resolve_lookup import NONE, Found, look_up, look_up_era, province_of, successors_of
from miner.units.resolve_read import Reading, read_unit

_HAMLETS = frozenset(
    ("Thôn", "Xóm", "Bản", "Ấp", "Buôn", "Bon", "Khóm", "Khu phố", "Khối phố", "Tổ dân phố", "Plei", "Sóc")
)
"""Hamlets that a commune is divided into; a `khu` or `làng` may lie anywhere."""
RANK = {"hamlet": 0, "commune": 1, "district": 2, "province": 3}

# What stands between a place and the one that holds it: "xã X, huyện Y", "xã X (huyện Y)", "xã X thuộc huyện Y".
_HELD = re.compile(r"\)?\s*(?:,|\(|-|–|thuộc|của|ở|tại|,\s*thuộc|\(thuộc|nay thuộc)?\s*")
# … and between the members of a list.
_LIST = re.compile(r"\s*(?:,|;|và|&|,\s*và|hoặc|hay|-|–)\s*")
_MAX_GAP = 14
_WEIGHT = {"province": 1.0, "district": 1.0, "commune": 0.5}
"""Votes of a mention for the home province, by its level."""
_LIST_KINDS = ("Huyện", "Quận", "Thị xã", "Xã", "Phường", "Thị trấn")


class Context:
    """One article's units on the way to their places; `answers` is filled by `settle`."""

    def __init__(self, article: Article, when: When, units: Sequence[Unit]) -> None:
        self.article, self.when, self.units = article, when, units
        self.places = gazetteer.load()
        self.readings: list[Reading] = [read_unit(u.text, u.kind) for u in units]
        self.answers: list[Answer] = [NOTHING] * len(units)
        self.home: Home | None = source_home(article, when)
        self._found: list[Found] = [NONE] * len(units)
        self._level: list[str | None] = [r.level for r in self.readings]
        self._holder: list[int | None] = [None] * len(units)
        self._listed: list[bool] = [False] * len(units)
        """Whether the unit stands in a list with the one before it."""
        self._paragraph: list[int] = []
        self._origin: list[bool] = []
        paragraph = last = 0
        text = article.text
        for unit in units:
            paragraph += text.count("\n", last, unit.start)
            last = unit.start
            self._paragraph.append(paragraph)
            self._origin.append(is_origin(text, unit.start))

    # ------------------------------------------------------------------ the order of work

    def settle(self) -> None:
        """Fill `answers` and `home`: provinces, home, districts, communes, hamlets, then offices by their level."""
        self._read_lists()
        self._read_bare_names()
        self._link_holders()
        self._settle_level("province")
        if self.home is None:
            self.home = text_home(self.article, self.when, self._votes())
        self._settle_level("district")
        self._settle_level("commune")
        self._settle_hamlets()
        self._settle_offices()
        self._settle_rest()

    def names_new_places(self) -> bool:
        """Say whether the units found only in today's lists outnumber the districts, which the reform abolished."""
        new = sum(
            not found.places and any(p.valid_to is None for p in found.former) and reading.kind_word is not None
            for found, reading in zip(self._found, self.readings, strict=True)
        )
        return new > sum(level == "district" for level in self._level)

    # ------------------------------------------------------------------ what is asked for

    def _gap(self, i: int) -> str:
        """Return the text between unit `i` and the next, or a bar where it is too long to join them."""
        if i + 1 >= len(self.units):
            return "|"
        start, end = self.units[i].end, self.units[i + 1].start
        return self.article.text[start:end] if end - start <= _MAX_GAP else "|"

    def _read_lists(self) -> None:
        """Give the members of a list its head's level word: `các huyện A, B và C`, `Công an các huyện A, B`."""
        for i in range(1, len(self.units)):
            self._listed[i] = _LIST.fullmatch(self._gap(i - 1)) is not None
            if not self._listed[i]:
                continue
            before, this = self.readings[i - 1], self.readings[i]
            if before.glued or not before.bare or this.kind_word:
                continue
            if levels_of(before.kind_word or "") == ("hamlet",) and self.units[i].kind == "locality":
                if not self.places.find(this.bare):  # thôn Liên Sơn 1, Liên Sơn 2
                    self.readings[i] = Reading("", before.kind_word, this.bare, "hamlet")
                continue
            office = this.head and not this.bare and self.units[i].kind != "locality"
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
        if _HELD.fullmatch(self._gap(i)) is None:
            return False
        after = self.readings[i + 1]
        if not after.kind_word or after.head:
            return False
        holders = look_up(after.bare, after.kind_word, "district", self.when).places
        return any(self._holds(h, p) for h in holders for p in found.places)

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
                self._level[i] = reading.level
                continue
            if reading.kind_word:
                levels = levels_of(reading.kind_word)
                if levels == ("hamlet",):
                    self._level[i] = "hamlet"
                    continue
                found = look_up(reading.bare, reading.kind_word, levels[0] if len(levels) == 1 else None, self.when)
                self._found[i] = found
                bearers = found.places or found.former
                self._level[i] = bearers[0].level if bearers else levels[-1]
                continue
            self._level[i], self._found[i] = self._bare(i, reading.bare, named.get(place_key(reading.bare)))

    def _bare(self, i: int, name: str, kind_elsewhere: str | None) -> tuple[str | None, Found]:
        province = look_up(name, None, "province", self.when)
        if province.places:
            return "province", province
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

    def _commune_by_next(self, i: int, commune: Found) -> bool:
        """Say whether what follows makes a bare name a commune: `Đức Mạnh (Đắk Mil)`, `Thuận Hạnh, Nam Bình (…)`."""
        if i + 1 >= len(self.units) or self.units[i + 1].kind != "locality":
            return False
        after, gap = self._found[i + 1], self._gap(i)
        parents = {p.parent_code for p in commune.places}
        if self._level[i + 1] == "district" and _HELD.fullmatch(gap):
            return any(p.code in parents for p in after.places)
        if self._level[i + 1] == "commune" and self._listed[i + 1]:
            return any(p.parent_code in parents for p in after.places)
        return False

    def _link_holders(self) -> None:
        """Link a unit to the bigger place named right after it; members of a list share the last one's."""
        for i in reversed(range(len(self.units) - 1)):
            low, high = self._level[i], self._level[i + 1]
            if low not in RANK or high not in RANK or not self.readings[i].placed:
                continue
            gap = self._gap(i)
            following, office = self.units[i + 1], self.readings[i + 1].head != ""
            # After a comma an office is another actor, unless this unit itself is an office.
            if office and "(" not in gap and not self.readings[i].head:
                continue
            if RANK[high] > RANK[low] and _HELD.fullmatch(gap):
                self._holder[i] = i + 1
            elif high == low and self._listed[i + 1] and following.kind == "locality":
                self._holder[i] = self._holder[i + 1]

    # ------------------------------------------------------------------ places with a name

    def _settle_level(self, level: str) -> None:
        these = [
            i
            for i in range(len(self.units))
            if self._level[i] == level and (self._found[i].places or self._found[i].former or self.readings[i].bare)
        ]
        # First what is said outright, then what is said elsewhere or follows from the context.
        settled: dict[tuple[str, str | None], list[tuple[int, Answer]]] = {}
        later: list[int] = []
        for i in these:
            answer = self._outright(i)
            if answer is None:
                later.append(i)
                continue
            self.answers[i] = answer
            if answer.place is not None:
                settled.setdefault(self._name_key(i), []).append((i, answer))
        for i in later:
            before = settled.get(self._name_key(i)) or settled.get((self._name_key(i)[0], None))
            if before and self._holder[i] is None:
                codes = {a.place.code for _, a in before if a.place}
                j, answer = max((x for x in before if x[0] < i), default=before[0], key=lambda x: x[0])
                if len(codes) == 1 or self._paragraph[j] == self._paragraph[i]:
                    self.answers[i] = answer._replace(
                        resolution="by_context", evidence=f"named with its place: {self._around(j)}"
                    )
                    continue
            self.answers[i] = self._by_context(i, level)

    def _name_key(self, i: int) -> tuple[str, str | None]:
        reading = self.readings[i]
        return place_key(reading.bare), reading.kind_word

    def _around(self, i: int) -> str:
        """Quote unit `i` together with what holds it."""
        j = self._holder[i]
        last = self.units[j].end if j is not None and j == i + 1 else self.units[i].end
        return " ".join(self.article.text[self.units[i].start : last].split())

    def _answer(self, i: int, place: Locality, resolution: str, evidence: str) -> Answer:
        note = self._found[i].note
        return Answer(place.level, place, resolution, f"{evidence}; {note}" if note else evidence)

    def _outright(self, i: int) -> Answer | None:
        """Settle unit `i` where its name is unique or what holds it is named with it; None where it is not."""
        found, level = self._found[i], self._level[i]
        places = found.places
        if not places:
            return self._missing(i, level)
        holder = self._holder[i]
        if holder is not None:
            inside = self._inside(places, holder)
            if not inside:
                reading = self.readings[i]
                inside = self._inside(look_up_era(reading.bare, reading.kind_word, level, self.when), holder)
            if len(inside) == 1:
                if len(places) == 1:
                    return self._answer(i, inside[0], "unique", self._only(inside[0]))
                return self._answer(i, inside[0], "by_context", f"named with it: {self.units[holder].text}")
            # "Nha Trang, Đà Nẵng, Phú Quốc" lists cities; "Đức Trọng - TP.HCM" is a route.
            listed = len(places) == 1 and self._listed[holder]
            listed = listed and (self.readings[holder].kind_word is None or self._gap(holder - 1).strip() in "-–")
            if not inside and not listed and (self.answers[holder].place or self._found[holder].places):
                text = f"{self.units[holder].text} holds no {self.readings[i].bare}"
                return Answer(level, None, "not_found", text, tuple(p.code for p in places))
        if level == "province" and len(places) == 1:
            return self._province_answer(i, places[0])
        if len(places) == 1 and self.readings[i].kind_word is not None:
            if found.note.startswith("the lists") and not self._near(places[0], i):
                return Answer(level, None, "not_found", found.note, (places[0].code,))
            return self._answer(i, places[0], "unique", self._only(places[0]))
        return None

    def _only(self, place: Locality) -> str:
        return f"the only {place.level} of this name and level word"

    def _province_answer(self, i: int, place: Locality) -> Answer:
        """Settle a province; `xã Phú Hộ, Phú Thọ` leaves open whether the town of that name is meant."""
        reading = self.readings[i]
        if not reading.kind_word and not reading.head and i and self._holder[i - 1] == i:
            towns = look_up(reading.bare, None, "district", self.when).places
            towns = tuple(t for t in towns if t.parent_code == place.code)
            if self._level[i - 1] == "commune":
                parents = {p.parent_code for p in self._found[i - 1].places}
                town = next((t for t in towns if t.code in parents), None)
                if town is not None:
                    codes = (place.code, town.code)
                    return Answer("province", None, "ambiguous", "the province or its town of this name", codes)
        return self._answer(i, place, "unique", self._only(place))

    def _missing(self, i: int, level: str | None) -> Answer:
        former = self._found[i].former
        if not former:
            return Answer(level, None, "not_found", "no such name in the gazetteer")
        place = former[0]
        span = f"{place.valid_from} to {place.valid_to or 'today'}"
        text = f"not valid on {self.when.day}: {place.name} was so from {span}"
        return Answer(
            level, None, "not_found", text, tuple(p.code for p in former), place if len(former) == 1 else None
        )

    def _holds(self, holder: Locality, place: Locality) -> bool:
        """Say whether `holder` holds `place` at any time of this name: borders of districts have moved."""
        if place.parent_code == holder.code or province_of(place) == holder.code:
            return True
        return any(p.bare == place.bare and p.parent_code == holder.code for p in self.places.history(place.code))

    def _inside(self, places: Iterable[Locality], holder: int) -> list[Locality]:
        """Return those of `places` that lie in unit `holder`'s place, or in one that it may be."""
        known = self.answers[holder].place
        holders = (known,) if known is not None else self._found[holder].places
        return [p for p in places if any(self._holds(h, p) for h in holders)]

    def _near(self, place: Locality, i: int) -> bool:
        """Say whether the article names the province or district that holds `place`."""
        if self.home is not None and province_of(place) == self.home.province_code:
            return True
        return any(a.place is not None and self._holds(a.place, place) for a in self.answers)

    def _settled(self, level: str) -> Iterator[tuple[int, Locality]]:
        for j, answer in enumerate(self.answers):
            if answer.place is not None and answer.place.level == level:
                yield j, answer.place

    def _by_context(self, i: int, level: str) -> Answer:
        """Settle unit `i` by a district or province named near it, or by the home province; else ambiguous."""
        places = list(self._found[i].places)
        if not places:
            return self._missing(i, level)
        if (holder := self._holder[i]) is not None:
            places = self._inside(places, holder) or places
        # "xã X, huyện Châu Thành": a commune that names this district as its holder narrows it.
        for k, j in enumerate(self._holder):
            if j == i and self._found[k].places:
                places = [p for p in places if any(self._holds(p, c) for c in self._found[k].places)] or places
                if len(places) == 1:
                    return self._answer(i, places[0], "by_context", f"it holds {self.units[k].text}")
        for upper in ("district", "province"):
            if level == upper or (level == "district" and upper == "district"):
                continue
            holders = list(self._settled(upper))
            near = [(j, h) for j, h in holders if self._paragraph[j] == self._paragraph[i]]
            for pool, where in ((near, "named near"), (holders, "named in the article")):
                if where == "named in the article" and upper == "province" and (answer := self._in_home(i, places)):
                    return answer
                fitting = {p.code: (p, j) for j, h in pool for p in places if self._holds(h, p)}
                if len(fitting) == 1:
                    place, j = next(iter(fitting.values()))
                    return self._answer(i, place, "by_context", f"{where}: {self.units[j].text}")
        if answer := self._in_home(i, places):
            return answer
        if (wider := self._wider(i, level, places)) is not None:
            return wider
        codes = tuple(p.code for p in places)
        if level == "commune" and self.readings[i].kind_word is None:
            return Answer(
                level, None, "ambiguous", "a commune's name without a level word, and no district near", codes
            )
        if len(places) == 1:
            return self._answer(i, places[0], "unique", self._only(places[0]))
        return Answer(level, None, "ambiguous", f"{len(codes)} places bear this name", codes)

    def _wider(self, i: int, level: str, places: Sequence[Locality]) -> Answer | None:
        """Try bearers of the name from the whole era of an undated article, where one lies in a district named."""
        reading = self.readings[i]
        more = [p for p in look_up_era(reading.bare, reading.kind_word, level, self.when) if p not in places]
        if not more or level != "commune":
            return None
        fitting = {p.code: (p, j) for j, h in self._settled("district") for p in more if self._holds(h, p)}
        if len(fitting) != 1:
            return None
        place, j = next(iter(fitting.values()))
        return Answer(level, place, "by_context", f"named in the article: {self.units[j].text}; at another time")

    def _in_home(self, i: int, places: Sequence[Locality]) -> Answer | None:
        if self.home is None:
            return None
        mine = [p for p in places if province_of(p) == self.home.province_code]
        if len(mine) != 1:
            return None
        return self._answer(i, mine[0], "by_context", f"in the home province ({self.home.evidence})")

    # ------------------------------------------------------------------ the home province

    def _votes(self) -> Iterator[tuple[str, int, float]]:
        """Yield (province code, offset, weight): an office weighs more than a name, an origin next to nothing."""
        for i, reading in enumerate(self.readings):
            level, places = self._level[i], self._found[i].places
            if not places or level not in _WEIGHT:
                continue
            code = province_of(places[0])
            if code is None or (len(places) > 1 and any(province_of(p) != code for p in places)):
                continue
            if level == "commune" and reading.kind_word is None:
                continue
            weight = _WEIGHT[level]
            if reading.head:
                weight = 3.0 if level == "province" else 2.0
            elif level == "province" and reading.kind_word:
                weight = 1.5
            if self._origin[i]:
                weight *= 0.2
            yield code, self.units[i].start, weight

    # ------------------------------------------------------------------ hamlets

    def _settle_hamlets(self) -> None:
        """Place a hamlet in the commune named with it, here or elsewhere in the article."""
        known: dict[str, Answer] = {}
        open_: list[int] = []
        communes = {p.code: (j, p) for j, p in self._settled("commune")}
        for i, reading in enumerate(self.readings):
            if self._level[i] != "hamlet" or not reading.bare:
                continue
            holder = self._holder[i]
            place = self.answers[holder].place if holder is not None else None
            if holder is not None and place is not None and place.level == "commune":
                text = f"in {self.units[holder].text}, named with it"
                self.answers[i] = known[place_key(reading.bare)] = Answer("hamlet", place, "by_context", text)
            else:
                open_.append(i)
        for i in open_:
            said = known.get(place_key(self.readings[i].bare))
            if said is not None:
                self.answers[i] = said._replace(evidence=f"{said.evidence} elsewhere")
            elif len(communes) == 1 and self._holder[i] is None and self.readings[i].kind_word in _HAMLETS:
                ((j, place),) = communes.values()
                text = f"in {self.units[j].text}, the only commune named"
                self.answers[i] = Answer("hamlet", place, "by_context", text)
            else:
                text = "hamlets are in no list, and no commune is named with it"
                self.answers[i] = Answer("hamlet", None, "not_found", text)

    # ------------------------------------------------------------------ offices with a level alone

    def _settle_offices(self) -> None:
        """Settle `Công an tỉnh`, `UBND huyện`, `Sở Y tế` by the place of their level that is in focus."""
        for i, reading in enumerate(self.readings):
            level = self._level[i] or (levels_of(reading.kind_word)[-1] if reading.kind_word else None)
            if reading.bare or level in (None, "central", "hamlet") or not reading.placed:
                continue
            assert level is not None
            self.answers[i] = self._office(i, reading, level)

    def _office(self, i: int, reading: Reading, level: str) -> Answer:
        kind = reading.kind_word
        levels = levels_of(kind) if kind else (level,)
        fits = [
            (j, p)
            for j, a in enumerate(self.answers)
            if (p := a.place) is not None and p.level in levels and a.level != "hamlet" and kind in (None, p.kind_word)
        ]
        own = self.readings[i]
        stated = [(j, p) for j, p in fits if not self._origin[j]] or fits
        holder = self._holder[i]
        if holder is not None and (p := self.answers[holder].place) is not None:
            inside = [(j, q) for j, q in stated if self._holds(p, q)]
            stated = inside or stated
        before = [(j, p) for j, p in stated if j < i]
        if self.home is not None and level != "province" and self._paragraph_of(before) != self._paragraph[i]:
            # What was named last lies elsewhere, perhaps where a person comes from: the home province goes first.
            before = [(j, p) for j, p in before if province_of(p) == self.home.province_code] or before
        home = self._home_place(kind, levels)
        if "province" in levels:
            # An office or a full name in the same paragraph, else home, else what was named last.
            named = [
                (j, p)
                for j, p in before
                if self._paragraph[j] == self._paragraph[i]
                and (self.readings[j].head or self.readings[j].kind_word or self._listed[j] is False)
                and (p.level == "province" or home is None or home.kind_word != "Thành phố")
            ]
            strong = [(j, p) for j, p in named if self.readings[j].head or self.readings[j].kind_word]
            if strong:
                return self._focus(i, strong[-1], level, kind)
            if home is not None:
                assert self.home is not None
                text = f"the home province ({self.home.evidence})"
                return Answer(home.level, home, "by_context", text)
        if before:
            return self._focus(i, before[-1], level, kind)
        if stated:
            if len({p.code for _, p in stated}) == 1:
                return self._focus(i, stated[0], level, kind)
            codes = tuple(dict.fromkeys(p.code for _, p in stated))
            return Answer(level, None, "ambiguous", "several are named after it", codes)
        if level == "district":
            held = {p.parent_code for _, p in self._settled("commune")}
            district = self.places.get(held.pop(), self.when.day) if len(held) == 1 else None
            if district is not None and district.level == "district" and kind in (None, district.kind_word):
                return Answer(level, district, "by_context", "holds the communes that are named")
        word = (own.kind_word or level).lower()
        return Answer(level, None, "not_found", f"the article names no {word}")

    def _paragraph_of(self, named: Sequence[tuple[int, Locality]]) -> int | None:
        return self._paragraph[named[-1][0]] if named else None

    def _home_place(self, kind: str | None, levels: tuple[str, ...]) -> Locality | None:
        if self.home is None or "province" not in levels:
            return None
        home = self.places.get(self.home.province_code, self.when.day)
        return home if home is not None and kind in (None, home.kind_word) else None

    def _focus(self, i: int, named: tuple[int, Locality], level: str, kind: str | None) -> Answer:
        """Take the place named last before unit `i`; one of a list is no focus, and leaves it ambiguous."""
        j, place = named
        run = {place.code: place}
        for step in (-1, 1):
            k = j
            while 0 <= k + step < len(self.units) and self._listed[max(k, k + step)]:
                k += step
                other = self.answers[k].place
                if other is None or other.level != place.level or k == i:
                    break
                if kind in (None, other.kind_word):
                    run[other.code] = other
        if len(run) > 1:
            return Answer(level, None, "ambiguous", f"a list is named before it: {self._around(j)}", tuple(run))
        return Answer(place.level, place, "by_context", f"named before it: {self._around(j)}")

    def _settle_rest(self) -> None:
        for i, reading in enumerate(self.readings):
            if self.answers[i] is not NOTHING:
                continue
            if self.units[i].kind == "locality":
                self.answers[i] = self._missing(i, self._level[i])
            elif reading.level or self._level[i]:
                self.answers[i] = Answer(self._level[i] or reading.level)

    # ------------------------------------------------------------------ codes

    def province_code(self, answer: Answer) -> str | None:
        """Return the province of a settled place, of all its candidates, or of what a former place went into."""
        if answer.place is not None:
            return province_of(answer.place)
        if answer.former is not None:
            into = {self.places.province_of(c, self.when.day) for c in successors_of(answer.former)}
            return into.pop() if len(into) == 1 and self.when.day >= gazetteer.REFORM else None
        if answer.resolution == "ambiguous":
            found = {self.places.province_of(c, self.when.day) for c in answer.candidates}
            return found.pop() if len(found) == 1 else None
        return None

    def successors(self, answer: Answer) -> tuple[str, ...]:
        """Return today's codes of a settled or former place."""
        place = answer.place or answer.former
        return successors_of(place) if place is not None else ()
