"""The store: nothing is lost, nothing is there twice, and a kill costs the request under way."""

import gzip
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from miner.collect.fetch import Fetched
from miner.collect.frontier import Claim
from miner.collect.store import Store
from miner.errors import StoreError

URL = "https://example.org/a"


def page(body, url=URL, raw=None, **headers):
    items = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Fetched(url, url, 200, items, raw if raw is not None else body, body, "192.0.2.1")


def test_a_page_comes_back_as_it_was_also_when_it_travelled_packed(tmp_path):
    body = "Xã Suối Vàng".encode()
    with Store(tmp_path) as store:
        assert store.add(URL, "s", URL)
        assert not store.add(URL, "s", URL)
        assert store.claim("s") == Claim(URL, URL)
        assert store.claim("s") is None
        assert store.save(URL, "s", page(body, raw=gzip.compress(body), Content_Encoding="gzip", ETag='"1"'))
        assert store.counts() == {"done": 1}
    with Store(tmp_path) as store:
        (capture,) = store.pages()
    assert (capture.body, capture.url, capture.source) == (body, URL, "s")
    (file,) = (tmp_path / "warc").iterdir()
    with file.open("rb") as stream:
        (about, record) = ArchiveIterator(stream)
    assert about.rec_type == "warcinfo"
    assert record.rec_headers.protocol == "WARC/1.1"
    assert record.rec_headers["WARC-Target-URI"] == URL


def test_fault_27_an_edited_page_is_a_new_version_and_the_old_one_stays(tmp_path):
    with Store(tmp_path) as store:
        store.add(URL, "s", URL)
        assert store.save(URL, "s", page(b"one"))
        assert not store.save(URL, "s", page(b"one"))
        assert store.save(URL, "s", page(b"two"))
        assert [c.body for c in store.pages()] == [b"two"]
        assert store._db.execute("SELECT count(*) FROM captures").fetchone() == (2,)


def test_fault_16_missing_once_is_asked_again_and_gone_is_gone(tmp_path):
    with Store(tmp_path) as store:
        store.add(URL, "s", URL)
        store.missing(URL, 404)
        assert store.counts() == {"failed": 1}
        store.retry_missing("s")
        assert store.claim("s") == Claim(URL, URL)
        store.missing(URL, 404)
        assert store.counts() == {"gone": 1}
        store.add(URL + "b", "s", URL + "b")
        store.missing(URL + "b", 410)
        assert store.counts() == {"gone": 2}


_WRITER = """
import sys
from miner.collect.fetch import Fetched
from miner.collect.frontier import Claim
from miner.collect.store import Store
store = Store(sys.argv[1])
for n in range(300):
    store.add(f"https://example.org/{n}", "s", f"https://example.org/{n}")
print("ready", flush=True)
while claimed := store.claim("s"):
    body = claimed.url.encode() * 50
    store.save(claimed.url, "s", Fetched(claimed.url, claimed.url, 200, (), body, body, "192.0.2.1"))
    print(claimed.url, flush=True)
"""


@pytest.mark.parametrize("kills", [4])
def test_fault_30_kill_minus_nine_loses_and_repeats_nothing(tmp_path, kills):
    said = []
    for number in range(kills):
        process = subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        with process:
            assert process.stdout.readline() == "ready\n"
            for _ in range(10 + 7 * number):
                said.append(process.stdout.readline().strip())
            os.kill(process.pid, signal.SIGKILL)
            said += [line.strip() for line in process.stdout if line.endswith("\n")]
    assert len(said) == len(set(said))
    with Store(tmp_path) as store:
        stored = {c.url: c.body for c in store.pages()}
        assert "claimed" not in store.counts()
        # The last page of each life may be stored without having been told.
        assert set(said) <= set(stored)
        assert len(stored) <= len(said) + kills
        assert all(body == url.encode() * 50 for url, body in stored.items())
        assert store.counts()["waiting"] + store.counts()["done"] == 300


