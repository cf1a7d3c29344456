"""What a source may be: an address of any kind, a WARC file, a name, a TOML file."""

import gzip
import json
from io import BytesIO

import pytest
from click.testing import CliRunner
from collecting import asked, links, run
from warcio.statusandheaders import StatusAndHeaders

from miner.cli import main
from miner.collect.auto import name_of
from miner.collect.given import is_source, read_given
from miner.collect.store import Store
from miner.collect.warc import read_warc
from miner.collect.warcfile import Writer
from miner.errors import InputError
from miner.pages import find_system

BODY = "".join(
    f"<p>Sáng {n}/3, thôn Bến Gạo ra mắt tổ tự quản số {n}, có {n + 20} hộ tham gia giữ gìn đường làng sạch đẹp.</p>"
    for n in range(1, 6)
)
ARTICLE = "<html><head><title>Bài {0}</title>{1}</head><body><h1>Bài {0}</h1><article>" + BODY + "<p>{0}</p></article>"


@pytest.fixture
def site(httpserver):
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    for n in range(1, 9):
        path = f"/thoi-su/bai-so-{n}-cua-bao-thu-{1000 + n}.html"
        httpserver.expect_request(path).respond_with_data(ARTICLE.format(n, ""), content_type="text/html")
    return httpserver


def path(n):
    return f"/thoi-su/bai-so-{n}-cua-bao-thu-{1000 + n}.html"


def names(*numbers):
    return [path(n).rsplit("/", 1)[1] for n in numbers]


def collect(site, folder, where, **options):
    return run(site, folder, sources=[read_given(site.url_for(where))], options=options)


def feed(site, *numbers):
    items = "".join(f"<item><title>Bài {n}</title><link>{site.url_for(path(n))}</link></item>" for n in numbers)
    return f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>"


def sitemap(site, *numbers):
    return "<urlset>" + "".join(f"<url><loc>{site.url_for(path(n))}</loc></url>" for n in numbers) + "</urlset>"


def test_an_address_may_be_a_feed(site, tmp_path):
    site.expect_request("/tin.rss").respond_with_data(feed(site, 2, 1), content_type="application/rss+xml")
    tally, stored, _ = collect(site, tmp_path, "/tin.rss")
    assert stored == names(2, 1)
    assert not tally.kinds
    assert len(asked(site, "/tin.rss")) == 1


@pytest.mark.parametrize("packed", [False, True])
def test_an_address_may_be_a_sitemap_also_a_packed_one(site, tmp_path, packed):
    body = sitemap(site, 1, 3).encode()
    site.expect_request("/map.xml.gz").respond_with_data(gzip.compress(body) if packed else body)
    assert collect(site, tmp_path, "/map.xml.gz")[1] == names(1, 3)


def test_an_address_may_be_one_article_and_nothing_else_is_asked_for(site, tmp_path):
    page = ARTICLE.format(9, "<meta property='og:type' content='article'>") + links(path(1), path(2))
    site.expect_request("/x/mot-bai").respond_with_data(page, content_type="text/html")
    assert collect(site, tmp_path, "/x/mot-bai")[1] == ["mot-bai"]
    assert collect(site, tmp_path, path(4))[1] == ["mot-bai", *names(4)]
    assert len(asked(site, "/thoi-su/")) == 1


def test_an_address_may_be_a_listing_whose_next_pages_are_followed(site, tmp_path):
    listing = links(path(1), "/lien-he/", "/tag/gao-nep-thom-ngon-1234/", "https://other.example.org/a-b-c-d-123.html")
    site.expect_request("/thoi-su/", query_string="").respond_with_data(listing + "<a rel='next' href='?page=2'>2</a>")
    site.expect_request("/thoi-su/", query_string="page=2").respond_with_data(links(path(2)) + links("?page=1"))
    tally, stored, _ = collect(site, tmp_path, "/thoi-su/")
    assert stored == names(1, 2)
    assert not tally.kinds


