"""What several test files need: facts with every field filled, and a database of them."""

import gc
import os
import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import settings

from miner.records import (
    Article,
    Award,
    Change,
    CommunityModel,
    DateMention,
    Facts,
    Figure,
    Home,
    Party,
    Passage,
    TopicTag,
    Unit,
)
from miner.sentences import split_sentences
from miner.store import About, Store
from miner.text import span

# In CI the same examples every time; elsewhere new ones, which find what is still wrong.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("dev", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

TEXT = (
    "Đội phòng cháy giữ bình yên xóm đạo\n\n"
    "Năm 2019, Công an huyện Bố Trạch đã kiểm tra 45 cơ sở, tăng 5 cơ sở so với năm 2018. "
    "UBND tỉnh Quảng Bình tặng Bằng khen kèm 3 triệu đồng cho 2 tập thể vì thành tích chống tội phạm. "
    "Mô hình Tiếng kẻng bình yên phấn đấu có 12 tổ ở xã Đại Trạch."
)


def at(words, text=TEXT):
    """Return start, end and the words themselves, as mentions begin."""
    start = text.index(words)
    return start, start + len(words), words


def place(words, text=TEXT):
    return span(text, *at(words, text)[:2])


def build_facts(id="a1", published=date(2020, 1, 15)):
    police = Unit(
        *at("Công an huyện Bố Trạch"), "police", name="Công an huyện Bố Trạch", level="district", place_code="455",
        province_code="44", successors=("18901", "18907"), resolution="unique", evidence="the only one",
        rule="unit.office", confidence=0.9,
    )  # fmt: skip
    council = Unit(
        *at("UBND tỉnh Quảng Bình"), "government", name="Ủy ban nhân dân tỉnh Quảng Bình", level="province",
        place_code="44", province_code="44", resolution="unique", evidence="name and level", rule="unit.office",
    )  # fmt: skip
    commune = Unit(
        *at("xã Đại Trạch"), "locality", name="Xã Đại Trạch", resolution="ambiguous", candidates=("19111", "19112"),
        rule="unit.place",
    )  # fmt: skip
    year = DateMention(*at("Năm 2019"), date(2019, 1, 1), date(2019, 12, 31), "year", rule="date.year")
    before = DateMention(*at("năm 2018"), date(2018, 1, 1), date(2018, 12, 31), "year", rule="date.year")
    checked = Figure(
        *at("45"), 45.0, None, "eq", "cơ sở", "cơ sở", "count", action=place("kiểm tra"), actor=police, period=year,
        place=None, rule="figure.count", confidence=0.95,
    )  # fmt: skip
    rise = Figure(
        at("5 cơ sở so")[0], at("5 cơ sở so")[0] + 1, "5", 5.0, 7.0, "approx", "cơ sở", "cơ sở", "count", part=5.0,
        whole=9.0, sure=False, change=Change(place("tăng 5 cơ sở"), "up", before), period=year, rule="figure.count",
    )  # fmt: skip
    money = Figure(*at("3 triệu"), 3e6, None, "eq", "đồng", "đồng", "money", rule="figure.money")
    groups = Figure(*at("2 tập thể")[:1], at("2 tập thể")[0] + 1, "2", 2.0, None, "eq", "tập thể", "tập thể", "count",
                    change=Change(place("tập thể"), "down", place("thành tích")), rule="figure.count")  # fmt: skip
    plan = Figure(*at("12"), 12.0, None, "eq", "tổ", "tổ", "count", place=commune, target=place("phấn đấu"),
                  rule="figure.count")  # fmt: skip
    award = Award(
        *at("Bằng khen"), "certificate_of_merit", givers=(Party(*at("UBND tỉnh Quảng Bình"), "unit", council),),
        recipients=(Party(*at("2 tập thể"), "group", None, 2), Party(*at("Công an huyện Bố Trạch"), "unit", police)),
        count=2, level="province", status="given", reason=place("vì thành tích chống tội phạm"), date=year,
        period=before, money=money, rule="award.given", confidence=0.8,
    )  # fmt: skip
    model = CommunityModel(
        *at("Tiếng kẻng bình yên"), True, place=commune, count=12, rule="model.named", confidence=0.7
    )
    sentences = split_sentences(TEXT)
    return Facts(
        Article(id, TEXT, TEXT.split("\n")[0], published, "https://x.example/1", "Báo thử", "44"),
        sentences=sentences,
        home=Home("44", "source"),
        units=(police, council, commune),
        dates=(year, before),
        models=(model,),
        figures=(checked, rise, money, groups, plan),
        awards=(award,),
        topics=(TopicTag("fire_safety", 0.9, 0.5), TopicTag("emulation", 0.6, 0.25)),
        passages=tuple(
            Passage(s.start, s.end, (TopicTag("fire_safety", 0.8),) if i == 1 else ()) for i, s in enumerate(sentences)
        ),
    )


def with_text(facts, text):
    """Return the article with another text and no facts."""
    return Facts(replace(facts.article, text=text))


ABOUT = About("0.0", "tables", "classifiers")


@pytest.fixture
def facts():
    return build_facts()


@pytest.fixture
def database(tmp_path, facts):
    """A database with one article that has facts of every kind, and one of another year without any."""
    path = tmp_path / "facts.db"
    with Store(path, ABOUT) as store:
        store.save(facts, origin="reports/a1.txt")
        other = "=SUM(A1) mở đầu\n\n\x1b[31mBáo cáo\x1b[0m về đôi mắt của em bé ở trường."
        store.save(Facts(Article("a2", other, "=SUM(A1) mở đầu", date(2021, 5, 2))), origin="reports/a2.txt")
    return path


@pytest.fixture(autouse=True)
def _no_collection_while_time_is_taken(request):
    """Keep the garbage collector out of tests of cost: what it costs depends on all the tests before."""
    timed = re.search("linear|proportion|seconds|quick|little|bulk", request.node.name)
    if timed:
        gc.collect()
        gc.disable()
    yield
    if timed:
        gc.enable()
