"""Selectors on one page, at little cost: XPath compiled once, paths that cannot find anything not run at all.

A path such as `//*[contains(@class,'sapo')]` makes libxml2 ask every element of the page, and a source has dozens of
paths. Two things spare most of that: a path whose words do not stand in the page's markup finds nothing; and where
they stand, the markup says in which tags, so that elements of no other name are asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from lxml import etree

_ATTRIBUTE = r"@(?:class|id|itemprop|property|rel|name)"
_TEST = (
    rf"(?:contains\(\s*{_ATTRIBUTE}\s*,\s*'([^'&]+)'\s*\)"
    rf"|contains\(\s*concat\(\s*'\s'\s*,\s*{_ATTRIBUTE}\s*,\s*'\s'\s*\)\s*,\s*' ([^' &]+) '\s*\)"
    rf"|{_ATTRIBUTE}\s*=\s*'([^'&]+)')"
)
_TESTS = re.compile(_TEST)
_ATTRIBUTES = re.compile(r"@(\w+)")
# A step that begins the path and only tests attributes, each alternative with words of its own.
_HEAD = re.compile(rf"//([\w*-]+)(\[\s*{_TEST}(?:\s+or\s+{_TEST})*\s*\])")
_NAME = re.compile(r"<([A-Za-z][A-Za-z0-9]*)[\s/]")
_MOST = 12
"""Places of a word from which on it is no help to know its tags."""


@dataclass(frozen=True, slots=True)
class _Path:
    """A path, compiled; and where it begins with a step on attributes, what that step asks."""

    run: Any
    words: tuple[str, ...] = ()
    """The page's markup must hold one of them; none: any page will do."""
    any_tag: bool = False
    test: str = ""
    rest: str = ""


@cache
def _compiled(path: str) -> _Path:
    head = _HEAD.match(path)
    if head is None or "|" in path or path[head.end() :].startswith("["):
        return _Path(etree.XPath(path, smart_strings=False))
    tag, test, rest = head[1], head[2], path[head.end() :]
    words = tuple(dict.fromkeys(word for found in _TESTS.findall(test) for word in found if word))
    # `//h1[…]` asks every child of every element; this asks the h1s, and the test is none of position.
    run = etree.XPath(f"/descendant::{tag}{test}{rest}", smart_strings=False)
    attributes = set(_ATTRIBUTES.findall(test))
    if tag == "*" and len(attributes) == 1 and (attribute := attributes.pop()) != "class":
        # Few elements have one, so all there are can be asked.
        run = etree.XPath(f"//@{attribute}{test.replace('@' + attribute, '.')}/..{rest}", smart_strings=False)
        return _Path(run, words)
    return _Path(run, words, tag == "*", test, rest)


@cache
def _for_tags(path: str, tags: frozenset[str]) -> Any:
    plan = _compiled(path)
    parts = [f"/descendant::{tag}{plan.test}{plan.rest}" for tag in sorted(tags)]
    return etree.XPath(" | ".join(parts), smart_strings=False)


class Finder:
    """Finds what paths select in one page; `markup` is its source, `tree` what was parsed from it."""

    def __init__(self, markup: str, tree: Any) -> None:
        self.markup = markup
        self.tree = tree
        self._places: dict[str, int] = {}
        self._tags: dict[str, frozenset[str] | None] = {}

    def all(self, path: str, below: Any = None) -> list[Any]:
        """Return the elements and strings that `path` finds, in the page or below an element; blank strings are not."""
        plan = _compiled(path)
        run = plan.run
        if plan.words:
            present = [word for word in plan.words if self._holds(word)]
            if not present:
                return []
            if plan.any_tag and (tags := self._tags_of(present)) is not None:
                if not tags:
                    return []
                run = _for_tags(path, tags)
        found = run(self.tree if below is None else below)
        if not isinstance(found, list):
            return []
        return [one for one in found if not isinstance(one, str) or one.strip()]

    def _holds(self, word: str) -> bool:
        if word not in self._places:
            self._places[word] = self.markup.find(word)
        return self._places[word] >= 0

    def _tags_of(self, words: Iterable[str]) -> frozenset[str] | None:
        """Return the names of the tags in whose attributes the words stand; None where that cannot be told quickly."""
        tags: set[str] = set()
        for word in words:
            if word not in self._tags:
                self._tags[word] = self._tags_with(word)
            found = self._tags[word]
            if found is None:
                return None
            tags |= found
        return frozenset(tags)

    def _tags_with(self, word: str) -> frozenset[str] | None:
        markup, place = self.markup, self._places[word]
        tags: set[str] = set()
        for _ in range(_MOST):
            if place < 0:
                return frozenset(tags)
            at, place = place, markup.find(word, place + 1)
            start = markup.rfind("<", 0, at)
            name = _NAME.match(markup, start) if start >= 0 else None
            if name is None:
                if start >= 0 and markup[start + 1 : start + 2] not in ("/", "!", "?"):
                    return None
                continue  # in a text after an end tag, or in a comment
            inside = markup[start:at]
            if ">" in inside:
                if inside.count('"', 0, inside.index(">")) % 2 or inside.count("'", 0, inside.index(">")) % 2:
                    return None  # a `>` within an attribute
                continue
            double, single = inside.count('"'), inside.count("'")
            if (double or single) and double % 2 == 0 and single % 2 == 0:
                return None  # no quote is open, though some were: this may be no tag's beginning
            tags.add(name[1].lower())
        return None

    def first(self, paths: Iterable[str]) -> list[Any]:
        """Return what the first of `paths` that finds something finds."""
        for path in paths:
            if found := self.all(path):
                return found
        return []

    def elements(self, paths: Iterable[str]) -> list[Any]:
        """Return the elements that the first path finds which finds anything."""
        return [one for one in self.first(paths) if not isinstance(one, str)]
