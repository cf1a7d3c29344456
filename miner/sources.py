"""Source specifications: one TOML file says where a paper's articles are found and how its pages are read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from miner.errors import TableError
from miner.tables import DATA, read_toml

FIELDS = ("title", "lead", "body", "date", "updated", "author", "origin", "section", "tags", "caption", "drop", "next")
"""What a selector may find on a page; `drop` is taken out before anything else is read, `next` leads from one page of a
listing to the one after it."""
_KEYS: dict[str, type | tuple[type, ...]] = {
    "name": str, "title": str, "province": str, "system": str, "start": list, "feeds": list, "sitemaps": list,
    "listings": list, "archives": list, "allow": list, "deny": list, "selectors": list, "delay": (int, float),
    "insecure": bool, "checked": bool, "notes": str,
}  # fmt: skip
_REQUIRED = ("name", "title", "province", "start", "checked")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
_MAX_DELAY = 3600.0


@dataclass(frozen=True, slots=True)
class Selectors:
    """XPath expressions for each of FIELDS, tried in order, and the days of publication they hold for."""

    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    valid_from: date | None = None
    valid_until: date | None = None

    def valid(self, day: date | None) -> bool:
        """Return whether these selectors hold for a page published on `day` (None: unknown, so they may)."""
        if day is None:
            return True
        return (self.valid_from or date.min) <= day <= (self.valid_until or date.max)


@dataclass(frozen=True, slots=True)
class Listing:
    """Pages that list articles: `url` is the first, `pages` a pattern with `{page}` for those after it."""

    url: str
    pages: str | None = None
    first: int = 2


@dataclass(frozen=True, slots=True)
class Archive:
    """Listings by date: `url` holds {yyyy}, and may hold {mm} and {dd}; `first` is the first day that has one."""

    url: str
    first: date | None = None

    @property
    def step(self) -> str:
        """The length of time that one page lists: day, month or year."""
        return "day" if "{dd}" in self.url else "month" if "{mm}" in self.url else "year"


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """One source of articles, checked; `province` is the GSO code of its home, empty where nobody gave one."""

    name: str
    title: str
    province: str
    start: tuple[str, ...]
    system: str | None = None
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    listings: tuple[Listing, ...] = ()
    archives: tuple[Archive, ...] = ()
    allow: tuple[re.Pattern[str], ...] = ()
    deny: tuple[re.Pattern[str], ...] = ()
    selectors: tuple[Selectors, ...] = ()
    delay: float = 2.0
    insecure: bool = False
    checked: bool = False
    notes: str = ""
    table: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What the file says, to be kept beside what was collected."""

    def guides(self) -> tuple[str, ...]:
        """Return the addresses at which articles are looked for; archives by their pattern."""
        listings = (listing.url for listing in self.listings)
        return (*self.start, *self.feeds, *self.sitemaps, *listings, *(archive.url for archive in self.archives))

    def next_paths(self) -> tuple[str, ...]:
        """Return the XPath expressions for the link to a listing's next page."""
        return tuple(path for one in self.selectors for path in one.paths.get("next", ()))

    def is_article(self, url: str) -> bool:
        """Return whether the patterns let `url` (path and query are compared) pass as an article."""
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        if any(pattern.search(path) for pattern in self.deny):
            return False
        return not self.allow or any(pattern.search(path) for pattern in self.allow)


