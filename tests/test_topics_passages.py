"""How a passage is judged: its signals, the rule that labelled passages teach, and what is refused."""

import numpy as np
import pytest
from test_topics_model import ITEMS, TABLE, facts_of

from miner.errors import InputError
from miner.topics.classifier import SIGNALS, passage_signals
from miner.topics.modelfile import load_classifier, read_card
from miner.topics.passages import LabelledPassage, read_passages
from miner.topics.tag import tag_topics
from miner.topics.taxonomy import load_taxonomy
from miner.topics.workflow import train

FIRE = "Ngọn lửa bùng lên tại kho hàng xã {p}, đội chữa cháy dập lửa suốt đêm."
SCHOOL = "Trường tiểu học {p} đón học sinh lớp một, thầy cô tặng sách vở."
PLACES = ["Phú An", "Tân Hà", "Long Điền", "An Hòa", "Mỹ Lộc", "Vĩnh Phú"]
TEXTS = {f"mixed-{i}": f"Tin trong ngày ở {p}\n\n{FIRE} {SCHOOL}".format(p=p) for i, p in enumerate(PLACES)}
LABELLED = [
    LabelledPassage(key, text.index(word), (topic,), "passages.csv, line 2")
    for key, text in TEXTS.items()
    for word, topic in (("Ngọn", "chay"), ("Trường", "truong"))
] * 3


@pytest.fixture(scope="module")
def taxonomy(tmp_path_factory):
    path = tmp_path_factory.mktemp("taxonomy") / "small.toml"
    path.write_text(TABLE, encoding="utf-8")
    return load_taxonomy(path)


def test_signals_by_hand():
    own = np.array([[1.0, -1.0], [3.0, 0.0], [5.0, 2.0], [-4.0, -2.0]])
    article = np.array([[2.0, -1.0], [0.5, 1.5]])
    signals = passage_signals(own, article, np.array([0, 0, 0, 1]))
    assert len(signals) == len(SIGNALS)
    assert signals[1].tolist() == [[2.0, -1.0]] * 3 + [[0.5, 1.5]]
    assert signals[2].tolist() == [[3.0, 0.0], [3.0, 0.5], [3.0, 0.0], [-4.0, -2.0]]
    assert signals[3].tolist() == [[2.0, -2.0], [3.0, -3.0], [3.0, -3.0], [-2.0, 2.0]]
    assert signals[4].tolist() == [[3.0, -3.0]] * 3 + [[-1.0, 1.0]]
    assert [signal.shape for signal in passage_signals(own[:0], article, np.zeros(0, int))] == [(0, 2)] * 5


def test_labelled_passages_teach_the_rule(taxonomy, tmp_path):
    outcome = train(taxonomy, ITEMS, tmp_path, passages=LABELLED, texts=TEXTS)
    assert outcome.passages.passages == len(LABELLED)
    assert outcome.passages.micro_f1 > 0.8
    rule = load_classifier(tmp_path).passage_rule
    assert rule == outcome.passages.rule
    assert len(rule.weights) == len(SIGNALS)
    assert read_card(tmp_path)["passages"] == len(LABELLED)
    (facts,) = tag_topics([facts_of(TEXTS["mixed-0"])], load_classifier(tmp_path))
    assert [{tag.name for tag in p.topics} for p in facts.passages[1:]] == [{"chay"}, {"truong"}]


@pytest.mark.parametrize(
    ("passage", "message"),
    [
        (LabelledPassage("mixed-0", 1, (), "p.csv, line 7"), r"p\.csv, line 7: no sentence of mixed-0 starts at 1"),
        (LabelledPassage("none", 0, (), "p.csv, line 9"), r"p\.csv, line 9: no text for the article none; give it"),
    ],
)
def test_passages_that_are_not_there(taxonomy, tmp_path, passage, message):
    with pytest.raises(InputError, match=message):
        train(taxonomy, ITEMS, tmp_path, passages=[*LABELLED, passage], texts=TEXTS)


def test_too_few_articles(taxonomy, tmp_path):
    few = [passage for passage in LABELLED if passage.id < "mixed-4"]
    with pytest.raises(InputError, match="passages of 4 articles are labelled, 5 articles are needed; label more"):
        train(taxonomy, ITEMS, tmp_path, passages=few, texts=TEXTS)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a,3,lut", r"line 2: unknown topic 'lut'; .*small\.toml does not name it"),
        ("a,x,chay", "line 2: lacks an id or a start; give both"),
        (",3,chay", "line 2: lacks an id or a start"),
    ],
)
def test_faulty_lines(taxonomy, tmp_path, row, message):
    path = tmp_path / "p.csv"
    path.write_text(f"id,start,topics\n{row}\n", encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_passages(path, taxonomy)
    with pytest.raises(InputError, match="cannot be read"):
        read_passages(tmp_path / "no.csv", taxonomy)


def test_lines_as_they_are(taxonomy, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("id,start,end,topics\na,3,9,chay|truong\na,10,12,\n", encoding="utf-8")
    assert [(p.id, p.start, p.topics) for p in read_passages(path, taxonomy)] == [
        ("a", 3, ("chay", "truong")),
        ("a", 10, ()),
    ]
