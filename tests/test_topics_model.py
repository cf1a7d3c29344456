"""Training, the model file, tagging and what they refuse; on a small taxonomy of invented texts."""

import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miner.errors import ClassifierError, InputError, OutputError
from miner.records import Award, CommunityModel, Facts
from miner.text import make_article
from miner.topics.documents import make_document
from miner.topics.explain import explain
from miner.topics.labels import Item
from miner.topics.modelfile import CARD, FILE, README, load_classifier
from miner.topics.skopsfile import PIPELINE_TYPE, read_skops, write_skops
from miner.topics.suggest import suggest
from miner.topics.tag import tag_topics
from miner.topics.taxonomy import load_taxonomy
from miner.topics.training import Settings
from miner.topics.validation import as_table, draw, score
from miner.topics.workflow import evaluate, read_texts, train

TABLE = """
[[topic]]
name = "chay"
title_vi = "Cháy"
title_en = "Fire"
definition = "Fires"
seeds = ["cháy", "dập lửa"]

[[topic]]
name = "truong"
title_vi = "Trường học"
title_en = "Schools"
definition = "Schools"
seeds = ["học sinh"]
facts = ["religious_model"]
"""
PLACES = [
    "Hòa Bình",
    "Tân Lập",
    "Phú Thọ",
    "Bình An",
    "Long Mỹ",
    "Gia Viễn",
    "Xuân Hòa",
    "An Khê",
    "Mỹ Đức",
    "Đồng Tâm",
]
KINDS = [
    (("chay",), "Cháy lớn ở {p}\n\nNgọn lửa bùng lên tại kho hàng xã {p}, đội chữa cháy dập lửa suốt đêm."),
    (("truong",), "Khai giảng ở {p}\n\nTrường tiểu học {p} đón học sinh lớp một, thầy cô tặng sách vở."),
    (("chay", "truong"), "Cháy lớp học ở {p}\n\nHọc sinh trường {p} chạy ra sân, đội chữa cháy dập lửa kịp thời."),
    ((), "Hội thi hát ở {p}\n\nMười đội văn nghệ xã {p} tranh tài các làn điệu dân ca."),
]
ITEMS = [
    Item(f"{p}-{n}", text.format(p=p), topics, f"small.jsonl, line {i}")
    for i, (p, (n, (topics, text))) in enumerate([(p, kind) for p in PLACES for kind in enumerate(KINDS)], 1)
]
UNLABELLED = [ITEMS[i].text.replace("xã", "thị trấn") for i in range(0, 40, 3)]


@pytest.fixture(scope="module")
def taxonomy(tmp_path_factory):
    path = tmp_path_factory.mktemp("taxonomy") / "small.toml"
    path.write_text(TABLE, encoding="utf-8")
    return load_taxonomy(path)


