"""Find award mentions (guide section 3): the form, who gave it, who got it and how many."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from miner.awards.forms import Form, find_forms, is_ceremony
from miner.awards.parties import Reader
from miner.awards.roles import Roles, Sentence, group_forms
from miner.awards.table import fold
from miner.people import find_people
from miner.records import Award, DateMention, Figure, Span, Unit

_FORMS_OF_PRAISE = {
    "emulation_flag", "certificate_of_merit", "commendation", "letter", "order", "medal", "commemorative_medal", "cash",
}  # fmt: skip


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
    low = fold(text)
    forms = find_forms(text, low, sentences)
    if not forms:
        return ()
    reader = Reader(text, low, units, find_people(text))
    found: list[Award] = []
    for number, members in groupby(forms, key=lambda form: form.sentence):
        sentence = sentences[number]
        kept = _leave_out_praise(low, list(members))
        groups = group_forms(low, kept)
        roles = Sentence(reader, sentence.start, sentence.end).roles(groups)
        for group, role in zip(groups, roles, strict=True):
            found += [_award(text, low, form, role, group) for form in group if _holds(low, form, role)]
    return tuple(found)


def _leave_out_praise(low: str, forms: list[Form]) -> list[Form]:
    """Return the forms of a sentence without praise that another form of the same giving makes plain."""
    others = [f for f in forms if f.type in _FORMS_OF_PRAISE]
    kept = []
    for form in forms:
        if form.type == "praise" and any(not _apart(low, form, other) for other in others):
            continue
        kept.append(form)
    return kept


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


def _award(text: str, low: str, form: Form, roles: Roles, group: list[Form]) -> Award:
    count = roles.own_count if len(group) == 1 and roles.own_count is not None else roles.count
    return Award(
        form.start,
        form.end,
        text[form.start : form.end],
        type=form.type,
        givers=roles.givers,
        recipients=roles.recipients,
        count=count,
        rule=f"awards.{form.row.id}",
    )
