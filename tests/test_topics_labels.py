"""Taxonomies and labelled files: what is accepted, and that every fault is named with file and line."""

import json

import pytest

from miner.errors import InputError, TableError
from miner.topics.labels import FEWEST, Item, check_counts, file_of, looks_vietnamese, read_items
from miner.topics.taxonomy import load_taxonomy
from miner.topics.weak import vote

TEXT = "Trạm y tế xã tổ chức tiêm vắc xin cho trẻ em trong thôn"
TABLE = """
[[topic]]
name = "y_te"
title_vi = "Y tế"
title_en = "Health"
definition = "Health"
seeds = ["y tế", "vắc xin"]

[[topic]]
name = "{second}"
title_vi = "Lúa"
title_en = "Rice"
definition = "Rice"
seeds = ["lúa"]
"""


@pytest.fixture
def taxonomy(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(TABLE.format(second="lua"), encoding="utf-8")
    return load_taxonomy(path)


def test_the_packaged_taxonomy_is_sound():
    taxonomy = load_taxonomy()
    assert len(taxonomy.names) == 16
    assert all(topic.seeds and topic.examples and topic.counter_examples for topic in taxonomy.topics)


def test_two_topics_of_one_name(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(TABLE.format(second="y_te"), encoding="utf-8")
    with pytest.raises(TableError, match=r"mine\.toml: line 10: .*'y_te' stands in line 3 already; rename or merge"):
        load_taxonomy(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('seeds = ["lúa"]', 'seeds = ["lúa", "Lúa"]'), "holds one word twice"),
        (('title_en = "Rice"', 'titel = "Rice"'), "unknown field 'titel'"),
        (('definition = "Rice"', "definition = 3"), "definition must be a text"),
        (('name = "lua"', 'name = "Lúa"'), "name must be small letters"),
        (('seeds = ["lúa"]', 'facts = ["rain"]'), "facts may be religious_model"),
        (("[[topic]]", "[topic"), "is not TOML"),
    ],
)
def test_faults_of_a_taxonomy(tmp_path, change, message):
    path = tmp_path / "mine.toml"
    path.write_text(TABLE.format(second="lua").replace(*change), encoding="utf-8")
    with pytest.raises(TableError, match=message):
        load_taxonomy(path)


def test_a_missing_taxonomy(tmp_path):
    with pytest.raises(TableError, match="is not there"):
        load_taxonomy(tmp_path / "no.toml")


EXPORTS = {
    "gold.jsonl": json.dumps({"id": "1", "text": TEXT, "topics": ["y_te", "lua"]}),
    "doccano.jsonl": json.dumps({"id": 1, "text": TEXT, "label": ["y_te", "lua"]}),
    "doccano-data.jsonl": json.dumps({"id": 1, "data": TEXT, "label": ["y_te", "lua"]}),
    "doccano.csv": f'id,data,label\n1,"{TEXT}",y_te#lua\n',
    "plain.csv": f'\ufeffid,text,topics\n1,"{TEXT}",y_te|lua\n',
    "studio.json": json.dumps(
        [
            {
                "id": 1,
                "data": {"text": TEXT},
                "annotations": [{"result": [{"type": "choices", "value": {"choices": ["y_te", "lua"]}}]}],
            }
        ]
    ),
    "studio-min.json": json.dumps([{"id": 1, "text": TEXT, "choices": {"choices": ["y_te", "lua"]}}]),
    "studio.csv": f'id,text,choices\n1,"{TEXT}","{{""choices"": [""y_te"", ""lua""]}}"\n',
}


