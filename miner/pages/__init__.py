"""A page of a news site to the parts of a report; nothing here opens a file or a connection.

`read_page` and `find_system` are imported when they are first used: much of miner needs only the records.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from miner.pages.page import Page, PageData, Removed, Stamp
from miner.pages.when import read_stamp

if TYPE_CHECKING:
    from miner.pages.read import read_page
    from miner.pages.systems import find_system

__all__ = ["Page", "PageData", "Removed", "Stamp", "find_system", "read_page", "read_stamp"]
_LATER = {"read_page": "miner.pages.read", "find_system": "miner.pages.systems"}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_LATER[name]), name)
