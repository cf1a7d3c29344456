"""The researcher's desk: a database in the browser, on this machine, read-only."""

from miner.browse.app import make_app
from miner.browse.labels import labels, wanted_language
from miner.browse.serve import browse

__all__ = ["browse", "labels", "make_app", "wanted_language"]
