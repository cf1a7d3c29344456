"""The database's schema, declared once: the DDL and docs/data-dictionary.md are both made from it.

A change here needs a step in `migrations` and a higher VERSION. Ids of mentions are `article * 2^24 + start`, so they
stay the same when an article is extracted again, and rows are written in the order of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

VERSION = 2
"""Stored as SQLite's user_version."""
APPLICATION_ID = 0x4D494E52
"""`MINR`, stored as SQLite's application_id, by which a database of miner is known."""
OFFSET_BITS = 24

YES = "INTEGER PRIMARY KEY"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its declaration in SQL, and what it holds."""

    name: str
    type: str
    doc: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what a row is, its columns, constraints over several columns, and its indices (as column lists)."""

    name: str
    doc: str
    columns: tuple[Column, ...]
    constraints: tuple[str, ...] = ()
    indices: tuple[str, ...] = ()
    rowid: bool = True

    @property
    def ddl(self) -> str:
        """The CREATE TABLE statement."""
        lines = [f"{c.name} {c.type}" for c in self.columns] + list(self.constraints)
        options = "STRICT" if self.rowid else "STRICT, WITHOUT ROWID"
        return f"CREATE TABLE {self.name} (\n  " + ",\n  ".join(lines) + f"\n) {options}"

    @property
    def index_ddl(self) -> dict[str, str]:
        """The CREATE INDEX statements, by the names of the indices."""
        named = {f"{self.name}_{'_'.join(columns.split(', ')[:2])}": columns for columns in self.indices}
        return {name: f"CREATE INDEX IF NOT EXISTS {name} ON {self.name} ({cs})" for name, cs in named.items()}


@dataclass(frozen=True, slots=True)
class View:
    """A view: what a row is, and the SELECT that makes it."""

    name: str
    doc: str
    select: str

    @property
    def ddl(self) -> str:
        """The CREATE VIEW statement."""
        return f"CREATE VIEW {self.name} AS\n{self.select.strip()}"


def _mention(noun: str) -> tuple[Column, ...]:
    """Return the columns that every mention starts with."""
    return (
        Column("id", YES, f"Stable id of the {noun}: article × 2^24 + start."),
        Column("article", "INTEGER NOT NULL REFERENCES articles(no)", "The article it stands in."),
        Column("start", "INTEGER NOT NULL", "Offset of its first character in the article's text (code points)."),
        Column("end", "INTEGER NOT NULL", "Offset after its last character."),
        Column("text", "TEXT NOT NULL", "The words themselves: `substr(articles.text, start + 1, end - start)`."),
        Column("sentence", "INTEGER REFERENCES sentences(id)", "The sentence it starts in."),
    )


_FOUND = (
    Column("rule", "TEXT NOT NULL", "Short id of the rule that found it."),
    Column("confidence", "REAL NOT NULL", "How sure that rule is, 0 to 1."),
)


def _span(prefix: str, doc: str) -> tuple[Column, ...]:
    return (
        Column(f"{prefix}_start", "INTEGER", f"{doc}: offset of the first character."),
        Column(f"{prefix}_end", "INTEGER", f"{doc}: offset after the last character."),
        Column(f"{prefix}_text", "TEXT", f"{doc}: the words."),
    )


def _party(name: str, noun: str) -> Table:
    return Table(
        name,
        f"Who {noun} an award, as the text writes it (guide section 3); one row a party.",
        (
            Column("award", "INTEGER NOT NULL REFERENCES awards(id) ON DELETE CASCADE", "The award."),
            Column("position", "INTEGER NOT NULL", "1 for the first party named, and so on."),
            Column("start", "INTEGER NOT NULL", "Offset of its first character in the article's text."),
            Column("end", "INTEGER NOT NULL", "Offset after its last character."),
            Column("text", "TEXT NOT NULL", "The party as written."),
            Column("kind", "TEXT NOT NULL", "unit, person, group or office."),
            Column("mention", "INTEGER REFERENCES unit_mentions(id)", "The unit mention it is or belongs to."),
            Column("number", "INTEGER", "How many, for a group with its number (`6 tập thể`)."),
        ),
        constraints=("PRIMARY KEY (award, position)",),
        indices=("mention",),
        rowid=False,
    )


