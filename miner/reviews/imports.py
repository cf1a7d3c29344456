"""Corrections from a file into a database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from miner.errors import InputError
from miner.labelling import read_labelled
from miner.reviews.documents import document_reviews
from miner.reviews.sheet import read_sheet, sheet_reviews
from miner.store import Review, add_reviews, load_facts
from miner.store.database import guarded, open_writing
from miner.store.reviews import verdicts


def import_labels(path: str | Path, database: str | Path, reviewer: str) -> dict[str, int]:
    """Work the corrections of a sheet (CSV) or of labelled documents (JSON, JSON lines) into a database.

    Returns how many reviews there were of each verdict; `known` ones were there already, `lost` ones are of words that
    the text no longer has. All are stored or, on an error, none. Raises InputError where the file is faulty or speaks
    of what the database does not hold, StoreError where the database can not be written.
    """
    path = Path(path)
    if not Path(database).is_file():
        raise InputError(str(database), "is not there; corrections go into a database made by `miner run`")
    sheet = read_sheet(path) if path.suffix.lower() in (".csv", ".tsv", ".txt") else None
    documents = read_labelled(path) if sheet is None else []
    connection = open_writing(database)
    try:
        with guarded(database):
            if sheet is not None:
                return add_reviews(connection, sheet_reviews(connection, sheet, reviewer))

            def reviews() -> Iterator[Review]:
                for document in documents:
                    facts = next(load_facts(connection, document.article_id), None)
                    if facts is None:
                        raise InputError(document.where, f"the database has no article {document.article_id!r}")
                    yield from document_reviews(facts, document, reviewer, verdicts(connection, document.article_id))

            # Compared before anything is changed: a correction must not be taken for the machine's own fact.
            return add_reviews(connection, list(reviews()))
    finally:
        connection.close()
