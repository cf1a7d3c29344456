"""Find the forms of recognition: the award's own name with its class and grade (guide section 3)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from miner.awards.table import AwardType, any_of, automaton, fold, words
from miner.records import Span
from miner.text import LOWER, UPPER, lower

_OPEN = "“\"'‘«”"
_QUOTED = re.compile(r"[ ]*(?:[“”\"«]{1,2}[ ]?[^“”\"«»\n]{2,80}?[”“\"»]{1,2})")
_CLASS = re.compile(
    r"[ ]*,?[ ]*hạng[ ]+(?:nhất|nhì|ba|tư|đặc biệt|nhì và ba|i{1,3}|[123])(?!\w)"
    r"(?:(?:[ ]*,[ ]*|[ ]+và[ ]+)(?:nhất|nhì|ba)(?!\w))*"
)
# What follows with a capital belongs to the name, up to a word that goes on with the sentence.
_NAME_STOP = re.compile(any_of(words("name_stops")))
_DASHED = re.compile(rf"[ ]-[ ](?:\d{{4}}|[{UPPER}]{{2}}[^\s,.]*)")
_NAME_NEXT = re.compile(rf"[ ]+[{UPPER}][{LOWER}’'.]")
_WORD = re.compile(r"[ ]+([^\s,.;:()\[\]“”\"«»!?…–]+)")
_MONEY = re.compile(
    r"\d[\d.,]*[ ]*(?:nghìn|ngàn|triệu|tr|tỷ|tỉ|đồng|đ|vnđ|vnd|usd|đô la)(?!\w)|"
    r"số tiền|trị giá|(?:một|hai|ba|bốn|năm|mười)[ ](?:triệu|tỷ|tỉ)"
)
_CEREMONY = re.compile(r"(?:lễ|buổi|hội nghị|đợt|chương trình|buổi gặp mặt|gặp mặt|ngày hội|buổi lễ)[,]?[ ]$")
_AIM = re.compile(r"(?<!\w)(?:nhằm|để)(?:[ ]+[^\s,.;:]+){1,3},?[ ]$")
_TOLD_NEXT = re.compile(r"[ ](?:này|được trao|trao cho|dành cho)(?!\w)")
_AMOUNT_NEXT = re.compile(r"[ ](?:\d|số tiền|hơn|gần|mỗi)")


@dataclass(frozen=True, slots=True)
class Form:
    """One form named in the text: its span, its row of the table and the number of its sentence."""

    start: int
    end: int
    row: AwardType
    sentence: int

    @property
    def type(self) -> str:
        """Return the guide's type."""
        return self.row.type


@cache
def _needs() -> dict[str, re.Pattern[str]]:
    return {
        "recognition": re.compile(any_of(words("recognition"))),
        "contest": re.compile(
            rf"(?:{any_of(words('contest'))})[ ]*(?:\S+[ ]+)?"
            r"(?:\d+[ ]|một |hai |ba |bốn |năm |chiếc |những |nhiều |các |từ )?$"
        ),
        "won": re.compile(rf"(?:{any_of(words('won'))}(?:[ ]+[^\s,.;:]+){{0,4}}|đây (?:cũng )?là)[ ]+$"),
        "won-it": re.compile(rf"{any_of(words('won'))}[ ]+(?:(?:\d+|một|hai|ba|các|nhiều|được|về|thêm)[ ]+)?$"),
        "naming": re.compile(rf"{any_of(words('naming'))}[ ]+(?:\S+[ ]+){{0,3}}[“\"]?$"),
        "wages": re.compile(any_of(words("wages"))),
        "lottery": re.compile(any_of(words("lottery"))),
        "luck": re.compile(any_of(words("luck"))),
        "goods": re.compile(any_of(words("goods"))),
        "gift": re.compile(
            r"(?:(?<!\w)(?:trao|tặng|nhận|thưởng|phong|đạt|được|đề nghị)(?:[ ]+[^\s,]+){0,3}|"
            r"(?:khen|chương|thi đua)(?:,|[ ]và|[ ]cùng|[ ]kèm))[ ]+$"
        ),
    }


