"""Read who gets an award to the right of it: its object, `cho`, the deed that is praised, the next clause."""

from __future__ import annotations

import re

from miner.awards.clause import Clause
from miner.awards.forms import Form, is_ceremony
from miner.awards.named import COUNTED, Named
from miner.awards.table import any_of, toned, words

_TO = re.compile(
    r"(?<!\w)(?:dành cho|giành cho|thuộc về|gửi tới|gửi đến|gửi cho|gửi|cho|đến|tới|đối với)[ ]+"
    r"(?!biết|hay|rằng|thấy|đến|nay|khi)"
)
_THING = re.compile(rf"(?:những |các |nhiều |sự )|{any_of(words('things'))}")
_CLAUSE_END = re.compile(toned(r"[;]|\.{3}|…|,[ ](?:đồng thời|qua đó|góp phần|ngoài ra|nhưng|trong khi|còn)(?!\w)"))
_THANKED = (" ghi nhận", " để ghi nhận", " nhằm ghi nhận", " biểu dương", " để biểu dương", " nhằm biểu dương")
_SOME = re.compile(rf"(?:(?:các|những|nhiều)[ ]+[^\W\d_]|{COUNTED.pattern})")
_DEED = re.compile(rf"(?:(?:các|những|nhiều|mọi)[ ]+)?(?:sự[ ]|{any_of(words('things'))})")
_THING_AFTER_ALL = re.compile(rf"(?:các|những|nhiều)[ ]+{any_of(words('things'))}")
_BEFORE_OBJECT = re.compile(
    toned(
        r"[ ]*(?:nóng |đột xuất |thêm |kịp thời |trước toàn (?:trường |thể \S+ )|năm \d{4} |[-–:] )?"
        r"(?:(?:và |, |để |nhằm )?(?:biểu dương|tuyên dương|khen thưởng|đánh giá cao|ghi nhận|chúc mừng|"
        r"cảm ơn|khen ngợi|trao tặng|truy tặng|trao|tặng) )?"
    )
)


# A prize as the subject: `giải thưởng năm nay tôn vinh 36 cán bộ`, `là giải thưởng nhằm tôn vinh các doanh nghiệp`.
_HONOURS = re.compile(r"(?<!\w)(?:tôn vinh|vinh danh|trao tặng|dành tặng)[ ]+(?=\S)")
_FROM = re.compile(r"(?<!\w)từ[ ]")
_WORK_NEXT = re.compile(
    r"[ ]*(?:\([^()]*\)[ ]*)?(?:(?::|là|gồm|gồm có|bao gồm|dành cho|cho|thuộc về|được trao cho)[ ]+)?"
    rf"(?:(?:các|những|\d+|hai|ba)[ ])?({any_of(words('works'))}|(?=[“‘\"']))"
)
_MAKER = re.compile(
    r"(?<!\w)(?:của|do)[ ](?:(?:các |nhóm |hai |ba )?(?:đồng )?tác giả[ ])?|[”\"’'][ ]\((?:tác giả[: ]+)?"
)
_MANY = re.compile(r"(?<!\w)(?:các|những|hai|ba|bốn|hai vợ chồng|\d+)[ ](?:nghệ sĩ[ ]|nghệ sỹ[ ])?$")


