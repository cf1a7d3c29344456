"""The fetcher against real servers on loopback; each test names the fault of COLLECTING.md that it covers."""

import gzip
import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from collecting import FAST, answer, fetcher, server

from miner.collect import Fetcher, FetchError, Settings, canonical, check_address
from miner.collect.address import AddressError, is_public
from miner.collect.fetch import read_retry_after


def fails(url, kind, **more):
    with pytest.raises(FetchError) as raised:
        fetcher(**more).get(url)
    assert raised.value.kind == kind, raised.value
    return raised.value


def test_a_page_comes_with_an_honest_name():
    with server(answer(b"xin ch\xc3\xa0o", ETag='"a"')) as (url, seen):
        page = fetcher().get(url + "/a")
    assert (page.status, page.body, page.peer, page.header("etag")) == (200, "xin chào".encode(), "127.0.0.1", '"a"')
    assert "miner/0.1 (+mailto:test@example.org)" in seen[0]


def test_a_contact_is_needed():
    with pytest.raises(ValueError, match="contact"):
        Fetcher(Settings(contact=" "))


def test_fault_01_time_outs_are_tried_three_times_more():
    with server([1.0, b""]) as (url, _):
        fails(url + "/a", "timeout", read_timeout=0.1)
    with server([0.3, b""], answer(b"ok")) as (url, _):
        assert fetcher(read_timeout=0.2).get(url + "/a").body == b"ok"


def test_fault_01_what_cannot_be_reached_is_named_for_people():
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    error = fails(f"http://127.0.0.1:{port}/a", "robots_unreachable", retries=0)
    assert "refuses connections" in error.reason
    error = fails("http://no-such-host.invalid/a", "robots_unreachable", retries=0)
    assert "leads nowhere" in error.reason


@pytest.mark.parametrize("where", ["head", "body"])
def test_fault_02_a_slow_answer_ends_at_the_deadline(where):
    drip = [piece for _ in range(40) for piece in (b"x", 0.1)]
    slow = [b"HTTP/1.1 200 OK\r\nX-A: ", *drip] if where == "head" else [answer(Content_Length=1000), *drip]
    with server(slow) as (url, _):
        start = time.monotonic()
        fails(url + "/a", "timeout", deadline=0.5, read_timeout=2, retries=0)
        assert time.monotonic() - start < 1.5


def test_fault_03_a_huge_body_is_left():
    with server(answer(b"x" * 500_000)) as (url, seen):
        fails(url + "/a", "too_large", max_raw=100_000)
    assert len(seen) == 1


def test_fault_04_a_gzip_bomb_is_left():
    with server(answer(gzip.compress(b"0" * 5_000_000), Content_Encoding="gzip")) as (url, seen):
        fails(url + "/a", "too_large", max_decoded=1_000_000)
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        (answer(b"not gzip", Content_Encoding="gzip"), "bad_encoding"),
        (answer(gzip.compress(b"abc" * 500)[:-12], Content_Encoding="gzip"), "bad_encoding"),
        (answer(b"abc", Content_Length=10), "truncated"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nabc", "truncated"),
    ],
    ids=["no gzip", "cut gzip", "short", "cut chunk"],
)
def test_fault_05_broken_bodies_are_tried_again_and_never_complete(broken, kind):
    with server(broken) as (url, seen):
        fails(url + "/a", kind)
    assert len(seen) == 4
    with server(broken, answer(b"whole")) as (url, _):
        assert fetcher().get(url + "/a").body == b"whole"


def test_fault_06_redirect_loops_end_and_the_chain_is_told():
    with server(answer(status="302 Found", Location="/a")) as (url, seen):
        assert "→" in fails(url + "/a", "redirect_loop").reason
    assert len(seen) == 1
    steps = [answer(status="302 Found", Location=f"/{n}") for n in range(9)]
    with server(*steps) as (url, seen):
        fails(url + "/a", "redirect_loop")
    assert len(seen) == 6