def load_source(path: str | Path) -> SourceSpec:
    """Return the source that the TOML file `path` describes; raises TableError naming the entry that is wrong."""
    path = Path(path)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TableError(path, "file", f"cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TableError(path, "file", f"is not TOML in UTF-8: {error}") from None
    return make_source(table, str(path))


def make_source(table: Mapping[str, Any], where: str, *, home: bool = True) -> SourceSpec:
    """Return the source in `table`, its system's preset filled in; raises TableError where an entry is wrong.

    What the file gives itself comes before the preset: selectors are tried first, other entries replace it. Without
    `home`, the province may be an empty string: nobody knows it of a bare address.
    """
    for key, value in table.items():
        kind = _KEYS.get(key)
        if kind is None:
            raise TableError(where, key, f"is unknown; a source has {', '.join(_KEYS)}")
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise TableError(where, key, f"is {type(value).__name__}, not what a source needs here")
    for key in _REQUIRED:
        if key not in table:
            raise TableError(where, key, "is missing")
    if not _NAME.fullmatch(table["name"]):
        raise TableError(where, "name", "must be small letters, digits and hyphens")
    if not re.fullmatch(r"\d\d", table["province"]) and (home or table["province"]):
        raise TableError(where, "province", "must be a GSO code of two digits, such as '44'")
    if not 0 <= table.get("delay", 2) <= _MAX_DELAY:
        raise TableError(where, "delay", f"must be 0 to {_MAX_DELAY:.0f} seconds")
    preset = _preset(table.get("system"), where)
    merged = {**preset, **table}
    return SourceSpec(
        name=table["name"],
        title=table["title"],
        province=table["province"],
        start=_urls(merged, "start", where, required=True),
        system=table.get("system"),
        feeds=_urls(merged, "feeds", where),
        sitemaps=_urls(merged, "sitemaps", where),
        listings=tuple(_listing(entry, where) for entry in merged.get("listings", ())),
        archives=tuple(_archive(entry, where) for entry in merged.get("archives", ())),
        allow=_patterns(merged, "allow", where),
        deny=_patterns(merged, "deny", where),
        selectors=tuple(
            _selectors(entry, where) for entry in [*table.get("selectors", ()), *preset.get("selectors", ())]
        ),
        delay=float(merged.get("delay", 2.0)),
        insecure=merged.get("insecure", False),
        checked=table["checked"],
        notes=merged.get("notes", ""),
        table=dict(table),
    )


def _preset(system: str | None, where: str) -> dict[str, Any]:
    if system is None:
        return {}
    presets = read_toml("cms_presets.toml")
    if system not in presets:
        raise TableError(where, "system", f"{system!r} has no preset; there are {', '.join(sorted(presets))}")
    preset: dict[str, Any] = presets[system]
    return preset


@cache
def preset_selectors(system: str) -> tuple[Selectors, ...]:
    """Return the selectors of a content system's preset; raises TableError where there is none of that name."""
    where = "miner/data/cms_presets.toml"
    return tuple(_selectors(entry, where) for entry in _preset(system, where).get("selectors", ()))


def _urls(table: Mapping[str, Any], key: str, where: str, required: bool = False) -> tuple[str, ...]:
    urls = table.get(key, ())
    if required and not urls:
        raise TableError(where, key, "needs at least one URL")
    for url in urls:
        _check_url(url, key, where)
    return tuple(urls)


def _check_url(url: Any, key: str, where: str) -> None:
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
        fine = (
            parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
        )
    except ValueError:
        fine = False
    if not fine:
        raise TableError(where, key, f"{url!r} is no http(s) URL (user names are not allowed)")


def _patterns(table: Mapping[str, Any], key: str, where: str) -> tuple[re.Pattern[str], ...]:
    try:
        return tuple(re.compile(pattern) for pattern in table.get(key, ()))
    except (re.error, TypeError) as error:
        raise TableError(where, key, f"holds a pattern that is no regular expression: {error}") from None


def _listing(entry: Any, where: str) -> Listing:
    if not isinstance(entry, dict) or "url" not in entry or set(entry) - {"url", "pages", "first"}:
        raise TableError(where, "listings", "each needs `url`, and may have `pages` and `first`")
    _check_url(entry["url"], "listings.url", where)
    pages, first = entry.get("pages"), entry.get("first", 2)
    if pages is not None:
        _check_url(pages, "listings.pages", where)
        if "{page}" not in pages:
            raise TableError(where, "listings.pages", "needs {page} where the number stands")
    if isinstance(first, bool) or not isinstance(first, int) or first < 0:
        raise TableError(where, "listings.first", "must be a whole number, 0 or more")
    return Listing(entry["url"], pages, first)


def _archive(entry: Any, where: str) -> Archive:
    if not isinstance(entry, dict) or "url" not in entry or set(entry) - {"url", "from"}:
        raise TableError(where, "archives", "each needs `url`, and may have `from`")
    _check_url(entry["url"], "archives.url", where)
    marks = re.findall(r"\{[^}]*\}", entry["url"])
    if set(marks) - {"{yyyy}", "{mm}", "{dd}"} or "{yyyy}" not in marks or ("{dd}" in marks and "{mm}" not in marks):
        raise TableError(where, "archives.url", "needs {yyyy}, and may have {mm}, or {mm} and {dd}")
    first = entry.get("from")
    if isinstance(first, str):  # as the store keeps it
        try:
            first = date.fromisoformat(first)
        except ValueError:
            first = 0
    if first is not None and (not isinstance(first, date) or isinstance(first, datetime)):
        raise TableError(where, "archives.from", "must be a date, such as 2019-01-01")
    return Archive(entry["url"], first)


def _selectors(entry: Any, where: str) -> Selectors:
    if not isinstance(entry, dict):
        raise TableError(where, "selectors", "must be tables ([[selectors]])")
    days = {}
    paths: dict[str, tuple[str, ...]] = {}
    for key, value in entry.items():
        if key in ("valid_from", "valid_until"):
            if isinstance(value, str):  # as the store keeps it
                with suppress(ValueError):
                    value = date.fromisoformat(value) if len(value) == 10 else value
            if not isinstance(value, date):
                raise TableError(where, f"selectors.{key}", "must be a date, such as 2021-05-01")
            days[key] = value
            continue
        if key not in FIELDS:
            raise TableError(where, f"selectors.{key}", f"is unknown; selectors are {', '.join(FIELDS)}")
        paths[key] = tuple([value] if isinstance(value, str) else value)
        for path in paths[key]:
            try:
                etree.XPath(path)
            except (etree.XPathError, TypeError) as error:
                raise TableError(where, f"selectors.{key}", f"{path!r} is no XPath: {error}") from None
    if days and days.get("valid_from", date.min) > days.get("valid_until", date.max):
        raise TableError(where, "selectors", "valid_from is after valid_until")
    return Selectors(paths, days.get("valid_from"), days.get("valid_until"))


@cache
def catalogue() -> Mapping[str, SourceSpec]:
    """Return the sources that miner ships, by name; raises TableError where a file is wrong or a name stands twice."""
    found: dict[str, SourceSpec] = {}
    for file in sorted((DATA / "sources").iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".toml"):
            continue
        where = f"miner/data/sources/{file.name}"
        source = make_source(tomllib.loads(file.read_text(encoding="utf-8")), where)
        if file.name != f"{source.name}.toml":
            raise TableError(where, "name", f"is {source.name!r}; the file must be called {source.name}.toml")
        found[source.name] = source
    return found


@cache
def _hosts() -> Mapping[str, SourceSpec]:
    found: dict[str, SourceSpec] = {}
    for source in catalogue().values():
        for start in source.start:
            found.setdefault((urlsplit(start).hostname or "").removeprefix("www."), source)
    return found


def known_source(url: str) -> SourceSpec | None:
    """Return the source of the catalogue that is at home on the host of `url`."""
    try:
        host = (urlsplit(url).hostname or "").lower().removeprefix("www.")
    except ValueError:
        return None
    return _hosts().get(host) if host else None
