"""Which content system made a page."""

from __future__ import annotations

import re

from miner.tables import read_toml

_HEAD = 1 << 19
_GENERATOR = re.compile(r"<meta\b[^>]{0,200}\bname\s*=\s*[\"']?generator\b[^>]{0,300}>")


def find_system(markup: str | bytes) -> str | None:
    """Return the content system that made a page, as a preset's name, or None.

    It is told by the words of `<meta name=generator>` and by marks that a text would not hold by chance.
    """
    head = markup[:_HEAD]
    low = (head.decode("utf-8", "replace") if isinstance(head, bytes) else head).lower()
    said = " ".join(_GENERATOR.findall(low)) if "generator" in low else ""
    for system, preset in read_toml("cms_presets.toml").items():
        if any(word in said for word in preset.get("generator", ())):
            return str(system)
        if any(mark in low for mark in preset.get("marks", ())):
            return str(system)
    return None
