"""Accuracy does not fall: the scores pinned in tests/floors.json by `scripts/score --floors`."""

import importlib.machinery
import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = json.loads((ROOT / "tests" / "floors.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def score():
    loader = importlib.machinery.SourceFileLoader("miner_score", str(ROOT / "scripts" / "score"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("miner_score", loader))
    loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.parametrize("name", FLOORS)
def test_scores_stay_above_their_floors(name, score):
    if not (score.SHARED / "score.py").exists():
        pytest.skip(f"the scorer is not at {score.SHARED}/score.py")
    path = score.NAMED[name]
    if not path.exists():
        pytest.skip(f"the gold is not at {path}")
    result, _, digest = score.measure(path)
    assert digest == FLOORS[name]["digest"], f"{name} has changed: scripts/score {name} --floors pins its scores anew"
    scores = score.pinned(result)
    fallen = {k: (scores[k], v) for k, v in FLOORS[name]["scores"].items() if scores[k] < v - score.SLACK}
    assert not fallen, "score and floor: say in CHANGELOG.md why, then scripts/score --floors --lower"
