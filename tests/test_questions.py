"""Ready-made questions, full-text search and SQL."""

import sqlite3
from datetime import date

import pytest
from conftest import ABOUT, build_facts

from miner import questions
from miner.errors import InputError, StoreError
from miner.store import Store


def rows(answer):
    return list(answer.dicts())


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["45", "5", "3 triệu", "2", "12"]),
        ({"kind": "money"}, ["3 triệu"]),
        ({"object": "co so"}, ["45", "5"]), ({"object": "Cơ sở"}, ["45", "5"]), ({"object": "cỏ sợ"}, []),
        ({"object": "so"}, ["45", "5"]), ({"object": "s"}, []), ({"object": "%"}, []),
        ({"year": 2019}, ["45", "5"]), ({"year": "2019-2020"}, ["45", "5", "3 triệu", "2", "12"]),
        ({"plans": True}, ["12"]), ({"plans": False, "year": "2020"}, ["3 triệu", "2"]),
        ({"topic": "fire_safety"}, ["45", "5", "3 triệu", "2", "12"]), ({"topic": "drugs"}, []),
        ({"province": "Quảng Bình", "limit": 2}, ["45", "5"]), ({"province": "tinh quang binh", "limit": 1}, ["45"]),
        ({"province": "44", "limit": 1}, ["45"]), ({"province": "Quảng Trị"}, []),
        ({"source": "Báo thử", "limit": 1}, ["45"]),
        ({"source": "khác"}, []),
    ],
)  # fmt: skip
def test_figures(database, filters, found):
    assert [r["text"] for r in rows(questions.figures(database, **filters))] == found


def test_a_code_is_another_provinces_since_the_reform(database):
    with Store(database, ABOUT) as store:
        store.save(build_facts("a3", date(2025, 8, 1)))
    asked = {
        p: {r["article_id"] for r in rows(questions.figures(database, province=p))} for p in ("Quảng Bình", "quang tri")
    }
    assert asked == {"Quảng Bình": {"a1"}, "quang tri": {"a3"}}


def test_units_and_why_mentions_were_joined(database):
    with Store(database, ABOUT) as store:
        store.save(build_facts("a3"))
    first = rows(questions.units(database, kind="police"))
    assert [(r["name"], r["mentions"], r["articles"]) for r in first] == [("Công an huyện Bố Trạch", 2, 2)]
    assert len(rows(questions.units(database, name="bo trach", province="Quảng Bình", year=2020))) == 1
    assert rows(questions.units(database, year=2021)) == []
    (why,) = rows(questions.explain_units(database, "công an huyện bố trạch"))
    assert (why["written"], why["mentions"]) == ("Công an huyện Bố Trạch", 2)
    assert "unique: the only one" in why["why"]
    (open_place,) = rows(questions.explain_units(database, "xã Đại Trạch"))
    assert "may be different units" in open_place["why"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, 1), ({"type": "certificate_of_merit"}, 1), ({"type": "medal"}, 0), ({"giver": "ubnd tinh"}, 1),
        ({"giver": "UBND huyện"}, 0), ({"recipient": "tập thể"}, 1), ({"level": "province", "status": "given"}, 1),
        ({"status": "held"}, 0), ({"year": 2019}, 1), ({"year": 2020}, 0), ({"province": "44"}, 1),
        ({"topic": "fire_safety"}, 1), ({"topic": "emulation"}, 1), ({"topic": "drugs"}, 0),
    ],
)  # fmt: skip
def test_awards(database, filters, found):
    assert len(rows(questions.awards(database, **filters))) == found


def test_models_topics_and_articles(database):
    (model,) = rows(questions.models(database, religious=True, name="tieng keng"))
    assert (model["name"], model["count"]) == ("Tiếng kẻng bình yên", 12)
    assert rows(questions.models(database, religious=False)) == []
    assert [(r["topic"], r["articles"]) for r in rows(questions.topics(database))] == [
        ("emulation", 1),
        ("fire_safety", 1),
    ]
    assert rows(questions.topics(database, year=2021)) == []
    assert [(r["article_id"], r["figures"]) for r in rows(questions.articles(database))] == [("a1", 5), ("a2", 0)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("toi pham", ["a1"]), ("tội phạm", ["a1"]), ("tới phạm", []), ("TOI PHAM", ["a1"]), ("pham toi", []),
        ("doi", ["a1", "a2"]), ("đôi", ["a2"]), ("Đội", ["a1"]), ('"phòng cháy" "thành tích"', ["a1"]),
        ('doi -"phong chay"', ["a2"]), ('"kiem tra" OR "doi mat"', ["a1", "a2"]), ("NOT AND ( *", []),
        ("bo-trach", ["a1"]), ("khong co gi", []),
    ],
)  # fmt: skip
def test_search_with_and_without_diacritics(database, query, found):
    assert sorted(r["article_id"] for r in rows(questions.search(database, query))) == found


def test_search_shows_what_it_found(database):
    (row,) = rows(questions.search(database, "toi pham", year=2020, province="44", topic="fire_safety"))
    assert "[tội phạm]" in row["text"]
    assert len(rows(questions.search(database, "doi", limit=1))) == 1
    for nothing in ("", "  ", '""', "…"):
        with pytest.raises(InputError, match="no word to look for"):
            questions.search(database, nothing)


def test_sql_of_ones_own_reads_and_nothing_more(database, tmp_path):
    assert list(questions.query(database, "SELECT fold('Đội'), keyed('HOÀ') = keyed('hòa')").rows) == [("doi", 1)]
    before = database.read_bytes()
    for sql in ("DELETE FROM figures", "DROP TABLE figures", f"ATTACH '{tmp_path}/x.db' AS x", "SELECT nonsense",
                "SELECT 1; SELECT 2", "", "VACUUM"):  # fmt: skip
        with pytest.raises(InputError, match="query"):
            questions.query(database, sql)
    assert database.read_bytes() == before
    assert not (tmp_path / "x.db").exists()


def test_wrong_questions_say_what_to_do(database, tmp_path):
    with pytest.raises(InputError, match="did you mean Quảng B"):
        questions.figures(database, province="Quang Bin")
    with pytest.raises(InputError, match="neither a year"):
        questions.awards(database, year="hồi đó")
    with pytest.raises(StoreError, match="is not there"):
        questions.units(tmp_path / "none.db")


def test_questions_by_object_and_unit_use_indices(database):
    connection = sqlite3.connect(database)
    for table, column in (("figures", "article"), ("unit_mentions", "unit"), ("awards", "type"), ("units", "name_key")):
        plan = connection.execute(f"EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE {column} = 1").fetchall()
        assert "USING INDEX" in plan[0][3], plan
    connection.close()
