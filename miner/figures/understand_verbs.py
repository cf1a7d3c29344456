"""Which verb of its sentence a figure hangs on."""

from __future__ import annotations

import re
from collections.abc import Sequence

from miner.figures.understand_reading import DIRECT, Reading, Verb, words
from miner.records import Figure


def verb_of(reading: Reading, figure: Figure, before: tuple[Figure, Verb | None] | None) -> Verb | None:
    """Return the verb that `figure` hangs on, or None; `before` is the sentence's last figure with its verb.

    It is the nearest verb on the left in the figure's own stretch; where the figure opens its stretch, the verb that
    follows it or, in a list, that of the figure before; else the nearest further left up to a semicolon.
    """
    if figure.kind == "age":
        return None
    left, right = reading.segment(figure.start)
    lead = reading.between(left, figure.start)
    mine = [v for v in reading.verbs if left <= v.start and v.end <= figure.start]
    if figure.kind == "duration" and _adverbial(reading, lead, figure, mine):
        return None
    after = reading.ends[figure.start]
    if before is not None and before[0].start >= left:
        between = [v for v in mine if v.start >= before[0].end]
        if between and _AND.search(lead) and not any(v.helped for v in between):
            between = []  # `10% số người chết và 7%`: one list
        if not between:
            own = _predicate(reading, lead, figure, after) if before[1] and not before[1].doing else None
            return own or before[1] or _follows(reading, figure, after, right)
    if "được" in lead and (result := _RESULT.search(lead)) and (main := _main(reading, figure)):
        adjacent = mine and mine[-1].end + 1 == left + result.start()
        return _head(reading, mine) if adjacent else main
    if mine:
        own = _predicate(reading, lead, figure, after)
        if own and not DIRECT.fullmatch(reading.between(mine[-1].end, figure.start)):
            return own
        head = _head(reading, mine)
        if head.word == "dự kiến" or (head.word == "có" and _opens_clause(reading, left, head.start)):
            # `Đã có 6 tập thể đạt danh hiệu`: the verb after the noun says what happened.
            return next((v for v in reading.verbs if 0 <= v.start - after <= _PASSIVE_GAP * v.passive + 2), head)
        return head
    if (left > reading.start and reading.low[left - 1 - reading.start] == "(") or _BESIDE.search(lead):
        return None
    opens = len(lead.split()) <= 2
    follows = _follows(reading, figure, after, right) if opens else None
    listed = before[1] if before is not None and opens else None
    if listed is not None and before is not None and listed.end > before[0].start:
        listed = None
    if follows is not None and (follows.helped or not listed or follows is _predicate(reading, lead, figure, after)):
        return follows
    if listed is not None:
        return listed if listed.word not in words("measuring") else None
    stop = reading.stop_before(figure.start)
    far = [v for v in reading.verbs if stop <= v.start and v.end <= figure.start]
    if far:
        return _head(reading, far)
    if before is not None and not reading.stops:
        return before[1]
    return _follows(reading, figure, after, right)


_FAR = 16
"""Words that may stand between a counted noun and a verb with an auxiliary."""
_LIST = 8
"""Members of a list that are passed to find its verb."""
_AND = re.compile(r"(?<!\w)(?:và|cùng|cùng với)(?:[ \xa0](?:hơn|gần|khoảng|trên))*[ \xa0]$")
_RESULT = re.compile(r"(?<!\w)được(?:[ \xa0](?:hơn|gần|khoảng|trên|tổng cộng))*[ \xa0]$")


_PASSIVE_GAP = 5
"""Letters of `được`, `bị` and a space between a noun and its passive verb."""
_EXISTS = re.compile(
    r"(?:[ \xa0]|đã|hiện|nay|cũng|vẫn|còn|chỉ|mới|từng|ghi nhận|trong|đó|này|đây|tại|ở|trên|địa bàn|toàn|tỉnh|cả|nước)*"
)
_WHERE = re.compile(r"(?<!\w)(?:tại|ở|trong|trên|địa bàn|toàn)(?!\w)")


