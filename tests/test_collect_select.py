"""What a run is after, and that a later run asks only for what is new, changed or due."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from collecting import PAGE, asked, links, run
from werkzeug import Response

from miner.collect.discover import Entry, days_in_url, read_feed, read_sitemap, read_time
from miner.collect.frontier import CONDITIONAL
from miner.collect.select import Selection, fold_words
from miner.collect.store import Store

NOW = datetime.now(UTC)


def dated(n, day, body=""):
    return (f"<meta property='article:published_time' content='{day}T08:00:00+07:00'><h1>Bài {n}</h1>"
            f"<p>Đoạn văn của bài {n}, kể về thôn Bến Gạo. {body}</p>")  # fmt: skip


@pytest.fixture
def site(httpserver):
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    for n, day in ((1, "2023-05-01"), (2, "2023-05-10"), (3, "2023-05-20")):
        httpserver.expect_request(f"/tin/bai-{n}").respond_with_data(dated(n, day), content_type="text/html")
    return httpserver


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("Wed, 26 Feb 2020 15:04:00 +0700", "2020-02-26T15:04:00+07:00"),
        ("Wed, 26 Feb 2020 15:04:00 GMT+7", "2020-02-26T15:04:00+07:00"),
        ("Wed, 26 Feb 2020 20:04:00 GMT", "2020-02-27T03:04:00+07:00"),
        ("Thứ sáu, 14/05/2021 | 09:30 GMT+7", "2021-05-14T09:30:00+07:00"),
        ("2020-02-26T20:00:00Z", "2020-02-27T03:00:00+07:00"),
        ("2020-02-26", "2020-02-26"),
        ("32/13/2020", ""),
        ("soon", ""),
        ("", ""),
    ],
)
def test_times_of_feeds_and_sitemaps(written, time):
    assert read_time(written) == time


def test_feeds_and_news_sitemaps_tell_titles_and_days():
    feed = "<item><title>Bài</title><link>/a</link><pubDate>Wed, 26 Feb 2020 15:04:00 GMT+7</pubDate>"
    assert read_feed(f"<rss><channel>{feed}".encode(), "http://x.example.org/").entries == (
        Entry("http://x.example.org/a", "Bài", "2020-02-26T15:04:00+07:00"),
    )
    news = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
      xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="x"><url><loc>http://x.example.org/b</loc>
      <image:image><image:loc>http://x.example.org/p.jpg</image:loc></image:image><lastmod>2020-03-02</lastmod>
      <news:news><news:publication_date>2020-03-01T01:00:00Z</news:publication_date><news:title>Tên bài</news:title>
      </news:news></url></urlset>"""
    assert read_sitemap(news.encode(), "http://x.example.org/").entries == (
        Entry("http://x.example.org/b", "Tên bài", "2020-03-01T08:00:00+07:00", "2020-03-02"),
    )


@pytest.mark.parametrize(
    ("url", "days"),
    [
        ("https://x.example.org/a-20190102213314123.htm", (date(2019, 1, 2), date(2019, 1, 2))),
        ("https://x.example.org/2023/4/5/bai", (date(2023, 4, 5), date(2023, 4, 5))),
        ("https://x.example.org/xa-hoi/202112/bai", (date(2021, 12, 1), date(2021, 12, 31))),
        ("https://x.example.org/2024/02/bai", (date(2024, 2, 1), date(2024, 2, 29))),
        ("https://x.example.org/2023/13/45/bai", None),
        ("https://x.example.org/bai-20231345000000.htm", None),
        ("https://x.example.org/bai-2023.htm", None),
    ],
)
def test_days_that_addresses_tell(url, days):
    assert days_in_url(url) == days


def test_what_can_be_left_out_before_it_is_fetched():
    spring = Selection(date(2023, 3, 1), date(2023, 5, 31))
    assert spring.left_out(Entry("u", published="2023-02-28T23:00:00+07:00")) == "before --since"
    assert spring.left_out(Entry("u", published="2023-06-01")) == "after --until"
    assert spring.left_out(Entry("u", lastmod="2023-02-01")) == "before --since"
    # It was modified after --until, and may have been published long before.
    assert not spring.left_out(Entry("u", lastmod="2023-07-01"))
    assert not spring.left_out(Entry("u"))
    assert spring.left_out(Entry("https://x.example.org/xa-hoi/202302/bai"))
    assert not spring.left_out(Entry("https://x.example.org/xa-hoi/202305/bai"))
    fire = Selection(match=re.compile("chữa cháy", re.I))
    assert fire.left_out(Entry("u", title="Mùa gặt"))
    assert not fire.left_out(Entry("u", title="Chữa cháy rừng"))
    assert not fire.left_out(Entry("u"))
    assert not Selection()


