"""The pages of corpora/site and what leads to them: home page, listings, feeds, sitemaps, archives, robots.txt."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import cached_property
from html import escape
from pathlib import Path
from urllib.parse import quote

from miner.errors import InputError

FOLDER = Path(__file__).resolve().parent.parent.parent / "corpora" / "site"
"""Where the pages lie in miner's repository."""
EACH = 3
"""Articles on a page of a listing."""
_TITLES = {
    "nukeviet": "Công an tỉnh Hà Nguyên",
    "section-month": "Báo Cao Nguyên điện tử",
    "sharepoint": "Cổng thông tin điện tử tỉnh Hà Nguyên",
    "tagdiv": "Báo Hà Nguyên",
    "word": "Trang thông tin huyện Đắk Sa",
}
_HTML, _XML, _TEXT = "text/html", "application/xml; charset=utf-8", "text/plain; charset=utf-8"
_LISTING = re.compile(r"/(?P<part>[a-z-]+)/(?:(?:page|trang)/(?P<page>\d{1,4})/)?")
_ARCHIVE = re.compile(r"/(?P<part>[a-z-]+)/luu-tru/(?P<month>\d{4}/\d\d)/")
_COPY = re.compile(r"/nukeviet/(?:savefile|print|sendmail)/(?P<name>[a-z0-9-]+)\.html")


