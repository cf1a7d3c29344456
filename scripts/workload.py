"""What the scripts about scale share: articles by the thousands, and the processes below one."""

import gzip
import json
from contextlib import suppress
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REAL = ROOT.parent / "shared" / "corpora" / "news-unlabelled.jsonl.gz"
OWN = ROOT / "corpora" / "reports.jsonl"


def write_articles(path, count):
    """Write `count` articles as JSON lines: those there are over and over, with ids of their own and a line added."""
    source, opener = (REAL, gzip.open) if REAL.exists() else (OWN, open)
    with path.open("w", encoding="utf-8") as out:
        written = 0
        while written < count:
            times = written
            with opener(source, "rt", encoding="utf-8") as lines:
                for line in islice(lines, count - written):
                    row = json.loads(line)
                    text = row["text"] if times == 0 else f"{row['text']}\n\nLần {times}."
                    out.write(json.dumps(row | {"id": f"{written}-{row['id']}", "text": text}) + "\n")
                    written += 1


def children(pid):
    """Return pid and command line of all processes below `pid`, from /proc."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(") ", 1)[1].split()[1])
    found, below = [], {pid}
    while below:
        below = {child for child, parent in parents.items() if parent in below}
        found += below
    commands = {}
    for child in found:
        with suppress(OSError):
            commands[child] = Path(f"/proc/{child}/cmdline").read_bytes().decode(errors="replace")
    return commands


def resident(pids):
    """Return the resident memory of processes together, in MB."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096
    return total / (1 << 20)
