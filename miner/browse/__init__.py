"""The researcher's desk: a database in the browser, on this machine, read-only."""

from miner.browse.app import make_app
from miner.browse.serve import browse
from miner.labels import labels, wanted_language

__all__ = ["browse", "labels", "make_app", "wanted_language"]