TABLES: tuple[Table, ...] = (
    Table(
        "runs",
        "One row a run of `miner run` that changed something: which miner, with which tables, did it.",
        (
            Column("id", YES, "Number of the run."),
            Column("started_at", "TEXT NOT NULL", "Start, ISO time in UTC."),
            Column("finished_at", "TEXT", "End; empty while it runs, and for ever where it was killed."),
            Column("status", "TEXT NOT NULL", "running, finished, interrupted or failed."),
            Column("miner_version", "TEXT NOT NULL", "Version of miner."),
            Column("tables_digest", "TEXT NOT NULL", "Digest of the packaged tables (miner/data)."),
            Column("classifier_digest", "TEXT NOT NULL", "Digest of the fitted classifiers (models)."),
            Column("fingerprint", "TEXT NOT NULL", "Digest of the three columns before: equal ones give equal facts."),
            Column("options", "TEXT NOT NULL", "All options of the run, as JSON."),
            Column("inputs", "TEXT NOT NULL", "The inputs as they were given, as JSON."),
            Column("new", "INTEGER NOT NULL DEFAULT 0", "Articles that were not there before."),
            Column("changed", "INTEGER NOT NULL DEFAULT 0", "Articles whose text or data differed from the stored."),
            Column("renewed", "INTEGER NOT NULL DEFAULT 0", "Equal articles extracted again by another miner."),
            Column("unchanged", "INTEGER NOT NULL DEFAULT 0", "Equal articles left alone."),
            Column("skipped", "INTEGER NOT NULL DEFAULT 0", "Inputs that gave no article."),
        ),
    ),
    Table(
        "articles",
        "One row an article, in its newest version.",
        (
            Column("no", YES, "Number of the article in this database; facts refer to it."),
            Column("id", "TEXT NOT NULL UNIQUE", "The article's own id: from its source, its URL or its path."),
            Column("title", "TEXT NOT NULL", "Title; the text's first line where the source names none."),
            Column("published", "TEXT", "Day it was published, ISO; empty where it is not known."),
            Column("year", "INTEGER", "Year of `published`."),
            Column("url", "TEXT NOT NULL", "Address, or empty."),
            Column("source", "TEXT NOT NULL", "Paper or portal, or empty."),
            Column("province_code", "TEXT", "GSO code of the source's home province, where the source says so."),
            Column("home_province_code", "TEXT", "GSO code of the province the article is at home in."),
            Column("home_evidence", "TEXT", "What says so: source, dateline or text."),
            Column("origin", "TEXT NOT NULL", "File, or file and line, it was read from."),
            Column("notes", "TEXT NOT NULL", "What was mended while reading, as JSON list."),
            Column("version", "INTEGER NOT NULL", "1, and one more for each change; older texts: article_versions."),
            Column("digest", "TEXT NOT NULL", "Digest of text and data, by which a change is seen."),
            Column("run", "INTEGER NOT NULL REFERENCES runs(id)", "The run that extracted its facts."),
            Column("repairs", "TEXT NOT NULL DEFAULT '[]'", "Names of what was mended in the text, as JSON list: "
                   "charset, declared_charset, replaced, mojibake, tcvn3, vni, invisible, nfc."),
            Column("page", "TEXT", "What the web page said beside the text, as JSON object; empty where the article "
                   "was no page. The view `page_facts` spells it out."),
            Column("duplicate_group", "INTEGER", "`no` of the first article that tells the same in nearly the same "
                   "words (reprints, one text under two addresses); empty where it stands alone. Ready-made questions "
                   "count a group once: `coalesce(duplicate_group, no) = no`."),
            # Last, so that the other columns are read without it.
            Column("text", "TEXT NOT NULL", "The text (NFC) that every offset points into."),
        ),
        indices=("published", "year", "home_province_code", "source", "run", "duplicate_group"),
    ),
    Table(
        "duplicate_bands",
        "Bands of each article's MinHash signature, by which near-duplicates are found (miner/duplicates.py).",
        (
            Column("band", "INTEGER NOT NULL", "Number of the band and its hash; articles that share it are compared."),
            Column("article", "INTEGER NOT NULL REFERENCES articles(no)", "The article."),
        ),
        constraints=("PRIMARY KEY (band, article)",),
        indices=("article",),
        rowid=False,
    ),
    Table(
        "article_versions",
        "Older versions of articles that changed, without facts.",
        (
            Column("article", "INTEGER NOT NULL REFERENCES articles(no)", "The article."),
            Column("version", "INTEGER NOT NULL", "Number of the version."),
            Column("title", "TEXT NOT NULL", "Title then."),
            Column("text", "TEXT NOT NULL", "Text then."),
            Column("published", "TEXT", "Day of publication then."),
            Column("url", "TEXT NOT NULL", "Address then."),
            Column("source", "TEXT NOT NULL", "Source then."),
            Column("province_code", "TEXT", "The source's province then."),
            Column("origin", "TEXT NOT NULL", "Where it was read from."),
            Column("digest", "TEXT NOT NULL", "Digest of that version."),
            Column("run", "INTEGER NOT NULL REFERENCES runs(id)", "The run that had extracted it."),
            Column("replaced_by", "INTEGER NOT NULL REFERENCES runs(id)", "The run that replaced it."),
        ),
        constraints=("PRIMARY KEY (article, version)",),
        rowid=False,
    ),
    Table(
        "skipped",
        "Inputs that gave no article, and why. A row goes when its input is read after all.",
        (
            Column("id", YES, "Number of the row."),
            Column("origin", "TEXT NOT NULL", "File, or file and line."),
            Column("stage", "TEXT NOT NULL", "Where it failed: read, extract or store."),
            Column("reason", "TEXT NOT NULL", "What was wrong."),
            Column("run", "INTEGER NOT NULL REFERENCES runs(id)", "The run that met it first."),
        ),
        constraints=("UNIQUE (origin, stage, reason)",),
    ),
    Table(
        "reviews",
        "What people said of facts. Corrections are worked into the fact tables, where they win over the machine's "
        "facts in every view and export, and are worked in again whenever the article is extracted anew.",
        (
            Column("id", YES, "Number of the review; of two on one fact the later holds."),
            Column("article_id", "TEXT NOT NULL", "The article's own id."),
            Column("layer", "TEXT NOT NULL", "unit, figure, award or model, as in the `fact` column of the views."),
            Column("start", "INTEGER NOT NULL", "Offset of the fact's first character when it was reviewed."),
            Column("end", "INTEGER NOT NULL", "Offset after its last character."),
            Column("text", "TEXT NOT NULL", "Its words, by which it is found again in a changed text."),
            Column("verdict", "TEXT NOT NULL", "right, wrong, fix (with `fixes`) or add (a fact that was missed)."),
            Column("fixes", "TEXT NOT NULL", "The corrected fields, as JSON object; `{}` where there are none."),
            Column("reviewer", "TEXT NOT NULL", "Who said so."),
            Column("at", "TEXT NOT NULL", "When, ISO time in UTC."),
            Column("note", "TEXT NOT NULL", "Why, in the reviewer's words."),
            Column("machine", "TEXT NOT NULL", "The machine's own fact, as JSON object; `{}` where it had none."),
            Column("applied", "INTEGER NOT NULL", "1 worked in; 0 where the words are no longer in the text."),
        ),
        indices=("article_id, layer, start",),
    ),
    Table(
        "sentences",
        "The sentences of each article; `substr(articles.text, start + 1, end - start)` gives the words.",
        (
            Column("id", YES, "article × 2^24 + start."),
            Column("article", "INTEGER NOT NULL REFERENCES articles(no)", "The article."),
            Column("start", "INTEGER NOT NULL", "Offset of its first character."),
            Column("end", "INTEGER NOT NULL", "Offset after its last character."),
        ),
    ),
    Table(
        "units",
        "One row an organisation or locality: the mentions that share a key are taken to be one (guide section 1).",
        (
            Column("id", YES, "Number of the unit in this database."),
            Column("key", "TEXT NOT NULL UNIQUE", "What mentions are joined by; stable over databases. Ends in `?` "
                   "where the place is open: then it must not be counted as one unit."),
            Column("name", "TEXT NOT NULL", "Canonical name."),
            Column("name_key", "TEXT NOT NULL", "The name in small letters without diacritics, to look it up by."),
            Column("kind", "TEXT NOT NULL", "locality, police, party, government, … (guide section 1)."),
            Column("level", "TEXT", "central, province, district, commune or hamlet."),
            Column("place_code", "TEXT", "GSO code of the locality, or of the organisation's place."),
            Column("province_code", "TEXT", "GSO code of its province."),
        ),
        indices=("name_key", "kind, province_code", "province_code", "place_code"),
    ),
    Table(
        "unit_mentions",
        "Every mention of a unit, and which place it was settled to be (guide section 1).",
        (
            *_mention("mention"),
            Column("unit", "INTEGER NOT NULL REFERENCES units(id)", "The unit it is a mention of."),
            Column("kind", "TEXT NOT NULL", "Kind, as in units."),
            Column("name", "TEXT", "Canonical name of this mention."),
            Column("level", "TEXT", "central, province, district, commune or hamlet."),
            Column("place_code", "TEXT", "GSO code, valid at the article's date."),
            Column("province_code", "TEXT", "GSO code of the province, valid at the article's date."),
            Column("successors", "TEXT NOT NULL", "Codes since 2025-07-01 that the place went into, as JSON list."),
            Column("resolution", "TEXT", "unique, by_context, ambiguous or not_found; empty where no place is due."),
            Column("evidence", "TEXT", "What settled it."),
            Column("candidates", "TEXT NOT NULL", "Codes it may be, where it is not settled, as JSON list."),
            *_FOUND,
        ),
        indices=("unit, article", "article", "kind", "resolution", "province_code", "text"),
    ),
    Table(
        "dates",
        "Time expressions, read as days.",
        (
            *_mention("expression"),
            Column("first", "TEXT", "First day, ISO; empty where it cannot be told."),
            Column("last", "TEXT", "Last day, included."),
            Column("precision", "TEXT NOT NULL", "day, month, quarter, year or range."),
            *_FOUND,
        ),
        indices=("article",),
    ),
    Table(
        "community_models",
        "Named community models, clubs and self-governing groups (guide section 4).",
        (
            *_mention("model"),
            Column("religious", "INTEGER NOT NULL", "1 where it concerns a religious community."),
            Column("place_id", "INTEGER REFERENCES unit_mentions(id)", "The locality it is in."),
            Column("count", "INTEGER", "How many of it there are, where the text says so."),
            Column("name_key", "TEXT NOT NULL", "The name without diacritics, to look it up by."),
            *_FOUND,
        ),
        indices=("article", "name_key"),
    ),
    Table(
        "figures",
        "Numbers that count or measure something (guide section 2), and what they speak of.",
        (
            *_mention("figure"),
            Column("value", "REAL NOT NULL", "The number, scale folded in; the lower end of a range."),
            Column("value_max", "REAL", "Upper end of a range."),
            Column("comparator", "TEXT NOT NULL", "eq, gt, lt, approx or vague."),
            Column("measure", "TEXT NOT NULL", "Classifier or unit of measure right after the number."),
            Column("object", "TEXT NOT NULL", "What is counted, from the measure to the end of its noun phrase."),
            Column("object_key", "TEXT NOT NULL", "The object without diacritics, to look it up by."),
            Column("kind", "TEXT NOT NULL", "count, money, percent, quantity, duration or age."),
            Column("part", "REAL", "Numerator of `35/40 xã`."),
            Column("whole", "REAL", "Denominator of `35/40 xã`."),
            Column("sure", "INTEGER NOT NULL", "0 where the digits allow two readings and nothing decides."),
            *_span("action", "The verb"),
            Column("actor_id", "INTEGER REFERENCES unit_mentions(id)", "Who did it."),
            Column("period_id", "INTEGER REFERENCES dates(id)", "When."),
            Column("place_id", "INTEGER REFERENCES unit_mentions(id)", "Where."),
            Column("change_direction", "TEXT", "up or down, where it is the amount of a rise or fall."),
            *_span("change", "The words of the change"),
            *_span("change_base", "What the change is measured against"),
            Column("change_base_id", "INTEGER REFERENCES dates(id)", "The same, where it is a time expression."),
            *_span("target", "The word that makes it a plan and no result (`phấn đấu`)"),
            Column("year", "INTEGER", "Year the period starts in, else the year the article was published."),
            Column("province_code", "TEXT", "Province of the place, else of the actor, else the article's home."),
            *_FOUND,
        ),
        # The longest answers for sums by object without the table.
        indices=(
            "article", "year, province_code", "province_code", "kind",
            "object_key, measure, kind, object, article, value, value_max, comparator, change_direction, target_start",
        ),
    ),
    Table(
        "awards",
        "Award mentions (guide section 3).",
        (
            *_mention("award"),
            Column("type", "TEXT NOT NULL", "emulation_flag, certificate_of_merit, commendation, letter, order, …"),
            Column("count", "INTEGER", "How many were given, where a number says so."),
            Column("level", "TEXT", "state, government, ministry, province, district, commune or organisation."),
            Column("status", "TEXT NOT NULL", "given, proposed, held or revoked."),
            *_span("reason", "What it is for"),
            Column("date_id", "INTEGER REFERENCES dates(id)", "When it was given."),
            Column("period_id", "INTEGER REFERENCES dates(id)", "The period it rewards."),
            Column("money_id", "INTEGER REFERENCES figures(id)", "The money that goes with it."),
            Column("year", "INTEGER", "Year of its date, else the year the article was published."),
            Column("province_code", "TEXT", "Province of its first giver or recipient that has one, else the home."),
            *_FOUND,
        ),
        indices=("article", "type, year", "year", "province_code", "level", "status"),
    ),
    _party("award_givers", "gave"),
    _party("award_recipients", "got"),
    Table(
        "topics",
        "Topics of each article (guide section 5).",
        (
            Column("name", "TEXT NOT NULL", "Topic."),
            Column("article", "INTEGER NOT NULL REFERENCES articles(no)", "The article."),
            Column("probability", "REAL NOT NULL", "What the classifier gives it, 0 to 1."),
            Column("share", "REAL NOT NULL", "Share of the article's passages that carry it, 0 to 1."),
        ),
        constraints=("PRIMARY KEY (name, article)",),
        indices=("article",),
        rowid=False,
    ),
    Table(
        "passages",
        "The stretches that topics were looked for in: the sentences, under the same ids.",
        (
            Column("id", YES, "article × 2^24 + start."),
            Column("article", "INTEGER NOT NULL REFERENCES articles(no)", "The article."),
            Column("start", "INTEGER NOT NULL", "Offset of its first character."),
            Column("end", "INTEGER NOT NULL", "Offset after its last character."),
        ),
    ),
    Table(
        "passage_topics",
        "Topics of single passages.",
        (
            Column("passage", "INTEGER NOT NULL REFERENCES passages(id)", "The passage."),
            Column("name", "TEXT NOT NULL", "Topic."),
            Column("probability", "REAL NOT NULL", "What the classifier gives it, 0 to 1."),
            Column("share", "REAL NOT NULL", "1 for a passage."),
        ),
        constraints=("PRIMARY KEY (passage, name)",),
        indices=("name",),
        rowid=False,
    ),
)  # fmt: skip
TABLE = {table.name: table for table in TABLES}

