"""The benchmark's own parts: the flame graph and the tables; what it measures is not tested here."""

import importlib.machinery
import importlib.util
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def benchmark():
    path = Path(__file__).resolve().parent.parent / "scripts" / "benchmark"
    loader = importlib.machinery.SourceFileLoader("miner_benchmark", str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("miner_benchmark", loader))
    loader.exec_module(module)
    return module


def test_a_flame_is_as_wide_as_its_time(benchmark):
    stacks = {("extract: _units", "units/find: <listcomp>"): 60, ("extract: _units",): 15, ("extract: _dates",): 25}
    root = ET.fromstring(benchmark.flame_graph(stacks, "A & B"))
    widths = {}
    for box in root.iter(f"{SVG}g"):
        title, rect = box.find(f"{SVG}title").text, box.find(f"{SVG}rect")
        widths[title.rsplit(": ", 1)[0]] = (float(rect.get("x")), float(rect.get("width")), float(rect.get("y")))
    wide = float(root.get("viewBox").split()[2])
    assert widths["extract: _units"][1] == pytest.approx(0.75 * wide, abs=1)
    assert widths["units/find: <listcomp>"][1] == pytest.approx(0.6 * wide, abs=1)
    assert widths["units/find: <listcomp>"][0] == widths["extract: _units"][0]
    assert widths["units/find: <listcomp>"][2] < widths["extract: _units"][2]  # the called above its caller
    assert "A & B" in "".join(root.itertext())


def test_samples_are_of_miner_alone(benchmark):
    stacks = benchmark.sample([("a", "Công an huyện Bố Trạch ngày 3/4/2019 xử lý 12 vụ.")], 0.2)
    assert sum(stacks.values()) > 20
    # What the conductor calls, and the generator that feeds it with articles.
    assert {stack[0].split(":")[0].split("/")[-1] for stack in stacks if stack} <= {"extract", "tag", "benchmark"}


def test_bars_say_what_is_met(benchmark):
    speed = {
        "miner: units": 5e6, "miner: places": 5e6, "miner: all layers": 1e6, "underthesea word_tokenize": 1e5,
        "underthesea ner": 1e4, "bare number scan": 5e7,
    }  # fmt: skip
    started = {"help": 0.2, "first": 1.6, "first_mb": 70.0}
    runs = {1: {"articles": 100, "seconds": 2.0, "peak_mb": 100.0}, 2: {"articles": 100, "seconds": 1.0, "peak_mb": 1}}
    lines, bars = benchmark.tables(speed, 2500, started, runs)
    met = {row.split("|")[1].strip(): row.split("|")[-2].strip() for row in bars[2:]}
    assert met["units and places, ms/article"] == "yes"
    assert met["text to facts, × word_tokenize"] == "yes"
    assert met["first extraction in a fresh process, s of processor"] == "no"
    assert met["with 2 jobs, times as fast"] == "yes"
    assert lines[2] == "| miner: units | 0.50 | 50% | 5,000,000 | 50.0 | 500 |  | 0.1 |"
