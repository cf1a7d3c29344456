"""Numbers as Vietnamese writes them, read as values: digits, words, scales, ranges, fractions, vague counts.

Pure reading: what a number means in its sentence is not asked here. All functions take text in small letters of the
same length as the text it stands for, so that offsets hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import ahocorasick

_ONES = {
    "không": 0, "một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
# After mươi or mười the last digit may take another form.
_LAST = {**{k: v for k, v in _ONES.items() if v not in (0, 5)}, "mốt": 1, "tư": 4, "lăm": 5, "nhăm": 5}
_SCALES = {
    "chục": 10, "trăm": 100, "nghìn": 1e3, "ngàn": 1e3, "vạn": 1e4, "triệu": 1e6, "tỷ": 1e9, "tỉ": 1e9,
    "k": 1e3, "tr": 1e6,
}  # fmt: skip
_WORD = (
    "không|một|hai|ba|bốn|năm|sáu|bảy|bẩy|tám|chín|mười|mươi|mốt|tư|lăm|nhăm|linh|lẻ"
    "|trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ|chục|rưỡi"
)
# `tỷ lệ`, `tỉ số` are no scales, nor is `trăm năm` a slip: what follows is looked at by the caller.
_NO_SCALE = r"(?!\w|\s(?:lệ|số|trọng|giá|suất|phú|mỉ|thí|muội|dụ)(?!\w))"
_SCALE = rf"(?:trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ|chục){_NO_SCALE}"
_SPACE = "[ \u00a0\u202f]"

OF_YEARS = ("trong", "mỗi", "một", "hàng", "hằng", "cả", "nhiều", "những", "các", "đầu", "cuối")
"""Words after which `năm` is years and not five."""
_OPENERS = {
    **dict.fromkeys(("hàng", "vài", "mấy", "dăm", "hai", "ba", "bốn", "sáu", "bảy", "bẩy", "tám", "chín"), ""),
    **dict.fromkeys(("mười", "nửa", "chục", "trăm", "nghìn", "ngàn", "vạn", "triệu", "tỷ", "tỉ"), ""),
    # The commonest words of them are mostly something else: the year, the article.
    "năm": rf"(?:(?= mươi(?!\w))|{''.join(f'(?<!{word} năm)' for word in OF_YEARS)}(?<!\d năm)(?= (?!năm )[^\W\d]))",
    "một": r"(?= (?:nửa|phần|trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ|chục|đến|tới|hoặc|hay)(?!\w))",
}
"""Words that a number may begin with, and the pattern that must follow."""


def _opening() -> re.Pattern[str]:
    """Return the pattern of digits or an opening word as group 1."""
    tails: dict[str, list[str]] = {}
    for word, follows in _OPENERS.items():
        tails.setdefault(word[0], []).append(word[1:] + follows)
    either = "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in tails.items())
    return re.compile(rf"([0-9]+(?:[.,][0-9]+)*|(?<!thứ )(?:{either})(?!\w))")


def _starts() -> Any:
    """Return the automaton of digits and opening words: it walks through a text three times as fast as a pattern."""
    automaton = ahocorasick.Automaton()
    for start in (*"0123456789", *_OPENERS):
        automaton.add_word(start, len(start) - 1)
    automaton.make_automaton()
    return automaton


_OPENING = _opening()
_STARTS = _starts()
_DIGITS = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
# What shows at a glance that digits stand alone, without scale, second half or measure glued to them.
_ALONE = re.compile(r"[.;:)\n]|[ \u00a0](?![-–—~/đth0-9\u00a0\u202f])")
_PLAIN = re.compile(
    r"[0-9]++(?:[.,][0-9]++)*+(?=[;:)\n]|[.,](?:[ \n][^0-9]|$)"
    r"|[ \u00a0](?!đến|tới|hoặc|hay|trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ|chục)[^\W\d])"
)
_RUN = re.compile(rf"(?:{_WORD})(?!\w)(?:{_SPACE}(?:{_WORD}){_NO_SCALE}){{0,15}}")
_GROUPS = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,5}(?![\d.,]*\d)")
_SCALES_AFTER = re.compile(rf"{_SPACE}?({_SCALE})((?:{_SPACE}{_SCALE}){{0,2}})|(k|tr)(?=\d?(?!\w)|/)")
_MORE = re.compile(rf"{_SPACE}?(\d{{1,3}})(?:{_SPACE}?({_SCALE}))?(?![\w%]|[.,/:-]\d)")
# `80mm đến 150mm`: the same short measure glued to both ends.
_SAME = re.compile(r"([^\W\d_]{1,3}[23²³]?|%)(?: ?[-–—] ?| (?:đến|tới) )(\d+(?:[.,]\d+)*)\1(?!\w)")
_HALF_MORE = re.compile(rf"{_SPACE}rưỡi(?!\w)")
_STRAY = re.compile(r"(\d{1,3}), (\d{1,2}(?= ?%)|\d{1,3}(?= ?(?:m[23²³]|ha|[kc]?m|k?g|tấn)(?!\w)))")
_SOME_MORE = re.compile(r" mấy(?!\w)")  # `mười mấy`
_SCALE_WORDS = re.compile(rf"{_SPACE}({_SCALE})((?:{_SPACE}{_SCALE}){{0,2}})")
_BARE_SCALES = re.compile(rf"({_SCALE})((?:{_SPACE}{_SCALE}){{0,2}})")
_TO = re.compile(rf"{_SPACE}?[-–—~]{_SPACE}?|{_SPACE}(?:đến|tới){_SPACE}")
_OR = re.compile(rf",{_SPACE}?|{_SPACE}(?:hoặc|hay){_SPACE}|{_SPACE}")
_OR_DIGITS = re.compile(rf"(?:,{_SPACE}?|{_SPACE}(?:hoặc|hay){_SPACE})(?=[0-9])")
_OVER = re.compile(rf"{_SPACE}?/{_SPACE}?(\d+(?:[.,]\d+)*)")
_PARTS = re.compile(rf"{_SPACE}phần{_SPACE}(\w+)")
_ONE_TO = re.compile(r"một (?:đến|tới|hoặc|hay) (?:hai|ba|bốn|năm|sáu|bảy|tám|chín|mười)(?!\w)")
_VAGUE_WORTH = {"hàng": 1.0, "vài": 2.0, "mấy": 2.0, "dăm": 5.0}

_LONGEST = 18
"""Digits that still can be a figure; more are an account, a code or noise."""


class Number(NamedTuple):
    """A number at `start` to `end`: `value_max` closes a range, `part` and `whole` are those of a fraction.

    `comparator` is "vague" for `hàng chục` and bare scale words, else "eq". `form` is digits, words, vague, bare
    (a scale word alone), half, fraction. `other` is the second reading of digits that allow two, `sure` says
    whether the document decides between them; `scaled` is the largest scale word's worth, 1 without one.
    """

    start: int
    end: int
    value: float
    value_max: float | None = None
    comparator: str = "eq"
    form: str = "digits"
    part: float | None = None
    whole: float | None = None
    sure: bool = True
    other: float | None = None
    scaled: float = 1.0


@dataclass(frozen=True, slots=True)
class Grouping:
    """How a document writes its digits: what each mark has been seen to do beyond doubt."""

    dot_thousands: bool = False
    dot_decimals: bool = False
    comma_thousands: bool = False
    comma_decimals: bool = False


VIETNAMESE = Grouping()
"""Nothing seen: `1.500` is read as thousands, `14,375` as a decimal, and both are doubted by nobody but a comma."""

_EVIDENCE = re.compile(
    r"(?P<dt>\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:\.\d{3})+,\d+)"
    r"|(?P<ct>\d{1,3}(?:,\d{3}){2,}|\d{1,3}(?:,\d{3})+\.\d+)"
    r"|(?P<cd>\d+,(?:\d{1,2}|\d{4,})|0,\d+|\d{4,},\d+)"
    r"|(?P<dd>\d{3,}\.\d{1,2}|0\.\d+|\d{4,}\.\d+)"
    r"|(?P<weak>\d{1,3}\.\d{3})"
)


def decide_grouping(tokens: Iterable[str]) -> Grouping:
    """Return how the document groups its digits, judged by all its numbers; `1.234` alone is weak evidence for dots."""
    seen: set[str | None] = set()
    for token in tokens:
        if ("." in token or "," in token) and len(token) <= 2 * _LONGEST and (found := _EVIDENCE.fullmatch(token)):
            seen.add(found.lastgroup)
    return Grouping("dt" in seen or ("weak" in seen and "dd" not in seen), "dd" in seen, "ct" in seen, "cd" in seen)


def read_digits(token: str, grouping: Grouping = VIETNAMESE) -> tuple[float, float | None, bool] | None:
    """Return (value, other reading, sure) of digits with dots and commas, or None where they are no number.

    Groups of three after `.` or `,` are thousands, else the mark opens the decimals; a single group of three is read
    as the document does (guide section 2, `value`).
    """
    if len(token) > 2 * _LONGEST:
        return None
    if token.isdigit():
        return (float(token), None, True) if len(token) <= _LONGEST else None
    marks = [c for c in token if c in ".,"]
    groups = token.replace(",", ".").split(".")
    if sum(map(len, groups)) > _LONGEST:
        return None
    threes = all(len(g) == 3 for g in groups[1:]) and len(groups[0]) <= 3 and groups[0].strip("0") != ""
    whole = float("".join(groups))
    if len(set(marks)) == 1:
        if len(marks) > 1:
            return (whole, None, True) if threes else None
        decimal = float(groups[0] + "." + groups[1])
        if not threes or groups[0][0] == "0":
            return decimal, None, True
        if marks[0] == ".":
            if grouping.dot_thousands or not (grouping.dot_decimals or grouping.comma_thousands):
                return whole, decimal, not grouping.dot_decimals
            if grouping.comma_thousands:
                return decimal, whole, not grouping.comma_decimals
            return whole, decimal, grouping.comma_decimals
        if grouping.comma_thousands and not grouping.comma_decimals:
            return whole, decimal, True
        if grouping.comma_decimals or grouping.dot_thousands:
            return decimal, whole, not grouping.comma_thousands
        if grouping.dot_decimals:
            return whole, decimal, True
        return decimal, whole, False
    # Two kinds of marks: the last one opens the decimals, all before it are thousands.
    if marks.count(marks[-1]) == 1 and len(set(marks[:-1])) == 1 and all(len(g) == 3 for g in groups[1:-1]):
        return float("".join(groups[:-1]) + "." + groups[-1]), None, True
    return None


def openings(low: str) -> Iterator[re.Match[str]]:
    """Yield the places of `low` where a number may begin, as group 1."""
    done = 0
    for last, size in _STARTS.iter(low):
        start = last - size
        if start < done or (start and ((before := low[start - 1]).isalnum() or before == "_")):
            continue
        if opening := _OPENING.match(low, start):
            done = opening.end()
            yield opening


def read_number(low: str, start: int, grouping: Grouping = VIETNAMESE) -> Number | None:
    """Return the longest number that begins at `start` of `low`, or None where none does.

    Ranges, fractions, scale words and compounds (`1 tỷ 700 triệu`) are read as one number; the word `một` alone is
    none (guide section 2, rulings).
    """
    if plain := _PLAIN.match(low, start):
        if plain[0].isdigit() and plain.end() - start <= _LONGEST:
            return Number(start, plain.end(), float(plain[0]))
        read = read_digits(plain[0], grouping)
        return Number(start, plain.end(), read[0], other=read[1], sure=read[2]) if read else None
    number = _single(low, start, grouping)
    if number is None:
        return None
    return _joined(low, number, grouping)


def _single(low: str, start: int, grouping: Grouping) -> Number | None:
    char = low[start : start + 1]
    if "0" <= char <= "9":
        return _digits(low, start, grouping)
    if low.startswith(("hàng", "vài", "mấy", "dăm"), start):
        return _vague(low, start)
    if char == "n" and low.startswith("nửa", start):
        return _half(low, start, start)
    if low.startswith("một nửa", start):
        return _half(low, start, start + 4)
    return _words(low, start)


def _digits(low: str, start: int, grouping: Grouping) -> Number | None:
    opening = _DIGITS.match(low, start)
    if opening is None:
        return None
    end = opening.end()
    if end < len(low) and low[end] in " \u00a0\u202f" and end - start <= 3 and (groups := _GROUPS.match(low, start)):
        value, other, sure, end = float(re.sub(r"\D", "", groups[0])), None, True, groups.end()
    else:
        read = read_digits(opening[0], grouping)
        if read is None:
            return None
        value, other, sure = read
        if low.startswith(", ", end) and (stray := _STRAY.match(low, start)):
            split = _stray(low, stray)
            if split is not None:
                return Number(start, stray.end(2), split)
    return _scaled(low, Number(start, end, value, other=other, sure=sure))


def _stray(low: str, found: re.Match[str]) -> float | None:
    """Return the number of `39, 1%`, whose mark has a space behind it by a slip, or None where it is a list."""
    one, two = int(found[1]), int(found[2])
    listed = two - one == 1 or (one % 5 == 0 and two % 5 == 0 and len(found[2]) < 3) or two == 100
    if listed or low[max(0, found.start() - 2) : found.start()] == ", ":
        return None
    return float(found[1] + found[2]) if len(found[2]) == 3 else float(f"{found[1]}.{found[2]}")


def _worth(scales: str) -> float:
    worth = 1.0
    for word in scales.split():
        worth *= _SCALES[word]
    return worth


def _scaled(low: str, number: Number) -> Number:
    """Return `number` with the scale words after it folded in: `1 tỷ 700 triệu`, `5 triệu rưỡi`, `5tr5`."""
    found = _SCALES_AFTER.match(low, number.end)
    if found is None:
        return number
    worth = _SCALES[found[3]] if found[3] else _worth(found[1] + found[2])
    end, value, last = found.end(), number.value * worth, worth
    for _ in range(3):
        if half := _HALF_MORE.match(low, end):
            value, end = value + last / 2, half.end()
            break
        more = _MORE.match(low, end)
        if more is None or last < 1000:
            break
        if more[2]:
            smaller = _SCALES[more[2]]
            if smaller >= last:
                break
            value, end, last = value + int(more[1]) * smaller, more.end(), smaller
            continue
        # `9 tỉ 5` is 9.5 tỉ, `1 triệu 250` is 1 triệu 250 nghìn; a noun after it makes it a number of its own.
        rest = low[more.end() : more.end() + 12].lstrip()
        glued = more.end() - end == len(more[1])  # `5tr5`
        if rest[:1].isalpha() and not glued and not rest.startswith(("đồng", "usd", "vnđ", "đô")):
            break
        value, end = value + int(more[1]) * last / 10 ** len(more[1]), more.end()
        break
    other = number.other * worth if number.other is not None else None
    return Number(number.start, end, _round(value), sure=number.sure, other=other, scaled=worth)


def _round(value: float) -> float:
    """Return `value` without the dust that binary fractions leave (2.3 * 1e9)."""
    near = round(value, 6)
    return float(near)


def _vague(low: str, start: int) -> Number | None:
    head = low.find(" ", start, start + 5)
    if head < 0:
        return None
    found = _SCALE_WORDS.match(low, head)
    if found is None:
        return None
    worth = _worth(found[1] + found[2])
    return Number(
        start, found.end(), _VAGUE_WORTH[low[start:head]] * worth, comparator="vague", form="vague", scaled=worth
    )


def _half(low: str, start: int, half: int) -> Number:
    found = _SCALE_WORDS.match(low, half + 3)
    if found:
        worth = _worth(found[1] + found[2])
        return Number(start, found.end(), worth / 2, form="words", scaled=worth)
    return Number(start, half + 3, 0.5, form="half")


def _words(low: str, start: int) -> Number | None:
    if bare := _BARE_SCALES.match(low, start):
        worth = _worth(bare[1] + bare[2])
        return Number(start, bare.end(), worth, comparator="vague", form="bare", scaled=worth)
    run = _RUN.match(low, start)
    if run is None:
        return None
    words = run[0].replace("\u00a0", " ").replace("\u202f", " ").split(" ")
    read = _read_words(words)
    if read is None:
        return None
    value, used, worth = read
    if used == 1 and words[0] in ("một", "không"):
        if words[0] == "một" and (parts := _fraction_words(low, start, start + 3, 1)):
            return parts
        # The word `một` counts nothing, but it may open a range: `một đến ba tháng`.
        return Number(start, start + 3, 1.0, form="words") if words[0] == "một" and _ONE_TO.match(low, start) else None
    end = start + sum(map(len, words[:used])) + used - 1
    if words[used - 1] in ("mười", "mươi") and _SOME_MORE.match(low, end):
        return Number(start, end + 4, value, comparator="vague", form="vague")
    if used == 1 and (parts := _fraction_words(low, start, end, int(value))):
        return parts
    return Number(start, end, value, form="words", scaled=worth)


def _fraction_words(low: str, start: int, end: int, part: int) -> Number | None:
    """Read `một phần ba`, `hai phần ba`; `phần` counted (`ba phần quà`) is none."""
    found = _PARTS.match(low, end)
    if found is None:
        return None
    whole = {**_ONES, "tư": 4, "mười": 10, "trăm": 100, "nghìn": 1000}.get(found[1])
    if not whole or whole <= part:
        return None
    return Number(
        start, found.end(), round(100 * part / whole, 2), form="fraction", part=float(part), whole=float(whole)
    )


def _read_words(words: list[str]) -> tuple[float, int, float] | None:
    """Return (value, words used, largest scale) of the longest number that `words` begin with."""
    block = _block(words, 0)
    if block is None:
        return None
    total, at = block
    value, largest, last = float(total), 1.0, 0.0
    scale, after = _scale_at(words, at)
    if scale == 1.0:
        return value, at, 1.0
    value, largest, last, at = value * scale, scale, scale, after
    while at < len(words):
        if words[at] == "rưỡi":
            return value + last / 2, at + 1, largest
        linked = words[at] in ("linh", "lẻ") and at + 1 < len(words)
        block = _block(words, at + 1 if linked else at)
        if block is None:
            break
        rest, after = block
        scale, more = _scale_at(words, after)
        if scale > 1.0:
            if scale >= last:
                break
            value, last, at = value + rest * scale, scale, more
            continue
        if linked or (last == 1000 and (rest >= 10 or words[at] == "không")):
            value, at = value + rest, after
        elif after - at == 1 and words[at] not in ("năm", "một", "không") and rest < 10 and last >= 1000:
            value, at = value + rest * last / 10, after  # `một triệu hai` is 1.2 million
        break
    return value, at, largest


def _scale_at(words: list[str], at: int) -> tuple[float, int]:
    worth = 1.0
    while at < len(words) and words[at] in ("nghìn", "ngàn", "vạn", "triệu", "tỷ", "tỉ"):
        worth, at = worth * _SCALES[words[at]], at + 1
    return worth, at


def _block(words: list[str], at: int) -> tuple[int, int] | None:
    """Return (value below a thousand, index after it) at `at`: `hai trăm linh năm`, `ba mươi mốt`, `mười hai`."""
    here = words[at : at + 5] + [""] * 5
    if here[0] in _ONES and here[1] == "trăm":
        value = _ONES[here[0]] * 100
        if here[2] in ("linh", "lẻ") and (here[3] in _ONES or here[3] == "tư"):
            return value + _ONES.get(here[3], 4), at + 4
        if here[2] == "rưỡi":
            return value + 50, at + 3
        if (tens := _tens(here[2:])) is not None:
            return value + tens[0], at + 2 + tens[1]
        return value, at + 2
    tens = _tens(here)
    if tens is not None:
        return tens[0], at + tens[1]
    if here[0] in _ONES:
        return _ONES[here[0]], at + 1
    return None


def _tens(words: list[str]) -> tuple[int, int] | None:
    first, second, third = words[0], words[1], words[2]
    if first == "mười":
        if second in _LAST and second not in ("mốt", "tư"):
            return 10 + _LAST[second], 2
        return 10, 1
    if first not in _ONES or first in ("một", "không"):
        return None
    if second == "mươi":
        return (10 * _ONES[first] + _LAST[third], 3) if third in _LAST else (10 * _ONES[first], 2)
    if second == "chục":
        return 10 * _ONES[first], 2
    if second in ("mốt", "lăm", "nhăm"):
        return 10 * _ONES[first] + _LAST[second], 2
    return None


def _joined(low: str, number: Number, grouping: Grouping) -> Number:
    """Return `number` joined with the second half of its range or fraction, where one follows."""
    end = number.end
    if number.form == "digits" and _ALONE.match(low, end):
        return number
    if number.form == "digits" and number.scaled == 1.0 and (over := _OVER.match(low, end)):
        whole = read_digits(over[1], grouping)
        follows = low[over.end() : over.end() + 1]
        # A scale word or a third number after it: `1/2 triệu` is rare, `3/4/2019` and `12/QĐ` are common.
        if whole and whole[0] > 0 and follows not in ("/", "-") and not follows.isdigit():
            return Number(
                number.start, over.end(), round(100 * number.value / whole[0], 2), form="fraction",
                part=number.value, whole=whole[0], sure=number.sure and whole[2],
            )  # fmt: skip
        return number
    if number.form in ("half", "bare", "fraction"):
        return number
    if number.form == "digits" and number.scaled == 1.0 and (same := _SAME.match(low, end)):
        last = read_digits(same[2], grouping)
        if last and last[0] > number.value:
            return Number(number.start, same.end(2), number.value, last[0], sure=number.sure and last[2])
    link = _TO.match(low, end)
    near = link is None
    if link is None:
        if number.scaled > 1 or number.form == "vague":
            return number
        link = (_OR_DIGITS if number.form == "digits" else _OR).match(low, end)
    if link is None or not _OPENING.match(low, link.end()):
        return number
    second = _single(low, link.end(), grouping)
    if second is None or second.form in ("half", "bare", "fraction"):
        return number
    if (number.form == "vague") != (second.form == "vague") or (near and second.form != number.form):
        return number
    first = number.value
    scaled = max(number.scaled, second.scaled)
    if number.scaled == 1.0 and second.scaled > 1.0 and number.form != "vague" and first < second.value:
        first = _round(first * second.scaled)  # `1 đến 4 triệu`
    if first >= second.value or (near and not _neighbours(low, number, second, link[0])):
        return number
    return Number(
        number.start, second.end, first, second.value, comparator=number.comparator, form=number.form,
        sure=number.sure and second.sure, scaled=scaled,
    )  # fmt: skip


def _neighbours(low: str, one: Number, two: Number, link: str) -> bool:
    """Tell whether `7, 8 nội dung` or `hai ba người` means "seven or eight": consecutive and small, and no list."""
    if one.scaled > 1 or two.value - one.value != 1 or two.value > 12 or two.scaled > 1 or one.value != int(one.value):
        return False
    if link.strip(" \u00a0\u202f") == "" and one.form != "words":
        return False
    after = low[two.end : two.end + 3].lstrip(" ")
    before = low[max(0, one.start - 3) : one.start].rstrip(" ")
    return after[:1].isalpha() and not before.endswith(",")
