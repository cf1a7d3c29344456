"""Runs: from files to a database, again and again, interrupted, in several processes."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path

import pytest
from test_store import check, dump

from miner import tables
from miner.errors import InputError, MinerError, OutputError, StoreError
from miner.extract import extract_articles
from miner.readers import Document
from miner.records import Facts, Skipped
from miner.run import Watcher, extract_file, pool, run, worker
from miner.run.pool import extract_all
from miner.run.worker import extract_batch
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


def test_everything_is_extracted_again_where_that_is_asked_for(tmp_path, reports):
    db = tmp_path / "f.db"
    run(reports, db)
    before = dump(db)
    assert run(reports, db, resume=False).counts["renewed"] == 3
    after = dump(db)
    for name in ("unit_mentions", "figures", "awards", "sentences", "units", "article_versions"):
        assert after[name] == before[name]
    check(db)


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
    for article in articles:
        if "bẫy" in article.text:
            raise RecursionError("a fault of ours")
        yield Facts(article)


def hang(articles):
    for article in articles:
        if "bẫy" in article.text:
            time.sleep(60)
        yield Facts(article)


def documents(count=5):
    return [Document(make_article(str(i), "bẫy" if i == 2 else "tin"), str(i)) for i in range(count)]


def ids(results):
    return [result if isinstance(result, str) else result.id for result in results]


def test_a_fault_in_one_article_skips_only_that_one(monkeypatch):
    monkeypatch.setattr(worker, "extract_articles", fail)
    results = ids(extract_batch(documents()))
    assert results[:2] + results[3:] == ["0", "1", "3", "4"]
    assert results[2].startswith("extraction failed: RecursionError: a fault of ours (")


def test_an_article_that_takes_too_long_skips_only_that_one(monkeypatch):
    monkeypatch.setattr(worker, "extract_articles", hang)
    results = ids(extract_batch(documents(), 0.2))
    assert results == ["0", "1", "its extraction took longer than 0.2 s (--timeout gives it more)", "3", "4"]


# What a process of the pool runs instead of `serve`: the layers are replaced before it serves.
TRAPPED = """
import os, signal, sys, time
from miner.run import worker
from miner.records import Facts
def trapped(articles):
    for article in articles:
        if "bẫy" in article.text:
            {trap}
        yield Facts(article)
worker.extract_articles = trapped
worker.serve()
"""


def found_by(monkeypatch, trap, timeout=60.0):
    monkeypatch.setattr(pool, "PROGRAM", TRAPPED.format(trap=trap))
    items = documents(150)
    items.insert(70, Skipped("file:9", "read", "is no JSON"))
    found = list(extract_all(items, 2, timeout))
    assert [item for item, _ in found] == items, "all come back, in order"
    results = [result for item, result in found if isinstance(item, Document)]
    assert ids(results[:2] + results[3:]) == [str(i) for i in range(150) if i != 2]
    return results[2]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("trap", "told"),
    [("os._exit(3)", "exit status 3"), ("os.kill(os.getpid(), signal.SIGKILL)", "signal 9; out of memory?")],
)
def test_an_article_that_ends_its_process_skips_only_that_one(monkeypatch, trap, told):
    assert found_by(monkeypatch, trap) == f"the process that extracted it died ({told})"


@pytest.mark.slow
def test_an_article_that_hangs_in_its_process_skips_only_that_one(monkeypatch):
    # A hang that no signal but SIGKILL ends.
    trap = "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32)); time.sleep(600)"
    begun = time.monotonic()
    assert found_by(monkeypatch, trap, 1.5).startswith("its extraction took longer than 1.5 s")
    assert time.monotonic() - begun < 120


@pytest.mark.slow
def test_what_a_layer_prints_does_no_harm(monkeypatch):
    assert found_by(monkeypatch, "print('x' * 100, flush=True); os.write(1, b'y' * 100)").id == "2"


@pytest.mark.slow
def test_a_process_that_dies_by_chance_costs_no_article(monkeypatch, tmp_path):
    mark = tmp_path / "once"
    once = f"(open({str(mark)!r}, 'x'), os._exit(1)) if not os.path.exists({str(mark)!r}) else None"
    assert found_by(monkeypatch, once).id == "2"
    assert mark.exists()


@pytest.mark.slow
def test_processes_that_cannot_start_end_the_run(monkeypatch):
    monkeypatch.setattr(pool, "PROGRAM", "raise SystemExit(7)")
    with pytest.raises(MinerError, match=r"does not start.*exit status 7"):
        list(extract_all(documents(), 2))
    monkeypatch.setattr(pool, "PROGRAM", BROKEN)
    with pytest.raises(MinerError, match=r"time\.toml: a: broken"):
        list(extract_all(documents(), 2))


BROKEN = """
from miner.run import worker
from miner.errors import TableError
def broken():
    raise TableError("time.toml", "a", "broken")
worker.warm_up = broken
worker.serve()
"""


def workers_of(pid):
    """Return the pids of the extracting processes that `pid` has started."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                parent = (folder / "stat").read_text().rsplit(") ", 1)[1].split()[1]
                if int(parent) == pid and b"miner.run.worker" in (folder / "cmdline").read_bytes():
                    found.append(int(folder.name))
    return found


@pytest.mark.slow
def test_no_process_is_left_when_a_run_is_given_up():
    before = set(workers_of(os.getpid()))  # other tests' own
    found = extract_all(documents(2000), 2)
    next(found)
    assert len(set(workers_of(os.getpid())) - before) == 2
    found.close()
    assert set(workers_of(os.getpid())) <= before


ENDLESS = """
from miner.readers import Document
from miner.run.pool import extract_all
from miner.text import make_article
documents = (Document(make_article(str(i), "tin"), str(i)) for i in range(10**9))
for item, result in extract_all(documents, 2):
    print(item.where, flush=True)
"""


@pytest.mark.slow
def test_processes_end_with_the_run_that_was_killed():
    process = subprocess.Popen([sys.executable, "-c", ENDLESS], stdout=subprocess.PIPE)
    process.stdout.readline()
    workers = workers_of(process.pid)
    assert len(workers) == 2
    process.kill()
    process.wait()
    process.stdout.close()
    until = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in workers):
        assert time.monotonic() < until, "the processes go on without the run"
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.parametrize(("number", "jobs"), [(signal.SIGINT, "1"), (signal.SIGTERM, "2"), (signal.SIGKILL, "2")])
def test_a_stopped_run_is_continued(tmp_path, number, jobs):
    source, db = tmp_path / "a.jsonl", tmp_path / "f.db"
    rows = ({"id": str(i), "text": REPORTS[i % 3] * 20} for i in range(1500))
    source.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    command = [*MINER, "run", str(source), "-o", str(db), "--jobs", jobs]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for _ in range(1200):
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
        assert process.returncode == 128 + number
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
