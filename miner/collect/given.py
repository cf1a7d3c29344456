"""What a user may call a source: a name of the catalogue, a source file, an address, or a WARC file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from miner.collect.address import AddressError, check_address
from miner.errors import InputError
from miner.sources import SourceSpec, catalogue, load_source

WARC_ENDINGS = (".warc", ".warc.gz")


@dataclass(frozen=True, slots=True)
class Given:
    """One source as it was given: exactly one of `spec`, `url` and `warc` is set."""

    name: str
    spec: SourceSpec | None = None
    url: str = ""
    warc: Path | None = None


def is_source(given: str) -> bool:
    """Return whether `given` is meant as a source rather than as a file of articles.

    A file or folder of that name comes before the catalogue.
    """
    if given.startswith(("http://", "https://")):
        return True
    if given.lower().endswith((".toml", *WARC_ENDINGS)):
        return True
    return not Path(given).exists() and given in catalogue()


def read_given(given: str) -> Given:
    """Return the source that `given` means; raises InputError or TableError where it means none."""
    if "://" in given:
        try:
            return Given(given, url=check_address(given))
        except AddressError as error:
            raise InputError(given, str(error)) from None
    path = Path(given)
    if given.lower().endswith(WARC_ENDINGS):
        if not path.is_file():
            raise InputError(given, "is not there; look at the path")
        return Given(given, warc=path)
    if path.is_file():
        return Given(given, spec=load_source(path))
    if given.lower().endswith(".toml"):
        raise InputError(given, "is not there; look at the path")
    if given in catalogue():
        return Given(given, spec=catalogue()[given])
    raise InputError(
        given, "is no source: give a name of `miner sources list`, a TOML file, an http(s) address or a WARC file"
    )
