"""Ready-made questions at size: where a filter is given, no table of facts is gone through from end to end."""

import re
import sqlite3
from dataclasses import replace
from datetime import date

import pytest
from conftest import ABOUT, build_facts

from miner import questions
from miner.store import Store

# Tables without an index on what is asked for: units (a name's words), and what is found by then.
SMALL = {"u", "units", "exact", "wanted", "g", "CONSTANT"}
TOPIC, YEAR, PROVINCE, SOURCE = {"topic": "fire_safety"}, {"year": 2019}, {"province": "44"}, {"source": "Báo thử 3"}
NAMED = {"province": "Quảng Bình"}


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A database whose statistics tell the planner that a filter leaves little."""
    path = tmp_path_factory.mktemp("large") / "f.db"
    with Store(path, ABOUT) as store:
        for i in range(600):
            facts = build_facts(f"a{i}", date(2000 + i % 25, 1, 15))
            article = replace(facts.article, source=f"Báo thử {i % 50}")
            units = tuple(replace(u, province_code=f"{i % 60:02}", name=f"{u.name} {i % 90}") for u in facts.units)
            figures = tuple(replace(f, object=f"{f.object} {i % 70}", actor=None, place=None) for f in facts.figures)
            home = replace(facts.home, province_code=f"{i % 60:02}")
            topics = facts.topics if i % 9 == 0 else ()
            passages = tuple(replace(p, topics=p.topics if i % 9 == 0 else ()) for p in facts.passages)
            store.save(
                replace(facts, article=article, units=units, figures=figures, home=home, topics=topics,
                        passages=passages, awards=facts.awards if i % 5 == 0 else ())
            )  # fmt: skip
    return path


ASKED = {
    "figures": [TOPIC, YEAR, PROVINCE, NAMED, SOURCE, {"kind": "money"}, {**TOPIC, **YEAR}, {**TOPIC, **NAMED}],
    "units": [TOPIC, YEAR, PROVINCE, NAMED, {"kind": "police"}, {"level": "district"}, {"name": "bo trach"}],
    "awards": [TOPIC, YEAR, PROVINCE, NAMED, SOURCE, {"type": "order"}, {"level": "state"}, {"status": "held"}],
    "models": [TOPIC, YEAR],
    "articles": [TOPIC, YEAR, PROVINCE, SOURCE],
    "topics": [YEAR, PROVINCE, SOURCE],
}


def scans(database, answer):
    """Return what the plan of an answer goes through from end to end, and how."""
    list(answer.rows)
    connection = sqlite3.connect(database)
    try:
        for name in ("fold", "keyed"):
            connection.create_function(name, 1, str, deterministic=True)
        plan = connection.execute(f"EXPLAIN QUERY PLAN {answer.sql}", answer.values).fetchall()
    finally:
        connection.close()
    assert plan
    found = [row[3] for row in plan if row[3].startswith("SCAN")]
    return [line for line in found if line.split()[1] not in SMALL and "(subquery" not in line]


@pytest.mark.parametrize(
    ("question", "filters"),
    [(question, filters) for question, many in ASKED.items() for filters in many],
    ids=lambda value: value if isinstance(value, str) else "-".join(f"{k}={v}" for k, v in value.items()),
)
def test_a_filter_leads_to_the_facts(large, question, filters):
    assert scans(large, getattr(questions, question)(large, **filters)) == []


@pytest.mark.parametrize("filters", [TOPIC, YEAR, PROVINCE, SOURCE, {"kind": "money"}])
@pytest.mark.parametrize("by", ["object", "topic", "month", "source"])
def test_sums_of_few_look_at_few(large, by, filters):
    assert scans(large, questions.figure_sums(large, [by], **filters)) == []


@pytest.mark.parametrize("filters", [TOPIC, YEAR, PROVINCE, SOURCE, {"level": "state"}])
@pytest.mark.parametrize("by", ["giver", "topic", "type"])
def test_counts_of_few_look_at_few(large, by, filters):
    assert scans(large, questions.award_counts(large, [by], **filters)) == []


def test_units_by_name_lead_to_their_mentions(large):
    for name in ("Công an huyện Bố Trạch 3", "bố trạch 3"):
        assert scans(large, questions.explain_units(large, name)) == []
        assert scans(large, questions.unit_pairs(large, name)) == []


def test_words_of_an_object_are_looked_for_in_an_index_alone(large):
    for object in ("co so 3", "cơ sở 3"):
        for answer in (questions.figures(large, object=object), questions.figure_sums(large, ["year"], object=object)):
            assert scans(large, answer) == ["SCAN figures USING COVERING INDEX figures_object_key_measure"]


def test_search_reads_the_full_text_index(large):
    answer = questions.search(large, "toi pham", topic="emulation", year=2019)
    assert [re.sub(r" VIRTUAL TABLE.*", "", line) for line in scans(large, answer)] == ["SCAN article_search"]
