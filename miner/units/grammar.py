"""The grammar of unit names: from a head to the end of the longest name of one unit (guide section 1)."""

from __future__ import annotations

import re
from typing import NamedTuple

from miner.text import LOWER, UPPER
from miner.units.lexicon import Head, Level, Lexicon
from miner.units.marks import SYLLABLE, Marks

_DEPTH = 4
_RUN = re.compile(rf"{SYLLABLE}(?!\w)(?:[ \u00a0]{SYLLABLE}(?!\w)){{0,3}}")
_SYLLABLE = re.compile(SYLLABLE)
_ACRONYM = re.compile(
    rf"[{UPPER}]{{1,6}}\d{{0,2}}(?:(?: ?[-&/] ?|, |[ ])[{UPPER}]{{1,6}}\d{{0,2}}(?![{LOWER}])){{0,4}}(?![{LOWER}\d])"
)
_NAME_PIECE = re.compile(rf"[{UPPER}][\w'’.+]*(?:[-&][\w'’]+)*|\d+[{UPPER}][\w]*|[“\"‘'][{UPPER}\d][^”\"’'\n]{{1,40}}[”\"’']")
_NUMBER = re.compile(r"(?:số )?0?\d{1,4}[A-Z]?(?![\w%]|[.,/:-]\d)")
_UNIT_NUMBER = re.compile(r"(?:(?:số|khu vực|vùng|khóa) )?(?:\d{1,4}(?:/[A-ZĐ]{2,4})?(?: [A-Z]{2,3}(?!\w))?|[IVX]{1,4})(?![\w%]|[.,/:-]\d)")
_WITHIN = re.compile(r",? \(?(?:thuộc )?")
_FOREIGN_NAME = re.compile(rf" ({SYLLABLE})(?!\w)")
_GROUP_NAME = re.compile(r"(?!(?:19|20)\d\d)\d{1,4}(?: [A-ZĐ]{1,4}(?!\w))?(?![\w%]|[.,/:-]\d)")
_NUMBERED = re.compile(r"số \d{1,2}(?!\w)")
_AREA = re.compile(r" ?[-–] ?")
_ARM = re.compile(" (?:Hải quân|hải quân|Cảnh sát biển|Phòng không)")
_ORDER = re.compile(r"số \d{1,3}(?![\w%]|[.,/:-]\d)")
_SUFFIX = re.compile(r" (?:\d{1,2}|[A-D])(?![\w%]|[.,/:-]\d)")
_SMALL = re.compile(rf"[{LOWER}]+")
_DIGITS = re.compile(r"(?!(?:19|20)\d\d)\d{1,4}(?![\w%]|[.,/:-]\d)")
_SHORT_FORM = re.compile(rf" ?\((?:gọi tắt là |viết tắt: )?[{UPPER}\d][{UPPER}\d &/.–-]{{0,12}}\)")
_SEPARATOR = re.compile(r" (?:và|&) |, (?:và )?| ?[-–/&] ?| ")
_NAME_SEPARATOR = re.compile(r" (?:và|&|-|–) |, |[ \u00a0]")
_LIST_SEPARATOR = re.compile(r"(?:,| và| cùng|, và|;) ")
# A level word that only stands beside another, or a plural, makes the office a group: công an phường, xã.
_GROUP_NEXT = re.compile(
    r" (?:(?:các|những|nhiều|một số|hai|ba|bốn|\d{1,3})(?: \d{1,3})? (?:cấp|tỉnh|thành|huyện|thị|quận|xã|phường|địa phương|đơn vị|nước|bộ|ngành)|cấp (?:tỉnh|huyện|xã|phường|trên|dưới|cơ sở))(?!\w)"
)
_GROUP_NAMED = re.compile(
    rf"(?:, | ?/ ?| ?- ?| và | hoặc )(?:các )?(?:tỉnh|thành phố|TP|huyện|thị xã|quận|xã|phường|thị trấn|cơ sở)(?!\w)(?! ?[{UPPER}\d])(?! +(?:miền|vùng|đảo|biên)\b)"
)
_SCHOOLISH = frozenset(("school", "health", "media"))
_CODE_HEAD = Head("police", "office", "yes", False, False, False)


