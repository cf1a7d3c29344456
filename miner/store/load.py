"""Stored rows back to Facts, equal to those that were saved."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import Any

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
    Span,
    TopicTag,
    Unit,
)
from miner.store.schema import OFFSET_BITS
from miner.text import span

Row = sqlite3.Row


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _span(row: Row, prefix: str) -> Span | None:
    if row[f"{prefix}_start"] is None:
        return None
    return Span(row[f"{prefix}_start"], row[f"{prefix}_end"], row[f"{prefix}_text"])


def _found(row: Row) -> dict[str, Any]:
    return {"rule": row["rule"], "confidence": row["confidence"]}


def load_facts(connection: sqlite3.Connection, article: str | None = None) -> Iterator[Facts]:
    """Yield the stored facts of every article, or of the one with the id `article`, in the order they were stored."""
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    where, values = ("WHERE id = ?", (article,)) if article is not None else ("", ())
    for row in cursor.execute(f"SELECT * FROM articles {where} ORDER BY no", values):
        yield _Loader(connection, row).facts()


class _Loader:
    def __init__(self, connection: sqlite3.Connection, article: Row) -> None:
        self.row = article
        first = article["no"] << OFFSET_BITS
        self.range = (first, first + (1 << OFFSET_BITS) - 1)
        self.cursor = connection.cursor()
        self.cursor.row_factory = sqlite3.Row
        self.units: dict[int | None, Unit] = {}
        self.dates: dict[int | None, DateMention] = {}
        self.figures: dict[int | None, Figure] = {}

    def rows(self, table: str, column: str = "id", order: str = "id") -> list[Row]:
        sql = f"SELECT * FROM {table} WHERE {column} BETWEEN ? AND ? ORDER BY {order}"
        return self.cursor.execute(sql, self.range).fetchall()

    def facts(self) -> Facts:
        a = self.row
        article = Article(
            a["id"], a["text"], a["title"], _day(a["published"]), a["url"], a["source"], a["province_code"]
        )
        for row in self.rows("unit_mentions"):
            self.units[row["id"]] = Unit(
                row["start"], row["end"], row["text"], row["kind"], name=row["name"], level=row["level"],
                place_code=row["place_code"], province_code=row["province_code"],
                successors=tuple(json.loads(row["successors"])), resolution=row["resolution"],
                evidence=row["evidence"], candidates=tuple(json.loads(row["candidates"])), **_found(row),
            )  # fmt: skip
        for row in self.rows("dates"):
            self.dates[row["id"]] = DateMention(
                row["start"], row["end"], row["text"], _day(row["first"]), _day(row["last"]), row["precision"],
                **_found(row),
            )  # fmt: skip
        for row in self.rows("figures"):
            self.figures[row["id"]] = self.figure(row)
        topics = self.cursor.execute(
            "SELECT * FROM topics WHERE article = ? ORDER BY probability DESC, name", (a["no"],)
        ).fetchall()
        return Facts(
            article,
            sentences=tuple(span(a["text"], r["start"], r["end"]) for r in self.rows("sentences")),
            home=Home(a["home_province_code"], a["home_evidence"]) if a["home_province_code"] is not None else None,
            units=tuple(self.units.values()),
            dates=tuple(self.dates.values()),
            models=tuple(
                CommunityModel(
                    r["start"], r["end"], r["text"], bool(r["religious"]), place=self.units.get(r["place_id"]),
                    count=r["count"], **_found(r),
                )
                for r in self.rows("community_models")
            ),
            figures=tuple(self.figures.values()),
            topics=tuple(TopicTag(r["name"], r["probability"], r["share"]) for r in topics),
            awards=self.awards(),
            passages=self.passages(),
        )  # fmt: skip

    def figure(self, row: Row) -> Figure:
        words = _span(row, "change")
        base = self.dates.get(row["change_base_id"]) or _span(row, "change_base")
        return Figure(
            row["start"], row["end"], row["text"], row["value"], row["value_max"], row["comparator"], row["measure"],
            row["object"], row["kind"], part=row["part"], whole=row["whole"], sure=bool(row["sure"]),
            action=_span(row, "action"), actor=self.units.get(row["actor_id"]),
            period=self.dates.get(row["period_id"]), place=self.units.get(row["place_id"]),
            change=Change(words, row["change_direction"], base) if words else None, target=_span(row, "target"),
            **_found(row),
        )  # fmt: skip

    def awards(self) -> tuple[Award, ...]:
        givers, recipients = self.parties("award_givers"), self.parties("award_recipients")
        return tuple(
            Award(
                r["start"], r["end"], r["text"], r["type"], givers=tuple(givers.get(r["id"], ())),
                recipients=tuple(recipients.get(r["id"], ())), count=r["count"], level=r["level"], status=r["status"],
                reason=_span(r, "reason"), date=self.dates.get(r["date_id"]), period=self.dates.get(r["period_id"]),
                money=self.figures.get(r["money_id"]), **_found(r),
            )
            for r in self.rows("awards")
        )  # fmt: skip

    def parties(self, table: str) -> dict[int, list[Party]]:
        parties: dict[int, list[Party]] = {}
        for r in self.rows(table, "award", "award, position"):
            party = Party(r["start"], r["end"], r["text"], r["kind"], self.units.get(r["mention"]), r["number"])
            parties.setdefault(r["award"], []).append(party)
        return parties

    def passages(self) -> tuple[Passage, ...]:
        tags: dict[int, list[TopicTag]] = {}
        for r in self.rows("passage_topics", "passage", "passage, probability DESC, name"):
            tags.setdefault(r["passage"], []).append(TopicTag(r["name"], r["probability"], r["share"]))
        return tuple(Passage(r["start"], r["end"], tuple(tags.get(r["id"], ()))) for r in self.rows("passages"))