@pytest.mark.parametrize("name", EXPORTS)
def test_every_export_reads_the_same(tmp_path, taxonomy, name):
    path = tmp_path / name
    path.write_text(EXPORTS[name], encoding="utf-8")
    (item,) = read_items(path, taxonomy)
    assert (item.id, item.text, item.topics) == ("1", TEXT, ("y_te", "lua"))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"id": 2, "text": TEXT, "topics": ["mua"]}, "unknown topic 'mua'.*y_te, lua: correct the label or add"),
        ({"id": 2, "text": "  ", "topics": ["lua"]}, "item 2 has no text; fill in `text` or take the line out"),
        ({"id": 2, "text": "The commune opened a new health station", "topics": ["lua"]}, "is English or has lost"),
        ({"id": 2, "text": "Tram y te xa to chuc tiem vac xin cho tre em", "topics": ["lua"]}, "lost its accents"),
        ({"id": 1, "text": TEXT, "topics": []}, "the id 1 stands in .*line 1 already"),
        ({"id": 2, "text": TEXT}, "no labels"),
        ("{not json", "is not JSON"),
        ("[1, 2]", "is no JSON object; give one with `text` and `topics`"),
        ({"id": 2, "text": TEXT, "topics": 5}, "the labels of item 2 cannot be read; give a list of topics"),
        ({"id": 2, "text": TEXT, "topics": '["lua'}, "the labels of item 2 cannot be read"),
        ({"id": 2, "text": TEXT, "annotations": ["lua"]}, "the labels of item 2 cannot be read"),
    ],
)
def test_faulty_lines_are_named(tmp_path, taxonomy, line, message):
    path = tmp_path / "mine.jsonl"
    second = line if isinstance(line, str) else json.dumps(line)
    path.write_text(EXPORTS["gold.jsonl"] + "\n" + second + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"mine\.jsonl, line 2: .*" + message):
        read_items(path, taxonomy)


def test_items_of_a_list_are_counted(tmp_path, taxonomy):
    path = tmp_path / "studio.json"
    rows = [{"id": 1, "text": TEXT, "annotator": 1}, {"id": 2, "text": TEXT + " hai", "topic": "mua", "annotator": 1}]
    path.write_text(json.dumps(rows), encoding="utf-8")
    with pytest.raises(InputError, match=r"studio\.json, item 2: unknown topic 'mua'"):
        read_items(path, taxonomy)
    path.write_text(json.dumps(rows[:1]), encoding="utf-8")
    assert [(item.topics, file_of(item.where)) for item in read_items(path, taxonomy)] == [((), str(path))]
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="is no list of items; export it anew"):
        read_items(path, taxonomy)


def test_labels_without_text_take_it_by_id(tmp_path, taxonomy):
    path = tmp_path / "extra.csv"
    path.write_text("id,topics\nnews-1,y_te\nnews-2,\n", encoding="utf-8")
    items = read_items(path, taxonomy, {"news-1": TEXT, "news-2": TEXT + " thứ hai"})
    assert [item.topics for item in items] == [("y_te",), ()]
    with pytest.raises(InputError, match="line 2: item news-1 has no text"):
        read_items(path, taxonomy)


def test_too_few_examples(taxonomy):
    items = [Item(str(i), TEXT, ("y_te",), f"a.jsonl, line {i + 1}") for i in range(FEWEST)]
    with pytest.raises(InputError, match=r"a\.jsonl: topic 'lua' has 0 examples, 8 are needed.*label more or take"):
        check_counts(items, taxonomy)
    items.append(Item("x", TEXT, ("lua",), "b.csv, line 7"))
    with pytest.raises(InputError, match=r"b\.csv, line 7: topic 'lua' has 1 examples"):
        check_counts(items, taxonomy)


@pytest.mark.parametrize("text", [TEXT, "PCCC", "", "Đội CSGT số 1"])
def test_vietnamese_is_let_through(text):
    assert looks_vietnamese(text)


def test_seed_words_vote(taxonomy):
    votes = vote(["Y tế xã\n\nTiêm vắc xin", "Lúa tốt\n\nBà con gặt", "Mưa\n\nNước dâng"], taxonomy).votes
    assert votes.tolist() == [[1, 0], [0, -1], [0, 0]]
