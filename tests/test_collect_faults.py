"""Faults of COLLECTING.md from end to end, against a server on loopback; and that all 34 are tested."""

import gzip
import json
import os
import re
import resource
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from collecting import PAGE, asked, fetcher, links, run, source_of
from pytest_httpserver import HTTPServer
from werkzeug import Response

from miner.cli import main
from miner.collect import discover
from miner.collect.articles import write_articles
from miner.collect.run import collect
from miner.collect.store import Store
from miner.errors import StoreError

TESTS = Path(__file__).resolve().parent
TEXT = "Thôn Bến Gạo có 32 hộ tham gia tổ tự quản, giữ gìn đường làng ngõ xóm sạch đẹp."


def test_every_fault_has_a_test_that_names_it():
    found = set()
    for file in TESTS.glob("test_*.py"):
        found |= {int(number) for number in re.findall(r"^def test_fault_(\d\d)_", file.read_text("utf-8"), re.M)}
    assert found == set(range(1, 35))


@pytest.fixture
def site(httpserver):
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/tin/bai-1").respond_with_data(PAGE.format(1), content_type="text/html")
    return httpserver


def rows(folder):
    """Return the articles that are written, and why others are not."""
    with Store(folder) as store:
        _, problems = write_articles(store)
    lines = (folder / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["id"].rsplit("/", 1)[1]: row for row in map(json.loads, lines)}, problems


def html(body, encoding="utf-8"):
    return f"<html><head><title>Bài</title></head><body><h1>Bài</h1><p>{body}</p></body></html>".encode(encoding)


def test_fault_20_bytes_decide_what_no_header_or_a_wrong_one_says(site, tmp_path):
    site.expect_request("/").respond_with_data(links(*(f"/tin/{n}" for n in ("bom", "wrong", "bad", "none"))))
    bad = html(TEXT * 3).replace("giữ".encode(), b"gi\xff", 1)
    site.expect_request("/tin/bom").respond_with_data(
        html(TEXT, "utf-8-sig"), content_type="text/html; charset=latin-1"
    )
    site.expect_request("/tin/wrong").respond_with_data(html(TEXT + "1"), content_type="text/html; charset=iso-8859-1")
    site.expect_request("/tin/bad").respond_with_data(bad, content_type="text/html; charset=utf-8")
    site.expect_request("/tin/none").respond_with_data(html(TEXT + "2", "utf-16"), content_type="text/html")
    run(site, tmp_path)
    found, problems = rows(tmp_path)
    assert not problems
    assert [TEXT in found[name]["text"] for name in ("bom", "wrong", "none")] == [True] * 3
    assert found["bad"]["text"].count("\ufffd") == 1
    assert any("U+FFFD" in note for note in found["bad"]["notes"])
    assert not found["wrong"]["notes"]


def test_fault_21_deep_html_is_bounded_and_its_raw_page_stays(site, tmp_path):
    deep = b"<html><body>" + b"<div>" * 200_000 + TEXT.encode()
    broken = b"<html><p><table><p>" + TEXT.encode() + b"<b><i></b>\0\xff</p" + b"<" * 50_000
    site.expect_request("/").respond_with_data(links("/tin/deep", "/tin/broken", "/tin/bai-1"))
    site.expect_request("/tin/deep").respond_with_data(deep, content_type="text/html")
    site.expect_request("/tin/broken").respond_with_data(broken, content_type="text/html")
    tally, _, counts = run(site, tmp_path)
    assert (counts, tally.failed) == ({"done": 3}, 0)
    with Store(tmp_path) as store:
        assert [len(capture.body) for capture in store.pages()][:2] == [len(deep), len(broken)]
    found, problems = rows(tmp_path)
    assert "bai-1" in found
    assert len(found) + len(problems) == 3