def find_forms(text: str, sentences: Sequence[Span]) -> list[Form]:
    """Return the forms in `text`, in order, without overlaps; a text that names none costs one scan."""
    hits = [
        (last + 1 - size, last + 1, row)
        for last, (size, rows) in automaton().iter(lower(text))
        for row in rows
        if (row.needs != "won-name" or _named(text, last + 1))
        and (not row.exact or text[last + 1 - size : last + 1] in row.names)
    ]
    if not hits:
        return []
    low = fold(text)
    hits.sort(key=lambda hit: (hit[0], -hit[1]))
    starts = [s.start for s in sentences]
    forms: list[Form] = []
    taken = 0
    for start, end, row in hits:
        if start < taken or not _whole(low, start, end):
            continue
        number = bisect_right(starts, start) - 1
        if number < 0 or end > sentences[number].end:
            continue
        sentence = sentences[number]
        if not _allowed(text, low, start, end, row, sentence):
            continue
        end = _tail(text, low, end, row, sentence.end)
        forms.append(Form(start, end, row, number))
        taken = end
    return forms


def _whole(low: str, start: int, end: int) -> bool:
    return not (start and low[start - 1].isalnum()) and not (end < len(low) and low[end].isalnum())


def _named(text: str, end: int) -> bool:
    """Tell whether a name follows: a capital or quotes after a blank."""
    first = text[end + 1 : end + 2]
    return text[end : end + 1] == " " and first != "" and (first.isupper() or first in _OPEN)


def _allowed(text: str, low: str, start: int, end: int, row: AwardType, sentence: Span) -> bool:
    """Tell whether what stands around the name lets it be an award, as its row of the table demands."""
    if row.not_before and row.not_before.search(low, max(sentence.start, start - 24), start):
        return False
    if row.not_after and row.not_after.match(low, end, min(end + 40, sentence.end)):
        return False
    if not row.needs:
        return True
    needs = _needs()
    around = max(sentence.start, start - 300), min(sentence.end, end + 300)
    if row.needs == "title-word":
        return bool(needs["naming"].search(low, max(sentence.start, start - 60), start))
    if row.needs == "no-wage":
        if needs["wages"].search(low, *around) or needs["lottery"].search(low, sentence.start, start):
            return False
        return "khen" in low[slice(*around)] or low.find("thưởng tết", max(0, start - 5000), end + 5000) < 0
    if row.needs == "named-or-given":
        named = text[end + 1 : end + 2]
        free = row.tail == "free" and text[end : end + 1] == " " and named.isalpha()
        if named.isupper() or (((named and named in _OPEN) or free) and not _NAME_STOP.match(low, end + 1)):
            return True
        return bool(needs["contest"].search(low, max(sentence.start, start - 40), start)) or bool(
            needs["gift"].search(low, max(sentence.start, start - 30), start)
        )
    if row.needs == "prize":
        if needs["lottery"].search(low, *around) or _AMOUNT_NEXT.match(low, end):
            return False
        if _named(text, end) or _TOLD_NEXT.match(low, end):
            return True
        return bool(needs["won"].search(low, max(sentence.start, start - 60), start))
    if row.needs == "won-name":
        if needs["lottery"].search(low, *around):
            return False
        return bool(needs["won-it"].search(low, max(sentence.start, start - 40), start))
    if row.needs == "recognition":
        return bool(needs["recognition"].search(low, max(sentence.start, start - 160), start))
    if row.needs == "person":
        last = more.end() if row.after and (more := row.after.match(low, end)) else end
        if _NAME_NEXT.match(text, last):
            return True
        near = max(sentence.start, start - 120)
        return bool(needs["recognition"].search(low, near, start)) or text[last : last + 3] in (" – ", " - ")
    if row.needs == "money":
        if needs["luck"].search(low, max(0, start - 400), end + 300):
            return False
        return bool(_MONEY.search(low, end, min(sentence.end, end + 90)))
    if row.needs == "gift":
        quoted = text[end : end + 1] == " " and text[end + 1 : end + 2] in tuple(_OPEN)
        return quoted or bool(needs["gift"].search(low, max(sentence.start, start - 40), start))
    if row.needs == "contest":
        return bool(needs["contest"].search(low, max(sentence.start, start - 40), start))
    if row.needs == "no-lottery":
        return not needs["lottery"].search(low, *around)
    if row.needs == "no-goods":
        return not needs["goods"].search(low, *around)
    if row.needs == "praised":
        if row.id == "honour" and _AIM.search(low, max(sentence.start, start - 50), start):
            return False  # `nhằm động viên, tôn vinh`
        if low.startswith("trao thưởng", start) and needs["luck"].search(low, max(0, start - 400), end + 300):
            return False
        return not (low.startswith("trao thưởng", start) and _AMOUNT_NEXT.match(low, end))
    return True


