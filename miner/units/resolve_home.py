"""The province an article is at home in, and what says so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from miner import gazetteer
from miner.gazetteer import Locality
from miner.records import Article, Home
from miner.text import UPPER, search_key
from miner.units.resolve_date import When
from miner.units.resolve_lookup import place_of

MIN_SHARE = 0.5
"""Of all votes for provinces that the home must have; below it an article is at home nowhere."""
SHORTEST_SLUG = 5
"""Letters of a province's name to be sought in a host's name: `hanoi`, not `hue`."""
_OPENING = 400
"""Code points at the article's head in which a dateline may stand."""
LEAD = 200
"""Code points at the article's head, title and first lines, whose mentions count double."""

_HOST = re.compile(r"(?:[a-z]+:)?//([^/?#]+)", re.IGNORECASE)
_DATELINE = re.compile(rf"\s*\(?([{UPPER}][^\n():–-]{{2,30}}?)\)?\s*(?:[-–:]\s)")
# Where a person comes from says nothing about the article: (quê Nghệ An), ngụ tỉnh X
_ORIGIN = re.compile(r"(?:quê(?: quán)?|ngụ|trú|HKTT|sinh ra)(?: tại| ở)?\s*:?\s*\Z")
_ORIGIN_ENDS = ("quê", "quán", "ngụ", "trú", "HKTT", "sinh ra", "tại", "ở")


def is_origin(text: str, start: int) -> bool:
    """Say whether the words before offset `start` make the mention there somebody's birthplace or dwelling."""
    before = text[max(0, start - 20) : start].rstrip(": \u00a0\n")
    return before.endswith(_ORIGIN_ENDS) and _ORIGIN.search(before) is not None


@cache
def _slugs() -> tuple[tuple[str, tuple[Locality, ...]], ...]:
    """Return every province's name in plain letters without spaces, the longest first, and who has borne it."""
    found: dict[str, tuple[Locality, ...]] = {}
    for place in gazetteer.load().places("province"):
        slug = _plain(place.bare)
        if len(slug) >= SHORTEST_SLUG:
            found[slug] = (*found.get(slug, ()), place)
    return tuple(sorted(found.items(), key=lambda item: (-len(item[0]), item[0])))


def _plain(name: str) -> str:
    return search_key(name).replace(" ", "").replace("-", "")


def _named_in_source(article: Article) -> tuple[tuple[Locality, ...], str] | None:
    """Return the bearers of the province's name in the URL's host or the source's own name, and where it stands."""
    host = _HOST.match(article.url)
    for written in (host[1] if host else "", article.source):
        plain = _plain(written)
        for slug, places in _slugs() if plain else ():
            if slug in plain:
                return places, written
    return None


def source_home(article: Article, when: When) -> Home | None:
    """Return the home province that the article's source declares, in the code of the article's time.

    It is the source's `province_code`, else the province named in the URL's host or in the source's own name
    (`baoquangbinh.vn`, `Cổng thông tin điện tử tỉnh Đắk Nông`). A province that was merged gives what it went into.
    """
    places = gazetteer.load()
    if article.province_code:
        if places.get(article.province_code, when.day) is not None:
            return Home(article.province_code, "source")
        into = places.successors(article.province_code)
        return Home(into[0], f"source (province {article.province_code} then)") if into else None
    named = _named_in_source(article)
    if named is None:
        return None
    bearers, written = named
    valid = next((p for p in bearers if p.valid_at(when.day)), None)
    if valid is not None:
        return Home(valid.code, f"source: {written}")
    into = places.successors(bearers[-1])
    return Home(into[0], f"source: {written} ({bearers[-1].bare} then)") if into else None


def dateline(article: Article, when: When) -> tuple[str, str] | None:
    """Return the code and name of the province that opens the title or a dateline (`Quảng Bình: …`), if any."""
    places, text = gazetteer.load(), article.text
    line = 0
    while line < _OPENING:
        if match := _DATELINE.match(text, line, _OPENING):
            _, bare = gazetteer.split_level(match[1])
            found = places.find(bare, level="province", at=when.day)
            if len(found) == 1:
                return found[0].code, match[1]
        line = (text.find("\n", line, _OPENING) + 1) or _OPENING
    return None


def text_home(article: Article, when: When, votes: Iterable[tuple[str, int, float]]) -> Home | None:
    """Return the province that the text is about: `votes` are (province code, offset, weight).

    The province of a dateline counts as four mentions. None where no province has MIN_SHARE of all votes.
    """
    total: dict[str, float] = {}
    mentions: dict[str, int] = {}
    for code, start, weight in votes:
        total[code] = total.get(code, 0) + weight * (2 if start < LEAD else 1)
        mentions[code] = mentions.get(code, 0) + 1
    line = dateline(article, when)
    if line is not None:
        total[line[0]] = total.get(line[0], 0) + 4
    if not total:
        return None
    (code, first), *rest = sorted(total.items(), key=lambda item: -item[1])
    if first < MIN_SHARE * sum(total.values()) or (rest and rest[0][1] == first):
        return None
    place = place_of(code, when.day)
    name = place.bare if place else code
    if line is not None and line[0] == code:
        return Home(code, f"dateline: {line[1]}")
    share = f"{mentions.get(code, 0)} of {sum(mentions.values())} mentions are of {name}"
    return Home(code, f"text: {share}")
