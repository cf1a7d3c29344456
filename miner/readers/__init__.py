"""Input files to articles: what is read, and what is skipped and why."""

from miner.readers.document import Document
from miner.readers.jsonlines import read_jsonl
from miner.readers.rows import FIELDS, check_columns

__all__ = ["FIELDS", "Document", "check_columns", "read_jsonl"]
