"""Named units: organisations and localities (guide section 1), found and resolved."""

from miner.units.find import find_units
from miner.units.resolve import resolve_units

__all__ = ["find_units", "resolve_units"]
