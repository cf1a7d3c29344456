"""`miner docs` (hidden): write the pages of docs/ that are made from the program itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

_WIDTH = 100


def cli_page(main: click.Command) -> str:
    """Return docs/cli.md: the help of every command."""
    head = "# Commands\n\nWritten from the program by `miner docs docs/`; do not edit it here.\n\n"
    return head + "\n".join(
        f"## {name}\n\n```text\n{text.rstrip()}\n```\n" for name, text in _helps(main, None, "miner")
    )


def _helps(command: click.Command, parent: click.Context | None, name: str) -> Iterator[tuple[str, str]]:
    ctx = click.Context(
        command, parent=parent, info_name=name.split()[-1], terminal_width=_WIDTH, max_content_width=_WIDTH,
        help_option_names=["-h", "--help"],
    )  # fmt: skip
    yield name, command.get_help(ctx)
    if isinstance(command, click.Group):
        for child in command.list_commands(ctx):
            found = command.get_command(ctx, child)
            if found is not None and not found.hidden:
                yield from _helps(found, ctx, f"{name} {child}")


def pages(main: click.Command) -> dict[str, str]:
    """Return the pages made from the program, by file name."""
    from miner.store.dictionary import dictionary

    return {"cli.md": cli_page(main), "data-dictionary.md": dictionary()}


@click.command(hidden=True)
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, exists=True))
@click.pass_context
def docs(ctx: click.Context, folder: str) -> None:
    """Write cli.md and data-dictionary.md into DIR."""
    for name, text in pages(ctx.find_root().command).items():
        Path(folder, name).write_text(text, encoding="utf-8")
        click.echo(f"{folder}/{name}")
