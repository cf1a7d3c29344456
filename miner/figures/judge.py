"""Decide whether a number is a figure, by the words around it, and of what (guide section 2)."""

from __future__ import annotations

import re
from bisect import bisect_right

from miner.figures.context import Before, comparator_of, is_clock, is_name
from miner.figures.lexicon import duration_tail, fixed_measure, nouns, quantities, words
from miner.figures.phrase import Steps, object_end, read_phrase, steps_after, word_after
from miner.numerals import Grouping, Number
from miner.records import Figure

_ONE_OF = re.compile(
    r" (?:người |em |con |vụ )?(?:trong (?:số |tổng số )?|trên tổng(?: số)? )"
    r"(?:\d|hai |ba |bốn |năm |sáu |bảy |tám |chín )"
    r"|(?: người)? trong số (?:đó|này|họ|ấy)(?!\w)"
)
_OR_MORE = re.compile(r" hoặc nhiều(?= )")
_METRES = re.compile(r"m(\d{1,2})(?!\w)")
_MONTH_AFTER = re.compile(
    r" (?:tháng \d{1,2}(?![\w.])|tháng (?:giêng|chạp|một|hai|ba|tư|năm(?! (?:19|20)\d\d)|sáu|bảy|tám|chín|mười)(?!\w))"
)
_SHORT_DATE = re.compile(r"\d{1,2} ?[-–/.] ?\d{1,2}")
_TIENG_NOISE = re.compile(
    r" (?:nổ|súng|la|hét|kêu|động|chuông|nói|anh|trung|hàn|nhật|pháp|việt|rao|hô|còi|gõ|bom)(?!\w)"
)
_COORDINATES = re.compile(r"(?: độ)? ?(?:vĩ|kinh)(?: độ)? (?:bắc|nam|đông|tây)(?!\w)")
_SINCE = frozenset(("từ", "đến", "tới", "vào", "trước", "sau"))
_SPACED = frozenset((" ", "\u00a0", "“", '"', "‘", "'"))
_DASHES = ("-", "–", "—")
_MILLION = 1e6
_SHORT_AGE = re.compile(r",? (?:và|hoặc|đến) \d{1,2} tuổi(?!\w)")
_YEAR_AFTER = re.compile(r" (?:học |ngân sách |kế hoạch )?(?:19|20)\d\d(?!\d)")
_MONTH_OF_YEAR = re.compile(r"\d{1,2} ?[-–/.] ?(?:19|20)\d\d")
_SERVICE = re.compile(r" (?:đảng|quân|nghề|đoàn)(?!\w)")


class Spans:
    """Spans in order, asked whether an offset lies inside one."""

    __slots__ = ("ends", "starts")

    def __init__(self, *layers: list[tuple[int, int]]) -> None:
        spans = sorted(s for layer in layers for s in layer)
        self.starts = [s for s, _ in spans]
        self.ends = [e for _, e in spans]

    def holds(self, offset: int) -> bool:
        """Tell whether `offset` lies inside a span, after its first character."""
        at = bisect_right(self.starts, offset) - 1
        return at >= 0 and self.starts[at] < offset < self.ends[at]

    def covers(self, offset: int) -> bool:
        """Tell whether `offset` lies inside a span or at its start."""
        at = bisect_right(self.starts, offset) - 1
        return at >= 0 and offset < self.ends[at]


def judge(text: str, low: str, number: Number, grouping: Grouping, days: Spans, figures: list[Figure]) -> Figure | None:
    """Return `number` as a figure where the words around make it one."""
    before = Before(low, number.start)
    fixed = fixed_measure().match(low, number.end)
    if _COORDINATES.match(low, number.end):
        return None
    if fixed is not None and fixed.lastgroup == "quantity" and not _is_quantity(text, low, number, fixed):
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
        return _figure(text, low, number, before, "$", "$", "money", number.end, "figure.currency", 0.9)
    if number.form == "half":
        return _half(text, low, number, before)
    return _counted(text, low, number, before, grouping, days)


def _height(text: str, low: str, number: Number, before: Before) -> Figure | None:
    """Read `1m65`: metres with the part of a metre glued behind them."""
    more = _METRES.match(low, number.end)
    if more is None or number.value > 99 or number.value != int(number.value) or number.value_max is not None:
        return None
    number = number._replace(value=number.value + int(more[1]) / 10 ** len(more[1]))
    return _figure(
        text, low, number, before, text[number.end], text[number.end], "quantity", more.end(), "figure.quantity", 0.9
    )