def test_a_site_is_found_by_its_head_its_robots_and_its_links(site, tmp_path):
    home = f"<link rel='alternate' type='application/rss+xml' href='/rss/home'>{links(path(1))}"
    site.clear()
    site.expect_request("/robots.txt").respond_with_data(f"Sitemap: {site.url_for('/robots-map.xml')}")
    for n in range(1, 5):
        site.expect_request(path(n)).respond_with_data(ARTICLE.format(n, ""), content_type="text/html")
    site.expect_request("/").respond_with_data(home, content_type="text/html")
    site.expect_request("/rss/home").respond_with_data(feed(site, 2))
    site.expect_request("/robots-map.xml").respond_with_data(sitemap(site, 3))
    tally, stored, _ = collect(site, tmp_path, "/")
    assert sorted(stored) == sorted(names(1, 2, 3))
    assert not tally.kinds
    assert len(asked(site, "/")) - len(asked(site, "/thoi-su/")) == 4


def test_a_site_that_names_nothing_is_tried_at_the_usual_places(site, tmp_path):
    site.expect_request("/").respond_with_data("<html><p>Trang chủ</p></html>", content_type="text/html")
    site.expect_request("/sitemap.xml").respond_with_data(sitemap(site, 5))
    site.expect_request("/feed").respond_with_data(feed(site, 6))
    assert sorted(collect(site, tmp_path, "/")[1]) == names(5, 6)


def test_guesses_are_made_once_and_not_held_against_the_host(site, tmp_path):
    site.expect_request("/").respond_with_data(links(path(1)), content_type="text/html")
    tally, stored, _ = collect(site, tmp_path, "/")  # other places answer 500
    assert (stored, tally.kinds) == (names(1), {})
    assert len(asked(site, "/sitemap.xml")) == 1


def test_an_address_that_does_not_come_fails_alone(site, tmp_path):
    site.expect_request("/tin.rss").respond_with_data(feed(site, 1))
    given = [read_given(site.url_for(p)) for p in ("/none", "/tin.rss")]
    (none, good), stored, _ = run(site, tmp_path, sources=given)
    assert stored == names(1)
    assert (none.failed, good.failed) == (1, 0)
    assert "/none" in none.failures[0]


def test_names_tell_addresses_apart():
    assert name_of("https://www.paper.example.org/") == "paper-example-org"
    assert name_of("https://paper.example.org/a") != name_of("https://paper.example.org/b")
    assert find_system(b"<meta name='generator' content='NukeViet v4.5'>") == "nukeviet"
    assert find_system(b'<meta content="Liferay 7" name="generator"><p>nukeviet</p>') == "liferay"
    assert find_system(b"<div class='td-post-content'>") == "tagdiv"
    assert find_system(b"<p>x</p><a href='/nukeviet/'>nukeviet, sharepoint</a>") is None


def test_what_a_source_is_is_told_by_its_form(tmp_path):
    assert is_source("https://x.example.org/")
    assert is_source("bao-dak-lak")
    assert is_source("a.toml")
    assert is_source("a.WARC.gz")
    assert not is_source("reports/")
    for wrong in ("nobody", "ftp://x.example.org/", "none.warc", "http://me:pw@x.example.org/"):
        with pytest.raises(InputError):
            read_given(wrong)


def warc_of(*pages, packed=True):
    out = BytesIO()
    writer = Writer(out, gzip=packed)
    writer.write_record(writer.create_warcinfo_record("x", {"software": "other"}))
    ends = [out.tell()]
    for url, body, headers, status in pages:
        head = StatusAndHeaders(status, headers, protocol="HTTP/1.1")
        record = writer.create_warc_record(url, "response", payload=BytesIO(body), http_headers=head,
                                           warc_headers_dict={"WARC-Date": "2020-05-01T02:00:00Z"})  # fmt: skip
        writer.write_record(record)
        ends.append(out.tell())
    return out.getvalue(), ends


HTML = [("Content-Type", "text/html; charset=utf-8")]


def page(n, headers=HTML, status="200 OK"):
    return f"https://paper.example.org/bai-{n}", ARTICLE.format(n, "").encode(), headers, status