def is_ceremony(low: str, form: Form) -> bool:
    """Tell whether a form stands as the name of an event: `lễ tuyên dương`."""
    return bool(_CEREMONY.search(low, max(0, form.start - 20), form.start))


def _tail(text: str, low: str, end: int, row: AwardType, limit: int) -> int:
    """Return where the form ends with its complement, its name and its class."""
    if row.type == "praise":
        end = _joined_praise(low, end, limit)
    named = end
    for _ in range(2):
        if row.after and (more := row.after.match(low, named, limit)):
            named = more.end()
    if named == end and row.tail in ("name", "free"):
        named = _name(text, low, end, limit, free=row.tail == "free", row=row)
    if quoted := (row.tail in ("name", "free") and named == end and _QUOTED.match(text, end, limit)):
        inside = quoted[0].strip(' “”"«»')
        if row.tail == "free" or inside[:1].isupper():
            named = quoted.end()
    if row.tail != "none" and (grade := _CLASS.match(low, named, limit)):
        named = grade.end()
    return named


_JOINED = re.compile(
    r"(?:,|[ ]-|[ ]–|[ ]và)?[ ]+"
    r"(?:khen thưởng|biểu dương|tuyên dương|vinh danh|tôn vinh|khen tặng|khen ngợi|trao thưởng)(?!\w)"
)


def _joined_praise(low: str, end: int, limit: int) -> int:
    """`biểu dương, khen thưởng` is one praise."""
    while joined := _JOINED.match(low, end, limit):
        end = joined.end()
    return end


def _name(text: str, low: str, end: int, limit: int, *, free: bool, row: AwardType) -> int:
    """Return where a name after the head ends: a run that opens with a capital, or any words where `free`."""
    first = _WORD.match(text, end, limit)
    if not first:
        return end
    opening = first[1][0]
    if row.id == "badge" and (
        years := re.compile(r"[ ]\d{2}(?:[ ]?[,/-][ ]?\d{2})*[ ]năm tuổi đảng").match(low, end, limit)
    ):
        return years.end()
    if not (opening.isupper() or (free and opening.isalpha())):
        return end
    at = end
    for _ in range(14 if opening.isupper() else 7):
        word = _WORD.match(text, at, limit)
        if word and word[1] == "-" and (dashed := _DASHED.match(text, at, limit)):
            at = dashed.end()
            continue
        if (
            not word
            or word[1][0] in "-–("
            or (word[1][0].isdigit() and not opening.isupper())
            or (word[1][0].islower() and _NAME_STOP.match(low, word.start(1)))
        ):
            break
        if word[1] == "và" and not text[word.end() + 1 : word.end() + 2].isupper():
            break
        if word[1] == "và" and re.compile(r"[ ](?:bằng|giấy|cờ|huân|huy|danh|kỷ|tiền|phần)").match(low, word.end()):
            break
        at = word.end()
    return at
