"""Partitions: the same ones every time, done whole or not at all, and the database that they make."""

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import datetime
from io import BytesIO
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from click.testing import CliRunner
from pyarrow import parquet
from test_store import check, dump
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from miner.cli import main
from miner.cluster import load_folder
from miner.cluster.engine import extract_partitions
from miner.cluster.parts import Folder
from miner.cluster.plan import plan
from miner.cluster.read import read_partition
from miner.cluster.task import Task, do_partition, done_name
from miner.errors import InputError, MinerError
from miner.readers import Document
from miner.records import Skipped
from miner.run import run
from miner.store import schema

REPORTS = [
    "Công an huyện Bố Trạch ra quân\n\nNgày 12/3/2021, Công an huyện Bố Trạch kiểm tra 45 cơ sở.",
    "Khen thưởng\n\nUBND tỉnh Quảng Bình tặng Bằng khen cho 3 tập thể.",
    "Phòng cháy\n\nXã Đại Trạch lập 12 đội phòng cháy trong năm 2020.",
]


def articles(count):
    return [{"id": f"a{i}", "text": f"{REPORTS[i % 3]} Đợt {i} có {i + 2} hộ."} for i in range(count)]


def jsonl(rows):
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


@pytest.fixture
def lines(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_bytes(jsonl(articles(7)) + b"\n{broken\n" + jsonl(articles(12)[7:]))
    return str(path)


def read(partitions):
    return [item for partition in partitions for item in read_partition(partition, {})]


# --- plan


@pytest.mark.parametrize("size", [1, 3, 5, 13, 100])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("end", [b"", b"\n"])
def test_pieces_of_a_file_hold_every_line_once(tmp_path, size, packed, end):
    data = jsonl(articles(12)) + end
    path = tmp_path / ("in.jsonl.gz" if packed else "in.jsonl")
    path.write_bytes(gzip.compress(data) if packed else data)
    partitions = plan([str(path)], size)
    assert len(partitions) == -(-12 // size)
    found = read(partitions)
    assert [d.article.id for d in found] == [f"a{i}" for i in range(12)]
    assert [d.where for d in found] == [f"{path}:{i}" for i in range(1, 13)]


def test_blocks_that_cut_lines_change_nothing(tmp_path, monkeypatch):
    path = tmp_path / "in.jsonl"
    path.write_bytes(jsonl(articles(12)))
    whole = plan([str(path)], 5)
    monkeypatch.setattr("miner.cluster.plan._BLOCK", 7)
    assert plan([str(path)], 5) == whole
    assert [p.first for p in whole] == [1, 6, 11]


def test_a_line_that_holds_no_article_is_skipped_in_its_place(lines):
    found = read(plan([lines], 4))
    assert len(found) == 13
    assert isinstance(found[7], Skipped)
    assert found[7].where == f"{lines}:8"


@pytest.mark.parametrize("group", [2, 5, 100])
def test_rows_of_parquet_are_read_once(tmp_path, group):
    rows = [row | {"published": datetime(2021, 3, 14).date()} for row in articles(12)]
    parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "in.parquet", row_group_size=group)
    found = read(plan([str(tmp_path)], 5))
    assert [d.article.id for d in found] == [f"a{i}" for i in range(12)]
    assert found[4].where.endswith("in.parquet:5")
    assert found[4].article.published.isoformat() == "2021-03-14"


PAGE = """<html><head><title>Phòng cháy</title></head><body><article><h1>Phòng cháy</h1>
<p>Công an huyện Bố Trạch đã kiểm tra 45 cơ sở kinh doanh trên địa bàn, nhắc nhở chủ cơ sở khắc phục thiếu sót.</p>
<p>Xã Đại Trạch lập 12 đội phòng cháy, tập huấn cho hơn 300 người dân về cách dùng bình chữa cháy tại nhà.</p>
</article></body></html>"""


def test_pages_of_a_warc_file_become_articles(tmp_path):
    with (tmp_path / "crawl.warc.gz").open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for i in range(3):
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            body = PAGE.encode() if i != 1 else b"<html></html>"
            writer.write_record(
                writer.create_warc_record(
                    f"https://x.example/{i}", "response", payload=BytesIO(body), length=len(body), http_headers=head
                )
            )
    (partition,) = plan([str(tmp_path)], 1)
    assert partition.count is None
    found = read([partition])
    assert [d.article.id for d in found if isinstance(d, Document)] == ["https://x.example/0", "https://x.example/2"]
    assert "kiểm tra 45 cơ sở" in found[0].article.text
    assert isinstance(found[1], Skipped)


def test_folders_patterns_and_limits(tmp_path):
    for name in ("b", "a", "_hidden", ".hidden"):
        (tmp_path / f"{name}.jsonl").write_bytes(jsonl(articles(3)))
    (tmp_path / "notes.txt").write_text("x")
    names = [p.path.rsplit("/")[-1] for p in plan([str(tmp_path)], 2)]
    assert names == ["a.jsonl", "a.jsonl", "b.jsonl", "b.jsonl"]
    assert [p.path for p in plan([f"{tmp_path}/b*.jsonl"])] == [f"{tmp_path}/b.jsonl"]
    limited = plan([str(tmp_path)], 2, limit=3)
    assert [(p.first, p.count) for p in limited] == [(1, 2), (3, 1)]
    for given, reason in (("none", "is not there"), ("notes.txt", "of unknown kind"), ("c*", "holds no file")):
        with pytest.raises(InputError, match=reason):
            plan([f"{tmp_path}/{given}"])
    (tmp_path / "empty.jsonl").write_bytes(b"")
    with pytest.raises(InputError, match="holds no articles"):
        plan([f"{tmp_path}/empty.jsonl"])


# --- parts, without a cluster


def do_all(inputs, out, size=5):
    task = Task(str(out), 60.0)
    return [do_partition(partition, task) for partition in plan(inputs, size)]


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A folder with the finished partitions of 12 articles and a broken line."""
    folder = tmp_path_factory.mktemp("done")
    (folder / "in.jsonl").write_bytes(jsonl(articles(7)) + b"\n{broken\n" + jsonl(articles(12)[7:]))
    rows = do_all([str(folder / "in.jsonl")], folder / "out")
    return folder, rows


def test_a_database_of_partitions_is_that_of_a_run(done, tmp_path):
    folder, rows = done
    assert [row["articles"] for row in rows] == [5, 4, 3]
    loaded = load_folder(str(folder / "out"), tmp_path / "loaded.db")
    made = run(folder / "in.jsonl", tmp_path / "run.db")
    assert loaded.counts == made.counts
    assert loaded.fact_rows == made.fact_rows
    one, other = dump(tmp_path / "loaded.db"), dump(tmp_path / "run.db")
    for name in schema.TABLE:
        if name != "runs":
            assert one[name] == other[name], name
    assert one["runs"][0][4:8] == other["runs"][0][4:8]
    check(tmp_path / "loaded.db")


def test_loading_again_changes_nothing(done, tmp_path):
    folder, _ = done
    db = tmp_path / "f.db"
    load_folder(str(folder / "out"), db)
    before = dump(db)
    again = load_folder(str(folder / "out"), db)
    assert again.counts["unchanged"] == 12
    assert again.fact_rows == 0
    assert dump(db) == before


def test_duckdb_reads_the_tables_as_they_lie(done):
    folder, _ = done
    sql = (
        f"SELECT a.id, f.value, u.name FROM '{folder}/out/figures/*.parquet' f "
        f"JOIN '{folder}/out/articles/*.parquet' a ON a.no = f.article "
        f"LEFT JOIN '{folder}/out/unit_mentions/*.parquet' u ON u.id = f.actor_id WHERE f.value = 45 ORDER BY a.id"
    )
    rows = duckdb.sql(sql).fetchall()
    assert [row[0] for row in rows] == ["a0", "a3", "a6", "a9"]
    assert {row[2] for row in rows} == {"Công an huyện Bố Trạch"}
    dangling = duckdb.sql(
        f"SELECT count(*) FROM '{folder}/out/unit_mentions/*.parquet' m LEFT JOIN '{folder}/out/units/*.parquet' u "
        "ON u.key = m.unit_key WHERE u.key IS NULL"
    ).fetchall()
    assert dangling == [(0,)]


def test_the_queries_of_the_manual_can_be_asked(done, monkeypatch):
    folder, _ = done
    manual = (Path(__file__).resolve().parent.parent / "docs" / "scale.md").read_text(encoding="utf-8")
    blocks = [block for block in re.findall(r"(?:^    .*\n|^\n)+", manual, re.M) if "SELECT" in block]
    queries = [query for block in blocks for query in block.split(";") if query.strip()]
    assert len(queries) == 2
    monkeypatch.chdir(folder)
    (counted, units) = (duckdb.sql(query.replace("facts/", "out/")).fetchall() for query in queries)
    assert ("hộ", None, 12, sum(range(2, 14))) in counted
    assert [row[1:] for row in units if row[1] == "Công an huyện Bố Trạch"] == [("Công an huyện Bố Trạch", 8)]


def test_doing_a_partition_again_gives_the_same_files(done, tmp_path):
    folder, _ = done
    do_all([str(folder / "in.jsonl")], tmp_path / "again")
    for path in (folder / "out").glob("*/*.parquet"):
        other = tmp_path / "again" / path.relative_to(folder / "out")
        assert parquet.read_table(path).equals(parquet.read_table(other)), path


def test_a_partition_that_fails_leaves_nothing(done, tmp_path, monkeypatch):
    folder, _ = done
    (partition, *_) = plan([str(folder / "in.jsonl")], 5)
    out = tmp_path / "out"

    def fail(batch):
        raise MinerError("a fault")

    monkeypatch.setattr("miner.cluster.task.batches", fail)
    with pytest.raises(MinerError, match="a fault"):
        do_partition(partition, Task(str(out), 60.0))
    assert [p for p in out.rglob("*") if p.is_file()] == []
    assert Folder(str(out)).finished() == {}


def test_other_storage_than_files(done, tmp_path):
    import fsspec

    folder, _ = done
    memory = fsspec.filesystem("memory")
    memory.pipe_file("/news/in.jsonl", (folder / "in.jsonl").read_bytes())
    try:
        partitions = plan(["memory://news/"], 5)
        assert [p.path for p in partitions] == ["memory:///news/in.jsonl"] * 3
        for partition in partitions:
            do_partition(partition, Task("memory://facts", 60.0))
        loaded = load_folder("memory://facts", tmp_path / "f.db")
        assert (loaded.counts["new"], loaded.counts["skipped"]) == (12, 1)
    finally:
        memory.rm("/", recursive=True)


def test_an_unfinished_or_strange_folder_is_not_loaded(done, tmp_path):
    folder, _ = done
    with pytest.raises(InputError, match="holds no finished partition"):
        load_folder(str(tmp_path), tmp_path / "f.db")
    out = tmp_path / "out"
    rows = do_all([str(folder / "in.jsonl")], out)
    Folder(str(out)).write_json("_manifest.json", {"partitions": 4})
    with pytest.raises(InputError, match="1 partitions are not finished"):
        load_folder(str(out), tmp_path / "f.db")
    Folder(str(out)).write_json(done_name(1), rows[1] | {"made_with": {"miner_version": "0"}})
    with pytest.raises(InputError, match="several versions"):
        load_folder(str(out), tmp_path / "f.db")
    assert not (tmp_path / "f.db").exists()


def test_two_articles_with_one_id_are_told_apart(tmp_path):
    rows = [*articles(3), {"id": "a1", "text": "Tin khác hẳn."}, articles(3)[2]]
    (tmp_path / "in.jsonl").write_bytes(jsonl(rows))
    do_all([str(tmp_path / "in.jsonl")], tmp_path / "out", 2)
    loaded = load_folder(str(tmp_path / "out"), tmp_path / "f.db")
    made = run(tmp_path / "in.jsonl", tmp_path / "r.db")
    assert loaded.counts == made.counts
    assert dump(tmp_path / "f.db")["skipped"] == dump(tmp_path / "r.db")["skipped"]


# --- on Dask


MINER = [sys.executable, "-m", "miner"]


def extract(lines, out, *options):
    command = [*MINER, "extract", lines, "-o", str(out), "--engine", "dask", "--jobs", "2", "--partition", "4"]
    return subprocess.run([*command, *options], capture_output=True, text=True, timeout=300)


@pytest.mark.slow
def test_only_unfinished_partitions_are_done_again(lines, tmp_path):
    out = tmp_path / "out"
    first = extract(lines, out)
    assert first.returncode == 1, "a line was skipped"
    assert "4 of 4 partitions done" in first.stdout, first.stderr
    assert (out / "figures" / "part-000003.parquet").exists()
    manifest = json.loads((out / "_manifest.json").read_text())
    assert manifest["finished"] == [0, 1, 2, 3]
    assert (manifest["rows"]["articles"], manifest["rows"]["skipped"]) == (12, 1)
    before = {path: path.stat().st_mtime_ns for path in out.glob("*/*.parquet")}
    (out / done_name(2)).unlink()
    again = extract(lines, out)
    assert "1 of 4 partitions done" in again.stdout, again.stderr
    touched = {path.name for path, when in before.items() if path.stat().st_mtime_ns != when}
    assert touched == {"part-000002.parquet"}
    other = tmp_path / "other.jsonl"
    other.write_bytes(jsonl(articles(2)))
    refused = extract(str(other), out)
    assert refused.returncode == 1
    assert "holds partitions of other inputs" in refused.stderr
    assert load_folder(str(out), tmp_path / "f.db").counts["new"] == 12


@pytest.mark.slow
def test_workers_of_a_scheduler_do_the_work(lines, tmp_path):
    bin = os.path.dirname(sys.executable)
    scheduler = subprocess.Popen(
        [f"{bin}/dask", "scheduler", "--port", "0", "--no-dashboard", "--host", "127.0.0.1", "--scheduler-file",
         str(tmp_path / "scheduler.json")], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    worker = None
    try:
        until = time.monotonic() + 90
        while not (tmp_path / "scheduler.json").exists():
            assert time.monotonic() < until
            time.sleep(0.2)
        address = json.loads((tmp_path / "scheduler.json").read_text())["address"]
        worker = subprocess.Popen(
            [f"{bin}/dask", "worker", address, "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1",
             "--local-directory", str(tmp_path / "scratch")], stderr=subprocess.DEVNULL,
        )  # fmt: skip
        done = extract(lines, tmp_path / "out", "--scheduler", address)
        assert "4 of 4 partitions done" in done.stdout, done.stderr
    finally:
        for process in (worker, scheduler):
            if process is not None:
                process.terminate()
                process.wait(30)


@pytest.mark.slow
def test_a_stop_keeps_what_is_finished(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_bytes(jsonl(row | {"text": row["text"] * 20} for row in articles(4000)))
    out = tmp_path / "out"
    command = [*MINER, "extract", str(path), "-o", str(out), "--engine", "dask", "--jobs", "1", "--partition", "50"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 120
    while len(list(out.glob("_partitions/*.json"))) < 2:
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < until
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    _, message = process.communicate(timeout=60)
    assert process.returncode == 143
    assert "run the same command to go on" in message
    finished = json.loads((out / "_manifest.json").read_text())["finished"]
    assert 2 <= len(finished) < 80
    assert not list(out.glob("*/.part-*"))


def test_a_scheduler_that_is_not_there(lines, tmp_path, monkeypatch):
    monkeypatch.setattr("miner.cluster.engine._CONNECT", 1)
    with pytest.raises(MinerError, match="cannot be reached"):
        extract_partitions([lines], str(tmp_path / "out"), scheduler="tcp://127.0.0.1:9")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["a", "b"], "more than one IN needs --engine dask"),
        (["a", "--timeout", "4"], "--timeout needs --engine dask"),
        (["a", "--scheduler", "tcp://x:1"], "--scheduler needs --engine dask"),
        (["a", "--engine", "dask"], "give one with -o OUT/"),
        (["a", "-o", "out", "--engine", "dask"], "a: is not there"),
    ],
)
def test_wrong_calls_say_what_to_do(tmp_path, monkeypatch, options, said):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["extract", *options])
    assert result.exit_code == (1 if "is not there" in said else 2)
    assert said in result.output
    assert list(tmp_path.iterdir()) == []
