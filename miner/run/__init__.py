"""From input to output: files to a database, JSON lines to JSON lines."""

from miner.run.database import Summary, Watcher, run
from miner.run.lines import Extracted, extract_file

__all__ = ["Extracted", "Summary", "Watcher", "extract_file", "run"]
