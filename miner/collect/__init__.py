"""Collecting pages politely and safely; nothing here reads what a page says."""

from miner.collect.address import canonical, check_address
from miner.collect.fetch import Fetched, Fetcher, FetchError, Settings

__all__ = ["FetchError", "Fetched", "Fetcher", "Settings", "canonical", "check_address"]
