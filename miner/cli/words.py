"""`miner words`: words and tags of a text."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command(short_help="Words and part-of-speech tags of a text (CoNLL-U).")
@click.argument("file", metavar="FILE", type=click.Path(allow_dash=True))
def words(file: str) -> None:
    """Print the words of a text file with underthesea's tags, in CoNLL-U; `-` stands for standard input.

    \b
    Example:
      miner words report.txt > report.conllu
    """
    from miner.errors import InputError
    from miner.readers import decode
    from miner.text import nfc, repair
    from miner.words import to_conllu

    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise InputError(file, f"cannot be read: {error.strerror}") from None
    text, notes, _ = decode(raw, file)
    for note in notes:
        click.echo(f"{file}: {note}", err=True)
    click.echo(to_conllu(nfc(repair(text)), Path(file).stem if file != "-" else "stdin"), nl=False)