def test_fault_32_a_second_instance_is_refused(tmp_path):
    with Store(tmp_path), pytest.raises(StoreError, match="in use"):
        Store(tmp_path)
    Store(tmp_path).close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")
def test_fault_32_a_full_disk_leaves_the_store_whole(tmp_path):
    with Store(tmp_path) as store:
        for name in "ab":
            store.add(URL + name, "s", URL + name)
        store.save(URL + "a", "s", page(b"kept"))
        store.warc._file.close()
        store.warc._file = open("/dev/full", "ab")  # noqa: SIM115
        store.warc._writer.out = store.warc._file
        store.claim("s")
        with pytest.raises(StoreError, match="cannot be written"):
            store.save(URL + "b", "s", page(os.urandom(100_000)))
        os.dup2(os.open(os.devnull, os.O_WRONLY), store.warc._file.fileno())  # so that it can be closed
    with Store(tmp_path) as store:
        assert [c.body for c in store.pages()] == [b"kept"]
        assert store.counts() == {"done": 1, "waiting": 1}


_OLD = """
CREATE TABLE frontier (
  url TEXT PRIMARY KEY, source TEXT NOT NULL, asked TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'claimed', 'done', 'failed', 'gone')),
  reason TEXT NOT NULL DEFAULT '', missed INTEGER NOT NULL DEFAULT 0, etag TEXT NOT NULL DEFAULT '',
  modified TEXT NOT NULL DEFAULT '', checked TEXT
) STRICT;
CREATE TABLE captures (
  id INTEGER PRIMARY KEY, url TEXT NOT NULL REFERENCES frontier (url), final_url TEXT NOT NULL, source TEXT NOT NULL,
  fetched TEXT NOT NULL, digest TEXT NOT NULL, warc TEXT NOT NULL, start INTEGER NOT NULL, insecure INTEGER NOT NULL,
  UNIQUE (url, digest)
) STRICT;
"""


def test_a_store_of_the_first_miner_goes_on(tmp_path):
    with Store(tmp_path / "new") as store:
        store.save(URL, "s", page(b"<h1>x</h1>", ETag='"1"'))
        number, name, start, digest = store._db.execute("SELECT id, warc, start, digest FROM captures").fetchone()
    (tmp_path / "old" / "warc").mkdir(parents=True)
    (tmp_path / "new" / "warc" / name).rename(tmp_path / "old" / "warc" / name)
    with closing(sqlite3.connect(tmp_path / "old" / "index.db")) as old:
        old.executescript(_OLD)
        when = "2024-01-01T00:00:00Z"
        old.execute("INSERT INTO frontier VALUES (?, 's', ?, 'done', '', 0, '\"1\"', '', ?)", (URL, URL, when))
        old.execute("INSERT INTO frontier (url, source, asked) VALUES (?, 's', ?)", (URL + "b", URL + "b"))
        old.execute(
            "INSERT INTO captures VALUES (?, ?, ?, 's', ?, ?, ?, ?, 0)", (number, URL, URL, when, digest, name, start)
        )
        old.commit()
    with Store(tmp_path / "old") as store:
        assert [capture.body for capture in store.pages()] == [b"<h1>x</h1>"]
        assert store.claim("s", "example.org") == Claim(URL + "b", URL + "b")
        assert store.mark_due("s", datetime(2024, 1, 2, tzinfo=UTC)) == 1
        assert store.claim("s") == Claim(URL, URL, True, '"1"', "")
    Store(tmp_path / "old").close()


def test_a_store_of_a_newer_miner_is_refused(tmp_path):
    with Store(tmp_path) as store:
        store._db.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="newer miner"):
        Store(tmp_path)


def test_a_warc_file_that_is_gone_is_named(tmp_path):
    with Store(tmp_path) as store:
        store.save(URL, "s", page(b"x"))
    for file in (tmp_path / "warc").iterdir():
        file.unlink()
    with Store(tmp_path) as store, pytest.raises(StoreError, match="cannot be read at byte"):
        list(store.pages())
