"""What figures mean: small cases, the labels on dev, and what holds for any text."""

import importlib.machinery
import importlib.util
import re
import time
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miner.dates import find_dates
from miner.figures.understand import understand_figures
from miner.records import DateMention, Figure, Span, Unit

ROOT = Path(__file__).resolve().parent.parent
PUBLISHED = date(2020, 3, 10)


def marked(text):
    """Read `{unit}` and `[number|object|kind]` out of a text; sentences end with ` / `."""
    plain, units, figures = "", [], []
    for piece in re.split(r"(\{[^}]*\}|\[[^\]]*\])", text):
        start = len(plain)
        if piece.startswith("{"):
            plain += piece[1:-1]
            kind = "locality" if piece[1:2].islower() else "police"
            units.append(Unit(start, len(plain), piece[1:-1], kind=kind))
        elif piece.startswith("["):
            number, noun, kind = [*piece[1:-1].split("|"), "", "count"][:3]
            plain += number
            figures.append(
                Figure(
                    start, len(plain), number, value=1.0, value_max=None, comparator="eq",
                    measure=noun.split(" ")[0], object=noun, kind=kind or "count",
                )
            )  # fmt: skip
        else:
            plain += piece
    return plain, tuple(units), tuple(figures)


def test_what_was_found_stays():
    text = "Xã trồng 35/40 cây."
    figure = Figure(
        9, 14, "35/40", value=87.5, value_max=90.0, comparator="gt", measure="cây", object="cây xanh", kind="percent",
        part=35.0, whole=40.0, sure=False, rule="figure.part", confidence=0.6,
    )  # fmt: skip
    (understood,) = understand_figures(text, (Span(0, len(text), text),), (figure,), (), ())
    added = {"action", "actor", "period", "place", "change", "target"}
    kept = {f.name for f in fields(Figure)} - added
    assert {n: getattr(understood, n) for n in kept} == {n: getattr(figure, n) for n in kept}
    assert understood.action is not None


def sentences_of(text):
    return tuple(Span(m.start(), m.end(), m[0]) for m in re.finditer(r"[^\n]+", text))


def understand(text, published=PUBLISHED):
    plain, units, figures = marked(text.replace(" / ", "\n"))
    return understand_figures(plain, sentences_of(plain), figures, units, find_dates(plain, published))


def shown(mention):
    return mention.text if mention is not None else None


@pytest.mark.parametrize(
    ("text", "actions"),
    [
        ("Xã đã mở [3|lớp] lớp và trao [40|suất quà] suất quà.", ["mở", "trao"]),
        ("Đội lập [12|biên bản] biên bản kiểm tra, phạt [5|người] người.", ["lập", "phạt"]),
        ("Huyện tặng giấy khen cho [4|tập thể] tập thể, [9|cá nhân] cá nhân.", ["tặng", "tặng"]),
        ("[6|hộ] hộ đã được cấp đất.", ["cấp"]),
        ("[2|khẩu súng] khẩu súng, [8|viên đạn] viên đạn đã được bàn giao.", ["bàn giao", "bàn giao"]),
        ("Xã mở [3|buổi tuyên truyền] buổi tuyên truyền với [90|lượt người] lượt người.", ["mở", "mở"]),
        ("Tổ chức tuyên truyền, phổ biến tại các chợ được [7|cuộc] cuộc.", ["Tổ chức"]),
        ("Vụ cháy làm [2|người] người bị thương.", ["làm"]),
        ("Toàn tỉnh xảy ra [9|vụ] vụ.", ["xảy ra"]),
        ("Anh Hà ([20|tuổi|age] tuổi) đến trình báo.", [None]),
        ("Sau [30|phút|duration] phút, lửa tắt.", [None]),
        ("Xã kỷ niệm [40|năm|duration] năm thành lập.", ["kỷ niệm"]),
        ("Qua công tác kiểm tra, đội thu giữ [3|kg|quantity] kg.", ["thu giữ"]),
        ("Trên địa bàn có [5|cơ sở] cơ sở.", ["có"]),
        ("Đến nay đã có [6|tập thể] tập thể được khen thưởng.", ["khen thưởng"]),
        ("Trường có [6|lớp] lớp được sửa chữa.", ["có"]),
        ("Xã phát hiện ổ dịch với [90|con] con đã bị tiêu hủy.", ["tiêu hủy"]),
        ("Xã khen [4|ngư dân] ngư dân đã cứu [2|người] người.", ["khen", "cứu"]),
        ("Lũ cuốn trôi [2|nhà] nhà, [5|người] người mất tích.", ["cuốn trôi", "mất tích"]),
        ("Chính quyền huy động [9|người] người.", ["huy động"]),
        ("Xã lo vốn đầu tư xây dựng, sửa [3|km|quantity] km.", ["sửa"]),
        ("Bên cạnh [2|cháu bé] cháu bé, [3|cụ] cụ được thăm.", [None, "thăm"]),
        ("Cột cao [4|m|quantity] m, nhà có [3|phòng] phòng, [2|cửa] cửa.", ["cao", "có", "có"]),
        ("Nhóm bắn chết [2|con] con.", ["bắn"]),
        ("[9|hộ] hộ ở xã (vùng cao) trồng rừng.", ["trồng"]),
        ("[9|đơn vị] đơn vị gồm trường và trạm đã nộp đơn.", ["nộp"]),
    ],
)
def test_action(text, actions):
    assert [shown(f.action) for f in understand(text)] == actions


