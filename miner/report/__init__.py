"""A report on a database: one page with pictures, for those who only want to look."""

from miner.report.page import report

__all__ = ["report"]
