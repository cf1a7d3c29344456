"""Read a clause: who stands where in it, and who is its subject."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from miner.awards.named import LESSER, Named
from miner.awards.parties import Reader
from miner.awards.table import any_of, words
from miner.text import UPPER

ADVERBS = re.compile(rf"(?:[ ,–-]|\([^()]*\)|\d+|{any_of(words('between'))})*+")
_OPENING = re.compile(rf"[\W\d]*{any_of(words('openings'))}")
_STRONG = re.compile(r"[;:]|(?<!\w)(?:rằng|cho biết|cho hay|cho rằng)(?!\w)")


_LINK = re.compile(
    r"[ ]*(?:\([^()]*\))?[ ]*(?:[-–][ ]*(?=và ))?"
    r"(?:,|;|và|cùng|cùng với|phối hợp với|kết hợp với|phối hợp cùng|phối hợp|,[ ]*và|&|,[ ]*,)[ ]*"
)
_PARTS = ("phòng ", "đội ", "trạm ", "đồn ", "công an xã", "công an phường", "công an huyện", "công an quận")
_WHOLES = ("công an tỉnh", "công an thành phố", "công an tp", "cục ", "bộ đội biên phòng", "bộ chỉ huy")
_IS = re.compile(r"(?<!\w)(?:(?<!đặc biệt )(?<!nhất )là|trong số|một trong)[ ]+$")
_QUANTITY = re.compile(
    r"((?:^|[,;:(“]|(?<!\w)(?:và|nhưng|có|mà|rằng|thì|là|dịp này|riêng|cả|trong đó|gồm|hiện))[ ]+|^)"
    r"(?=(?:\d+|các|những|nhiều|một số|hàng)[ ])"
)
_TOGETHER = re.compile(r"(?<!\w)(?:phối|kết) hợp (?:cùng )?với[ ]$")
_RANKED = re.compile(r"(?<!\w)top[ ]\d+[ ]$")
_TENSE = re.compile(r"[ ](?:đã|vừa|sẽ|cũng|đang)[ ]")
_UNKNOWN = re.compile(
    r"(?:^|[.,:;–\n“\"-][ ]?|(?<!\w)(?:MC|còn|[Rr]iêng|nhưng)[ ])"
    rf"([{UPPER}][\w’']*(?: [{UPPER}][\w’']*){{0,5}})(?=[ ])",
    re.M,
)
_FOREIGN = re.compile(r"[A-Z]+[a-z]*[A-Z]\w*|[A-Z][a-z]{6,}")
_OWNED = re.compile(r"(?<!\w)(?:cho|của)[ ]+$")
_OPENS = re.compile(rf"(?:^|[,;:.–“”\"\n(\d-][ ]*|{any_of(words('before_subject'))}[ ]+)$")


@cache
def _preposition() -> re.Pattern[str]:
    return re.compile(rf"(?:{any_of(words('prepositions'))})[ ]+$")


class Clause:
    """Reads who stands where between `start` and `end` of a text."""

    def __init__(self, reader: Reader, start: int, end: int) -> None:
        self.reader, self.start, self.end = reader, start, end
        self.low = reader.low

    def named(self, start: int, end: int) -> list[Named]:
        """Return everybody who stands between `start` and `end`, in order."""
        found: list[Named] = []
        at = start
        low = self.low
        while at < end:
            if low[at].isalnum() and not (at and low[at - 1].isalnum()):
                named = self.reader.at(at, end)
                if named and named.kind == "bare" and not self._stands(named):
                    named = None
                if named and named.end > at:
                    if named.kind == "unit" and (alias := re.compile(r"[ ][-–][ ]").match(low, named.end, end)):
                        other = self.reader.at(alias.end(), end)
                        if other and other.kind == "unit":
                            named = replace(named, end=other.end)
                    found.append(named)
                    at = named.end
                    continue
            space = low.find(" ", at, end)
            if space < 0:
                break
            at = space + 1
            while at < end and not low[at].isalnum():
                closing = low.find(")", at, end) if low[at] == "(" else -1
                at = closing if closing > 0 else at + 1
        return found

    def _stands(self, named: Named) -> bool:
        """Tell whether a bare noun is somebody: it may open a clause, a preposition leads it, or its verb follows."""
        low = self.low
        if low.startswith("cấp ", named.start - 4) or _RANKED.search(low, max(0, named.start - 9), named.start):
            return False  # `học sinh giỏi cấp tỉnh`, `Top 10 doanh nghiệp`
        if self._opens(named) or self.led(named, self.start):
            return True
        return " " in low[named.start : named.end] and bool(_TENSE.match(low, named.end))

    def subject(self, before: list[Named], left: int, verb: int) -> list[Named]:
        """Return who acts, or is acted upon, before the verb: the nearest if it is next to it, else the first."""
        low = self.low
        before = [n for n in before if n.end <= verb]
        quote = re.compile(r':[ ]*["“]').search(low, left, verb)
        since = quote.end() if quote else left
        before = [n for n in before if n.start >= since and not (n.locality and low[n.end : n.end + 1] == ":")]
        owned = self._owned_list(before, left, verb)
        free = [n for n in before if n not in owned and not self.led(n, left) and not self._address(n, before)]
        if not free:
            return owned
        last = free[-1]
        rest = low[last.end : verb]
        if last.kind == "pronoun":
            became = re.match(r"[ ](?:cũng |đã |từng |còn |vừa )*(?:là|trở thành)[ ]", rest)
            if became or ADVERBS.fullmatch(rest):
                return self.meant(last)
            free = _real(free)  # `5 chiến sĩ cứu cháu bé được khen`
            if not free:
                return []
            last = free[-1]
            rest = low[last.end : verb]
        if _IS.search(low[left : last.start]) or (last.kind == "bare" and " là " in low[left : last.start]):
            named = [n for n in free if n.kind != "bare" and n.end <= last.start]
            if named:
                return self.meant(named[-1]) if named[-1].kind == "pronoun" else named[-1:]
        semicolon = low.rfind(";", left, verb)
        openers = [n for n in free if n.start > semicolon and n.kind != "pronoun" and self._opens(n)]
        if openers and not self._opens(last):
            return self.back(openers[-1], before, free)
        if ADVERBS.fullmatch(rest) or len(free) == 1:
            return self.back(last, before, free)
        strong = [m.end() for m in _STRONG.finditer(low, left, verb)]
        since = strong[-1] if strong else left
        late = [n for n in free if n.start >= since and n.kind != "pronoun"] or _real(free)
        if not late:
            return []
        if _OPENING.match(low, left, verb):
            heads = [n for n in late if n.kind != "pronoun" and self._heads(n, before, free)]
            late = heads[-1:] or late
        opening = late[0]
        if opening.kind == "bare" and not (len(late) > 1 and self._linked(opening, late[1])):
            opening = next((n for n in late if n.kind != "bare"), opening)
        acting = [n for n in late if n is not opening and self._acts(n, before)]
        if acting:
            return self.back(acting[-1], before, free)
        if not self._opens(opening):
            return self.back(opening, before, free)
        chosen = [opening]
        i = before.index(opening)
        while i + 1 < len(before) and before[i + 1] in free and self._linked(before[i], before[i + 1]):
            i += 1
            chosen.append(before[i])
        return _real(chosen)

    def _owned_list(self, before: list[Named], left: int, verb: int) -> list[Named]:
        """Return the people right before the verb whose work got it: `đề tài của Châu và Chính đạt`."""
        if not before or before[-1].kind != "person" or not ADVERBS.fullmatch(self.low, before[-1].end, verb):
            return []
        i = len(before) - 1
        while i > 0 and before[i - 1].kind == "person" and self._linked(before[i - 1], before[i]):
            i -= 1
        return before[i:] if self.owned(before[i], left) else []

    def counted(self, before: list[Named], left: int, verb: int) -> list[Named]:
        """Return the counted or plural noun, of no table, that stands right before the verb: `20 giáo xứ được`."""
        low = self.low
        known = max((n.end for n in before if n.end <= verb), default=left)
        for quantity in reversed(list(_QUANTITY.finditer(low, known, verb))):
            found = self.reader.at(quantity.end(1), verb, loose=True)
            if found and found.kind in ("group", "loose") and ADVERBS.fullmatch(low, found.end, verb):
                return [found]
        return []

    def proper(self, before: list[Named], left: int, verb: int) -> list[Named]:
        """Return the proper name, of nobody known, that opens the verb's clause: `Cát Vy đã được`, `RexBank nhận`."""
        known = max((n.end for n in before if n.end <= verb), default=left)
        for name in _UNKNOWN.finditer(self.reader.text, known, verb):
            parts = name[1].split(" ")
            if self.low.startswith(" và ", name.end()):
                continue
            if (len(parts) > 1 or _FOREIGN.fullmatch(name[1])) and ADVERBS.fullmatch(self.low, name.end(), verb):
                kind = "person" if 1 < len(parts) < 5 and all(p.istitle() for p in parts) else "group"
                return [Named(name.start(1), name.end(), (self.reader.party(name.start(1), name.end(), kind),), kind)]
        return []

    def _heads(self, named: Named, before: list[Named], free: list[Named]) -> bool:
        """Tell whether a list or a single subject begins with it, right after a comma."""
        if self.low[max(self.start, named.start - 2) : named.start] not in (", ", ": "):
            return False
        i = before.index(named)
        return i == 0 or before[i - 1] not in free or not self._linked(before[i - 1], named)

    def _acts(self, named: Named, before: list[Named]) -> bool:
        """Tell whether it opens a clause with its verb: `…, Ban Thường vụ đã làm thủ tục`."""
        if self.low[max(self.start, named.start - 2) : named.start] != ", " or named.kind == "pronoun":
            return False
        i = before.index(named)
        return bool(_TENSE.match(self.low, named.end)) and not (i and self._linked(before[i - 1], named))

    def back(self, last: Named, before: list[Named], free: list[Named]) -> list[Named]:
        """Return the list that ends with `last`."""
        chosen = [last]
        i = before.index(last)
        while i > 0 and before[i - 1] in free and self._linked(before[i - 1], before[i], back=True):
            i -= 1
            chosen.insert(0, before[i])
        return _real(chosen)

    def meant(self, pronoun: Named) -> list[Named]:
        """Return the person whom a pronoun means: the one named last before it, not far away."""
        near = self.reader.people_in(max(0, pronoun.start - 1200), pronoun.start)
        if not near:
            return []
        person = near[-1]
        party = self.reader.party(person.start, person.end, "person")
        return [Named(pronoun.start, pronoun.end, (party,), "person")]

    def _linked(self, one: Named, other: Named, *, back: bool = False) -> bool:
        gap = self.low[one.end : other.start]
        if not _LINK.fullmatch(gap):
            return False
        if one.kind == "office" and other.kind == "office" and self.low.startswith(LESSER, one.start) and "," in gap:
            return False
        if ";" in gap and one.kind != other.kind:
            return False
        if back and "," in gap and one.locality and not other.locality:
            return False
        if back and gap.strip() == "," and one.kind in ("unit", "office", "group") and not self._opens(one):
            return False
        return not (one.kind == "bare" and other.kind != "bare" and one.end - one.start < 7)

    def _opens(self, named: Named) -> bool:
        """Tell whether a list may begin with it: a mark or a link stands before it, no noun that it belongs to."""
        return bool(_OPENS.search(self.low[max(self.start, named.start - 16) : named.start]))

    def led(self, named: Named, left: int) -> bool:
        """Tell whether a preposition leads it, so that it is a place or an owner, and no partner in the deed."""
        if _TOGETHER.search(self.low, max(left, named.start - 16), named.start):
            return False
        return bool(_preposition().search(self.low, max(left, named.start - 24), named.start))

    def owned(self, named: Named, left: int) -> bool:
        """Tell whether `cho` or `của` leads it: `cấp tiền cho những người được tặng`."""
        return bool(_OWNED.search(self.low, max(left, named.start - 6), named.start))

    def _address(self, named: Named, before: list[Named]) -> bool:
        """Tell whether it is the higher place of an address: `xã A, huyện B`."""
        i = before.index(named)
        if i == 0 or not (named.locality or self._above(before[i - 1], named)):
            return False
        gap = self.low[before[i - 1].end : named.start]
        return gap.strip() in (",", "(", ",,") and before[i - 1].kind in ("unit", "person", "office")

    def _above(self, one: Named, other: Named) -> bool:
        """Tell whether the second body is the one that the first belongs to: `Phòng PC08, Công an tỉnh`."""
        return self.low.startswith(_PARTS, one.start) and self.low.startswith(_WHOLES, other.start)


def _real(chosen: list[Named]) -> list[Named]:
    return [n for n in chosen if n.kind != "pronoun"]