def test_words_are_folded_whole_and_may_be_a_topic():
    row = {"title": "", "text": "Diễn tập phòng cháy tại xã Hoà Bình", "published": None}
    for words in ("xã Hòa Bình", "phòng cháy", "x,PHÒNG CHÁY", "fire_safety"):
        assert Selection(words=fold_words(words)).takes(row) == "", words
    for words in ("phòng chá", "diễn", "drugs"):
        assert (Selection(words=fold_words(words)).takes(row) == "") is (words == "diễn"), words
    assert Selection(since=date(2023, 1, 1)).takes(row) == "has no date"


def test_only_the_days_asked_for_are_written_and_all_that_was_fetched_is_stored(site, tmp_path):
    site.expect_request("/").respond_with_data(links("/tin/bai-1", "/tin/bai-2", "/tin/bai-3"))
    days = Selection(date(2023, 5, 5), date(2023, 5, 15))
    tally, stored, _ = run(site, tmp_path, options={"selection": days})
    assert (tally.stored, dict(tally.left)) == (1, {"before --since": 1, "after --until": 1})
    assert len(stored) == 3
    assert ids(tmp_path) == ["bai-2"]
    # A wider selection finds them in the store.
    run(site, tmp_path, options={"selection": Selection(date(2023, 5, 5))})
    assert ids(tmp_path) == ["bai-2", "bai-3"]
    assert len(asked(site, "/tin/")) == 3


def test_what_the_feed_dates_outside_is_not_fetched_until_it_is_wanted(site, tmp_path):
    site.expect_request("/").respond_with_data(links())
    item = "<item><link>/tin/bai-{0}</link><title>Bài {0}</title><pubDate>{0} May 2023 08:00 +0700</pubDate></item>"
    items = "".join(item.format(n) for n in (1, 2, 3))
    site.expect_request("/rss").respond_with_data(f"<rss><channel>{items}</channel></rss>")
    feeds = [site.url_for("/rss")]
    tally, _, _ = run(site, tmp_path, feeds=feeds, options={"selection": Selection(date(2023, 5, 3))})
    assert (asked(site, "/tin/"), dict(tally.left)) == (["/tin/bai-3"], {"before --since": 2})
    run(site, tmp_path, feeds=feeds, options={"selection": Selection(match=re.compile("bài 2", re.I))})
    assert asked(site, "/tin/")[1:] == ["/tin/bai-2"]


def test_a_limit_counts_new_articles_and_the_next_run_goes_on(site, tmp_path):
    site.expect_request("/").respond_with_data(links("/tin/bai-1", "/tin/bai-2", "/tin/bai-3"))
    for number in (1, 2, 3):
        tally, stored, _ = run(site, tmp_path, options={"limit": 1})
        assert (tally.stored, len(stored)) == (1, number)


