"""Decide whether a number that counts a noun, or stands alone, is a figure (guide section 2)."""

from __future__ import annotations

import re

from miner.figures.build import make_figure
from miner.figures.context import Before, comparator_of, is_name, may_be_name
from miner.figures.lexicon import nouns, words
from miner.figures.phrase import Phrase, phrase_after
from miner.figures.spans import Spans
from miner.numerals import OF_YEARS, Number
from miner.records import Figure

_ONE_OF = re.compile(
    r" (?:người |em |con |vụ )?(?:trong (?:số |tổng số )?|trên tổng(?: số)? )"
    r"(?:\d|hai |ba |bốn |năm |sáu |bảy |tám |chín )"
    r"|(?: người)? trong số (?:đó|này|họ|ấy)(?!\w)"
)
_OR_MORE = re.compile(r" hoặc nhiều(?= )")
_SHORT_DATE = re.compile(r"\d{1,2} ?[-–/.] ?\d{1,2}")
_SPACED = frozenset((" ", "\u00a0", "“", '"', "‘", "'"))
_DASHES = ("-", "–", "—")
_MILLION = 1e6
_SHORT_AGE = re.compile(r",? (?:và|hoặc|đến) \d{1,2} tuổi(?!\w)")


def counted(text: str, low: str, number: Number, before: Before, days: Spans) -> Figure | None:
    """Return a figure that counts a noun, or a bare one where its scale or its company makes it a figure."""
    end = number.end
    if low[end : end + 1] not in _SPACED:  # a mark follows: there is no phrase
        return _alone(text, low, number, before, [])
    more = _OR_MORE.match(low, end)
    phrase, following = phrase_after(text, low, more.end() if more else end)
    if phrase is None or not _fits(number, before, phrase):
        return _alone(text, low, number, before, following)
    if may_be_name(before) and is_name(before, _outweighs(number, before, phrase), number.value):
        return None
    measure = phrase.measure
    if measure in ("đường", "phố") and text[phrase.end + 1 : phrase.end + 2].isupper():
        return None  # `tại 58 đường Nguyễn Trãi`
    if phrase.object == "điểm" and _is_mark(before):
        return None
    if number.value >= 1000 and measure.startswith("tiền "):
        return make_figure(text, low, number, before, "", "", "money", end, "figure.bare", 0.7)
    if low[number.start - 1 : number.start] in _DASHES:
        return None
    if number.form == "words" and number.scaled == 1.0 and not _spelled(low, number, before, phrase):
        return None
    if not phrase.known and (days.covers(number.start) or before.last() == "cả" or _after_name(text, number, before)):
        return None
    if number.form == "digits" and _is_day_or_year(low, number, before, phrase):
        return None
    if number.other is not None and not number.sure:
        number = number._replace(value=max(number.value, number.other))
    rule, trust = ("figure.count", 0.95) if phrase.known else ("figure.noun", 0.75)
    return make_figure(text, low, number, before, measure, phrase.object, "count", phrase.end, rule, trust)


def _fits(number: Number, before: Before, phrase: Phrase) -> bool:
    """Tell whether `phrase` can be what `number` counts: after millions and bare scale words few nouns are."""
    if number.scaled >= _MILLION:
        head = phrase.measure.lower()
        if not phrase.known or (head in nouns("single") and head not in words("groups", "millions")):
            return False
    if number.form == "bare" and not phrase.known and number.scaled < 1e9:
        return before.last() in ("hơn", "gần", "ngót")
    return True


def _outweighs(number: Number, before: Before, phrase: Phrase) -> bool:
    """Tell whether what is counted says more than a word before the number that makes names (`vị trí 2 thi thể`)."""
    measure = phrase.measure.lower()
    if number.scaled >= _MILLION or number.value > 2100 or number.form == "vague" or measure in nouns("persons"):
        return True
    if not phrase.known:
        return False
    return (
        measure in words("groups", "parts")
        or (measure in nouns("classifiers") and before.last() not in words("groups", "parts_of"))
        or before.last() == "nhóm"
        or (number.form == "words" and before.pair() == "vị trí")
        or (before.last() == "điều" and measure not in words("groups", "laws"))
    )


def _is_day_or_year(low: str, number: Number, before: Before, phrase: Phrase) -> bool:
    """Tell whether digits with a noun after them are a day or year all the same: `từ ngày 2-3 công ty`, `2018 ông`."""
    start, end = number.start, number.end
    if 1900 <= number.value <= 2100 and (
        not phrase.known or (phrase.measure in words("groups", "pronouns") and low[end - 4 : end].isdigit())
    ):
        return True
    if number.value_max is None and phrase.known:
        return False
    if not _SHORT_DATE.fullmatch(low, start, end):
        return False
    dated = before.gap and before.last() in words("names", "date_before")
    return not phrase.known or (dated and before.last(2) not in words("names", "each"))


def _alone(text: str, low: str, number: Number, before: Before, following: list[str]) -> Figure | None:
    """Return a number without a noun after it as a figure: an age, a part, a total, or one with a scale word."""
    strong = number.scaled >= _MILLION or number.value > 2100 or number.form == "vague"
    if may_be_name(before) and is_name(before, strong, number.value):
        return None
    if number.form != "digits" or number.scaled != 1.0:
        return _bare(text, low, number, before, following)
    end = number.end
    if before.gap and before.last() == "tuổi" and number.value < 130 and number.value == int(number.value):
        return make_figure(text, low, number, before, "tuổi", "tuổi", "age", end, "figure.age", 0.9)
    if number.value < 130 and _SHORT_AGE.match(low, end):
        return make_figure(text, low, number, before, "tuổi", "tuổi", "age", end, "figure.age", 0.7)
    if following and number.value_max is None and number.value < 1000 and _ONE_OF.match(low, end):
        return make_figure(text, low, number, before, "", "", "count", end, "figure.part", 0.8)
    if _totals(low, number, before):
        return make_figure(text, low, number, before, "", "", "count", end, "figure.total", 0.7)
    return None


def _is_mark(before: Before) -> bool:
    """Tell whether points are a mark or score and no places: `đạt tổng số 27 điểm`."""
    back = 2 if before.last() in ("số", "hơn", "gần", "trên") else 1
    return before.last(back) in words("groups", "marks_before")


def _totals(low: str, number: Number, before: Before) -> bool:
    """Tell whether a number alone says how many the words before count: `tổng số trẻ là hơn 385.000`."""
    if "số" not in before.words:
        return False
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
    return make_figure(text, low, number, before, "", thing, kind, number.end, "figure.bare", 0.7)


def _spelled(low: str, number: Number, before: Before, phrase: Phrase) -> bool:
    """Tell whether a number word counts: `ba`, `năm`, `tư`, `hai` may also be father, year, Wednesday, a name."""
    word, measure = low[number.start : number.end], phrase.measure.lower()
    last = before.last()
    if before.gap and last in words("groups", "not_spelled"):
        return False
    if word == "năm":
        return measure in nouns("persons") and not last.isdigit() and last not in (*OF_YEARS, "số", "hai")
    if word == "ba":
        # `ba con`: father and children, but `ba con bò`.
        return phrase.known and measure not in ("mẹ", "lô", "tư", "chồng") and phrase.object != "con"
    if word in ("sáu", "bảy", "bẩy", "tám", "chín", "mười", "bốn"):
        return phrase.known
    return True
