"""Settle an article's units together: what one mention says about its place holds for the others."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence

from miner import gazetteer
from miner.gazetteer import Locality, place_key
from miner.records import Article, Home, Unit
from miner.units.resolve_answer import NOTHING, Answer
from miner.units.resolve_date import When
from miner.units.resolve_home import source_home, text_home
from miner.units.resolve_layout import Layout
from miner.units.resolve_lookup import holders_of, look_up, look_up_era, province_of, successors_of
from miner.units.resolve_office import Offices

WEIGHT = {"province": 1.0, "district": 1.0, "commune": 0.5}
"""Votes of a mention for the home province, by its level."""
_HAMLETS = frozenset(
    ("Thôn", "Xóm", "Bản", "Ấp", "Buôn", "Bon", "Khóm", "Khu phố", "Khối phố", "Tổ dân phố", "Plei", "Sóc")
)
"""Hamlets that a commune is divided into; a `khu` or `làng` may lie anywhere."""


class Context:
    """One article's units on the way to their places; `answers` and `home` are filled by `settle`."""

    def __init__(self, article: Article, when: When, units: Sequence[Unit]) -> None:
        self.article, self.when, self.units = article, when, units
        self.places = gazetteer.load()
        self.layout = Layout(article, when, units)
        self.readings = self.layout.readings
        self.answers: list[Answer] = [NOTHING] * len(units)
        self.home: Home | None = source_home(article, when)
        self._found, self._level, self._holder = self.layout.found, self.layout.level, self.layout.holder
        self._held: dict[int, list[int]] = {}
        """By index of a holder, the units that it holds."""
        for i, holder in enumerate(self._holder):
            if holder is not None:
                self._held.setdefault(holder, []).append(i)
        self._named: dict[str, dict[str, int]] = {"province": {}, "district": {}, "commune": {}}
        """Codes settled so far by level, with the first unit that names them."""
        self._named_near: dict[tuple[str, int], dict[str, int]] = {}
        """The same by (level, paragraph)."""
        self._with_name: dict[str | None, list[int]] = {}
        """By level, the units that have a place's name."""
        for i, level in enumerate(self._level):
            if self.readings[i].bare or self._found[i].places:
                self._with_name.setdefault(level, []).append(i)

    def settle(self) -> None:
        """Fill `answers` and `home`: provinces, home, districts, communes, hamlets, then offices by their level."""
        self._settle_level("province")
        if self.home is None:
            self.home = text_home(self.article, self.when, self._votes())
        self._settle_level("district")
        self._settle_level("commune")
        self._settle_hamlets()
        Offices(self.layout, self.answers, self.home).settle()
        self._settle_rest()

    # ------------------------------------------------------------------ places with a name

    def _settle_level(self, level: str) -> None:
        # First what is said outright, then what is said elsewhere or follows from the context.
        said: dict[tuple[str, str | None], tuple[list[int], set[str]]] = {}
        later: list[int] = []
        for i in self._with_name.get(level, ()):
            answer = self._outright(i)
            if answer is None:
                later.append(i)
                continue
            self._set(i, answer)
            if answer.place is not None:
                indexes, codes = said.setdefault(self._name_key(i), ([], set()))
                indexes.append(i)
                codes.add(answer.place.code)
        for i in later:
            name, kind_word = self._name_key(i)
            before = said.get((name, kind_word)) or said.get((name, None))
            if before and self._holder[i] is None:
                indexes, codes = before
                j = indexes[max(0, bisect(indexes, i) - 1)]
                if len(codes) == 1 or self.layout.paragraph[j] == self.layout.paragraph[i]:
                    text = f"named with its place: {self.layout.around(j)}"
                    self._set(i, self.answers[j]._replace(resolution="by_context", evidence=text))
                    continue
            self._set(i, self._by_context(i, level))

    def _set(self, i: int, answer: Answer) -> None:
        self.answers[i] = answer
        place = answer.place
        if place is not None:
            code, near = place.code, (place.level, self.layout.paragraph[i])
            named = self._named[place.level]
            if code not in named:
                named[code] = i
            if near not in self._named_near:
                self._named_near[near] = {code: i}
            elif code not in self._named_near[near]:
                self._named_near[near][code] = i

    def _name_key(self, i: int) -> tuple[str, str | None]:
        reading = self.readings[i]
        return place_key(reading.bare), reading.kind_word

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
            listed = len(places) == 1 and self.layout.listed[holder]
            listed = listed and (self.readings[holder].kind_word is None or self.layout.gap(holder - 1).strip() in "-–")
            if not inside and not listed and (self.answers[holder].place or self._found[holder].places):
                text = f"{self.units[holder].text} holds no {self.readings[i].bare}"
                return Answer(level, None, "not_found", text, tuple(p.code for p in places))
        if level == "province" and len(places) == 1:
            return self._province_answer(i, places[0])
        if len(places) == 1 and self.readings[i].kind_word is not None:
            if found.note.startswith("the lists") and not self._near(places[0]):
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

    def _inside(self, places: Sequence[Locality], holder: int) -> list[Locality]:
        """Return those of `places` that lie in unit `holder`'s place, or in one that it may be."""
        known = self.answers[holder].place
        codes = {known.code} if known is not None else {p.code for p in self._found[holder].places}
        return [p for p in places if not codes.isdisjoint(holders_of(p))]

    def _near(self, place: Locality) -> bool:
        """Say whether the article names the province or district that holds `place`, or is at home there."""
        if self.home is not None and province_of(place) == self.home.province_code:
            return True
        holders = holders_of(place)
        return not (holders.isdisjoint(self._named["district"]) and holders.isdisjoint(self._named["province"]))

    def _by_context(self, i: int, level: str) -> Answer:
        """Settle unit `i` by a district or province named near it, or by the home province; else ambiguous."""
        places: Sequence[Locality] = self._found[i].places
        if not places:
            return self._missing(i, level)
        if (holder := self._holder[i]) is not None:
            places = self._inside(places, holder) or places
        # "xã X, huyện Châu Thành": a commune that names this district as its holder narrows it.
        for k in self._held.get(i, ())[:4]:
            inside = {code for c in self._found[k].places for code in holders_of(c)}
            places = [p for p in places if p.code in inside] or places
            if len(places) == 1:
                return self._answer(i, places[0], "by_context", f"it holds {self.units[k].text}")
        for upper in ("district", "province"):
            if level == upper:
                continue
            near = self._named_near.get((upper, self.layout.paragraph[i]), {})
            for pool, where in ((near, "named near"), (self._named[upper], "named in the article")):
                if pool is not near and upper == "province" and (answer := self._in_home(i, places)):
                    return answer
                if answer := self._in_named(i, places, pool, where):
                    return answer
        if answer := self._in_home(i, places):
            return answer
        if (wider := self._wider(i, level, places)) is not None:
            return wider
        codes = tuple(p.code for p in places)
        if level == "commune" and self.readings[i].kind_word is None:
            text = "a commune's name without a level word, and no district near"
            return Answer(level, None, "ambiguous", text, codes)
        if len(places) == 1 and (not self.readings[i].head or self.home is None):
            return self._answer(i, places[0], "unique", self._only(places[0]))
        if len(places) == 1:  # Trạm biên phòng Bình Thạnh, far from the quận of that name
            return Answer(level, None, "ambiguous", f"{places[0].name} lies far from what the article names", codes)
        return Answer(level, None, "ambiguous", f"{len(codes)} places bear this name", codes)

    def _in_named(self, i: int, places: Sequence[Locality], pool: dict[str, int], where: str) -> Answer | None:
        """Settle unit `i` where exactly one of `places` lies in a place of `pool` (code to naming unit)."""
        if not pool:
            return None
        fitting = [(p, code) for p in places for code in holders_of(p) if code in pool]
        if len({p.code for p, _ in fitting}) != 1:
            return None
        # Of several that hold it, the one that does now, else the one named first.
        place, code = min(fitting, key=lambda fit: (fit[1] != fit[0].parent_code, pool[fit[1]]))
        return self._answer(i, place, "by_context", f"{where}: {self.units[pool[code]].text}")

    def _wider(self, i: int, level: str, places: Sequence[Locality]) -> Answer | None:
        """Try bearers of the name from the whole era of an undated article, where one lies in a district named."""
        reading = self.readings[i]
        more = [p for p in look_up_era(reading.bare, reading.kind_word, level, self.when) if p not in places]
        if not more or level != "commune":
            return None
        return self._in_named(i, more, self._named["district"], "at another time, but in a district named")

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
            if not places or level not in WEIGHT:
                continue
            code = province_of(places[0])
            if code is None or (len(places) > 1 and any(province_of(p) != code for p in places)):
                continue
            if level == "commune" and reading.kind_word is None:
                continue
            weight = WEIGHT[level]
            if reading.head:
                weight = 3.0 if level == "province" else 2.0
            elif level == "province" and reading.kind_word:
                weight = 1.5
            if self.layout.origin[i]:
                weight *= 0.2
            yield code, self.units[i].start, weight

    # ------------------------------------------------------------------ hamlets

    def _settle_hamlets(self) -> None:
        """Place a hamlet in the commune named with it, here or elsewhere in the article."""
        known: dict[str, Answer] = {}
        open_: list[int] = []
        communes = self._named["commune"]
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
                (j,) = communes.values()
                text = f"in {self.units[j].text}, the only commune named"
                self.answers[i] = Answer("hamlet", self.answers[j].place, "by_context", text)
            else:
                text = "hamlets are in no list, and no commune is named with it"
                self.answers[i] = Answer("hamlet", None, "not_found", text)

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
