"""Which articles a run is after: by day of publication, by a pattern, by words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from miner.collect.discover import Entry, days_in_url
from miner.text import key, nfc


@dataclass(frozen=True, slots=True)
class Selection:
    """What is wanted. Days are those of Viet Nam, both included; `match` is searched in the title and in the address.

    `words` are folded (`text.key`); an article is wanted where its text holds one of them as whole words.
    """

    since: date | None = None
    until: date | None = None
    match: re.Pattern[str] | None = None
    words: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Return whether anything is left out at all."""
        return bool(self.since or self.until or self.match or self.words)

    def left_out(self, entry: Entry) -> str:
        """Return why `entry` need not be asked for, or an empty string where it must be to know.

        A page was published no later than it was modified, so `lastmod` can only be too early.
        """
        if reason := self._by_day(entry):
            return reason
        if (
            self.match and entry.title and not (self.match.search(nfc(entry.title)) or self.match.search(entry.url))
        ):  # fmt: skip
            return "matches neither in title nor in address"
        return ""

    def _by_day(self, entry: Entry) -> str:
        if not (self.since or self.until):
            return ""
        if first := _day(entry.published):
            last = first
        elif days := days_in_url(entry.url):
            first, last = days
        else:
            modified = _day(entry.lastmod)
            return "before --since" if modified and self.since and modified < self.since else ""
        if self.since and last < self.since:
            return "before --since"
        if self.until and first > self.until:
            return "after --until"
        return ""

    def takes(self, row: Mapping[str, Any]) -> str:
        """Return why the article in `row` (as in articles.jsonl) is left out, or an empty string."""
        if self.since or self.until:
            day = _day(row.get("published") or "")
            if day is None:
                return "has no date"
            if self.since and day < self.since:
                return "before --since"
            if self.until and day > self.until:
                return "after --until"
        if self.match and not (self.match.search(row.get("title") or "") or self.match.search(row.get("url") or "")):
            return "matches neither in title nor in address"
        if self.words and not words_pattern(self.words).search(key(row.get("text") or "")):
            return "holds none of the words"
        return ""


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written[:10]) if written else None
    except ValueError:
        return None


def words_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern that finds any of `words`, which are folded, in folded text."""
    alternatives = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)")


def fold_words(given: str) -> tuple[str, ...]:
    """Return the words in `given` (apart by commas) folded; the name of a topic stands for that topic's seed words."""
    from miner.topics.taxonomy import load_taxonomy

    seeds = {topic.name: topic.seeds for topic in load_taxonomy().topics}
    words = [word.strip() for word in given.split(",") if word.strip()]
    return tuple(dict.fromkeys(key(w) for word in words for w in seeds.get(word, (word,))))
