"""`miner topics`: train, evaluate, explain, and suggest what to label."""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from miner.errors import ClassifierError, InputError, MinerError, OutputError

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)


class _Group(click.Group):
    """Prints the library's own errors as one line and exits with 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except MinerError as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=_Group, short_help="Train, measure and explain the topic classifier.")
def topics() -> None:
    """Train a topic classifier on your own codebook, measure it, see why it decides, and choose what to label next."""


def _labelled(taxonomy: Path, labelled: tuple[Path, ...], unlabelled: Path | None) -> tuple[Any, Any, Any]:
    from miner.topics.taxonomy import load_taxonomy
    from miner.topics.workflow import read_labelled, read_texts

    table = load_taxonomy(taxonomy)
    texts = read_texts(unlabelled) if unlabelled else {}
    items = read_labelled(labelled, table, texts)
    known = {item.id for item in items}
    return table, items, [text for key, text in texts.items() if key not in known]


_taxonomy = click.argument("taxonomy", type=_FILE, metavar="TAXONOMY.toml")
_items = click.argument("labelled", type=_FILE, nargs=-1, required=True, metavar="LABELLED…")
_unlabelled = click.option(
    "--unlabelled", type=_FILE, metavar="TEXTS.jsonl[.gz]",
    help="More texts (id, text): for word frequencies, for seed words as weak labels, and for labels without a text.",
)  # fmt: skip


@topics.command(short_help="Train a classifier on a taxonomy and labelled texts.")
@_taxonomy
@_items
@click.option("-o", "--output", type=_FOLDER, required=True, metavar="FOLDER", help="Where classifier and card go.")
@_unlabelled
def train(taxonomy: Path, labelled: tuple[Path, ...], output: Path, unlabelled: Path | None) -> None:
    """Train a classifier for TAXONOMY.toml on LABELLED texts and write it with its model card to FOLDER.

    LABELLED are .jsonl, .json or .csv files with text and topics, or exports of doccano and Label Studio.
    The scores printed are cross-validated.

    \b
    Example:
      miner topics train mine.toml labelled.jsonl -o models/mine
    """
    from miner.topics.validation import as_table
    from miner.topics.workflow import train as run

    table, items, others = _labelled(taxonomy, labelled, unlabelled)
    outcome = run(table, items, output, others)
    click.echo(as_table(outcome.scores))
    click.echo(f"wrote {output}")


@topics.command(short_help="Cross-validate on labelled texts.")
@_taxonomy
@_items
@_unlabelled
@click.option("--png", type=_FILE, metavar="FILE.png", help="Draw F1, calibration and confusions (needs matplotlib).")
def evaluate(taxonomy: Path, labelled: tuple[Path, ...], unlabelled: Path | None, png: Path | None) -> None:
    """Print cross-validated precision, recall, F1 and calibration by topic for LABELLED texts.

    \b
    Example:
      miner topics evaluate mine.toml labelled.jsonl --png scores.png
    """
    from miner.topics.validation import as_table, draw
    from miner.topics.workflow import evaluate as run

    table, items, others = _labelled(taxonomy, labelled, unlabelled)
    outcome = run(table, items, others)
    click.echo(as_table(outcome.scores))
    if png is not None:
        draw(outcome.scores, png)


_model = click.option("--model", type=_FOLDER, metavar="FOLDER", help="Another classifier than the shipped one.")


@topics.command(short_help="Show which words speak for and against.")
@click.argument("text")
@click.option("-t", "--topic", "wanted", multiple=True, metavar="TOPIC", help="Explain this topic (may be repeated).")
@click.option("-n", "--words", default=12, show_default=True, type=click.IntRange(1), help="Words to list.")
@_model
def explain(text: str, wanted: tuple[str, ...], words: int, model: Path | None) -> None:
    """Say which topics TEXT has and which words speak for (green) and against them (red). `-` reads standard input.

    \b
    Example:
      miner topics explain "Xã ra mắt mô hình camera an ninh"
    """
    from miner.text import nfc
    from miner.topics.explain import explain as run
    from miner.topics.labels import looks_vietnamese

    text = nfc(sys.stdin.read() if text == "-" else text)
    if not text.strip():
        raise InputError("TEXT", "is empty; give a sentence or `-` to read standard input")
    if not looks_vietnamese(text):
        click.echo("this looks like English or unaccented text, on which the classifier means nothing", err=True)
    try:
        found = run(text, _classifier(model), wanted)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    for one in found:
        verdict = "yes" if one.probability >= one.threshold else "no"
        click.echo(f"{one.topic}: {verdict}, probability {one.probability:.3f}, threshold {one.threshold:.2f}")
        click.echo(_highlight(text, one.spans))
        click.echo("  for:     " + ", ".join(f"{w} {v:+.2f}" for w, v in [x for x in one.words if x[1] > 0][:words]))
        click.echo("  against: " + ", ".join(f"{w} {v:+.2f}" for w, v in [x for x in one.words if x[1] < 0][:words]))


def _highlight(text: str, spans: tuple[tuple[int, int, float], ...]) -> str:
    strongest = max((abs(weight) for _, _, weight in spans), default=0.0)
    out, at = [], 0
    for start, end, weight in spans:
        if abs(weight) < 0.1 * strongest:
            continue
        colour = "green" if weight > 0 else "red"
        out += [text[at:start], click.style(text[start:end], fg=colour, bold=abs(weight) > 0.4 * strongest)]
        at = end
    return "".join([*out, text[at:]])


@topics.command(short_help="List the texts most worth labelling.")
@click.argument("facts", type=_FILE, metavar="FACTS.db|TEXTS.jsonl")
@click.option("-n", "--number", default=50, show_default=True, type=click.IntRange(1), help="How many.")
@click.option("-o", "--output", type=_FILE, metavar="FILE", help="A .jsonl (doccano) or .csv file. Default: screen.")
@_model
def suggest(facts: Path, number: int, output: Path | None, model: Path | None) -> None:
    """List the texts of a miner database, or of a file of texts, that are most worth labelling.

    Chosen are those the classifier is unsure of, each topic in turn, no two alike. Each carries what the classifier
    would say in `label`, to be corrected: doccano takes the .jsonl as it is, and `miner topics train` the result.

    \b
    Example:
      miner topics suggest facts.db -n 50 -o to-label.jsonl
    """
    from miner.topics.suggest import suggest as run
    from miner.topics.workflow import read_texts

    texts = read_texts(facts) if ".jsonl" in facts.suffixes else _texts_of(facts)
    found = run(texts, _classifier(model), number)
    rows = [{"id": s.id, "text": s.text, "label": list(s.topics), "about": s.about, "doubt": s.doubt} for s in found]
    if output is None or output.suffix != ".csv":
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        click.echo(lines, nl=False) if output is None else _write(output, lines)
        return
    try:
        with output.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "text", "topics", "about", "doubt"])
            writer.writerows([row["id"], row["text"], "|".join(s.topics), row["about"], row["doubt"]]
                             for row, s in zip(rows, found, strict=True))  # fmt: skip
    except OSError as error:
        raise OutputError(output, f"cannot be written: {error.strerror}") from None


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(path, f"cannot be written: {error.strerror}") from None


def _texts_of(path: Path) -> dict[str, str]:
    if not path.exists():
        raise InputError(str(path), "is not there; give a miner database or a .jsonl file of texts")
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            return {str(key): text for key, text in db.execute("SELECT id, text FROM articles ORDER BY id") if text}
    except sqlite3.Error as error:
        raise InputError(str(path), f"is no miner database with articles: {error}") from None


def _classifier(folder: Path | None) -> Any:
    from miner.topics.modelfile import SHIPPED, load_classifier

    if folder is not None and not folder.exists():
        raise ClassifierError(folder, "is not there; give the folder that `miner topics train -o` wrote")
    return load_classifier(folder or SHIPPED)
