"""Corrections by people: sheets, labelled documents, and that they win over the machine and outlive a new run."""

import contextlib
import csv
import io
import json
import sqlite3

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from miner.cli import main
from miner.errors import InputError, StoreError
from miner.export import export
from miner.labelling import labelled, read_labelled
from miner.labelling.document import names
from miner.labelling.labelstudio import interface
from miner.reviews import agreement, draw, import_labels, precision, read_sheet
from miner.reviews.sheet import _field
from miner.run import run
from miner.store import Review, add_reviews, load_facts, open_reading, open_writing

REPORT = (
    "Công an tỉnh Quảng Bình vừa tổ chức 40 buổi tuyên truyền cho 1.200 lượt người tại huyện Bố Trạch. Năm 2019, lực "
    "lượng đã xử phạt 5-7 vụ. Dịp này, UBND tỉnh Quảng Bình tặng Bằng khen cho 3 tập thể và ông Trần Văn Thử. "
    "Mô hình “Tiếng kẻng an ninh” giữ yên xóm làng."
)


def make(folder, text=REPORT):
    path = folder / "in.jsonl"
    rows = [
        {"id": "a#1", "title": "Tin", "text": text, "published": "2019-12-20"},
        {"id": "b", "text": "Huyện Lệ Thủy có 12 hộ nghèo và 4 trường học."},
    ]
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    run(path, folder / "facts.db")
    return folder / "facts.db"


@pytest.fixture
def database(tmp_path):
    return make(tmp_path)


def rows(database, sql, *values):
    connection = sqlite3.connect(database)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


