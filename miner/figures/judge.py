"""Decide whether a number is a figure, by the words around it, and of what (guide section 2)."""

from __future__ import annotations

import re

from miner.figures.build import make_figure
from miner.figures.context import Before, comparator_of, is_clock, is_hour, is_name
from miner.figures.count import counted
from miner.figures.lexicon import duration_tail, fixed_measure, quantities, words
from miner.figures.phrase import object_end, read_phrase, steps_after, word_after
from miner.figures.spans import Spans
from miner.numerals import Number
from miner.records import Figure

_METRES = re.compile(r"m(\d{1,2})(?!\w)")
_MONTH_AFTER = re.compile(
    r" (?:tháng \d{1,2}(?!\w|\.\d)"
    r"|tháng (?:giêng|chạp|một|hai|ba|tư|năm(?! (?:19|20)\d\d)|sáu|bảy|tám|chín|mười)(?!\w))"
)
_TIENG_NOISE = re.compile(
    r" (?:nổ|súng|la|hét|kêu|động|chuông|nói|anh|trung|hàn|nhật|pháp|việt|rao|hô|còi|gõ|bom)(?!\w)"
)
_COORDINATES = re.compile(r"(?: độ)? ?(?:vĩ|kinh)(?: độ)? (?:bắc|nam|đông|tây)(?!\w)")
_MARKS = frozenset(",.;)")
_SINCE = frozenset(("từ", "đến", "tới", "vào", "trước", "sau"))
_YEAR_AFTER = re.compile(r" (?:học |ngân sách |kế hoạch )?(?:19|20)\d\d(?!\d)")
_MONTH_OF_YEAR = re.compile(r"\d{1,2} ?[-–/.] ?(?:19|20)\d\d")
_SERVICE = re.compile(r" (?:đảng|quân|nghề|đoàn)(?!\w)")


def judge(text: str, low: str, number: Number, days: Spans, figures: list[Figure]) -> Figure | None:
    """Return `number` as a figure where the words around make it one."""
    before = Before(low, number.start)
    if low[number.end : number.end + 1] in _MARKS and number.form == "digits":
        if low[max(0, number.start - 1) : number.start] in ("$", "€"):
            return make_figure(text, low, number, before, "$", "$", "money", number.end, "figure.currency", 0.9)
        return counted(text, low, number, before, days)
    fixed = fixed_measure().match(low, number.end)
    if _COORDINATES.match(low, number.end):
        return None
    if fixed is not None and fixed.lastgroup == "quantity" and not _is_quantity(text, low, number, before, fixed):
        fixed = None
    glued = number.end < len(low) and low[number.end].isalpha() and fixed is None
    if glued:
        return _height(text, low, number, before)
    if (
        number.value_max is not None
        and number.scaled == 1.0
        and _MONTH_OF_YEAR.fullmatch(low, number.start, number.end)
    ):
        return None
    if number.form == "fraction":
        return _fraction(text, low, number, before, days)
    if fixed is not None:
        return _fixed(text, low, number, before, fixed, days, figures)
    if low[max(0, number.start - 1) : number.start] in ("$", "€"):
        return make_figure(text, low, number, before, "$", "$", "money", number.end, "figure.currency", 0.9)
    if number.form == "half":
        return _half(text, low, number, before)
    return counted(text, low, number, before, days)


def _height(text: str, low: str, number: Number, before: Before) -> Figure | None:
    """Read `1m65`: metres with the part of a metre glued behind them."""
    more = _METRES.match(low, number.end)
    if more is None or number.value > 99 or number.value != int(number.value) or number.value_max is not None:
        return None
    number = number._replace(value=number.value + int(more[1]) / 10 ** len(more[1]))
    return make_figure(
        text, low, number, before, text[number.end], text[number.end], "quantity", more.end(), "figure.quantity", 0.9
    )


