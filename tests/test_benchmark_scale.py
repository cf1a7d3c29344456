"""scripts/benchmark-scale: its bars, and that it measures; what it measures is not tested here."""

import importlib.machinery
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "benchmark-scale"


@pytest.fixture(scope="module")
def script():
    sys.path.insert(0, str(SCRIPT.parent))
    loader = importlib.machinery.SourceFileLoader("miner_benchmark_scale", str(SCRIPT))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("miner_benchmark_scale", loader))
    loader.exec_module(module)
    sys.path.remove(str(SCRIPT.parent))
    return module


def test_bars_say_what_is_met(script):
    def run(seconds, peak):
        return {"seconds": seconds, "processor": seconds, "peak_mb": peak, "load": 0.0}

    runs = {(100, 1): run(18.0, 200.0), (100, 2): run(10.0, 500.0), (1000, 1): run(160.0, 210.0),
            (1000, 2): run(100.0, 950.0)}  # fmt: skip
    found = {name: (value, met) for name, value, _, met in script.bars({"rows_per_second": 59_000.0}, runs)}
    assert found["fact rows written a second, indices in place"] == ("59,000", False)
    assert found["with 2 jobs, times as fast (100 articles)"] == ("1.80", True)
    assert found["with 2 jobs, times as fast (1,000 articles)"] == ("1.60", False)
    assert found["peak memory with 1 jobs, MB"] == ("210", True)
    assert found["peak memory with 2 jobs, MB"] == ("950", False)
    assert found["memory with 1 jobs from 100 to 1,000 articles, times"] == ("1.05", True)
    assert found["memory with 2 jobs from 100 to 1,000 articles, times"] == ("1.90", False)


@pytest.mark.slow
def test_it_measures(tmp_path):
    options = ["--store", "--store-articles", "40", "--rounds", "1", "--scale", "--articles", "40", "--jobs", "1"]
    out = tmp_path / "measured.json"
    done = subprocess.run([sys.executable, str(SCRIPT), *options, "--json", str(out)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    record = json.loads(out.read_text())
    assert record["store"]["rows"] > 1000
    assert record["store"]["rows_per_second"] > record["store"]["rows_per_second_from_facts"] > 0
    (run,) = record["runs"]
    assert run["articles"] == 40
    assert run["peak_mb"] > 50
    assert run["processor"] > 0.5