@pytest.mark.parametrize("packed", [True, False])
def test_the_pages_of_a_warc_file_come_into_the_store(site, tmp_path, packed):
    chunked = (*page(3)[:1], b"3\r\n<p>\r\n0\r\n\r\n", [*HTML, ("Transfer-Encoding", "chunked")], "200 OK")
    zipped = (*page(4)[:1], gzip.compress(page(4)[1]), [*HTML, ("Content-Encoding", "gzip")], "200 OK")
    lying = (*page(5)[:1], page(5)[1], [*HTML, ("Content-Encoding", "gzip")], "200 OK")
    others = [page(6, status="404 None"), page(7, headers=[("Content-Type", "application/pdf")])]
    file = tmp_path / ("x.warc.gz" if packed else "x.warc")
    file.write_bytes(warc_of(page(1), *others, zipped, lying, chunked, packed=packed)[0])
    tally, stored, _ = run(site, tmp_path / "store", sources=[read_given(str(file))])
    assert stored == ["bai-1", "bai-4", "bai-5", "bai-3"]
    assert not tally.failed
    again, stored, _ = run(site, tmp_path / "store", sources=[read_given(str(file))])
    assert (again.stored, again.unchanged, len(stored)) == (0, 4, 4)
    bodies = [r.page.body for r in read_warc(file, print)]
    assert bodies[1] == page(4)[1]
    assert bodies[3] == b"<p>"