def test_fault_07_scope_and_robots_are_checked_at_each_redirect():
    with (
        server(answer(b"other")) as (other, others_seen),
        server(answer(status="301 Moved", Location=f"{other}/b")) as (url, _),
    ):
        with pytest.raises(FetchError) as raised:
            fetcher().get(url + "/a", in_scope=lambda u: u.startswith(url))
        assert raised.value.kind == "out_of_scope"
        assert fetcher().get(url + "/a").chain == (url + "/a",)
    with (
        server(answer(b"x"), robots=answer(b"User-agent: *\nDisallow: /")) as (other, others_seen),
        server(answer(status="301 Moved", Location=f"{other}/b")) as (url, _),
    ):
        fails(url + "/a", "robots")
        assert not others_seen


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0.0.0.0", "[::ffff:127.0.0.1]"]
)
def test_fault_08_private_peers_get_no_byte(host):
    with server(answer(b"secret")) as (url, seen):
        port = url.rsplit(":", 1)[1]
        with pytest.raises(FetchError) as raised:
            fetcher(allow_private=False, retries=0).get(f"http://{host}:{port}/a")
        assert raised.value.kind in ("robots_unreachable", "bad_address")
        assert "".join(seen) == ""


def test_fault_08_a_name_that_turns_private_is_caught_at_the_peer(monkeypatch):
    with server(answer(b"secret")) as (url, seen):
        port = int(url.rsplit(":", 1)[1])
        real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", lambda host, *a, **k: real("127.0.0.1", *a, **k))
        error = fails(f"http://paper.example.org:{port}/a", "robots_unreachable", allow_private=False)
        assert "127.0.0.1" in error.reason
        assert "".join(seen) == ""


def test_fault_08_proxies_of_the_environment_are_not_used(monkeypatch):
    with server(answer(b"proxied")) as (proxy, seen), server(answer(b"direct")) as (url, _):
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.setenv("no_proxy", "")
        assert fetcher().get(url + "/a").body == b"direct"
        assert not seen


@pytest.mark.parametrize(
    ("address", "public"),
    [("8.8.8.8", True), ("10.0.0.1", False), ("169.254.169.254", False), ("::1", False), ("::ffff:10.1.1.1", False),
     ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False), ("100.64.0.1", False), ("224.0.0.1", False), ("x", False),
     ("2001:4860:4860::8888", True)],
)  # fmt: skip
def test_fault_08_public_addresses(address, public):
    assert is_public(address) is public


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://example.org/", "javascript:1", "http://me:pw@example.org/", "http://", "http://[x/",
     "http://a b/", "http://example.org:99999/", "/relative", "http://example.org/" + "a" * 3000],
)  # fmt: skip
def test_fault_09_other_addresses_are_refused(url):
    with pytest.raises(AddressError):
        check_address(url)
    fails(url, "bad_address")


def test_fault_09_a_redirect_to_another_scheme_is_refused():
    with server(answer(status="302 Found", Location="file:///etc/passwd")) as (url, _):
        fails(url + "/a", "bad_address")


def test_fault_10_a_tls_failure_is_named():
    with server(answer(b"plain")) as (url, _):
        error = fails(url.replace("http:", "https:") + "/a", "robots_unreachable", retries=0)
        assert "TLS" in error.reason


@pytest.mark.parametrize("form", ["seconds", "date"])
@pytest.mark.parametrize("status", ["429 Too Many", "503 Busy"])
def test_fault_11_retry_after_parks_the_host(form, status):
    written = "120" if form == "seconds" else format_datetime(datetime.now(UTC) + timedelta(seconds=120), usegmt=True)
    with server(answer(status=status, Retry_After=written)) as (url, seen):
        asking = fetcher()
        for path in ("/a", "/b"):
            with pytest.raises(FetchError) as raised:
                asking.get(url + path)
            assert raised.value.kind == "parked"
            assert 110 < raised.value.until - time.time() < 130
        assert len(seen) == 1


def test_fault_12_a_malformed_retry_after_means_the_usual_pause():
    with server(answer(status="429 Too Many", Retry_After="soon"), answer(b"ok")) as (url, _):
        assert fetcher().get(url + "/a").body == b"ok"
    assert [read_retry_after(w) for w in ("soon", "", "-5", "1e9", "99999999999")] == [None] * 5


