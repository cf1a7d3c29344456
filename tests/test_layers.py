"""Imports go one way: a module imports only from floors below its own (docs/architecture.md)."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "miner"

# Lowest first. A name stands for the module or for the whole package of that name; rooms on one floor
# do not import each other.
FLOORS = [
    {"errors", "records"},
    {"text", "tables", "output"},
    {"sentences", "numerals", "gazetteer", "people", "annotation", "sources", "duplicates", "labels", "mend"},
    {"dates", "pages", "labelling"},
    {"units", "community_models", "figures", "awards", "topics"},
    {"extract"},
    {"pipeline", "words", "readers", "store", "check"},
    {"run", "export", "questions", "collect", "reviews"},
    {"browse", "report", "demosite", "publish", "cluster", "frames"},
    {"cli"},
    {"__main__", "__init__"},
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
MODULES = sorted(PACKAGE.rglob("*.py"))


def room_of(path):
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported_rooms(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names = [node.module]
            if node.module == "miner":
                names = [f"miner.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "miner" and len(parts) > 1:
                yield parts[1]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_down(path):
    room = room_of(path)
    assert room in FLOOR, f"put {room} on a floor in tests/test_layers.py and in docs/architecture.md"
    for other in imported_rooms(path):
        if other.startswith("__version"):
            continue
        assert other == room or FLOOR[other] < FLOOR[room], f"{path.name} imports miner.{other}, which is not below it"