def ids(folder):
    from miner.collect.articles import write_articles

    with Store(folder) as store:
        write_articles(store)
    lines = (folder / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    return [re.search(r'"id": "[^"]*/([^/"]*)"', line)[1] for line in lines]


def tagged(bodies, tag):
    """Answer with the body under way; 304 where the client shows `tag`."""

    def handle(request):
        if request.headers.get("If-None-Match") == tag():
            return Response(status=304, headers={"ETag": tag()})
        return Response(bodies(), content_type="text/html", headers={"ETag": tag()})

    return handle


def statuses(site, path):
    return [response.status_code for request, response in site.log if request.path == path]


def test_fault_14_a_page_that_is_as_it_was_stays(site, tmp_path):
    site.expect_request("/").respond_with_handler(tagged(lambda: links("/tin/x"), lambda: '"home"'))
    site.expect_request("/tin/x").respond_with_handler(tagged(lambda: PAGE.format(1), lambda: '"v1"'))
    run(site, tmp_path)
    with Store(tmp_path) as store:
        before = store._db.execute("SELECT checked FROM frontier").fetchone()
        store._db.execute("UPDATE frontier SET checked = '2020-01-01T00:00:00Z'")
    tally, stored, counts = run(site, tmp_path, options={"recheck": "all"})
    assert (tally.unchanged, stored, counts) == (1, ["x"], {"done": 1})
    assert (statuses(site, "/tin/x"), statuses(site, "/")) == ([200, 304], [200, 304])
    with Store(tmp_path) as store:
        assert store._db.execute("SELECT checked FROM frontier").fetchone() >= before
        assert store._db.execute("SELECT count(*) FROM captures").fetchone() == (1,)


def test_fault_15_a_tag_that_lies_is_found_out_by_content(site, tmp_path):
    words = ["lần đầu"]
    site.expect_request("/").respond_with_handler(tagged(lambda: links("/tin/x"), lambda: '"home"'))
    site.expect_request("/tin/x").respond_with_handler(tagged(lambda: PAGE.format(words[0]), lambda: '"same"'))
    run(site, tmp_path)
    words[0] = "lần sau"
    changed = [run(site, tmp_path, options={"recheck": "all"})[0].changed for _ in range(CONDITIONAL + 1)]
    assert changed == [0] * CONDITIONAL + [1]
    assert statuses(site, "/tin/x") == [200] + [304] * CONDITIONAL + [200]
    assert statuses(site, "/") == [200] + [304] * CONDITIONAL + [200]
    assert ids(tmp_path) == ["x"]
    assert "lần sau" in (tmp_path / "articles.jsonl").read_text("utf-8")


def test_a_page_whose_widgets_change_is_no_new_version(site, tmp_path):
    count = [0]

    def page(request):
        count[0] += 1
        return Response(PAGE.format(1) + f"<script>views = {count[0]}</script>", content_type="text/html")

    site.expect_request("/").respond_with_data(links("/tin/x"))
    site.expect_request("/tin/x").respond_with_handler(page)
    run(site, tmp_path)
    tally, _, _ = run(site, tmp_path, options={"recheck": "all"})
    assert (tally.changed, tally.unchanged, count[0]) == (0, 1, 2)


def test_stored_pages_are_asked_for_again_as_their_age_doubles(site, tmp_path):
    site.expect_request("/").respond_with_data(links("/tin/new"))
    site.expect_request("/tin/new").respond_with_data(dated(1, f"{NOW:%Y-%m-%d}"), content_type="text/html")
    due = []
    for hours in range(0, 24 * 200, 6):
        with Store(tmp_path) as store:
            now = NOW + timedelta(hours=hours)
            store.add("https://x.example.org/a", "s", "https://x.example.org/a")
            if hours == 0:
                store._db.execute("UPDATE frontier SET state = 'done', first = ?, checked = ?", (f"{now:%FT%TZ}",) * 2)
            elif store.mark_due("s", now):
                due.append(hours / 24)
                store._db.execute("UPDATE frontier SET state = 'done', checked = ?", (f"{now:%FT%TZ}",))
    assert due == [0.5, 1, 2, 4, 8, 16, 32, 64]


def test_a_day_in_the_future_makes_no_page_young(tmp_path):
    with Store(tmp_path) as store:
        store.add("https://x.example.org/a", "s", "https://x.example.org/a")
        store._db.execute("UPDATE frontier SET state = 'done', published = '2199-01-01', first = ?, checked = ?",
                          (f"{NOW - timedelta(days=70):%FT%TZ}", f"{NOW:%FT%TZ}"))  # fmt: skip
        assert store.mark_due("s", NOW + timedelta(days=1000)) == 0


def test_a_sitemap_that_says_modified_brings_a_page_again(site, tmp_path):
    day = ["2020-01-01"]
    loc = f"<loc>{site.url_for('/tin/x')}</loc>"
    text = ["một"]
    site.expect_request("/").respond_with_data(links())
    site.expect_request("/map.xml").respond_with_handler(
        lambda request: Response(f"<urlset><url>{loc}<lastmod>{day[0]}</lastmod></url></urlset>")
    )
    site.expect_request("/tin/x").respond_with_handler(
        lambda request: Response(PAGE.format(text[0]), content_type="text/html")
    )
    maps = [site.url_for("/map.xml")]
    assert run(site, tmp_path, sitemaps=maps)[0].stored == 1
    assert run(site, tmp_path, sitemaps=maps)[0].changed == 0
    day[0], text[0] = f"{NOW + timedelta(days=2):%Y-%m-%d}", "hai"
    tally, _, _ = run(site, tmp_path, sitemaps=maps)
    assert (tally.changed, len(asked(site, "/tin/x"))) == (1, 2)


def test_a_listing_is_walked_from_the_top_and_on_from_where_it_was_left(site, tmp_path):
    """Twelve pages, one article each; a limit ends the first run on its fifth page."""
    site.expect_request("/").respond_with_data(links())
    for n in range(1, 13):
        site.expect_request("/list", query_string=f"p={n}").respond_with_data(links(f"/tin/so-{n}"))
        site.expect_request(f"/tin/so-{n}").respond_with_data(PAGE.format(n), content_type="text/html")
    site.expect_request("/list", query_string="p=13").respond_with_data("", status=404)
    listings = [{"url": site.url_for("/list") + "?p=1", "pages": site.url_for("/list") + "?p={page}"}]
    assert run(site, tmp_path, listings=listings, options={"limit": 5})[0].stored == 5
    tally, stored, _ = run(site, tmp_path, listings=listings)
    assert (tally.stored, tally.kinds) == (7, {})
    assert sorted(stored) == sorted(f"so-{n}" for n in range(1, 13))
    site.clear_log()
    assert run(site, tmp_path, listings=listings)[0].stored == 0
    assert len(asked(site, "/list")) == 3


def test_a_listing_is_left_where_its_articles_are_too_old(site, tmp_path):
    site.expect_request("/").respond_with_data(links())
    for n in range(1, 10):
        day = date(2023, 6, 10) - timedelta(days=n)
        site.expect_request("/list", query_string=f"p={n}").respond_with_data(links(f"/tin/so-{n}"))
        site.expect_request(f"/tin/so-{n}").respond_with_data(dated(n, day), content_type="text/html")
    listings = [{"url": site.url_for("/list") + "?p=1", "pages": site.url_for("/list") + "?p={page}"}]
    tally, _, _ = run(site, tmp_path, listings=listings, options={"selection": Selection(date(2023, 6, 8))})
    assert (tally.stored, len(asked(site, "/list")), len(asked(site, "/tin"))) == (2, 4, 4)


def test_fault_25_a_calendar_without_end_is_left_at_a_bound(site, tmp_path, monkeypatch):
    """Each page leads to a next one that is new and names a new address."""
    monkeypatch.setattr("miner.collect.guides.MAX_PAGES", 20)
    count = [0]

    def page(request):
        count[0] += 1
        return Response(
            links(f"/tin/moi-{count[0]}") + f"<a rel=next href='/list?t={count[0]}'>", content_type="text/html"
        )

    site.expect_request("/").respond_with_data(links())
    site.expect_request("/list").respond_with_handler(page)
    site.expect_request(re.compile("/tin/moi-.*")).respond_with_data(PAGE.format(1), content_type="text/html")
    run(site, tmp_path, listings=[{"url": site.url_for("/list")}], selectors=[{"next": "//a[@rel='next']/@href"}])
    assert len(asked(site, "/list")) == 20


def test_fault_25_pages_that_lead_in_a_circle_end(site, tmp_path):
    site.expect_request("/").respond_with_data(links())
    for n, after in ((1, 2), (2, 3), (3, 1)):
        body = links(f"/tin/bai-{n}") + f"<a rel=next href='/list?p={after}'>"
        site.expect_request("/list", query_string=f"p={n}").respond_with_data(body)
    run(
        site,
        tmp_path,
        listings=[{"url": site.url_for("/list") + "?p=1"}],
        selectors=[{"next": "//a[@rel='next']/@href"}],
    )
    assert len(asked(site, "/list")) == 3


def test_an_archive_by_date_is_walked_back_and_each_past_day_once(site, tmp_path):
    today = datetime.now(UTC).astimezone().date()
    site.expect_request("/").respond_with_data(links())
    days = [date(2023, 5, 1) + timedelta(days=n) for n in range(10)]
    for n, day in enumerate(days):
        site.expect_request(f"/{day:%Y/%m/%d}/").respond_with_data(links(f"/tin/ngay-{n}") if n % 2 else links())
        site.expect_request(f"/tin/ngay-{n}").respond_with_data(dated(n, day), content_type="text/html")
    archives = [{"url": site.url_for("/") + "{yyyy}/{mm}/{dd}/", "from": days[0]}]
    wanted = {"selection": Selection(until=days[-1])}
    tally, stored, _ = run(site, tmp_path, archives=archives, options=wanted)
    assert (stored, tally.kinds) == ([f"ngay-{n}" for n in (9, 7, 5, 3, 1)], {})
    assert len(asked(site, "/2023")) == 10
    run(site, tmp_path, archives=archives, options=wanted)
    assert len(asked(site, "/2023")) == 10
    assert today > days[-1]


def test_an_archive_without_a_first_day_ends_after_empty_months(site, tmp_path):
    site.expect_request("/").respond_with_data(links())
    site.expect_request(re.compile(r"/\d{4}-\d\d")).respond_with_data("", status=404)
    archives = [{"url": site.url_for("/") + "{yyyy}-{mm}"}]
    tally, _, _ = run(site, tmp_path, archives=archives)
    assert (len(asked(site, "/20")), tally.kinds) == (12, {})