def test_fault_22_a_broken_feed_still_brings_its_good_entries(site, tmp_path):
    feed = "<rss><channel><item><link>/tin/bai-1</link></item><item><title>&bad; <link>/tin/bai"
    site.expect_request("/").respond_with_data(links())
    site.expect_request("/rss").respond_with_data(feed, content_type="application/rss+xml")
    assert run(site, tmp_path, feeds=[site.url_for("/rss")])[1] == ["bai-1"]


def test_fault_23_entities_of_a_feed_or_sitemap_fetch_and_blow_up_nothing(site, tmp_path):
    site.expect_request("/").respond_with_data(links())
    bomb = '<!ENTITY a "y"><!ENTITY b "&a;&a;&a;">'.replace("y", "y" * 1000)
    dtd = f'<!DOCTYPE x SYSTEM "{site.url_for("/tin/dtd")}" [<!ENTITY e SYSTEM "{site.url_for("/tin/stolen")}">{bomb}]>'
    urls = f"<url><loc>&e;</loc></url><url><loc>&b;</loc></url><url><loc>{site.url_for('/tin/bai-1')}</loc></url>"
    site.expect_request("/map.xml").respond_with_data(f"{dtd}<urlset>{urls}</urlset>")
    site.expect_request("/rss").respond_with_data(f"{dtd}<rss><channel><item><link>&e;</link></item></channel></rss>")
    _, stored, _ = run(site, tmp_path, sitemaps=[site.url_for("/map.xml")], feeds=[site.url_for("/rss")])
    assert stored == ["bai-1"]
    assert asked(site, "/tin/") == ["/tin/bai-1"]


def test_fault_24_a_huge_index_is_left_at_its_bounds(site, tmp_path, monkeypatch):
    monkeypatch.setattr("miner.collect.guides.MAX_SITEMAPS", 10)
    monkeypatch.setattr("miner.collect.discover.MAX_ADDRESSES", 50)
    count = [0]

    def index(request):
        count[0] += 1
        loc = "".join(f"<sitemap><loc>{site.url_for('/map')}?{count[0]}-{n}</loc></sitemap>" for n in range(500))
        return Response(f"<sitemapindex>{loc}</sitemapindex>")

    site.expect_request("/").respond_with_data(links())
    site.expect_request("/map").respond_with_handler(index)
    run(site, tmp_path, sitemaps=[site.url_for("/map")])
    assert count[0] == 10
    many = "".join(f"<url><loc>{site.url_for('/tin/x')}{n}</loc></url>" for n in range(500))
    site.expect_request("/urls").respond_with_data(f"<urlset>{many}</urlset>")
    site.expect_request(re.compile("/tin/x.*")).respond_with_data(PAGE.format(1), content_type="text/html")
    assert run(site, tmp_path, sitemaps=[site.url_for("/urls")])[0].found == 50


def test_fault_04_a_packed_sitemap_is_unpacked_within_bounds(site, tmp_path, monkeypatch):
    monkeypatch.setattr(discover.unpack, "__defaults__", (10_000,))
    first = f"<url><loc>{site.url_for('/tin/bai-1')}</loc></url>"
    site.expect_request("/").respond_with_data(links())
    site.expect_request("/map.xml.gz").respond_with_data(gzip.compress(f"<urlset>{first}{' ' * 10**7}".encode()))
    assert run(site, tmp_path, sitemaps=[site.url_for("/map.xml.gz")])[1] == ["bai-1"]


def test_fault_03_a_sitemap_may_be_larger_than_a_page(site, tmp_path):
    body = f"<urlset><url><loc>{site.url_for('/tin/bai-1')}</loc></url>{' ' * 300_000}</urlset>"
    site.expect_request("/").respond_with_data(links("/tin/large"))
    site.expect_request("/tin/large").respond_with_data(PAGE.format(1) + " " * 300_000, content_type="text/html")
    site.expect_request("/map.xml").respond_with_data(body)
    tally, stored, _ = run(site, tmp_path, sitemaps=[site.url_for("/map.xml")], settings={"max_raw": 100_000})
    assert (stored, tally.kinds, tally.failed) == (["bai-1"], {"too_large": 1}, 0)


