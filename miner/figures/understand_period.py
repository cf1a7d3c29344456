"""Which time expression a figure speaks of."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from miner.figures.understand_reading import Reading, Verb, saying, words
from miner.records import DateMention, Figure, Span

_UNUSABLE = {"date.vague", "date.same_period", "date.next", "date.century"}
# A date right after these belongs to a document, a birth, a plan's name or a comparison.
_NO_FRAME = re.compile(
    r"(?<!\w)(?:so với(?: \w+){0,2}|so|hơn|quyết định|nghị quyết|chỉ thị|nghị định|thông tư|luật|pháp lệnh|công văn"
    r"|kế hoạch|nhiệm vụ|sinh|sn|nhiệm vụ công tác|công tác|chương trình|kết luận|văn bản|thông báo|hướng dẫn|từ"
    r"|thành lập|số [\w/.-]+)[ \xa0,(]*(?:từ |vào |ngày )*$"
)
_OWN = {"date.now", "date.ago"}
"""`đến nay` and `3 tháng trước` speak of their own sentence."""
_ELSEWHEN = {"date.vague", "date.next"}
"""A sentence with one of these speaks of a time of its own, though of no day."""
_CLOCK = re.compile(r"\d{1,2} ?(?:h|g|giờ)")
_STATE = re.compile(
    r"(?<!\w)(?:trước đó|trước đây|trước kia|cách đây|nếu|khi đó|lúc đó|thời điểm đó|ngày thường|đây là)(?!\w)"
    r"|(?:^|, )nay[ \xa0]"
    r"|(?<!\w)(?<!phát )(?<!thực )(?<!xuất )(?<!thể )(?<!biểu )hiện"
    r"(?:[ \xa0](?:có|còn|nay|tại|đang|vẫn)|,|[ \xa0]\w+[ \xa0](?:có|còn))"
)
_STATE_HINTS = ("hiện", "nếu", " đó", " đây", " kia", "đây là", "nay ", "thường")
"""One of these is in whatever _STATE finds; looking for them is far cheaper."""
_RATE = re.compile(r"[ \xa0]?(?:\w+)?[ \xa0]?/[ \xa0]?\w")
_LEADING = 48
"""A date so near to the head of its sentence (in characters) sets the frame for the sentences after it."""
_EARLY = 13
"""Sentences in which a report may open with a day."""
_LASTS = {"day": 2, "range": 4}
"""Sentences that a frame lasts without being named again: a report of a year keeps to it, a story goes on."""
_LONGEST = 8
"""Sentences that other frames last: months, quarters, years."""


class Periods:
    """The time expressions of one article, and the frame that each sentence inherits; `low` is its text, small."""

    def __init__(self, low: str, sentences: Sequence[Span], dates: Sequence[DateMention]) -> None:
        self.low = low
        self.dates = dates
        self.starts = [d.start for d in dates]
        self.sentences = sentences
        self.known: dict[int, bool] = {}
        """Whether a date may be a frame, by its index, as far as somebody asked."""
        self.frames: tuple[list[int], list[DateMention]] | None = None
        """The numbers of the sentences that set a frame, and the frames."""
        self._opened: list[DateMention | None] = []

    def usable(self, at: int) -> bool:
        """Tell whether date `at` can be what figures speak of, and not that of a document, a birth, a comparison."""
        if at not in self.known:
            self.known[at] = self._is_frame(self.dates[at])
        return self.known[at]

    def _is_frame(self, mention: DateMention) -> bool:
        if mention.rule in _UNUSABLE:
            return False
        before = self.low[max(0, mention.start - 22) : mention.start]
        if before.endswith("hơn ") and _CLOCK.match(self.low, mention.start):
            return True  # `hơn 6h ngày 3/4`: no comparison
        if before.endswith("từ ") and self.low[mention.end : mention.end + 1] == ",":
            return True  # `Từ ngày 3/4, …`
        return not _NO_FRAME.search(before)

    def inside(self, start: int, end: int) -> range:
        """Return the indexes of the time expressions that start between two places."""
        return range(bisect_left(self.starts, start), bisect_left(self.starts, end))

    def opened(self) -> DateMention | None:
        """Return the day that the report opens with: the first at the head of a sentence, else the first of all."""
        if not self._opened:
            early = self.sentences[: _EARLY + 1]
            leading = (
                self.dates[i]
                for sentence in early
                for i in self.inside(sentence.start, sentence.end)
                if self.dates[i].start - sentence.start <= _LEADING and self.usable(i)
            )
            first = next(leading, None) or next((d for i, d in enumerate(self.dates) if self.usable(i)), None)
            self._opened.append(first if first is not None and first.precision == "day" else None)
        return self._opened[0]

    def frame(self, number: int, reach: int = _LONGEST) -> DateMention | None:
        """Return the date that the `reach` sentences before sentence `number` speak of, if it lasts so long.

        Where none of them says, it is the day that the report opens with.
        """
        if self.frames is None:
            self.frames = self._read_frames()
        numbers, mentions = self.frames
        at = bisect_left(numbers, number) - 1
        if at >= 0 and number - numbers[at] <= reach:
            mention = mentions[at]
            kept = number - numbers[at] <= _LASTS.get(mention.precision, _LONGEST) or mention is self.opened()
            return mention if kept else None
        # A report that opens with a day is of that day, its title too.
        return self.opened() if reach == _LONGEST else None

    def _read_frames(self) -> tuple[list[int], list[DateMention]]:
        numbers: list[int] = []
        mentions: list[DateMention] = []
        starts = [s.start for s in self.sentences]
        last = -1
        for start in self.starts:
            number = bisect_right(starts, start) - 1
            if number > last and (frame := self._frame_of(self.sentences[number])):
                numbers.append(number)
                mentions.append(frame)
            last = max(last, number)
        return numbers, mentions

    def _frame_of(self, sentence: Span) -> DateMention | None:
        """Return the date that a sentence sets for those after it: at its head, or where the speech in it has one."""
        chosen = None
        for i in self.inside(sentence.start, sentence.end):
            mention = self.dates[i]
            if not self.usable(i) or mention.rule in _OWN:
                continue
            if chosen is None:
                if mention.start - sentence.start > _LEADING:
                    return None
                chosen = mention
            elif saying().search(self.low, chosen.end, mention.start):
                return mention  # `tối 21-3, ông A cho biết chiều 20-3 …`
        return chosen


class Stretch:
    """The time expressions of one sentence that has figures."""

    __slots__ = ("_frame", "_states", "dates", "fits", "number", "periods", "reading")

    def __init__(self, periods: Periods, number: int, reading: Reading, near: range) -> None:
        self.periods, self.number, self.reading = periods, number, reading
        self.dates = periods.dates[near.start : near.stop]
        self.fits = [periods.dates[i] for i in near if periods.usable(i)]
        self._states: bool | None = None
        self._frame: list[DateMention | None] = []

    def within(self, figure: Figure) -> DateMention | None:
        """Return the date that the figure is part of (`6 tháng đầu năm`)."""
        for mention in self.dates:
            if mention.start <= figure.start and figure.end <= mention.end:
                return mention
        return None

    def _reaches(self, mention: DateMention, figure: Figure, left: int, right: int) -> bool:
        """Tell whether a date of the sentence can speak of `figure` too: those in brackets do not reach far."""
        at, low = mention.start - self.reading.start, self.reading.low
        opened = low.rfind("(", 0, at)
        if opened > low.rfind(")", 0, at) and not opened <= figure.start - self.reading.start <= low.find(")", at):
            return False
        if left <= mention.start and mention.end <= right:
            return True
        return mention.rule != "date.ago" and not (mention.rule == "date.now" and mention.start > figure.start)

    def _counts(self, figure: Figure, mention: DateMention) -> bool:
        """Tell whether another number stands between a figure and a date: `bắt 2 người gây 3 vụ chiều 24/9`."""
        return any(figure.end < f.start < mention.start for f in self.reading.figures)

    def states(self) -> bool:
        """Tell whether the sentence says how things stand now (`hiện có 4 hộ`), stood once or would stand."""
        if self._states is None:
            low = self.reading.low
            self._states = any(word in low for word in _STATE_HINTS) and _STATE.search(low) is not None
        return self._states

    def frame(self) -> DateMention | None:
        """Return the date that the sentences before speak of."""
        if not self._frame:
            self._frame.append(self.periods.frame(self.number))
        return self._frame[0]

    def period_of(
        self, figure: Figure, verb: Verb | None, planned: bool, shared: DateMention | None
    ) -> DateMention | None:
        """Return the date nearest in sense: in the figure's stretch, its sentence, the sentences before it.

        Ages have none. Lengths of time, rates, plans, and what only is so (`gồm 3 tầng`, `hiện có`) have none but of
        their own sentence. `shared` is the period of the sentence's last figure, which the next one shares.
        """
        if figure.kind == "age":
            return None
        if self.fits:
            left, right = self.reading.segment(figure.start)
            fits = [d for d in self.fits if self._reaches(d, figure, left, right)]
            before = next((d for d in reversed(fits) if d.end <= figure.start), None)
            if before is not None and before.start >= left:
                return before
            after = next((d for d in fits if d.start >= figure.end), None)
            if after is not None and (before is None or (after.end <= right and not self._counts(figure, after))):
                return after
            if before is not None:
                return before
        if planned or figure.kind == "duration" or self.states():
            return None
        if any(d.rule in _ELSEWHEN for d in self.dates):
            return None
        if figure.kind != "count" and _RATE.match(self.reading.low, figure.end - self.reading.start):
            return None
        if shared is not None and (figure.kind != "quantity" or (verb is not None and verb.doing)):
            return shared
        if verb is None:
            return self.periods.frame(self.number, 1) if figure.kind != "quantity" else None
        if verb.word in words("lasting") or (figure.kind == "quantity" and not verb.doing):
            return None
        return self.frame()
