"""Proper names after a head: firms, schools, parishes, papers (guide section 1)."""

from __future__ import annotations

import re

from miner.text import LOWER, UPPER
from miner.units.lexicon import Head
from miner.units.places import NO_FIGURE, RUN, SYLLABLE, Places

# A number that may be a name; a year is none.
_DIGITS = re.compile(rf"(?!(?:19|20)\d\d)\d{{1,4}}{NO_FIGURE}")
_PIECE = re.compile(
    rf"[{UPPER}][\w'’.+]{{0,30}}(?:[-&][\w'’]{{1,20}}){{0,4}}|\d{{1,4}}[{UPPER}]\w{{0,8}}"
    rf"|[“\"‘'][{UPPER}\d][^”\"’'\n]{{1,40}}[”\"’']"
)
_SEPARATOR = re.compile(r" (?:và|&|-|–) |, | ")
_CITY = frozenset(("TP", "TP."))
_ADDRESS = re.compile(r" (?:phố|đường|ngõ|hẻm|lô)(?!\w)")
_NUMBERED = re.compile(r"số \d{1,2}(?!\w)")
_SMALL = re.compile(rf"[{LOWER}]{{1,10}}(?!\w)")
_SYLLABLE = re.compile(SYLLABLE)

# The lists of [trade] in unit_words.toml whose words may stand inside a name, by kind.
_COMMON = ("types", "plain", "regions")
_LISTS: dict[str, frozenset[str]] = {
    "enterprise": frozenset((*_COMMON, "words", "legal")),
    "school": frozenset(_COMMON),
    "health": frozenset((*_COMMON, "words")),
    "other": frozenset((*_COMMON, "words")),
    "religious": frozenset(("religious",)),
    "committee": frozenset(("religious",)),
    "media": frozenset(("media", "regions")),
    "police": frozenset(("types",)),
    "military": frozenset(("border",)),
}
_REGIONS = frozenset(("regions",))
_COOPERATIVES = ("htx ", "hợp tác xã ")
# In these a field of study, of medicine or of news is a name, if capitalised: Học viện An ninh.
_FIELD_NAMES = frozenset(("school", "health", "media"))
# In these a number may follow the head: quán karaoke 68, Đồn biên phòng 152.
_NUMBER_NAMES = frozenset(("enterprise", "police", "military"))


