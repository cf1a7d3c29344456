"""The SQLite store: every field kept, runs repeated, versions kept, foreign files refused, nothing lost."""

import dataclasses
import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date

import pytest
from conftest import ABOUT, TEXT, build_facts, with_text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from miner import records
from miner.errors import InputError, StoreError
from miner.records import Facts, Skipped
from miner.store import About, Store, groups, load_facts, open_reading, open_writing, prepare, schema
from miner.store.migrations import STEPS
from miner.store.rows import fold_text
from miner.text import make_article, search_key


def dump(path):
    connection = sqlite3.connect(path)
    try:
        names = [r[0] for r in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]
        return {n: connection.execute(f"SELECT * FROM {n} ORDER BY 1, 2").fetchall() for n in names}
    finally:
        connection.close()


def check(path):
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    finally:
        connection.close()


def save(path, *many, about=ABOUT):
    with Store(path, about) as store:
        states = [store.save(f, origin=f"{f.article.id}.txt") for f in many]
    return states


def loaded(path, article=None):
    connection = open_reading(path)
    try:
        return list(load_facts(connection, article))
    finally:
        connection.close()


# --- every field is stored

# Field of a record → column or table that holds it, where its own name does not.
ELSEWHERE = {
    ("Article", "id"): "articles.id",
    ("Facts", "article"): "articles",
    ("Facts", "home"): "articles.home_province_code",
    ("Facts", "units"): "unit_mentions",
    ("Facts", "models"): "community_models",
    ("Figure", "change"): "figures.change_direction",
    ("Award", "givers"): "award_givers",
    ("Award", "recipients"): "award_recipients",
    ("Party", "unit"): "award_givers.mention",
    ("Home", "province_code"): "articles.home_province_code",
    ("Home", "evidence"): "articles.home_evidence",
    ("Change", "span"): "figures.change_start",
    ("Change", "direction"): "figures.change_direction",
    ("Change", "base"): "figures.change_base_id",
    ("Passage", "topics"): "passage_topics",
    ("Skipped", "where"): "skipped.origin",
    ("Span", "text"): "unit_mentions.text",
}
TABLE_OF = {
    "Article": "articles", "Unit": "unit_mentions", "DateMention": "dates", "Figure": "figures", "Award": "awards",
    "Party": "award_givers", "CommunityModel": "community_models", "TopicTag": "topics", "Passage": "passages",
    "Skipped": "skipped", "Change": "figures", "Home": "articles", "Facts": None, "Person": None, "Mention": None,
    "Span": None,
}  # fmt: skip


@pytest.mark.parametrize(
    "record", [r for r in vars(records).values() if dataclasses.is_dataclass(r)], ids=lambda r: r.__name__
)
def test_every_field_of_the_records_has_a_column(record):
    assert record.__name__ in TABLE_OF, f"say in which table {record.__name__} is stored"
    table = TABLE_OF[record.__name__]
    for field in dataclasses.fields(record):
        where = ELSEWHERE.get((record.__name__, field.name))
        if where:
            name, _, column = where.partition(".")
            assert name in schema.TABLE
            assert not column or column in [c.name for c in schema.TABLE[name].columns]
        elif table:
            columns = [c.name for c in schema.TABLE[table].columns]
            kept = {field.name, f"{field.name}_id", f"{field.name}_start"} & set(columns)
            assert kept, f"{record.__name__}.{field.name} has no column in {table}"
        elif record.__name__ == "Facts":
            assert field.name in schema.TABLE


def test_facts_come_back_as_they_were_saved(tmp_path, facts):
    path = tmp_path / "f.db"
    assert save(path, facts) == ["new"]
    assert loaded(path) == [facts]
    assert loaded(path, "a1") == [facts]
    assert loaded(path, "none") == []
    check(path)


