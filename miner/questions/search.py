"""Full-text search over titles and texts, with diacritics or without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from miner.errors import InputError
from miner.questions.ask import Answer, Row, Where, ask
from miner.text import key, search_key

_PART = re.compile(r'(?P<not>-)?"(?P<quoted>[^"]*)"?|(?P<or>(?<!\S)OR(?!\S))|(?P<word>[^\s"]+)')
_AROUND = 60
"""Characters shown before and after what was found."""


def _phrases(query: str) -> list[tuple[str, str]]:
    """Return the query's parts: ("and", words), ("not", words) or ("or", "")."""
    parts: list[tuple[str, str]] = []
    plain: list[str] = []

    def close() -> None:
        if plain:
            parts.append(("and", " ".join(plain)))
            plain.clear()

    for found in _PART.finditer(query):
        if found["word"]:
            plain.append(found["word"])
            continue
        close()
        if found["or"]:
            parts.append(("or", ""))
        elif found["quoted"]:
            parts.append(("not" if found["not"] else "and", found["quoted"]))
    close()
    return parts


def _match(parts: list[tuple[str, str]]) -> str:
    """Return the query in FTS5's own terms; every word is quoted, so nothing in it is an operator."""
    wanted: list[str] = []
    unwanted: list[str] = []
    joined = "AND"
    for kind, words in parts:
        if kind == "or":
            joined = "OR"
            continue
        phrase = " ".join(re.findall(r"\w+", search_key(words)))
        if not phrase:
            continue
        (unwanted if kind == "not" else wanted).append(
            f'"{phrase}"' if kind == "not" or joined == "AND" or not wanted else f'OR "{phrase}"'
        )
        joined = "AND"
    terms = ""
    for term in wanted:
        terms += term if not terms else f" {term}" if term.startswith("OR ") else f" AND {term}"
    return terms if not unwanted or not terms else f"({terms}) NOT " + " NOT ".join(unwanted)


def search(
    database: str | Path,
    query: str,
    *,
    topic: str | None = None,
    year: str | int | None = None,
    province: str | None = None,
    limit: int | None = None,
) -> Answer:
    """Return articles that hold the words of `query` next to each other, best first, with the words around them.

    Without diacritics every reading is found (`toi pham` finds `tội phạm`, `doi` finds `Đội`); words written with
    them are found only so. Phrases in quotes may stand anywhere, `OR` between two of them takes either, `-"…"`
    leaves articles out. Raises InputError where the query holds no word.
    """
    parts = _phrases(query)
    match = _match(parts)
    if not match:
        raise InputError(f"search {query!r}", "holds no word to look for")
    # Words with diacritics are looked for in the text itself, after the index has found their folded form.
    exact = [words for kind, words in parts if kind == "and" and search_key(words) != words.lower()]
    either = any(kind == "or" for kind, _ in parts)
    where = Where()
    where.add("article_search MATCH ?", match)
    where.topic("a.no", topic)
    where.years("a.year", year)
    where.province("a.home_province_code", "a.published", province)
    sql = (
        "SELECT a.id, a.title, a.published, a.source, a.url, a.text FROM article_search JOIN articles a "
        f"ON a.no = article_search.rowid WHERE {where} ORDER BY bm25(article_search, 4.0, 1.0), a.no"
    )
    answer = ask(database, sql, where.values)
    words = [w for kind, w in parts if kind == "and"]

    def rows() -> Iterator[Row]:
        try:
            for id, title, published, source, url, text in answer.rows:
                if exact and not either and not all(_holds(f"{title}\n{text}", w) for w in exact):
                    continue
                yield id, title, published, source, url, around(text, words)
        finally:
            answer.rows.close()  # type: ignore[attr-defined]

    columns = ("article_id", "title", "published", "source", "url", "text")
    brief = ("article_id", "title", "published", "text")
    return Answer(columns, islice(rows(), limit or None), sql, tuple(where.values), brief)


def _pattern(words: str) -> str:
    return r"(?<!\w)" + r"\W+".join(map(re.escape, re.findall(r"\w+", words))) + r"(?!\w)"


def _holds(text: str, words: str) -> bool:
    return re.search(_pattern(key(words)), key(text)) is not None


def around(text: str, words: list[str]) -> str:
    """Return the first place of `text` where one of the phrases `words` stands, with what is around it."""
    folded, offsets = [], []
    for i, c in enumerate(text):
        small = search_key(c)
        folded.append(small)
        offsets += [i] * len(small)
    flat = "".join(folded)
    for phrase in words:
        marked = search_key(phrase) != phrase.lower()
        for found in re.finditer(_pattern(search_key(phrase)), flat):
            start, end = offsets[found.start()], offsets[found.end() - 1] + 1
            if marked and not _holds(text[start:end], phrase):
                continue
            left, right = max(0, start - _AROUND), min(len(text), end + _AROUND)
            cut = f"{'…' if left else ''}{text[left:start]}[{text[start:end]}]{text[end:right]}"
            return " ".join(cut.split()) + ("…" if right < len(text) else "")
    return " ".join(text[: 2 * _AROUND].split()) + "…"
