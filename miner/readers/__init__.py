"""Input files to articles."""
