"""Runs: from files to a database, again and again, interrupted, in several processes."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import fields, replace
from pathlib import Path

import pytest
from test_store import check, dump

from miner import tables
from miner.errors import InputError, OutputError, StoreError
from miner.extract import extract_articles
from miner.readers import Document
from miner.run import Watcher, extract_file, run
from miner.run.workers import extract_all, extract_batch
from miner.store import load_facts, open_reading
from miner.text import make_article

REPORTS = [
    "Công an huyện Bố Trạch ra quân\n\nNgày 12/3/2021, Công an huyện Bố Trạch kiểm tra 45 cơ sở.",
    "Khen thưởng\n\nUBND tỉnh Quảng Bình tặng Bằng khen cho 3 tập thể.",
    "Phòng cháy\n\nXã Đại Trạch lập 12 đội phòng cháy trong năm 2020.",
]
MINER = [sys.executable, "-m", "miner"]


@pytest.fixture
def reports(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for i, text in enumerate(REPORTS):
        (folder / f"{i}.txt").write_text(text, encoding="utf-8")
    return folder


class Heard(Watcher):
    def __init__(self):
        self.events = []

    def start(self, sources, total):
        self.events.append(("start", total))

    def article(self, document, state):
        self.events.append((document.article.id, state))

    def skip(self, skipped, known):
        self.events.append((skipped.where.rsplit("/")[-1], known))


def test_from_files_to_facts_and_again(tmp_path, reports):
    db, heard = tmp_path / "f.db", Heard()
    done = run(reports, db, watcher=heard)
    assert done.counts == {"new": 3, "changed": 0, "renewed": 0, "unchanged": 0, "skipped": 0}
    assert heard.events == [("start", 3), ("in/0.txt", "new"), ("in/1.txt", "new"), ("in/2.txt", "new")]
    before = dump(db)
    assert len(before["unit_mentions"]) >= 3
    again = run(reports, db)
    assert again.counts["unchanged"] == 3
    assert (again.written, again.fact_rows) == (0, 0)
    assert dump(db) == before
    check(db)


def test_changes_are_seen_and_old_texts_kept(tmp_path, reports):
    db = tmp_path / "f.db"
    run(reports, db)
    (reports / "1.txt").write_text("Tin khác\n\nKhông có gì.", encoding="utf-8")
    (reports / "3.txt").write_text("Tin mới\n\nKhông có gì.", encoding="utf-8")
    assert run(reports, db).counts == {
        "new": 1, "changed": 1, "renewed": 0, "unchanged": 2, "skipped": 0,
    }  # fmt: skip
    assert dump(db)["article_versions"][0][3] == REPORTS[1]
    check(db)


def test_what_cannot_be_read_is_recorded_and_the_run_goes_on(tmp_path, reports):
    (reports / "0.txt").write_bytes(b"")
    (reports / "4.jsonl").write_text('{"id": "x", "text": "tin"}\n{broken\n', encoding="utf-8")
    db, heard = tmp_path / "f.db", Heard()
    done = run(reports, db, watcher=heard)
    assert (done.counts["new"], done.counts["skipped"]) == (3, 2)
    rows = dump(db)["skipped"]
    assert [(r[1].rsplit("/")[-1], r[2]) for r in rows] == [("0.txt", "read"), ("4.jsonl:2", "read")]
    assert rows[0][3] == "the text is empty"
    assert run(reports, db, watcher=heard).counts["skipped"] == 2
    assert heard.events[-1] == ("4.jsonl:2", True)


def test_two_articles_with_one_id_are_not_lost_in_silence(tmp_path):
    lines = [{"id": "x", "text": "một"}, {"id": "x", "text": "hai"}, {"id": "x", "text": "một"}]
    source = tmp_path / "a.jsonl"
    source.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    done = run(source, tmp_path / "f.db")
    assert done.counts == {"new": 1, "changed": 0, "renewed": 0, "unchanged": 1, "skipped": 1}
    assert "ids must differ" in dump(tmp_path / "f.db")["skipped"][0][3]


def test_limit_and_wrong_calls(tmp_path, reports):
    db = tmp_path / "f.db"
    assert run(reports, db, limit=2).articles == 2
    with pytest.raises(InputError, match="is not there"):
        run(tmp_path / "none", db)
    with pytest.raises(StoreError, match="is not a database"):
        run(reports, reports / "0.txt")
    assert (reports / "0.txt").read_text(encoding="utf-8") == REPORTS[0]


def test_other_tables_make_facts_anew(tmp_path, reports, monkeypatch):
    db = tmp_path / "f.db"
    run(reports, db)
    monkeypatch.setattr("miner.tables.digest", lambda: "other")
    assert run(reports, db).counts["renewed"] == 3


@pytest.mark.slow
def test_several_processes_make_the_same_rows(tmp_path):
    source = tmp_path / "a.jsonl"
    rows = ({"id": str(i), "text": f"{REPORTS[i % 3]} Đợt {i} có {i + 2} hộ."} for i in range(200))
    source.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    run(source, tmp_path / "1.db")
    run(source, tmp_path / "2.db", jobs=2)
    one, two = dump(tmp_path / "1.db"), dump(tmp_path / "2.db")
    one.pop("runs"), two.pop("runs")
    assert one == two


def fail(articles):
    if any("bẫy" in a.text for a in articles):
        raise RecursionError("a fault of ours")
    return [a.id for a in articles]


def die(articles):
    if any("bẫy" in a.text for a in articles):
        os.kill(os.getpid(), signal.SIGKILL)
    return [a.id for a in articles]


def documents():
    return [Document(make_article(str(i), "bẫy" if i == 2 else "tin"), str(i)) for i in range(5)]


def test_a_fault_in_one_article_skips_only_that_one(monkeypatch):
    monkeypatch.setattr(sys.modules["miner.run.workers"], "extract_articles", fail)
    results = extract_batch([d.article for d in documents()])
    assert results[:2] + results[3:] == ["0", "1", "3", "4"]
    assert results[2].startswith("extraction failed: RecursionError: a fault of ours (")


@pytest.mark.slow
def test_an_article_that_kills_its_process_skips_only_that_one(monkeypatch):
    monkeypatch.setattr(sys.modules["miner.run.workers"], "extract_batch", die)
    found = dict(extract_all([documents()[:3], documents()[3:]], jobs=2))
    found = {document.where: result for document, result in found.items()}
    assert found.pop("2").startswith("the process that extracted it died")
    assert found == {"0": "0", "1": "1", "3": "3", "4": "4"}


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_stopped_run_is_continued(tmp_path, number):
    source, db = tmp_path / "a.jsonl", tmp_path / "f.db"
    rows = ({"id": str(i), "text": REPORTS[i % 3] * 20} for i in range(1500))
    source.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    command = [*MINER, "run", str(source), "-o", str(db)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for _ in range(600):
        time.sleep(0.1)
        try:
            connection = sqlite3.connect(f"file:{db}?mode=ro", uri=True)
            count = connection.execute("SELECT count(*) FROM articles").fetchone()[0]
            connection.close()
        except sqlite3.OperationalError:
            continue
        if count > 20:
            break
    process.send_signal(number)
    _, message = process.communicate(timeout=60)
    if number != signal.SIGKILL:
        assert process.returncode == 130
        assert "run the same command to go on" in message
        assert dump(db)["runs"][0][3] == "interrupted"
    check(db)
    kept = len(dump(db)["articles"])
    assert 20 < kept < 1500
    tables.digest.cache_clear()  # the process before read the tables anew
    done = run(source, db, limit=kept + 5)
    assert (done.counts["unchanged"], done.counts["new"]) == (kept, 5)
    check(db)


# --- JSON lines to JSON lines


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_extract_writes_the_guides_format_in_order(tmp_path):
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(
        b"\n".join(
            json.dumps({"id": str(i), "text": t, "published": "2021-03-14"}).encode() for i, t in enumerate(REPORTS)
        )
    )
    assert extract_file(source, out).articles == 3
    found = lines(out)
    assert [o["id"] for o in found] == ["0", "1", "2"]
    for row in found:
        assert {"id", "text", "published", "units", "figures", "awards", "models", "topics"} <= row.keys()
        assert row["published"] == "2021-03-14"
        for layer in ("units", "figures", "awards", "models"):
            assert all(row["text"][m["start"] : m["end"]] == m["text"] for m in row[layer])
    assert any(row["units"] for row in found)


def test_extract_appears_whole_or_not_at_all_and_spares_what_is_not_its_own(tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": "1", "text": "tin"}\n', encoding="utf-8")
    with pytest.raises(OutputError, match="is the input"):
        extract_file(source, source)
    link = tmp_path / "link.jsonl"
    link.symlink_to(source)
    with pytest.raises(OutputError, match="is the input"):
        extract_file(source, link)
    notes = tmp_path / "notes.txt"
    notes.write_text("my notes")
    with pytest.raises(OutputError, match="holds something else"):
        extract_file(source, notes)
    assert notes.read_text() == "my notes"
    with pytest.raises(OutputError, match="is a folder"):
        extract_file(source, tmp_path)
    with pytest.raises(OutputError, match="cannot be written"):
        extract_file(source, tmp_path / "no" / "out.jsonl")
    with pytest.raises(InputError, match="cannot be read: No such file"):
        extract_file(tmp_path / "none.jsonl", tmp_path / "out.jsonl")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.jsonl", "link.jsonl", "notes.txt"]
    extract_file(source, notes, force=True)
    assert lines(notes)[0]["id"] == "1"


# --- the package as a notebook sees it


def test_names_of_the_package_are_functions_whatever_was_imported():
    import miner.export
    import miner.extract
    import miner.run

    assert miner.extract("Công an huyện Bố Trạch họp.").units[0].text == "Công an huyện Bố Trạch"
    assert all(hasattr(miner, name) for name in miner.__all__)
    assert callable(miner.run)
    assert callable(miner.export)
    assert set(miner.__all__) <= set(dir(miner))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = miner.nonsense


REPORTS_OF_OUR_OWN = Path(__file__).resolve().parent.parent / "corpora" / "reports.jsonl"


@pytest.mark.slow
def test_facts_of_the_corpus_come_back_from_the_database_as_they_were_extracted(tmp_path):
    db = tmp_path / "f.db"
    assert run(REPORTS_OF_OUR_OWN, db).counts["skipped"] == 0
    connection = open_reading(db)
    stored = list(load_facts(connection))
    connection.close()
    made = list(extract_articles(facts.article for facts in stored))
    assert len(stored) >= 30
    for one, other in zip(stored, made, strict=True):
        # The database gives a model's place as it was settled, which happens after the model is found.
        settled = {unit.start: unit for unit in other.units}
        models = [replace(m, place=m.place and settled[m.place.start]) for m in other.models]
        other = replace(other, models=tuple(models))
        for layer in fields(one):
            assert getattr(one, layer.name) == getattr(other, layer.name), (one.article.id, layer.name)
    check(db)