@pytest.mark.parametrize(
    ("text", "actors"),
    [
        ("{Công an huyện A} đã bắt [3|người] người.", ["Công an huyện A"]),
        ("Ông Ba, Phó Chủ tịch {UBND xã A}, trao [3|suất quà] suất quà.", ["UBND xã A"]),
        ("{Công an xã A}, {huyện B} bắt [3|người] người.", ["Công an xã A"]),
        ("Theo {Công an huyện A}, cơ quan chức năng đã bắt [3|người] người.", [None]),
        ("Tại {huyện B}, người dân phát hiện [3|con] con.", [None]),
        ("[3|người] người bị {Công an huyện A} bắt.", ["Công an huyện A"]),
        ("[3|người] người đã bị bắt.", [None]),
        ("{Công an huyện A} tổ chức hội nghị. / Đã xử phạt [9|trường hợp] trường hợp.", ["Công an huyện A"]),
        ("{Công an huyện A} tổ chức hội nghị. / Người dân nộp [9|khẩu súng] khẩu súng.", [None]),
        ("{UBND huyện A} ra quyết định. / Năm 2019, huyện đã mở [9|lớp] lớp.", ["UBND huyện A"]),
        ("Người dân {huyện B} góp [3|tấn|quantity] tấn.", [None]),
        ("Năm 2019, {huyện B} góp [3|tấn|quantity] tấn.", ["huyện B"]),
        ("{Công an xã A} phối hợp với {Công an xã C} và {Công an xã D} bắt [3|người] người.", ["Công an xã A"]),
        ("{Công an huyện A} cho biết đã bắt [3|người] người.", ["Công an huyện A"]),
        ("{Công an huyện A} cho biết, đơn vị này đã bắt [3|người] người.", ["Công an huyện A"]),
        ("{Công an huyện A} cho biết, người dân đã bắt [3|con] con.", [None]),
        ("[3|hộ] hộ ở {xã A} đã nhận bò.", [None]),
        ("{UBND huyện A} khen [9|ngư dân] ngư dân đã cứu [2|người] người.", ["UBND huyện A", None]),
    ],
)
def test_actor(text, actors):
    assert [shown(f.actor) for f in understand(text)] == actors


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("Năm 2019, xã mở [3|lớp] lớp.", ["Năm 2019"]),
        ("Năm 2019, xã mở [3|lớp] lớp. / Xã trao [9|suất quà] suất quà.", ["Năm 2019", "Năm 2019"]),
        ("Sáng 5/3, xã tổng kết. / Từ đầu năm đến nay, xã mở [3|lớp] lớp.", ["Từ đầu năm đến nay"]),
        ("Trong [6|tháng|duration] tháng đầu năm 2019, xã mở [3|lớp] lớp.", ["6 tháng đầu năm 2019"] * 2),
        ("Quý I/2020 có [3|vụ] vụ, giảm [2|vụ] vụ so với cùng kỳ năm 2019.", ["Quý I/2020", "Quý I/2020"]),
        ("Năm 2019, xã họp. / Anh Hà ([20|tuổi|age] tuổi) đến dự.", [None]),
        ("Năm 2019, xã họp. / Hiện có [4|hộ] hộ nghèo.", [None]),
        ("Năm 2019, xã họp. / Xã phấn đấu mở [4|lớp] lớp.", [None]),
        ("Năm 2019, xã họp. / Năm 2020, xã phấn đấu mở [4|lớp] lớp.", ["Năm 2020"]),
        ("Theo Nghị quyết ngày 7/12/2017, xã mở [4|lớp] lớp.", [None]),
        ("Sáng 5/3, xã họp. / Tối 1/3, nhà cháy. / Gió to. / Dân về. / Đội dập tắt [3|đám] đám.", [None]),
        ("Sáng 5/3, xã họp. / Gió to. / Dân về. / Mưa tạnh. / Đội dập tắt [3|đám] đám.", ["Sáng 5/3"]),
        ("Sáng 5/3, ông Hà cho biết chiều 4/3 có mưa. / Xã sơ tán [9|hộ] hộ.", ["chiều 4/3"]),
        ("Hơn 6h ngày 10/3, lửa thiêu rụi [3|nhà] nhà.", ["6h ngày 10/3"]),
        ("Vốn là [5|tỷ|money] tỷ, hơn trước (năm 2006 là [2|tỷ|money] tỷ).", [None, "năm 2006"]),
        ("Xã họp ở nhà văn hóa (xây năm 2006) cùng [9|hộ] hộ.", [None]),
        ("Sáng 5/3, xã họp. / Trước đó, đội bắt [3|người] người.", [None]),
        ("Sáng 5/3, đội bắt [2|người] người gây [3|vụ] vụ chiều 4/3.", ["Sáng 5/3", "chiều 4/3"]),
        ("Hai năm trước xã nghèo. / Xã trao [3|suất quà] suất quà.", [None]),
    ],
)
def test_period(text, periods):
    assert [shown(f.period) for f in understand(text)] == periods


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("Số vụ tăng [15|%|percent]%.", [("up", "tăng 15%", None)]),
        (
            "Có [9|vụ] vụ (giảm [2|vụ] vụ so với cùng kỳ năm 2019).",
            [None, ("down", "giảm 2 vụ so với cùng kỳ năm 2019", "cùng kỳ năm 2019")],
        ),
        (
            "Số tổ tăng từ [3|tổ] tổ lên [4|tổ] tổ.",
            [("up", "tăng từ 3 tổ", None), ("up", "tăng từ 3 tổ lên 4 tổ", None)],
        ),
        (
            "Thu ngân sách vượt [5|%|percent]% so với dự toán đề ra.",
            [("up", "vượt 5% so với dự toán đề ra", "dự toán đề ra")],
        ),
        ("So với năm 2018, số vụ giảm gần [7|%|percent]%.", [("down", "giảm gần 7%", "năm 2018")]),
        ("Xe chở vượt [5|tấn|quantity] tấn.", [None]),
        ("Xã tăng cường [3|tổ] tổ.", [None]),
    ],
)  # fmt: skip
def test_change(text, changes):
    found = [f.change and (f.change.direction, f.change.span.text, shown(f.change.base)) for f in understand(text)]
    assert found == changes


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("Xã phấn đấu đạt [95|%|percent]%.", ["phấn đấu"]),
        ("Chỉ tiêu năm 2020 là [300|ha|quantity] ha.", ["Chỉ tiêu"]),
        ("Huyện sẽ xây [3|cầu] cầu.", ["sẽ"]),
        ("Dự kiến có [3|đoàn] đoàn đến dự.", ["Dự kiến"]),
        ("[3|cầu] cầu sẽ được xây.", ["sẽ"]),
        ("[6|cửa xả] cửa xả trên các đường ven sông và ven biển sẽ được cải tạo.", ["sẽ"]),
        ("Đội bắt [3|người] người và đe dọa sẽ phạt.", [None]),
        ("Xã đạt [95|%|percent]% kế hoạch.", [None]),
        ("Kết quả vượt chỉ tiêu [5|%|percent]%.", [None]),
        ("Xã đã mở [3|lớp] lớp, phấn đấu mở thêm [2|lớp] lớp.", [None, "phấn đấu"]),
        ("Học viện tuyển [60|chỉ tiêu] chỉ tiêu ở [2|ngành] ngành.", [None, None]),
    ],
)
def test_target(text, targets):
    assert [shown(f.target) for f in understand(text)] == targets


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("{UBND tỉnh C} họp. / Tại {xã A}, {huyện B}, đoàn khám cho [90|người] người.", "xã A"),
        ("Tại {xã A}, nhà cháy. / Lửa thiêu rụi [3|nhà] nhà.", "xã A"),
        ("Tại {xã A}, đội bắt anh Hà (trú {xã D}, {huyện B}). / Đội thu [3|khẩu súng] khẩu súng.", "xã A"),
        ("Theo {Công an huyện A}, {tỉnh C}, {xã D} có [3|hộ] hộ nghèo.", "xã D"),
    ],
)
def test_place(text, place):
    (figure,) = understand(text)
    assert shown(figure.place) == place


