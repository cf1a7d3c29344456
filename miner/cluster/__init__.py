"""Extraction on many machines: partitions of large inputs to partitioned Parquet, and from there into SQLite."""

from miner.cluster.engine import Extracted, extract_partitions
from miner.cluster.load import Loaded, load_folder

__all__ = ["Extracted", "Loaded", "extract_partitions", "load_folder"]
