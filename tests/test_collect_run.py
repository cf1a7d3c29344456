"""A source to the store over HTTP: discovery, traps, and failures that stop nothing else."""

import pytest
from collecting import PAGE, asked, links, run
from werkzeug import Response

from miner.collect.discover import read_feed, read_listing, read_sitemap
from miner.collect.guides import STALE_PAGES


@pytest.fixture
def site(httpserver):
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    for n in range(1, 6):
        httpserver.expect_request(f"/tin/bai-{n}.html").respond_with_data(PAGE.format(n), content_type="text/html")
    return httpserver


def test_a_second_run_fetches_only_what_is_new(site, tmp_path):
    site.expect_oneshot_request("/").respond_with_data(links("/tin/bai-1.html", "/tin/bai-2.html?utm_source=x"))
    site.expect_request("/").respond_with_data(links("/tin/bai-2.html", "/tin/bai-3.html"))
    assert run(site, tmp_path)[1] == ["bai-1.html", "bai-2.html"]
    assert run(site, tmp_path)[1] == ["bai-1.html", "bai-2.html", "bai-3.html"]
    assert len(asked(site, "/tin/")) == 3


def test_fault_24_sitemaps_in_a_circle_end(site, tmp_path):
    site.expect_request("/").respond_with_data(links())
    inner = "".join(f"<sitemap><loc>{site.url_for(p)}</loc></sitemap>" for p in ("/map.xml", "/b.xml"))
    urls = f"<url><loc>{site.url_for('/tin/bai-4.html')}</loc></url>"
    site.expect_request("/map.xml").respond_with_data(f"<sitemapindex>{inner}</sitemapindex>")
    site.expect_request("/b.xml").respond_with_data(f"<urlset>{urls}{inner}</urlset>")
    assert run(site, tmp_path, sitemaps=[site.url_for("/map.xml")])[1] == ["bai-4.html"]
    assert len(asked(site, "/map.xml") + asked(site, "/b.xml")) == 2


def test_fault_25_endless_pagination_is_left(site, tmp_path):
    site.expect_request("/").respond_with_data(links())
    site.expect_request("/list").respond_with_data(links("/tin/bai-1.html"))
    run(site, tmp_path, listings=[{"url": site.url_for("/list"), "pages": site.url_for("/list") + "?p={page}"}])
    assert len(asked(site, "/list")) == STALE_PAGES + 1


def test_fault_16_a_missing_page_is_asked_for_in_one_later_run(site, tmp_path):
    site.expect_request("/").respond_with_data(links("/tin/none", "/tin/gone", "/tin/bai-1.html"))
    site.expect_request("/tin/none").respond_with_data("", status=404)
    site.expect_request("/tin/gone").respond_with_data("", status=410)
    for counts in ({"done": 1, "failed": 1, "gone": 1}, {"done": 1, "gone": 2}, {"done": 1, "gone": 2}):
        tally, stored, found = run(site, tmp_path)
        assert (stored, found) == (["bai-1.html"], counts)
        assert not tally.failed
    assert (len(asked(site, "/tin/none")), len(asked(site, "/tin/gone"))) == (2, 1)


@pytest.mark.parametrize("body", [b"%PDF-1.7 x", b"PK\x03\x04x", b"\xff\xd8\xffx", b"\x89PNG x"])
def test_fault_28_other_kinds_are_told_by_their_bytes_and_their_address_is_kept(site, tmp_path, body):
    site.expect_request("/").respond_with_data(links("/tin/pdf", "/tin/bai-1.html"))
    site.expect_request("/tin/pdf").respond_with_data(body, content_type="text/html")
    tally, stored, counts = run(site, tmp_path)
    assert (stored, counts, tally.kinds) == (["bai-1.html"], {"done": 1, "failed": 1}, {"other_type": 1})


def test_fault_18_soft_404s_give_no_article(site, tmp_path):
    same = "<title>Cổng thông tin</title><h1>Cổng thông tin</h1><p>Nội dung đang được cập nhật.</p>"
    site.expect_request("/").respond_with_data(links("/tin/home", "/tin/told", *(f"/tin/same-{n}" for n in range(6)),
                                                     "/tin/404-ho-dan", "/tin/bai-1.html"))  # fmt: skip
    site.expect_request("/tin/home").respond_with_response(Response(status=302, headers={"Location": "/"}))
    site.expect_request("/tin/told").respond_with_data("<title>Không tìm thấy trang - Báo Thử</title><p>Lỗi.</p>")
    site.expect_request("/tin/404-ho-dan").respond_with_data(
        PAGE.format("404").replace("Bài 404", "404 hộ dân vay vốn")
    )
    for n in range(6):
        site.expect_request(f"/tin/same-{n}").respond_with_data(same)
    tally, stored, _ = run(site, tmp_path)
    assert stored == ["same-0", "same-1", "same-2", "404-ho-dan", "bai-1.html"]
    assert tally.kinds == {"soft_404": 2, "repeated": 3}


def test_fault_34_a_failing_page_stops_no_other(site, tmp_path):
    site.expect_request("/").respond_with_data(links("/tin/bad", "/tin/bai-1.html"))
    site.expect_request("/tin/bad").respond_with_data("", status=500)
    tally, stored, _ = run(site, tmp_path)
    assert stored == ["bai-1.html"]
    assert "/tin/bad" in tally.failures[0]


def test_fault_22_the_good_entries_of_a_broken_feed_count():
    feed = b"<rss><channel><item><link>/a</link></item><item><link>http://x.example.org/b</link></item><item><link>&bad"
    assert read_feed(feed, "http://x.example.org/rss").articles[:2] == (
        "http://x.example.org/a",
        "http://x.example.org/b",
    )


def test_fault_23_no_entity_is_resolved(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("http://stolen.example.org/")
    dtd = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}"><!ENTITY a "{"y" * 99}"><!ENTITY b "{"&a;" * 99}">'
    dtd += f'<!ENTITY c "{"&b;" * 99}">]>'
    body = f"{dtd}<urlset><url><loc>&e;</loc></url><url><loc>&c;</loc></url><url><loc>http://x/1</loc></url></urlset>"
    assert "stolen" not in str(read_sitemap(body.encode(), "http://x/"))
    feed = f"{dtd}<rss><channel><item><link>&e;</link><title>&c;</title></item></channel></rss>"
    found = str(read_feed(feed.encode(), "http://x/"))
    assert "stolen" not in found
    assert len(found) < 1000


@pytest.mark.parametrize("body", [b"", b"\0\xff", b"<", b"<a href='http://['>x</a>", b"{}"])
def test_discovery_survives_anything(body):
    for read in (read_feed, read_sitemap, read_listing):
        read(body, "http://x.example.org/")
