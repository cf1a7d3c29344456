"""How good a classifier is: cross-validated scores by topic, calibration, confusion; as a table and as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from miner.errors import OutputError
from miner.topics.grams import Floats

BINS = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One topic's precision, recall and F1, how many texts carry it, and its calibration error (ECE)."""

    topic: str
    precision: float
    recall: float
    f1: float
    gold: int
    predicted: int
    ece: float


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of all topics. `confusion[i][j]`: texts that carry topic i, lack j, and were given j."""

    rows: tuple[Row, ...]
    texts: int
    macro_f1: float
    micro_f1: float
    ece: float
    curve: tuple[tuple[float, float, int], ...]
    """Calibration: mean probability, share that is right, and number of pairs, for each bin that holds any."""
    confusion: tuple[tuple[int, ...], ...]


def calibration(probabilities: Floats, truth: Floats) -> tuple[float, tuple[tuple[float, float, int], ...]]:
    """Return the expected calibration error over BINS equal bins, and the curve."""
    p, y = probabilities.ravel(), truth.ravel()
    of = np.minimum((p * BINS).astype(int), BINS - 1)
    curve = tuple(
        (float(p[of == b].mean()), float(y[of == b].mean()), int((of == b).sum()))
        for b in range(BINS)
        if (of == b).any()
    )
    return sum(abs(mean - right) * n for mean, right, n in curve) / max(1, len(p)), curve


def score(names: Sequence[str], truth: Floats, probabilities: Floats, given: Floats) -> Scores:
    """Compare the topics `given` (0 and 1, shape (texts, topics)) with `truth`; topics without a text are left out
    of the macro average.
    """
    rows = []
    for k, name in enumerate(names):
        hit = float((given[:, k] * truth[:, k]).sum())
        gold, predicted = int(truth[:, k].sum()), int(given[:, k].sum())
        rows.append(
            Row(
                name,
                hit / max(1, predicted),
                hit / max(1, gold),
                2 * hit / max(1, gold + predicted),
                gold,
                predicted,
                calibration(probabilities[:, k], truth[:, k])[0],
            )
        )
    counted = [row.f1 for row in rows if row.gold]
    ece, curve = calibration(probabilities, truth)
    confusion = tuple(
        tuple(int((truth[:, i] * (1 - truth[:, j]) * given[:, j]).sum()) for j in range(len(names)))
        for i in range(len(names))
    )
    return Scores(
        tuple(rows),
        len(truth),
        sum(counted) / max(1, len(counted)),
        float(2 * (given * truth).sum() / max(1.0, given.sum() + truth.sum())),
        ece,
        curve,
        confusion,
    )


def as_table(scores: Scores) -> str:
    """Return the scores as lines of text."""
    lines = [f"{'topic':20} {'P':>6} {'R':>6} {'F1':>6} {'gold':>5} {'given':>5} {'ECE':>6}"]
    lines += [
        f"{row.topic:20} {row.precision:6.3f} {row.recall:6.3f} {row.f1:6.3f}"
        f" {row.gold:5} {row.predicted:5} {row.ece:6.3f}"
        for row in scores.rows
    ]
    lines.append(f"{'macro F1':20} {scores.macro_f1:20.3f}   over {scores.texts} texts")
    lines.append(f"{'micro F1':20} {scores.micro_f1:20.3f}")
    lines.append(f"{'ECE':20} {scores.ece:20.3f}")
    worst = sorted(((n, i, j) for i, row in enumerate(scores.confusion) for j, n in enumerate(row) if n), reverse=True)[
        :8
    ]
    if worst:
        names = [row.topic for row in scores.rows]
        lines.append("most confused: " + ", ".join(f"{names[i]} taken for {names[j]} {n}" for n, i, j in worst))
    return "\n".join(lines)


def draw(scores: Scores, path: Path) -> None:
    """Write F1 by topic, the calibration curve and the confusions as a PNG picture to `path`.

    Raises OutputError where matplotlib is not installed or `path` cannot be written.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure as Canvas
    except ImportError:
        raise OutputError(path, "needs matplotlib; run `pip install matplotlib`, or leave out --png") from None
    names = [row.topic for row in scores.rows]
    figure: Any = Canvas(figsize=(15, 5.5), layout="constrained")
    FigureCanvasAgg(figure)
    bars, curve, grid = figure.subplots(1, 3)
    bars.barh(names[::-1], [row.f1 for row in scores.rows][::-1], color="#4477aa")
    bars.set(xlim=(0, 1), title=f"F1 by topic (macro {scores.macro_f1:.3f}, micro {scores.micro_f1:.3f})")
    curve.plot([0, 1], [0, 1], color="#bbbbbb")
    curve.plot([p for p, _, _ in scores.curve], [y for _, y, _ in scores.curve], marker="o", color="#4477aa")
    curve.set(xlabel="probability given", ylabel="share that is right", title=f"Calibration (ECE {scores.ece:.3f})")
    grid.imshow(np.array(scores.confusion), cmap="Blues")
    grid.set_xticks(range(len(names)), names, rotation=90)
    grid.set_yticks(range(len(names)), names)
    grid.set(title="Has the row's topic, wrongly given the column's")
    try:
        figure.savefig(path, format="png", dpi=110, metadata={"Software": None})
    except OSError as error:
        raise OutputError(path, f"cannot be written: {error.strerror}") from None
