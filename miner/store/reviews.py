"""Corrections by people, worked into the fact tables, so that every view, question and export shows them.

A review names a fact by article id, layer and span. It is worked in when it arrives and again whenever its article is
extracted anew; the machine's own fact stays in the review. Where the text has changed, the words are looked for.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from miner.errors import InputError
from miner.records import AWARD_TYPES, COMPARATORS, FIGURE_KINDS, UNIT_KINDS, Unit
from miner.store.rows import folded
from miner.store.schema import OFFSET_BITS, TABLE, mention_id
from miner.units.resolve import entity_key

VERDICTS = ("right", "wrong", "fix", "add")
LAYERS = {
    "unit": "unit_mentions",
    "figure": "figures",
    "award": "awards",
    "model": "community_models",
    "topic": "topics",
}
"""Layer, as in the `fact` column of the views → its table. A topic is the whole article's: its span is 0-0."""
FIELDS: dict[str, tuple[str, ...]] = {
    "unit": ("kind", "name", "level", "place_code", "province_code"),
    "figure": ("value", "value_max", "comparator", "measure", "object", "kind"),
    "award": ("type", "giver", "recipients", "count", "level", "status"),
    "model": ("religious", "count"),
    "topic": (),
}
"""What can be corrected in each layer; the span is corrected by `wrong` and `add`."""
_ALLOWED = {("unit", "kind"): UNIT_KINDS, ("figure", "kind"): FIGURE_KINDS, ("figure", "comparator"): COMPARATORS,
            ("award", "type"): AWARD_TYPES}  # fmt: skip
