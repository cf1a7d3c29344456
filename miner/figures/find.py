"""Find figures in text: one pattern jumps from number to number, the words around decide (guide section 2)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from miner.figures.judge import judge
from miner.figures.spans import Spans
from miner.numerals import Grouping, Number, decide_grouping, openings, read_number
from miner.records import CommunityModel, DateMention, Figure, Span, Unit
from miner.text import lower

# The rest of a token that is no figure: `521/QĐ-TTg`, `26/02/2020`, `16:30`, `0912.345.678`.
_TOKEN = re.compile(r"\w+(?:[./:,-]\w+)*")
# Days, months, years and times of day that no reading of what follows could make a figure.
_TIME = re.compile(
    r"(?=[0-9]{1,2} ?[-/.hg:])"  # at a glance
    r"(?:(?:(?<=ngày )|(?<=sáng )|(?<=trưa )|(?<=chiều )|(?<=tối )|(?<=đêm )|(?<=hôm ))"
    r"[0-9]{1,2} ?[-/.][0-9]{1,2}(?![0-9%])"
    r"|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:19|20)[0-9]{2}(?![0-9])"
    r"|[0-9]{1,2}[-/](?:19|20)[0-9]{2}(?![0-9])"
    r"|[0-9]{1,2} ?[hg:] ?[0-9]{2}(?![0-9]))"
    r"|(?:19|20)[0-9]{2}(?![0-9]|[.,][0-9])(?:(?<=năm [0-9]{4})|(?<=sn [0-9]{4}))"
)
_CALENDAR = {
    f"date.{kind}" for kind in ("day", "bare_day", "lunar", "quarter", "year", "school_year", "decade", "century")
}
"""Time expressions of which no number is a length of time."""
_LIST_MARK = re.compile(r"[.)/](?:\s|$)")


def find_figures(
    text: str,
    sentences: Sequence[Span],
    units: Sequence[Unit],
    models: Sequence[CommunityModel],
    dates: Sequence[DateMention],
) -> tuple[Figure, ...]:
    """Return every figure of `text`, in order, without overlaps (guide section 2).

    Numbers inside `units`, `models` and what the calendar names among `dates` are none; all three may be empty, since
    the words around a number mostly say the same. Whether `1.500` is 1500 or 1.5 is decided by all numbers of the
    text, and `sure` is False where it is not. Units, models and dates must be in order.
    """
    low = lower(text)
    found = list(openings(low))
    if not found:
        return ()
    grouping = decide_grouping([m[1] for m in found])
    names = Spans([(u.start, u.end) for u in units], [(m.start, m.end) for m in models])
    days = Spans([(d.start, d.end) for d in dates])
    shut = [(d.start, d.end) for d in dates if d.rule in _CALENDAR]
    figures: list[Figure] = []
    done = at = 0
    for opening in found:
        start = opening.start(1)
        while at < len(shut) and shut[at][1] <= start:
            at += 1
        if start < done or (at < len(shut) and shut[at][0] <= start):
            continue
        if start and low[start - 1] != " " and _glued(low, start):
            continue
        figure, done = _at(text, low, opening, grouping, names, days, figures)
        if figure is not None:
            figures.append(figure)
    return tuple(figures)


def _glued(low: str, start: int) -> bool:
    """Tell whether a mark glues the number to a word before it: `PC-04`, `12/34`, `@5`."""
    mark = low[start - 1]
    return mark in "#@&+" or (mark in "/.:,-–_" and start > 1 and (low[start - 2].isalnum()))


def _at(
    text: str,
    low: str,
    opening: re.Match[str],
    grouping: Grouping,
    names: Spans,
    days: Spans,
    figures: list[Figure],
) -> tuple[Figure | None, int]:
    """Return the figure that begins at `opening`, or None, and the offset where the search goes on."""
    start = opening.start(1)
    digits = low[start].isdigit()
    if (digits or text[start].isupper()) and names.holds(start):
        return None, _token_end(low, opening)
    if digits and _TIME.match(low, start):
        return None, _token_end(low, opening)
    number = read_number(low, start, grouping)
    if number is None:
        return None, _token_end(low, opening)
    if digits and _is_code(low, number):
        return None, max(_token_end(low, opening), number.end)
    if not digits and (low[max(0, start - 2) : start].rstrip() == "/" or not _free_word(text, start)):
        return None, opening.end()
    judged = judge(text, low, number, days, figures)
    if (
        number.value_max is not None
        and (judged is None or judged.rule == "figure.noun")
        and number.form == "words"
        and low.endswith(" năm", start, number.end)
    ):  # `bốn năm học`: years, not "four or five"
        end = low.index(" ", start)
        judged = judge(text, low, number._replace(end=end, value_max=None), days, figures)
    if judged is not None:
        return judged, judged.end
    if number.value_max is not None and not digits:
        return None, opening.end()
    return None, max(number.end, _token_end(low, opening))


def _token_end(low: str, opening: re.Match[str]) -> int:
    """Return where the token of a rejected number ends: the rest of `521/QĐ-TTg` is none either."""
    token = _TOKEN.match(low, opening.start(1)) if low[opening.start(1)].isdigit() else None
    return token.end() if token else opening.end()


def _is_code(low: str, number: Number) -> bool:
    """Tell whether digits are a code, date, time or list mark by their own shape and what is glued to them."""
    start, end = number.start, number.end
    if (
        low[start] == "0"
        and end - start > 2
        and low[start : start + 2].isdigit()
        and number.form == "digits"
        and number.scaled == 1.0
    ):
        return True
    follows = low[end : end + 2]
    if follows and follows[0] in "/:-–." and len(follows) > 1 and follows[1].isalnum() and number.scaled == 1.0:
        return True
    line_start = start == 0 or low[start - 1] == "\n"
    return line_start and number.form == "digits" and end - start <= 2 and bool(_LIST_MARK.match(low, end))


def _free_word(text: str, start: int) -> bool:
    """Tell whether a number word is none of a name: `Ba Đình`, `bà Hai`, `TRĂM`."""
    if not text[start].isupper():
        return True
    if start + 1 < len(text) and text[start + 1].isupper():
        return False
    back = start - 1
    while back >= 0 and text[back] in " “\"'‘(-–":
        back -= 1
    return back < 0 or text[back] in ".\n:;!?…"
