"""`miner sources check` against a site on loopback that fits its file, and one that has changed."""

import re

import pytest
from click.testing import CliRunner
from collecting import links

from miner.cli import main

BODY = "".join(
    f"<p>Ngày {n}/3, thôn Bến Gạo số {n} ra mắt tổ tự quản với {n + 20} hộ tham gia giữ gìn đường làng sạch đẹp.</p>"
    for n in range(1, 5)
)
PAGE = ("<h1 class='ten'>Bài {0}</h1><span class='ngay'>Thứ tư, 0{0}/02/2023 | 15:04 GMT+7</span>"
        "<div class='noi-dung'>" + BODY + "</div>")  # fmt: skip
SPEC = """
name = "bao-thu"
title = "Báo Thử"
province = "44"
checked = false
delay = 0
allow = ['/tin/']
start = ["{0}"]
feeds = ["{0}rss"]
sitemaps = ["{0}map.xml"]
[[listings]]
url = "{0}muc/"
pages = "{0}muc/?trang={{page}}"
[[archives]]
url = "{0}ngay/{{yyyy}}/{{mm}}/{{dd}}"
[[selectors]]
title = ["//h1[@class='ten']", "//h1[@class='cu']"]
body = ["//*[@class='noi-dung']"]
date = ["//*[@class='ngay']"]
author = ["//*[@class='tac-gia']"]
"""


@pytest.fixture
def site(httpserver):
    httpserver.expect_request("/robots.txt").respond_with_data("User-agent: *\nDisallow: /admin/")
    for n in range(1, 5):
        httpserver.expect_request(f"/tin/bai-{n}").respond_with_data(PAGE.format(n), content_type="text/html")
    for path in ("/", "/muc/"):
        httpserver.expect_request(path).respond_with_data(links("/tin/bai-1", "/tin/bai-2", "/lien-he"))
    httpserver.expect_request("/rss").respond_with_data("<rss><channel><item><link>/tin/bai-3</link></item>")
    url = httpserver.url_for("/tin/bai-4")
    httpserver.expect_request("/map.xml").respond_with_data(
        f"<sitemapindex><sitemap><loc>{httpserver.url_for('/inner.xml')}</loc></sitemap></sitemapindex>"
    )
    httpserver.expect_request("/inner.xml").respond_with_data(f"<urlset><url><loc>{url}</loc></url></urlset>")
    return httpserver


def check(site, tmp_path, text=SPEC):
    file = tmp_path / "s.toml"
    file.write_text(text.format(site.url_for("/")), encoding="utf-8")
    call = ["sources", "check", str(file), "--contact", "mailto:t@example.org", "--allow-private"]
    return CliRunner().invoke(main, call, env={"COLUMNS": "300"})


def states(done):
    """Return the lines that were told on the way, as part → states."""
    told = {}
    for line in done.stderr.splitlines():
        told.setdefault(line.partition(": ")[0], []).append(line.rsplit(": ", 1)[1])
    return told


def test_a_source_that_fits_works(site, tmp_path):
    site.expect_request(re.compile("/ngay/.*")).respond_with_data(links("/tin/bai-1"))
    done = check(site, tmp_path)
    assert done.exit_code == 0, done.output
    told = states(done)
    assert told["robots"] == told["feed"] == told["sitemap"] == told["start"] == told["archive"] == ["works"]
    assert told["listing"] == ["works", "works"]
    assert told["article"] == ["works"] * 3
    assert told["selector title"] == ["works", "not seen"]
    assert told["selector author"] == ["not seen"]
    assert "everything needed works" in done.stdout
    assert "2023-02-03" in done.stdout


def test_what_broke_is_told(site, tmp_path):
    site.expect_request("/none").respond_with_data("", status=404)
    text = SPEC.replace("//*[@class='noi-dung']", "//*[@id='khac']").replace("{0}rss", "{0}none")
    done = check(site, tmp_path, text)
    assert done.exit_code == 1
    told = states(done)
    assert told["feed"] == told["archive"] == told["selector body"] == ["BROKEN"]
    assert told["article"] == ["BROKEN"] * 3
    assert told["selector title"] == ["works", "not seen"]
    assert "autodetection" in done.stdout
    assert "status 404" in done.stdout


def test_a_site_without_articles_and_one_that_forbids(site, tmp_path):
    done = check(site, tmp_path, SPEC.replace("/tin/", "/khong/"))
    assert done.exit_code == 1
    assert "names no article" in done.stdout
    assert "allow and deny let none pass" in done.stdout
    site.clear()
    site.expect_request("/robots.txt").respond_with_data("User-agent: *\nDisallow: /")
    done = check(site, tmp_path)
    assert done.exit_code == 1
    assert "does not let us ask" in done.stdout
    assert len(site.log) == 1


def test_only_names_and_files_are_checked():
    for source, status in (("nobody", 1), ("https://x.example.org/", 2)):
        call = ["sources", "check", source, "--contact", "mailto:t@example.org"]
        assert CliRunner().invoke(main, call).exit_code == status
