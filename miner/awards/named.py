"""Words and patterns of who gives and who gets, and what was read at one place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from miner.awards.table import fold, toned, words
from miner.records import Party
from miner.tables import read_words
from miner.text import LOWER, UPPER

_NUMBERS = {
    "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9, "mười": 10,
}  # fmt: skip
_DIGITS = r"\d+/\d[\d.]*|\d{1,3}(?:\.\d{3})+|\d+(?:,\d+)?[ ]?%?"
# `năm` is a year where a word of time follows.
_WRITTEN = "|".join(_NUMBERS).replace("năm", r"năm(?![ ](?:nay|ngoái|trước|qua|sau|mới|học|đó|ấy|này|liền)(?!\w))")
_NUMBER = rf"(?:(?:hơn|gần|{toned('khoảng')}|trên)[ ])?(?P<number>{_DIGITS}|{_WRITTEN})[ ]+"
NUMBER = re.compile(_NUMBER)
"""A number before what it counts."""
COUNTED = re.compile(
    rf"{_NUMBER}(?!(?:nghìn|ngàn|triệu|tỷ|tỉ|đồng|năm|tháng|ngày|lần|giờ|tuần|usd|suất|phần|chiếc)(?!\w))[^\W\d_]+"
)
SPELT_OUT = re.compile(r"[ ]?(?:,?[ ]?(?:gồm có|bao gồm|gồm|là|đó là|trong đó có)[ ]?:?|:)[ ]?")
LESSER = ("ủy viên", "uvbct", "phó bí thư", "đại biểu", "bí thư trung ương đảng")
"""Posts that are named first and are not the ones that people give awards in."""
_SMALL = (
    r"tỉnh|huyện|xã|phường|quận|thị xã|thị trấn|thành phố|nhân dân|tạo|trưởng|"
    rf"và(?=[ ][{UPPER}][{LOWER}]+[ ](?:tạo|tin|thông|xã|du|thể|môi|truyền|công|nông|đầu|ma|rừng))"
)
_PLACE_WORD = r"(?:ubnd |chính quyền )?(?:thị trấn|thị xã|thành phố|tỉnh|huyện|quận|xã|phường|thôn|tp)"


@dataclass(frozen=True, slots=True)
class Named:
    """Who stands at one place of the text: `start` counts ranks and titles, the parties do not."""

    start: int
    end: int
    parties: tuple[Party, ...]
    kind: str
    """unit, office, person, group, bare (a group without a number) or pronoun."""
    number: int | None = None
    office: Party | None = None
    """The office of a person, where it stands beside the name."""
    locality: bool = False


@dataclass(frozen=True, slots=True)
class Patterns:
    """The patterns that the tables of words make."""

    skip: re.Pattern[str]
    titles: re.Pattern[str]
    office: re.Pattern[str]
    alone: re.Pattern[str]
    place: re.Pattern[str]
    group: re.Pattern[str]
    bare: re.Pattern[str]
    pronoun: re.Pattern[str]
    word: re.Pattern[str]
    noun: re.Pattern[str]
    stop: re.Pattern[str]
    keep: re.Pattern[str]
    unit: re.Pattern[str]
    heads: re.Pattern[str]


@cache
def patterns() -> Patterns:
    """Return the patterns, made once."""

    def some(name: str) -> str:
        return "|".join(re.escape(w) for w in words(name))

    titles = "|".join(
        re.escape(fold(t))
        for t in sorted(read_words("people.toml", "titles") + read_words("people.toml", "posts"), key=len, reverse=True)
    )
    offices = some("offices")
    return Patterns(
        skip=re.compile(rf"(?:(?:{some('skip')})(?!\w)[ ]+(?:của[ ]+|là[ ]+)?)+"),
        titles=re.compile(rf"(?:(?:(?:các|hai|ba|bốn|năm|\d+)[ ]+)?(?:{titles})(?!\w)\.?[ ]+[“\"]?)+"),
        office=re.compile(rf"(?:(?:{offices})(?!\w)(?:,?[ ]+(?:kiêm[ ]+)?(?:{offices})(?!\w))*)"),
        alone=re.compile(rf"(?:{some('offices_alone')})(?!\w)"),
        place=re.compile(rf"[ ]+{_PLACE_WORD}(?!\w)"),
        group=re.compile(rf"(?:{_NUMBER}|(?:{some('quantities')})[ ]+)(?P<noun>(?:{some('groups')})(?!\w))"),
        bare=re.compile(rf"(?!trường[ ]hợp)(?:{some('groups_bare')})(?!\w)"),
        pronoun=re.compile(rf"(?:{some('pronouns')})(?!\w)"),
        word=re.compile(r"[ ]+([^\s,.;:()\[\]“”\"«»!?…–]+)"),
        noun=re.compile(rf"(?:{some('groups')})(?!\w)"),
        stop=re.compile(rf"(?:{some('stops')})(?!\w)"),
        keep=re.compile(rf"(?:{some('keeps')})(?!\w)"),
        unit=re.compile(rf"(?:{some('unit_heads')})(?!\w)\.?"),
        heads=re.compile(rf"(?:[ ](?:[{UPPER}][\w.’'&/-]*|\d+|{_SMALL}))+"),
    )


def number_of(text: str) -> int | None:
    """Return the whole number that `text` writes, else None (a percent, a fraction)."""
    text = text.strip().split("/")[0].replace(".", "")
    return _NUMBERS.get(text) or (int(text) if text.isdecimal() and len(text) < 10 else None)