def _opens_clause(reading: Reading, left: int, at: int) -> bool:
    """Tell whether only adverbs, places and times stand before `có`: it names no owner but says that there is."""
    lead = reading.without(left, at)
    owned = any(left <= start < at for start, _ in reading.units) and not _WHERE.search(lead)
    return not owned and _EXISTS.fullmatch(lead) is not None


_BESIDE = re.compile(
    r"(?<!\w)(?:bên cạnh|ngoài|cùng với|ngoại trừ|khác với)(?:[ \xa0](?:hơn|gần|khoảng|trên))*[ \xa0]$"
)
_HELPS = re.compile(r"(?:[ \xa0]|đã|đang|sẽ|vừa|mới|bị|được|cũng|đều|vẫn|phải|chưa|không|khác|còn lại)+")


_NEXT = 24
"""Letters between a noun and its predicate: some auxiliaries."""
_PREPOSITION = re.compile(
    r"(?<!\w)(?:cho|của|từ|về|ở|tại|trong|giữa|đến|tới)(?:[ \xa0](?:hơn|gần|khoảng|trên))*[ \xa0]$"
)


def _predicate(reading: Reading, lead: str, figure: Figure, after: int) -> Verb | None:
    """Return the verb right after the counted noun that says what becomes of it: `2.000 con đã bị tiêu hủy`."""
    verb = next((v for v in reading.verbs if v.start >= after), None)
    if verb is None or verb.start - after > _NEXT or verb.word in words("copulas") or verb.word in words("measuring"):
        return None
    if not (verb.helped or verb.passive or (figure.kind == "count" and not verb.doing)):
        return None
    if not _HELPS.fullmatch(reading.between(after, verb.start)) or _PREPOSITION.search(lead):
        return None  # `cho 9 ngư dân đã cứu 22 người`
    return verb


def _main(reading: Reading, figure: Figure) -> Verb | None:
    """Return the verb whose result `được 25 cuộc` is: the last with an auxiliary, else the head of the last run."""
    stop = reading.stop_before(figure.start)
    far = [v for v in reading.verbs if stop <= v.start and v.end <= figure.start and v.doing]
    return next((v for v in reversed(far) if v.helped), None) or (_head(reading, far, 2) if far else None)


def _follows(reading: Reading, figure: Figure, after: int, right: int) -> Verb | None:
    """Return the verb that the counted noun is subject of, past the rest of a list (`3 súng, 87 viên đạn đã …`)."""
    members = [f for f in reading.figures if f.start >= right and f.kind != "age"][:_LIST]
    while True:
        for verb in reading.verbs:
            if after <= verb.start and verb.end <= right and verb.word not in words("no_follower"):
                gap = reading.open_words(after, verb.start)
                return verb if len(gap) <= (_FAR if verb.helped or verb.passive else 1) else None
        if not members or len(reading.between(right, members[0].start).split()) > 2:
            return None
        other = members.pop(0)
        after, right = reading.ends[other.start], reading.segment(other.start)[1]


_TIME_BEFORE = re.compile(
    r"(?<!\w)(?:trong|sau|suốt|trước|từ|gần|hơn|khoảng|cách|qua|mỗi|vòng|đầu)"
    r"(?:[ \xa0](?:hơn|gần|khoảng|vòng|từ|suốt|thời gian|đủ))*[ \xa0]$"
)


def _adverbial(reading: Reading, lead: str, figure: Figure, mine: Sequence[Verb]) -> bool:
    """Tell whether a length of time only says how long (`sau 30 phút`), not what is counted (`kỷ niệm 40 năm`)."""
    if mine and DIRECT.fullmatch(reading.between(mine[-1].end, figure.start)):
        return False
    return bool(_TIME_BEFORE.search(lead)) or not mine


def _head(reading: Reading, mine: Sequence[Verb], gap: int = 1) -> Verb:
    """Return the governing verb of a run: `tổ chức` in `tổ chức tuyên truyền`, `phát hiện` in `phát hiện có`."""
    at = len(mine) - 1
    while (
        at
        and mine[at].start - mine[at - 1].end <= gap
        and mine[at - 1].doing
        and (mine[at].doing or mine[at].word in words("resulting"))
    ):
        at -= 1
    return mine[at]
