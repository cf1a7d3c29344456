"""Sums and counts by groups: what adds up, what does not, and what is counted once."""

import contextlib
import json

import pytest

from miner import questions
from miner.errors import InputError
from miner.run import run

REPORT = (
    "Công an tỉnh Quảng Bình vừa tổ chức 40 buổi tuyên truyền cho 1.200 lượt người tại huyện "
    "Bố Trạch. Năm 2019, lực lượng lập 12 biên bản, xử phạt 30 triệu đồng. Đơn vị phấn đấu tổ chức 90 buổi tuyên "
    "truyền trong năm 2020. Hàng chục buổi tuyên truyền khác diễn ra ở trường học. Số vụ cháy tăng 15 vụ so với năm "
    "trước. Dịp này, UBND tỉnh Quảng Bình tặng Bằng khen cho 3 tập thể và 5 cá nhân."
)


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sums")
    rows = [
        {"id": "a", "text": REPORT, "published": "2019-12-20"},
        {"id": "b", "text": REPORT + " Ảnh: Minh Anh.", "published": "2019-12-21"},
        {"id": "c", "text": "Xã Tân Lập tổ chức 5 buổi tuyên truyền cho người dân.", "published": "2020-03-01"},
    ]
    path = folder / "in.jsonl"
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    run(path, folder / "f.db")
    return folder / "f.db"


def total(answer, **wanted):
    found = [row for row in answer.dicts() if all(row[k] == v for k, v in wanted.items())]
    assert len(found) == 1, found
    return found[0]


def test_reprints_are_counted_once_and_plans_kept_from_results(database):
    row = total(questions.figure_sums(database, ["object"]), object="buổi tuyên truyền")
    assert (row["figures"], row["total"]) == (2, 45)
    row = total(questions.figure_sums(database, ["object"], reprints=True), object="buổi tuyên truyền")
    assert (row["figures"], row["total"]) == (3, 85)
    row = total(questions.figure_sums(database, ["object"], plans=True), object="buổi tuyên truyền")
    assert (row["figures"], row["total"]) == (1, 90)


def test_vague_numbers_and_amounts_of_change_do_not_add_up(database):
    rows = list(questions.figure_sums(database, ["object"]).dicts())
    assert not [row for row in rows if row["object"].startswith("vụ")]


def test_measures_are_never_mixed(database):
    rows = list(questions.figure_sums(database, ["year"]).dicts())
    assert {row["measure"] for row in rows} >= {"buổi", "lượt người", "đồng"}


def test_provinces_are_named(database):
    row = total(questions.figure_sums(database, ["province", "kind"], kind="money"), kind="money")
    assert row["province_code"] == "44"
    assert "Quảng Bình" in row["province"]


def test_conditions(database):
    rows = list(questions.figures(database, where=["value>=1000", "object~luot nguoi"]).dicts())
    assert {row["value"] for row in rows} == {1200}
    assert not list(questions.figures(database, where=["kind=money", "value<5"]).dicts())


@pytest.mark.parametrize(
    "condition", ["x", "nothing=1", "value>=1 OR 1=1 --x", "a.text=1", "value=1; DROP TABLE figures"]
)
def test_bad_conditions_change_nothing(database, condition):
    before = len(list(questions.figures(database).rows))
    with contextlib.suppress(InputError):
        list(questions.figures(database, where=[condition]).rows)
    assert len(list(questions.figures(database).rows)) == before


def test_unknown_groups_are_named(database):
    with pytest.raises(InputError, match="choose among"):
        questions.figure_sums(database, ["moon"])


def test_awards_by_giver(database):
    row = total(questions.award_counts(database, ["giver"]), giver="UBND tỉnh Quảng Bình")
    assert (row["mentions"], row["given"]) == (1, 8)


def test_articles_over_time(database):
    rows = [(row["month"], row["articles"]) for row in questions.article_counts(database, ["month"]).dicts()]
    assert rows == [("2019-12", 1), ("2020-03", 1)]


def test_units_beside_each_other(database):
    names = {row["beside"] for row in questions.unit_pairs(database, "Công an tỉnh Quảng Bình").dicts()}
    assert any("Bố Trạch" in name for name in names)