class Names(Places):
    """The grammar of proper names over one article's marks."""

    __slots__ = ()

    def trades(self, at: int, kind: str) -> int | None:
        """Return the end of the words of trade alone at `at` (`đa khoa` in `bệnh viện đa khoa huyện X`), or None."""
        end: int | None = None
        lists = _LISTS.get(kind, frozenset())
        for _ in range(8):
            word = self.marks.trade(at, lists)
            if word is None or (self.text.startswith(("đường ", "và "), at) and self.text.find(" ", at) == word[0]):
                break
            end = word[0]
            match = _SEPARATOR.match(self.text, end)
            if match is None:
                break
            at = match.end()
        return end

    def proper(self, at: int, head: Head, depth: int, *, held: bool) -> int | None:
        """Return the end of the proper name after `head` that starts at `at`, or None where no word of it is a name.

        `held` says that a post or title stands before the head, so that its holder's name may follow.
        """
        lists = _LISTS.get(head.kind, frozenset())
        name = _Name(at, held)
        name.legal = self.folded.endswith(_COOPERATIVES, 0, at)  # HTX Vải sạch Đồi Ngang: the form is in the head
        for _ in range(20):
            here = self._item(at, head, lists, name, depth)
            if here is None:
                break
            separator = _SEPARATOR.match(self.text, here)
            if separator is None:
                break
            at = separator.end()
            mark = separator[0].strip()
            trade = head.kind == "enterprise" and name.legal and not name.end
            if mark == "," and (
                name.end or self.text[at : at + 1].isupper() or not (trade or self.marks.trade(at, lists))
            ):
                break
            if mark in ("&", "-", "–") and trade and self._goods(here, at):
                continue
            if mark in ("và", "&", "-", "–") and not self._joins(at, lists, name.pieces, mark, depth):
                break
        if name.end is None and name.formal and self.text.count(" ", name.start, name.formal) > 2:
            return name.formal  # công ty Quản lý kinh doanh nhà
        return name.end

    def _verb(self, at: int, *, capital: bool = False) -> bool:
        """Say whether the word at `at`, small unless it may have a `capital`, is a verb too."""
        function = self.marks.function(at)
        return function is not None and function[2] and (capital or self.text[at].islower())

    def _item(self, at: int, head: Head, lists: frozenset[str], name: _Name, depth: int) -> int | None:
        """Return the end of one more word of the name at `at`, or None where the name is over."""
        text, marks, kind = self.text, self.marks, head.kind
        heads = marks.heads(at)
        if kind == "other" and heads and heads[0][1].form == "never":
            return None
        if word := marks.trade(at, lists):
            return self._trade(at, word, kind, name)
        if (name.pieces or name.traded or kind == "police") and (order := _NUMBERED.match(self.folded, at)):
            return None if _ADDRESS.match(self.folded, order.end()) else name.take(order.end())
        level = marks.level(at)
        if level and (at != name.start or self.place_name(*level) or self.text[at : level[0]] in _CITY):
            return None
        if piece := _PIECE.match(text, at):
            # Trường Đại học Y khoa Phạm Ngọc Thạch: after its field alone a person is who a school is named after.
            namesake = kind in ("school", "health") and name.pieces == name.fields and not name.held
            if name.pieces and not namesake and piece[0] in self.lexicon.common_surnames and self.person(at):
                return None
            if piece[0].isupper() and self.folded[at : piece.end()] in self.lexicon.stop:
                return None  # a line in capitals goes on: TRƯỜNG THPT LÊ LỢI TỔ CHỨC …
            if kind == "other" and any(h.kind != "enterprise" for _, h in heads):
                return None
            end = piece.end() - (text[piece.end() - 1] == ".")
            # Đ/c: what follows is a person; thủ quỹ Chi cục X: what follows is an office.
            if (end - at == 1 and text[end : end + 1] == "/") or self._office_at(at, end, depth):
                return None
            if not name.pieces and (kind == "media" or (kind == "enterprise" and name.legal)):
                name.letters = kind == "enterprise" and len(piece[0]) > 1 and piece[0].isalpha() and piece[0].isupper()
                if not name.letters and not piece[0][1:2].isupper():
                    end = self.compound(end)
            return name.take(end)
        number = _DIGITS.match(text, at)
        long = number and len(number[0]) > 1 and (kind == "health" or (kind == "school" and name.traded))
        if number and (name.pieces or name.legal or kind in _NUMBER_NAMES or long):
            return None if self.counts(number.end()) else name.take(number.end())
        if name.legal and not name.pieces and name.unknown < 6 and kind == "enterprise":
            small = _SMALL.match(self.folded, at)
            if small and small[0] not in self.lexicon.stop:
                name.unknown += 1
                return small.end()
        return None

    def _office_at(self, at: int, end: int, depth: int) -> bool:
        """Say whether an office's head of several syllables starts at `at`."""
        long = any(stop > end and head.form in ("office", "service", "function") for stop, head in self.marks.heads(at))
        return long and self.opens(at, depth)

    def compound(self, end: int) -> int:
        """Return the end of a small syllable that makes a word with the capitalised one before it: Hợp lực."""
        at = self.marks.gap(end)
        small = _SMALL.match(self.text, at) if at is not None else None
        if at is None or small is None or self.folded[at : small.end()] in self.lexicon.stop:
            return end
        return end if self.marks.trade(at, _REGIONS) else small.end()

    def _trade(self, at: int, word: tuple[int, frozenset[str]], kind: str, name: _Name) -> int | None:
        """Take a word of trade into the name; it is a part of the name's own only in places."""
        end, of = word
        # The street or the `and` after a head begins no name: cửa hàng đường X, công ty và ông Y.
        if not name.legal and self.text[at].islower():
            trade = self.folded[at:end]
            if trade == "đường" or (trade == "và" and not name.traded):
                return None
        capital = self.text[at].isupper()
        region = "regions" in of and (name.traded or name.pieces > 0)
        if name.pieces and not capital and not region and kind not in _FIELD_NAMES:
            # Công ty cổ phần VTC truyền thông trực tuyến: after letters the trade may follow, if it is no verb.
            if not name.letters or self._verb(at) or " " not in self.text[at:end]:
                return None
            return name.take(end)
        # Công ty Môi trường đô thị quản lý …: the verb ends what is a name of trades alone.
        name.over = name.over or bool(name.formal and self._verb(at) and not name.does)
        name.does = self._verb(at, capital=True)
        name.legal = name.legal or "legal" in of
        name.traded = name.traded or "regions" not in of
        if kind == "enterprise" and "legal" not in of and (capital or name.formal) and not name.over:
            name.formal = end
        field = capital and kind in _FIELD_NAMES and "plain" not in of
        name.fields += bool(field or region)
        return name.take(end) if region or field or (name.pieces and capital) else end

    def _joins(self, at: int, lists: frozenset[str], pieces: int, mark: str, depth: int) -> bool:
        """Say whether what follows `and` or a dash is still the same name."""
        word = self.marks.trade(at, lists)
        if word and "plain" in word[1] and not (mark == "và" and pieces and self.opens(at, depth)):
            return True  # trường THCS - THPT X, but ĐH X và ĐH Y
        if self.marks.heads(at) and self.opens(at, depth):
            return False
        if word:
            return True
        if mark == "và" or not pieces or self.text.startswith("Ảnh", at) or not _SYLLABLE.match(self.text, at):
            return False
        return not self.marks.place(at, strict=True) and not self.marks.heads(at)

    def _goods(self, here: int, at: int) -> bool:
        """Say whether a dash joins two goods or a short name in a firm's name: bánh - kẹo X, an ninh mạng - ABC."""
        text = self.text
        return text[here - 1].islower() and (text[at : at + 1].islower() or text[at : at + 3].isupper())

    def second_name(self, end: int) -> int:
        """Return where a known firm's name ends with its second name or place (`Viettel Kon Tum`), else `end`."""
        at = self.marks.gap(end)
        if at is None or self.marks.heads(at) or self.person(at):
            return end
        run = RUN.match(self.text, at)
        place = self.marks.place(at, strict=True) if run else None
        return place[0] if place else run.end() if run else end


class _Name:
    """A proper name while it is read."""

    __slots__ = (
        "does", "end", "fields", "formal", "held", "legal", "letters", "over", "pieces", "start", "traded", "unknown",
    )  # fmt: skip

    def __init__(self, start: int, held: bool) -> None:
        self.start, self.held = start, held
        self.end: int | None = None
        self.formal: int | None = None
        """Where capitalised words of trade end, which make a name if nothing else does."""
        self.pieces = self.unknown = self.fields = 0
        self.does = self.over = self.legal = self.traded = self.letters = False

    def take(self, end: int) -> int:
        """Let the name reach `end` by one more piece of its own."""
        self.end = end
        self.pieces += 1
        return end
