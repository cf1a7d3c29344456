"""Databases merged into a new one: nothing lost, nothing twice, reviews worked in."""

import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest
from conftest import ABOUT, TEXT, at, build_facts, with_text
from test_store import check, dump, index_names, loaded, save

from miner.errors import StoreError
from miner.records import Skipped
from miner.store import About, Review, Store, add_reviews, open_reading, open_writing, schema
from miner.store.merge import merge


def review(article, words, verdict, at_time, layer="unit", **fixes):
    start, end, text = at(words)
    return Review(article, layer, start, end, text, verdict, "an", fixes, at=at_time)


def say(path, *many):
    connection = open_writing(path)
    add_reviews(connection, many)
    connection.close()


def unit_names(path, article):
    connection = open_reading(path)
    rows = connection.execute("SELECT text, name FROM unit_facts WHERE article_id = ? ORDER BY start", (article,))
    found = dict(rows.fetchall())
    connection.close()
    return found


@pytest.fixture
def parts(tmp_path):
    """Two databases with two articles of their own each, and one that both have."""
    save(tmp_path / "a.db", build_facts("x1"), build_facts("both"), build_facts("x2"))
    save(tmp_path / "b.db", with_text(build_facts("y1"), "Tin lũ lụt"), build_facts("both"), build_facts("y2"))
    return tmp_path / "a.db", tmp_path / "b.db"


def test_articles_of_both_are_there_once(parts, tmp_path):
    out = tmp_path / "c.db"
    done = merge(parts, out)
    assert (done.articles, done.twice, done.differing) == (5, 1, 0)
    assert [f.article.id for f in loaded(out)] == ["x1", "both", "x2", "y1", "y2"]
    assert loaded(out, "y2") == loaded(parts[1], "y2")
    check(out)
    connection = open_reading(out)
    match = "SELECT count(*) FROM article_search WHERE article_search MATCH ?"
    assert connection.execute(match, ('"lu lut"',)).fetchone() == (1,)
    assert connection.execute(match, ('"toi pham"',)).fetchone() == (4,)
    connection.close()
    assert index_names(out) == {name for table in schema.TABLES for name in table.index_ddl}
    assert not list(tmp_path.glob(".*"))


def test_a_merged_database_is_that_of_one_run(tmp_path):
    many = [with_text(build_facts(f"n{i}"), f"{TEXT} Đợt {i}.") for i in range(3)] + [build_facts("f1")]
    more = [build_facts("f2"), with_text(build_facts("m"), "Tin khác"), replace(build_facts("f3"), awards=())]
    save(tmp_path / "a.db", *many)
    save(tmp_path / "b.db", *more)
    save(tmp_path / "one.db", *many, *more)
    merge([tmp_path / "a.db", tmp_path / "b.db"], tmp_path / "c.db")
    merged, one = dump(tmp_path / "c.db"), dump(tmp_path / "one.db")
    for name in schema.TABLE:
        if name not in ("runs", "articles"):
            assert merged[name] == one[name], name
    run = [c.name for c in schema.TABLE["articles"].columns].index("run")
    assert [r[:run] + r[run + 1 :] for r in merged["articles"]] == [r[:run] + r[run + 1 :] for r in one["articles"]]
    assert [r[run] for r in merged["articles"]] == [1] * 4 + [2] * 3
    assert len(merged["runs"]) == 2


def test_the_first_text_of_an_article_is_kept_and_the_other_counted(tmp_path):
    save(tmp_path / "a.db", build_facts("x"))
    save(tmp_path / "b.db", with_text(build_facts("x"), "Bản khác"), with_text(build_facts("x"), "Bản khác nữa"))
    done = merge([tmp_path / "a.db", tmp_path / "b.db"], tmp_path / "c.db")
    assert (done.articles, done.twice, done.differing) == (1, 1, 1)
    assert loaded(tmp_path / "c.db") == [build_facts("x")]
    check(tmp_path / "c.db")


def test_versions_skips_and_runs_come_along(tmp_path):
    a, b = tmp_path / "a.db", tmp_path / "b.db"
    with Store(a, ABOUT) as store:
        store.save(build_facts("x"), origin="x.txt")
        store.skip(Skipped("y.txt", "read", "is binary"))
        store.skip(Skipped("z.txt", "read", "is binary"))
    save(b, with_text(build_facts("y"), "Bản đầu"), about=About("9", "t", "c"))
    save(b, build_facts("y"))
    with Store(b, ABOUT) as store:
        store.skip(Skipped("x.txt", "read", "is empty"))
        store.skip(Skipped("w.txt", "read", "is empty"))
    merge([a, b], tmp_path / "c.db")
    data = dump(tmp_path / "c.db")
    assert [(row[0], row[1], row[3]) for row in data["article_versions"]] == [(2, 1, "Bản đầu")]
    # What one of the two has read after all is skipped no more.
    assert [(row[1], row[4]) for row in data["skipped"]] == [("z.txt", 1), ("w.txt", 4)]
    assert [row[4] for row in data["runs"]] == ["0.0", "9", "0.0", "0.0"]
    check(tmp_path / "c.db")