def test_a_change_measured_against_words_comes_back(facts):
    assert isinstance(facts.figures[3].change.base, records.Span)
    assert not isinstance(facts.figures[3].change.base, records.DateMention)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=3))
def test_any_text_comes_back(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("any") / "f.db"
    many = [Facts(make_article(f"x{i}", text)) for i, text in enumerate(texts)]
    save(path, *many)
    assert [f.article for f in loaded(path)] == [f.article for f in many]


@given(st.text())
def test_folding_for_search_is_search_key_word_by_word(text):
    assert fold_text(text).split() == [w for part in text.split() for w in search_key(part).split()]


# --- ids, sentences and spans


def test_facts_have_stable_ids_sentences_and_spans(tmp_path, facts):
    path = tmp_path / "f.db"
    save(path, facts)
    first = dump(path)
    save(path, facts, about=replace(ABOUT, tables_digest="other"))
    again = dump(path)
    for name in ("figures", "unit_mentions", "awards", "dates", "community_models", "sentences", "topics"):
        assert first[name] == again[name]
    connection = open_reading(path)
    for view in ("figure_facts", "award_facts", "unit_facts"):
        rows = connection.execute(
            f"SELECT v.text, substr(a.text, v.start + 1, v.end - v.start), v.sentence, v.fact FROM {view} v "
            "JOIN articles a ON a.no = v.article"
        ).fetchall()
        assert rows
        assert all(text == cut and text in sentence for text, cut, sentence, _ in rows)
    fact = connection.execute("SELECT fact FROM figure_facts WHERE text = '45'").fetchone()[0]
    assert fact == f"a1#figure:{TEXT.index('45')}-{TEXT.index('45') + 2}"
    row = connection.execute("SELECT actor, period_first, year, plan FROM figure_facts WHERE text = '45'").fetchone()
    assert row == ("Công an huyện Bố Trạch", "2019-01-01", 2019, 0)
    assert connection.execute("SELECT plan FROM figure_facts WHERE text = '12'").fetchone() == (1,)
    givers = connection.execute("SELECT givers, recipients, money FROM award_facts").fetchone()
    assert givers == ("UBND tỉnh Quảng Bình", "2 tập thể; Công an huyện Bố Trạch", 3e6)
    connection.close()


def test_mentions_of_one_unit_are_joined_over_articles(tmp_path):
    path = tmp_path / "f.db"
    save(path, build_facts("a1"), build_facts("a2"))
    data = dump(path)
    assert len(data["unit_mentions"]) == 6
    assert len(data["units"]) == 3


# --- running again


def test_running_again_changes_nothing(tmp_path, facts):
    path = tmp_path / "f.db"
    save(path, facts)
    before = dump(path)
    with Store(path, ABOUT) as store:
        assert store.state(facts.article) == "unchanged"
        store.count_unchanged()
    assert dump(path) == before


def test_a_changed_article_replaces_its_facts_and_keeps_its_old_text(tmp_path, facts):
    path = tmp_path / "f.db"
    save(path, facts, build_facts("a2"))
    changed = with_text(facts, "Tin đã sửa về lũ lụt")
    assert save(path, changed) == ["changed"]
    data = dump(path)
    assert {row[1] for row in data["figures"]} == {2}
    assert {row[0] for row in data["award_givers"]} == {row[0] for row in data["awards"]}
    assert [row[2:4] for row in data["article_versions"]] == [(facts.article.title, TEXT)]
    assert loaded(path, "a1") == [changed]
    assert loaded(path, "a2") == [build_facts("a2")]
    assert len(data["units"]) == 3
    check(path)


def test_units_without_mentions_go(tmp_path, facts):
    path = tmp_path / "f.db"
    save(path, facts)
    save(path, with_text(facts, "Không còn đơn vị nào"))
    assert dump(path)["units"] == []


def test_metadata_is_a_change_too(tmp_path, facts):
    path = tmp_path / "f.db"
    save(path, facts)
    assert save(path, replace(facts, article=replace(facts.article, published=date(2020, 1, 16)))) == ["changed"]


def test_another_miner_makes_facts_anew_without_a_version(tmp_path, facts):
    path = tmp_path / "f.db"
    save(path, facts)
    assert save(path, facts, about=About("9.9", "t", "c")) == ["renewed"]
    data = dump(path)
    assert data["article_versions"] == []
    assert len(data["runs"]) == 2
    check(path)


def test_search_follows_changes(tmp_path, facts):
    path = tmp_path / "f.db"
    save(path, facts)
    save(path, with_text(facts, "Tin đã sửa về lũ lụt"))
    connection = open_reading(path)
    match = "SELECT count(*) FROM article_search WHERE article_search MATCH ?"
    assert connection.execute(match, ('"toi pham"',)).fetchone() == (0,)
    assert connection.execute(match, ('"lu lut"',)).fetchone() == (1,)
    connection.close()


def test_skipped_inputs_are_kept_once_and_go_when_read(tmp_path, facts):
    path = tmp_path / "f.db"
    skipped = Skipped("a1.txt", "read", "is binary")
    with Store(path, ABOUT) as store:
        assert store.skip(skipped) is True
    before = dump(path)
    with Store(path, ABOUT) as store:
        assert store.skip(skipped) is False
        assert store.counts["skipped"] == 1
    assert dump(path) == before
    assert len(before["skipped"]) == 1
    save(path, facts)
    assert dump(path)["skipped"] == []


def test_a_run_row_tells_how_it_was_made(tmp_path, facts):
    path = tmp_path / "f.db"
    about = About("1.2", "td", "cd", {"limit": 3}, ["x/"])
    with Store(path, about) as store:
        store.save(facts)
    (row,) = dump(path)["runs"]
    assert row[3:7] == ("finished", "1.2", "td", "cd")
    assert row[8:11] == ('{"limit": 3}', '["x/"]', 1)
    store = Store(path, about)
    store.save(build_facts("a2"))
    store.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert dump(path)["runs"][1][3] == "interrupted"


def test_two_mentions_at_one_place_are_refused_and_nothing_of_the_article_is_left(tmp_path, facts):
    path = tmp_path / "f.db"
    broken = replace(facts, dates=(facts.dates[0], facts.dates[0]))
    with Store(path, ABOUT) as store:
        with pytest.raises(InputError, match="break a rule of the store"):
            store.save(broken, origin="a1.txt")
        store.save(build_facts("a2"))
    assert [f.article.id for f in loaded(path)] == ["a2"]
    check(path)


# --- files that are something else


def test_a_file_that_is_no_database_is_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("my notes, all of them")
    for opening in (open_writing, open_reading):
        with pytest.raises(StoreError, match="is not a database"):
            opening(path)
    assert path.read_text() == "my notes, all of them"
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]


