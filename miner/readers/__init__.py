"""Input files to articles: what is read, and what is skipped and why."""

from miner.readers.decode import REPAIRS, decode
from miner.readers.document import Document
from miner.readers.files import KINDS, Source, Sources, find_sources, lines_of, read_sources
from miner.readers.jsonlines import read_jsonl
from miner.readers.rows import FIELDS, check_columns

__all__ = [
    "FIELDS",
    "KINDS",
    "REPAIRS",
    "Document",
    "Source",
    "Sources",
    "check_columns",
    "decode",
    "find_sources",
    "lines_of",
    "read_jsonl",
    "read_sources",
]
