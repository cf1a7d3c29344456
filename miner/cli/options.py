"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable

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


def engine_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a long extraction: `timeout` and `resume`."""
    options = (
        click.option("--timeout", type=click.FloatRange(min=0, min_open=True), default=60.0, show_default=True,
                     metavar="SECONDS", help="Give up an article that takes longer, and record it as skipped."),
        click.option("--resume/--no-resume", default=True, show_default=True,
                     help="Leave alone what an earlier run has done, or do all of it again."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command