def _is_quantity(text: str, low: str, number: Number, fixed: re.Match[str]) -> bool:
    """Tell whether a short physical measure is one: not `4G`, `12 độ vĩ Bắc`, `lúc 5 m`."""
    measure = text[fixed.start("quantity") : fixed.end("quantity")]
    if measure == "G" or (measure in ("M", "K")):
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
    if following and not _capital(text, end + 1) and _takes_noun(kind, small, following):
        steps = steps_after(low, end)
        last = object_end(text, steps, 1 if following in ("số", "tổng", "tiền", "thuế") else 0, small)
        thing = text[fixed.start(kind) : steps.end(last - 1)] if last else measure
    return _figure(text, low, number, before, measure, thing, kind, end, f"figure.{kind}", 0.97)


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
        return _figure(text, low, number, before, measure, thing, "count", end, "figure.count", 0.9)
    if small == "tháng" and number.value <= 31 and _MONTH_AFTER.match(low, number.end):
        return None
    if small == "quý" and (number.value > 40 or number.form != "digits"):
        return None
    tail = duration_tail().match(low, end)
    start = end - len(measure)
    thing = text[start : tail.end()] if tail else measure
    return _figure(text, low, number, before, measure, thing, "duration", end, "figure.duration", 0.95)


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
        return _figure(text, low, number, before, "", thing, "percent", number.end, "figure.fraction", 0.8)
    if phrase is not None and phrase.measure in ("đường", "phố") and _capital(text, phrase.end + 1):
        return None
    small = number.part < number.whole <= 10 and not (
        phrase and phrase.measure.split(" ")[0] in ("sáng", "chiều", "tối")
    )
    if phrase is not None and phrase.measure.lower() in words("groups", "masses"):
        return _figure(text, low, number, before, "", phrase.object, "percent", phrase.end, "figure.fraction", 0.8)
    if written and phrase is not None and not phrase.known and number.whole <= 12 and before.last() in _SINCE:
        return None
    if phrase is not None and (phrase.known or not written or comparator != "eq" or small):
        return _figure(
            text, low, number, before, phrase.measure, phrase.object, "percent", phrase.end, "figure.fraction", 0.9
        )
    if not written or (comparator != "eq" and number.part < number.whole <= 10):
        return _figure(text, low, number, before, "", "", "percent", number.end, "figure.fraction", 0.7)
    return None


def _capital(text: str, at: int) -> bool:
    return text[at : at + 1].isupper()


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
    return _figure(text, low, number._replace(value=50.0), before, "", thing, "percent", number.end, "figure.half", 0.7)


def _counted(text: str, low: str, number: Number, before: Before, grouping: Grouping, days: Spans) -> Figure | None:
    """Return a figure that counts a noun, or a bare one where its scale or its company makes it a figure."""
    end = number.end
    if low[end : end + 1] in _SPACED:
        more = _OR_MORE.match(low, end)
        steps = steps_after(low, more.end() if more else end)
        phrase = read_phrase(text, steps)
    else:  # a mark follows: there is no phrase
        steps, phrase = Steps([]), None
    spelled = number.form == "words" and number.scaled == 1.0
    person = phrase is not None and phrase.measure.lower() in nouns("persons")
    if phrase is not None and number.scaled >= _MILLION:
        head = phrase.measure.lower()
        if not phrase.known or (head in nouns("single") and head not in words("groups", "millions")):
            phrase = None
    if phrase is not None and number.form == "bare" and not phrase.known and number.scaled < 1e9:
        phrase = phrase if before.last() in ("hơn", "gần", "ngót") else None
    strong = person or number.scaled >= _MILLION or number.value > 2100 or number.form == "vague"
    if phrase is not None and phrase.known:
        strong = (
            strong
            or phrase.measure.lower() in words("groups", "parts")
            or (phrase.measure.lower() in nouns("classifiers") and before.last() not in words("groups", "parts_of"))
            or before.last() == "nhóm"
            or (number.form == "words" and before.pair() == "vị trí")
            or (before.last() == "điều" and phrase.measure.lower() not in words("groups", "laws"))
        )
    if is_name(before, strong, number.value):
        return None
    if phrase is not None and phrase.measure in ("đường", "phố") and _capital(text, phrase.end + 1):
        return None  # `tại 58 đường Nguyễn Trãi`
    if phrase is not None and phrase.object == "điểm" and _is_mark(before):
        return None
    if (
        phrase is not None
        and 1900 <= number.value <= 2100
        and low[end - 4 : end].isdigit()
        and phrase.measure in words("groups", "pronouns")
    ):
        return None
    if phrase is not None and number.value >= 1000 and phrase.measure.startswith("tiền "):
        return _figure(text, low, number, before, "", "", "money", end, "figure.bare", 0.7)
    if phrase is not None:
        if spelled and not _spelled(low, number, before, phrase.measure.lower(), phrase.known, person):
            return None
        if not phrase.known and (
            days.covers(number.start) or before.last() == "cả" or _after_name(text, number, before)
        ):
            return None
        if low[number.start - 1 : number.start] in _DASHES:
            return None
        if (
            number.form == "digits"
            and not phrase.known
            and (1900 <= number.value <= 2100 or _SHORT_DATE.fullmatch(low, number.start, end))
        ):
            return None
        if number.value_max is not None and _SHORT_DATE.fullmatch(low, number.start, end):
            each = before.last(2) in words("names", "each")
            if before.gap and before.last() in words("names", "date_before") and not each:
                return None
        if number.other is not None and not number.sure:
            number = number._replace(value=max(number.value, number.other))
        rule, trust = ("figure.count", 0.95) if phrase.known else ("figure.noun", 0.75)
        return _figure(text, low, number, before, phrase.measure, phrase.object, "count", phrase.end, rule, trust)
    if number.form == "digits" and number.scaled == 1.0:
        if before.gap and before.last() == "tuổi" and number.value < 130 and number.value == int(number.value):
            return _figure(text, low, number, before, "tuổi", "tuổi", "age", end, "figure.age", 0.9)
        if _SHORT_AGE.match(low, end) and number.value < 130:
            return _figure(text, low, number, before, "tuổi", "tuổi", "age", end, "figure.age", 0.7)
        if _ONE_OF.match(low, end) and number.value_max is None and number.value < 1000:
            return _figure(text, low, number, before, "", "", "count", end, "figure.part", 0.8)
        if _totals(low, number, before):
            return _figure(text, low, number, before, "", "", "count", end, "figure.total", 0.7)
        return None
    return _bare(text, low, number, before, steps.words)