SEARCH = """CREATE VIRTUAL TABLE article_search USING fts5(
  title, text, content = '', tokenize = "unicode61 remove_diacritics 0"
)"""
SEARCH_DOC = (
    "Full-text index (FTS5, contentless; rowid = articles.no) over titles and texts folded to small ASCII letters: "
    "match it with folded words, `article_search MATCH '\"toi pham\"'`. `miner search` does that for you."
)

_ARTICLE = "a.id AS article_id, a.title, a.published, a.source, a.url"
_SENTENCE = "substr(a.text, s.start + 1, s.end - s.start) AS sentence"
_TOPICS = """coalesce((SELECT group_concat(name, '; ') FROM passage_topics WHERE passage = f.sentence),
    (SELECT group_concat(name, '; ') FROM topics WHERE article = f.article)) AS topics"""
_CONTEXT = """replace(substr(a.text, max(1, f.start - 34), min(f.start, 35)) || '[' || f.text || ']'
    || substr(a.text, f.end + 1, 35), char(10), ' ') AS context"""
# All are there, but only a join that need not be made costs nothing where none of its columns is asked for.
_FROM = "LEFT JOIN articles a ON a.no = f.article LEFT JOIN sentences s ON s.id = f.sentence"


def _fact(layer: str) -> str:
    return f"a.id || '#{layer}:' || f.start || '-' || f.end AS fact"


