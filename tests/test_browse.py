"""The desk in the browser: what its pages say, what they refuse, and that a person can use them (headless Chromium)."""

import json
import shutil
import sqlite3
import tempfile
import threading
import time
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from miner.browse.app import article_address, fact_address, make_app
from miner.browse.article import LAYERS, Shown, pieces
from miner.browse.serve import listen
from miner.errors import InputError, StoreError
from miner.labels import _labels, labels, wanted_language
from miner.run import run

HOSTILE = '<script>document.title = "taken"</script>'
REPORT = (
    "Công an tỉnh Quảng Bình vừa tổ chức 40 buổi tuyên truyền cho 1.200 lượt người tại huyện Bố Trạch. Năm 2019, lực "
    "lượng xử phạt 30 triệu đồng. Dịp này, UBND tỉnh Quảng Bình tặng Bằng khen cho 3 tập thể. Tội phạm giảm."
)


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    folder = tmp_path_factory.mktemp("browse")
    rows = [
        {"id": "a", "title": "Tuyên truyền ở Bố Trạch", "text": REPORT, "published": "2019-12-20", "source": "tin"},
        {"id": "b/c?d", "title": HOSTILE, "text": f"Tin {HOSTILE} về 7 vụ cháy ở Huế.", "published": "2020-01-05",
         "url": "javascript:alert(1)"},
    ]  # fmt: skip
    path = folder / "in.jsonl"
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    run(path, folder / "facts.db")
    return folder / "facts.db"


@pytest.fixture(scope="module")
def site(database):
    import uvicorn

    listening = listen("127.0.0.1", 0)
    app = make_app(database, frozenset({"127.0.0.1", "localhost"}))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def get(site, path, **kwargs):
    return requests.get(site + path, timeout=20, **kwargs)


# ---------------------------------------------------------------- pieces
TEXT = st.text(st.sampled_from("ab \n"), max_size=40)


@given(TEXT, st.lists(st.tuples(st.sampled_from(LAYERS), st.integers(-2, 45), st.integers(-2, 45)), max_size=12))
def test_pieces_hold_the_whole_text_whatever_overlaps(text, spans):
    facts = [Shown(layer, start, end) for layer, start, end in spans]
    paragraphs = pieces(text, facts)
    kept = "".join(piece.text for paragraph in paragraphs for piece in paragraph)
    assert kept.replace(" ", "") == text.replace("\n", "").replace(" ", "")
    for paragraph in paragraphs:
        for piece in paragraph:
            assert [LAYERS.index(f.layer) for f in piece.inside] == sorted(LAYERS.index(f.layer) for f in piece.inside)


def test_a_figure_inside_an_award_is_in_both():
    paragraphs = pieces("tặng 3 Bằng khen", [Shown("award", 5, 16), Shown("figure", 5, 6)])
    assert [(p.text, [f.layer for f in p.inside]) for p in paragraphs[0]] == [
        ("tặng ", []),
        ("3", ["award", "figure"]),
        (" Bằng khen", ["award"]),
    ]


# ---------------------------------------------------------------- languages
def test_every_label_is_in_both_languages():
    assert all(len(pair) == 2 and all(pair) for pair in _labels().values())
    assert labels("vi")("found_articles", "x") == "Bài viết có: x"
    assert labels("en")("no_such_label") == "no such label"


@pytest.mark.parametrize(
    ("chosen", "cookie", "accepted", "wanted"),
    [("en", "vi", "vi", "en"), (None, "en", "vi", "en"), (None, None, "en-GB,en;q=0.9", "en"), (None, None, "fr", "vi"),
     ("xx", "yy", "", "vi")],
)  # fmt: skip
def test_language(chosen, cookie, accepted, wanted):
    assert wanted_language(chosen, cookie, accepted) == wanted


# ---------------------------------------------------------------- pages
PAGES = ["/", "/search?q=toi+pham", "/ask", "/ask/figure-sums", "/ask/units?kind=police", "/article/a", "/facts",
         "/facts/figure_facts", "/facts/figures"]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_pages_open(site, path):
    answer = get(site, path)
    assert answer.status_code == 200
    assert "content-security-policy" in answer.headers
    assert "http://" not in answer.text.replace(site, "").replace("http://www.w3.org", "").replace("https://", "")


def test_search_finds_with_and_without_diacritics(site):
    for words in ("toi pham", "tội phạm"):
        assert "Tuyên truyền ở Bố Trạch" in get(site, "/search", params={"q": words}).text
    assert "Tuyên truyền ở Bố Trạch" not in get(site, "/search", params={"q": "tối phàm"}).text


def test_a_mention_leads_to_its_row_and_a_row_to_its_place(site):
    page = get(site, "/article/a").text
    place = REPORT.index("40 buổi")
    assert f'id="m-figure-{place}"' in page
    assert f'href="#r-figure-{place}"' in page
    assert f'id="r-figure-{place}"' in page
    assert f'href="#m-figure-{place}"' in page


def test_what_an_article_says_is_never_run(site):
    page = get(site, article_address("b/c?d"))
    assert page.status_code == 200
    assert HOSTILE not in page.text
    assert "&lt;script&gt;" in page.text
    assert "javascript:" not in page.text
    assert "'unsafe-inline'" not in page.headers["content-security-policy"]
    assert HOSTILE not in get(site, "/search", params={"q": "vụ cháy"}).text
    assert HOSTILE not in get(site, "/facts/articles").text


def test_downloads(site):
    answer = get(site, "/ask/figures.csv?kind=money")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer.headers["content-disposition"]
    assert "30 triệu" in answer.text
    rows = get(site, "/ask/figures.json?kind=money").json()
    assert [row["value"] for row in rows] == [30_000_000]


