"""Selectors on one page, at little cost: XPath compiled once, paths that cannot find anything not run at all.

A path such as `//*[contains(@class,'sapo')]` makes libxml2 ask every element of the page, and a source has dozens of
paths. Two things spare most of that: a path whose words do not stand in the page's source finds nothing; and where
the only question is an attribute, `//@class[contains(.,'sapo')]/..` asks the attributes that are there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from lxml import etree

_ATTRIBUTE = r"@(class|id|itemprop|property|rel|name)"
_TEST = (
    rf"(?:contains\(\s*{_ATTRIBUTE}\s*,\s*'([^'&]+)'\s*\)"
    rf"|contains\(\s*concat\(\s*'\s'\s*,\s*{_ATTRIBUTE}\s*,\s*'\s'\s*\)\s*,\s*' ([^' &]+) '\s*\)"
    rf"|{_ATTRIBUTE}\s*=\s*'([^'&]+)')"
)
_TESTS = re.compile(_TEST)
# A step that begins the path and tests attributes alone, each alternative with words of its own.
_HEAD = re.compile(rf"(\.?)//([\w*-]+)\[\s*({_TEST}(?:\s+or\s+{_TEST})*)\s*\]")


@cache
def compiled(path: str) -> tuple[Any, tuple[str, ...]]:
    """Return `path` compiled in its cheapest equal form, and words of which the page must hold one (none: any page)."""
    head = _HEAD.match(path)
    if head is None:
        return etree.XPath(path, smart_strings=False), ()
    below, tag, asked = head[1], head[2], head[3]
    tests = [[part for part in found if part] for found in _TESTS.findall(asked)]
    words = tuple(dict.fromkeys(word for _, word in tests))
    attributes = {attribute for attribute, _ in tests}
    if len(attributes) == 1:
        attribute = attributes.pop()
        start = ".//*/" if below else "//"
        parent = ".." if tag == "*" else f"parent::{tag}"
        path = f"{start}@{attribute}[{asked.replace(f'@{attribute}', '.')}]/{parent}{path[head.end() :]}"
    return etree.XPath(path, smart_strings=False), words


class Finder:
    """Finds what paths select in one page; `source` is the page's markup, `tree` what was parsed from it."""

    def __init__(self, source: str, tree: Any) -> None:
        self.source = source
        self.tree = tree

    def may_hold(self, path: str) -> bool:
        """Return whether `path` can find anything: what it asks for stands in the page's markup."""
        words = compiled(path)[1]
        return not words or any(word in self.source for word in words)

    def all(self, path: str, below: Any = None) -> list[Any]:
        """Return the elements and strings that `path` finds, in the page or below an element; blank strings are not."""
        if not self.may_hold(path):
            return []
        found = compiled(path)[0](self.tree if below is None else below)
        if not isinstance(found, list):
            return []
        return [one for one in found if not isinstance(one, str) or one.strip()]

    def first(self, paths: Iterable[str]) -> list[Any]:
        """Return what the first of `paths` that finds something finds."""
        for path in paths:
            if found := self.all(path):
                return found
        return []

    def elements(self, paths: Iterable[str]) -> list[Any]:
        """Return the elements that the first path finds which finds anything."""
        return [one for one in self.first(paths) if not isinstance(one, str)]
