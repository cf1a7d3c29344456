"""The bundled pages as a small news web on this machine, to try the collector on."""

from miner.demosite.serve import PORT, serve
from miner.demosite.site import Answer, Site, read_site, source_files

__all__ = ["PORT", "Answer", "Site", "read_site", "serve", "source_files"]
