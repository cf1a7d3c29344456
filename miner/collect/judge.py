"""Whether a response is a page at all: other kinds of file, soft 404s, and the doors of guards."""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from urllib.parse import urlsplit

from miner.collect.fetch import Fetched
from miner.tables import read_words
from miner.text import key, nfc

OTHER_KINDS = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"\0\0\0")
_HEAD = 1 << 16
_SMALL = 20_000
_TITLES = re.compile(r"<(title|h1)\b[^>]*>([^<]{0,300})", re.I)
_PARAGRAPH = re.compile(r"<p\b", re.I)
_SCRIPTED = re.compile(r"document\.cookie\s*=", re.I)


@cache
def _phrases(name: str) -> re.Pattern[str]:
    words = "|".join(re.escape(key(word)) for word in sorted(read_words("collect.toml", name), key=len, reverse=True))
    # The phrase is the whole title, or all of it before a dash: `404 hộ dân được vay vốn` is news.
    return re.compile(rf"(?:{words})\s*(?:$|[-–—|:,.!…(])")


def judge(page: Fetched) -> tuple[str, str] | None:
    """Return (kind, reason) where a response with status 200 is no article's page, else None.

    `other_type` is told by the bytes, whatever the header says. `soft_404` and `captcha` are told by title and first
    heading; `captcha` also by marks in a small page that has no paragraph, or by a script that only sets a cookie.
    """
    if page.body.startswith(OTHER_KINDS):
        return "other_type", "is no page (PDF, picture, video or Office file)"
    if not page.body.strip():
        return "empty", "is empty"
    if page.chain and urlsplit(page.final_url).path in ("", "/") and not urlsplit(page.final_url).query:
        return "soft_404", "redirects to the home page"
    head = page.body[:_HEAD].decode("utf-8", "replace")
    titles = [key(nfc(unescape(found[2]))).strip(" .!-–|:") for found in _TITLES.finditer(head)]
    if any(_phrases("blocks").match(title) for title in titles):
        return "captcha", "asks for proof that no robot comes; the host is left alone"
    if len(page.body) < _SMALL and not _PARAGRAPH.search(head):
        low = head.lower()
        if any(mark in low for mark in read_words("collect.toml", "block_marks")):
            return "captcha", "asks for proof that no robot comes; the host is left alone"
        if len(page.body) < _SMALL // 4 and _SCRIPTED.search(head) and "<script" in low and not titles:
            return "captcha", "is only a script that sets a cookie; the host is left alone"
    if any(_phrases("soft_404").match(title) for title in titles):
        return "soft_404", "says that there is no such page"
    return None
