"""Facets of the views with facts, counted in the tables behind them: a view's joins cost a look-up for every row."""

from __future__ import annotations

import re
from typing import Any

from datasette.facets import ColumnFacet

from miner.questions import province_name
from miner.store.schema import TABLE

BASES = {
    "figure_facts": "figures",
    "award_facts": "awards",
    "unit_facts": "unit_mentions",
    "model_facts": "community_models",
}
"""View → the table that has its rows, whose columns go by the same names."""
_FROM = re.compile(r"\bselect\b.+?\bfrom\s+\[?(\w+)\]?", re.S)


class TableFacet(ColumnFacet):  # type: ignore[misc]
    """A facet of a view by a column of its table; with conditions on other columns it counts in the view itself."""

    type = "table"
    sql: str

    async def facet_results(self) -> Any:
        """Return the facets and the names of those that took too long."""
        base = BASES.get(self.table)
        if base is not None:
            columns = {column.name for column in TABLE[base].columns}
            asked = {name.partition("__")[0] for name in self.request.args if not name.startswith("_")}
            if asked <= columns and not any(name in self.request.args for name in ("_where", "_search")):
                self.sql = _FROM.sub(f"select * from {base}", self.sql, count=1)
        found, late = await super().facet_results()
        for facet in found:
            facet["type"] = "column"
            if facet["name"] == "province_code":
                for one in facet["results"]:
                    one["label"] = province_name(one["value"])
        return found, late
