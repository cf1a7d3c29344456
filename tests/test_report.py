"""The report: whole, closed in itself, and right about empty and hostile databases."""

import csv
import json
import re

import pytest

from miner.errors import OutputError, StoreError
from miner.report import report
from miner.run import run

HOSTILE = "</script><script>alert(1)</script>"


def make(folder, rows):
    path = folder / "in.jsonl"
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    run(path, folder / "facts.db")
    return folder / "facts.db"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    text = "Công an tỉnh Quảng Bình lập 12 biên bản về ma túy. UBND tỉnh tặng Bằng khen cho 3 tập thể."
    rows = [
        {"id": "a", "text": text, "published": "2019-12-20", "source": f"báo {HOSTILE}"},
        {"id": "b", "text": text, "published": "2020-01-05", "source": "=cmd()"},
    ]
    report(make(folder, rows), folder / "r.html", language="en")
    return folder


def test_it_needs_nothing_from_elsewhere(written):
    page = (written / "r.html").read_text(encoding="utf-8")
    assert not re.search(r"<(?:script|link|img)[^>]+(?:src|href)\s*=\s*[\"']?(?:https?:)?//", page)
    assert "vegaEmbed" in page
    assert "Coverage by source and month" in page


def test_what_articles_say_is_never_run(written):
    page = (written / "r.html").read_text(encoding="utf-8")
    assert HOSTILE not in page
    cells = (written / "r_files" / "coverage.csv").read_text(encoding="utf-8-sig")
    assert "\n=cmd()" not in cells
    assert ",=cmd()" not in cells


def test_charts_and_their_data_lie_beside_it(written):
    folder = written / "r_files"
    assert (folder / "coverage.png").read_bytes().startswith(b"\x89PNG")
    with (folder / "givers.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["name"] for row in rows} == {"UBND tỉnh"}


def test_a_page_that_is_there_stays(written):
    with pytest.raises(OutputError, match="force"):
        report(written / "facts.db", written / "r.html")
    assert report(written / "facts.db", written / "r.html", force=True)


def test_an_empty_database_has_a_report_too(tmp_path):
    database = make(tmp_path, [{"id": "a", "text": "Trời đẹp."}])
    written = report(database, tmp_path / "r.html")
    page = written[0].read_text(encoding="utf-8")
    assert "Chưa có dữ liệu cho hình này." in page
    assert all(path.exists() for path in written)


def test_no_database_no_report(tmp_path):
    with pytest.raises(StoreError):
        report(tmp_path / "none.db", tmp_path / "r.html")
    assert not (tmp_path / "r.html").exists()