@pytest.mark.parametrize("packed", [True, False])
def test_fault_31_a_cut_warc_file_gives_its_whole_records(tmp_path, packed):
    body, ends = warc_of(page(1), page(2), page(3), packed=packed)
    file = tmp_path / ("x.warc.gz" if packed else "x.warc")
    # Without its last bytes (checksums, empty lines) the last record may still be whole.
    for cut in range(ends[2] + 1, ends[3] - 20, max(1, (ends[3] - ends[2]) // 40)):
        file.write_bytes(body[:cut])
        said = []
        found = [r.page.url[-1] for r in read_warc(file, said.append)]
        assert found == ["1", "2"], cut
        assert said, cut
        assert "damaged" in said[0]
    file.write_bytes(body)
    said = []
    assert [r.page.url[-1] for r in read_warc(file, said.append)] == ["1", "2", "3"]
    assert not said


@pytest.mark.parametrize("packed", [True, False])
def test_fault_31_after_damage_in_the_middle_reading_goes_on(tmp_path, packed):
    body, ends = warc_of(page(1), page(2), page(3), packed=packed)
    damaged = bytearray(body)
    damaged[ends[1] : ends[1] + 30] = b"\0" * 30
    file = tmp_path / "x.warc"
    file.write_bytes(damaged)
    said = []
    assert [r.page.url[-1] for r in read_warc(file, said.append)] == ["1", "3"]
    assert "goes on at" in said[0]


@pytest.mark.parametrize("body", [b"", b"hello", b"\x1f\x8b\x08\0nothing", b"WARC/1.0\r\n"])
def test_what_is_no_warc_file_is_refused(tmp_path, body):
    file = tmp_path / "x.warc"
    file.write_bytes(body)
    with pytest.raises(InputError, match=r"is no WARC file|holds no record"):
        list(read_warc(file, lambda line: None))


def test_run_collects_first(site, tmp_path):
    site.expect_request("/tin.rss").respond_with_data(feed(site, 2, 1), content_type="application/rss+xml")
    facts = tmp_path / "facts.db"
    call = ["run", site.url_for("/tin.rss"), "-o", str(facts), "--allow-private", "--province", "44", "--delay", "0"]
    assert "--contact" in CliRunner().invoke(main, call).stderr
    done = CliRunner().invoke(main, [*call, "--contact", "mailto:t@example.org"])
    assert done.exit_code == 0, done.output
    assert "2 new, 0 changed" in done.stdout
    rows = [json.loads(line) for line in (tmp_path / "facts.store" / "articles.jsonl").read_text("utf-8").splitlines()]
    assert [row["province_code"] for row in rows] == ["44", "44"]
    again = CliRunner().invoke(main, ["run", str(tmp_path / "facts.store"), "-o", str(facts)])
    assert "Nothing changed" in again.stdout, again.output


def test_a_source_of_five_lines_finds_feeds_and_sitemaps_by_itself(site, tmp_path):
    home = f"<link rel='alternate' type='application/rss+xml' href='/rss/home'>{links(path(1))}"
    site.expect_request("/").respond_with_data(home, content_type="text/html")
    site.expect_request("/rss/home").respond_with_data(feed(site, 2))
    site.expect_request("/sitemap.xml").respond_with_data(sitemap(site, 3))
    tally, stored, _ = run(site, tmp_path, allow=["/thoi-su/"])
    assert (stored, tally.kinds) == (names(1, 2, 3), {})


def test_pages_that_tell_their_system_are_read_by_its_selectors(site, tmp_path):
    """No file says so, and no home page: the pages are in a WARC file."""
    body = f"<h1 class='title'>Bài</h1><div class='hometext'>Sapô của bài.</div><div id='news-bodyhtml'>{BODY}</div>"
    file = tmp_path / "x.warc"
    file.write_bytes(warc_of(("https://paper.example.org/a", body.encode(), HTML, "200 OK"), packed=False)[0])
    run(site, tmp_path / "store", sources=[read_given(str(file))])
    with Store(tmp_path / "store") as store:
        (row,) = [json.loads(data) for _, data, _, _ in store.rows()]
    assert row["method"] == "selectors"
    assert "Sapô của bài." in row["text"]
    assert row["source"] == "paper.example.org"


def test_stored_pages_are_read_anew_offline_by_a_better_selector(site, tmp_path):
    site.expect_request("/").respond_with_data(links(path(1)))
    spec, store = tmp_path / "s.toml", tmp_path / "store"
    head = 'name = "s"\ntitle = "S"\nprovince = "44"\nchecked = false\ndelay = 0\nallow = ["/thoi-su/"]\n'
    head += f'start = ["{site.url_for("/")}"]\n'
    spec.write_text(head, encoding="utf-8")
    call = ["collect", str(spec), "-o", str(store), "--contact", "mailto:t@example.org"]
    assert CliRunner().invoke(main, [*call, "--allow-private"]).exit_code == 0
    asked_for = len(site.log)
    spec.write_text(head + '[[selectors]]\nbody = ["//article/p[2]"]\ntitle = ["//h1"]\n', encoding="utf-8")
    again = CliRunner().invoke(main, [*call[:4], "--offline"])
    assert again.exit_code == 0, again.output
    (row,) = map(json.loads, (store / "articles.jsonl").read_text("utf-8").splitlines())
    assert row["method"] == "selectors"
    assert row["text"].count("Bến Gạo") == 1
    assert len(site.log) == asked_for
    assert (
        CliRunner().invoke(main, ["collect", str(spec), "-o", str(tmp_path / "x"), "--offline", *call[4:]]).exit_code
        == 2
    )


def test_a_warc_file_asks_nobody_and_needs_no_contact(tmp_path):
    file = tmp_path / "x.warc.gz"
    file.write_bytes(warc_of(page(1), page(2))[0][:-30])
    done = CliRunner().invoke(main, ["collect", str(file), "-o", str(tmp_path / "store")], env={"MINER_CONTACT": ""})
    assert done.exit_code == 0, done.output
    assert "damaged" in done.stderr
    assert "1 articles in" in done.stdout


@pytest.mark.parametrize(
    "link",
    [
        "<ul class='pagination'><li class='active'><a href='?'>1</a></li><li><a href='{0}'>2</a></li></ul>",
        "<a href='?p=1'>1</a><a class='next page-numbers' href='{0}'>x</a>",
        "<a href='{0}'>Trang sau</a>",
        "<a href='{0}'> » </a>",
        "<link rel='next' href='{0}'>",
    ],
)
def test_next_pages_of_unknown_listings(site, tmp_path, link):
    site.expect_request("/muc/", query_string="").respond_with_data(links(path(1)) + link.format("?p=2"))
    site.expect_request("/muc/", query_string="p=2").respond_with_data(links(path(2)))
    assert collect(site, tmp_path, "/muc/")[1] == names(1, 2)
