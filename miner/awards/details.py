"""Read what else a sentence says of an award: status, level, reason, date, period of merit, money."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from miner.awards.forms import Form
from miner.awards.table import WORDS_FILE, any_of, fold, toned, words
from miner.records import DateMention, Figure, Party, Span
from miner.tables import read_words

_LEVELS = ("state", "government", "ministry", "commune", "district", "province")
_UNIT_LEVELS = {
    "central": "ministry",
    "province": "province",
    "district": "district",
    "commune": "commune",
    "hamlet": "commune",
}
_REASON = re.compile(
    r"(?<!\w)(?:vì|do (?=đã|có|dũng)|bởi|về (?=thành tích|việc|những|các|hành động|tinh thần)|"
    r"ghi nhận (?=những|thành tích|nỗ lực)|"
    r"(?:đã )?có (?=(?:nhiều |những )?(?:thành tích|đóng góp|hành động|cống hiến|công))|"
    r"trong (?=công tác|phong trào|đợt|việc|cuộc vận động|chuyên án|thực hiện|phòng|đấu tranh|học tập)|"
    r"với (?=thành tích|những thành tích))"
)
_REASON_END = re.compile(
    toned(r"[;.…]?$|;|(?:[-–(][ ]?)?(?<!\w)ảnh[ ]?:|,[ ](?:đồng thời|trong đó|ngoài ra|còn)(?!\w)")
)
_REASON_BEFORE = re.compile(
    r"(?:với (?:những |các )?(?:thành tích|đóng góp|hành động|kết quả)|ghi nhận |vì (?:đã|có|những)|"
    r"trước (?:những )?(?:thành tích|hành động|nghĩa cử))"
)
_REACH = 400
"""Characters to the right of an award that are read for its reason."""
_ALONG = re.compile(r"(?<!\w)(?:kèm|cùng|và|với)(?!\w)")


@cache
def _levels() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (level, re.compile(any_of([fold(w) for w in read_words(WORDS_FILE, "levels", level)]))) for level in _LEVELS
    )


@cache
def _status_words() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(any_of(words("proposed"))), re.compile(any_of(words("revoked")))


def status_of(low: str, form: Form, sentence: Span, *, proposed: bool, held: bool) -> str:
    """Return given, proposed, held or revoked (records.Award)."""
    asked, taken = _status_words()
    near = max(sentence.start, form.start - 80)
    if taken.search(low, near, form.start):
        return "revoked"
    if held:
        return "held"
    return "proposed" if proposed or asked.search(low, near, form.start) else "given"


def level_of(form: Form, givers: Sequence[Party]) -> str | None:
    """Return the award's level: the law's for the form, else that of its first giver, else None."""
    if form.row.level != "giver":
        return form.row.level
    if not givers:
        return None
    giver = givers[0]
    name = fold(giver.text)
    for level, pattern in _levels():
        if pattern.search(name):
            if level == "ministry" and name.startswith(
                ("công ty", "tổng công ty", toned("tập đoàn"), "ngân hàng tmcp")
            ):
                continue
            return level
    if giver.unit and giver.unit.level in _UNIT_LEVELS:
        return _UNIT_LEVELS[giver.unit.level]
    if re.compile(r"(?<!\w)(?:tp|thành phố)(?!\w)").search(name):
        return "district"
    return "organisation"


def reason_of(text: str, low: str, form: Form, sentence: Span, right: int) -> Span | None:
    """Return the words that say for what it was given; `right` is where the next form of the sentence begins."""
    limit = min(sentence.end, form.end + _REACH)
    for end in (min(right, limit), limit):
        if found := _REASON.search(low, form.end, end):
            cut = _REASON_END.search(low, found.end(), limit)
            last = cut.start() if cut else limit
            return Span(found.start(), last, text[found.start() : last])
    if found := _REASON_BEFORE.match(low, sentence.start, form.start):
        comma = low.find(",", found.end(), min(form.start, found.end() + _REACH))
        if comma > 0:
            return Span(found.start(), comma, text[found.start() : comma])
    return None


def times_of(
    form: Form, sentence: Span, dates: Sequence[DateMention], right: int
) -> tuple[DateMention | None, DateMention | None]:
    """Return the day of the giving, and the period that the merit was in (`Cờ thi đua năm 2019`)."""
    inside = [d for d in dates if sentence.start <= d.start < sentence.end]
    days = [d for d in inside if d.precision == "day"]
    before = [d for d in days if d.start < form.start]
    day = before[-1] if before else (days[0] if days else None)
    merit = [d for d in inside if form.end <= d.start < right and d.precision in ("year", "range", "quarter", "month")]
    return day, merit[0] if merit else None


def money_of(low: str, form: Form, sentence: Span, figures: Sequence[Figure], left: int, right: int) -> Figure | None:
    """Return the sum given as the award or along with it, between the forms that end at `left` and begin at `right`."""
    sums = [f for f in figures if f.kind == "money" and sentence.start <= f.start < sentence.end]
    after = [f for f in sums if form.end <= f.start < right]
    if form.type == "cash":
        before = [f for f in sums if left <= f.start < form.start]
        if before and form.start - before[-1].end < 12:
            return before[-1]
        later = after or [f for f in sums if f.start >= form.end]
        return later[0] if later else None
    if form.type == "prize":
        return after[0] if after and after[0].start - form.end < 40 else None
    return after[0] if after and _ALONG.search(low, form.end, after[0].start) else None
