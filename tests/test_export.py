"""A database as files: nothing lost, nothing run by a spreadsheet."""

import csv
import json

import pytest
from pyarrow import parquet

from miner.annotation import to_annotation
from miner.errors import OutputError
from miner.export import TABLES, export
from miner.output import csv_cell, terminal_cell


def test_csv_opens_in_excel_and_runs_nothing(database, tmp_path):
    written = export(database, tmp_path / "out")
    assert set(written) == {f"{name}.csv" for name in TABLES}
    raw = (tmp_path / "out" / "articles.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines(keepends=True)))
    assert rows[0]["title"] == "Đội phòng cháy giữ bình yên xóm đạo"
    assert rows[1]["title"] == "'=SUM(A1) mở đầu"
    assert len(rows) == written["articles.csv"] == 2


def test_every_format_holds_the_same_rows(database, tmp_path):
    numbers = [list(export(database, tmp_path / form, format=form).values()) for form in ("csv", "jsonl", "parquet")]
    assert numbers[0] == numbers[1] == numbers[2]
    rows = [json.loads(line) for line in (tmp_path / "jsonl" / "figures.jsonl").read_text("utf-8").splitlines()]
    assert rows == parquet.read_table(tmp_path / "parquet" / "figures.parquet").to_pylist()
    assert rows[0]["actor"] == "Công an huyện Bố Trạch"


def test_the_guides_format_comes_out_of_the_database(database, tmp_path, facts):
    assert export(database, tmp_path / "out", format="guide") == {"facts.jsonl": 2}
    line = (tmp_path / "out" / "facts.jsonl").read_text("utf-8").splitlines()[0]
    assert json.loads(line) == json.loads(json.dumps(to_annotation(facts)))


def test_files_that_are_there_are_spared(database, tmp_path):
    out = tmp_path / "out"
    export(database, out, tables=["figures"])
    assert [p.name for p in out.iterdir()] == ["figures.csv"]
    (out / "figures.csv").write_text("my corrections")
    with pytest.raises(OutputError, match="is there already"):
        export(database, out)
    assert (out / "figures.csv").read_text() == "my corrections"
    assert len(list(out.iterdir())) == 1
    export(database, out, force=True)
    with pytest.raises(OutputError, match="cannot be made"):
        export(database, out / "figures.csv" / "x")
    with pytest.raises(ValueError, match="no table 'nonsense'"):
        export(database, out, tables=["nonsense"])
    with pytest.raises(ValueError, match="format must be one of"):
        export(database, out, format="xls")


@pytest.mark.parametrize("value", ["=1+1", "+84", "-x", "@cmd", "\t=1", " =1", "\r1", "\n=1"])
def test_formulas_are_made_text(value):
    assert csv_cell(value) == "'" + value


@pytest.mark.parametrize("value", [-5, 3.5, None, "Xã Đại Trạch", "a=1", ""])
def test_other_cells_stay(value):
    assert csv_cell(value) == value


def test_whole_numbers_have_no_decimal_point():
    values = (1931.0, 2.5, float("inf"), -4.0)
    assert [str(csv_cell(value)) for value in values] == ["1931", "2.5", "inf", "-4"]


def test_terminal_escapes_are_made_visible():
    assert terminal_cell("\x1b[31mđỏ\x07\u202e\x9b\x7f") == "␛[31mđỏ␇\ufffd\ufffd␡"
    assert (terminal_cell(3.0), terminal_cell(2.5), terminal_cell(None)) == ("3", "2.5", "")
