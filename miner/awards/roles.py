"""Tell who gives and who gets: voice, subject, `cho`, `của`, and the lists that several awards share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from miner.awards.after import After
from miner.awards.clause import ADVERBS
from miner.awards.forms import Form, is_ceremony
from miner.awards.meant import unit_meant
from miner.awards.named import SPELT_OUT, Named, number_of
from miner.awards.parties import Reader
from miner.awards.table import any_of, toned, words
from miner.records import Party
from miner.text import LOWER, UPPER

# Between awards of one giving nothing stands but these: `Cờ thi đua, Bằng khen và kèm tiền thưởng`.
_SAME_GIVING = re.compile(rf"(?:[ ,;:()“”\"-]|\d[\d.,]*|{any_of(words('same_giving'))})*+")
_COUNT_BEFORE = re.compile(
    r"(?<![\w.,])(\d{1,3}(?:\.\d{3})+|\d+|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười)[ ]+"
    r"(?:tấm |chiếc |tờ |bức |lá |suất |giải |bộ )?$"
)
_BY = re.compile(r"(?<!\w)(?:do|từ|từ tay)[ ]+")
_BY_VERB = re.compile(
    r"[ ]*(?:đã[ ]|vừa[ ])?(?:trao|tặng|ký|cấp|phong|khen|truy|công|thưởng|$|[,.])|"
    r"[^,.;\n]{1,60}[ ](?:ký|trao|tặng)(?!\w)"
)
_HELD_VERB = re.compile(
    r"[ ]*(?:\([^()]*\)[ ]*)?(?:phối hợp |chủ trì |đồng )?(?:tổ chức|bình chọn|bầu chọn|chủ trì|xét chọn)(?!\w)"
)
_OF = re.compile(
    r"(?:[ ]+(?:đột xuất|này|khác|cao quý|danh giá|lần này))*[ ]*(?:\([^()]*\))?[ ]*"
    r"(?:của|từ(?![ ](?:năm|tháng|ngày|đầu|cuối|khi|sau|thời|\d)))[ ]+(?:cả[ ]+)?"
)
_PROPOSED = re.compile(
    rf"(?<!chương )(?<!quy )(?<!công )(?<!quá )(?<!lịch )(?<!hành )(?<!giáo ){any_of(words('proposing'))}"
)
_VERBS = ("praise", "honour", "hot-cash", "cash-verb")
"""Rows whose name is itself the verb of giving."""
_HELD_BY = re.compile(r"(?:tổ chức|tiến hành|chủ trì|mở|phối hợp|làm|trang trọng)(?:[ ]+\S+){0,4}[ ]*$")
_GIVES = re.compile(r"(?<!\w)(?:trao|tặng|thưởng|phong tặng)(?!\w)")
_PURPOSE = re.compile(r"[ ](?:tiêu biểu |xuất sắc |nhất )*(?:để|nhằm)[ ]")
_GIVEN_AWAY = re.compile(
    r"(?<!\w)(?:dành|tặng lại|ủng hộ|quyên góp|góp|trao lại|gửi lại)[ ](?:lại[ ])?"
    + toned(r"(?:(?:toàn bộ|tất cả|hết|một phần|cả|số|hai|trọn)[ ])+$")
)
_PART_OF = re.compile(r"[^;]*(?<!\w)(?:trong đó|gồm)(?!\w)[^;]*|[ ]?(?:,| và)[ ](?:\d|một|hai)[^.;]{0,40}")
_RECEIVED = ("nhận", "nhận được", "đón nhận", "được nhận")
_SOME_OF_IT = re.compile(r"[ ](?:nhiều |sự |các |những |lời )?")
_HAS = re.compile(r";.*?(?<!\w)(?:có|nhận|đạt)[ ](?:[\w ]{0,20})$")
_NO_GIVER = re.compile(rf"[{UPPER}]\w+(?: [{UPPER}]\w+)?|[{LOWER}].*", re.S)
"""A country, or a contest and the like: `giải của cuộc thi`."""
_BESIDE = re.compile(r"[ ](?:[-–][ ]|\()")
_ABOUT = re.compile(r"(?<!\w)(?:về|của|tại|từ|thuộc|vào|hệ thống)[ ]$")
_WHEN = re.compile(r'[ "“]*(?:(?:ngay )?(?:sau )?khi|lúc|vừa|mới|từng)[ ]*')
_CREDIT = re.compile(r"(?:[-–(.][ ]?)?(?<!\w)ảnh(?:[ ]minh họa)?[ ]?:")
_REACH = 700
"""Characters to the left and right of an award that are read for who gave and who got it."""


@dataclass(frozen=True, slots=True)
class Roles:
    """Givers and recipients of one form, and how many were given."""

    givers: tuple[Party, ...] = ()
    recipients: tuple[Party, ...] = ()
    count: int | None = None
    proposed: bool = False
    """Somebody asks for it: who asks is no giver."""
    held: bool = False
    apart: bool = False
    """It is only spoken of: `trong hệ thống giải thưởng X`, `thông tin về giải thưởng Y`."""
    own: bool = False
    """Its verb of getting begins a clause after the award before it, whose giver is not this one's."""


