"""How a run tells how it gets on."""

from miner.cli.progress import Log, Screen, time_left
from miner.readers import Document, Sources
from miner.records import Skipped
from miner.text import make_article


def test_rate_and_time_left():
    assert time_left(50, 200, 10.0) == "5.0/s, 0:00:30 left"
    assert time_left(100, 100 + 3600 * 30, 10.0) == "10/s, 3:00:00 left"
    assert time_left(50, None, 10.0) == "5.0/s"
    assert time_left(0, 200, 10.0) == "0.0/s"
    assert time_left(210, 200, 10.0) == "21/s, 0:00:00 left", "a count beforehand may be too low"


def documents(count):
    return [Document(make_article(str(i), "tin"), f"f:{i}", ("a note",) if i == 2 else ()) for i in range(count)]


def test_the_log_says_where_a_run_is_and_leaves_out_of_the_rate_what_was_there(capsys, monkeypatch):
    now = [0.0]
    monkeypatch.setattr("miner.cli.progress.monotonic", lambda: now[0])
    log = Log()
    log.start(Sources((), {}), 100)
    for i, document in enumerate(documents(40)):
        now[0] += 0.5
        log.article(document, "unchanged" if i < 20 else "new")
    log.skip(Skipped("f:9", "read", "is \x1b[31mred"), True)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "reading 0 files, 100 articles"
    assert "f:2: a note" in lines
    # After 10.5 s: 21 are done, one of them new, so 79 are left of the 80 new ones.
    assert "21 of 100 articles, 0.1/s, 0:13:49 left" in lines
    assert lines[-1] == "skipped f:9: is ␛[31mred (as before)"


def test_the_bar_is_gone_when_the_block_ends(capsys):
    with Screen() as screen:
        screen.begin("3 partitions", 10)
        screen.advance(4, 2)
        screen.skip(Skipped("f:9", "read", "is [bold]"), False)
    assert screen.bar.finished or not screen.bar.live.is_started
    shown = capsys.readouterr().err
    assert "reading 3 partitions" in shown
    assert "skipped f:9: is [bold]" in shown
