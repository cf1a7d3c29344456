"""Rises and falls, and plans: what keeps a number from being added to results."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from miner.figures.understand_reading import CHANGES, PLANS, TABLE, Reading, Verb
from miner.records import Change, DateMention, Figure, Span
from miner.tables import longest_first, read_words
from miner.text import span

_REACH = 48
"""How far before a number its `tăng` may stand (in characters)."""
_BETWEEN = (
    r"(?:[ \xa0](?:thêm|lên|xuống|còn|từ|tới|đến|hơn|gần|khoảng|trên|dưới|bình quân|trung bình|ít nhất|mức|đi|chừng"
    r"|tương ứng|lần lượt|được|xấp xỉ))*"
)
_TO = re.compile(r"(?:lên|xuống|còn|đến|tới|xuống còn)(?:[ \xa0](?:tới|đến|còn|hơn|gần|khoảng|trên|dưới))*[ \xa0]$")
_COMPARED = re.compile(r"(?<!\w)so(?:[ \xa0]với)?[ \xa0]")
_BASE_REACH = 60
_MEASURED = re.compile(r"so[ \xa0]với|chỉ tiêu|kế hoạch|dự toán|mục tiêu|nghị quyết")


@cache
def _changes() -> re.Pattern[str]:
    up = "|".join(longest_first(read_words(TABLE, "changes", "up")))
    down = "|".join(longest_first(read_words(TABLE, "changes", "down")))
    return re.compile(rf"(?<!\w)(?<!giá trị gia )(?:(?P<up>{up})|(?P<down>{down}))(?P<links>{_BETWEEN})[ \xa0]$")


def change_of(
    text: str, reading: Reading, figure: Figure, before: Figure | None, dates: Sequence[DateMention]
) -> Change | None:
    """Return the rise or fall that `figure` is the amount, ratio or level of: `giảm 20 vụ`, `tăng từ 3 lên 4`.

    `before` is the sentence's last figure, already understood. A level that merely has a change beside it
    (`264 vụ (giảm 70 vụ)`) is none. `base` is the date after `so với`, else the words there.
    """
    if not reading.hints & CHANGES:
        return None
    left = max(reading.start, figure.start - _REACH)
    if found := _changes().search(reading.between(left, figure.start)):
        if found["up"] == "vượt" and not _MEASURED.search(reading.between(figure.end, figure.end + _BASE_REACH)):
            return None
        start, direction = left + found.start(), "up" if found["up"] else "down"
    elif (
        before is not None and before.change is not None and _TO.search(reading.between(before.end, figure.start)[-32:])
    ):
        start, direction = before.change.span.start, before.change.direction
    else:
        return None
    base = _base(text, reading, figure, dates)
    end = base.end if base is not None and base.start > figure.end else _measure_end(text, figure)
    return Change(span(text, start, end), direction, base)


def _measure_end(text: str, figure: Figure) -> int:
    at = text.find(figure.measure, figure.end, figure.end + len(figure.measure) + 2) if figure.measure else -1
    return at + len(figure.measure) if at >= 0 else figure.end


def _base(text: str, reading: Reading, figure: Figure, dates: Sequence[DateMention]) -> DateMention | Span | None:
    """Return what the change is measured against, after the figure or at the head of the sentence."""
    for start, end in ((figure.end, min(figure.end + _BASE_REACH, reading.end)), (reading.start, figure.start)):
        found = _COMPARED.search(reading.between(start, end))
        if not found:
            continue
        at = start + found.end()
        for mention in dates:
            if at <= mention.start <= at + 24:
                return mention
        right = min(reading.segment(at)[1], at + _BASE_REACH)
        words_after = text[at:right].strip().rstrip(".,;:")
        if words_after:
            first = text.index(words_after, at)
            return span(text, first, first + len(words_after))
    return None


# --- plans


@cache
def _plans() -> re.Pattern[str]:
    ahead = "|".join(longest_first(read_words(TABLE, "plans", "ahead")))
    goals = "|".join(longest_first(read_words(TABLE, "plans", "goals")))
    measured = "|".join(longest_first(read_words(TABLE, "plans", "measured_by")))
    return re.compile(
        rf"(?<!\w)(?:(?P<ahead>{ahead})|(?P<measured>(?:(?:{measured})[ \xa0](?:\w+[ \xa0]){{0,2}}|\d+[ \xa0]))?"
        rf"(?P<goal>{goals})(?![ \xa0]quốc gia))(?!\w)"
    )


_DONE = re.compile(r"(?<!\w)(?:đã|vừa|mới|từng)(?!\w)")
_REACHED = re.compile(r"(?<!\w)(?:đã|vừa|đạt|vượt|được|hoàn thành)(?!\w)")
_SOON = 12
"""Letters from a counted noun to its `sẽ`."""
_SOON_AFTER = re.compile(rf"(?:(?!(?:và|mà)[ \xa0])[^.,;“”\"]){{0,{_SOON}}}?(?<!\w)(sẽ|dự kiến)(?!\w)")
_AHEAD_REACH, _WILL_REACH, _GOAL_REACH = 160, 80, 40
"""How far before a number a plan's word may stand (in characters): in general, for `sẽ`, for `chỉ tiêu`."""


def target_of(text: str, reading: Reading, figure: Figure, verb: Verb | None) -> Span | None:
    """Return the word that makes `figure` a plan and not a result (`phấn đấu đạt 95%`, `sẽ xây 3 cầu`), or None."""
    if not reading.hints & PLANS or figure.kind == "age":
        return None
    stop = reading.stop_before(figure.start)
    nearest = None
    low = reading.between(stop, figure.start)
    for found in _plans().finditer(low):
        gap = len(low) - found.end()
        between = low[found.end() :]
        if found["goal"]:
            if not found["measured"] and gap <= _GOAL_REACH and not _REACHED.search(between):
                nearest = (stop + found.start("goal"), stop + found.end())
        elif gap <= (_WILL_REACH if found["ahead"] == "sẽ" else _AHEAD_REACH) and not _DONE.search(between):
            nearest = (stop + found.start(), stop + found.end())
    if nearest is None:
        after = reading.ends[figure.start]
        if verb is not None and verb.start - after > _SOON:  # `3 cây cầu trên đường ven sông sẽ được xây`
            after = verb.start - _SOON
        if soon := _SOON_AFTER.match(reading.between(after, after + 2 * _SOON)):
            nearest = (after + soon.start(1), after + soon.end(1))
    return span(text, *nearest) if nearest else None
