"""Say what a figure means: who did what, when, where, against what."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from miner.figures.understand_actor import Actors, Subjects
from miner.figures.understand_change import change_of, target_of
from miner.figures.understand_period import Periods, Stretch
from miner.figures.understand_reading import Reading, Verb, read_sentence
from miner.figures.understand_verbs import verb_of
from miner.records import DateMention, Figure, Span, Unit
from miner.text import lower, span

_LONGEST = 1000
"""Characters that a sentence is read in at a time; real ones are shorter."""
_OPENING = 3
"""Sentences, title included, in which an article says where it plays."""


def understand_figures(
    text: str,
    sentences: Sequence[Span],
    figures: Sequence[Figure],
    units: Sequence[Unit],
    dates: Sequence[DateMention],
) -> tuple[Figure, ...]:
    """Return `figures` with action, actor, period, place, change and target filled where the text says so.

    All of them point into `text`: action is the verb, actor and place are among `units`, period and the base of a
    change among `dates`. What the text does not say stays None. Source: issue 4, "Understand".
    """
    if not figures or not sentences:
        return tuple(figures)
    sentences = _bounded(text, sentences)
    low = lower(text)
    starts = [s.start for s in sentences]
    grouped: dict[int, list[Figure]] = {}
    for figure in figures:
        grouped.setdefault(max(0, bisect_right(starts, figure.start) - 1), []).append(figure)
    actors, periods = Actors(text, low, sentences, units), Periods(low, sentences, dates)
    opening = sentences[min(_OPENING, len(sentences)) - 1].end
    default = next((u for u in units if u.kind == "locality" and u.start < opening), None)
    found: list[Figure] = []
    for number, group in grouped.items():
        sentence = sentences[number]
        near = actors.inside(sentence.start, sentence.end)
        days = periods.inside(sentence.start, sentence.end)
        named, dated = [(u.start, u.end) for u in near], [(d.start, d.end) for d in dates[days.start : days.stop]]
        reading = read_sentence(low[sentence.start : sentence.end], sentence, group, named, dated)
        found.extend(
            _understand(
                text, reading, Subjects(actors, number, reading, near), Stretch(periods, number, reading, days), default
            )
        )
    return tuple(found)


def _bounded(text: str, sentences: Sequence[Span]) -> Sequence[Span]:
    """Return `sentences` with those beyond any grammar cut at LONGEST, so that time stays linear in the text."""
    if all(s.end - s.start <= _LONGEST for s in sentences):
        return sentences
    return [
        span(text, at, min(at + _LONGEST, s.end))
        for s in sentences
        for at in range(s.start, max(s.end, s.start + 1), _LONGEST)
    ]


def _understand(
    text: str, reading: Reading, subjects: Subjects, stretch: Stretch, default: Unit | None
) -> list[Figure]:
    """Return the figures of one sentence, understood from left to right, since lists share a verb."""
    done: list[Figure] = []
    before: tuple[Figure, Verb | None] | None = None
    place, place_before = subjects.places()
    for figure in reading.figures:
        whole = stretch.within(figure)
        verb = None if whole else verb_of(reading, figure, before)
        change = change_of(text, reading, figure, done[-1] if done else None, stretch.periods.dates)
        if change and before and before[0].change and before[0].change.span.start == change.span.start:
            verb = before[1]  # giảm từ 5 xuống còn 3: one verb
        target = None if whole else target_of(text, reading, figure, verb)
        shared = before[0].period if before else None
        actor = subjects.actor_of(verb, figure)
        understood = Figure(  # dataclasses.replace costs three times as much
            figure.start,
            figure.end,
            figure.text,
            value=figure.value,
            value_max=figure.value_max,
            comparator=figure.comparator,
            measure=figure.measure,
            object=figure.object,
            kind=figure.kind,
            part=figure.part,
            whole=figure.whole,
            sure=figure.sure,
            rule=figure.rule,
            confidence=figure.confidence,
            action=span(text, verb.start, verb.end) if verb else None,
            actor=actor,
            period=whole or stretch.period_of(figure, verb, target is not None, shared),
            place=place or (actor if actor and actor.place_code else place_before or default),
            change=change,
            target=target,
        )
        done.append(understood)
        if not whole:
            before = (understood, verb)
    return done