@dataclass(frozen=True, slots=True)
class Article:
    """A page of the site: the address it is served under, its part of the site, and what listings say of it."""

    path: str
    part: str
    title: str
    published: datetime
    file: Path


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent for an address."""

    status: int
    kind: str
    body: bytes


class Site:
    """The answers of the site, whose own address is `base` (`http://127.0.0.1:8765`)."""

    def __init__(self, articles: Sequence[Article], base: str) -> None:
        self.base = base
        self.articles = sorted(articles, key=lambda article: article.published, reverse=True)

    @cached_property
    def _by_path(self) -> Mapping[str, Article]:
        return {article.path: article for article in self.articles}

    @cached_property
    def parts(self) -> Mapping[str, Sequence[Article]]:
        """The articles of each part of the site, newest first."""
        return {part: [a for a in self.articles if a.part == part] for part in sorted({a.part for a in self.articles})}

    def answer(self, path: str) -> Answer:
        """Return the answer for a path with its query."""
        article = self._by_path.get(path)
        if article is not None:
            return Answer(200, _HTML, article.file.read_bytes())
        if path == "/robots.txt":
            return _text(f"User-agent: *\nDisallow: /nukeviet/print/\n\nSitemap: {self.base}/sitemap.xml\n")
        if path == "/":
            return self._page("Bản tin mẫu", self.articles[:8], menu=True)
        if path == "/sitemap.xml":
            inner = "".join(f"<sitemap><loc>{self.base}/{part}/sitemap.xml</loc></sitemap>" for part in self.parts)
            return _xml(f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{inner}</sitemapindex>")
        if path == "/files/ke-hoach.pdf":
            return Answer(200, "application/pdf", b"%PDF-1.4\n% a file that is no page\n")
        return self._of_part(path) or Answer(404, _HTML, _html("Không tìm thấy trang", "<p>404</p>"))

    def _of_part(self, path: str) -> Answer | None:
        part = path.split("/")[1]
        articles = self.parts.get(part)
        if articles is None:
            return None
        if path == f"/{part}/sitemap.xml":
            return _xml(self._sitemap(articles))
        if path in (f"/{part}/rss/", f"/{part}/feed/"):
            return _xml(self._feed(part, articles))
        if found := _ARCHIVE.fullmatch(path):
            inside = [a for a in articles if f"{a.published:%Y/%m}" == found["month"]]
            return self._page(f"Lưu trữ {found['month']}", inside)
        if found := _COPY.fullmatch(path):
            return next(
                (Answer(200, _HTML, a.file.read_bytes()) for a in articles if a.file.stem == found["name"]), None
            )
        if found := _LISTING.fullmatch(path):
            number = int(found["page"] or 1)
            shown = articles[(number - 1) * EACH : number * EACH]
            more = number * EACH < len(articles)
            return self._page(_TITLES[part], shown, after=f"/{part}/page/{number + 1}/" if more else "")
        return None

    def _page(self, title: str, articles: Sequence[Article], *, menu: bool = False, after: str = "") -> Answer:
        links = "".join(f"<li><a href='{escape(a.path)}'>{escape(a.title)}</a></li>" for a in articles)
        body = f"<ul>{links}</ul>"
        if menu:
            parts = "".join(f"<li><a href='/{part}/'>{escape(_TITLES[part])}</a></li>" for part in self.parts)
            body = f"<ul>{parts}</ul>{body}<p><a href='/files/ke-hoach.pdf'>Kế hoạch (PDF)</a></p>"
        if after:
            body += f"<a rel='next' href='{after}'>Trang sau</a>"
        return Answer(200, _HTML, _html(title, body))

    def _sitemap(self, articles: Sequence[Article]) -> str:
        urls = "".join(
            f"<url><loc>{escape(self.base + a.path)}</loc><lastmod>{a.published.isoformat()}</lastmod></url>"
            for a in articles
        )
        return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>"

    def _feed(self, part: str, articles: Sequence[Article]) -> str:
        items = "".join(
            f"<item><title>{escape(a.title)}</title><link>{escape(self.base + a.path)}</link>"
            f"<pubDate>{format_datetime(a.published)}</pubDate></item>"
            for a in articles
        )
        link = f"{self.base}/{part}/"
        return f"<rss version='2.0'><channel><title>{_TITLES[part]}</title><link>{link}</link>{items}</channel></rss>"


def _html(title: str, body: str) -> bytes:
    head = f"<meta charset='utf-8'><title>{escape(title)}</title>"
    return f"<!DOCTYPE html><html><head>{head}</head><body><h1>{escape(title)}</h1>{body}</body></html>".encode()


def _xml(text: str) -> Answer:
    return Answer(200, _XML, f"<?xml version='1.0' encoding='UTF-8'?>{text}".encode())


def _text(text: str) -> Answer:
    return Answer(200, _TEXT, text.encode())


def read_site(base: str, folder: Path = FOLDER) -> Site:
    """Return the site of the pages in `folder`, served at `base`; raises InputError where there are none."""
    articles = []
    for path in sorted(folder.glob("*/*.json")):
        said = json.loads(path.read_text(encoding="utf-8"))
        when = datetime.fromisoformat(said["published"])
        address = quote(said["path"], safe="/?=&")
        articles.append(Article(address, path.parent.name, said["title"], when, path.with_suffix(".html")))
    if not articles:
        raise InputError(str(folder), "holds no pages; run this in a copy of miner's repository (corpora/site)")
    return Site(articles, base)


def source_files(base: str) -> dict[str, str]:
    """Return source files for the parts of the site at `base`, by file name; each finds its articles in another way."""
    ways = {
        "nukeviet": ("nukeviet", f'sitemaps = ["{base}/nukeviet/sitemap.xml"]\nfeeds = ["{base}/nukeviet/rss/"]'),
        "tagdiv": ("tagdiv", f'feeds = ["{base}/tagdiv/feed/"]'),
        "sharepoint": (
            "sharepoint",
            f"allow = ['ItemID=\\d+']\n\n[[listings]]\nurl = \"{base}/sharepoint/\"\n"
            f'pages = "{base}/sharepoint/page/{{page}}/"',
        ),
        "section-month": (
            "section-month",
            f'[[archives]]\nurl = "{base}/section-month/luu-tru/{{yyyy}}/{{mm}}/"\nfrom = 2021-01-01',
        ),
        "word": (
            "word-portal",
            f"allow = ['^/word/tin/']\n\n[[listings]]\nurl = \"{base}/word/\"\n\n"
            "[[selectors]]\nnext = [\"//a[@rel='next']/@href\"]",
        ),
    }
    return {
        f"demo-{part}.toml": (
            f'name = "demo-{part}"\ntitle = "{_TITLES[part]} (demo)"\nprovince = "44"\nsystem = "{system}"\n'
            f'start = ["{base}/{"" if part == "word" else f"{part}/"}"]\nchecked = true\ndelay = 0\n{way}\n'
        )
        for part, (system, way) in ways.items()
    }