_LISTS = ("giver", "recipients")
PARTIES = {"giver": "award_givers", "recipients": "award_recipients"}
_REFERENCES = {
    "sentence": "sentences", "actor_id": "unit_mentions", "place_id": "unit_mentions", "period_id": "dates",
    "change_base_id": "dates", "date_id": "dates", "money_id": "figures", "mention": "unit_mentions",
}  # fmt: skip
_REFERS = (
    ("figures", "actor_id"), ("figures", "place_id"), ("community_models", "place_id"), ("awards", "money_id"),
    ("award_givers", "mention"), ("award_recipients", "mention"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Review:
    """What somebody says of a fact: its place (offsets into the article's text), a verdict, and corrected fields."""

    article_id: str
    layer: str
    start: int
    end: int
    text: str
    verdict: str
    reviewer: str
    fixes: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    at: str = ""
    """ISO time in UTC; now, where it is empty."""

    def check(self) -> None:
        """Raise InputError where the review makes no sense in itself."""
        where = f"review of {self.layer} {self.text!r} in {self.article_id}"
        if self.layer not in LAYERS:
            raise InputError(where, f"the layer must be one of {', '.join(LAYERS)}, not {self.layer!r}")
        if self.verdict not in VERDICTS:
            raise InputError(where, f"the verdict must be one of {', '.join(VERDICTS)}, not {self.verdict!r}")
        for name, value in self.fixes.items():
            if name not in FIELDS[self.layer]:
                raise InputError(where, f"{name!r} can not be corrected; only {', '.join(FIELDS[self.layer])}")
            allowed = _ALLOWED.get((self.layer, name))
            if allowed and value not in allowed:
                raise InputError(where, f"{name} must be one of {', '.join(allowed)}, not {value!r}")
            if name in ("value", "value_max", "count") and value is not None and not isinstance(value, int | float):
                raise InputError(where, f"{name} must be a number, not {value!r}")
        if self.verdict == "fix" and not self.fixes:
            raise InputError(where, "a fix corrects at least one field")


def add_reviews(connection: sqlite3.Connection, reviews: Iterable[Review]) -> dict[str, int]:
    """Store reviews and work them in, all or none; return how many there were of each verdict, and `lost` and `known`.

    `lost` counts those whose words are not in the article's text any more, `known` those that repeat what the same
    reviewer said last of the fact: they are not stored again. Raises InputError where a review makes no sense, or is
    of an article or a fact that the database does not hold.
    """
    counts = dict.fromkeys((*VERDICTS, "lost", "known"), 0)
    connection.execute("BEGIN IMMEDIATE")
    try:
        for review in reviews:
            review.check()
            if _known(connection, review):
                counts["known"] += 1
                continue
            counts[review.verdict] += 1
            counts["lost"] += not _add(connection, review)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return counts


def verdicts(connection: sqlite3.Connection, article_id: str) -> dict[tuple[str, int, int, str], str]:
    """Return the latest verdict on each reviewed fact of an article, by layer, start, end and words."""
    rows = connection.execute(
        "SELECT layer, start, end, text, verdict FROM reviews WHERE article_id = ? ORDER BY id", (article_id,)
    )
    return {(layer, start, end, text): verdict for layer, start, end, text, verdict in rows}


def reviewed(connection: sqlite3.Connection) -> set[str]:
    """Return the ids of the articles that have reviews."""
    return {row[0] for row in connection.execute("SELECT DISTINCT article_id FROM reviews")}


def work_in_again(connection: sqlite3.Connection, article_id: str) -> None:
    """Work the reviews of an article into facts that were extracted anew."""
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    latest = cursor.execute(
        "SELECT * FROM reviews WHERE id IN (SELECT max(id) FROM reviews WHERE article_id = ? "
        "GROUP BY layer, start, end, text) ORDER BY id",
        (article_id,),
    ).fetchall()
    article = _article(connection, article_id)
    for row in latest:
        layer, words, verdict = row["layer"], row["text"], row["verdict"]
        place = _place(article[1], layer, row["start"], row["end"], words)
        before = json.loads(row["machine"])
        machine: dict[str, Any] = {}
        if place is not None:
            machine = _machine(connection, layer, article[0], place, words)
            fixes = json.loads(row["fixes"])
            if before and not machine and verdict in ("right", "fix"):
                # Found once and confirmed, but not found by this miner.
                fixes = _said(layer, before) | fixes
                machine, verdict = before, "add"
            _work_in(connection, layer, verdict, article, place, words, fixes)
        connection.execute(
            "UPDATE reviews SET applied = ?, machine = ? WHERE id = ?",
            (int(place is not None), json.dumps(machine or before, ensure_ascii=False), row["id"]),
        )


def undo(connection: sqlite3.Connection, article_id: str) -> None:
    """Take the reviews of an article out of its facts; they stay in `reviews`."""
    number, text, *_ = _article(connection, article_id)
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    latest = cursor.execute(
        "SELECT * FROM reviews WHERE applied AND id IN (SELECT max(id) FROM reviews WHERE article_id = ? "
        "GROUP BY layer, start, end, text) ORDER BY id DESC",
        (article_id,),
    ).fetchall()
    for row in latest:
        place = _place(text, row["layer"], row["start"], row["end"], row["text"])
        if place is not None:
            _restore(connection, row["layer"], number, place, row["text"], json.loads(row["machine"]))


def _said(layer: str, machine: Mapping[str, Any]) -> dict[str, Any]:
    """Return the correctable fields of a stored fact."""
    return {
        name: [party["text"] for party in machine[name]] if name in _LISTS else machine[name]
        for name in FIELDS[layer]
        if machine.get(name) is not None
    }


def _article(connection: sqlite3.Connection, article_id: str) -> tuple[int, str, str | None, int | None]:
    row = connection.execute(
        "SELECT no, text, home_province_code, year FROM articles WHERE id = ?", (article_id,)
    ).fetchone()
    if row is None:
        raise InputError(f"article {article_id!r}", "is not in the database")
    return row  # type: ignore[no-any-return]


def _place(text: str, layer: str, start: int, end: int, words: str) -> tuple[int, int] | None:
    """Return where the words of a fact are now: where they were, or their nearest place in a changed text."""
    if layer == "topic":
        return 0, 0
    if text[start:end] == words:
        return start, end
    places: list[int] = []
    at = text.find(words) if words else -1
    while at >= 0:
        places.append(at)
        at = text.find(words, at + 1)
    if not places:
        return None
    near = min(places, key=lambda place: abs(place - start))
    return near, near + len(words)


def _known(connection: sqlite3.Connection, review: Review) -> bool:
    last = connection.execute(
        "SELECT verdict, fixes, reviewer, note FROM reviews WHERE article_id = ? AND layer = ? AND start = ? "
        "AND end = ? AND text = ? ORDER BY id DESC LIMIT 1",
        (review.article_id, review.layer, review.start, review.end, review.text),
    ).fetchone()
    said = (review.verdict, json.dumps(dict(review.fixes), ensure_ascii=False), review.reviewer, review.note)
    return bool(last == said)


def _add(connection: sqlite3.Connection, review: Review) -> bool:
    article = _article(connection, review.article_id)
    place = _place(article[1], review.layer, review.start, review.end, review.text)
    start, end = place or (review.start, review.end)
    earlier = connection.execute(
        "SELECT machine, applied FROM reviews WHERE article_id = ? AND layer = ? AND start = ? AND end = ? "
        "AND text = ? ORDER BY id DESC LIMIT 1",
        (review.article_id, review.layer, start, end, review.text),
    ).fetchone()
    machine: dict[str, Any] = {}
    if place is not None:
        if earlier and earlier[1]:
            _restore(connection, review.layer, article[0], place, review.text, json.loads(earlier[0]))
        machine = _machine(connection, review.layer, article[0], place, review.text)
        if not machine and review.verdict != "add" and not (earlier and review.verdict == "wrong"):
            raise InputError(
                f"review of {review.layer} {review.text!r} in {review.article_id}",
                "there is no such fact in the database; a fact that was missed has the verdict `add`",
            )
        _work_in(connection, review.layer, review.verdict, article, place, review.text, dict(review.fixes))
    connection.execute(
        "INSERT INTO reviews (article_id, layer, start, end, text, verdict, fixes, reviewer, at, note, machine, "
        "applied) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            review.article_id, review.layer, start, end, review.text, review.verdict,
            json.dumps(dict(review.fixes), ensure_ascii=False), review.reviewer,
            review.at or datetime.now(UTC).isoformat(timespec="seconds"), review.note,
            json.dumps(machine, ensure_ascii=False), int(place is not None),
        ),
    )  # fmt: skip
    return place is not None


def _key(layer: str, number: int, start: int, words: str) -> tuple[str, tuple[Any, ...]]:
    if layer == "topic":
        return "article = ? AND name = ?", (number, words)
    return "id = ?", (mention_id(number, start),)


def _machine(
    connection: sqlite3.Connection, layer: str, number: int, place: tuple[int, int], words: str
) -> dict[str, Any]:
    """Return the row at a place as it stands, with an award's parties; empty where there is none."""
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    where, values = _key(layer, number, place[0], words)
    row = cursor.execute(f"SELECT * FROM {LAYERS[layer]} WHERE {where}", values).fetchone()
    if row is None or (layer != "topic" and row["end"] != place[1]):
        return {}
    found = dict(row)
    if layer == "award":
        for name, table in PARTIES.items():
            rows = cursor.execute(f"SELECT * FROM {table} WHERE award = ? ORDER BY position", (row["id"],))
            found[name] = [dict(r) for r in rows]
    return found


def _insert(connection: sqlite3.Connection, table: str, row: Mapping[str, Any]) -> None:
    names = [c.name for c in TABLE[table].columns]
    marks = ", ".join("?" * len(names))
    connection.execute(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", [row.get(n) for n in names])


def _delete(connection: sqlite3.Connection, layer: str, number: int, place: tuple[int, int], words: str) -> None:
    where, values = _key(layer, number, place[0], words)
    if layer != "topic":
        wanted = {"unit": ("actor_id", "place_id", "mention"), "figure": ("money_id",)}.get(layer, ())
        for table, column in _REFERS:
            if column in wanted:
                connection.execute(f"UPDATE {table} SET {column} = NULL WHERE {column} = ?", values)
        for table in PARTIES.values() if layer == "award" else ():
            connection.execute(f"DELETE FROM {table} WHERE award = ?", values)
    connection.execute(f"DELETE FROM {LAYERS[layer]} WHERE {where}", values)


def _restore(
    connection: sqlite3.Connection, layer: str, number: int, place: tuple[int, int], words: str, machine: dict[str, Any]
) -> None:
    """Undo what an earlier review did."""
    _delete(connection, layer, number, place, words)
    if machine and machine.get("start", place[0]) == place[0]:
        _insert(connection, LAYERS[layer], _sound(connection, machine))
        for name, table in PARTIES.items() if layer == "award" else ():
            for party in machine[name]:
                _insert(connection, table, _sound(connection, party))


def _sound(connection: sqlite3.Connection, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored row without what it refers to that is gone since."""
    sound = dict(row)
    for column, table in _REFERENCES.items():
        if sound.get(column) is not None:
            there = connection.execute(f"SELECT 1 FROM {table} WHERE id = ?", (sound[column],)).fetchone()
            sound[column] = sound[column] if there else None
    if "unit" in sound:
        sound["unit"] = _unit(connection, _as_unit(sound))
    return sound


def _as_unit(row: Mapping[str, Any]) -> Unit:
    return Unit(
        row["start"], row["end"], row["text"], row["kind"], name=row["name"], level=row["level"],
        place_code=row["place_code"], province_code=row["province_code"], resolution=row["resolution"],
    )  # fmt: skip


def _work_in(
    connection: sqlite3.Connection, layer: str, verdict: str, article: tuple[int, str, str | None, int | None],
    place: tuple[int, int], words: str, fixes: dict[str, Any],
) -> None:  # fmt: skip
    number = article[0]
    if verdict == "wrong":
        _delete(connection, layer, number, place, words)
    elif verdict == "add":
        _delete(connection, layer, number, place, words)
        if layer == "topic":
            _insert(connection, "topics", {"name": words, "article": number, "probability": 1.0, "share": 0.0})
            return
        _insert(connection, LAYERS[layer], _blank(connection, layer, article, place, fixes))
        _fix(connection, layer, number, place, fixes)
    elif verdict == "fix" and _machine(connection, layer, number, place, words):
        _fix(connection, layer, number, place, fixes)


def _blank(
    connection: sqlite3.Connection, layer: str, article: tuple[int, str, str | None, int | None],
    place: tuple[int, int], fixes: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Return a row for a fact that the machine missed, before its fields are filled in."""
    number, text, home, year = article
    start, end = place
    base = number << OFFSET_BITS
    sentence = connection.execute(
        "SELECT max(id) FROM sentences WHERE id BETWEEN ? AND ?", (base, base | start)
    ).fetchone()[0]
    words = text[start:end]
    row: dict[str, Any] = {
        "id": base | start, "article": number, "start": start, "end": end, "text": words, "sentence": sentence,
        "rule": "review", "confidence": 1.0,
    }  # fmt: skip
    if layer == "unit":
        row |= {"kind": fixes.get("kind", "other"), "successors": "[]", "candidates": "[]"}
        row["unit"] = _unit(connection, Unit(start, end, words, row["kind"], name=fixes.get("name")))
    elif layer == "figure":
        row |= {"value": fixes.get("value", 0), "comparator": "eq", "measure": "", "object": "", "object_key": "",
                "kind": "count", "sure": 1, "year": year, "province_code": home}  # fmt: skip
    elif layer == "award":
        row |= {"type": fixes.get("type", "praise"), "status": "given", "year": year, "province_code": home}
    else:
        row |= {"religious": 0, "name_key": folded(words)}
    return row


def _unit(connection: sqlite3.Connection, unit: Unit) -> int:
    key = entity_key(unit)
    found = connection.execute("SELECT id FROM units WHERE key = ?", (key,)).fetchone()
    if found:
        return int(found[0])
    name = unit.name or unit.text
    row = {"key": key, "name": name, "name_key": folded(name), "kind": unit.kind, "level": unit.level,
           "place_code": unit.place_code, "province_code": unit.province_code}  # fmt: skip
    _insert(connection, "units", row)
    return int(connection.execute("SELECT last_insert_rowid()").fetchone()[0])


def _fix(
    connection: sqlite3.Connection, layer: str, number: int, place: tuple[int, int], fixes: Mapping[str, Any]
) -> None:
    """Write the corrected fields into the row at a place."""
    at = mention_id(number, place[0])
    values = {name: value for name, value in fixes.items() if name not in _LISTS}
    if "object" in values:
        values["object_key"] = folded(str(values["object"]))
    if "religious" in values:
        values["religious"] = int(bool(values["religious"]))
    values |= {"rule": "review", "confidence": 1.0}
    columns = ", ".join(f"{name} = ?" for name in values)
    connection.execute(f"UPDATE {LAYERS[layer]} SET {columns} WHERE id = ?", (*values.values(), at))
    if layer == "unit":
        cursor = connection.cursor()
        cursor.row_factory = sqlite3.Row
        unit = _as_unit(cursor.execute("SELECT * FROM unit_mentions WHERE id = ?", (at,)).fetchone())
        connection.execute("UPDATE unit_mentions SET unit = ? WHERE id = ?", (_unit(connection, unit), at))
    for name, table in PARTIES.items() if layer == "award" else ():
        if name in fixes:
            connection.execute(f"DELETE FROM {table} WHERE award = ?", (at,))
            for position, row_of in enumerate(_parties(connection, number, place, list(fixes[name])), 1):
                _insert(connection, table, {"award": at, "position": position, **row_of})


def _parties(
    connection: sqlite3.Connection, number: int, place: tuple[int, int], names: list[str]
) -> Iterator[dict[str, Any]]:
    """Yield the parties called `names`, at their place nearest to the award."""
    text = connection.execute("SELECT text FROM articles WHERE no = ?", (number,)).fetchone()[0]
    for name in names:
        found = _place(text, "award", place[0], place[0], name) or (place[0], place[0])
        mention = connection.execute(
            "SELECT id FROM unit_mentions WHERE id = ?", (mention_id(number, found[0]),)
        ).fetchone()
        yield {
            "start": found[0], "end": found[1], "text": name, "kind": "unit" if mention else "group",
            "mention": mention[0] if mention else None, "number": None,
        }  # fmt: skip
