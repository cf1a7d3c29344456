"""The command line: help, documents made from it, statuses and messages."""

import json
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from conftest import TEXT

from miner.cli import COMMANDS, main
from miner.cli.docs import pages

ROOT = Path(__file__).resolve().parent.parent


def call(*words, input=None):
    return CliRunner().invoke(main, [str(w) for w in words], input=input)


@pytest.mark.parametrize("name", ["cli.md", "data-dictionary.md"])
def test_documents_are_those_that_the_program_makes(name):
    made = pages(main)[name]
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == made, "run: miner docs docs/"


def commands(command, words=()):
    yield words, command
    if isinstance(command, click.Group):
        ctx = click.Context(command)
        for name in command.list_commands(ctx):
            yield from commands(command.get_command(ctx, name), (*words, name))


@pytest.mark.parametrize(
    ("words", "command"), list(commands(main)), ids=lambda x: " ".join(x) if isinstance(x, tuple) else ""
)
def test_every_command_has_help_and_every_option_too(words, command):
    done = call(*words, "--help")
    assert done.exit_code == 0
    assert command.help
    assert all(p.help for p in command.params if isinstance(p, click.Option)), words
    if words and not isinstance(command, click.Group):
        assert "miner" in done.output


def test_help_comes_at_once_and_loads_nothing_heavy():
    code = (
        "import sys\nfrom miner.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = ('spacy', 'sklearn', 'numpy', 'underthesea', 'rich', 'pyarrow')\n"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")
    start = time.process_time()
    import resource

    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run([sys.executable, "-m", "miner", "--help"], capture_output=True, check=True)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 0.5, start


def test_importing_the_package_is_cheap():
    code = "import sys, miner; print([m for m in sys.modules if m.startswith('miner.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_run_then_ask_then_export(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(TEXT, encoding="utf-8")
    db = tmp_path / "f.db"
    done = call("run", tmp_path / "in", "-o", db)
    assert done.exit_code == 0, done.output
    assert "1 new" in done.output
    again = call("run", tmp_path / "in", "-o", db)
    assert "Nothing changed: all 1 articles" in again.output
    (tmp_path / "in" / "b.txt").write_bytes(b"")
    skipped = call("run", tmp_path / "in", "-o", db)
    assert skipped.exit_code == 1
    assert "b.txt: the text is empty" in skipped.stderr
    assert call("run", tmp_path / "in", "-o", db, "--quiet").output == ""
    assert json.loads(call("units", db, "--name", "bo trach", "--json").stdout)[0]["kind"] == "police"
    assert "articles.csv: 1 rows" in call("export", db, tmp_path / "out").output


def test_the_three_forms_of_an_answer(database):
    table = call("figures", database, "--kind", "money")
    assert "3000000" in table.stdout
    assert call("figures", database, "--kind", "money", "--csv").stdout_bytes.startswith(b"\xef\xbb\xbftext,object")
    assert [r["text"] for r in json.loads(call("figures", database, "--json").stdout)] == [
        "45",
        "5",
        "3 triệu",
        "2",
        "12",
    ]
    lines = call("figures", database, "--jsonl", "--limit", 2).stdout.splitlines()
    assert [json.loads(line)["text"] for line in lines] == ["45", "5"]
    assert json.loads(call("figures", database, "--kind", "age", "--json").stdout) == []


def test_hostile_texts_are_harmless_on_the_screen(database):
    shown = call("search", database, "đôi mắt")
    assert "\x1b" not in shown.stdout
    assert "␛" in shown.stdout
    assert "'=SUM(A1)" in call("articles", database, "--csv").stdout


def test_ready_made_questions_answer(database):
    assert "Bằng khen" in call("awards", database, "--giver", "ubnd").stdout
    assert "Tiếng kẻng" in call("models", database, "--religious").stdout
    assert "emulation" in call("topics", "list", database).stdout
    assert "figure_facts" in call("query", database).stdout
    assert "5" in call("query", database, "SELECT count(*) FROM figures").stdout
    assert "the only one" in call("units", database, "--explain", "Công an huyện Bố Trạch", "--csv").stdout


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["nonsense"], 2, "No such command"),
        (["run", "none/", "-o", "{tmp}/f.db"], 1, "none/: is not there"),
        (["run", "{tmp}", "-o", "{tmp}/f.db"], 1, "is a folder without articles"),
        (["run", "{db}", "-o", "{tmp}/f.db", "--as", "txt"], 1, ""),
        (["run", "{tmp}"], 2, "Missing option '-o'"),
        (["run", "{tmp}", "-o", "{tmp}/f.db", "--column", "text"], 2, "is not FIELD=NAME"),
        (["figures", "{tmp}/none.db"], 1, "none.db: is not there"),
        (["figures", "{db}", "--province", "Atlantis"], 1, "is no province"),
        (["figures", "{db}", "--kind", "colour"], 2, "is not one of"),
        (["query", "{db}", "SELECT nonsense"], 1, "no such column"),
        (["export", "{db}", "{tmp}/out", "--table", "nonsense"], 2, "there is no table"),
        (["extract", "{tmp}/none.jsonl"], 1, "cannot be read"),
        (["words", "{tmp}/none.txt"], 1, "cannot be read"),
    ],
)
def test_wrong_calls(tmp_path, database, words, status, message):
    folder = tmp_path / "empty"
    folder.mkdir()
    done = call(*(w.format(tmp=folder, db=database) for w in words))
    assert done.exit_code == status, done.output
    assert message in done.output
    assert "Traceback" not in done.output


def test_extract_through_a_pipe_names_bad_lines():
    lines = json.dumps({"id": "1", "text": "Công an huyện Bố Trạch họp."}) + "\n{bad\n"
    done = call("extract", "-", input=lines)
    assert done.exit_code == 1
    assert json.loads(done.stdout)["units"][0]["text"] == "Công an huyện Bố Trạch"
    assert "skipped stdin:2: is not JSON" in done.stderr


def test_words_prints_conllu(tmp_path):
    (tmp_path / "a.txt").write_text("Công an xã họp dân.", encoding="utf-8")
    assert "# text = Công an xã họp dân." in call("words", tmp_path / "a.txt").stdout


def test_version_and_no_command():
    assert call("--version").output.startswith("miner ")
    assert call().exit_code in (0, 2)
    assert set(COMMANDS) >= {"run", "extract", "export", "query", "search"}


def test_check_names_faults_of_labelled_reports(tmp_path):
    labels = {layer: [] for layer in ("units", "figures", "awards", "models", "topics")}
    good = tmp_path / "good.jsonl"
    good.write_text(json.dumps({"id": "1", "text": "tin", "published": None, **labels}), encoding="utf-8")
    assert call("check", good).exit_code == 0, call("check", good).output
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"id": "1"}', encoding="utf-8")
    done = call("check", bad)
    assert done.exit_code == 1
    assert "bad.jsonl" in done.stdout
