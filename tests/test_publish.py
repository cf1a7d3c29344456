"""A published dataset: whole, described, checked, and without the words of others."""

import json
import subprocess
import sys

import pytest

import miner
from miner.errors import OutputError, StoreError
from miner.publish import publish
from miner.run import run

TEXT = (
    "Công an tỉnh Quảng Bình vừa tổ chức 40 buổi tuyên truyền cho 1.200 lượt người. Ngày 20/12/2019, UBND tỉnh tặng "
    "Bằng khen cho 3 tập thể. Mô hình “Tiếng kẻng an ninh” giữ yên xóm làng."
)


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    folder = tmp_path_factory.mktemp("publish")
    rows = [
        {"id": "a", "title": "Tin an ninh", "text": TEXT, "published": "2019-12-20", "source": "tin",
         "url": "https://tin.example.org/a"},
        {"id": "b", "text": "=HYPERLINK(1) Tin có 5 vụ cháy ở Huế.", "source": "=x"},
        {"id": "c", "text": "Tin vắn một dòng " * 20},
    ]  # fmt: skip
    path = folder / "in.jsonl"
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    run(path, folder / "facts.db")
    return folder / "facts.db"


def test_what_is_written(database, tmp_path):
    counts = publish(database, tmp_path / "out", title="Thử")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"datapackage.json", "CODEBOOK.md", "README.md", "SHA256SUMS", "figures.csv", "figures.parquet"} <= names
    assert counts["articles"] == 3
    assert counts["figures"] >= 4
    readme = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "Thử [dataset]" in readme
    assert "fire_safety" in (tmp_path / "out" / "CODEBOOK.md").read_text(encoding="utf-8")


def test_no_words_of_articles_unless_asked_for(database, tmp_path):
    publish(database, tmp_path / "out")
    sentence = "vừa tổ chức 40 buổi"
    for path in (tmp_path / "out").iterdir():
        assert sentence.encode() not in path.read_bytes(), path.name
    assert "https://tin.example.org/a" in (tmp_path / "out" / "articles.csv").read_text(encoding="utf-8-sig")
    assert "Tin vắn một dòng " * 9 not in (tmp_path / "out" / "articles.csv").read_text(encoding="utf-8-sig")
    publish(database, tmp_path / "with", with_text=True)
    assert sentence in (tmp_path / "with" / "articles.csv").read_text(encoding="utf-8-sig")


@pytest.mark.slow
def test_the_data_package_is_valid(database, tmp_path):
    pytest.importorskip("frictionless", reason="frictionless is not installed")
    publish(database, tmp_path / "out")
    # In a process of its own: its imports warn.
    code = (
        "import sys; from frictionless import Package; report = Package(sys.argv[1]).validate(); "
        "print(report.flatten(['title', 'message'])); sys.exit(not report.valid)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, "datapackage.json"], cwd=tmp_path / "out", capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]


def test_every_published_column_is_described(database, tmp_path):
    publish(database, tmp_path / "out")
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))
    bare = [
        (resource["path"], field["name"])
        for resource in package["resources"]
        for field in resource["schema"]["fields"]
        if not field["description"]
    ]
    assert bare == []


def test_checksums_tell_what_changed(database, tmp_path):
    def wrong():
        done = subprocess.run(
            ["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path / "out", capture_output=True,
            encoding="utf-8", env={"LC_ALL": "C"}, check=False,
        )  # fmt: skip
        return done.stdout.splitlines()

    publish(database, tmp_path / "out")
    sums = (tmp_path / "out" / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {line.split("  ")[1] for line in sums} == names - {"SHA256SUMS"}
    assert wrong() == []
    (tmp_path / "out" / "figures.csv").write_text("x", encoding="utf-8")
    assert wrong() == ["figures.csv: FAILED"]


def test_formulas_are_harmless(database, tmp_path):
    publish(database, tmp_path / "out")
    assert ",=x" not in (tmp_path / "out" / "articles.csv").read_text(encoding="utf-8-sig")


def test_nothing_is_overwritten_unasked(database, tmp_path):
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="force"):
        publish(database, tmp_path)
    assert publish(database, tmp_path, force=True)
    assert (tmp_path / "mine.txt").exists()
    with pytest.raises(OutputError, match="is a file"):
        publish(database, tmp_path / "mine.txt")
    with pytest.raises(StoreError):
        publish(tmp_path / "none.db", tmp_path / "new")


def test_frames(database):
    frames = miner.read(database)
    figures = frames.figures
    assert set(figures.loc[figures["object"] == "lượt người", "value"]) == {1200}
    assert str(frames.articles["published"].dtype).startswith("datetime64")
    assert frames.models.iloc[0]["name"] == "Tiếng kẻng an ninh"
    assert "figures" in repr(frames)
    assert len(frames.query("SELECT * FROM articles WHERE id = ?", ["a"])) == 1
    with pytest.raises(AttributeError, match="choose among"):
        _ = frames.moon
    with pytest.raises(StoreError):
        frames.query("SELECT nonsense FROM nowhere")


def test_frames_in_polars(database):
    pytest.importorskip("polars", reason="polars is not installed")
    assert miner.read(database).polars("awards").shape[0] == 1
