"""Sums and counts by groups: what adds up, with reprints counted once and plans kept from results."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from miner.errors import InputError
from miner.gazetteer import load
from miner.questions.ask import Answer, Row, Where, ask
from miner.questions.conditions import add_conditions

ONCE = "{} NOT IN (SELECT no FROM articles WHERE duplicate_group > 0 AND duplicate_group <> no)"
"""Holds for one article of each group of near-duplicates; an index alone answers it."""
_TOPIC = "coalesce(pt.name, ta.name)"
"""The topic of a fact's passage, or of its article where the passage has none."""
_WITH_TOPIC = (
    " LEFT JOIN passage_topics pt ON pt.passage = f.sentence "
    "LEFT JOIN topics ta ON pt.passage IS NULL AND ta.article = f.article"
)
_MONTH = "substr(coalesce(p.first, a.published), 1, 7)"
GROUPS: dict[str, dict[str, str]] = {
    "figures": {
        "object": "f.object_key", "kind": "f.kind", "topic": _TOPIC, "province": "f.province_code",
        "year": "f.year", "month": _MONTH, "source": "a.source", "action": "lower(f.action_text)",
        "actor": "actor.name", "article": "a.id",
    },
    "awards": {
        "type": "f.type", "level": "f.level", "status": "f.status", "giver": "g.text", "recipient": "r.text",
        "topic": _TOPIC, "province": "f.province_code", "year": "f.year", "source": "a.source", "article": "a.id",
    },
    "articles": {
        "topic": "t.name", "province": "a.home_province_code", "year": "a.year", "month": "substr(a.published, 1, 7)",
        "source": "a.source",
    },
}  # fmt: skip
"""Table → what can be grouped by, and where it is read."""


def province_name(code: str | None) -> str | None:
    """Return the name or names that a province code has had, None for no code."""
    if code is None:
        return None
    names = dict.fromkeys(place.name for place in load().history(code) if place.level == "province")
    return " / ".join(names) or code


def figure_sums(
    database: str | Path,
    by: Sequence[str],
    *,
    topic: str | None = None,
    year: str | int | None = None,
    province: str | None = None,
    object: str | None = None,
    kind: str | None = None,
    plans: bool | None = False,
    source: str | None = None,
    where: Iterable[str] = (),
    reprints: bool = False,
    limit: int | None = None,
) -> Answer:
    """Return figures summed by groups (GROUPS["figures"]), largest number of figures first.

    Measures are never mixed: the measure is a group of its own. `total` adds counts, money and quantities, the lower
    ends of ranges; `total_max` their upper ends; percents, ages and durations have only a mean. Vague numbers
    (`hàng chục`) and amounts of change (`tăng 15 vụ`) are left out, plans unless `plans` is True (only plans) or None
    (both), and near-duplicates of an article unless `reprints`. Raises InputError where a group, condition, province
    or year is none.
    """
    conditions = Where()
    if not reprints:
        conditions.add(ONCE.format("f.article"))
    conditions.add("f.comparator <> 'vague' AND f.change_direction IS NULL")
    if plans is not None:
        conditions.add(f"f.target_start IS {'NOT ' if plans else ''}NULL")
    conditions.passage_topic(topic, "figures")
    conditions.years("f.year", year)
    conditions.province("f.province_code", "a.published", province)
    conditions.equal("f.kind", kind)
    conditions.equal("a.source", source)
    conditions.counted(object)
    add_conditions(conditions, "figures", where)
    groups = _groups("figures", by)
    names = [*(n for n in groups if n != "object"), *(["object"] if "object" in groups else []), "measure"]
    exprs = {**groups, "measure": "f.measure"}
    shown = ", ".join(f"min(f.object) AS {n}" if n == "object" else f"{exprs[n]} AS {n}" for n in names)
    joins = _article(shown, conditions)
    if "topic" in groups:
        joins += _WITH_TOPIC
        conditions.add(f"{_TOPIC} IS NOT NULL")
    if "month" in groups:
        joins += " LEFT JOIN dates p ON p.id = f.period_id"
    if "actor" in groups:
        joins += " LEFT JOIN unit_mentions actor ON actor.id = f.actor_id"
    adds = "f.kind IN ('count', 'money', 'quantity')"
    sql = (
        f"SELECT {shown}, count(*) AS figures, count(DISTINCT f.article) AS articles, "
        f"sum(CASE WHEN {adds} THEN f.value END) AS total, "
        f"sum(CASE WHEN {adds} THEN coalesce(f.value_max, f.value) END) AS total_max, "
        f"avg(f.value) AS mean, min(f.value) AS least, max(coalesce(f.value_max, f.value)) AS most "
        f"FROM figures f {joins} WHERE {conditions} GROUP BY {', '.join(exprs[n] for n in names)} "
        f"ORDER BY figures DESC, {', '.join(map(str, range(1, len(names) + 1)))}{_limit(limit)}"
    )
    return _named(ask(database, sql, conditions.values), [*names, "figures", "articles", "total", "mean"])