def test_fault_13_a_failing_host_is_left_and_others_go_on():
    with server(answer(status="500 Oh")) as (bad, seen), server(answer(b"ok")) as (good, _):
        asking = fetcher(circuit=3)
        kinds = []
        for path in ("/a", "/b"):
            with pytest.raises(FetchError) as raised:
                asking.get(bad + path)
            kinds.append(raised.value.kind)
        assert kinds == ["circuit_open", "circuit_open"]
        assert len(seen) == 3
        assert asking.get(good + "/a").body == b"ok"


def test_fault_14_a_conditional_request_may_find_nothing_new():
    with server(answer(status="304 Not Modified")) as (url, seen):
        assert fetcher().get(url + "/a", etag='"v1"', modified="Wed, 01 Jan 2020 00:00:00 GMT").status == 304
    assert 'If-None-Match: "v1"' in seen[0]
    assert "If-Modified-Since: Wed, 01 Jan 2020" in seen[0]


@pytest.mark.parametrize("status", [401, 403])
def test_fault_17_a_block_stops_the_host(status):
    with server(answer(status=f"{status} No")) as (url, seen):
        asking = fetcher()
        for kind in ("blocked", "host_stopped"):
            with pytest.raises(FetchError) as raised:
                asking.get(url + "/a")
            assert raised.value.kind == kind
        assert len(seen) == 1


@pytest.mark.parametrize(
    ("robots", "kind"),
    [
        (answer(status="404 None"), None),
        (answer(status="403 No"), None),
        (answer(status="500 Oh"), "robots_unreachable"),
        ([0.5, b""], "robots_unreachable"),
        (answer(b"<html><body>Disallow: /</body></html>"), None),
        (answer(b"\xef\xbb\xbfUser-agent: *\nDisallow: /a"), "robots"),
        (answer(b"User-agent: miner\nDisallow: /\n\nUser-agent: *\nDisallow:"), "robots"),
    ],
    ids=["404", "403", "500", "time-out", "html", "bom", "our name"],
)
def test_fault_19_robots(robots, kind):
    with server(answer(b"page"), robots=robots) as (url, seen):
        if kind:
            fails(url + "/a", kind, retries=0, read_timeout=0.2)
            assert not seen
        else:
            assert fetcher().get(url + "/a").body == b"page"


def test_fault_19_html_as_robots_is_warned_of():
    said = []
    with server(answer(b"x"), robots=answer(b"<!DOCTYPE html>")) as (url, _):
        Fetcher(Settings(**FAST), warn=said.append).get(url + "/a")
    assert "not robots.txt" in said[0]


@pytest.mark.parametrize(
    ("url", "one"),
    [
        ("https://A.example.org:443/x?utm_source=f&fbclid=1#top", "https://a.example.org/x"),
        ("https://m.example.org/x.html", "https://example.org/x.html"),
        ("https://example.org/x.html/amp", "https://example.org/x.html"),
        ("https://example.org/savefile/tin/bai-12.html", "https://example.org/tin/bai-12.html"),
        ("https://example.org/print/tin/bai-12.html", "https://example.org/tin/bai-12.html"),
        ("https://example.org/Pages/a.aspx?ItemID=7&zarsrc=3", "https://example.org/Pages/a.aspx?ItemID=7"),
        ("https://example.org/?p_p_id=101&tabid=5", "https://example.org/?p_p_id=101&tabid=5"),
    ],
)
def test_fault_26_one_canonical_address(url, one):
    assert canonical(url) == one
    assert canonical(one) == one


def test_hosts_are_asked_one_at_a_time_with_a_pause():
    waited = []
    with server(answer(b"x"), robots=answer(b"User-agent: *\nCrawl-delay: 7")) as (url, _):
        asking = Fetcher(Settings(**(FAST | {"delay": 3})), sleep=waited.append)
        asking.get(url + "/a")
        asking.get(url + "/b")
    assert [round(w) for w in waited] == [3, 7]
