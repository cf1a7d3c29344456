"""The command line: options in, one library call, print; the exit status is 1 on an error and 2 on a wrong call."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from miner.errors import MinerError

# Command → module that holds it, in the order of the help page. A module is imported when its command is asked for.
COMMANDS = {
    "extract": "miner.cli.extract",
}


class Commands(click.Group):
    """The group of all commands, each imported when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the help page."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import and return the command `name`."""
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(COMMANDS[name]), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; miner's own errors become one line and exit status 1."""
        try:
            return super().invoke(ctx)
        except MinerError as error:
            raise click.ClickException(str(error)) from error


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Make datasets out of Vietnamese provincial news."""


if __name__ == "__main__":
    sys.exit(main())
