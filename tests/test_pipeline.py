"""miner's layers inside a spaCy pipeline."""

import pytest
import spacy

import miner.pipeline  # noqa: F401  registers the components
from miner.extract import LAYERS, check_order, extract

TEXT = (
    "Công an huyện Bố Trạch ra quân\n\nNgày 12/3/2021, Công an huyện Bố Trạch kiểm tra 45 cơ sở kinh doanh. "
    "UBND tỉnh Quảng Bình tặng Bằng khen cho 3 tập thể."
)


@pytest.fixture
def nlp():
    return spacy.blank("xx")


def test_layers_are_in_order():
    check_order()
    with pytest.raises(ValueError, match="layer awards needs sentences"):
        check_order(LAYERS[::-1])


def test_one_component_brings_what_it_needs(nlp):
    nlp.add_pipe("miner_figures")
    doc = nlp(TEXT)
    whole = extract(TEXT)
    assert doc._.miner_figures == whole.figures
    assert [f.text for f in whole.figures] == ["45", "3"]
    assert [s.text for s in doc.spans["miner_figures"]] == ["45", "3"]
    assert {s.label_ for s in doc.spans["miner_figures"]} == {"count"}
    assert doc._.miner_awards == ()


def test_every_layer_alone_and_together_give_the_same(nlp):
    for layer in LAYERS:
        nlp.add_pipe(f"miner_{layer.name}")
    nlp.add_pipe("miner_topics")
    assert nlp.analyze_pipes(keys=["requires"])["problems"] == {name: [] for name in nlp.pipe_names}
    together = spacy.blank("xx")
    together.add_pipe("miner")
    one = next(nlp.pipe([TEXT]))._.miner
    assert one == together(TEXT)._.miner
    assert one.units
    assert one.awards
    assert one.sentences


def test_text_that_is_not_nfc_is_refused(nlp):
    nlp.add_pipe("miner_sentences")
    with pytest.raises(ValueError, match="not NFC"):
        nlp("co\u0302ng an")


def test_empty_text_passes(nlp):
    nlp.add_pipe("miner")
    assert nlp("")._.miner.units == ()
