"""Ready-made questions about figures, units, awards, community models, topics and articles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from miner.questions.ask import Answer, Row, Where, ask
from miner.questions.conditions import add_conditions
from miner.records import Unit
from miner.units.resolve import entity_reason


def _limited(limit: int | None) -> str:
    return f" LIMIT {int(limit)}" if limit else ""


def figures(
    database: str | Path,
    *,
    topic: str | None = None,
    year: str | int | None = None,
    province: str | None = None,
    object: str | None = None,
    kind: str | None = None,
    plans: bool | None = None,
    source: str | None = None,
    where: Iterable[str] = (),
    limit: int | None = None,
) -> Answer:
    """Return figures, by topic, year, province, counted object, kind, and plan or result.

    The topic is that of the passage, or of the article where the passage has none.
    The year is the one the figure's period starts in, else the article's; the province its place's, else its
    actor's, else the article's home. `object` is looked for as whole words. `plans` True asks only for plans, False
    only for results. Raises InputError where the province or year is none.
    """
    asked = Where()
    add_conditions(asked, "figures", where)
    asked.passage_topic(topic, "figures")
    asked.years("f.year", year)
    asked.province("f.province_code", "a.published", province)
    asked.equal("f.kind", kind)
    asked.equal("a.source", source)
    asked.counted(object)
    if plans is not None:
        asked.add(f"f.target_start IS {'NOT ' if plans else ''}NULL")
    sql = (
        "SELECT text, object, value, value_max, comparator, kind, action, actor, place, period, period_first, "
        "period_last, change_direction, plan, year, province_code, article_id, title, published, source, url, "
        "topics, context, sentence, rule, confidence, fact FROM figure_facts "
        "WHERE id IN (SELECT f.id FROM figures f JOIN articles a "
        f"ON a.no = f.article WHERE {asked} ORDER BY f.id{_limited(limit)}) ORDER BY id"
    )
    brief = ("value", "object", "actor", "place", "year", "article_id", "context")
    return ask(database, sql, asked.values, brief=brief)


def units(
    database: str | Path,
    *,
    kind: str | None = None,
    province: str | None = None,
    name: str | None = None,
    level: str | None = None,
    topic: str | None = None,
    year: str | int | None = None,
    limit: int | None = None,
) -> Answer:
    """Return units by number of mentions; `name` is looked for as whole words of the canonical name.

    A unit whose key ends in `?` has an open place: its mentions may be several units.
    Raises InputError where the province or year is none.
    """
    where = Where()
    where.equal("u.kind", kind)
    where.equal("u.level", level)
    where.words("u.name_key", name, "u.name")
    where.province("m.province_code", "a.published", province)
    where.topic("m.article", topic)
    where.years("a.year", year)
    articles = "JOIN articles a ON a.no = m.article " if "a." in str(where) else ""
    # Few units have a name or are of a level and kind: they lead to their mentions, not the other way round.
    joined = "units u CROSS JOIN unit_mentions m" if name or level or kind else "unit_mentions m JOIN units u"
    sql = (
        "SELECT u.name, u.kind, u.level, u.place_code, u.province_code, g.mentions, g.articles, u.key FROM ("
        "SELECT m.unit AS id, count(*) AS mentions, count(DISTINCT m.article) AS articles "
        f"FROM {joined} ON u.id = m.unit {articles}WHERE {where} GROUP BY m.unit ORDER BY mentions DESC, m.unit"
        f"{_limited(limit)}) g JOIN units u ON u.id = g.id ORDER BY g.mentions DESC, u.id"
    )
    brief = ("name", "kind", "level", "province_code", "mentions", "articles")
    return ask(database, sql, where.values, brief=brief)


def explain_units(database: str | Path, name: str, *, limit: int | None = None) -> Answer:
    """Return how mentions were joined: each unit called `name`, the spellings in it, what settled them, and why.

    Units whose canonical name or one of whose mentions is `name` are shown; where there is none, those that have it
    as words of their name.
    """
    words = Where()
    words.words("u.name_key", name, "u.name")
    sql = (
        "WITH exact AS MATERIALIZED (SELECT id FROM units WHERE keyed(name) = keyed(?) UNION "
        "SELECT unit FROM unit_mentions WHERE text = ?), wanted AS MATERIALIZED (SELECT id FROM exact UNION ALL "
        f"SELECT u.id FROM units u WHERE NOT EXISTS (SELECT 1 FROM exact) AND {words}) "
        "SELECT u.key, u.name, m.text, m.kind, m.level, m.place_code, m.resolution, m.evidence, count(*) AS mentions, "
        "count(DISTINCT m.article) AS articles, a.id || '#unit:' || m.start || '-' || m.end AS example "
        "FROM wanted CROSS JOIN units u ON u.id = wanted.id CROSS JOIN unit_mentions m ON m.unit = u.id "
        "JOIN articles a ON a.no = m.article "
        f"GROUP BY u.id, m.text, m.resolution, m.evidence ORDER BY u.id, mentions DESC{_limited(limit)}"
    )
    answer = ask(database, sql, (name, name, *words.values))

    def rows() -> Iterator[Row]:
        for _, group in groupby(answer.rows, key=lambda row: row[0]):
            for key, unit_name, text, kind, level, code, resolution, evidence, *rest in group:
                unit = Unit(0, 0, text, kind, name=unit_name, level=level, place_code=code,
                            resolution=resolution, evidence=evidence)  # fmt: skip
                yield unit_name, text, *rest, resolution, entity_reason(unit), key

    columns = ("unit", "written", "mentions", "articles", "example", "resolution", "why", "key")
    brief = ("unit", "written", "mentions", "articles", "why")
    return Answer(columns, rows(), answer.sql, answer.values, brief)


def awards(
    database: str | Path,
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
    limit: int | None = None,
) -> Answer:
    """Return awards by type, giver, recipient (words of them), level, status, topic, year and province.

    Raises InputError where the province or year is none.
    """
    asked = Where()
    add_conditions(asked, "awards", where)
    asked.equal("f.type", type)
    asked.equal("f.level", level)
    asked.equal("f.status", status)
    asked.equal("a.source", source)
    asked.passage_topic(topic, "awards")
    asked.years("f.year", year)
    asked.province("f.province_code", "a.published", province)
    for table, words in (("award_givers", giver), ("award_recipients", recipient)):
        if words is not None:
            party = Where()
            party.words("fold(p.text)", words, "p.text")
            asked.add(f"EXISTS (SELECT 1 FROM {table} p WHERE p.award = f.id AND {party})", *party.values)
    sql = (
        "SELECT text, type, givers, recipients, count, level, status, reason, date, period, money, year, "
        "province_code, article_id, title, published, source, url, topics, sentence, rule, confidence, fact "
        "FROM award_facts "
        f"WHERE id IN (SELECT f.id FROM awards f JOIN articles a ON a.no = f.article WHERE {asked} "
        f"ORDER BY f.id{_limited(limit)}) ORDER BY id"
    )
    brief = ("text", "type", "givers", "recipients", "count", "year", "article_id")
    return ask(database, sql, asked.values, brief=brief)


def models(
    database: str | Path,
    *,
    name: str | None = None,
    religious: bool | None = None,
    topic: str | None = None,
    year: str | int | None = None,
    province: str | None = None,
    limit: int | None = None,
) -> Answer:
    """Return community models by words of their name, religious or not, topic, year and province.

    Raises InputError where the province or year is none.
    """
    where = Where()
    where.words("f.name_key", name, "f.text")
    if religious is not None:
        where.equal("f.religious", int(religious))
    where.passage_topic(topic, "community_models")
    where.years("a.year", year)
    where.province("coalesce(place.province_code, a.home_province_code)", "a.published", province)
    sql = (
        "SELECT name, religious, count, place, year, province_code, article_id, title, published, source, url, "
        "topics, sentence, rule, confidence, fact FROM model_facts WHERE id IN (SELECT f.id FROM community_models f "
        "JOIN articles a ON a.no = f.article LEFT JOIN unit_mentions place ON place.id = f.place_id "
        f"WHERE {where} ORDER BY f.id{_limited(limit)}) ORDER BY id"
    )
    return ask(database, sql, where.values, brief=("name", "religious", "count", "place", "year", "article_id"))


def topics(
    database: str | Path, *, year: str | int | None = None, province: str | None = None, source: str | None = None
) -> Answer:
    """Return how many articles each topic has, with its mean share of their passages, most frequent first.

    Raises InputError where the province or year is none.
    """
    where = Where()
    where.years("a.year", year)
    where.province("a.home_province_code", "a.published", province)
    where.equal("a.source", source)
    sql = (
        "SELECT t.name AS topic, count(*) AS articles, round(avg(t.share), 3) AS share, min(a.published) AS first, "
        f"max(a.published) AS last FROM topics t JOIN articles a ON a.no = t.article WHERE {where} "
        "GROUP BY t.name ORDER BY articles DESC, t.name"
    )
    return ask(database, sql, where.values)


def articles(
    database: str | Path,
    *,
    topic: str | None = None,
    year: str | int | None = None,
    province: str | None = None,
    source: str | None = None,
    where: Iterable[str] = (),
    limit: int | None = None,
) -> Answer:
    """Return articles with their topics and numbers of facts, by topic, year, home province and source.

    Raises InputError where the province or year is none.
    """
    asked = Where()
    add_conditions(asked, "articles", where)
    asked.topic("a.no", topic)
    asked.years("a.year", year)
    asked.province("a.home_province_code", "a.published", province)
    asked.equal("a.source", source)
    counts = ", ".join(
        f"(SELECT count(*) FROM {table} f WHERE f.article = a.no) AS {name}"
        for table, name in (
            ("unit_mentions", "units"),
            ("figures", "figures"),
            ("awards", "awards"),
            ("community_models", "models"),
        )
    )
    sql = (
        "SELECT a.id AS article_id, a.title, a.published, a.source, a.home_province_code AS province_code, "
        "(SELECT group_concat(name, '; ') FROM topics t WHERE t.article = a.no) AS topics, "
        f"{counts}, a.version, a.url, a.origin FROM articles a WHERE {asked} ORDER BY a.no{_limited(limit)}"
    )
    brief = ("article_id", "title", "published", "province_code", "topics", "units", "figures", "awards", "models")
    return ask(database, sql, asked.values, brief=brief)
