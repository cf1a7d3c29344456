"""How far facts can be trusted: precision with its confidence interval, and Cohen's kappa of two reviewers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from miner.errors import InputError
from miner.reviews.sheet import Line

JUDGED = ("right", "fix", "wrong")


@dataclass(frozen=True, slots=True)
class Precision:
    """Share of judged facts that are right, with the 95% interval of Wilson (1927); `found` counts a fix as found."""

    layer: str
    right: int
    fix: int
    wrong: int
    unsure: int
    open: int
    share: float
    low: float
    high: float
    found: float
    found_low: float
    found_high: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two reviewers of the same facts: how often they agree, Cohen's (1960) kappa, and the counts of each pair."""

    both: int
    same: int
    share: float
    kappa: float | None
    """None where both gave one and the same verdict throughout, so that chance explains everything."""
    pairs: tuple[tuple[str, str, int], ...]
    differing: tuple[tuple[Line, Line], ...]


def _wilson(number: int, of: int) -> tuple[float, float]:
    from scipy.stats import binomtest

    interval = binomtest(number, of).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)


def precision(lines: Iterable[Line]) -> list[Precision]:
    """Return the precision of each layer in a sheet.

    Raises InputError where nothing has been judged.
    """
    layers: dict[str, Counter[str]] = {}
    for line in lines:
        layers.setdefault(line.layer, Counter())[line.verdict or "open"] += 1
    found = []
    for layer, counts in layers.items():
        judged = sum(counts[verdict] for verdict in JUDGED)
        if not judged:
            continue
        right, near = counts["right"], counts["right"] + counts["fix"]
        found.append(
            Precision(
                layer, right, counts["fix"], counts["wrong"], counts["unsure"], counts["open"],
                right / judged, *_wilson(right, judged), near / judged, *_wilson(near, judged),
            )
        )  # fmt: skip
    if not found:
        raise InputError("sheet", "nothing has been judged: fill in the column `verdict` first")
    return found


def agreement(one: Sequence[Line], two: Sequence[Line]) -> Agreement:
    """Return how far two sheets agree on the facts that both have judged.

    Raises InputError where there are none.
    """
    from sklearn.metrics import cohen_kappa_score

    second = {line.fact: line for line in two if line.verdict in JUDGED}
    both = [(line, second[line.fact]) for line in one if line.verdict in JUDGED and line.fact in second]
    if not both:
        raise InputError(
            "the two sheets", "share no judged fact; let both reviewers fill in copies of one sheet of `miner sample`"
        )
    first, other = [a.verdict for a, _ in both], [b.verdict for _, b in both]
    pairs = Counter(zip(first, other, strict=True))
    same = sum(number for (a, b), number in pairs.items() if a == b)
    kappa = float(cohen_kappa_score(first, other)) if len({*first, *other}) > 1 else None
    order = sorted(pairs, key=lambda pair: (JUDGED.index(pair[0]), JUDGED.index(pair[1])))
    return Agreement(
        len(both), same, same / len(both), kappa, tuple((a, b, pairs[a, b]) for a, b in order),
        tuple((a, b) for a, b in both if a.verdict != b.verdict or a.fixes != b.fixes),
    )  # fmt: skip