def test_a_database_of_another_program_is_left_alone(tmp_path):
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    before = path.read_bytes()
    for opening in (open_writing, open_reading):
        with pytest.raises(StoreError, match="another program"):
            opening(path)
    assert path.read_bytes() == before


def test_a_newer_database_is_refused(database):
    with sqlite3.connect(database) as connection:
        connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    connection.close()
    for opening in (open_writing, open_reading):
        with pytest.raises(StoreError, match="newer miner"):
            opening(database)


def test_missing_and_impossible_places(tmp_path):
    with pytest.raises(StoreError, match="is not there"):
        open_reading(tmp_path / "none.db")
    with pytest.raises(StoreError, match="is not a file"):
        open_writing(tmp_path)
    with pytest.raises(StoreError, match="make it first"):
        open_writing(tmp_path / "no" / "f.db")


def test_a_damaged_database_says_so(database):
    raw = bytearray(database.read_bytes())
    raw[4096:] = b"\x55" * (len(raw) - 4096)
    database.write_bytes(raw)
    with pytest.raises(StoreError, match="damaged"), Store(database, ABOUT) as store:
        store.save(build_facts("a9"))


def test_a_locked_database_says_so_and_stays_whole(database, facts):
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with (
        pytest.raises(StoreError, match="locked by another process"),
        Store(database, ABOUT, timeout=0.1) as store,
    ):
        store.save(build_facts("a9"))
    other.execute("ROLLBACK")
    other.close()
    check(database)
    assert len(loaded(database)) == 2


