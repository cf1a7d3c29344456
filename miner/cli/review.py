"""`miner sample`, `import-labels`, `agreement`: facts checked and corrected by people."""

from __future__ import annotations

from typing import Any

import click


@click.command(short_help="Draw a random sample of facts to check by hand.")
@click.argument("database", metavar="FACTS.db", type=click.Path())
@click.option("-n", "--number", type=click.IntRange(1), default=100, show_default=True, help="How many facts.")
@click.option("--layer", default="figures", show_default=True, metavar="NAME",
              help="units, figures, awards, models or topics.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed draws another sample.")
@click.option("-o", "--output", default="-", metavar="SHEET.csv", help="Where to; default is the screen.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def sample(database: str, number: int, layer: str, seed: int, output: str, force: bool) -> None:
    """Draw N facts at random, as a reviewer's sheet: one row a fact, with its context.

    Open the sheet in Excel or LibreOffice and write into `verdict` right, wrong, fix or unsure (đúng, sai, sửa, không
    rõ). With fix, write what is right into the columns fix_…; `-` empties a field, `;` joins several givers or
    recipients. Leave all other columns as they are, and save as CSV UTF-8.

    \b
    Examples:
      miner sample facts.db -n 200 --layer figures -o sheet.csv
      miner agreement sheet.csv
      miner import-labels sheet.csv facts.db --by "Lan"
    """
    from miner.export import write_csv
    from miner.output import STANDARD, open_output
    from miner.reviews.sheet import draw, layer_of
    from miner.store import open_reading

    connection = open_reading(database)
    try:
        rows = list(draw(connection, layer_of(layer), number, seed))
    finally:
        connection.close()
    _refuse(output, force)
    with open_output(output) as file:
        write_csv(file, list(rows[0]), (list(row.values()) for row in rows))
    if output != STANDARD:
        few = f" (there are no more that nobody has reviewed; {number} were asked for)" if len(rows) < number else ""
        click.echo(
            f"{output}: {len(rows):,} facts{few}; fill in `verdict`, then: miner import-labels {output} {database}"
        )


def _refuse(output: str, force: bool) -> None:
    """A sheet that somebody has filled in must not be lost."""
    from pathlib import Path

    from miner.errors import OutputError

    if Path(output).is_file() and not force:
        raise OutputError(output, "is there already; give another file, or --force to replace it")


@click.command("import-labels", short_help="Work corrections by people into a database.")
@click.argument("file", metavar="FILE", type=click.Path())
@click.argument("database", metavar="FACTS.db", type=click.Path())
@click.option("--by", "reviewer", required=True, metavar="NAME", help="Who has corrected; stored with each correction.")
def import_labels(file: str, database: str, reviewer: str) -> None:
    """Work the corrections in FILE into FACTS.db, where they win over the machine's facts in every view and export.

    FILE is a filled-in sheet of `miner sample` (CSV), or documents corrected in Label Studio (exported as JSON),
    doccano (JSON lines) or the annotation guide's own format. In a document, every fact of the layers it labels is
    judged: one without a label is wrong, a label without a fact is added. Corrections stay when the articles are
    extracted again; the table `reviews` holds them, with what the machine had found.

    \b
    Example:
      miner import-labels sheet.csv facts.db --by "Lan"
    """
    from miner.reviews.imports import import_labels as work_in

    counts = work_in(file, database, reviewer)
    said = {
        "right": "confirmed", "fix": "corrected", "wrong": "struck out", "add": "added",
        "known": "known already", "lost": "kept aside, since the text no longer has their words",
    }  # fmt: skip
    parts = [f"{counts[name]:,} {words}" for name, words in said.items() if counts[name]]
    click.echo(f"{database}: {', '.join(parts) or 'nothing was judged in ' + file}")


@click.command(short_help="Precision of a checked sample; agreement of two reviewers.")
@click.argument("one", metavar="A.csv", type=click.Path())
@click.argument("two", metavar="[B.csv]", type=click.Path(), required=False)
@click.option("-o", "--output", metavar="FILE.csv", help="Write the facts that the two disagree on.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def agreement(one: str, two: str | None, output: str | None, force: bool) -> None:
    """Tell how many facts of a checked sheet are right, with the 95% interval of Wilson; of two, how far they agree.

    `right` counts facts right in every field, `found` also those with a field to fix. The agreement of two reviewers
    who filled in the same sheet is given as a share and as Cohen's kappa.

    \b
    Examples:
      miner agreement sheet.csv
      miner agreement lan.csv minh.csv -o disagreed.csv
    """
    from miner.reviews import agreement as agree
    from miner.reviews import precision, read_sheet

    sheets = [(path, read_sheet(path)) for path in (one, two) if path]
    for path, lines in sheets:
        click.echo(path)
        for p in precision(lines):
            rest = f", {p.unsure} unsure" if p.unsure else ""
            rest += f", {p.open} not looked at" if p.open else ""
            click.echo(f"  {p.layer}: {p.right} right, {p.fix} to fix, {p.wrong} wrong{rest}")
            click.echo(f"    right {p.share:.3f} (95% {p.low:.3f} to {p.high:.3f}); "
                       f"found {p.found:.3f} (95% {p.found_low:.3f} to {p.found_high:.3f})")  # fmt: skip
    if two is None:
        if output:
            raise click.UsageError("-o writes what two reviewers disagree on; give two sheets")
        return
    found = agree(sheets[0][1], sheets[1][1])
    kappa = "not defined (both gave one verdict throughout)" if found.kappa is None else f"{found.kappa:.3f}"
    click.echo(f"both judged {found.both}, agree on {found.same} ({found.share:.3f}); Cohen's kappa {kappa}")
    for a, b, number in found.pairs:
        if a != b:
            click.echo(f"  {a} by the first, {b} by the second: {number}")
    if output:
        _disagreed(output, found, force)


def _disagreed(output: str, found: Any, force: bool) -> None:
    from miner.export import write_csv
    from miner.output import open_output

    _refuse(output, force)
    columns = ["fact", "first", "first_fixes", "first_note", "second", "second_fixes", "second_note"]
    with open_output(output) as file:
        write_csv(file, columns, (
            [f"{a.article_id}#{a.layer}:{a.start}-{a.end}", a.verdict, str(dict(a.fixes) or ""), a.note, b.verdict,
             str(dict(b.fixes) or ""), b.note]
            for a, b in found.differing
        ))  # fmt: skip
    click.echo(f"{output}: {len(found.differing)} facts that the two see differently")