def _is_quantity(text: str, low: str, number: Number, before: Before, fixed: re.Match[str]) -> bool:
    """Tell whether a short physical measure is one: not `4G`, `12 độ vĩ Bắc`, `6g sáng`."""
    measure = text[fixed.start("quantity") : fixed.end("quantity")]
    if measure in ("G", "M", "K") or (measure == "g" and number.value <= 24 and is_hour(low, before, fixed.end())):
        return False
    return not (
        number.form in ("words", "bare") and len(measure) <= 2 and measure not in ("ha", "kg", "km", "tạ", "ký")
    )


def _fixed(
    text: str,
    low: str,
    number: Number,
    before: Before,
    fixed: re.Match[str],
    days: Spans,
    figures: list[Figure],
) -> Figure | None:
    """Return a figure with a fixed measure: money, percent, quantity, age, duration."""
    kind = fixed.lastgroup or ""
    end = fixed.end()
    measure = text[fixed.start(kind) : end]
    small = low[fixed.start(kind) : end]
    if small == "năm tuổi" and _SERVICE.match(low, end):
        kind, measure, small, end = "duration", measure[:3], "năm", end - 5
    if kind == "duration":
        return _duration(text, low, number, before, measure, small, end, days, figures)
    if low[number.start : number.end] == "năm" and kind == "age":
        return None
    if number.form == "bare" and small == "cân":
        return None
    if is_name(before, strong=not (kind == "age" and before.last() == "lớp"), value=number.value):
        return None
    if kind == "money" and number.other is not None and not number.sure and number.scaled == 1.0:
        number = number._replace(value=max(number.value, number.other))
    following = word_after(low, end)
    thing = measure
    if following and not text[end + 1 : end + 2].isupper() and _takes_noun(kind, small, following):
        steps = steps_after(low, end)
        last = object_end(text, steps, 1 if following in ("số", "tổng", "tiền", "thuế") else 0, small)
        thing = text[fixed.start(kind) : steps.end(last - 1)] if last else measure
    return make_figure(text, low, number, before, measure, thing, kind, end, f"figure.{kind}", 0.97)


def _takes_noun(kind: str, measure: str, following: str) -> bool:
    """Tell whether the object of a fixed measure goes on with the noun `following` (guide section 2, rulings)."""
    if kind == "quantity":
        return quantities().get(measure) != "length" or following in words("groups", "lined")
    return kind == "percent" or (kind == "money" and following in words("groups", "money_of"))


def _duration(
    text: str,
    low: str,
    number: Number,
    before: Before,
    measure: str,
    small: str,
    end: int,
    days: Spans,
    figures: list[Figure],
) -> Figure | None:
    """Return a length of time, or None where the words are a day, month, year or time of day."""
    if low[number.start : number.end] == "năm" and (
        small in ("tháng", "năm")
        or measure[0].isupper()
        or before.last().isdigit()
        or before.last() in words("groups", "yearly")
    ):
        return None
    if number.form == "bare" and number.scaled >= 100 and before.last() not in ("cả", "hơn", "gần", "mấy"):
        return None
    more = bool(figures) and figures[-1].kind == "duration" and number.start - figures[-1].end <= 6
    dated = not more and (
        before.last() in ("ngày", "tháng", "năm") or (small == "năm" and bool(_YEAR_AFTER.match(low, end)))
    )
    if not more and is_name(before, strong=not dated, value=number.value):
        return None
    if small in ("giờ", "h"):
        if number.value > 100 and small == "h":
            return None
        if number.value <= 24 and is_clock(low, before, end):
            return None
    if small == "phút" and before.last() in ("giờ", "h") and not more:
        return None
    if small == "tiếng" and _TIENG_NOISE.match(low, end):
        steps = steps_after(low, number.end)
        thing = text[steps.start(0) : steps.end(object_end(text, steps, 1, small) - 1)]
        return make_figure(text, low, number, before, measure, thing, "count", end, "figure.count", 0.9)
    if small == "tháng" and number.value <= 31 and _MONTH_AFTER.match(low, number.end):
        return None
    if small == "quý" and (number.value > 40 or number.form != "digits"):
        return None
    tail = duration_tail().match(low, end)
    start = end - len(measure)
    thing = text[start : tail.end()] if tail else measure
    return make_figure(text, low, number, before, measure, thing, "duration", end, "figure.duration", 0.95)