def test_fault_26_copies_of_a_page_are_fetched_once(site, tmp_path):
    copies = (
        "/tin/bai-1",
        "/tin/bai-1?utm_source=x&fbclid=2",
        "/print/tin/bai-1",
        "/savefile/tin/bai-1",
        "/tin/bai-1#top",
    )
    site.expect_request("/").respond_with_data(links(*copies))
    assert run(site, tmp_path)[1] == ["bai-1"]
    assert len(asked(site, "/tin/")) == 1


def test_fault_27_an_edited_article_is_a_new_version_and_the_old_one_stays(site, tmp_path):
    words = ["Bản đầu"]
    site.expect_request("/").respond_with_data(links("/tin/x"))
    site.expect_request("/tin/x").respond_with_handler(
        lambda request: Response(html(f"{words[0]}. {TEXT}"), content_type="text/html")
    )
    run(site, tmp_path)
    words[0] = "Bản sửa"
    assert run(site, tmp_path, options={"recheck": "all"})[0].changed == 1
    assert "Bản sửa" in rows(tmp_path)[0]["x"]["text"]
    with Store(tmp_path) as store:
        numbers = [row[0] for row in store._db.execute("SELECT id FROM captures ORDER BY id")]
        old, new = (store.capture(number).body.decode() for number in numbers)
    assert "Bản đầu" in old
    assert "Bản sửa" in new


@pytest.mark.parametrize(
    "body", ["<div></div>", "<video src='x.mp4'></video>", "<iframe src='//player.example.org'></iframe>"]
)
def test_fault_29_a_page_without_text_is_a_row_with_its_status(site, tmp_path, body):
    site.expect_request("/").respond_with_data(links("/tin/x"))
    site.expect_request("/tin/x").respond_with_data(f"<html><body>{body}</body></html>", content_type="text/html")
    assert run(site, tmp_path)[1] == ["x"]
    found, problems = rows(tmp_path)
    assert not found
    assert "/tin/x" in problems[0]


@pytest.mark.slow
def test_fault_30_random_kills_lose_and_repeat_nothing():
    """MINER_KILLS sets how many; scripts/kill-collector does a hundred."""
    kills = os.environ.get("MINER_KILLS", "12")
    call = [sys.executable, str(TESTS.parent / "scripts" / "kill-collector"), "--kills", kills]
    done = subprocess.run(call, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every page there exactly once: yes" in done.stdout
    assert "asked for again: 0" in done.stdout


def spec_file(site, tmp_path):
    spec = tmp_path / "s.toml"
    spec.write_text('name = "s"\ntitle = "S"\nprovince = "44"\nchecked = false\ndelay = 0\nallow = ["/tin/"]\n'
                    f'start = ["{site.url_for("/")}"]\n')  # fmt: skip
    return ["collect", str(spec), "-o", str(tmp_path / "store"), "--allow-private", "--contact", "mailto:t@example.org"]


def test_fault_32_a_second_instance_says_so(site, tmp_path):
    site.expect_request("/").respond_with_data(links("/tin/bai-1"))
    with Store(tmp_path / "store"):
        done = CliRunner().invoke(main, spec_file(site, tmp_path))
    assert done.exit_code == 1
    assert "in use by another collection" in done.stderr
    assert not site.log


def test_fault_32_a_locked_index_ends_the_run_and_the_store_stays_whole(site, tmp_path):
    site.expect_request("/").respond_with_data(links("/tin/bai-1", "/tin/x"))
    with Store(tmp_path) as store:
        store._db.execute("PRAGMA busy_timeout = 100")
        other = sqlite3.connect(tmp_path / "index.db", isolation_level=None, check_same_thread=False)

        def lock(request):
            other.execute("BEGIN IMMEDIATE")
            return Response(PAGE.format(2), content_type="text/html")

        site.expect_request("/tin/x").respond_with_handler(lock)
        with pytest.raises(StoreError, match=r"locked.*is whole"):
            collect([source_of(site)], fetcher(), store)
        other.execute("ROLLBACK")
        other.close()
    with Store(tmp_path) as store:
        assert store.counts() == {"done": 1, "waiting": 1}
        assert store._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_fault_32_a_full_disk_ends_the_run_with_a_message_and_the_next_goes_on(site, tmp_path):
    """No file may grow over 300 kB in the first run, as if the disk were full."""
    site.expect_request("/").respond_with_data(links(*(f"/tin/{n}" for n in range(30))))
    for n in range(30):
        noise = os.urandom(15_000).hex()
        site.expect_request(f"/tin/{n}").respond_with_data(
            html(f"{TEXT} {n}<!-- {noise} -->"), content_type="text/html"
        )
    call = [sys.executable, "-m", "miner", *spec_file(site, tmp_path)]
    limit = 300_000
    full = subprocess.run(call, capture_output=True, text=True, timeout=60,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))  # fmt: skip
    assert full.returncode == 1, full.stderr
    assert "what was stored before is whole" in full.stderr
    assert "Traceback" not in full.stderr
    with Store(tmp_path / "store") as store:
        counts = store.counts()
        assert sum(1 for _ in store.pages()) == counts["done"]
    assert 0 < counts["done"] < 30
    before = len(asked(site, "/tin/"))
    assert subprocess.run(call, capture_output=True, text=True, timeout=60).returncode == 0
    with Store(tmp_path / "store") as store:
        assert store.counts() == {"done": 30}
    assert len(asked(site, "/tin/")) - before == 30 - counts["done"]


