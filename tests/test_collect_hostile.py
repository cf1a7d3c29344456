"""Whatever a server sends, reading it raises nothing, and costs in proportion to its length."""

import re
import time
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from miner.collect.address import AddressError, canonical
from miner.collect.discover import (
    Entry,
    days_in_url,
    feeds_of,
    next_page,
    read_feed,
    read_listing,
    read_sitemap,
    read_time,
)
from miner.collect.fetch import Fetched, read_retry_after
from miner.collect.judge import judge
from miner.collect.select import Selection, words_pattern
from miner.collect.warc import _joined
from miner.pages import find_system
from miner.tables import read_words
from miner.text import key

NEXT = read_words("collect.toml", "next")
PIECES = [
    b"<rss><channel><item>", b"<link>", b"http://x/", b"</link>", b"<pubDate>", b"26 Feb 2020", b"&amp", b"&#0;",
    b"<urlset>", b"<url><loc>", b"</loc></url>", b"<news:news>", b"<![CDATA[", b"]]>", b"<!DOCTYPE x [", b"<a href='",
    b"'>", b"<base href=//[>", b"\xff\xfe", b"\xef\xbb\xbf", b"\0", b"\x1f\x8b\x08", b"<title>404", b"5\r\n",
    b"<?xml version='1.0' encoding='x'?>", b"document.cookie=",
]  # fmt: skip
BODIES = st.one_of(st.binary(max_size=400), st.lists(st.sampled_from(PIECES), max_size=25).map(b"".join))


def read_all(body):
    for read in (read_feed, read_sitemap, read_listing):
        found = read(body, "http://x.example.org/a")
        for entry in found.entries:
            Selection(date(2020, 1, 1), date(2021, 1, 1), re.compile("x")).left_out(entry)
    next_page(body, "http://x.example.org/a", NEXT)
    feeds_of(body, "http://x.example.org/a")
    find_system(body)
    judge(Fetched("http://x/a", "http://x/a", 200, (), body, body, ""))
    _joined(body)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(BODIES)
def test_no_body_raises(body):
    read_all(body)


@settings(max_examples=200)
@given(st.text(max_size=80))
def test_no_words_raise(text):
    read_time(text)
    read_retry_after(text)
    days_in_url(text)
    Selection(date(2020, 1, 1), None, re.compile("a"), ("x",)).takes({"title": text, "text": text, "published": text})
    Selection(date(2020, 1, 1)).left_out(Entry(text, text, text, text))
    if key(text).strip():
        words_pattern((key(text),)).search(key(text))


@settings(max_examples=200)
@given(st.text(alphabet="abAB/?&=#.:%-ếđ[]@ 0", max_size=40))
def test_a_canonical_address_is_its_own(tail):
    try:
        one = canonical("http://x.example.org/" + tail)
    except AddressError:
        return
    assert canonical(one) == one


@pytest.mark.parametrize("piece", [*PIECES, b"<div>", b"<", b"'", b"-a", b"<title>", b"<meta name=", b"<p", b" "])
def test_cost_is_in_proportion(piece):
    body = piece * (100_000 // len(piece))
    start = time.perf_counter()
    read_all(body)
    assert time.perf_counter() - start < 5, piece
