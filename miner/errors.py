"""What can go wrong, as one tree: the library raises these, only the command line prints them."""

from __future__ import annotations

from pathlib import Path
from typing import Any


class MinerError(Exception):
    """Base of every error that miner raises on purpose; its text says what, where and what to do."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Let an error come back whole from another process, whatever its own parameters are."""
        return _again, (type(self), self.args, self.__dict__)


class TableError(MinerError):
    """A data table (TOML or CSV) holds an entry that cannot be used."""

    def __init__(self, file: str | Path, entry: str, problem: str) -> None:
        super().__init__(f"{file}: {entry}: {problem}")
        self.file, self.entry, self.problem = file, entry, problem


class InputError(MinerError):
    """An input file, or one record of it, cannot be read as an article."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.where, self.reason = where, reason


class StoreError(MinerError):
    """A database cannot be opened, read or written."""

    def __init__(self, path: str | Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


class OutputError(MinerError):
    """A result cannot be written where it was asked for."""

    def __init__(self, path: str | Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


class ClassifierError(MinerError):
    """A fitted classifier or tagger cannot be trained, or its file cannot be trusted."""

    def __init__(self, path: str | Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


def _again(kind: type[MinerError], args: tuple[Any, ...], said: dict[str, Any]) -> MinerError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(said)
    return error
