"""Datasets out of Vietnamese provincial news.

`miner.extract(text)` gives the facts of one text; `miner.run(inputs, "facts.db")` makes a database,
`miner.questions` asks it, `miner.read("facts.db")` gives data frames, `miner.export("facts.db", folder)` files.
Names are imported when they are first used, so that `import miner` costs nothing.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.metadata import version

    from miner import questions
    from miner.export import export
    from miner.extract import extract, extract_articles
    from miner.frames import read
    from miner.records import Article, Facts
    from miner.run import extract_file, run
    from miner.store import load_facts
    from miner.text import make_article, nfc
    from miner.words import to_conllu

    __version__ = version("miner")

_HOME = {
    "Article": "miner.records",
    "Facts": "miner.records",
    "export": "miner.export",
    "extract": "miner.extract",
    "extract_articles": "miner.extract",
    "extract_file": "miner.run",
    "load_facts": "miner.store",
    "make_article": "miner.text",
    "nfc": "miner.text",
    "read": "miner.frames",
    "run": "miner.run",
    "to_conllu": "miner.words",
}
__all__ = [
    "Article",
    "Facts",
    "__version__",
    "export",
    "extract",
    "extract_articles",
    "extract_file",
    "load_facts",
    "make_article",
    "nfc",
    "questions",
    "read",
    "run",
    "to_conllu",
]


class _Package(ModuleType):
    """The package as a module in which the functions `extract`, `run` and `export` win over their modules' names.

    Python binds a submodule to its package once it is imported; `from miner.extract import …` works all the same.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(importlib.import_module(_HOME[name]), name)
    elif name == "questions":
        return importlib.import_module("miner.questions")
    elif name == "__version__":
        from importlib.metadata import version

        value = version("miner")
    else:
        raise AttributeError(f"module 'miner' has no attribute {name!r}")
    setattr(sys.modules[__name__], name, value)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
