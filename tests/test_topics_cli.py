"""`miner topics`: the commands, what they print, and how they fail."""

import csv
import json
import sqlite3

import pytest
from click.testing import CliRunner
from test_topics_model import ITEMS, TABLE

from miner.cli.topics import topics


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(TABLE, encoding="utf-8")
    rows = [{"id": i.id, "text": i.text, "topics": i.topics} for i in ITEMS]
    (tmp_path / "mine.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    def run(*args, code=0, **options):
        result = CliRunner().invoke(topics, args, **options)
        assert result.exit_code == code, result.output
        return result.output

    return run


def test_train_explain_and_suggest(run, tmp_path):
    assert "wrote model" in run("train", "mine.toml", "mine.jsonl", "-o", "model")
    out = run("explain", "--model", "model", "Cháy kho vải, đội chữa cháy dập lửa")
    assert out.startswith("chay: yes, probability ")
    assert "for:" in out
    assert run("explain", "--model", "model", "-t", "truong", "-", input="Cháy kho vải").startswith("truong: no")
    out = run("suggest", "mine.jsonl", "--model", "model", "-n", "3", "-o", "todo.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "todo.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 3
    assert rows[0].keys() == {"id", "text", "label", "about", "doubt"}
    with sqlite3.connect(tmp_path / "facts.db") as db:
        db.execute("CREATE TABLE articles (id TEXT, text TEXT)")
        db.executemany("INSERT INTO articles VALUES (?, ?)", [(i.id, i.text) for i in ITEMS])
    db.close()
    run("suggest", "facts.db", "--model", "model", "-n", "4", "-o", "todo.csv")
    with (tmp_path / "todo.csv").open(encoding="utf-8-sig") as lines:
        assert len(list(csv.DictReader(lines))) == 4


def test_what_is_suggested_can_be_trained_on(run, tmp_path):
    run("train", "mine.toml", "mine.jsonl", "-o", "model")
    run("suggest", "mine.jsonl", "--model", "model", "-n", "40", "-o", "todo.jsonl")
    assert "macro F1" in run("evaluate", "mine.toml", "mine.jsonl", "todo.jsonl")


def test_evaluate(run, tmp_path):
    pytest.importorskip("matplotlib")
    assert "macro F1" in run("evaluate", "mine.toml", "mine.jsonl", "--png", "scores.png")
    assert (tmp_path / "scores.png").exists()


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["train", "no.toml", "mine.jsonl", "-o", "m"], 1, "no.toml: file: is not there; give the path of a taxonomy"),
        (["train", "mine.toml", "no.jsonl", "-o", "m"], 1, "no.jsonl: is not there"),
        (["train", "mine.toml", "-o", "m"], 2, "Missing argument"),
        (["explain", "--model", "no", "Cháy"], 1, "no: is not there; give the folder that"),
        (["explain", " "], 1, "TEXT: is empty"),
        (["explain", "-t", "mua", "Cháy kho"], 2, "no topic 'mua'"),
        (["suggest", "no.db"], 1, "no.db: is not there"),
        (["suggest", "mine.toml"], 1, "is no miner database"),
    ],
)
def test_errors_are_one_line_and_a_status(run, args, code, message):
    assert message in run(*args, code=code)


def test_english_is_pointed_out(run):
    assert "looks like English or unaccented" in run("explain", "The commune opened a new health station")


def test_every_command_has_help():
    # `miner.cli` adds `list`, which asks a database, once it is imported.
    assert set(topics.commands) - {"list"} == {"train", "evaluate", "explain", "suggest"}
    assert all(command.help and command.short_help for command in topics.commands.values())
