"""Which time expression a figure speaks of."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from miner.figures.understand_verbs import Reading, Verb, words
from miner.records import DateMention, Figure, Span

_UNUSABLE = {"date.vague", "date.same_period", "date.next", "date.century"}
# A date right after these belongs to a document, a birth, a plan's name or a comparison.
_NO_FRAME = re.compile(
    r"(?<!\w)(?:so với(?: \w+){0,2}|so|hơn|quyết định|nghị quyết|chỉ thị|nghị định|thông tư|luật|pháp lệnh|công văn"
    r"|kế hoạch|nhiệm vụ|sinh|sn|nhiệm vụ công tác|công tác|chương trình|kết luận|văn bản|thông báo|hướng dẫn|từ"
    r"|thành lập|số [\w/.-]+)[ \xa0,(]*(?:từ |vào |ngày )*$"
)
_STATE = re.compile(r"(?<!\w)hiện(?:[ \xa0](?:có|còn|nay|tại|đang|vẫn)|,|[ \xa0]\w+[ \xa0](?:có|còn))")
_RATE = re.compile(r"[ \xa0]?(?:\w+)?[ \xa0]?/[ \xa0]?\w")
_LEADING = 48
"""A date so near to the head of its sentence (in characters) sets the frame for the sentences after it."""
_LASTS = 8
"""Sentences that a frame lasts without being named again."""


class Periods:
    """The time expressions of one article, and the frame that each sentence inherits."""

    def __init__(self, text: str, sentences: Sequence[Span], dates: Sequence[DateMention]) -> None:
        self.text = text
        self.dates = dates
        self.starts = [d.start for d in dates]
        self.sentences = sentences
        self.usable = [self._is_frame(d) for d in dates]
        self.first = self._first()

    def _is_frame(self, mention: DateMention) -> bool:
        if mention.rule in _UNUSABLE:
            return False
        return not _NO_FRAME.search(self.text[max(0, mention.start - 22) : mention.start].lower())

    def inside(self, sentence: Span) -> Sequence[DateMention]:
        """Return the time expressions of `sentence`."""
        near = self._inside(sentence.start, sentence.end)
        return self.dates[near.start : near.stop]

    def _inside(self, start: int, end: int) -> range:
        return range(bisect_left(self.starts, start), bisect_left(self.starts, end))

    def _first(self) -> DateMention | None:
        """Return the date that the report opens with: the first at the head of a sentence, else the first of all."""
        for number, sentence in enumerate(self.sentences):
            for i in self._inside(sentence.start, sentence.end):
                if self.usable[i] and self.dates[i].start - sentence.start <= _LEADING:
                    return self.dates[i]
            if number > 12:
                break
        return next((d for d, usable in zip(self.dates, self.usable, strict=True) if usable), None)

    def frame(self, number: int, lasts: int) -> DateMention | None:
        """Return the date that the `lasts` sentences before sentence `number` speak of."""
        for back in range(number - 1, max(-1, number - 1 - lasts), -1):
            sentence = self.sentences[back]
            for i in self._inside(sentence.start, sentence.end):
                if self.dates[i].rule == "date.now":
                    continue  # `đến nay` speaks of its own sentence
                if self.usable[i] and self.dates[i].start - sentence.start <= _LEADING:
                    return self.dates[i]
        return None

    def within(self, reading: Reading, figure: Figure) -> DateMention | None:
        """Return the date that the figure is part of (`6 tháng đầu năm`)."""
        for i in self._inside(reading.start, reading.end):
            if self.dates[i].start <= figure.start and figure.end <= self.dates[i].end:
                return self.dates[i]
        return None

    def period_of(
        self,
        reading: Reading,
        number: int,
        figure: Figure,
        verb: Verb | None,
        planned: bool,
        shared: DateMention | None,
    ) -> DateMention | None:
        """Return the date nearest in sense: in the figure's stretch, its sentence, the sentences before it.

        Ages have none. Lengths of time, rates, plans, and what only is so (`gồm 3 tầng`, `hiện có`) have none but of
        their own sentence. `shared` is the period of the sentence's last figure, which the next one shares.
        """
        if figure.kind == "age":
            return None
        near = self._inside(reading.start, reading.end)
        left, right = reading.segment(figure.start)
        fits = [i for i in near if self.usable[i]]
        before = [i for i in fits if self.dates[i].end <= figure.start]
        after = [i for i in fits if self.dates[i].start >= figure.end]
        choices = (
            [i for i in before if self.dates[i].start >= left][-1:],
            [i for i in after if self.dates[i].end <= right][:1],
            before[-1:],
            after[:1],
        )
        for choice in choices:
            if choice:
                return self.dates[choice[0]]
        if planned or figure.kind == "duration" or _STATE.search(reading.low):
            return None
        if figure.kind != "count" and _RATE.match(reading.low, figure.end - reading.start):
            return None
        if shared is not None and figure.kind != "quantity":
            return shared
        if verb is None:
            return self.frame(number, 1) if figure.kind != "quantity" else None
        if verb.word in words("lasting") or (figure.kind == "quantity" and not verb.doing):
            return None
        return self.frame(number, _LASTS) or self.first
