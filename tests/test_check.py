"""The checker names each fault of a labelled file by line, id and field."""

import json

import pytest

from miner.check import check_corpus
from miner.errors import InputError

TEXT = "Công an xã bắt 12 đối tượng"


def row(**changes):
    good = {
        "id": "a",
        "text": TEXT,
        "published": "2020-01-02",
        "units": [{"start": 0, "end": 10, "text": "Công an xã", "kind": "police"}],
        "figures": [
            {"start": 15, "end": 17, "text": "12", "value": 12, "value_max": None, "comparator": "eq"}
            | {"measure": "đối tượng", "object": "đối tượng", "kind": "count"}
        ],
        "awards": [],
        "models": [],
        "topics": ["crime"],
    }
    return good | changes


def write(tmp_path, *rows):
    path = tmp_path / "reports.jsonl"
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows), encoding="utf-8")
    return path


def unit(**changes):
    return {"start": 0, "end": 10, "text": "Công an xã", "kind": "police"} | changes


def award(**changes):
    return {
        "start": 0,
        "end": 4,
        "text": "Công",
        "type": "title",
        "giver": [],
        "recipients": [],
        "count": None,
    } | changes


def test_a_good_corpus_has_no_problems(tmp_path):
    assert check_corpus(write(tmp_path, row(), row(id="b"))) == []
    assert check_corpus(tmp_path) == []


FIGURE = row()["figures"][0]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": ""}, "id"),
        ({"text": " "}, "text"),
        ({"text": "e\u0301" + TEXT, "units": [], "figures": []}, "text"),
        ({"published": "1/2/2020"}, "published"),
        ({"topics": ["sport"]}, "topics"),
        ({"topics": None}, "topics"),
        ({"units": None}, "units"),
        ({"units": [unit(kind="army")]}, "units[0].kind"),
        ({"units": [unit(text="Công an")]}, "units[0].text"),
        ({"units": [unit(end=99)]}, "units[0]"),
        ({"units": [unit(), unit()]}, "units[1]"),
        ({"figures": [FIGURE | {"value": 13}]}, "figures[0].value"),
        ({"figures": [FIGURE | {"value": "12"}]}, "figures[0].value"),
        ({"figures": [FIGURE | {"value_max": 3}]}, "figures[0].value_max"),
        ({"figures": [FIGURE | {"measure": None}]}, "figures[0].measure"),
        ({"awards": [award(giver=["Bộ Y tế"])]}, "awards[0].giver"),
        ({"awards": [award(recipients=None)]}, "awards[0].recipients"),
        ({"awards": [award(count=0)]}, "awards[0].count"),
        ({"models": [{"start": 0, "end": 4, "text": "Công"}]}, "models[0].religious"),
    ],
)
def test_each_fault_is_named(tmp_path, changes, field):
    problems = check_corpus(write(tmp_path, row(**changes)))
    assert [p.field for p in problems] == [field]
    assert problems[0].line == 1
    assert f"reports.jsonl:1: {changes.get('id', 'a') or '(no id)'}: {field}: must be " in str(problems[0])


def test_broken_lines_and_repeated_ids_do_not_hide_the_rest(tmp_path):
    problems = check_corpus(write(tmp_path, "{", "[]", row(), row()))
    assert [(p.line, p.field) for p in problems] == [(1, "line"), (2, "line"), (4, "id")]


def test_what_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(InputError, match="no reports"):
        check_corpus(tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        check_corpus(tmp_path / "absent.jsonl")