def _fraction(text: str, low: str, number: Number, before: Before, days: Spans) -> Figure | None:
    """Return a part of a whole (`35/40 xã`, `hai phần ba`) as a percent; days such as 3/4 and 24/24 are none."""
    assert number.part is not None
    assert number.whole is not None
    written = low[number.start].isdigit()
    comparator, _ = comparator_of(low, before, number.end, number.value, "", False)
    if written:
        if (
            number.whole in (24, 7)
            and number.part in (24, 7)
            and (word_after(low, number.end) in ("giờ", "đêm", "ngày", "h") or not _counts(text, low, number.end))
        ):
            return None
        if number.part == 1 and number.whole >= 100 and before.pair() in ("tỉ lệ", "tỷ lệ"):
            return None  # the scale of a plan: `tỉ lệ 1/500`
        if before.gap and before.last() in words("names", "date_before") | words("names", "hard"):
            return None
        if days.covers(number.start) and number.part <= 31 and number.whole <= 12:
            return None
        if low[number.start] == "0" or (number.whole < number.part <= 31 and number.whole <= 12):
            return None
    steps = steps_after(low, number.end)
    phrase = read_phrase(text, steps)
    if phrase is None and steps.words and steps.words[0] in ("số", "tổng"):
        last = object_end(text, steps, 1, "số")
        thing = text[steps.start(0) : steps.end(last - 1)]
        return make_figure(text, low, number, before, "", thing, "percent", number.end, "figure.fraction", 0.8)
    if phrase is not None and phrase.measure in ("đường", "phố") and text[phrase.end + 1 : phrase.end + 2].isupper():
        return None
    small = number.part < number.whole <= 10 and not (
        phrase and phrase.measure.split(" ")[0] in ("sáng", "chiều", "tối")
    )
    if phrase is not None and phrase.measure.lower() in words("groups", "masses"):
        return make_figure(text, low, number, before, "", phrase.object, "percent", phrase.end, "figure.fraction", 0.8)
    if written and phrase is not None and not phrase.known and number.whole <= 12 and before.last() in _SINCE:
        return None
    if phrase is not None and (phrase.known or not written or comparator != "eq" or small):
        return make_figure(
            text, low, number, before, phrase.measure, phrase.object, "percent", phrase.end, "figure.fraction", 0.9
        )
    if not written or (comparator != "eq" and number.part < number.whole <= 10):
        return make_figure(text, low, number, before, "", "", "percent", number.end, "figure.fraction", 0.7)
    return None


def _counts(text: str, low: str, at: int) -> bool:
    phrase = read_phrase(text, steps_after(low, at))
    return phrase is not None and phrase.known


def _half(text: str, low: str, number: Number, before: Before) -> Figure | None:
    """Return `một nửa`, `quá nửa` as 50 percent; `nửa` before a measure was read before."""
    comparator, _ = comparator_of(low, before, number.end, 50, "", False)
    if not low.startswith("một", number.start) and comparator == "eq":
        return None
    if low[number.end : number.end + 6].startswith((" đêm", " chừng", " vời", " kín", " đùa")):
        return None
    steps = steps_after(low, number.end)
    thing = ""
    if steps.words and steps.words[0].isalpha():
        first = 1 if steps.words[0] in ("số", "tổng") else 0
        last = object_end(text, steps, first, "số")
        thing = text[steps.start(0) : steps.end(last - 1)] if last else ""
    return make_figure(
        text, low, number._replace(value=50.0), before, "", thing, "percent", number.end, "figure.half", 0.7
    )