def test_reading_works_on_a_read_only_copy(database, tmp_path):
    connection = open_reading(database)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM figures")
    connection.close()


FULL = """
import resource, sys
from conftest import ABOUT, build_facts
from miner.errors import StoreError
from miner.store import Store
size = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
saved = 0
try:
    with Store(sys.argv[1], ABOUT) as store:
        for i in range(1000):
            store.save(build_facts(f"b{i}"))
            saved += 1
except StoreError as error:
    print(saved, error)
"""


def test_a_full_disk_keeps_what_was_saved(tmp_path):
    path = tmp_path / "f.db"
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path), "3000000"], capture_output=True, text=True, cwd="tests", check=True
    )
    saved, message = done.stdout.split(" ", 1)
    assert "free some space" in message
    check(path)
    assert len(loaded(path)) == int(saved) // 256 * 256 > 0  # every transaction but the one that met the end
    assert save(path, build_facts("b0"), build_facts("more")) == ["renewed", "new"]


KILLED = """
import sys
from conftest import ABOUT, build_facts
from miner.store import Store
with Store(sys.argv[1], ABOUT) as store:
    for i in range(100000):
        store.save(build_facts(f"b{i}"))
        print(i, flush=True)
"""


def test_a_killed_run_is_continued(tmp_path):
    path = tmp_path / "f.db"
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True, cwd="tests"
    )
    for line in process.stdout:
        if int(line) == 600:
            break
    process.kill()
    process.wait()
    process.stdout.close()
    check(path)
    kept = loaded(path)
    assert len(kept) >= 512
    assert len(kept) % 256 == 0, "some hundreds are written together, or not at all"
    assert all(f == build_facts(f.article.id) for f in kept)
    assert dump(path)["runs"][0][3] == "running"
    assert len(index_names(path)) < len(ALL_INDICES), "they are made when the database is full"
    with Store(path, ABOUT) as store:
        assert store.state(build_facts("b0").article) == "unchanged"
    assert index_names(path) == ALL_INDICES, "the next run makes up for them"
    for word, count in (("bao", 0), ("doi", len(kept))):
        connection = open_reading(path)
        match = "SELECT count(*) FROM article_search WHERE article_search MATCH ?"
        assert connection.execute(match, (word,)).fetchone() == (count,)
        connection.close()


def index_names(path):
    connection = sqlite3.connect(path)
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
    connection.close()
    return {name for (name,) in names}


ALL_INDICES = {name for table in schema.TABLES for name in table.index_ddl}


def test_a_new_database_has_its_indices_at_the_end_and_keeps_them(tmp_path):
    path = tmp_path / "f.db"
    with Store(path, ABOUT) as store:
        store.save(build_facts("b0"))
        assert not index_names(path)
    assert index_names(path) == ALL_INDICES
    with Store(path, ABOUT) as store:
        store.save(build_facts("b1"))
        assert index_names(path) == ALL_INDICES


def test_how_articles_come_together_changes_nothing(tmp_path, monkeypatch):
    many = [build_facts(f"b{i}") for i in range(9)] + [with_text(build_facts(f"c{i}"), TEXT * 3) for i in range(3)]
    kept = []
    for together in (1, 4, 100):
        monkeypatch.setattr("miner.store.save._TOGETHER", together)
        path = tmp_path / f"{together}.db"
        save(path, *many)
        save(path, with_text(many[2], "Tin khác"), many[9], with_text(many[10], "Tin khác nữa"))
        check(path)
        data = dump(path)
        kept.append({name: data[name] for name in schema.TABLE if name != "runs"})
    assert kept[0] == kept[1] == kept[2]
    group = [c.name for c in schema.TABLE["articles"].columns].index("duplicate_group")
    assert {row[group] for row in kept[0]["articles"]} == {1, None}