class Found(NamedTuple):
    """A unit's end, its kind and the rule that found it; `listed` says that names of the same head may follow."""

    end: int
    kind: str
    rule: str
    listed: int = 0
    """Rank of the level that the list's names share, 0 where no list is open."""


class Place(NamedTuple):
    """A place as it follows a head: where it ends and whether it has a name."""

    end: int
    named: bool
    plural: bool
    rank: int


_TRADES = {
    "enterprise": frozenset(("words", "legal", "types", "plain", "regions")),
    "school": frozenset(("types", "plain", "regions")),
    "health": frozenset(("types", "words", "plain", "regions")),
    "religious": frozenset(("religious",)),
    "media": frozenset(("media", "regions")),
    "other": frozenset(("types", "plain", "words", "regions")),
    "police": frozenset(("types",)),
    "military": frozenset(("types",)),
    "committee": frozenset(("religious",)),
}


class Grammar:
    """The grammar over one article's marks."""

    __slots__ = ("folded", "lexicon", "marks", "text")

    def __init__(self, marks: Marks) -> None:
        self.marks, self.text, self.folded, self.lexicon = marks, marks.text, marks.folded, marks.lexicon

    # ------------------------------------------------------------ units with a head
    def unit(self, start: int, depth: int = 0) -> Found | None:
        """Return the longest unit that a head at `start` opens, or None."""
        if start in self.marks.codes:
            return self._placed(self.marks.codes[start], _CODE_HEAD, depth)
        heads = self.marks.heads(start)
        if not heads or heads[0][1].form == "never":
            return None
        longest, best = heads[0][0], None
        for end, head in heads:
            if head.form == "never" or not self._allowed(start, end, head):
                continue
            found = self._extend(end, head, depth, self.text[start].islower())
            # A short head may not do with the longer one's own words: `ban` with `quản lý`.
            if found and (end == longest or found.end > longest) and (best is None or found.end > best.end):
                best = found
        return best

    def _allowed(self, start: int, end: int, head: Head) -> bool:
        """Say whether the head's first letter and the words before it let it open a unit."""
        small = self.text[start].islower()
        if small and head.small == "no":
            return False
        if head.small == "digit":
            return bool(_DIGITS.match(self.text, end + 1)) or head.kind == "committee" and self.folded[start:end].endswith("lễ hội")
        if small and (head.small == "capital" or (head.small == "tail" and head.form == "office")):
            return head.form == "office" or self.text[end + 1 : end + 2].isupper()
        return True

    def _extend(self, end: int, head: Head, depth: int, small: bool) -> Found | None:
        form = head.form
        if form == "fixed":
            return Found(self._brand(end) if head.kind == "enterprise" else end, head.kind, "fixed")
        if form == "name":
            return self._named(end, head, depth)
        if form in ("function", "open"):
            return self._function(end, head, depth, small and head.small == "tail")
        return self._placed(end, head, depth, small and head.small == "tail")

    def _placed(self, end: int, head: Head, depth: int, bound: bool = False) -> Found | None:
        """Extend an office, a service or a nested head by its mother office, number and place."""
        kind = head.kind
        number = self._number(end) if kind == "military" else self._order(end) if kind == "police" else None
        if number and (arm := _ARM.match(self.text, number)):
            number = arm.end()
        tail = self._tail(number or end, depth, mother=head.form != "office" or kind in ("party", "police"))
        if tail is None:
            return None
        if tail.end == (number or end):
            if not bound and (number or head.form == "office" or head.alone):
                return Found(number or end, kind, "office")
            return None
        if head.mother and tail.rule != "place":
            kind = tail.kind
        elif head.mother and kind == "mass_org":
            return None
        return Found(tail.end, kind, tail.rule or "office", tail.listed)

    def _function(self, end: int, head: Head, depth: int, bound: bool) -> Found | None:
        """Extend a plain head by its field of work, then number, mother office and place."""
        at = self.marks.gap(end)
        field = self._field(at, head) if at is not None else None
        if field is None:
            return self._whole(end, head, depth, bound)
        stop, cue = field
        kind = cue if cue and head.form == "function" else head.kind
        numbered = self._number(stop) or stop
        tail = self._tail(numbered, depth, mother=True)
        if tail is None:
            return None
        if tail.end == numbered:
            if bound and at is not None and self.text[at].islower():
                return None
            return Found(numbered, kind, "function")
        if tail.rule != "place" and not cue and head.form == "function" and head.kind == "government" and tail.kind != "enterprise":
            kind = tail.kind
        stop = tail.end
        # Chi cục Thuế khu vực A - B
        while self.folded.endswith("khu vực", 0, numbered) and (match := _AREA.match(self.text, stop)) and (
            place := self.marks.place(match.end(), strict=True)
        ):
            stop = place[0]
        return Found(stop, kind, "function", tail.listed)

    def _whole(self, end: int, head: Head, depth: int, bound: bool) -> Found | None:
        """Extend a head that needs no field of work: Ban Chỉ đạo 138 tỉnh, Trung tâm Văn hóa huyện."""
        whole = head.alone or (head.form == "open" and not head.field)
        if not whole:
            order = self._order(end) if head.form == "open" else None
            return Found(order, head.kind, "function") if order else None
        number = self._number(end) if head.kind == "committee" else None
        short = _SHORT_FORM.match(self.text, end)
        if short and head.kind == "committee" and number is None:
            number = self._number(short.end())
        tail = self._tail(number or end, depth, mother=True)
        if tail is None:
            return None
        if tail.end > (number or end):
            return Found(tail.end, head.kind, "function", tail.listed)
        if number or (head.alone and not bound):
            return Found(number or end, head.kind, "function")
        return None

    def _field(self, at: int, head: Head) -> tuple[int, str] | None:
        """Return the end of the field of work at `at` and the kind it settles."""
        end, cue, pending = 0, "", False
        separator: re.Match[str] | None = None
        open_ = head.form == "open"
        for _ in range(16):
            here: int | None = None
            function = self.marks.function(at)
            if function and function[2] and not open_ and not pending and self.text[at].islower():
                # Bộ Tài chính phối hợp …, Sở tham mưu …: the unit does something.
                if end or not self._goes_on(function[0]):
                    break
            if function:
                here = function[0]
                cue = cue or function[1]
            elif acronym := self._acronym(at):
                here = acronym
            elif open_ and (end or self.text[at].isupper()) and (match := _SYLLABLE.match(self.text, at)):
                if pending and (self.text.startswith("Ảnh", at) or separator is not None and "và" in separator[0]):
                    break
                if not self.place(at) and not self._person(at) and not (not end and self.unit(at, _DEPTH)):
                    here = match.end()
            if here is None:
                break
            end, pending = here, False
            separator = _SEPARATOR.match(self.text, end)
            if separator is None:
                break
            at = separator.end()
            pending = separator[0].strip() != ""
            if pending and self.marks.heads(at) and self._opens(at):
                break
            if separator[0].startswith(",") and not self._series(at):
                break
            if end and open_ and self.marks.heads(at) and self.unit(at, _DEPTH):
                break
        return (end, cue) if end else None

    def _goes_on(self, end: int) -> bool:
        """Say whether another field of work follows."""
        match = _SEPARATOR.match(self.text, end)
        return match is not None and self.marks.function(match.end()) is not None

    def _opens(self, at: int) -> bool:
        """Say whether a unit of its own opens at `at`, rather than one more field of work."""
        function = self.marks.function(at)
        unit = self.unit(at, _DEPTH)
        return function is None or (unit is not None and unit.end > function[0])

    def _series(self, at: int) -> bool:
        """Say whether the field at `at` goes on to an `and`: a comma inside one unit's own name."""
        function = self.marks.function(at)
        if function is None:
            return False
        match = _SEPARATOR.match(self.text, function[0])
        return bool(match and match[0].strip() in ("và", "&", "-") and self.marks.function(match.end()))

    def _acronym(self, at: int) -> int | None:
        """Return the end of a field written in capitals (`GD-ĐT`, `NN & PTNT`), or None."""
        match = _ACRONYM.match(self.text, at)
        if match is None or len(match[0]) < 2 or self.marks.level(at) or self.marks.place(at, strict=True):
            return None
        end = match.end()
        for head_end, _ in self.marks.heads(at):
            if head_end <= end:
                return None
        # A level or an office in capitals inside the run ends the field.
        for cut in range(at, end):
            if self.text[cut] == " " and (self.marks.level(cut + 1) or self.marks.place(cut + 1, strict=True) or self.marks.heads(cut + 1)):
                return cut if cut - at > 1 else None
        return end

    def _number(self, end: int) -> int | None:
        at = self.marks.gap(end)
        if at is None:
            return None
        match = _UNIT_NUMBER.match(self.text, at)
        if match is None or self._counts(match.end()):
            return None
        return match.end()

    def _order(self, end: int) -> int | None:
        """Return the end of `số 3` after `end`."""
        at = self.marks.gap(end)
        match = _ORDER.match(self.folded, at) if at is not None else None
        return match.end() if match else None

    def _brand(self, end: int) -> int:
        """Return where a known firm's name ends: with its branch, second name or place (Viettel Tiền Giang)."""
        at = self.marks.gap(end)
        if at is not None and (run := _RUN.match(self.text, at)) and not self.marks.heads(at) and not self._person(at):
            place = self.marks.place(at, strict=True)
            return place[0] if place else run.end()
        return self._branch(end)

    def _branch(self, end: int) -> int:
        """Return where a firm's name ends if its branch follows: Ngân hàng X chi nhánh Y."""
        at = self.marks.gap(end)
        if at is not None and self.folded.startswith(("chi nhánh ", "phòng giao dịch ", "cn ", "pgd "), at):
            found = self.unit(at, _DEPTH)
            return found.end if found else end
        return end

    def _counts(self, end: int) -> bool:
        """Say whether a number that ends at `end` counts something, so that it is no name."""
        at = self.marks.gap(end)
        return at is not None and self.lexicon.counted.match(self.folded, at) is not None

    # ------------------------------------------------------------ what follows a head
    def _tail(self, end: int, depth: int, *, mother: bool) -> _Tail | None:
        """Return the mother office or place after `end`; end unchanged where none, None where it is a group."""
        short = _SHORT_FORM.match(self.text, end)
        for after in (short.end() if short else None, end):
            if after is None:
                continue
            at = self.marks.gap(after)
            if at is None:
                continue
            if mother and depth < _DEPTH and (found := self.unit(at, depth + 1)) and not self._fresh(at, found):
                return _Tail(found.end, found.kind, found.rule, found.listed)
            place = self.place(at)
            if place:
                if place.plural and not place.named:
                    return None
                if not place.named and _GROUP_NAMED.match(self.text, place.end):
                    return None
                return _Tail(place.end, "locality", "place", place.rank if place.plural else 0, place.named)
        if _GROUP_NEXT.match(self.folded, end):
            return None
        return _Tail(end, "", "", 0)

    def _fresh(self, at: int, found: Found) -> bool:
        """Say whether the unit at `at` is one of its own and no mother office: a newspaper, a firm, a school."""
        return found.kind in ("media", "enterprise", "religious", "school") and found.rule == "fixed"

    def place(self, at: int) -> Place | None:
        """Return the place at `at`: with its level word, or bare and in the gazetteer."""
        plural = False
        folded = self.folded
        for word in ("các ", "hai ", "3 ", "2 ", "ba "):
            if folded.startswith(word, at):
                plural, at = True, at + len(word)
                break
        level = self.marks.level(at)
        if level is None:
            if plural:
                return None
            bare = self.marks.place(at, strict=True)
            return Place(bare[0], True, False, bare[1].place) if bare else None
        named = self.place_name(level[0], level[1])
        if named:
            return Place(named, True, plural, level[1].rank)
        whole = self.marks.place(at, strict=True)
        if whole and whole[0] > level[0]:
            return Place(whole[0], True, plural, level[1].rank)
        if level[1].known and (match := _FOREIGN_NAME.match(self.text, level[0])) and match[1] not in self.lexicon.surnames:
            return None
        if plural or level[1].office:
            return Place(level[0], False, plural, level[1].rank)
        return None

    def place_name(self, end: int, level: Level) -> int | None:
        """Return the end of the name after a level word that ends at `end`, or None."""
        text = self.text
        at = self.marks.gap(end)
        if at is None:
            if text[end - 1] == ".":
                at = end + 1 if text[end : end + 1] == "\n" and level.known else end
            elif text[end : end + 1] == "\n" and text[end - 1].isupper() and level.known:
                at = end + 1
            else:
                return None
        if level.number and (match := _NUMBER.match(text, at)) and not self._counts(match.end()):
            return match.end() if not level.strict or self._placed_number(match.end()) else None
        if level.numbered:
            return None
        place = self.marks.place(at, strict=level.letter or level.strict)
        run = _RUN.match(text, at)
        syllables = run[0].count(" ") + 1 if run else 0
        if place and level.letter and place[0] - at < 2:
            return None
        alone = place is None or " " not in text[at : place[0]]
        if syllables >= 3 and alone and self._person(at):
            return None
        if place and not (level.rank == 4 and run and run.end() > place[0]):
            stop = place[0]
            return (self._suffix(stop) if level.rank >= 3 else None) or stop
        if level.known or level.letter or run is None or (syllables < 2 and level.strict and text[end - 1] == "u"):
            return None
        if self._foreign(run[0]) or (level.rank == 2 and self._abroad(at, run.end())) or (self.marks.heads(at) and not place and level.strict):
            return None
        stop = self._cut(at, run.end())
        return self._suffix(stop) or stop

    def _placed_number(self, end: int) -> bool:
        """Say whether the place that a numbered one lies in follows: tổ 3, phường X."""
        match = _WITHIN.match(self.text, end)
        if match is None:
            return False
        at = match.end()
        return self.marks.level(at) is not None or self.marks.place(at, strict=True) is not None

    def _abroad(self, start: int, end: int) -> bool:
        """Say whether a district that the gazetteer lacks lies in another country."""
        around = self.text[max(0, start - 120) : end + 120]
        return any(name in around for name in self.lexicon.foreign)

    def _foreign(self, run: str) -> bool:
        """Say whether a name cannot be Vietnamese, or is no name but an abbreviation."""
        return any((len(w) >= 7 and w.isascii()) or (len(w) > 1 and w.isupper() and w.isalpha()) for w in run.split(" "))

    def _suffix(self, end: int) -> int | None:
        """Return the end of a number that belongs to a place's name: `Mỹ Đình 2`."""
        match = _SUFFIX.match(self.text, end)
        return match.end() if match and not self._counts(match.end()) else None

    def _cut(self, at: int, end: int) -> int:
        """Return `end`, or where a person's name begins inside the run of capitals from `at` to `end`."""
        words = self.text[at:end].split(" ")
        offset = at
        for number, word in enumerate(words):
            if number and word in self.lexicon.surnames and len(words) - number >= 2:
                return offset - 1
            offset += len(word) + 1
        return end

    # ------------------------------------------------------------ proper names
    def _named(self, end: int, head: Head, depth: int) -> Found | None:
        """Extend a head by a proper name: words of trade, capitalised words, numbers, then a place."""
        at = self.marks.gap(end)
        if at is None:
            return Found(end, head.kind, "name") if head.alone else None
        if head.kind == "media":
            if paper := self.marks.paper(at):
                return Found(paper, head.kind, "name")
            # báo công an xã: somebody tells the police.
            if self.folded.startswith("công an ", at) and self._told(at + 8):
                return None
        if head.kind == "committee" and (group := _GROUP_NAME.match(self.text, at)):
            tail = self._tail(group.end(), depth, mother=True) if not self._counts(group.end()) else None
            return Found(tail.end, head.kind, "name") if tail else None
        stop = self._proper(at, head)
        reach = stop or self._trades(at, head)
        tail = self._tail(reach or end, 0, mother=False)
        if stop:
            if tail and tail.kind and head.kind != "religious":
                stop = tail.end
            if self.text[at:stop] in self.lexicon.foreign and end - at < 13:
                return None
            return Found(self._branch(stop) if head.kind == "enterprise" else stop, head.kind, "name")
        if tail and tail.rule == "place" and (tail.named or head.kind == "health" or reach):
            return Found(tail.end, head.kind, "name", tail.listed)
        return Found(end, head.kind, "name") if head.alone else None

    def _told(self, at: int) -> bool:
        """Say whether a police office of a level stands at `at` whom somebody tells, no newspaper's place."""
        return self.marks.level(at) is not None and self.marks.place(at, strict=True) is None

    def _trades(self, at: int, head: Head) -> int | None:
        """Return the end of the words of trade alone (`đa khoa` in `bệnh viện đa khoa huyện X`)."""
        end: int | None = None
        lists = _TRADES.get(head.kind, frozenset())
        while word := self.marks.trade(at, lists):
            end = word[0]
            match = _NAME_SEPARATOR.match(self.text, end)
            if match is None:
                break
            at = match.end()
        return end

    def _proper(self, at: int, head: Head) -> int | None:
        """Return the end of a proper name that starts at `at`, or None where no word of it is a name."""
        text, marks = self.text, self.marks
        lists = _TRADES.get(head.kind, frozenset())
        end: int | None = None
        pieces = unknown = 0
        legal = traded = False
        first = at
        for _ in range(20):
            word = marks.trade(at, lists)
            here: int | None = None
            if word:
                here = word[0]
                legal = legal or "legal" in word[1]
                region = "regions" in word[1] and (traded or pieces > 0)
                if pieces and text[at].islower() and not region and head.kind not in _SCHOOLISH:
                    break
                named = region or (text[at].isupper() and head.kind in _SCHOOLISH and "plain" not in word[1])
                traded = traded or "regions" not in word[1]
                if named or (pieces and text[at].isupper()):
                    end, pieces = here, pieces + 1
            elif (pieces or traded) and (order := _NUMBERED.match(self.folded, at)):
                here = order.end()
                end, pieces = here, pieces + 1
            elif (level := marks.level(at)) and (at != first or self.place_name(level[0], level[1])):
                break
            elif match := _NAME_PIECE.match(text, at):
                if pieces and self._person(at):
                    break
                if head.kind == "other" and any(h.kind != "enterprise" for _, h in self.marks.heads(at)):
                    break
                here = match.end()
                if text[here - 1] == ".":
                    here -= 1
                if text[here : here + 1] == "/" and here - at == 1:
                    break
                end, pieces = here, pieces + 1
            elif (pieces or legal or head.kind in ("enterprise", "school", "police", "military", "committee")) and (number := _DIGITS.match(text, at)) and not self._counts(number.end()):
                here = number.end()
                end, pieces = here, pieces + 1
            elif legal and not pieces and unknown < 4 and head.kind == "enterprise":
                small = _SMALL.match(self.folded, at)
                if small is None or small[0] in self.lexicon.stop:
                    break
                here, unknown = small.end(), unknown + 1
            if here is None:
                break
            separator = _NAME_SEPARATOR.match(text, here)
            if separator is None:
                break
            at = separator.end()
            if separator[0] == ", " and not (marks.trade(at, lists) and text[at].islower() and end is None):
                break
            if separator[0].strip() in ("và", "&", "-", "–") and not self._joins(at, lists, pieces, separator[0]):
                break
        return end

    def _joins(self, at: int, lists: frozenset[str], pieces: int, separator: str) -> bool:
        """Say whether what follows `and` or a dash is still the same name."""
        if self.marks.heads(at) and self.unit(at, _DEPTH):
            return False
        if self.marks.trade(at, lists):
            return True
        return separator.strip() in ("&", "-", "–") and pieces > 0 and not self.text.startswith("Ảnh", at) and bool(
            _SYLLABLE.match(self.text, at)
        ) and not self.marks.place(at, strict=True) and not self.marks.heads(at)

    def _person(self, at: int) -> bool:
        """Say whether a person's name of three syllables starts at `at`."""
        run = _RUN.match(self.text, at)
        if run is None:
            return False
        words = run[0].split(" ")
        return len(words) >= 3 and words[0] in self.lexicon.surnames

    # ------------------------------------------------------------ lists of one head
    def listed(self, end: int, *, short: bool = False) -> list[tuple[int, int]]:
        """Return the names that a list goes on with after `end`: `B` and `C` in `các huyện A, B và C`."""
        items: list[tuple[int, int]] = []
        while match := _LIST_SEPARATOR.match(self.text, end):
            at = match.end()
            if self.marks.level(at) or self.unit(at):
                break
            place = self.marks.place(at, strict=True)
            run = _RUN.match(self.text, at)
            if place is None and (run is None or (" " not in run[0] and not short) or self._person(at)):
                break
            stop = place[0] if place else run.end() if run else at
            stop = self._suffix(stop) or stop
            items.append((at, stop))
            end = stop
        return items


class _Tail(NamedTuple):
    end: int
    kind: str
    rule: str
    listed: int
    named: bool = True


def make_grammar(text: str, lexicon: Lexicon) -> Grammar:
    """Return the grammar over `text`."""
    return Grammar(Marks(text, lexicon))
