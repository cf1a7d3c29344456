"""Several hosts and sources at the same time, somebody who says stop, and what a watcher hears."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time

import pytest
from click.testing import CliRunner
from collecting import PAGE, answer, asked, links, run, server, source_of
from pytest_httpserver import HTTPServer
from werkzeug import Response

from miner.cli import main
from miner.cli.collect_screen import Lines, screen
from miner.collect import Fetcher, Settings
from miner.collect.given import read_given
from miner.collect.run import collect, pause_until
from miner.collect.store import Store
from miner.collect.watch import JsonLog, Watcher, Watchers
from miner.sources import make_source


@pytest.fixture
def hosts():
    """Four web sites on addresses of their own, with five articles each; each answer takes 50 ms."""
    servers = []
    for number in range(2, 6):
        site = HTTPServer(host=f"127.0.0.{number}", threaded=True)
        site.start()
        site.under_way, site.most = 0, 0
        site.expect_request("/robots.txt").respond_with_data("", status=404)
        site.expect_request("/").respond_with_data(links(*(f"/tin/{number}-{n}" for n in range(5))))
        for n in range(5):
            site.expect_request(f"/tin/{number}-{n}").respond_with_handler(slowly(site, PAGE.format(f"{number} {n}")))
        servers.append(site)
    yield servers
    for site in servers:
        site.clear()
        site.stop()


ALL = {"mutex": threading.Lock(), "under_way": 0, "most": 0}


def slowly(site, page):
    def handle(request):
        with ALL["mutex"]:
            site.under_way += 1
            site.most = max(site.most, site.under_way)
            ALL["under_way"] += 1
            ALL["most"] = max(ALL["most"], ALL["under_way"])
        time.sleep(0.05)
        with ALL["mutex"]:
            site.under_way -= 1
            ALL["under_way"] -= 1
        return Response(page, content_type="text/html")

    return handle


def sources(hosts):
    return [source_of(site, name=f"s{number}") for number, site in enumerate(hosts)]


def test_hosts_are_asked_side_by_side_and_each_one_page_at_a_time(hosts, tmp_path):
    ALL["most"] = 0
    tallies, stored, counts = run(None, tmp_path, sources=sources(hosts))
    assert counts == {"done": 20}
    assert len(set(stored)) == 20
    assert [tally.stored for tally in tallies] == [5] * 4
    assert [site.most for site in hosts] == [1] * 4
    assert ALL["most"] >= 3


def test_the_hosts_of_one_source_are_asked_side_by_side(hosts, tmp_path):
    one = source_of(hosts[0], start=[site.url_for("/") for site in hosts])
    tally, stored, _ = run(None, tmp_path, sources=[one])
    assert (tally.stored, len(set(stored)), tally.kinds) == (20, 20, {})
    assert [site.most for site in hosts] == [1] * 4


def test_a_limit_holds_over_several_hosts(hosts, tmp_path):
    one = source_of(hosts[0], start=[site.url_for("/") for site in hosts])
    assert run(None, tmp_path, sources=[one], options={"limit": 7})[0].stored == 7


def test_fault_13_a_host_that_fails_is_left_and_the_others_go_on(hosts, tmp_path):
    bad = hosts[1]
    bad.clear()
    bad.expect_request("/robots.txt").respond_with_data("", status=404)
    bad.expect_request("/").respond_with_data(links(*(f"/tin/x-{n}" for n in range(50))))
    bad.expect_request("/tin/x-0").respond_with_data("", status=500)  # the others are 500 too: no handler
    tallies, stored, _ = run(None, tmp_path, sources=sources(hosts), settings={"circuit": 3})
    assert len(stored) == 15
    assert [tally.failed > 0 for tally in tallies] == [False, True, False, False]
    assert len(asked(bad, "/tin/")) == 3
    assert "in a row" in tallies[1].failures[-1]


def test_fault_34_a_source_that_fails_stops_no_other_and_is_named(hosts, tmp_path):
    dead = socket.create_server(("127.0.0.1", 0))
    port = dead.getsockname()[1]
    dead.close()
    bad = make_source({"name": "bad", "title": "B", "province": "44", "start": [f"http://127.0.0.1:{port}/"],
                       "checked": False, "delay": 0}, "x")  # fmt: skip
    nothing = read_given(hosts[0].url_for("/nothing-here"))
    tallies, stored, _ = run(None, tmp_path, sources=[bad, nothing, *sources(hosts)])
    assert len(stored) == 20
    assert [bool(tally.failed) for tally in tallies] == [True, True, False, False, False, False]
    assert str(port) in tallies[0].failures[0]
    assert "/nothing-here" in tallies[1].failures[0]


def test_fault_34_a_fault_of_our_own_is_reported_and_stops_no_other(hosts, tmp_path, monkeypatch):
    real = Fetcher.get

    def get(self, url, **options):
        if "/tin/3-" in url:
            raise RuntimeError("boom")
        return real(self, url, **options)

    monkeypatch.setattr(Fetcher, "get", get)
    tallies, stored, _ = run(None, tmp_path, sources=sources(hosts))
    assert len(stored) == 15
    assert "boom" in tallies[1].failures[0]


def test_fault_10_a_bad_certificate_fails_its_host_and_insecure_is_written_on_each_row(tmp_path):
    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
                    "-days", "2", "-subj", "/CN=localhost"], check=True, capture_output=True)  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    site = HTTPServer(host="127.0.0.1", ssl_context=context)
    site.start()
    try:
        site.expect_request("/robots.txt").respond_with_data("", status=404)
        site.expect_request("/").respond_with_data(links("/tin/bai-1"))
        site.expect_request("/tin/bai-1").respond_with_data(PAGE.format(1), content_type="text/html")
        tally, stored, _ = run(site, tmp_path / "a")
        assert not stored
        assert "TLS" in tally.failures[0]
        tally, stored, _ = run(site, tmp_path / "b", settings={"insecure_hosts": frozenset({"127.0.0.1"})})
        assert stored == ["bai-1"]
        with Store(tmp_path / "b") as store:
            assert [capture.insecure for capture in store.pages()] == [True]
            (row,) = store.rows()
        assert "TLS certificate not checked" in json.loads(row[1])["notes"]
    finally:
        site.clear()
        site.stop()


CAPTCHAS = {
    "title": b"<html><title>Just a moment...</title><body><p>x</p></body></html>",
    "form": b"<html><title>Xin ch\xc3\xa0o</title><body><form><div class='g-recaptcha'></div></form></body></html>",
    "cookie": b"<html><script>document.cookie='D1N=abc';location.reload();</script></html>",
}


@pytest.mark.parametrize("kind", sorted(CAPTCHAS))
def test_fault_17_a_captcha_stops_the_host_and_is_reported(kind, tmp_path):
    with server(answer(links("/tin/a", "/tin/b").encode()), answer(CAPTCHAS[kind])) as (url, seen):
        spec = make_source({"name": "s", "title": "S", "province": "44", "start": [url], "checked": False, "delay": 0,
                            "allow": ["/tin/"]}, "x")  # fmt: skip
        tally, stored, counts = run(None, tmp_path, sources=[spec])
    assert (stored, counts, len(seen)) == ([], {"waiting": 2}, 2)
    assert tally.kinds == {"captcha": 1}
    assert "robot" in tally.failures[0] or "cookie" in tally.failures[0]


@pytest.mark.parametrize("kind", sorted(CAPTCHAS))
def test_fault_17_a_captcha_instead_of_a_listing_is_no_empty_listing(kind, tmp_path):
    with server(answer(CAPTCHAS[kind])) as (url, seen):
        spec = make_source({"name": "s", "title": "S", "province": "44", "start": [url, f"{url}/b"], "checked": False,
                            "delay": 0}, "x")  # fmt: skip
        tally, _, _ = run(None, tmp_path, sources=[spec])
        assert (tally.kinds["guide_captcha"], len(seen)) == (1, 1)
        bare, _, _ = run(None, tmp_path, sources=[read_given(url)])
        assert bare.kinds == {"captcha": 1}


def test_fault_17_thousands_of_addresses_of_a_blocked_host_are_put_off_at_once(httpserver, tmp_path):
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/").respond_with_data(links(*(f"/tin/{n}" for n in range(5000))))
    maps = [httpserver.url_for(f"/map-{n}.xml") for n in range(50)]
    httpserver.expect_request("/tin/0").respond_with_data("", status=403)
    start = time.monotonic()
    tally, stored, counts = run(httpserver, tmp_path, sitemaps=maps)
    assert (stored, counts, tally.kinds) == ([], {"waiting": 5000}, {"blocked": 1})
    assert len(httpserver.log) == 3
    assert time.monotonic() - start < 10


def test_fault_11_a_bare_address_waits_too(httpserver, tmp_path):
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    busy = Response(status=429, headers={"Retry-After": "1"})
    httpserver.expect_oneshot_request("/tin/mot-bai-bao-thu-1.html").respond_with_response(busy)
    page = "<meta property='og:type' content='article'>" + PAGE.format(1)
    httpserver.expect_request("/tin/mot-bai-bao-thu-1.html").respond_with_data(page, content_type="text/html")
    given = [read_given(httpserver.url_for("/tin/mot-bai-bao-thu-1.html"))]
    assert run(None, tmp_path, sources=given)[0].stored == 1


def test_a_site_that_names_no_article_is_noted(httpserver, tmp_path):
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/").respond_with_data(links("/muc/"))
    heard = Heard()
    run(httpserver, tmp_path, options={"watcher": heard})
    assert any("no page named an article" in said["text"] for kind, said in heard.events if kind == "note")


def test_fault_17_news_of_captchas_is_news(httpserver, tmp_path):
    page = "<title>Mã xác nhận OTP: chiêu lừa mới</title><h1>Mã xác nhận OTP: chiêu lừa</h1><p>Công an cảnh báo.</p>"
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/").respond_with_data(links("/tin/otp"))
    httpserver.expect_request("/tin/otp").respond_with_data(page, content_type="text/html")
    assert run(httpserver, tmp_path)[1] == ["otp"]


def test_fault_11_a_short_wait_is_waited_and_a_long_one_left_for_the_next_run(httpserver, tmp_path):
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/").respond_with_data(links("/tin/a", "/tin/b"))
    busy = Response(status=429, headers={"Retry-After": "1"})
    httpserver.expect_oneshot_request("/tin/a").respond_with_response(busy)
    long = Response(status=503, headers={"Retry-After": "9999"})
    httpserver.expect_oneshot_request("/tin/b").respond_with_response(long)
    for path in ("/tin/a", "/tin/b"):
        httpserver.expect_request(path).respond_with_data(PAGE.format(path), content_type="text/html")
    heard = Heard()
    start = time.monotonic()
    tally, stored, counts = run(httpserver, tmp_path, options={"watcher": heard})
    assert time.monotonic() - start >= 0.9
    assert (stored, counts, tally.kinds) == (["a"], {"done": 1, "waiting": 1}, {"parked": 1})
    assert [said["seconds"] for kind, said in heard.events if kind == "wait"] == [pytest.approx(1, abs=0.3)]
    assert run(httpserver, tmp_path)[1] == ["a", "b"]


class Heard(Watcher):
    def __init__(self):
        self.events = []

    def event(self, kind, **said):
        self.events.append((kind, said))


def test_stop_ends_the_run_at_once_and_the_next_goes_on(httpserver, tmp_path):
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/").respond_with_data(links("/tin/a", "/tin/b", "/tin/c"))
    stop = threading.Event()

    def page(request):
        if request.path == "/tin/b":
            stop.set()
            time.sleep(0.3)
        return Response(PAGE.format(request.path), content_type="text/html")

    for name in "abc":
        httpserver.expect_request(f"/tin/{name}").respond_with_handler(page)
    asking = Fetcher(
        Settings(contact="mailto:t@example.org", delay=0, allow_private=True), sleep=pause_until(stop), warn=print
    )
    start = time.monotonic()
    with Store(tmp_path) as store:
        (tally,) = collect([source_of(httpserver)], asking, store, stop=stop)
        assert tally.stopped
        assert store.counts() == {"done": 1, "waiting": 2}
    assert time.monotonic() - start < 5
    assert run(httpserver, tmp_path)[2] == {"done": 3}


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_stops_cleanly(httpserver, tmp_path, signal_number):
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/").respond_with_data(links(*(f"/tin/{n}" for n in range(100))))
    for n in range(100):
        httpserver.expect_request(f"/tin/{n}").respond_with_data(PAGE.format(n), content_type="text/html")
    spec = tmp_path / "s.toml"
    spec.write_text('name = "s"\ntitle = "S"\nprovince = "44"\nchecked = false\ndelay = 0.2\nallow = ["/tin/"]\n'
                    f'start = ["{httpserver.url_for("/")}"]\n')  # fmt: skip
    call = [sys.executable, "-m", "miner", "collect", str(spec), "-o", str(tmp_path / "store"), "--allow-private",
            "--contact", "mailto:t@example.org", "--json-log", str(tmp_path / "log")]  # fmt: skip
    with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and len(asked(httpserver, "/tin/")) < 3:
            time.sleep(0.02)
        os.kill(process.pid, signal_number)
        out, err = process.communicate(timeout=10)
    assert process.returncode == 130, err
    assert "stopped" in err
    assert "Traceback" not in err
    assert "articles in" in out
    with Store(tmp_path / "store") as store:
        counts = store.counts()
    assert counts["done"] >= 2
    assert sum(counts.values()) == 100
    states = [json.loads(line)["event"] for line in (tmp_path / "log").read_text("utf-8").splitlines()]
    assert states.count("page") == counts["done"]


def test_the_log_holds_one_object_a_line(hosts, tmp_path):
    log = JsonLog(tmp_path / "log")
    hosts[0].expect_request("/tin/extra").respond_with_data("", status=404)
    hosts[0].expect_request("/two").respond_with_data(links("/tin/extra"))
    given = [source_of(hosts[0], start=[hosts[0].url_for("/"), hosts[0].url_for("/two")])]
    run(None, tmp_path / "store", sources=given, options={"watcher": Watchers(log, Lines(quiet=True))})
    log.close()
    events = [json.loads(line) for line in (tmp_path / "log").read_text("utf-8").splitlines()]
    kinds = [event["event"] for event in events]
    assert (kinds.count("page"), kinds.count("skip"), kinds.count("source"), kinds.count("done")) == (5, 1, 1, 1)
    page = next(event for event in events if event["event"] == "page")
    assert page["status"] == 200
    assert page["state"] == "new"
    assert page["bytes"] > 50
    assert page["time"] <= events[-1]["time"]


def test_bars_are_drawn_for_each_host_and_hostile_text_does_nothing(hosts, tmp_path, capsys):
    watcher = screen()
    try:
        run(None, tmp_path, sources=sources(hosts), options={"watcher": watcher})
        watcher.event("skip", source="s", host="h", url="http://x/[red]\x1b[2J", fault="robots", reason="[/bold]")
    finally:
        watcher.close()
    err = capsys.readouterr().err
    assert "127.0.0.5" in err
    assert "[red]" in err
    assert "\x1b[2J" not in err


def test_the_summary_says_what_came_and_why_the_rest_did_not(httpserver, tmp_path):
    httpserver.expect_request("/robots.txt").respond_with_data("User-agent: *\nDisallow: /tin/secret")
    httpserver.expect_request("/").respond_with_data(
        links("/tin/a", "/tin/none", "/tin/secret", "/tin/bad", "/tin/pdf")
    )
    httpserver.expect_request("/tin/a").respond_with_data(PAGE.format(1), content_type="text/html")
    httpserver.expect_request("/tin/pdf").respond_with_data(b"%PDF-1.4")
    httpserver.expect_request("/tin/none").respond_with_data("", status=404)
    httpserver.expect_request("/tin/bad").respond_with_data("", status=418)
    spec = tmp_path / "s.toml"
    spec.write_text('name = "s"\ntitle = "S"\nprovince = "44"\nchecked = false\ndelay = 0\nallow = ["/tin/"]\n'
                    f'start = ["{httpserver.url_for("/")}"]\n')  # fmt: skip
    call = ["collect", str(spec), "-o", str(tmp_path / "store"), "--allow-private", "--contact", "mailto:t@example.org"]
    done = CliRunner().invoke(main, call)
    assert done.exit_code == 1
    assert "1 status_404" in done.stdout
    assert "1 robots" in done.stdout
    assert "1 other_type" in done.stdout
    assert "1 refused" in done.stdout
    assert "/tin/bad: status 418" in done.stderr
    assert "1 articles in" in done.stdout


def test_many_skips_of_one_kind_are_only_counted(capsys):
    lines = Lines()
    for n in range(50):
        lines.event("skip", source="s", host="h", url=f"u{n}", fault="robots", reason="no")
    lines.event("skip", source="s", host="h", url="u", fault="status_404", reason="no")
    err = capsys.readouterr().err.splitlines()
    assert len(err) == 12
    assert "only counted" in err[10]


def test_no_cookie_is_kept_or_sent(httpserver, tmp_path):
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/").respond_with_data(links("/tin/a"), headers={"Set-Cookie": "session=1; Path=/"})
    httpserver.expect_request("/tin/a").respond_with_data(PAGE.format(1), content_type="text/html")
    assert run(httpserver, tmp_path)[1] == ["a"]
    assert [request.headers.get("Cookie") for request, _ in httpserver.log] == [None] * len(httpserver.log)


def test_a_304_that_nobody_asked_for_finishes_nothing(httpserver, tmp_path):
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/").respond_with_data(links("/tin/a"))
    httpserver.expect_oneshot_request("/tin/a").respond_with_data("", status=304)
    httpserver.expect_request("/tin/a").respond_with_data(PAGE.format(1), content_type="text/html")
    tally, stored, counts = run(httpserver, tmp_path)
    assert (stored, counts, tally.kinds) == ([], {"waiting": 1}, {"odd_304": 1})
    assert run(httpserver, tmp_path)[1] == ["a"]
