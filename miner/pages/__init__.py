"""A page of a news site to the parts of a report; nothing here opens a file or a connection."""

from miner.pages.page import Page, PageData, Removed, Stamp
from miner.pages.read import read_page
from miner.pages.systems import find_system
from miner.pages.when import read_stamp

__all__ = ["Page", "PageData", "Removed", "Stamp", "find_system", "read_page", "read_stamp"]
