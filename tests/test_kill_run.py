"""scripts/kill-run with a few kills: what it compares, and that killed runs come out equal."""

import importlib.machinery
import importlib.util
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "kill-run"


def kill_run(*options):
    return subprocess.run([sys.executable, str(SCRIPT), *options], capture_output=True, text=True, timeout=900)


@pytest.mark.slow
@pytest.mark.parametrize(("engine", "articles"), [("local", "700"), ("dask", "400")])
def test_killed_runs_come_out_equal(engine, articles):
    done = kill_run("--articles", articles, "--kills", "3", "--seed", "4", "--engine", engine)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "equal to the undisturbed run" in done.stdout
    hits = [int(word) for word in done.stdout.split(":")[1].split() if word.isdigit()]
    assert sum(hits[:2]) == 3


@pytest.fixture(scope="module")
def script():
    sys.path.insert(0, str(SCRIPT.parent))
    loader = importlib.machinery.SourceFileLoader("miner_kill_run", str(SCRIPT))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("miner_kill_run", loader))
    loader.exec_module(module)
    sys.path.remove(str(SCRIPT.parent))
    return module


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE figures SET value = value + 1 WHERE id = (SELECT min(id) FROM figures)",
        "DELETE FROM topics WHERE article = 1",
        "INSERT INTO article_search (rowid, title, text) VALUES (1, 'again', 'again')",
    ],
)
def test_a_difference_is_seen(script, database, tmp_path, change):
    other = tmp_path / "other.db"
    shutil.copy(database, other)
    assert script.same_databases(database, other)
    with sqlite3.connect(other) as connection:
        connection.execute(change)
    connection.close()
    assert not script.same_databases(database, other)