class After(Clause):
    """Reads the parties to the right of an award."""

    def holders(self, form: Form, right: int) -> list[Named]:
        """Return who bears a title that stands right before the name: `NSƯT Trần Bảo Ngân`."""
        at = form.end
        if self.low[at : at + 1] != " ":
            return []
        listed, _ = self.reader.many(at + 1, right)
        if not _MANY.search(self.low, max(self.start, form.start - 30), form.start):
            listed = listed[:1]  # `NSƯT Minh Hạnh, Thu Hà`: one of them bears it
        return listed if listed and listed[0].kind == "person" and listed[0].start == at + 1 else []

    def after(self, group: list[Form], at: int, right: int, voice: str) -> list[Named]:
        """Return who gets it to the right of the award."""
        low, reader = self.low, self.reader
        end = right
        if stop := _CLAUSE_END.search(low, at, right):
            end = stop.start()
        if is_ceremony(low, group[0]) and (comma := low.find(",", at, end)) >= 0:
            end = comma
        if group[-1].type == "prize" and (work := _WORK_NEXT.match(low, at, end)):
            made = self._makers(work.end(), end)
            if work[1] or made:
                return made
        # the object itself: `tặng Bằng khen 12 tập thể`, `tuyên dương em Hoa`, `NSƯT Trần Bảo Ngân`
        gap = _BEFORE_OBJECT.match(low, at, end)
        begin = gap.end() if gap else at
        praise = group[-1].type in ("praise", "cash") or group[-1].type == "letter"
        counted = (
            group[-1].type in ("praise", "letter")
            and _SOME.match(low, begin, end)
            and not _THING_AFTER_ALL.match(low, begin, end)
        )
        listed, _ = reader.many(begin, right, loose=bool(counted))
        if praise and listed and listed[0].kind == "pronoun" and (described := reader.described(begin, right)):
            return [described]
        moved = low[at:begin].rstrip().endswith(("trao", "tặng"))
        if listed and listed[0].kind != "pronoun" and (listed[0].kind != "bare" or praise or moved):
            return listed
        if listed and praise and listed[0].kind == "pronoun":
            return self.meant(listed[0])
        thanked = low.startswith(_THANKED, at) or group[-1].type == "praise"
        if thanked and begin < end and _THING.match(low, begin, end):
            return self._owners(begin, end)
        for to in _TO.finditer(low, at, end):
            if low.startswith(("đến", "tới"), to.start()) and _FROM.search(low, at, to.start()):
                continue  # `từ Quảng Bình đến Khánh Hòa`
            thing = _DEED.match(low, to.end(), end) or low.startswith("gửi ", to.start())
            listed, _ = reader.many(to.end(), right, loose=not thing)
            if listed and listed[0].kind == "pronoun":
                return self.meant(listed[0])
            if listed and (not thing or listed[0].kind != "loose"):
                return listed
            if thing:
                return self._owners(to.end(), end)
        if group[-1].type == "prize" and (honours := _HONOURS.search(low, at, end)):
            return reader.many(honours.end(), right, loose=True)[0]
        return []

    def next_clause(self, at: int, right: int) -> list[Named]:
        """Return the subject of the main clause after an opening one: `Cầm giấy khen, Bằng kể`."""
        for comma in re.compile(r",[ ]+").finditer(self.low, at, right):
            listed, stop = self.reader.many(comma.end(), right)
            if listed and listed[0].kind in ("person", "group", "office", "unit") and self.low[stop : stop + 1] == " ":
                return listed
        return []

    def _makers(self, start: int, end: int) -> list[Named]:
        """Return who made the works that get a prize: `ý tưởng của Lê An`, `“Mưa” (Lê An), “Gió” (Vũ Na)`."""
        stop = self.low.find(";", start, end)
        made: list[Named] = []
        at = start
        for match in _MAKER.finditer(self.low, start, stop if stop > 0 else end):
            if match.start() < at:
                continue
            listed, at = self.reader.many(match.end(), end)
            if listed and listed[0].kind in ("person", "group", "unit") and not listed[0].locality:
                made += listed if match[0].startswith(("của", "do")) else listed[:1]
        return made

    def _owners(self, start: int, end: int) -> list[Named]:
        """Return whose deed is praised: `tinh thần dũng cảm của 9 thuyền viên`."""
        for match in re.compile(r"(?<!\w)(?:của|mà)[ ]+").finditer(self.low, start, end):
            listed, _ = self.reader.many(match.end(), end)
            if listed and listed[0].kind != "pronoun":
                return listed
        named = [n for n in self.named(start, end) if n.kind in ("unit", "person", "group") and not n.locality]
        return named[:1]
