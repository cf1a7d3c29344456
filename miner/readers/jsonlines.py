"""Articles in JSON lines, one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from miner.errors import InputError
from miner.readers.decode import decode
from miner.readers.document import Document
from miner.readers.rows import Columns, to_document
from miner.records import Skipped


def read_jsonl(
    lines: Iterable[bytes], where: str, name: str, columns: Columns, first: int = 1
) -> Iterator[Document | Skipped]:
    """Yield the article of each line of `lines` (UTF-8); a line that holds none is a Skipped `where:number`.

    `name` and the line's number name an article that has neither id nor URL; `first` is the number of the first line.
    """
    for number, line in enumerate(lines, first):
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line.strip():
            continue
        at = f"{where}:{number}"
        try:
            row, notes, repairs = _row(line, at)
            document = to_document(row, at, f"{name}:{number}", columns)
        except InputError as error:
            yield Skipped(error.where, "read", error.reason)
        else:
            if notes or repairs:
                repairs = tuple(dict.fromkeys((*repairs, *document.repairs)))
                document = replace(document, notes=(*document.notes, *notes), repairs=repairs)
            yield document


def _row(line: bytes, where: str) -> tuple[dict[str, Any], tuple[str, ...], tuple[str, ...]]:
    text, notes, repairs = decode(line, where)
    try:
        row = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(where, f"is not JSON: {error.msg} (column {error.colno})") from None
    except (RecursionError, ValueError) as error:
        raise InputError(where, f"is not JSON that can be read: {error}") from None
    if not isinstance(row, dict):
        raise InputError(where, f"is not a JSON object but {type(row).__name__}")
    return row, notes, repairs