def test_an_article_that_the_store_refuses_takes_no_other_with_it(tmp_path):
    path = tmp_path / "f.db"
    broken = prepare(build_facts("b1"), "b1.txt")
    broken.facts["topics"].append(broken.facts["topics"][0])
    with Store(path, ABOUT) as store:
        for prepared in (prepare(build_facts("b0")), broken, prepare(build_facts("b2"))):
            store.add(prepared)
    assert [f.article.id for f in loaded(path)] == ["b0", "b2"]
    (row,) = dump(path)["skipped"]
    assert row[1:3] == ("b1.txt", "store")
    assert store.counts["new"] == 2
    check(path)


def test_a_second_run_on_one_database_is_told_apart(tmp_path):
    path = tmp_path / "f.db"
    one = Store(path, ABOUT)
    one.save(build_facts("b0"))
    save(path, build_facts("b1"))
    with pytest.raises(StoreError, match="locked by another process"):
        one.__exit__(None, None, None)
    assert [f.article.id for f in loaded(path)] == ["b1"]


def test_a_stop_is_heard_when_the_transaction_is_done(tmp_path, monkeypatch):
    path = tmp_path / "f.db"
    real = groups.group

    def stop(connection, articles):
        os.kill(os.getpid(), signal.SIGINT)
        real(connection, articles)

    monkeypatch.setattr("miner.store.save._TOGETHER", 2)
    monkeypatch.setattr(groups, "group", stop)
    store = Store(path, ABOUT)
    store.save(build_facts("b0"))
    # Where the tests run in the background, Ctrl-C is ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            store.save(build_facts("b1"))
    finally:
        signal.signal(signal.SIGINT, before)
    store.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert [f.article.id for f in loaded(path)] == ["b0", "b1"]
    assert dump(path)["runs"][0][3] == "interrupted"


# --- schema


def test_a_step_forward_keeps_the_data_and_a_failing_one_changes_nothing(database, monkeypatch):
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    with pytest.raises(StoreError, match="brings it forward"):
        open_reading(database)
    monkeypatch.setitem(STEPS, schema.VERSION, ("ALTER TABLE runs ADD COLUMN place TEXT", "SELECT nonsense"))
    with pytest.raises(StoreError, match="cannot be brought"):
        open_writing(database)
    assert "place" not in str(dump(database)["runs"])
    monkeypatch.setitem(STEPS, schema.VERSION, ("ALTER TABLE runs ADD COLUMN place TEXT",))
    connection = open_writing(database)
    assert connection.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
    assert connection.execute("SELECT place FROM runs").fetchall() == [(None,)]
    connection.close()
    assert len(loaded(database)) == 2


def test_versions_after_the_first_have_a_step():
    assert sorted(STEPS) == list(range(2, schema.VERSION + 1))


def test_database_is_wal_with_foreign_keys_and_our_mark(database):
    connection = open_writing(database)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
    assert connection.execute("PRAGMA application_id").fetchone() == (schema.APPLICATION_ID,)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("INSERT INTO topics VALUES ('x', 99, 1, 1)")
    connection.close()


@pytest.mark.slow
def test_facts_are_written_in_bulk(tmp_path):
    """Full text and all, on a busy machine; docs/performance.md has the measure."""
    many = [build_facts(f"b{i}") for i in range(1500)]
    start = time.process_time()
    with Store(tmp_path / "f.db", ABOUT) as store:
        for facts in many:
            store.save(facts)
    assert store.facts / (time.process_time() - start) > 8_000
