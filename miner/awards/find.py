"""Find award mentions (guide section 3): the form, who gave it, who got it and how many."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from miner.awards.details import level_of, money_of, reason_of, status_of, times_of
from miner.awards.forms import Form, find_forms, is_ceremony
from miner.awards.parties import Reader
from miner.awards.roles import Roles, Sentence, group_forms, own_count, with_roles
from miner.awards.table import fold, toned
from miner.people import find_people
from miner.records import Award, DateMention, Figure, Party, Person, Span, Unit

_FORMS_OF_PRAISE = {
    "emulation_flag", "certificate_of_merit", "commendation", "letter", "order", "medal", "commemorative_medal", "cash",
}  # fmt: skip


_PLURAL = ("các", "những", "nhiều", "mỗi", "một số")
_T = TypeVar("_T")
_GIVEN = re.compile(r"(?:trao|tặng|trao tặng|phong tặng)[ ]$")


def find_awards(
    text: str,
    sentences: Sequence[Span],
    units: Sequence[Unit],
    figures: Sequence[Figure],
    dates: Sequence[DateMention],
) -> tuple[Award, ...]:
    """Return every award mention of `text`, in order, without overlaps (guide section 3).

    A text without the name of an award costs one scan. Offsets are code points into `text`, end exclusive.
    """
    forms = find_forms(text, sentences)
    if not forms:
        return ()
    low = fold(text)
    people = find_people(text)
    names = [p.start for p in people]
    forms = [f for f in forms if not _in_name(people, names, f)]
    reader = Reader(text, low, units, people, [(f.start, f.end) for f in forms])
    rows: list[_Row] = []
    for number, members in groupby(forms, key=lambda form: form.sentence):
        sentence = sentences[number]
        groups = group_forms(low, _leave_out_praise(low, list(members)))
        told = Sentence(reader, sentence.start, sentence.end).roles(groups)
        rows += [_Row(number, group, role) for group, role in zip(groups, told, strict=True)]
    date_starts, figure_starts = [d.start for d in dates], [f.start for f in figures]
    found: list[Award] = []
    left = 0
    for i, row in enumerate(rows):
        sentence = sentences[row.sentence]
        roles = _from_neighbours(low, rows, i, sentence)
        following = rows[i + 1].group[0].start if i + 1 < len(rows) else sentence.end
        for form, after in zip(row.group, [*(f.start for f in row.group[1:]), following], strict=True):
            right = min(after, sentence.end)
            if _holds(low, form, roles):
                day, period = times_of(form, sentence, _near(dates, date_starts, form), right)
                sums = _near(figures, figure_starts, form)
                own = own_count(low, form, sentence.start)
                found.append(
                    Award(
                        form.start,
                        form.end,
                        text[form.start : form.end],
                        type=form.type,
                        givers=roles.givers,
                        recipients=roles.recipients,
                        count=roles.count if own is None else own,
                        level=level_of(form, roles.givers),
                        status=status_of(low, form, sentence, proposed=roles.proposed, held=roles.held),
                        reason=reason_of(text, low, form, sentence, right),
                        date=day,
                        period=period,
                        money=money_of(low, form, sentence, sums, max(left, sentence.start), right),
                        rule=f"awards.{form.row.id}",
                        confidence=_confidence(form, roles),
                    )
                )
            left = form.end
    return tuple(found)


def _in_name(people: Sequence[Person], starts: Sequence[int], form: Form) -> bool:
    """Tell whether a form is the end of somebody's name: ông Phan Huy Chương."""
    i = bisect_left(starts, form.start) - 1
    return i >= 0 and form.start < people[i].end


def _near(items: Sequence[_T], starts: Sequence[int], form: Form) -> Sequence[_T]:
    """Return the items near a form, out of a list in the order of the text."""
    return items[bisect_left(starts, form.start - 500) : bisect_left(starts, form.end + 500)]


@dataclass(frozen=True, slots=True)
class _Row:
    sentence: int
    group: list[Form]
    roles: Roles


