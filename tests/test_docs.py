"""The pages of docs/ that show commands: run as they stand, one block after the other, in an empty folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MARK = "<!-- tested:"
PAGES = sorted(p for p in (ROOT / "docs").glob("*.md") if MARK in p.read_text(encoding="utf-8"))
_BLOCK = re.compile(r"^```(bash|python)\n(.*?)^```$", re.M | re.S)


def test_the_pages_are_there():
    assert {"desk.md", "tutorial.md"} <= {p.name for p in PAGES}


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_what_a_page_shows_runs(page, tmp_path):
    (tmp_path / "corpora").symlink_to(ROOT / "corpora")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    lines = ["set -euo pipefail", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT"]
    for language, code in _BLOCK.findall(page.read_text(encoding="utf-8")):
        lines += [code] if language == "bash" else ["python - <<'PYTHON'", code, "PYTHON"]
    done = subprocess.run(
        ["bash", "-c", "\n".join(lines)], cwd=tmp_path, env=os.environ | {"PATH": path}, capture_output=True,
        encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    for name in re.findall(r"<!-- makes: (\S+) -->", page.read_text(encoding="utf-8")):
        assert (tmp_path / name).stat().st_size > 0, name
