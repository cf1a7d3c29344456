"""Make the record of a figure from what was read of it."""

from __future__ import annotations

from miner.figures.context import Before, comparator_of
from miner.numerals import Number
from miner.records import Figure


def make_figure(
    text: str,
    low: str,
    number: Number,
    before: Before,
    measure: str,
    thing: str,
    kind: str,
    end: int,
    rule: str,
    trust: float,
) -> Figure:
    """Return the record of a figure whose measure ends at `end`, with the comparator the words around give it."""
    comparator, _ = comparator_of(low, before, end, number.value, measure.lower(), kind == "count")
    if number.comparator == "vague" and (number.form != "bare" or comparator == "eq"):
        comparator = "vague"
    return Figure(
        number.start,
        number.end,
        text[number.start : number.end],
        value=number.value,
        value_max=number.value_max,
        comparator=comparator,
        measure=measure.replace("\u00a0", " "),
        object=thing.replace("\u00a0", " "),
        kind=kind,
        part=number.part,
        whole=number.whole,
        sure=number.sure,
        rule=rule,
        confidence=trust if number.sure else trust - 0.2,
    )