@pytest.fixture(scope="module")
def folder(taxonomy, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    train(taxonomy, ITEMS, folder, UNLABELLED)
    return folder


@pytest.fixture
def copy(folder, tmp_path):
    return Path(shutil.copytree(folder, tmp_path / "copy"))


def facts_of(text, key="a"):
    return Facts(make_article(key, text))


def test_it_learns_a_simple_thing(folder):
    classifier = load_classifier(folder)
    fire, school, song = tag_topics(
        [
            facts_of("Cháy kho vải\n\nĐội chữa cháy dập lửa trong đêm."),
            facts_of("Học sinh tựu trường\n\nThầy cô trường tiểu học đón học sinh."),
            facts_of("Hội thi hát ru\n\nCác đội văn nghệ tranh tài dân ca."),
        ],
        classifier,
    )
    assert [[t.name for t in f.topics] for f in (fire, school, song)] == [["chay"], ["truong"], []]
    assert fire.topics[0].share == 1.0
    assert all(fire.article.text[p.start : p.end].strip() for p in fire.passages)


def test_the_same_input_gives_the_same_file(taxonomy, folder, tmp_path):
    train(taxonomy, ITEMS, tmp_path, UNLABELLED)
    assert (tmp_path / FILE).read_bytes() == (folder / FILE).read_bytes()


def test_scikit_learn_gives_the_same_scores(folder):
    import skops.io

    held = skops.io.load(folder / FILE, trusted=[PIPELINE_TYPE])
    classifier = load_classifier(folder)
    documents = [make_document(item.text) for item in ITEMS]
    theirs = held["pipeline"].decision_function(documents)
    bare = replace(classifier, slope=np.ones(2), offset=np.zeros(2))
    ours = bare.score(documents).articles
    assert np.abs(np.log(ours / (1 - ours)) - theirs).max() < 1e-6


def test_order_and_batches_do_not_matter(folder):
    classifier = load_classifier(folder)
    batch = [facts_of(item.text, item.id) for item in ITEMS[:9]]
    together = tag_topics(batch, classifier)
    assert [tag_topics([facts], classifier)[0] for facts in batch] == together
    assert tag_topics(batch[::-1], classifier)[::-1] == together
    assert tag_topics([], classifier) == []


def test_abstention_leaves_out_what_is_near_the_threshold(folder):
    classifier = load_classifier(folder)
    batch = [facts_of(item.text, item.id) for item in ITEMS]
    low = replace(classifier, slope=classifier.slope * 0.05, offset=np.zeros(2), thresholds=np.array([0.01, 0.01]))
    some = sum(len(facts.topics) for facts in tag_topics(batch, low))
    few = sum(len(facts.topics) for facts in tag_topics(batch, low, abstain=0.5))
    assert few < some == 2 * len(ITEMS)


def test_facts_prove_topics(folder):
    text = "Hội thi hát\n\nXã ra mắt mô hình Xứ đạo xanh. Mười đội tranh tài dân ca."
    facts = facts_of(text)
    start = text.index("Xứ")
    model = CommunityModel(start, start + 11, text[start : start + 11], True)
    assert "truong" not in [t.name for t in tag_topics([facts], load_classifier(folder))[0].topics]
    (tagged,) = tag_topics([replace(facts, models=(model,))], load_classifier(folder))
    assert "truong" in [t.name for t in tagged.topics]
    assert ["truong" in [t.name for t in p.topics] for p in tagged.passages if p.start <= start < p.end] == [True]
    (other,) = tag_topics([replace(facts, models=(replace(model, religious=False),))], load_classifier(folder))
    assert "truong" not in [t.name for t in other.topics]
    award = Award(0, 3, "Hội", type="praise")
    assert tag_topics([replace(facts, awards=(award,))], load_classifier(folder))[0].topics == other.topics


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=200).filter(str.strip))
def test_tagging_never_raises(folder, text):
    (facts,) = tag_topics([facts_of(text)], load_classifier(folder))
    ends = 0
    for passage in facts.passages:
        assert ends <= passage.start < passage.end <= len(facts.article.text)
        ends = passage.end
    assert all(0 <= tag.probability <= 1 and 0 <= tag.share <= 1 for tag in facts.topics)


def test_cross_validation_and_table(taxonomy, tmp_path):
    outcome = evaluate(taxonomy, ITEMS, measured=[item.id for item in ITEMS[:20]])
    assert outcome.scores.texts == 20
    assert outcome.scores.macro_f1 > 0.8
    assert "macro F1" in as_table(outcome.scores)
    pytest.importorskip("matplotlib")
    draw(outcome.scores, tmp_path / "scores.png")
    assert (tmp_path / "scores.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(OutputError, match="cannot be written"):
        draw(outcome.scores, tmp_path / "no" / "scores.png")


def test_scores_by_hand():
    truth, given = np.array([[1.0, 0], [1, 0], [0, 1]]), np.array([[1.0, 1], [0, 0], [0, 1]])
    scores = score(["a", "b"], truth, given * 0.8 + 0.1, given)
    assert [(r.precision, r.recall) for r in scores.rows] == [(1.0, 0.5), (0.5, 1.0)]
    assert scores.macro_f1 == pytest.approx(2 / 3)
    assert scores.micro_f1 == pytest.approx(2 / 3)
    assert scores.confusion == ((0, 1), (0, 0))
    assert scores.ece == pytest.approx((3 * (0.9 - 2 / 3) + 3 * (1 / 3 - 0.1)) / 6)


def test_too_few_examples_stop_the_training(taxonomy, tmp_path):
    with pytest.raises(InputError, match="has 4 examples, 8 are needed"):
        train(taxonomy, ITEMS[:8], tmp_path)


# --- what is refused -------------------------------------------------------------------------------------------------


def change_card(folder, **fields):
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    (folder / CARD).write_text(json.dumps(card | fields), encoding="utf-8")


def test_a_tampered_file(copy):
    content = bytearray((copy / FILE).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / FILE).write_bytes(content)
    with pytest.raises(ClassifierError, match=r"topics\.skops: has digest .* was changed or damaged; take both files"):
        load_classifier(copy)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"scikit-learn": "0.24.1"}, r"was made with scikit-learn 0\.24\.1, installed is .*; install scikit-learn 0"),
        ({"format": 99}, r"has format 99, this miner reads \d+; train it anew"),
    ],
)
def test_versions_that_do_not_fit(copy, fields, message):
    change_card(copy, **fields)
    with pytest.raises(ClassifierError, match=message):
        load_classifier(copy)