def test_mistakes_are_told(site):
    assert get(site, "/ask/figures?year=x").status_code == 400
    assert "x" in get(site, "/ask/figures?year=x").text
    assert get(site, "/ask/figures?kind=moon").status_code == 400
    assert get(site, "/ask/figures.csv?year=x").status_code == 400
    assert get(site, "/ask/no-such").status_code == 404
    assert get(site, "/article/none").status_code == 404
    assert get(site, "/no/such/page").status_code == 404


def test_nothing_can_be_written_or_read_from_elsewhere(site, database, tmp_path):
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE secret (x)")
    before = get(site, "/facts/figures.json?_size=0").json()["filtered_table_rows_count"]
    for sql in ("DELETE FROM figures", f"ATTACH '{other}' AS o", "PRAGMA user_version = 9", "DROP TABLE figures"):
        assert get(site, "/facts.json", params={"sql": sql}).status_code == 400
    assert get(site, "/facts/figures.json?_size=0").json()["filtered_table_rows_count"] == before
    for path in ("/../../etc/passwd", "/miner/..%2f..%2f..%2fetc%2fpasswd", "/-/static/..%2f..%2fapp.py", "/facts.db"):
        answer = get(site, path)
        assert answer.status_code in (400, 403, 404)
        assert "root:" not in answer.text


def test_a_query_without_end_is_stopped(site):
    sql = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    start = time.monotonic()
    assert get(site, "/facts.json", params={"sql": sql, "_timelimit": 300}).status_code == 400
    assert time.monotonic() - start < 15


def test_only_its_own_name_is_answered(site):
    assert get(site, "/", headers={"Host": "evil.example"}).status_code == 421
    assert get(site, "/", headers={"Host": "localhost:1"}).status_code == 200


def test_addresses():
    assert fact_address("a/b c#figure:12-14") == "/article/a/b%20c#m-figure-12"


def test_other_files_are_refused(tmp_path):
    (tmp_path / "x.db").write_bytes(b"no database")
    with pytest.raises(StoreError):
        make_app(tmp_path / "x.db")
    with pytest.raises(StoreError):
        make_app(tmp_path / "none.db")


def test_a_taken_port_is_told():
    taken = listen("127.0.0.1", 0)
    with pytest.raises(InputError, match="taken"):
        listen("127.0.0.1", taken.getsockname()[1])
    taken.close()


# ---------------------------------------------------------------- in a browser
@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("chromium and chromedriver are not installed: apt-get install chromium chromium-driver")
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    options.binary_location = chromium
    for switch in ("headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-sync",
                   "disable-background-networking", "disable-component-update"):  # fmt: skip
        options.add_argument(f"--{switch}")
    options.add_argument(f"--user-data-dir={tempfile.mkdtemp(dir=tmp_path_factory.getbasetemp())}")
    downloads = tmp_path_factory.mktemp("downloads")
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    opened = webdriver.Chrome(options=options, service=Service(driver))
    opened.downloads = downloads
    yield opened
    opened.quit()


def shade(browser, selector):
    return browser.execute_script(
        "return getComputedStyle(document.querySelector(arguments[0])).backgroundColor", selector
    )


@pytest.mark.slow
def test_a_layer_is_switched_off_and_on(site, browser):
    browser.get(f"{site}/article/a")
    marked = shade(browser, "a.m.figure")
    box = browser.find_element("css selector", "#show-figure")
    box.click()
    assert shade(browser, "a.m.figure") != marked
    browser.refresh()
    assert not browser.find_element("css selector", "#show-figure").is_selected()
    browser.find_element("css selector", "#show-figure").send_keys(" ")  # by keyboard
    assert shade(browser, "a.m.figure") == marked


@pytest.mark.slow
def test_from_the_start_page_to_a_fact_in_its_text(site, browser):
    browser.get(f"{site}/?lang=en")
    box = browser.find_element("css selector", "#q")
    box.send_keys("toi pham\n")
    browser.find_element("link text", "Tuyên truyền ở Bố Trạch").click()
    row = browser.find_element("css selector", "#list-figure tbody th a")
    row.click()
    assert "#m-figure-" in browser.current_url
    browser.find_element("css selector", "a.m.unit").click()
    assert browser.find_element("css selector", "#list-unit").get_attribute("open")


@pytest.mark.slow
def test_a_download_downloads(site, browser):
    browser.get(f"{site}/ask/figures?kind=money&lang=en")
    browser.find_element("link text", "Download CSV").click()
    saved = browser.downloads / "figures.csv"
    for _ in range(100):
        if saved.exists():
            break
        time.sleep(0.1)
    assert "30 triệu" in saved.read_text(encoding="utf-8-sig")


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1200])
@pytest.mark.parametrize("path", ["/", "/article/a", "/facts/figure_facts", "/ask/figure-sums"])
def test_fits_and_can_be_used_by_all(site, browser, path, width, tmp_path):
    browser.set_window_size(width, 900)
    browser.get(site + path)
    assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    assert browser.save_screenshot(str(tmp_path / "page.png"))
    axe = pytest.importorskip("axe_core_python", reason="axe-core-python is not installed")
    script = next(Path(axe.__file__).parent.rglob("axe.min.js")).read_text(encoding="utf-8")
    browser.execute_script(script)
    found = browser.execute_async_script("const done = arguments[arguments.length - 1]; axe.run().then(done)")
    bad = [(v["impact"], v["id"]) for v in found["violations"] if v["impact"] in ("serious", "critical")]
    assert bad == []


@pytest.mark.slow
def test_hostile_text_does_nothing_in_a_browser(site, browser):
    browser.get(site + article_address("b/c?d"))
    assert browser.title != "taken"
