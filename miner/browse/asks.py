"""The ready-made questions as forms: what each asks for, and the question of the library that answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from miner import questions
from miner.errors import InputError
from miner.questions import GROUPS, Answer
from miner.records import AWARD_TYPES, FIGURE_KINDS, UNIT_KINDS


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: its name, its choices (none: free text), whether several may be chosen."""

    name: str
    choices: tuple[str, ...] = ()
    several: bool = False
    required: bool = False
    default: str = ""
    known: str = ""
    """What the database knows of it, offered while one types: topics, provinces or sources."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A ready-made question: its name in the address, its title, what it tells, its fields and its answer."""

    name: str
    title: tuple[str, str]
    about: tuple[str, str]
    fields: tuple[Field, ...]
    answer: Callable[..., Answer]


_TOPIC = Field("topic", known="topics")
_YEAR = Field("year")
_PROVINCE = Field("province", known="provinces")
_SOURCE = Field("source", known="sources")


def _by(table: str, default: str) -> Field:
    return Field("group_by", tuple(GROUPS[table]), several=True, required=True, default=default)


ASKS: tuple[Ask, ...] = (
    Ask(
        "figure-sums", ("Cộng các con số", "Add up figures"),
        ("Bao nhiêu vụ, buổi, đồng … theo tỉnh, năm, chủ đề. Bài đăng lại chỉ tính một lần, kế hoạch không cộng vào.",
         "How many cases, meetings, đồng … by province, year or topic. Reprints count once; plans are left out."),
        (_by("figures", "object"), Field("object"), _TOPIC, _YEAR, _PROVINCE, Field("kind", FIGURE_KINDS), _SOURCE),
        questions.figure_sums,
    ),
    Ask(
        "figures", ("Xem từng con số", "List figures"),
        ("Mỗi con số với đối tượng, ai làm, ở đâu, khi nào và câu văn chứa nó.",
         "Each figure with what it counts, who, where, when, and its sentence."),
        (Field("object"), _TOPIC, _YEAR, _PROVINCE, Field("kind", FIGURE_KINDS), _SOURCE), questions.figures,
    ),
    Ask(
        "award-counts", ("Đếm khen thưởng", "Count awards"),
        ("Ai trao nhiều nhất, cấp nào, năm nào.", "Who gives most, at which level, in which year."),
        (_by("awards", "giver"), Field("type", AWARD_TYPES), Field("giver"), Field("recipient"), _TOPIC, _YEAR,
         _PROVINCE), questions.award_counts,
    ),
    Ask(
        "awards", ("Xem từng lượt khen thưởng", "List awards"),
        ("Hình thức, bên trao, bên nhận, lý do.", "Form, giver, recipients and reason."),
        (Field("type", AWARD_TYPES), Field("giver"), Field("recipient"), _TOPIC, _YEAR, _PROVINCE), questions.awards,
    ),
    Ask(
        "units", ("Đơn vị được nhắc tới", "Units by mentions"),
        ("Tổ chức và địa phương, nhắc nhiều đứng trước.", "Organisations and localities, most often named first."),
        (Field("name"), Field("kind", UNIT_KINDS), _PROVINCE, _TOPIC, _YEAR), questions.units,
    ),
    Ask(
        "unit-pairs", ("Đơn vị đứng cạnh nhau", "Units beside each other"),
        ("Những đơn vị cùng câu với một đơn vị.", "Units that stand in one sentence with a unit."),
        (Field("name", required=True), Field("kind", UNIT_KINDS)), questions.unit_pairs,
    ),
    Ask(
        "models", ("Mô hình cộng đồng", "Community models"),
        ("Mô hình, câu lạc bộ, tổ tự quản có tên.", "Named models, clubs and self-governing groups."),
        (Field("name"), Field("religious", ("1", "0")), _TOPIC, _YEAR, _PROVINCE), questions.models,
    ),
    Ask(
        "article-counts", ("Bài viết theo thời gian", "Articles over time"),
        ("Số bài theo tháng, năm, chủ đề, tỉnh, nguồn.", "Articles by month, year, topic, province, source."),
        (_by("articles", "month"), _TOPIC, _YEAR, _PROVINCE, _SOURCE), questions.article_counts,
    ),
    Ask(
        "articles", ("Danh sách bài viết", "List articles"),
        ("Bài viết với chủ đề và số dữ kiện.", "Articles with their topics and numbers of facts."),
        (_TOPIC, _YEAR, _PROVINCE, _SOURCE), questions.articles,
    ),
)  # fmt: skip
ASK = {ask.name: ask for ask in ASKS}


def answer(ask: Ask, database: str | Path, given: Mapping[str, list[str]], limit: int | None = None) -> Answer:
    """Return the answer to a question, with what its form gave.

    Raises InputError where a field is missing or says what can not be.
    """
    values: dict[str, Any] = {}
    for field in ask.fields:
        found = [value.strip() for value in given.get(field.name, []) if value.strip()]
        if not found and field.default:
            found = [field.default]
        if field.required and not found:
            raise InputError(field.name, "must be filled in")
        if field.choices and (bad := [value for value in found if value not in field.choices]):
            raise InputError(f"{field.name} {bad[0]!r}", f"must be one of {', '.join(field.choices)}")
        if found:
            values[field.name] = found if field.several else found[0]
    if "religious" in values:
        values["religious"] = values["religious"] == "1"
    by = values.pop("group_by", None)
    place = (by,) if by is not None else (values.pop("name"),) if ask.name == "unit-pairs" else ()
    return ask.answer(database, *place, limit=limit, **values)