@dataclass(frozen=True, slots=True)
class _Patterns:
    give: re.Pattern[str]
    get: re.Pattern[str]
    not_get: re.Pattern[str]
    behalf: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    return _Patterns(
        give=re.compile(any_of(words("give"))),
        get=re.compile(any_of(words("get"))),
        not_get=re.compile(any_of(words("not_get"))),
        behalf=re.compile(rf"{any_of(words('behalf'))}[ ]+"),
    )


def group_forms(low: str, forms: list[Form]) -> list[list[Form]]:
    """Return the forms of one sentence, put together where they are given together."""
    groups: list[list[Form]] = []
    for form in forms:
        if groups:
            gap = low[groups[-1][-1].end : form.start]
            if len(gap) < 80 and _SAME_GIVING.fullmatch(gap) and not _verb_form(form, groups[-1]):
                groups[-1].append(form)
                continue
        groups.append([form])
    return groups


def _verb_form(form: Form, group: list[Form]) -> bool:
    """A prize and a praise are no one giving: `đạt giải được tuyên dương`."""
    return (form.type == "prize") != (group[-1].type == "prize") or (form.type == "praise") != (
        group[-1].type == "praise"
    )


def own_count(low: str, form: Form, left: int) -> int | None:
    """Return how many of the form itself are named: `3 Bằng khen`."""
    own = _COUNT_BEFORE.search(low, max(left, form.start - 24), form.start)
    return number_of(own[1]) if own else None