def test_fault_33_addresses_and_titles_do_no_harm_where_they_are_shown_or_kept(site, tmp_path):
    """Nothing of a page becomes a file name, and its escapes reach no terminal."""
    site.expect_request("/").respond_with_data(
        links("/tin/..%2F..%2F..%2Fetc%2Fpasswd", "/tin/%1B%5B2J", "/tin/=cmd", "/tin/\x1b[31m")
    )
    page = "<html><title>=HYPERLINK(1)\x1b[2J</title><h1>=HYPERLINK(1)\x1b[2J</h1><p>" + TEXT + "\x1b[31m{}</p>"
    site.expect_request(re.compile("/tin/.*")).respond_with_handler(
        lambda request: Response(page.format(request.path), content_type="text/html")
    )
    done = CliRunner().invoke(main, spec_file(site, tmp_path))
    assert "\x1b" not in done.output
    names = {path.relative_to(tmp_path / "store").parts[0] for path in (tmp_path / "store").rglob("*")}
    assert names <= {"warc", "index.db", "index.db-wal", "index.db-shm", "lock", "articles.jsonl"}
    assert all(re.fullmatch(r"miner-\d+-\d+\.warc\.gz", file.name) for file in (tmp_path / "store" / "warc").iterdir())


def test_fault_01_a_time_out_leaves_the_address_for_the_next_run(tmp_path):
    site = HTTPServer(host="127.0.0.1", threaded=True)
    site.start()
    slow = threading.Event()

    def page(request):
        slow.wait(0 if slow.is_set() else 1.0)
        return Response(PAGE.format(7), content_type="text/html")

    try:
        site.expect_request("/robots.txt").respond_with_data("", status=404)
        site.expect_request("/").respond_with_data(links("/tin/slow", "/tin/bai-1"))
        site.expect_request("/tin/bai-1").respond_with_data(PAGE.format(1), content_type="text/html")
        site.expect_request("/tin/slow").respond_with_handler(page)
        tally, stored, counts = run(site, tmp_path, settings={"read_timeout": 0.4, "retries": 1})
        assert (stored, counts, tally.kinds) == (["bai-1"], {"done": 1, "waiting": 1}, {"timeout": 1})
        slow.set()
        assert run(site, tmp_path)[1] == ["bai-1", "slow"]
    finally:
        slow.set()
        site.clear()
        site.stop()