def test_reviews_of_an_article_that_one_has_stay_worked_in(parts, tmp_path):
    say(parts[1], review("y2", "UBND tỉnh Quảng Bình", "fix", "2026-01-01", name="Tên đúng"))
    say(parts[1], review("y2", "Bằng khen", "wrong", "2026-01-02", layer="award"))
    out = tmp_path / "c.db"
    assert merge(parts, out).reviews == 2
    assert unit_names(out, "y2")["UBND tỉnh Quảng Bình"] == "Tên đúng"
    assert loaded(out, "y2") == loaded(parts[1], "y2")
    assert loaded(out, "y2")[0].awards == ()
    check(out)
    # The machine's own facts came along: taking the corrections back brings them, parties and all.
    for path in (out, parts[1]):
        say(path, review("y2", "UBND tỉnh Quảng Bình", "right", "2026-02-01"))
        say(path, review("y2", "Bằng khen", "right", "2026-02-01", layer="award"))
    assert loaded(out, "y2") == loaded(parts[1], "y2")
    assert len(loaded(out, "y2")[0].awards[0].recipients) == 2
    check(out)


@pytest.mark.parametrize("later", [0, 1])
def test_of_reviews_in_both_the_later_holds(parts, tmp_path, later):
    words = "UBND tỉnh Quảng Bình"
    times = ["2026-01-01", "2026-01-02"]
    for i, path in enumerate(parts):
        say(path, review("both", words, "fix", times[i == later], name=f"Tên {i}"))
    say(parts[0], review("both", "xã Đại Trạch", "wrong", "2026-01-03"))
    say(parts[1], review("both", "Tiếng kẻng bình yên", "wrong", "2026-01-03", layer="model"))
    out = tmp_path / "c.db"
    assert merge(parts, out).reviews == 4
    assert unit_names(out, "both") == {"Công an huyện Bố Trạch": "Công an huyện Bố Trạch", words: f"Tên {later}"}
    assert loaded(out, "both")[0].models == ()
    check(out)
    say(out, review("both", words, "right", "2026-02-01"))
    assert unit_names(out, "both")[words] == "Ủy ban nhân dân tỉnh Quảng Bình"
    check(out)


def test_merging_what_was_merged_changes_nothing(parts, tmp_path):
    say(parts[0], review("both", "xã Đại Trạch", "wrong", "2026-01-03"))
    merge(parts, tmp_path / "c.db")
    done = merge([tmp_path / "c.db", *parts], tmp_path / "d.db")
    assert (done.articles, done.twice, done.differing, done.reviews) == (5, 6, 0, 1)
    one, other = dump(tmp_path / "c.db"), dump(tmp_path / "d.db")
    for name in schema.TABLE:
        if name not in ("runs", "reviews"):
            assert one[name] == other[name], name


def test_reprints_are_grouped_over_both(tmp_path):
    save(tmp_path / "a.db", with_text(build_facts("x"), TEXT))
    save(tmp_path / "b.db", with_text(build_facts("y"), f"{TEXT} (Theo báo)"))
    merge([tmp_path / "a.db", tmp_path / "b.db"], tmp_path / "c.db")
    group = [c.name for c in schema.TABLE["articles"].columns].index("duplicate_group")
    assert [row[group] for row in dump(tmp_path / "c.db")["articles"]] == [1, 1]


def test_what_cannot_be_merged_is_refused_and_nothing_is_left(parts, tmp_path):
    out = tmp_path / "c.db"
    with pytest.raises(StoreError, match="is there already"):
        merge(parts, parts[0])
    with pytest.raises(StoreError, match="is not there"):
        merge([parts[0], tmp_path / "none.db"], out)
    with sqlite3.connect(parts[1]) as connection:
        connection.execute(f"PRAGMA user_version = {schema.VERSION - 1}")
    connection.close()
    with pytest.raises(StoreError, match="has the older schema"):
        merge(parts, out)
    with sqlite3.connect(parts[1]) as connection:
        connection.execute(f"PRAGMA user_version = {schema.VERSION}")
        connection.execute("DROP TABLE topics")
    connection.close()
    with pytest.raises(StoreError):
        merge(parts, out)
    assert sorted(p.name for p in tmp_path.iterdir() if not p.name.endswith(("-wal", "-shm"))) == ["a.db", "b.db"]


def test_the_command_says_what_it_did(parts, tmp_path):
    command = [sys.executable, "-m", "miner", "merge", *map(str, parts), "-o", str(tmp_path / "c.db")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "holds 5 articles and 0 reviews; 1 articles were there twice and are kept once, 0 of them" in done.stdout