VIEWS: tuple[View, ...] = (
    View(
        "figure_facts",
        "Figures with their article, sentence, actor, place and period spelt out. `fact` names a figure in any "
        "database: article id, layer and span. `topics` are the passage's own, else the article's. `plan` is 1 for "
        "what is aimed at and not yet a result.",
        f"""
SELECT f.id, {_fact("figure")}, f.text, f.value, f.value_max, f.comparator, f.measure, f.object, f.kind,
  f.part, f.whole, f.sure, f.action_text AS action, actor.name AS actor, place.name AS place, p.text AS period,
  p.first AS period_first, p.last AS period_last, f.change_direction, f.change_base_text AS change_base,
  f.target_text AS target, f.target_start IS NOT NULL AS plan, f.year, f.province_code, f.rule, f.confidence,
  f.article, f.start, f.end, {_ARTICLE}, {_TOPICS}, {_CONTEXT}, {_SENTENCE}
FROM figures f {_FROM}
LEFT JOIN unit_mentions actor ON actor.id = f.actor_id LEFT JOIN unit_mentions place ON place.id = f.place_id
LEFT JOIN dates p ON p.id = f.period_id""",
    ),
    View(
        "award_facts",
        "Awards with their article, sentence, and givers and recipients joined by `; `.",
        f"""
SELECT f.id, {_fact("award")}, f.text, f.type,
  (SELECT group_concat(text, '; ') FROM (SELECT text FROM award_givers WHERE award = f.id ORDER BY position)) AS givers,
  (SELECT group_concat(text, '; ') FROM (SELECT text FROM award_recipients WHERE award = f.id ORDER BY position))
    AS recipients,
  f.count, f.level, f.status, f.reason_text AS reason, d.first AS date, p.text AS period, m.value AS money,
  f.year, f.province_code, f.rule, f.confidence, f.article, f.start, f.end, {_ARTICLE}, {_TOPICS}, {_SENTENCE}
FROM awards f {_FROM}
LEFT JOIN dates d ON d.id = f.date_id LEFT JOIN dates p ON p.id = f.period_id LEFT JOIN figures m ON m.id = f.money_id
""",
    ),
    View(
        "page_facts",
        "What the web pages of articles said beside the text. Times have their zone (+07:00); `evidence` are the words "
        "that the time was read from, or why there is none. `taken_from` is the page's `Nguồn:`. `tags`, `captions` "
        "and `removed` (pairs of rule and line) are JSON lists.",
        """
SELECT a.no, a.id AS article_id, a.title, json_extract(a.page, '$.published') AS published_at,
  json_extract(a.page, '$.published_evidence') AS evidence, json_extract(a.page, '$.updated') AS updated_at,
  json_extract(a.page, '$.lead') AS lead, json_extract(a.page, '$.author') AS author,
  json_extract(a.page, '$.origin') AS taken_from, json_extract(a.page, '$.section') AS section,
  json_extract(a.page, '$.tags') AS tags, json_extract(a.page, '$.captions') AS captions,
  json_extract(a.page, '$.removed') AS removed, json_extract(a.page, '$.method') AS method, a.repairs, a.url, a.source
FROM articles a WHERE a.page IS NOT NULL""",
    ),
    View(
        "unit_facts",
        "Mentions of units with their article and sentence.",
        f"""
SELECT f.id, {_fact("unit")}, f.text, f.kind, f.name, f.level, f.place_code, f.province_code, f.resolution, f.evidence,
  f.unit, f.rule, f.confidence, f.article, f.start, f.end, {_ARTICLE}, {_SENTENCE}
FROM unit_mentions f {_FROM}""",
    ),
    View(
        "model_facts",
        "Community models with their article, place and sentence.",
        f"""
SELECT f.id, {_fact("model")}, f.text AS name, f.religious, place.name AS place,
  coalesce(place.province_code, a.home_province_code) AS province_code, f.count, a.year, f.rule, f.confidence,
  f.article, f.start, f.end, {_ARTICLE}, {_TOPICS}, {_SENTENCE}
FROM community_models f {_FROM} LEFT JOIN unit_mentions place ON place.id = f.place_id""",
    ),
)


def statements() -> Iterator[str]:
    """Yield every statement that makes an empty database of this version."""
    for table in TABLES:
        yield table.ddl
        yield from table.index_ddl.values()
    yield SEARCH
    for view in VIEWS:
        yield view.ddl


def mention_id(article: int, start: int) -> int:
    """Return the id of the mention at `start` in the article with this number."""
    return article << OFFSET_BITS | start
