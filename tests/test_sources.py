"""Source files: the catalogue, presets, and every fault named by its entry."""

import json
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from miner import gazetteer, sources
from miner.errors import TableError
from miner.sources import catalogue, load_source, make_source
from miner.tables import read_toml

GOOD = {"name": "bao-thu", "title": "Báo Thử", "province": "44", "start": ["https://example.org/"], "checked": False}


def test_the_catalogue_holds_twelve_sources_and_claims_nothing():
    assert len(catalogue()) >= 12
    assert not any(source.checked for source in catalogue().values())


def test_the_catalogue_uses_real_provinces():
    # Key, code, parent, level word, bare name, …: a province has no parent.
    lines = [line.split("\t") for line in gazetteer._lines("localities.tsv.gz")]
    provinces = {(line[1], line[4]) for line in lines if not line[2]}  # a code may have had two names
    for source in catalogue().values():
        names = [name for code, name in provinces if code == source.province]
        assert names, source.name
        if "huyện" not in source.title:
            assert source.title.endswith(tuple(names)), source.name


@pytest.mark.parametrize("system", sorted(read_toml("cms_presets.toml")))
def test_presets_are_valid(system):
    assert make_source(GOOD | {"system": system}, "x").selectors


@pytest.mark.parametrize(
    ("change", "entry"),
    [
        ({"colour": "red"}, "colour"),
        ({"name": "Báo Thử"}, "name"),
        ({"province": "4"}, "province"),
        ({"province": 44}, "province"),
        ({"start": []}, "start"),
        ({"start": ["ftp://example.org/"]}, "start"),
        ({"start": ["https://me:secret@example.org/"]}, "start"),
        ({"start": ["https://[broken/"]}, "start"),
        ({"delay": -1}, "delay"),
        ({"delay": True}, "delay"),
        ({"allow": ["("]}, "allow"),
        ({"allow": [3]}, "allow"),
        ({"system": "joomla"}, "system"),
        ({"listings": [{"pages": "x"}]}, "listings"),
        ({"listings": [{"url": "https://example.org/a", "pages": "https://example.org/a?p=2"}]}, "listings.pages"),
        ({"archives": [{"url": "https://example.org/{mm}"}]}, "archives.url"),
        ({"archives": [{"url": "https://example.org/{yyyy}/{dd}"}]}, "archives.url"),
        ({"archives": [{"url": "https://example.org/{yyyy}/{week}"}]}, "archives.url"),
        ({"archives": [{"url": "https://example.org/{yyyy}", "from": "spring"}]}, "archives.from"),
        ({"archives": ["https://example.org/{yyyy}"]}, "archives"),
        ({"selectors": [{"body": "//["}]}, "selectors.body"),
        ({"selectors": [{"heading": "//h1"}]}, "selectors.heading"),
        ({"selectors": [{"valid_from": "2020"}]}, "selectors.valid_from"),
        ({"selectors": [{"valid_from": date(2021, 1, 1), "valid_until": date(2020, 1, 1)}]}, "selectors"),
    ],
)
def test_a_wrong_entry_is_named(change, entry):
    with pytest.raises(TableError) as raised:
        make_source(GOOD | change, "x.toml")
    assert raised.value.entry == entry


@pytest.mark.parametrize("missing", sorted(GOOD))
def test_what_is_missing_is_named(missing):
    with pytest.raises(TableError) as raised:
        make_source({k: v for k, v in GOOD.items() if k != missing}, "x.toml")
    assert raised.value.entry == missing


def test_files_are_loaded_or_refused_by_name(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text('name = "a"\ntitle = "A"\nprovince = "44"\nstart = ["https://example.org/"]\nchecked = false\n')
    assert load_source(path).name == "a"
    path.write_text("name = ")
    with pytest.raises(TableError, match="is not TOML"):
        load_source(path)
    with pytest.raises(TableError, match="cannot be read"):
        load_source(tmp_path / "none.toml")


def test_articles_are_told_by_path_and_query():
    source = make_source(GOOD | {"system": "nukeviet"}, "x")
    assert source.is_article("https://example.org/tin/mot-bai-12.html")
    assert not source.is_article("https://example.org/savefile/tin/mot-bai-12.html")
    assert not source.is_article("https://example.org/tin/")
    source = make_source(GOOD | {"system": "sharepoint"}, "x")
    assert source.is_article("https://example.org/Pages/tin.aspx?ItemID=77")


def test_what_the_docs_show_is_a_source():
    text = (Path(__file__).resolve().parent.parent / "docs" / "add-a-source.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", text, re.S)
    assert len(blocks) == 2
    source = make_source(tomllib.loads("\n".join(blocks)), "docs")
    assert (source.system, source.listings[0].first) == ("nukeviet", 2)
    assert (source.archives[0].step, source.archives[0].first) == ("day", date(2019, 1, 1))
    assert source.selectors[0].valid_until == date(2021, 5, 31)
    assert all(f"`{key}`" in text or f"[{key}]" in text or f"{key} =" in text for key in sources._KEYS)


def test_a_source_comes_back_from_the_store_as_it_was():
    table = GOOD | {"archives": [{"url": "https://example.org/{yyyy}", "from": date(2020, 1, 1)}],
                    "selectors": [{"body": "//p", "valid_from": date(2021, 1, 1)}]}  # fmt: skip
    source = make_source(table, "x")
    assert make_source(json.loads(json.dumps(source.table, default=str)), "y") == source


def test_only_a_bare_address_needs_no_province():
    with pytest.raises(TableError):
        make_source(GOOD | {"province": ""}, "x")
    assert make_source(GOOD | {"province": ""}, "x", home=False).province == ""