def _is_mark(before: Before) -> bool:
    """Tell whether points are a mark or score and no places: `đạt tổng số 27 điểm`."""
    back = 2 if before.last() in ("số", "hơn", "gần", "trên") else 1
    return before.last(back) in words("groups", "marks_before")


def _totals(low: str, number: Number, before: Before) -> bool:
    """Tell whether a number alone says how many the words before count: `tổng số trẻ là hơn 385.000`."""
    back = 2 if comparator_of(low, before, number.end, number.value, "", True)[0] != "eq" else 1
    if before.last(back) not in ("là", "lên") or not before.gap or low[number.end : number.end + 1] not in " .,;)":
        return False
    listed = before.words[:-back]
    at = next((i for i in range(len(listed) - 1, -1, -1) if listed[i] == "số"), -1)
    if at < 0 or at + 1 >= len(listed):
        return False
    noun = listed[at + 1]
    return noun in nouns("single") or noun == "trẻ" or " ".join(listed[at + 1 : at + 3]) in nouns("compound")


def _after_name(text: str, number: Number, before: Before) -> bool:
    """Tell whether digits close a proper name: `sông Tranh 2`, `Rx 350`."""
    if number.form != "digits" or not before.gap or not before.last()[:1].isalpha():
        return False
    return text[number.start - 1 - len(before.last())].isupper() and len(before.words) > 1


def _bare(text: str, low: str, number: Number, before: Before, following: list[str]) -> Figure | None:
    """Return a number with a scale word but no measure: money where the scale is large, else a vague count."""
    if number.form == "words" and number.scaled == 1.0:
        return None
    backed = number.scaled >= 1e9 and before.last() in ("cả", "hơn", "gần", "bạc")
    if number.form == "bare" and number.scaled < 1e12 and not backed:
        return None
    noun = following and following[0].isalpha() and following[0] not in words("phrase", "stops")
    if number.form == "vague" and number.scaled < _MILLION and noun:
        return None
    if text[number.end - 1] in "kK" and (before.last() in ("vàng", "bạc") or number.value < 10_000):
        return None  # `vàng 24k`, `màn hình 4K`
    money = number.scaled >= _MILLION or (number.form == "digits" and number.scaled >= 1000)
    thing = "tiền mặt" if following[:2] == ["tiền", "mặt"] else ""
    kind = "money" if money else "count"
    return _figure(text, low, number, before, "", thing, kind, number.end, "figure.bare", 0.7)


def _spelled(low: str, number: Number, before: Before, measure: str, known: bool, person: bool) -> bool:
    """Tell whether a number word counts: `ba`, `năm`, `tư`, `hai` may also be father, year, Wednesday, a name."""
    word = low[number.start : number.end]
    last = before.last()
    if before.gap and last in (
        "thứ",
        "tháng",
        "mùng",
        "mồng",
        "lớp",
        "hạng",
        "giải",
        "ông",
        "bà",
        "anh",
        "chị",
        "chú",
        "ngã",
    ):
        return False
    if word == "năm":
        return person and last not in ("trong", "mỗi", "một", "hàng", "cả", "số", "nhiều", "đầu", "cuối", "hai", "các")
    if last == "xe" and measure == "bánh":
        return False
    if word == "ba":
        return known and measure not in ("mẹ", "con", "lô", "tư", "chồng")
    if word in ("sáu", "bảy", "bẩy", "tám", "chín", "mười", "bốn"):
        return known
    return True


def _figure(
    text: str,
    low: str,
    number: Number,
    before: Before,
    measure: str,
    thing: str,
    kind: str,
    end: int,
    rule: str,
    trust: float,
) -> Figure:
    """Return the record of a figure whose measure ends at `end`."""
    comparator, _ = comparator_of(low, before, end, number.value, measure.lower(), kind == "count")
    if number.comparator == "vague" and (number.form != "bare" or comparator == "eq"):
        comparator = "vague"
    return Figure(
        number.start,
        number.end,
        text[number.start : number.end],
        value=number.value,
        value_max=number.value_max,
        comparator=comparator,
        measure=measure.replace("\u00a0", " "),
        object=thing.replace("\u00a0", " "),
        kind=kind,
        part=number.part,
        whole=number.whole,
        sure=number.sure,
        rule=rule,
        confidence=trust if number.sure else trust - 0.2,
    )