class Sentence(After):
    """Reads the roles of the groups of one sentence."""

    def __init__(self, reader: Reader, start: int, end: int) -> None:
        credit = _CREDIT.search(reader.low, start + 8, end)
        super().__init__(reader, start, credit.start() if credit else end)

    def roles(self, groups: list[list[Form]]) -> list[Roles]:
        """Return the roles of each group, those that are not said being taken over from its neighbours."""
        found: list[Roles] = []
        told = self.start
        for i, group in enumerate(groups):
            left = max(told, group[0].start - _REACH)
            right = groups[i + 1][0].start if i + 1 < len(groups) else self.end
            right = max(group[-1].end, min(right, group[-1].end + _REACH))
            found.append(self._group(group, left, right, first=i == 0))
            # who got this one does not give the next: `tặng Bằng khen 5 tập thể, UBND tỉnh tặng Giấy khen`
            ends = [p.end for p in found[-1].recipients if group[-1].end <= p.start and p.end <= right]
            told = max(group[-1].end, *ends) if ends else group[-1].end
        for i in range(1, len(found)):
            if found[i].apart:
                continue
            if (
                not found[i].givers
                and not found[i].proposed
                and not found[i].own
                and (
                    groups[i][0].type != "prize"
                    or _PART_OF.fullmatch(self.low, groups[i - 1][-1].end, groups[i][0].start)
                )
                and (groups[i - 1][0].type != "prize" or groups[i][0].type == "prize")
            ):
                found[i] = with_roles(found[i], givers=found[i - 1].givers)
            if not found[i].recipients:
                found[i] = with_roles(found[i], recipients=found[i - 1].recipients, count=found[i - 1].count)
        for i in range(len(found) - 2, -1, -1):
            if found[i].apart:
                continue
            if not found[i].recipients:
                found[i] = with_roles(found[i], recipients=found[i + 1].recipients, count=found[i + 1].count)
            if (
                not found[i].givers
                and not found[i].proposed
                and not found[i].held
                and groups[i][0].type not in ("prize", "title")
            ):
                found[i] = with_roles(found[i], givers=found[i + 1].givers)
        return found

    def _group(self, group: list[Form], left: int, right: int, *, first: bool) -> Roles:
        start, end = group[0].start, group[-1].end
        low = self.low
        if len(group) == 1 and group[0].type == "title" and (held := self.holders(group[0], right)):
            return Roles((), tuple(p for n in held for p in n.parties), None, held=True)
        own = _COUNT_BEFORE.search(low, max(left, start - 24), start)
        before = self.named(left, own.start() if own else start)
        givers: list[Named] = []
        recipients: list[Named] = []
        verb, voice, cut = self._voice(group, left, own.start() if own else start, before)

        # right of the award: `của X`, then `cho Y` or Y itself
        at = end
        if of := _OF.match(low, end, right):
            listed, at = self.reader.many(of.end(), right, loose=True)
            if listed and all(n.kind == "person" and not n.office for n in listed) and voice != "get":
                recipients = listed
            elif not (listed and listed[0].kind == "loose" and _NO_GIVER.fullmatch(self.reader.text[of.end() : at])):
                givers = listed
            at = max(at, end)
        by = None
        for match in _BY.finditer(low, end, right):
            listed, stop = self.reader.many(match.end(), right)
            event = group[0].type == "prize" or is_ceremony(low, group[0])
            if listed and (_BY_VERB.match(low, stop, right) or (event and _HELD_VERB.match(low, stop, right))):
                by = listed
                break
        if by and not givers:
            givers = by

        proposal = _PROPOSED.search(low, max(left, start - 160), start)
        if proposal and voice == "passive" and proposal.start() < verb:
            proposal = None
        after = self.after(group, at, right, voice)
        if group[0].type == "cash" and (away := _GIVEN_AWAY.search(low, left, start)):
            voice, verb, after = "get", away.start(), []  # who gives his reward away is who got it
        if voice == "passive":
            late = proposal is not None and proposal.start() > verb  # `được đề nghị UBND tỉnh tặng`
            givers = givers or ([n for n in cut if n.start >= proposal.end()] if proposal and late else cut)
            nearest = [n for n in before if n.end <= verb and not n.locality][-1:]
            if nearest and ADVERBS.fullmatch(low, nearest[0].end, verb) and self.led(nearest[0], left):
                kind = nearest[0].kind
                if kind in ("pronoun", "group", "person", "bare"):
                    recipients = recipients or (self.meant(nearest[0]) if kind == "pronoun" else nearest)
            recipients = recipients or self._who(before, left, verb) or after
            if not recipients and _WHEN.fullmatch(low, left, verb):
                recipients = self.next_clause(end, right)
        elif voice == "get":
            who = [] if low.endswith("việc ", left, verb) else self._who(before, left, verb)
            recipients = recipients or who or after or self.next_clause(end, right)
        else:
            between = [n for n in before if n.start >= verb] if verb < start else []
            if between:
                between = self.reader.many(between[0].start, start)[0] or between
            if (
                low.startswith(("đạt", toned("hoàn thành")), start)
                and not after
                and before
                and not low[before[-1].end : start].strip()
            ):
                near = self.subject(before, left, start) if self.owned(before[-1], left) else None
                recipients = recipients or between or near or self.back(before[-1], before, before)
            beside = voice == "noun" and before and before[-1].kind == "person"
            if beside and _BESIDE.fullmatch(low, before[-1].end, start):
                after = before[-1:]  # `ca sĩ Thái Hải - giải nhất Tiếng hát`
            recipients = recipients or after or between
            if not givers and voice == "noun":
                if not proposal and not _ABOUT.search(low, left, start):
                    recipients = recipients or self.subject(before, left, verb)
            elif not givers and proposal:
                givers = [n for n in before if n.start >= proposal.end() and n.end <= verb and n.kind != "person"]
            elif not givers:
                givers = self.subject([n for n in before if n.end <= verb], left, verb)
                chosen = before[-1] if before and _PURPOSE.fullmatch(low, before[-1].end, verb) else None
                if chosen and chosen.kind in ("group", "person") and not recipients:
                    recipients = [chosen]  # `đã chọn 72 cán bộ để trao giải`
                    givers = self.subject([n for n in before if n.end <= chosen.start], left, chosen.start)
                if not givers and first and not low[left:verb].strip(' "“'):
                    named = self.next_clause(end, min(self.end, end + _REACH))
                    givers = [n for n in named if n.office or n.kind in ("unit", "office")]
        behalf = _patterns().behalf.search(low, max(self.start, start - _REACH), start)
        if behalf and not (givers and _GIVES.search(low, behalf.end(), verb)):
            listed, _ = self.reader.many(behalf.end(), start)
            party = bool(listed) and low[listed[0].start : listed[0].end].endswith("đảng")
            bodies = [n for i, n in enumerate(listed) if all(m.kind == "unit" for m in listed[: i + 1])]
            several = party or 1 < len(bodies) < len(listed)  # `thay mặt Đảng ủy, Bộ Công an, Bộ trưởng Lê Lâm`
            givers = listed[: max(2, len(bodies)) if several else 1] or givers
        if len(recipients) == 1 and recipients[0].kind == "group" and (mark := SPELT_OUT.match(low, end, right)):
            listed, _ = self.reader.many(mark.end(), right)
            if listed and all(n.kind in ("unit", "person") for n in listed):
                recipients = [replace(listed[0], number=recipients[0].number), *listed[1:]]
        if is_ceremony(low, group[0]) and not _HELD_BY.search(low, max(left, start - 50), start):
            # `phát biểu tại lễ tuyên dương`: who speaks there neither gives nor gets
            givers = givers if of else []
            recipients = recipients if recipients and recipients[0].start >= end else []
        givers = [unit_meant(self.reader, n) for n in givers]
        recipients = [unit_meant(self.reader, n) for n in recipients]
        if not of and low.startswith(("thu hồi", "tước", "hủy"), verb):
            givers = []  # who takes it back has not given it
        if group[0].type == "title" and self._of_itself(recipients, givers):
            givers, recipients = [], givers
        people = [p for n in recipients for p in n.parties]
        numbers = [n.number for n in recipients if n.number is not None]
        return Roles(
            tuple(_giver(n) for n in givers if n.parties or n.office),
            tuple(people),
            sum(numbers) if numbers else None,
            proposal is not None,
            apart=voice == "noun" and group[0].type == "prize" and bool(_ABOUT.search(low, left, start)),
            own=not first
            and (self._own_verb(voice, left, verb, start) or (not givers and bool(_HAS.search(low, left, start)))),
        )

    def _of_itself(self, recipients: list[Named], givers: list[Named]) -> bool:
        """Tell whether a bare noun means who holds the event: `Trường A tổ chức lễ công nhận trường đạt chuẩn`."""
        if len(recipients) != 1 or len(givers) != 1 or recipients[0].kind != "bare" or givers[0].kind != "unit":
            return False
        noun = self.low[recipients[0].start : recipients[0].end]
        own = noun in words("this_unit") or noun in words("this_place")
        return own and self.low.startswith(noun + " ", givers[0].start)

    def _who(self, before: list[Named], left: int, verb: int) -> list[Named]:
        """Return the subject of a verb of getting, known or not."""
        counted = self.counted(before, left, verb) or self.proper(before, left, verb)
        return counted or self.subject(before, left, verb)

    def _own_verb(self, voice: str, left: int, verb: int, start: int) -> bool:
        """Tell whether a verb of getting after the award before opens a clause, which no `trong đó` joins to it."""
        return voice in ("get", "passive") and verb < start and "trong đó" not in self.low[left:verb]

    def _voice(self, group: list[Form], left: int, start: int, before: list[Named]) -> tuple[int, str, list[Named]]:
        """Return where the governing verb begins, the voice, and who stands inside a passive (`được X tặng`)."""
        low = self.low
        p = _patterns()
        form = group[0]
        inside = [(n.start, n.end) for n in before]

        def free(at: int) -> bool:
            return not any(a <= at < b for a, b in inside)

        gives = [m for m in p.give.finditer(low, left, start) if free(m.start())]
        if form.type not in ("letter", "praise", "cash"):  # `Bộ có thư khen`, yet `xã có 48 Anh hùng` gives nothing
            gives = [m for m in gives if m[0] != "có"]
        gives = [m for m in gives if not low.startswith("đăng ", m.start() - 5)]
        other = [m.span() for m in p.not_get.finditer(low, left, start)]
        gets = [
            m
            for m in p.get.finditer(low, left, start)
            if free(m.start()) and not any(a <= m.start() < b for a, b in other)
        ]
        verb = gives[-1].start() if gives else start
        if form.type in ("praise", "cash") and (form.row.id in _VERBS and not (gives and start - gives[-1].end() < 12)):
            verb = start
        get = gets[-1] if gets else None
        if get and form.row.id in _VERBS and get[0] in _RECEIVED and _SOME_OF_IT.fullmatch(low, get.end(), start):
            return get.start(), "get", []  # `chị nhận được nhiều khen thưởng`
        if get and get.start() > verb and get[0] != "được" and form.row.id not in _VERBS:
            return get.start(), "get", []
        if (
            verb == start
            and get
            and get[0] != "được"
            and get[0] != "là"
            and form.type not in ("praise",)
            and start - get.end() < 60
        ):
            return get.start(), "get", []
        passive = [m for m in gets if m[0] == "được" and m.start() < verb]
        if passive:
            last = passive[-1]
            named = [n for n in before if last.end() <= n.start < verb]
            rest = _without(low, last.end(), verb, named)
            brief = not named and len(rest.split()) <= 5 and "," not in rest
            if brief or (ADVERBS.fullmatch(rest) and "cho biết" not in rest):
                return last.start(), "passive", named
        if get and get[0] == "được" and get.start() >= verb:
            return get.start(), "passive", []
        if verb == start and form.row.id not in _VERBS:
            return verb, "noun", []
        return verb, "active", []


def with_roles(
    roles: Roles,
    givers: Iterable[Party] | None = None,
    recipients: Iterable[Party] | None = None,
    count: int | None = None,
) -> Roles:
    """Return the roles with what is given in place of what they have."""
    return Roles(
        roles.givers if givers is None else tuple(givers),
        roles.recipients if recipients is None else tuple(recipients),
        roles.count if count is None else count,
        roles.proposed,
        roles.held,
        roles.apart,
        roles.own,
    )


def _giver(named: Named) -> Party:
    return named.office or named.parties[0]


def _without(low: str, start: int, end: int, named: list[Named]) -> str:
    parts = []
    at = start
    for n in named:
        parts.append(low[at : n.start])
        at = max(at, n.end)
    parts.append(low[at:end])
    return "".join(parts)
