"""Near-duplicates: what they are, and that a database keeps their groups whatever the order."""

import random
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.duplicates import LEAST, NEAR, bands, shingles, similarity
from miner.run import run

SAID = (
    "công an huyện phối hợp đoàn thanh niên tổ chức tuyên truyền phòng cháy chữa cháy cho hộ dân bản làng "
    "trường học chợ xã thị trấn người dân tham gia ký cam kết xây dựng mô hình tổ liên gia an toàn trao "
    "quà gia đình khó khăn"
)
WORDS = SAID.split()


def report(seed, size=200):
    chance = random.Random(seed)
    return " ".join(chance.choice(WORDS) for _ in range(size))


def edited(text, changes, seed=0):
    words = text.split()
    chance = random.Random(seed)
    for _ in range(changes):
        words[chance.randrange(len(words))] = "khác"
    return " ".join(words)


def test_case_diacritics_and_punctuation_do_not_count():
    assert similarity(shingles("Công an xã Tân Lập họp dân."), shingles("CONG AN, xa Tan Lap: họp dân")) == 1


def test_a_reprint_is_near_and_another_report_is_not():
    text = report(1)
    assert similarity(shingles(text), shingles(edited(text, 4))) >= NEAR
    assert similarity(shingles(text), shingles(report(2))) < 0.1


def test_near_duplicates_share_a_band():
    for seed in range(60):
        text = report(seed)
        other = edited(text, 5, seed)
        if similarity(shingles(text), shingles(other)) >= NEAR:
            assert set(bands(shingles(text))) & set(bands(shingles(other)))


def test_short_texts_are_compared_with_none():
    assert bands(shingles("Cháy lớn ở chợ.")) == []
    assert len(shingles(report(3, LEAST + 4))) >= LEAST
    assert len(bands(shingles(report(3, LEAST + 4)))) == 16


@given(st.text())
def test_any_text(text):
    runs = shingles(text)
    assert all(0 <= band < 1 << 63 for band in bands(runs))
    assert similarity(runs, runs) in (0.0, 1.0)


def groups(path):
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT id, duplicate_group FROM articles").fetchall()
    together = {}
    for name, group in rows:
        if group is not None:
            together.setdefault(group, set()).add(name.rsplit("/", 1)[-1].rsplit(".", 1)[0])
    return sorted(sorted(names) for names in together.values())


@pytest.mark.parametrize("order", [["a", "b", "c", "d", "e"], ["e", "c", "d", "b", "a"]])
def test_groups_do_not_depend_on_the_order(tmp_path, order):
    text, other = report(1), report(2)
    texts = {"a": text, "b": edited(text, 3), "c": edited(text, 3, 9), "d": other, "e": report(3)}
    texts["d"] = edited(texts["e"], 2)
    for name in order:
        (tmp_path / f"{name}.txt").write_text(texts[name], encoding="utf-8")
        run(tmp_path / f"{name}.txt", tmp_path / "f.db")
    assert groups(tmp_path / "f.db") == [["a", "b", "c"], ["d", "e"]]


def test_a_changed_article_leaves_its_group(tmp_path):
    text = report(1)
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    run([tmp_path / "a.txt", tmp_path / "b.txt"], tmp_path / "f.db")
    assert groups(tmp_path / "f.db") == [["a", "b"]]
    (tmp_path / "a.txt").write_text(report(7), encoding="utf-8")
    run([tmp_path / "a.txt", tmp_path / "b.txt"], tmp_path / "f.db")
    assert groups(tmp_path / "f.db") == []
