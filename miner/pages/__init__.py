"""A page of a news site to the parts of a report; nothing here opens a file or a connection."""

from miner.pages.page import Page, Removed, Stamp
from miner.pages.read import read_page
from miner.pages.when import read_stamp

__all__ = ["Page", "Removed", "Stamp", "read_page", "read_stamp"]