def award_counts(
    database: str | Path,
    by: Sequence[str],
    *,
    type: str | None = None,
    giver: str | None = None,
    recipient: str | None = None,
    level: str | None = None,
    status: str | None = None,
    topic: str | None = None,
    year: str | int | None = None,
    province: str | None = None,
    source: str | None = None,
    where: Iterable[str] = (),
    reprints: bool = False,
    limit: int | None = None,
) -> Answer:
    """Return awards counted by groups (GROUPS["awards"]), most mentions first; `given` adds up the numbers told.

    Near-duplicates of an article are left out unless `reprints`. Raises InputError where a group, condition, province
    or year is none.
    """
    conditions = Where()
    if not reprints:
        conditions.add(ONCE.format("f.article"))
    for column, value in (("f.type", type), ("f.level", level), ("f.status", status), ("a.source", source)):
        conditions.equal(column, value)
    conditions.passage_topic(topic, "awards")
    conditions.years("f.year", year)
    conditions.province("f.province_code", "a.published", province)
    for table, words in (("award_givers", giver), ("award_recipients", recipient)):
        if words is not None:
            party = Where()
            party.words("fold(p.text)", words, "p.text")
            conditions.add(f"EXISTS (SELECT 1 FROM {table} p WHERE p.award = f.id AND {party})", *party.values)
    add_conditions(conditions, "awards", where)
    groups = _groups("awards", by)
    shown = ", ".join(f"{expr} AS {name}" for name, expr in groups.items())
    joins = _article(shown, conditions)
    for name, table, alias in (("giver", "award_givers", "g"), ("recipient", "award_recipients", "r")):
        if name in groups:
            joins += f" LEFT JOIN {table} {alias} ON {alias}.award = f.id"
    if "topic" in groups:
        joins += _WITH_TOPIC
        conditions.add(f"{_TOPIC} IS NOT NULL")
    sql = (
        f"SELECT {shown}, count(*) AS mentions, count(DISTINCT f.article) AS articles, sum(f.count) AS given "
        f"FROM awards f {joins} WHERE {conditions} GROUP BY {', '.join(groups.values())} "
        f"ORDER BY mentions DESC, {', '.join(map(str, range(1, len(groups) + 1)))}{_limit(limit)}"
    )
    return _named(ask(database, sql, conditions.values))


def article_counts(
    database: str | Path,
    by: Sequence[str],
    *,
    topic: str | None = None,
    year: str | int | None = None,
    province: str | None = None,
    source: str | None = None,
    where: Iterable[str] = (),
    reprints: bool = False,
    limit: int | None = None,
) -> Answer:
    """Return articles counted by groups (GROUPS["articles"]), in their order: a time series with `month` or `year`.

    Near-duplicates are counted once unless `reprints`. Raises InputError where a group, condition, province or year
    is none.
    """
    conditions = Where()
    if not reprints:
        conditions.add(ONCE.format("a.no"))
    conditions.topic("a.no", topic)
    conditions.years("a.year", year)
    conditions.province("a.home_province_code", "a.published", province)
    conditions.equal("a.source", source)
    add_conditions(conditions, "articles", where)
    groups = _groups("articles", by)
    joins = " JOIN topics t ON t.article = a.no" if "topic" in groups else ""
    shown = ", ".join(f"{expr} AS {name}" for name, expr in groups.items())
    order = ", ".join(map(str, range(1, len(groups) + 1)))
    sql = (
        f"SELECT {shown}, count(*) AS articles FROM articles a{joins} WHERE {conditions} "
        f"GROUP BY {', '.join(groups.values())} ORDER BY {order}{_limit(limit)}"
    )
    return _named(ask(database, sql, conditions.values))


def unit_pairs(
    database: str | Path,
    name: str,
    *,
    kind: str | None = None,
    within: str = "sentence",
    limit: int | None = None,
) -> Answer:
    """Return the units that stand in one sentence (or `within` "article") with those called `name`, most often first.

    `name` is looked for as whole words of the canonical name; `kind` is that of the other units.
    """
    if within not in ("sentence", "article"):
        raise InputError(f"within {within!r}", "must be sentence or article")
    named = Where()
    named.words("u.name_key", name, "u.name")
    conditions = Where()
    conditions.add(ONCE.format("m.article"))
    conditions.equal("o.kind", kind)
    sql = (
        f"WITH wanted AS (SELECT u.id FROM units u WHERE {named}) "
        "SELECT u.name AS unit, o.name AS beside, o.kind, o.province_code, "
        f"count(DISTINCT m.{within}) AS {within}s, count(DISTINCT m.article) AS in_articles "
        "FROM unit_mentions m JOIN units u ON u.id = m.unit "
        f"JOIN unit_mentions n ON n.article = m.article AND n.{within} = m.{within} AND n.unit <> m.unit "
        f"JOIN units o ON o.id = n.unit WHERE m.unit IN wanted AND {conditions} GROUP BY m.unit, n.unit "
        f"ORDER BY 5 DESC, 1, 2{_limit(limit)}"
    )
    return ask(database, sql, [*named.values, *conditions.values])


def _groups(table: str, by: Sequence[str]) -> dict[str, str]:
    known = GROUPS[table]
    if not by:
        raise InputError("group-by", f"name at least one of {', '.join(known)}")
    for name in by:
        if name not in known:
            raise InputError(f"group-by {name!r}", f"is no group of {table}; choose among {', '.join(known)}")
    return {name: known[name] for name in dict.fromkeys(by)}


def _article(shown: str, conditions: Where) -> str:
    """Return the join with the article, where something is asked of it: it costs a look-up for every fact."""
    return "JOIN articles a ON a.no = f.article" if re.search(r"\ba\.", f"{shown} {conditions}") else ""


def _limit(limit: int | None) -> str:
    return f" LIMIT {int(limit)}" if limit else ""


def _named(answer: Answer, brief: Sequence[str] = ()) -> Answer:
    """Return the answer with province codes followed by their names."""
    if "province" not in answer.columns:
        return Answer(answer.columns, answer.rows, answer.sql, answer.values, tuple(brief))
    at = answer.columns.index("province")
    columns = (*answer.columns[:at], "province_code", *answer.columns[at:])

    def rows() -> Iterator[Row]:
        for row in answer.rows:
            yield (*row[: at + 1], province_name(row[at]), *row[at + 1 :])

    return Answer(columns, rows(), answer.sql, answer.values, tuple(brief))
