"""`miner collect` and `miner sources`, from the golden pages over HTTP to a database."""

import json
from pathlib import Path

from click.testing import CliRunner

from miner.cli import main

PAGES = Path(__file__).resolve().parent.parent / "corpora" / "site"


def test_collect_then_run(httpserver, tmp_path):
    page = PAGES / "section-month" / "vung-ho-vao-vu-ca-0a1b2c3.html"
    path = "/kinh-te/202304/vung-ho-vao-vu-ca-0a1b2c3/"
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/").respond_with_data(f"<a href='{path}'>x</a>")
    httpserver.expect_request(path).respond_with_data(page.read_bytes(), content_type="text/html")
    spec = tmp_path / "s.toml"
    spec.write_text(
        'name = "s"\ntitle = "S"\nprovince = "66"\nsystem = "section-month"\nchecked = false\ndelay = 0\n'
        f'start = ["{httpserver.url_for("/")}"]\n'
    )
    store = tmp_path / "store"
    call = ["collect", str(spec), "-o", str(store), "--contact", "mailto:t@example.org"]
    refused = CliRunner().invoke(main, call)
    assert refused.exit_code == 1
    assert "no address of the public internet" in refused.stderr
    done = CliRunner().invoke(main, [*call, "--allow-private"])
    assert done.exit_code == 0, done.output
    (row,) = map(json.loads, (store / "articles.jsonl").read_text(encoding="utf-8").splitlines())
    wanted = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    assert row["text"] == "\n\n".join([wanted["title"], wanted["lead"], *wanted["body"]])
    assert (row["published"], row["province_code"]) == (wanted["published"], "66")
    facts = CliRunner().invoke(main, ["run", str(store), "-o", str(tmp_path / "facts.db"), "-q"])
    assert facts.exit_code == 0, facts.output


def test_sources_are_listed_and_shown():
    assert "bao-dak-lak" in CliRunner().invoke(main, ["sources", "list"]).output
    assert 'name = "bao-dak-lak"' in CliRunner().invoke(main, ["sources", "show", "bao-dak-lak"]).output
    assert CliRunner().invoke(main, ["sources", "show", "../x"]).exit_code == 2
    nobody = CliRunner().invoke(main, ["collect", "nobody", "-o", "x", "--contact", "a"])
    assert nobody.exit_code == 1
    assert "is no source" in nobody.stderr