def sheet(database, folder, layer="figures", seed=0, name="sheet.csv"):
    done = CliRunner().invoke(main, ["sample", str(database), "-n", "50", "--layer", layer, "-o", str(folder / name),
                                     "--seed", str(seed)])  # fmt: skip
    assert done.exit_code == 0, done.output
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def fill(folder, lines, judged, name="filled.csv", delimiter=",", encoding="utf-8-sig"):
    """Write a sheet in which the facts whose context holds a word in brackets are judged."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(lines[0]), delimiter=delimiter)
    writer.writeheader()
    for line in lines:
        more = next((cells for words, cells in judged.items() if f"[{words}]" in line["context"]), {})
        writer.writerow(line | more)
    (folder / name).write_bytes(out.getvalue().encode(encoding))
    return folder / name


def test_a_sheet_shows_a_fact_with_its_context(database, tmp_path):
    lines = sheet(database, tmp_path)
    one = next(line for line in lines if line["value"] == "1200")
    assert "cho [1.200] lượt người tại" in one["context"]
    assert one["object"] == "lượt người"
    assert one["actor"] == "Công an tỉnh Quảng Bình"
    assert one["fact"].startswith("a#1#figure:")
    assert one["verdict"] == one["fix_value"] == ""


def test_a_sample_is_the_same_for_a_seed_and_another_for_another(database, tmp_path):
    one, two, other = (sheet(database, tmp_path, seed=s, name=f"{n}.csv") for n, s in enumerate((0, 0, 1)))
    assert one == two
    assert [line["fact"] for line in one] != [line["fact"] for line in other]
    assert {line["fact"] for line in one} == {line["fact"] for line in other}


@pytest.mark.parametrize("layer", ["units", "figures", "awards", "models", "topics"])
def test_every_layer_has_a_sheet(database, tmp_path, layer):
    lines = sheet(database, tmp_path, layer)
    assert lines
    path = tmp_path / "all.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]))
        writer.writeheader()
        writer.writerows(line | {"verdict": "đúng"} for line in lines)
    counts = import_labels(path, database, "Lan")
    assert counts["right"] == len(lines)
    # Nobody needs to look at them twice.
    with pytest.raises(InputError, match="nobody has reviewed"):
        list(draw(open_reading(database), layer.removesuffix("s"), 5))


def test_corrections_win_and_outlive_a_new_run(database, tmp_path):
    lines = sheet(database, tmp_path)
    path = fill(tmp_path, lines, {
        "40": {"verdict": "sửa", "fix_value": "41", "fix_object": "buổi họp"},
        "1.200": {"verdict": "SAI", "note": "đếm hai lần"},
        "12": {"verdict": "right"},
        "4": {"verdict": "?"},
    })  # fmt: skip
    counts = import_labels(path, database, "Lan")
    assert {k: v for k, v in counts.items() if v} == {"right": 1, "wrong": 1, "fix": 1}

    def shown():
        return rows(database, "SELECT value, object, rule FROM figure_facts WHERE value IN (40, 41, 1200) ORDER BY 1")

    assert shown() == [(41, "buổi họp", "review")]
    export(database, tmp_path / "csv", tables=["figures"])
    assert "buổi họp" in (tmp_path / "csv" / "figures.csv").read_text(encoding="utf-8-sig")
    (by, verdict, note, machine), *_ = rows(
        database, "SELECT reviewer, verdict, note, machine FROM reviews WHERE note <> ''"
    )
    assert (by, verdict, note) == ("Lan", "wrong", "đếm hai lần")
    assert json.loads(machine)["value"] == 1200

    # The same text again, as another miner would extract it; then a changed one, in which all stands elsewhere.
    connection = sqlite3.connect(database)
    connection.execute("UPDATE runs SET fingerprint = 'older'")
    connection.commit()
    connection.close()
    run(tmp_path / "in.jsonl", database)
    assert shown() == [(41, "buổi họp", "review")]
    make(tmp_path, "Tin cập nhật. " + REPORT)
    assert rows(database, "SELECT max(version) FROM articles") == [(2,)]
    assert shown() == [(41, "buổi họp", "review")]
    # And again by a sheet of the older version.
    assert import_labels(path, database, "Lan")["known"] == 0 or shown() == [(41, "buổi họp", "review")]


def test_what_is_said_twice_is_stored_once(database, tmp_path):
    path = fill(tmp_path, sheet(database, tmp_path), {"40": {"verdict": "fix", "fix_value": "41"}})
    import_labels(path, database, "Lan")
    assert import_labels(path, database, "Lan")["known"] == 1
    assert rows(database, "SELECT count(*) FROM reviews") == [(1,)]
    # The later word holds, from whomever it is.
    again = fill(tmp_path, [line | {"verdict": "right", "fix_value": ""} for line in read_back(path)], {})
    import_labels(again, database, "Minh")
    assert rows(database, "SELECT value, rule <> 'review' FROM figures WHERE text = '40'") == [(40, 1)]


def read_back(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_awards_and_units_are_corrected(database, tmp_path):
    awards = fill(tmp_path, sheet(database, tmp_path, "awards"), {
        "Bằng khen": {"verdict": "fix", "fix_recipients": "ông Trần Văn Thử; 3 tập thể", "fix_giver": "-",
                      "fix_count": "4"},
    })  # fmt: skip
    import_labels(awards, database, "Lan")
    assert rows(database, "SELECT givers, recipients, count FROM award_facts") == [
        (None, "ông Trần Văn Thử; 3 tập thể", 4)
    ]
    units = fill(tmp_path, sheet(database, tmp_path, "units", name="units.csv"), {
        "huyện Bố Trạch": {"verdict": "fix", "fix_kind": "government"}, "Công an tỉnh Quảng Bình": {"verdict": "wrong"},
    })  # fmt: skip
    import_labels(units, database, "Lan")
    joined = "SELECT u.kind FROM unit_mentions m JOIN units u ON u.id = m.unit WHERE m.text LIKE '%Bố Trạch'"
    assert rows(database, joined) == [("government",)]
    # Nothing points to what was struck out.
    assert rows(database, "SELECT count(*) FROM figures WHERE actor_id NOT IN (SELECT id FROM unit_mentions)") == [(0,)]
    assert rows(database, "PRAGMA foreign_key_check") == []


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8-sig", ";"), ("utf-16", "\t"), ("utf-8", ",")],
    ids=["semicolon", "utf16", "comma"],
)
def test_sheets_as_spreadsheets_save_them(database, tmp_path, encoding, delimiter):
    path = fill(
        tmp_path, sheet(database, tmp_path), {"40": {"verdict": "wrong"}}, delimiter=delimiter, encoding=encoding
    )
    assert import_labels(path, database, "Lan")["wrong"] == 1


def test_what_a_spreadsheet_does_to_cells_does_no_harm(database, tmp_path):
    lines = sheet(database, tmp_path)
    # `5-7` became a date, 1200 a number in another notation; the columns that are read back are safe.
    broken = [line | {"value": "07-May", "context": line["context"]} for line in lines]
    path = fill(tmp_path, broken, {"5-7": {"verdict": "fix", "fix_value_max": "8"}})
    import_labels(path, database, "Lan")
    assert rows(database, "SELECT value, value_max FROM figures WHERE text = '5-7'") == [(5, 8)]


BAD = [
    ({"verdict": "maybe"}, "none of right, wrong, fix, unsure"),
    ({"verdict": "fix"}, "no column fix_"),
    ({"verdict": "right", "fix_value": "4"}, "choose one"),
    ({"fix_value": "1.931"}, "can be read in two ways; write 1931"),
    ({"fix_value": "nhiều"}, "number in digits"),
    ({"fix_kind": "colour"}, "kind must be one of"),
    ({"verdict": "right", "fact": "a#1#figure:x"}, "must stay as they were"),
    ({"verdict": "right", "fact": "a#1#figure:0-2"}, "no such fact"),
    ({"verdict": "right", "fact": "zz#figure:0-2"}, "no article 'zz'"),
    ({"verdict": "right", "version": "7"}, "version 7"),
]


@pytest.mark.parametrize(("cells", "message"), BAD, ids=[m for _, m in BAD])
def test_faulty_lines_are_named_and_nothing_is_changed(database, tmp_path, cells, message):
    lines = sheet(database, tmp_path)
    path = fill(tmp_path, lines, {"40": cells, "1.200": {"verdict": "wrong"}})
    with pytest.raises(InputError, match=message):
        import_labels(path, database, "Lan")
    assert rows(database, "SELECT count(*) FROM reviews") == [(0,)]
    assert rows(database, "SELECT count(*) FROM figures WHERE text = '1.200'") == [(1,)]


def test_faulty_files_are_refused(database, tmp_path):
    lines = sheet(database, tmp_path)
    twice = fill(tmp_path, [lines[0], lines[0]], {})
    with pytest.raises(InputError, match=r"stands in .* already"):
        read_sheet(twice)
    for name, content, message in [
        ("other.csv", b"a,b\n1,2\n", "no column 'verdict'"),
        ("book.csv", b"PK\x03\x04xx", "workbook"),
        ("old.csv", "đúng".encode("cp1258", "replace") + b"\xff", "UTF-8"),
        ("x.json", b"{", "not JSON"),
        ("y.json", b'[{"text": "x"}]', "JSON-MIN"),
        ("z.jsonl", b'{"id": "a#1", "units": [{"start": 0}]}', "not one that miner"),
        ("w.jsonl", b'{"article_id": "a#1", "text": "abc", "entities": [{"id": 1, "label": "unit/moon", '
                    b'"start_offset": 0, "end_offset": 1}]}', "unit/moon"),
        ("v.jsonl", b'{"id": "a#1", "text": "abc", "units": [{"start": 0, "end": 1, "text": "x", "kind": "other"}]}',
         "does not stand at 0-1"),
        ("u.jsonl", b'{"id": "nobody", "text": "x", "units": []}', "no article 'nobody'"),
        ("empty.jsonl", b"", "no finished document"),
    ]:  # fmt: skip
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=message):
            import_labels(tmp_path / name, database, "Lan")
    with pytest.raises(InputError, match="not there"):
        import_labels(tmp_path / "z.jsonl", tmp_path / "none.db", "Lan")
    with pytest.raises(InputError, match="cannot be read"):
        read_sheet(tmp_path / "none.csv")
    (tmp_path / "text.db").write_text("hello", encoding="utf-8")
    with pytest.raises(StoreError):
        import_labels(tmp_path / "u.jsonl", tmp_path / "text.db", "Lan")


def test_a_filled_sheet_is_not_overwritten(database, tmp_path):
    sheet(database, tmp_path)
    done = CliRunner().invoke(main, ["sample", str(database), "-o", str(tmp_path / "sheet.csv")])
    assert done.exit_code == 1
    assert "--force" in done.output
    done = CliRunner().invoke(main, ["sample", str(database), "--layer", "moons"])
    assert "choose among units" in done.output


@given(st.sampled_from(["value", "count", "giver", "kind", "religious"]), st.text(max_size=12))
def test_no_cell_brings_it_down(name, cell):
    with contextlib.suppress(InputError):
        _field(name, cell, "here")


# ---- precision and agreement


def test_precision_has_wilsons_interval(database, tmp_path):
    lines = sheet(database, tmp_path)
    path = fill(tmp_path, lines, {"40": {"verdict": "right"}, "1.200": {"verdict": "right"}, "12": {"verdict": "wrong"},
                                  "5-7": {"verdict": "fix", "fix_value": "6"}, "4": {"verdict": "unsure"}})  # fmt: skip
    (found,) = precision(read_sheet(path))
    assert (found.right, found.fix, found.wrong, found.unsure) == (2, 1, 1, 1)
    assert found.open == len(lines) - 5
    # Wilson (1927) for 2 of 4, by hand: centre (2 + 1.9207) / (4 + 3.8415) = .5, half width .35.
    assert (found.share, found.low, found.high) == pytest.approx((0.5, 0.15, 0.85), abs=0.001)
    assert found.found == 0.75
    with pytest.raises(InputError, match="nothing has been judged"):
        precision(read_sheet(tmp_path / "sheet.csv"))


def test_two_reviewers(database, tmp_path):
    lines = sheet(database, tmp_path)
    judged = [("40", "right", "right"), ("1.200", "right", "wrong"), ("12", "wrong", "wrong"), ("4", "right", "right")]
    one, two = (
        fill(tmp_path, lines, {j[0]: {"verdict": j[n]} for j in judged}, name=f"{n}.csv") for n in (1, 2)
    )  # fmt: skip
    found = agreement(read_sheet(one), read_sheet(two))
    assert (found.both, found.same, found.share) == (4, 3, 0.75)
    # Observed .75, by chance (3·2 + 1·2) / 16 = .5: kappa .5.
    assert found.kappa == pytest.approx(0.5)
    done = CliRunner().invoke(main, ["agreement", str(one), str(two), "-o", str(tmp_path / "d.csv")])
    assert done.exit_code == 0, done.output
    assert "Cohen's kappa 0.500" in done.output
    assert "right by the first, wrong by the second: 1" in done.output
    assert len(read_back(tmp_path / "d.csv")) == 1
    only = fill(tmp_path, lines, {"40": {"verdict": "right"}}, name="only.csv")
    same = agreement(read_sheet(one), read_sheet(only))
    assert same.kappa is None
    with pytest.raises(InputError, match="share no judged fact"):
        agreement(read_sheet(one), read_sheet(tmp_path / "sheet.csv"))
    assert CliRunner().invoke(main, ["agreement", str(one), "-o", "x"]).exit_code == 2


# ---- labelled documents


@pytest.mark.parametrize(("format", "name"), [("labelstudio", "tasks.json"), ("doccano", "doccano.jsonl"),
                                              ("guide", "facts.jsonl")])  # fmt: skip
def test_what_is_exported_comes_back_as_right(database, tmp_path, format, name):
    export(database, tmp_path / "out", format=format)
    path = tmp_path / "out" / name
    if format == "labelstudio":
        accept(path)
    facts = list(load_facts(open_reading(database)))
    for document, one in zip(read_labelled(path), facts, strict=True):
        assert document.article_id == one.article.id
        assert {(x.layer, x.start, x.end) for x in document.labels} == \
            {(x.layer, x.start, x.end) for x in labelled(one).labels}  # fmt: skip
    before = rows(database, "SELECT * FROM figures") + rows(database, "SELECT * FROM award_facts")
    counts = import_labels(path, database, "Lan")
    assert counts["right"] == sum(counts.values()) > 8
    assert rows(database, "SELECT * FROM figures") + rows(database, "SELECT * FROM award_facts") == before
    assert import_labels(path, database, "Lan")["known"] == counts["right"]


def accept(path, change=lambda result: result):
    """Do what Label Studio does when somebody submits a task."""
    tasks = json.loads(path.read_text(encoding="utf-8"))
    for task in tasks:
        result = change(task["predictions"][0]["result"])
        task["annotations"] = [
            {"result": [], "was_cancelled": True, "updated_at": "2026-02-02"},
            {"result": result, "was_cancelled": False, "updated_at": "2026-01-01"},
        ]
    path.write_text(json.dumps(tasks, ensure_ascii=False), encoding="utf-8")


def test_corrections_in_label_studio(database, tmp_path):
    export(database, tmp_path / "out", format="labelstudio")
    path = tmp_path / "out" / "tasks.json"
    assert 'value="unit/police"' in (tmp_path / "out" / "interface.xml").read_text(encoding="utf-8")
    at = REPORT.index("xóm làng")

    def change(result):
        if not any(r.get("value", {}).get("text") == "Bằng khen" for r in result):
            return result
        kept = [r for r in result if r.get("value", {}).get("text") != "huyện Bố Trạch" and r.get("id") != "topics"]
        gone = {r["id"] for r in result if r not in kept and "id" in r}
        kept = [r for r in kept if r.get("to_id") not in gone and r.get("id") not in gone]
        for r in kept:
            if r.get("from_name") == "value" and r["value"]["number"] == 40:
                r["value"]["number"] = 44
        kept.append(
            {
                "id": "new",
                "from_name": "label",
                "to_name": "text",
                "type": "labels",
                "value": {"start": at, "end": at + 8, "text": REPORT[at : at + 8], "labels": ["unit/locality"]},
            }
        )
        kept.append({"id": "t", "from_name": "topics", "type": "choices", "value": {"choices": ["drugs"]}})
        return kept

    accept(path, change)
    counts = import_labels(path, database, "Lan")
    assert counts["fix"] == 1
    assert counts["add"] == 2
    assert rows(database, "SELECT value FROM figures WHERE text = '40'") == [(44,)]
    assert rows(database, "SELECT count(*) FROM unit_mentions WHERE text = 'huyện Bố Trạch'") == [(0,)]
    assert rows(database, "SELECT kind, rule FROM unit_mentions WHERE text = 'xóm làng'") == [("locality", "review")]
    assert rows(database, "SELECT name FROM topics WHERE article = 1") == [("drugs",)]
    # What another says later, of the corrected facts, does not undo what he left alone.
    export(database, tmp_path / "again", format="labelstudio")
    accept(tmp_path / "again" / "tasks.json")
    import_labels(tmp_path / "again" / "tasks.json", database, "Minh")
    assert rows(database, "SELECT value FROM figures WHERE text = '40'") == [(44,)]
    assert rows(database, "SELECT count(*) FROM unit_mentions WHERE text = 'xóm làng'") == [(1,)]
    # Gold in the guide's format, of the articles that people have corrected.
    export(database, tmp_path / "gold", format="guide", reviewed=True)
    gold = [json.loads(line) for line in (tmp_path / "gold" / "facts.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {f["value"] for f in gold[0]["figures"]} >= {44, 1200}
    assert gold[0]["topics"] == ["drugs"]


def test_a_fact_struck_out_comes_back(database, tmp_path):
    export(database, tmp_path / "out", format="guide")
    path = tmp_path / "out" / "facts.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    figures = lines[0]["figures"]
    lines[0] = {"id": lines[0]["id"], "text": lines[0]["text"], "figures": figures[1:]}
    write = lambda: path.write_text("".join(json.dumps(x, ensure_ascii=False) + "\n" for x in lines), "utf-8")  # noqa: E731
    write()
    units = rows(database, "SELECT count(*) FROM unit_mentions")
    assert import_labels(path, database, "Lan")["wrong"] == 1
    assert rows(database, "SELECT count(*) FROM unit_mentions") == units, "a layer that is not labelled is left alone"
    lines[0]["figures"] = figures
    write()
    import_labels(path, database, "Minh")
    assert rows(database, "SELECT value, actor FROM figure_facts WHERE text = ?", figures[0]["text"])[0] == \
        (figures[0]["value"], "Công an tỉnh Quảng Bình")  # fmt: skip


def test_signs_beyond_the_basic_plane(tmp_path):
    database = make(tmp_path, "🚒🚒 " + REPORT)
    export(database, tmp_path / "out", format="labelstudio")

    def as_browsers_count(result):
        for r in result:
            if "start" in r.get("value", {}):
                r["value"]["start"] += 2
                r["value"]["end"] += 2
        return result

    path = tmp_path / "out" / "tasks.json"
    tasks = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(tasks[:1], ensure_ascii=False), encoding="utf-8")
    accept(path, as_browsers_count)
    counts = import_labels(path, database, "Lan")
    assert counts["right"] == sum(counts.values())


def test_the_interface_knows_every_label():
    from xml.etree import ElementTree

    tree = ElementTree.fromstring(interface(["drugs", "a&b"]))
    assert [label.get("value") for label in tree.iter("Label")] == list(names())


def test_spacy_reads_what_is_exported(database, tmp_path):
    import spacy
    from spacy.tokens import DocBin

    export(database, tmp_path / "out", format="spacy")
    docs = list(DocBin().from_disk(tmp_path / "out" / "facts.spacy").get_docs(spacy.blank("xx").vocab))
    facts = list(load_facts(open_reading(database)))
    for doc, one in zip(docs, facts, strict=True):
        assert doc.text == one.article.text
        assert doc.user_data["id"] == one.article.id
        found = {(span.start_char, span.end_char, span.label_) for span in doc.spans["miner"]}
        assert {(u.start, u.end, f"unit/{u.kind}") for u in one.units} <= found
        assert {(f.start, f.end, f"figure/{f.kind}") for f in one.figures} <= found
    assert any(ent.label_ == "unit/police" for ent in docs[0].ents)


def test_conllu_tells_of_every_layer(database, tmp_path):
    export(database, tmp_path / "out", format="conllu")
    text = (tmp_path / "out" / "facts.conllu").read_text(encoding="utf-8")
    assert "# newdoc id = a#1" in text
    assert "|Unit=B-police" in text
    assert "|Figure=B-count" in text
    assert "|Award=B-certificate_of_merit" in text
    for line in text.splitlines():
        assert not line or line.startswith("#") or len(line.split("\t")) == 10


def test_documents_can_be_sampled(database, tmp_path):
    assert export(database, tmp_path / "one", format="guide", sample=1) == {"facts.jsonl": 1}
    assert export(database, tmp_path / "none", format="labelstudio", reviewed=True)["tasks.json"] == 0
    assert json.loads((tmp_path / "none" / "tasks.json").read_text(encoding="utf-8")) == []
    for arguments in (["--format", "csv", "--sample", "3"], ["--format", "guide", "--table", "units"]):
        assert CliRunner().invoke(main, ["export", str(database), str(tmp_path / "x"), *arguments]).exit_code == 2


# ---- the store


def test_a_confirmed_fact_stays_though_a_new_miner_misses_it(database, tmp_path):
    add = open_writing(database)
    at = REPORT.index("40")
    text = add.execute("SELECT text FROM articles WHERE no = 1").fetchone()[0]
    at = text.index("40")
    add_reviews(add, [Review("a#1", "figure", at, at + 2, "40", "right", "Lan")])
    # As after a run by a miner that does not find it.
    from miner.store.reviews import work_in_again

    add.execute("DELETE FROM figures WHERE text = '40'")
    work_in_again(add, "a#1")
    add.close()
    assert rows(database, "SELECT value, object FROM figures WHERE text = '40'") == [(40, "buổi tuyên truyền")]


def test_words_that_are_gone_are_kept_aside(database, tmp_path):
    path = fill(tmp_path, sheet(database, tmp_path), {"1.200": {"verdict": "wrong"}})
    make(tmp_path, REPORT.replace("1.200", "nhiều"))
    assert import_labels(path, database, "Lan")["lost"] == 1
    assert rows(database, "SELECT applied FROM reviews") == [(0,)]
    make(tmp_path, REPORT + " Hết.")
    assert rows(database, "SELECT applied FROM reviews") == [(1,)]
    assert rows(database, "SELECT count(*) FROM figures WHERE text = '1.200'") == [(0,)]


@pytest.mark.parametrize(
    ("review", "message"),
    [
        (("a#1", "moon", 0, 2, "x", "right"), "layer must be"),
        (("a#1", "unit", 0, 2, "x", "great"), "verdict must be"),
        (("a#1", "unit", 0, 2, "x", "fix", {}), "at least one field"),
        (("a#1", "unit", 0, 2, "x", "fix", {"colour": 1}), "can not be corrected"),
        (("a#1", "figure", 0, 2, "x", "fix", {"value": "many"}), "must be a number"),
        (("zz", "figure", 0, 2, "x", "right"), "not in the database"),
    ],
)
def test_senseless_reviews_are_refused(database, review, message):
    *head, fixes = review if len(review) == 7 else (*review, {})
    connection = open_writing(database)
    with pytest.raises(InputError, match=message):
        add_reviews(connection, [Review(*head, "Lan", fixes)])
    assert connection.execute("SELECT count(*) FROM reviews").fetchone() == (0,)
    connection.close()
