"""Options that several commands share."""

from __future__ import annotations

import click


def _columns(ctx: click.Context, param: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    from miner.readers import FIELDS

    columns = {}
    for pair in pairs:
        field, equals, name = pair.partition("=")
        if not equals or not name or field not in FIELDS:
            raise click.BadParameter(f"{pair!r} is not FIELD=NAME with a field of {', '.join(FIELDS)}")
        columns[field] = name
    return columns


columns_option = click.option(
    "--column", "columns", multiple=True, metavar="FIELD=NAME", callback=_columns,
    help="The file's own name for a field: --column text=noi_dung --column published=ngay.",
)  # fmt: skip