def _from_neighbours(low: str, rows: list[_Row], i: int, sentence: Span) -> Roles:
    """Return the roles of a row, what its own sentence leaves out being taken from those beside it.

    The guide takes givers and recipients from the sentence before or after where that one plainly says them: an
    event (`tại lễ tuyên dương`) is the one reported just before, and a headline is told by the body.
    """
    row = rows[i]
    roles, form = row.roles, row.group[0]
    if is_ceremony(low, form):
        near = [r for r in reversed(rows[max(0, i - 6) : i]) if row.sentence - r.sentence <= 3]
        near += [r for r in rows[i + 1 : i + 7] if r.sentence - row.sentence <= 1]
        for other in near:
            if not roles.givers and other.roles.givers and other.group[0].type not in ("prize", "title"):
                roles = with_roles(roles, givers=other.roles.givers)
            if not roles.recipients and other.roles.recipients and other.group[0].type not in ("prize", "title"):
                roles = with_roles(roles, recipients=other.roles.recipients, count=other.roles.count)
        return roles
    if form.type in ("prize", "title"):
        return roles
    before = rows[i - 1] if i and 0 < row.sentence - rows[i - 1].sentence <= 2 else None
    if before and before.group[0].type not in ("prize", "title"):
        if roles.givers and not roles.recipients and _is_one(before.roles.recipients):
            # `Trường trao quà cho Hiếu. Thị đoàn cũng tặng giấy khen.`
            roles = with_roles(roles, recipients=before.roles.recipients)
        again = low.startswith(toned("ngoài "), sentence.start) and any(f.type == form.type for f in before.group)
        if again and not roles.givers and not roles.proposed:
            roles = with_roles(roles, givers=before.roles.givers)
    if roles.proposed or roles.givers:
        return roles
    headline = row.sentence == 0
    if headline and roles.recipients:
        body = next((r for r in rows[i + 1 : i + 7] if r.roles.givers and r.sentence - row.sentence <= 3), None)
        if body and body.group[0].type not in ("prize", "title"):
            return with_roles(roles, givers=body.roles.givers)
    line = low[sentence.start - 1 : sentence.start] == "\n" and low[sentence.end : sentence.end + 1] in ("\n", "")
    line = line and (not sentence.text.endswith((".", "”", '"')) or "ảnh:" in sentence.text.lower())
    if roles.recipients and not roles.held and line:
        # a caption: `Các cá nhân được tặng giấy khen`
        beside = [r for r in rows[max(0, i - 1) : i + 2] if r is not row and abs(r.sentence - row.sentence) == 1]
        told = next((r for r in reversed(beside) if r.group[0].type == form.type and r.roles.givers), None)
        if told and not told.roles.proposed:
            return with_roles(roles, givers=told.roles.givers)
    return roles


def _is_one(recipients: tuple[Party, ...]) -> bool:
    """Tell whether it is one person or unit, whom the next sentence may leave out."""
    return len(recipients) == 1 and recipients[0].number is None and not recipients[0].text.startswith(_PLURAL)


def _leave_out_praise(low: str, forms: list[Form]) -> list[Form]:
    """Return the forms of a sentence without praise that another form of the same giving makes plain."""
    plain = [f.type in _FORMS_OF_PRAISE or (f.type == "title" and _given(low, f)) for f in forms]
    kept = []
    named = False
    for i, form in enumerate(forms):
        if form.type == "praise":
            following = forms[i + 1] if i + 1 < len(forms) else None
            if following and following.type in ("prize", "title") and following.start == form.end + 1:
                continue  # `được vinh danh giải thưởng X`
            if form.row.id == "honour" and named:
                continue  # `giải thưởng X năm nay tôn vinh`
            beside = [*reversed(range(max(0, i - 3), i)), *range(i + 1, min(len(forms), i + 4))]
            if any(plain[j] and not _apart(low, form, forms[j]) for j in beside):
                continue
        named = named or form.type in ("prize", "title")
        kept.append(form)
    return kept


def _given(low: str, form: Form) -> bool:
    """Tell whether a verb of giving stands right before the form."""
    return bool(_GIVEN.search(low, max(0, form.start - 12), form.start))


def _apart(low: str, one: Form, other: Form) -> bool:
    """Tell whether two forms are of different givings: a semicolon or a proposal to another body parts them."""
    first, second = sorted((one, other), key=lambda f: f.start)
    between = low[first.end : second.start]
    return ";" in between or "đề nghị" in between or "đề xuất" in between


def _holds(low: str, form: Form, roles: Roles) -> bool:
    """Tell whether praise has somebody who gives or gets it; all else stands by its name."""
    if form.type != "praise":
        return True
    if is_ceremony(low, form):
        return not low.startswith("trao thưởng", form.start)
    return bool(roles.recipients or roles.givers)


def _confidence(form: Form, roles: Roles) -> float:
    """Return how sure the mention is: a plain name stands for itself, praise and cash need those who give and get."""
    sure = 0.8 if form.row.needs else 0.95
    return round(sure if roles.givers or roles.recipients else sure - 0.2, 2)
