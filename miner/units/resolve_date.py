"""The day for which places are looked up: when the article was written, as far as it is known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from miner.gazetteer import FIRST_DAY, REFORM
from miner.records import Article


@dataclass(frozen=True, slots=True)
class When:
    """A day, whether it is the article's own (`sure`), and where it comes from.

    Where it is not sure, places of the same era (before or since 2025-07-01) count as valid, since an article
    that bears no date may be of any year.
    """

    day: date
    sure: bool
    evidence: str


BEFORE_REFORM = date(2025, 6, 30)

_FULL_DATE = re.compile(r"(?<![\d/.-])(\d{1,2})(?: ?([/.-]) ?(\d{1,2})\2 ?| tháng (\d{1,2}),? năm )(20\d\d)(?![\d])")
# Signs of the time after the reform, in texts that hold no full date.
_AFTER_REFORM = re.compile(
    r"chính quyền (?:địa phương )?(?:2|hai) cấp|(?:mô hình|tổ chức) (?:2|hai) cấp|\bnăm 202[6-9]\b"
)


def article_day(article: Article) -> When:
    """Return the day for which an article's places hold: its date, else the latest full date in it, else an era.

    A full date is one with day, month and year (`26/02/2020`, `ngày 3 tháng 5 năm 2019`). Without one the text is
    taken to be older than the reform of 2025-07-01 unless it speaks of what that reform made.
    """
    if article.published is not None:
        return When(article.published, True, "published")
    latest: date | None = None
    for match in _FULL_DATE.finditer(article.text):
        day, _, month, word_month, year = match.groups()
        try:
            found = date(int(year), int(month or word_month), int(day))
        except ValueError:  # 31/02/2020: no day
            continue
        if found >= FIRST_DAY and (latest is None or found > latest):
            latest = found
    if latest is not None:
        return When(latest, False, "latest date in the text")
    sign = _AFTER_REFORM.search(article.text)
    if sign is not None:
        return When(REFORM, False, f"text says {sign[0]!r}")
    return When(BEFORE_REFORM, False, "no date; taken as before 2025-07-01")
