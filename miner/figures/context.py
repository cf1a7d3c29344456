"""What stands before and after a number: its comparator, and whether it is a name, date, time or rank instead."""

from __future__ import annotations

import re
from functools import cache

from miner.figures.lexicon import comparators, words

_WINDOW = 40
_BEFORE = re.compile(r"[^\W_][\w/]*|[^\w\s]")
_BACK = re.compile(r"(?: (?!từ |đạt |khiến |có |bị |được |đi )\w+){0,3}? (?:trở|đổ) (lên|đi|xuống|lại)(?!\w| đây)")
_LINKS = frozenset(("từ", "là", "có", "được", "đến", "tới", "ở", "mức", "chỉ"))
_WEAK = frozenset(("trên", "dưới", "gần", "quá", "ngoài", "vượt", "đủ", "tầm", "ước"))
"""Words that are comparators only right before the number."""
_NOT = frozenset(("không", "chưa", "chẳng"))
_CLOCK_AFTER = re.compile(
    r" ?(?:\d|[-–] ?\d|(?:ngày|sáng|chiều|tối|đêm|trưa|khuya|cùng|hôm|kém|rưỡi|ngay|rạng|thứ|,? ?ngày)(?!\w))"
)


_DAY_AFTER = re.compile(r" (?:rạng sáng|sáng|trưa|chiều|tối|đêm|khuya|ngày|hôm|cùng ngày)(?!\w)")


class Before:
    """The few words before a number, nearest last; marks count as words."""

    __slots__ = ("gap", "words")

    def __init__(self, low: str, start: int) -> None:
        line = low.rfind("\n", max(0, start - _WINDOW), start)
        left = low[max(line + 1, start - _WINDOW) : start]
        parts = left.rsplit(None, 6)[-6:]
        if not "".join(parts).isalnum():  # marks among them
            parts = [w for part in parts for w in ((part,) if part.isalnum() else _BEFORE.findall(part))][-6:]
        self.words = parts
        self.gap = left[-1:] == " "

    def last(self, back: int = 1) -> str:
        """Return the word `back` places before the number, or an empty string."""
        return self.words[-back] if len(self.words) >= back else ""

    def pair(self, back: int = 1) -> str:
        """Return the two words that end `back` places before the number."""
        return f"{self.last(back + 1)} {self.last(back)}"


@cache
def _last_words() -> frozenset[str]:
    return frozenset(name.rsplit(" ", 1)[-1] for name in comparators())


def comparator_of(low: str, before: Before, end: int, value: float, noun: str, counted: bool) -> tuple[str, int]:
    """Return the comparator of a number and how many words before it say so (guide section 2, `comparator`)."""
    table = comparators()
    listed = before.words
    while listed and listed[-1] in "(“\"'‘":
        listed = listed[:-1]
    last = listed[-1] if listed else ""
    for skip in (0, 1) if last in _LINKS or last in _last_words() else ():
        if skip and not (listed and listed[-1] in _LINKS):
            break
        for size in (3, 2, 1):
            stop = len(listed) - skip
            name = " ".join(listed[max(0, stop - size) : stop]) if stop >= size else ""
            found = table.get(name)
            if found is None or (skip and name in _WEAK):
                continue
            if (
                name in ("trên", "gần")
                and counted
                and value == int(value)
                and (value <= 3 or (value <= 10 and noun.split(" ")[0] in words("groups", "locative")))
            ):
                return "eq", 0
            if name in ("ngoài", "đủ") and noun != "tuổi":
                return "eq", 0
            if name in ("quá", "vượt quá") and _NOT.intersection(listed[-5:]):
                found = "lt"
            return found, size + skip
    if low.find("ở", end, end + 30) > 0 and (back := _BACK.match(low, end)):
        return ("gt", 0) if back[1] in ("lên", "đi") else ("lt", 0)
    return "eq", 0


@cache
def _names() -> frozenset[str]:
    return words("names", "hard") | words("names", "soft") | {")", "."}


def may_be_name(before: Before) -> bool:
    """Tell at a glance whether the words before a number can make it a name, as `is_name` then decides."""
    return before.gap and (before.last() in _names() or before.pair() in _names())


def is_name(before: Before, strong: bool, value: float) -> bool:
    """Tell whether the word before makes the number a name, address, date or rank; `strong` measures outweigh some."""
    if not before.gap:
        return False
    last, pair = before.last(), before.pair()
    if last == ")":  # `Ban Chỉ đạo (BCĐ) 138`
        return before.last(2) in words("names", "hard")
    if last == ".":  # `Q. 5`
        return before.last(2) in ("q", "p", "h", "tx", "đ", "km", "f")
    if not last or not last[0].isalpha() or pair in words("names", "no_names"):
        return False
    if last in words("names", "hard") or pair in words("names", "hard"):
        return not (strong and last not in words("groups", "always"))
    if last not in words("names", "soft") and pair not in words("names", "soft"):
        return False
    if pair in words("names", "number_of") or before.last(2) in ("mỗi", "từng"):
        return 1900 <= value <= 2100 and last == "năm"
    if last in ("ngày", "tháng", "năm"):
        if before.last(2) in words("names", "each"):
            return 1900 <= value <= 2100 and last == "năm"
        return not strong or (last == "năm" and 1900 <= value <= 2100)
    if last == "khoản" and before.last(2) != "tài":
        return not strong
    return not strong


def is_hour(low: str, before: Before, end: int) -> bool:
    """Tell whether `g` that ends at `end` stands for a time of day and not for grams: `lúc 20g`, `6g sáng`."""
    return before.last() in ("lúc", "hồi") or _DAY_AFTER.match(low, end) is not None


def is_clock(low: str, before: Before, end: int) -> bool:
    """Tell whether hours that end at `end` are a time of day and not a length (guide section 2, none)."""
    if _CLOCK_AFTER.match(low, end):
        return True
    rest = low[end : end + 16].lstrip()
    if rest.startswith("/") or rest.startswith(tuple(words("names", "duration_after"))):
        return False
    back = 1
    while before.last(back) in ("khoảng", "gần", "hơn", "quá", "chừng", "tầm"):
        back += 1
    last = before.last(back)
    if before.pair(back) == "quy định":
        return False
    if last in ("lúc", "vào", "hồi"):
        return True
    if back == 2 and last == "đến" and before.last(3) != "lên":
        return True  # `kéo dài đến hơn 11h`
    if back == 2 and before.last() in ("hơn", "gần", "quá"):
        return False
    return (
        last not in words("names", "duration_before")
        or last in ("trước", "tới")
        or (last == "sau" and rest[:1] in ",.")
    )