@pytest.mark.parametrize("name", [FILE, CARD])
def test_a_missing_file(copy, name):
    (copy / name).unlink()
    with pytest.raises(ClassifierError, match=rf"{name}: is missing; make"):
        load_classifier(copy)


@pytest.mark.parametrize("content", ["{", "[]", "{}"])
def test_a_faulty_card(copy, content):
    (copy / CARD).write_text(content, encoding="utf-8")
    with pytest.raises(ClassifierError, match=r"card\.json: .* make the classifier anew"):
        load_classifier(copy)


def test_a_type_that_is_not_allowed(tmp_path):
    import fractions

    path = tmp_path / "evil.skops"
    write_skops({"pipeline": fractions.Fraction(1, 3)}, path)
    with pytest.raises(ClassifierError, match=r"holds the type fractions\.Fraction, which is not allowed; do not use"):
        read_skops(path)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + bytes(18)])
def test_a_damaged_file(tmp_path, content):
    path = tmp_path / "bad.skops"
    path.write_bytes(content)
    with pytest.raises(ClassifierError, match="is damaged"):
        read_skops(path)


def test_pickled_arrays_are_not_loaded(tmp_path):
    path = tmp_path / "bad.skops"
    with zipfile.ZipFile(path, "w") as archive:
        node = {"__class__": "ndarray", "__module__": "numpy", "__loader__": "NdArrayNode", "type": "numpy"}
        archive.writestr("schema.json", json.dumps({**node, "file": "0.npy", "protocol": 2}))
        np.save(tmp_path / "0.npy", np.array([object()]), allow_pickle=True)
        archive.write(tmp_path / "0.npy", "0.npy")
    with pytest.raises(ClassifierError, match="is damaged"):
        read_skops(path)


def test_skops_files_read_as_written(tmp_path):
    thing = {"a": [1, 2.5, "ă", None, True], "b": (np.arange(3), {"c": np.float32([1.5])})}
    write_skops(thing, tmp_path / "a.skops")
    write_skops(thing, tmp_path / "b.skops")
    assert (tmp_path / "a.skops").read_bytes() == (tmp_path / "b.skops").read_bytes()
    back = read_skops(tmp_path / "a.skops")
    assert back["a"] == [1, 2.5, "ă", None, True]
    assert back["b"][0].tolist() == [0, 1, 2]
    assert back["b"][1]["c"].tolist() == [1.5]


# --- explain and suggest ---------------------------------------------------------------------------------------------


def test_explanations_point_at_words(folder):
    text = "Cháy chợ\n\nĐội chữa cháy dập lửa."
    (one,) = explain(text, load_classifier(folder), ["chay"])
    assert one.topic == "chay"
    assert one.probability > one.threshold
    assert one.words[0][1] > 0
    assert "cháy" in " ".join(word for word, value in one.words if value > 0)
    assert {text[a:b].casefold() for a, b, weight in one.spans if weight > 0} & {"cháy", "lửa", "dập", "chữa"}
    with pytest.raises(ValueError, match="no topic 'mua'; the classifier has chay, truong"):
        explain(text, load_classifier(folder), ["mua"])
    assert explain("zzz", load_classifier(folder))


def test_suggestions_are_doubtful_and_unlike(folder):
    texts = {item.id: item.text for item in ITEMS[:8]} | {"twin": ITEMS[0].text, "empty": " "}
    found = suggest(texts, load_classifier(folder), 5)
    assert 1 <= len(found) <= 5
    assert [s.doubt for s in found] == sorted((s.doubt for s in found), reverse=True)
    assert not {"twin", ITEMS[0].id} <= {s.id for s in found}
    assert "empty" not in {s.id for s in found}
    assert suggest({}, load_classifier(folder), 5) == []


def test_texts_by_id(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text('{"id": 1, "text": "a"}\n\n{"id": 2}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"t\.jsonl, line 3: is no JSON object with a `text`"):
        read_texts(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_texts(tmp_path / "no.jsonl")


def test_the_card_says_what_it_learnt_from(folder):
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    assert card["labelled"] == {"small.jsonl": 40}
    assert card["unlabelled"] == len(UNLABELLED)
    assert card["digest"] in (folder / README).read_text(encoding="utf-8")


def test_small_settings_work(taxonomy, tmp_path):
    outcome = train(taxonomy, ITEMS, tmp_path, settings=Settings(grams=20))
    assert len(load_classifier(tmp_path).grams) == 20
    assert outcome.scores.texts == 40
