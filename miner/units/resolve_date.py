"""The day for which places are looked up: when the article was written, as far as it is known."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from miner.gazetteer import FIRST_DAY, REFORM
from miner.records import Article


class When(NamedTuple):
    """A day, whether it is the article's own (`sure`), and where it comes from.

    Where it is not sure, places of the same era (before or since 2025-07-01) count as valid, since an article
    that bears no date may be of any year.
    """

    day: date
    sure: bool
    evidence: str


UNDATED = date(2019, 6, 30)
"""Taken for a text that shows no time: before the mergers of 2019 to 2025, so that no name is settled only
because its namesakes were dissolved later."""
LAST_BEFORE = date(2025, 6, 30)

_YEAR = re.compile(r"20\d\d(?!\d)")
_BEFORE_YEAR = re.compile(r"(?<![\d/.-])(\d{1,2})(?: ?([/.-]) ?(\d{1,2})\2 ?| tháng (\d{1,2}),? năm )\Z")
_LONGEST = len("30 tháng 12, năm ") + 1
# Signs of the time after the reform, in texts that hold no full date.
_TWO_TIERS = re.compile(r"(?:chính quyền (?:địa phương )?|mô hình |tổ chức )(?:2|hai) cấp")
_LATER_YEAR = re.compile(r"(?:tháng \d{1,2}(?:/| năm )|(?:đầu|cuối|trong) năm )202[6-9](?!\d)")


def article_day(article: Article) -> When:
    """Return the day for which an article's places hold: its date, else the latest full date in it, else an era.

    A full date is one with day, month and year (`26/02/2020`, `ngày 3 tháng 5 năm 2019`). Without one the text is
    taken to be older than the reform of 2025-07-01 unless it speaks of what that reform made.
    """
    if article.published is not None:
        return When(article.published, True, "published")
    latest: date | None = None
    text = article.text
    years: list[int] = []
    for year in _YEAR.finditer(text):
        years.append(int(year[0]))
        start = year.start()
        if start == 0 or text[start - 1] not in "/.- ":
            continue
        match = _BEFORE_YEAR.search(text[max(0, start - _LONGEST) : start])
        if match is None:
            continue
        day, _, month, word_month = match.groups()
        try:
            found = date(years[-1], int(month or word_month), int(day))
        except ValueError:  # 31/02/2020: no day
            continue
        if found >= FIRST_DAY and (latest is None or found > latest):
            latest = found
    if latest is not None:
        return When(latest, False, "latest date in the text")
    sign = _TWO_TIERS.search(text) if "2 cấp" in text or "hai cấp" in text else None
    if sign is None and max(years, default=0) > LAST_BEFORE.year:
        sign = _LATER_YEAR.search(text)
    if sign is not None:
        return When(REFORM, False, f"text says {sign[0]!r}")
    last = max((y for y in years if 2004 < y <= LAST_BEFORE.year), default=None)
    if last is not None:
        return When(min(date(last, 12, 31), LAST_BEFORE), False, f"latest year in the text, {last}")
    return When(UNDATED, False, "no date; taken as before 2025-07-01")
