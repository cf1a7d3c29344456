"""The province an article is at home in, and what says so."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from miner import gazetteer
from miner.records import Article, Home
from miner.text import UPPER
from miner.units.resolve_date import When

MIN_SHARE = 0.5
"""Of all votes for provinces that the home must have; below it an article is at home nowhere."""
LEAD = 200
"""Code points at the article's head, title and first lines, whose mentions count double."""

_DATELINE = re.compile(rf"(?:\A|\n)\s*\(?([{UPPER}][^\n():–-]{{2,30}}?)\)?\s*(?:[-–:]\s)")
# Where a person comes from says nothing about the article: (quê Nghệ An), ngụ tỉnh X
_ORIGIN = re.compile(r"(?:quê(?: quán)?|ngụ|trú|HKTT|sinh ra)(?: tại| ở)?\s*:?\s*\Z")


def is_origin(text: str, start: int) -> bool:
    """Say whether the words before offset `start` make the mention there somebody's birthplace or dwelling."""
    before = text[max(0, start - 20) : start]
    if "quê" in before or "ngụ" in before or "trú" in before or "HKTT" in before or "sinh ra" in before:
        return _ORIGIN.search(before) is not None
    return False


def source_home(article: Article, when: When) -> Home | None:
    """Return the home province that the article's source declares, in the code of the article's time."""
    code = article.province_code
    if not code:
        return None
    places = gazetteer.load()
    if places.get(code, when.day) is not None:
        return Home(code, "source")
    into = places.successors(code)
    return Home(into[0], f"source (province {code} then)") if into else None


def dateline(article: Article, when: When) -> tuple[str, str] | None:
    """Return the code and name of the province that opens the title or a dateline (`Quảng Bình: …`), if any."""
    places = gazetteer.load()
    for match in _DATELINE.finditer(article.text, 0, 400):
        _, bare = gazetteer.split_level(match[1])
        found = places.find(bare, level="province", at=when.day)
        if len(found) == 1:
            return found[0].code, match[1]
    return None


def text_home(article: Article, when: When, votes: Iterable[tuple[str, int, float]]) -> Home | None:
    """Return the province that the text is about: `votes` are (province code, offset, weight).

    The province of a dateline counts as four mentions. None where no province has MIN_SHARE of all votes.
    """
    total: dict[str, float] = defaultdict(float)
    mentions: Counter[str] = Counter()
    for code, start, weight in votes:
        total[code] += weight * (2 if start < LEAD else 1)
        mentions[code] += 1
    line = dateline(article, when)
    if line is not None:
        total[line[0]] += 4
    if not total:
        return None
    (code, first), *rest = sorted(total.items(), key=lambda item: -item[1])
    if first < MIN_SHARE * sum(total.values()) or (rest and rest[0][1] == first):
        return None
    place = gazetteer.load().get(code, when.day)
    name = place.bare if place else code
    if line is not None and line[0] == code:
        return Home(code, f"dateline: {line[1]}")
    share = f"{mentions[code]} of {sum(mentions.values())} mentions are of {name}"
    return Home(code, f"text: {share}")
