"""The command line: options in, one library call, print; the exit status is 1 on an error and 2 on a wrong call."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import click

from miner.errors import MinerError

# Sections of the help page, with their commands and the object that holds each; nothing is imported before it is
# needed.
SECTIONS = {
    "Collect": {
        "collect": "miner.cli.collect:collect",
        "sources": "miner.cli.sources:sources",
        "demo-site": "miner.cli.demosite:demo_site",
    },
    "Make a database": {
        "run": "miner.cli.run:run",
        "load": "miner.cli.databases:load",
        "merge": "miner.cli.databases:merge",
    },
    "Ask it": {
        "browse": "miner.cli.browse:browse",
        "report": "miner.cli.report:report",
        "figures": "miner.cli.questions:figures",
        "units": "miner.cli.questions:units",
        "awards": "miner.cli.questions:awards",
        "models": "miner.cli.questions:models",
        "articles": "miner.cli.questions:articles",
        "search": "miner.cli.questions:search",
        "query": "miner.cli.questions:query",
    },
    "Check and correct": {
        "sample": "miner.cli.review:sample",
        "agreement": "miner.cli.review:agreement",
        "import-labels": "miner.cli.review:import_labels",
    },
    "Take facts elsewhere": {
        "export": "miner.cli.export:export",
        "publish": "miner.cli.publish:publish",
        "extract": "miner.cli.extract:extract",
    },
    "Topics and language": {
        "topics": "miner.cli.topics:topics",
        "words": "miner.cli.words:words",
        "check": "miner.cli.check:check",
    },
}
_HIDDEN = {"docs": "miner.cli.docs:docs"}
COMMANDS = {name: where for section in SECTIONS.values() for name, where in section.items()}
# Commands that join a group of another module.
_JOIN = {"topics": "miner.cli.questions:topics_list"}


def _load(where: str) -> click.Command:
    module, _, name = where.partition(":")
    command: click.Command = getattr(importlib.import_module(module), name)
    return command


class Commands(click.Group):
    """The group of all commands, each imported when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the help page."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import and return the command `name`."""
        where = COMMANDS.get(name) or _HIDDEN.get(name)
        if where is None:
            return None
        command = _load(where)
        if name in _JOIN and isinstance(command, click.Group):
            command.add_command(_load(_JOIN[name]))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands in their sections."""
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                found = [(name, self.get_command(ctx, name)) for name in commands]
                formatter.write_dl([(n, c.get_short_help_str(100)) for n, c in found if c is not None])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; miner's own errors become one line and exit status 1."""
        try:
            return super().invoke(ctx)
        except MinerError as error:
            from miner.output import terminal_cell

            raise click.ClickException(terminal_cell(error)) from error
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
            ctx.exit(130)
        except BrokenPipeError:
            # `miner query … | head`: the reader has had enough. Nothing may be flushed into the closed pipe at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)


def _version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"miner {version('miner')}")
        ctx.exit()


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version and exit."
)
def main() -> None:
    """Make datasets out of Vietnamese provincial news.

    miner reads news reports and finds what they say: which organisations and localities are named, how many and how
    much of what, who was honoured by whom, which community models there are, and what it is all about. Every fact
    keeps its place in the text and the rule that found it. Facts go into an SQLite database, where you ask, and from
    there into CSV, Parquet or JSON.

    \b
    Two commands to begin with:
      miner run reports/ -o facts.db
      miner figures facts.db --topic fire_safety --year 2019
    `miner COMMAND --help` tells more, with examples. Results go to standard output, messages to standard error.
    Exit status: 0 done, 1 something failed or was skipped, 2 a wrong call, 130 stopped.
    """
