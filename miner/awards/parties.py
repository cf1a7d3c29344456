"""Read who gives and who gets: units, offices, people and groups, one by one and in lists."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace

from miner.awards.named import COUNTED, LESSER, NUMBER, SPELT_OUT, Named, number_of, patterns
from miner.awards.nouns import DEEDS, Nouns
from miner.awards.table import toned, words
from miner.records import Party, Person, Unit

_BRACKETS = re.compile(r"[ ]*\([^()\n]{0,160}\)")
_LINK = re.compile(
    r"[ ]*(?:,[ ]*(?:và|cùng)?|;|[ ]và|[ ]cùng với|[ ]cùng|[ ]&|[ ]với)[ ]+"
    r"(?:(?:đặc biệt|nhất) là[ ])?(?:(?:cho|đến|của)[ ])?(?=\S)"
)
_APPOSITION = re.compile(r"[ ]*(?:,|[-–])[ ]+")
_NEXT_COUNTED = re.compile(r"(?:,|;|[ ]và|,[ ]và)[ ](?=(?:hơn |gần )?\d)")
_NEW_STORY = re.compile(
    toned(
        r"(?<!\w)(?:đã|được|nhận|đạt|đoạt|tặng|trao|thưởng|bắt|thu giữ|xử lý|phá|cứu|khiến|làm|gây|còn|gồm)(?!\w)|[.…]"
    )
)
_DEFINITE = re.compile(r"[ ](?:này|ấy|nói trên)(?!\w)")
_NO_COUNT = re.compile(r"(?<!\w)top[ ]$")
_YEAR = re.compile(r"năm[ ](?:19|20)\d\d[ ]")
_VERB_NEXT = re.compile(r"[ ]+(?:đã|sẽ|vừa|cũng|đang|còn)(?!\w)")


class Reader(Nouns):
    """Reads parties out of one text, with what other layers have found in it."""

    def at(self, start: int, end: int, *, loose: bool = False) -> Named | None:
        """Return who stands at `start`, read up to `end`; `loose` takes any noun, for what follows `cho`."""
        p = patterns()
        low = self.low
        begin = start
        if loose and (described := self.described(start, end)):
            return described
        if skipped := p.skip.match(low, start, end):
            for at in (skipped.end(), start):
                found = self._one(at, end)
                if found and (found.kind in ("unit", "office", "person") or at == start or _kin(low[start:at], found)):
                    return replace(found, start=begin)
            if bare := p.bare.match(low, skipped.end(), end):
                return self._group(begin, skipped.end(), bare.end(), end, None, kind="bare")
            if bare := p.bare.match(low, start, end):
                return self._group(begin, start, bare.end(), end, None, kind="bare")
        elif found := self._one(start, end):
            return found
        if loose and (counted := COUNTED.match(low, start, end)):
            return self._group(start, start, counted.end(), end, counted["number"])
        return self._loose(start, end) if loose else None

    def described(self, start: int, end: int) -> Named | None:
        """Return who is named by a kin word and a trade or a deed: `anh thợ hồ`, `chị bán vé số`."""
        p, low = patterns(), self.low
        pronoun = p.pronoun.match(low, start, end)
        word = p.word.match(low, pronoun.end(), end) if pronoun else None
        if not word or not self.text[word.start(1)].islower():
            return None
        if p.stop.match(low, word.start(1), end) and word[1] not in DEEDS:
            return None
        if p.titles.match(low, word.start(1), end) or p.group.match(low, start, end) or p.bare.match(low, start, end):
            return None
        stop = self.noun_end(word.end(), end)
        return Named(start, stop, (self.party(start, stop, "group"),), "loose")

    def _one(self, start: int, end: int) -> Named | None:
        """Return a unit, office, person or group that begins at `start`."""
        p, low = patterns(), self.low
        if unit := self.units.get(start):
            return self._unit(start, unit)
        if alone := p.alone.match(low, start, end):
            return self._with_holder(start, self.party(start, alone.end(), "office"), end)
        if person := self.people.get(start):
            return self._person(start, person, end)
        if (office := p.office.match(low, start, end)) and (found := self._office(start, office.end(), end)):
            return found
        titles = p.titles.match(low, start, end)
        if titles and (person := self.people.get(titles.end())):
            counted = NUMBER.match(low, start, end)
            return replace(self._person(start, person, end), number=number_of(counted["number"]) if counted else None)
        if (
            titles
            and (office := p.office.match(low, titles.end(), end))
            and (found := self._office(titles.end(), office.end(), end))
        ):
            return replace(found, start=start)
        if (group := p.group.match(low, start, end)) and not self._no_count(start, end):
            return self._group(start, start, group.end(), end, group["number"])
        if (bare := p.bare.match(low, start, end)) and not self._capital_unit(start, end) > bare.end():
            return self._group(start, start, bare.end(), end, None, kind="bare")
        if (noun := p.noun.match(low, start, end)) and _DEFINITE.match(low, noun.end()):  # `ngư dân này được tặng`
            return Named(start, noun.end(), (self.party(start, noun.end(), "group"),), "group")
        if size := self._capital_unit(start, end):
            return Named(start, size, (self.party(start, size, "unit"),), "unit")
        if (pronoun := p.pronoun.match(low, start, end)) and not self._honoured(start):
            return Named(start, pronoun.end(), (), "pronoun")
        return None

    def _no_count(self, start: int, end: int) -> bool:
        """Tell whether a number is a year or a rank: `năm 2018 đội`, `Top 10 doanh nghiệp`."""
        low = self.low
        return bool(_YEAR.match(low, max(0, start - 4), end) or _NO_COUNT.search(low, max(0, start - 4), start))

    def _honoured(self, start: int) -> bool:
        """Tell whether a kin word has a capital inside a sentence: `làm theo lời Bác`."""
        text = self.text
        return text[start].isupper() and text[start - 1 : start] == " " and text[start - 2 : start - 1].isalnum()

    def _unit(self, start: int, unit: Unit) -> Named:
        end = unit.end
        return Named(start, end, (self.party(unit.start, end, "unit", unit),), "unit", locality=unit.kind == "locality")

    def _capital_unit(self, start: int, end: int) -> int:
        """Return where a unit ends that the units layer has not seen, else 0."""
        p = patterns()
        head = p.unit.match(self.low, start, end)
        if not head:
            return 0
        rest = p.heads.match(self.text, head.end(), end)
        if rest and head[0] in ("câu lạc bộ", "clb"):
            return self.noun_end(rest.end(), end)  # `Câu lạc bộ Sửa xe thanh niên`
        return rest.end() if rest else 0

    def _office(self, start: int, after: int, end: int) -> Named | None:
        p, low = patterns(), self.low
        at = after + 1
        unit = self.units.get(at) or self.units.get(after + 2 if low.startswith("  ", after) else at)
        if not unit:
            # `Trưởng Công an xã`, whose unit may open inside the office's words
            unit = self.unit_in(start + 1, after)
        if unit:
            return self._with_holder(start, self.party(start, unit.end, "office", unit), end)
        if size := self._capital_unit(at, end):
            return self._with_holder(start, self.party(start, size, "office"), end)
        if place := p.place.match(low, after, end):
            return self._with_holder(start, self.party(start, place.end(), "office"), end)
        if (person := self.people.get(at)) is not None:
            party = self.party(start, after, "office")
            return Named(start, person.end, (self.party(person.start, person.end, "person"),), "person", office=party)
        if self.text[after : after + 1] in (",", ""):
            return Named(start, after, (self.party(start, after, "office"),), "office")
        return None

    def _with_holder(self, start: int, office: Party, end: int) -> Named:
        """Return the office with its holder's name, where it follows: `Bí thư Tỉnh đoàn Lê Văn Trung`."""
        titles = patterns().titles.match(self.low, office.end + 1, end)
        person = self.people.get(office.end + 1) or (self.people.get(titles.end()) if titles else None)
        if person and self.text[office.end : office.end + 1] == " ":
            return Named(start, person.end, (office,), "office", office=office)
        return Named(start, office.end, (office,), "office", office=office)

    def _person(self, start: int, person: Person, end: int) -> Named:
        """Return a person, with an office that follows as an apposition: `ông A, Chủ tịch xã B,`."""
        p, low = patterns(), self.low
        one = self.party(person.start, person.end, "person")
        at = person.end
        if brackets := _BRACKETS.match(low, at, end):
            at = brackets.end()
        for _ in range(2):
            mark = _APPOSITION.match(low, at, end)
            if not mark:
                break
            begin = mark.end()
            if (skipped := p.skip.match(low, begin, end)) and low[skipped.start() : skipped.end()].startswith(
                ("nguyên", "cựu")
            ):
                begin = skipped.end()
            found = self._post(begin, end)
            if found and found.kind == "office":
                return self._posts(start, one, found, end)
            rank = p.titles.match(low, begin, end)  # `Thượng tá A, Trưởng phòng`: a second try after a rank
            if not rank or self.people.get(rank.end()):
                break
            at = rank.end() - 1
        return Named(start, person.end, (one,), "person")

    def _post(self, begin: int, end: int) -> Named | None:
        """Return the office that begins at `begin`."""
        p = patterns()
        if alone := p.alone.match(self.low, begin, end):
            return Named(begin, alone.end(), (self.party(begin, alone.end(), "office"),), "office")
        office = p.office.match(self.low, begin, end)
        return self._office(begin, office.end(), end) if office else None

    def _posts(self, start: int, one: Party, found: Named, end: int) -> Named:
        """Return a person with the post that counts: of `Phó Bí thư Tỉnh ủy, Chủ tịch UBND tỉnh` the last."""
        low = self.low
        posts = [found.parties[0]]
        at = found.end
        for _ in range(4):
            mark = re.compile(r"[ ]*,[ ]+").match(low, at, end)
            other = self._post(mark.end(), end) if mark else None
            if not other or other.kind != "office" or other.end != other.parties[0].end:
                break
            posts.append(other.parties[0])
            at = other.end
        chosen = next((o for o in posts if not low.startswith(LESSER, o.start)), posts[-1])
        return Named(start, at, (one,), "person", office=chosen)

    def _group(self, start: int, name: int, after: int, end: int, number: str | None, kind: str = "group") -> Named:
        """Return a group from its quantity to the end of its noun phrase, or the names that follow the noun."""
        text = self.text
        count = number_of(number) if number else None
        at = after + 1
        titles = patterns().titles.match(self.low, at, end)
        for begin in (at, titles.end() if titles else -1):
            person = self.people.get(begin)
            if person and text[after : after + 1] == " ":
                return Named(start, person.end, (self.party(person.start, person.end, "person"),), "person", count)
        stop = self.noun_end(after, end) if kind == "group" else self.bare_end(name, after, end)
        return Named(start, stop, (self.party(name, stop, "group", self.unit_in(after, stop), count),), kind, count)

    def _loose(self, start: int, end: int) -> Named | None:
        p = patterns()
        if p.stop.match(self.low, start, end) or not self.low[start : start + 1].isalpha():
            return None
        first = p.word.match(self.low, start - 1, end)
        if not first:
            return None
        stop = self.noun_end(first.end(), end)
        if (person := self.people.get(stop + 1)) and self.text[stop : stop + 1] == " ":
            return self._person(start, person, end)  # a trade that no table holds: `trung vệ Bùi Văn Dũng`
        return Named(start, stop, (self.party(start, stop, "group"),), "loose")

    def people_in(self, start: int, end: int) -> list[Person]:
        """Return the people between `start` and `end` that lie in no unit, in order."""
        keys = self.person_starts
        return [self.people[s] for s in keys[bisect_left(keys, start) : bisect_left(keys, end)]]

    def units_before(self, at: int, start: int) -> Iterator[Unit]:
        """Yield the units between `start` and `at`, the nearest to `at` first."""
        i = bisect_left(self.unit_starts, at)
        while i > 0 and self.unit_starts[i - 1] >= start:
            i -= 1
            yield self.units[self.unit_starts[i]]

    def many(self, start: int, end: int, *, loose: bool = False, unfold: bool = True) -> tuple[list[Named], int]:
        """Return the list of who stands from `start` on, and where it ends.

        With `unfold` a group is replaced by the names that spell it out: `04 xã gồm: A, B, C và D`.
        """
        first = self.at(start, end, loose=loose)
        if not first:
            return [], start
        found = [first]
        at = first.end
        while True:
            if brackets := _BRACKETS.match(self.low, at, end):
                at = brackets.end()
            alias = re.compile(r"[ ][-–][ ]").match(self.low, at, end) if found[-1].kind == "unit" else None
            if alias and (other := self.units.get(alias.end())):
                at = other.end
            names = SPELT_OUT.match(self.low, at, end) if unfold else None
            if names and found[-1].kind in ("group", "bare"):
                listed, stop = self.many(names.end(), end, unfold=False)
                if listed and all(n.kind in ("unit", "person") for n in listed):
                    number = found[-1].number
                    found[-1] = replace(listed[0], number=number)
                    found += [replace(n, number=None) for n in listed[1:]]
                    return found, stop
            link = _LINK.match(self.low, at, end)
            if not link:
                if found[-1].kind == "group" and (resumed := self._resumed(found[-1], at, end)):
                    found.append(resumed)
                    at = resumed.end
                    continue
                break
            comma = "," in link[0]
            following = self.at(link.end(), end)
            if not following or following.kind == "pronoun":
                break
            if comma and self.low.startswith("mỗi ", link.end()):
                break  # `cho 5 đơn vị, mỗi đơn vị 10 triệu đồng`
            state = self.low.startswith("nhà nước", following.start)  # `lãnh đạo Đảng, Nhà nước`
            above_all = link[0].rstrip().endswith(" là")  # `đặc biệt là người dân`
            if following.kind == "bare" and found[-1].kind != "bare" and not (state or above_all):
                break
            if ";" in link[0] and (following.kind != found[-1].kind or following.kind == "office"):
                break
            if link[0].strip() == "," and _new_clause(found[-1], following):
                break
            if comma and _VERB_NEXT.match(self.low, following.end, end) and not _VERB_NEXT.match(self.low, at, end):
                break  # `cho PVC, Ban Thi đua đã rà soát`: the second begins a clause of its own
            at = following.end
            placed = found[-1].kind in ("unit", "person") or any(p.unit for p in found[-1].parties)
            if comma and following.locality and not found[-1].locality and placed:
                continue  # an address: `Công an xã A, huyện B`
            if comma and following.locality and found[-1].locality and self._above(found[-1], following):
                continue
            found.append(following)
        return found, at

    def _resumed(self, last: Named, at: int, end: int) -> Named | None:
        """Return the next counted group of a list whose items are described: `6 tập thể có thành tích, 24 cá nhân`."""
        if last.number is None:
            return None
        link = _NEXT_COUNTED.search(self.low, at, min(end, at + 160))
        if not link or _NEW_STORY.search(self.low, at, link.start()):
            return None
        group = patterns().group.match(self.low, link.end(), end)
        noun = group["noun"] if group else ""
        if not group or not (noun in words("honoured") or self.low.startswith(noun, self._noun_at(last))):
            return None
        return self._group(link.end(), link.end(), group.end(), end, group["number"])

    def _noun_at(self, group: Named) -> int:
        """Return where the noun of a counted group begins."""
        counted = NUMBER.match(self.low, group.parties[0].start)
        return counted.end() if counted else group.parties[0].start

    def _above(self, one: Named, other: Named) -> bool:
        """Tell whether the second locality holds the first: `xã A, huyện B`."""
        levels = ("thôn", "ấp", "bản", "xã", "phường", "thị trấn", "huyện", "quận", "thị xã", "thành phố", "tp", "tỉnh")
        ranks = [
            next((i for i, w in enumerate(levels) if self.low.startswith(w, n.parties[0].start)), -1)
            for n in (one, other)
        ]
        return ranks[0] < ranks[1] or (ranks[1] < 0 <= ranks[0])


def _kin(skipped: str, found: Named) -> bool:
    """Tell whether a family is that of a group: `gia đình các nạn nhân` gets it in their stead."""
    return skipped.startswith(("gia đình", "thân nhân", "người thân")) and found.kind in ("group", "bare")


def _new_clause(one: Named, other: Named) -> bool:
    """Tell whether a comma alone can not join the two in a list: `bằng khen của UBND tỉnh, chị Hậu còn nhận`."""
    if other.kind == "person" and not other.office:
        return one.kind in ("unit", "office", "group", "bare")
    return other.kind in ("unit", "office") and one.kind in ("group", "person")