def scorer():
    loader = importlib.machinery.SourceFileLoader("score_understanding", str(ROOT / "scripts" / "score-understanding"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["dev", "train", "fresh"])
def test_labels(name):
    """Issue 4: each field 0.85 right where filled, and filled for 0.75 of the figures that have one."""
    script = scorer()
    if not script.SETS[name][1].exists():
        pytest.skip(f"{script.SETS[name][1]} is not there")
    number, result = script.score(name)
    assert number >= {"dev": 150, "train": 90, "fresh": 450}[name]
    for field, (right, filled, _, have) in result.items():
        if have < 10:
            assert (name, field) in (("fresh", "change"), ("fresh", "target")), field  # too few to judge by
            continue
        assert right >= 0.85, field
        assert filled >= 0.75, field


PIECES = st.sampled_from(
    [
        "{Công an A}", "{huyện B}", "[3|vụ]", "[5|%|percent]", "[2|năm|duration]", "năm 2019", "sáng 5/3", "tăng",
        "giảm", "từ",
        "lên", "đã", "được", "bị", "sẽ", "phấn đấu", "chỉ tiêu", "so với", "cùng kỳ", "tổ chức", "bắt", "có",
        "là", "và", ",", ";", "(", ")", ":", "\n", "“", "…", "không", "người", "huyện", "İ",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.lists(PIECES | st.text(st.characters(exclude_characters="{}[]|"), max_size=3), max_size=40).map(" ".join),
    st.none() | st.dates(),
)
def test_any_text(text, published):
    plain, units, figures = marked(text)
    sentences = sentences_of(plain)
    found = understand_figures(plain, sentences, figures, units, find_dates(plain, published))
    assert [(f.start, f.end, f.text) for f in found] == [(f.start, f.end, f.text) for f in figures]
    for figure in found:
        spans = [figure.action, figure.actor, figure.period, figure.place, figure.target]
        if figure.change:
            spans += [figure.change.span, figure.change.base]
            assert figure.change.direction in ("up", "down")
        assert all(plain[s.start : s.end] == s.text for s in spans if s is not None)
        assert figure.actor is None or figure.actor in units
        assert figure.period is None or isinstance(figure.period, DateMention)


def test_nothing_to_understand():
    assert understand_figures("", (), (), (), ()) == ()


@pytest.mark.parametrize("piece", ["tăng [3|vụ] ", "[3|vụ], ", "bắt ", "{Công an A}, ", "năm 2019 [3|vụ] ", "(", "sẽ "])
def test_hostile_text_takes_linear_time(piece):
    def seconds(count):
        plain, units, figures = marked("bắt [3|vụ] vụ " + piece * count)
        dates = find_dates(plain, PUBLISHED)
        start = time.perf_counter()
        understand_figures(plain, sentences_of(plain), figures, units, dates)
        return time.perf_counter() - start

    short, long = min(seconds(300) for _ in range(2)), seconds(3000)
    assert long < 40 * short + 0.1
