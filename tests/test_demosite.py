"""The bundled site, served by a process of its own and collected from over HTTP."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from miner.cli import main
from miner.demosite import read_site, source_files
from miner.errors import InputError
from miner.sources import load_source

SITE = Path(__file__).resolve().parent.parent / "corpora" / "site"
GOLDEN = {
    wanted["path"]: wanted for path in SITE.glob("*/*.json") if (wanted := json.loads(path.read_text(encoding="utf-8")))
}
CONTACT = ["--contact", "mailto:test@example.org", "--allow-private", "--delay", "0"]


@contextmanager
def demo_site(*options):
    """Run `miner demo-site` on a free port; yield its address and its process."""
    command = [sys.executable, "-m", "miner", "demo-site", "--port", "0", *map(str, options)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")
    try:
        lines = []
        while not lines or not lines[-1].startswith("the site is at "):
            line = process.stdout.readline()
            assert line, process.stderr.read()
            lines.append(line)
        yield lines[-1].split()[4].rstrip("/"), process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sources")
    with demo_site("--sources", folder) as (base, _):
        yield base, folder


def collect(store, *sources):
    done = CliRunner().invoke(main, ["collect", *map(str, sources), "-o", str(store), *CONTACT])
    assert done.exit_code == 0, done.output
    with (store / "articles.jsonl").open(encoding="utf-8") as file:
        return {row["url"].split("/", 3)[3]: row for row in map(json.loads, file)}, done.output


@pytest.mark.parametrize("part", ["nukeviet", "section-month", "sharepoint", "tagdiv", "word"])
def test_each_part_is_collected_by_its_source_file(served, tmp_path, part):
    base, folder = served
    file = folder / f"demo-{part}.toml"
    assert load_source(file).start[0].startswith(base)
    rows, _ = collect(tmp_path / "store", file)
    wanted = {path[1:]: page for path, page in GOLDEN.items() if path.startswith(f"/{part}/")}
    assert set(rows) == set(wanted)
    for path, page in wanted.items():
        row = rows[path]
        parts = [page["title"], page["lead"], *page["body"]]
        assert row["text"] == "\n\n".join(part for part in parts if part)
        assert (row["method"], row["published"], row["author"]) == ("selectors", page["published"], page["author"])
        assert (row["captions"], row["province_code"]) == (page["captions"], "44")
    again, said = collect(tmp_path / "store", file)
    assert again == rows
    assert f"demo-{part}" in said


def test_the_whole_site_is_collected_by_its_address_alone(served, tmp_path):
    base, _ = served
    rows, _ = collect(tmp_path / "store", f"{base}/")
    assert set(rows) == {path[1:] for path in GOLDEN}
    assert {row["method"] for row in rows.values()} == {"selectors", "autodetection"}
    for path, page in GOLDEN.items():
        assert rows[path[1:]]["published"] == page["published"], path


def test_what_was_mended_and_what_the_page_says_come_into_the_database(served, tmp_path):
    import sqlite3

    _, folder = served
    facts = tmp_path / "facts.db"
    sources = [str(folder / f"demo-{part}.toml") for part in ("nukeviet", "tagdiv", "word", "sharepoint")]
    done = CliRunner().invoke(main, ["run", *sources, "-o", str(facts), *CONTACT])
    assert done.exit_code == 0, done.output
    with sqlite3.connect(facts) as connection:
        repairs = dict(connection.execute("SELECT url, repairs FROM articles WHERE repairs <> '[]'").fetchall())
        page = connection.execute(
            "SELECT author, taken_from, captions, removed, published_at, evidence, repairs FROM page_facts "
            "WHERE url LIKE '%/tagdiv/doan-xa-binh-lac%'"
        ).fetchone()
    assert {tuple(json.loads(names)) for names in repairs.values()} == {
        ("mojibake",), ("tcvn3",), ("nfc",), ("charset",), ("invisible",)
    }  # fmt: skip
    author, taken_from, captions, removed, published, evidence, names = page
    assert (author, taken_from, names) == ("Thu Hường", "Tỉnh đoàn Hà Nguyên", "[]")
    assert json.loads(captions) == ["Các em học sinh mang chai nhựa đến đổi cây."]
    assert ["share_counter", "10"] in json.loads(removed)
    assert (published, evidence) == ("2022-03-27T07:10:00+07:00",) * 2


def get(url, **headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def test_what_is_served_has_validators_and_things_to_trip_over(served):
    base, _ = served
    status, headers, body = get(f"{base}/nukeviet/tin-tuc/ra-mat-to-tu-quan-101.html")
    assert status == 200
    assert get(f"{base}/nukeviet/savefile/ra-mat-to-tu-quan-101.html")[2] == body
    assert get(f"{base}/nukeviet/tin-tuc/ra-mat-to-tu-quan-101.html", **{"If-None-Match": headers["ETag"]})[0] == 304
    assert get(f"{base}/files/ke-hoach.pdf")[1]["Content-Type"] == "application/pdf"
    for path in (
        "/nowhere",
        "/nukeviet/muc-3/",
        "/word/tin/%2e%2e/",
        "/../pyproject.toml",
        "/tagdiv/page/99999/",
    ):
        assert get(base + path)[0] == 404, path


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly(number):
    with demo_site() as (base, process):
        assert get(f"{base}/")[0] == 200
        os.kill(process.pid, number)
        assert process.wait(5) == 0
        assert process.stderr.read() == "stopped\n"


def test_a_port_that_is_taken_and_a_folder_without_pages_are_told(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = CliRunner().invoke(main, ["demo-site", "--port", str(port)])
    assert done.exit_code == 1
    assert f"port {port}" in done.output
    assert "--port" in done.output
    with pytest.raises(InputError, match="holds no pages"):
        read_site("http://x", tmp_path)


def test_source_files_are_those_of_the_parts():
    assert {name.removeprefix("demo-").removesuffix(".toml") for name in source_files("http://x")} == set(
        read_site("http://x").parts
    )
