"""The `tieline` command: built-in commands by table, plugins' commands when no built-in one has the name."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import click

from tieline.cli.commands import COMMANDS, Lazy
from tieline.cli.helping import SpeakingContext
from tieline.cli.invocation import Invocation


class Commands(click.Group):
    """A group that imports a command only when it is called."""

    context_class = SpeakingContext

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = imported(COMMANDS[cmd_name]) if cmd_name in COMMANDS else _plugin_command(ctx, cmd_name)
        return with_common_options(found) if found else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = get_close_matches(args[0], COMMANDS, 1)
            hint = f" Did you mean {near[0]!r}?" if near else " `tieline --help` lists the commands."
            raise click.UsageError(f"There is no command {args[0]!r}.{hint}", ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].help) for name in sorted(COMMANDS)])
        formatter.write_text("Plugins may add commands; `tieline plugins` lists them.")


def imported(lazy: Lazy) -> click.Command:
    module, _, attribute = lazy.target.partition(":")
    found = getattr(importlib.import_module(module), attribute)
    assert isinstance(found, click.Command)
    return found


def _plugin_command(ctx: click.Context, name: str) -> click.Command | None:
    from tieline.host.commands import plugin_commands

    invocation = ctx.find_object(Invocation)
    assert invocation is not None
    commands, _ = plugin_commands(invocation.runtime.host, COMMANDS)
    return next((each.command for each in commands if each.name == name), None)


def common_options() -> Sequence[click.Option]:
    """Accepted before and after the command."""
    return (
        click.Option(
            ["--state"],
            metavar="DIR",
            expose_value=False,
            callback=_remember,
            help="State directory (also TIELINE_STATE).",
        ),
        click.Option(
            ["--json"], is_flag=True, expose_value=False, callback=_remember, help="Print one JSON document on stdout."
        ),
        click.Option(
            ["-v", "--verbose"], is_flag=True, expose_value=False, callback=_remember, help="Log to stderr as well."
        ),
    )


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    if value and param.name:
        setattr(ctx.ensure_object(Invocation), param.name, value)


def with_common_options(command: click.Command) -> click.Command:
    """Add the common options to a command and the commands below it; what it has of its own stays. Its help speaks the
    person's language."""
    command.context_class = SpeakingContext
    taken = {name for param in command.params for name in (*param.opts, param.name)}
    command.params.extend(option for option in common_options() if not taken & {*option.opts, option.name})
    if isinstance(command, click.Group):
        for child in command.commands.values():
            with_common_options(child)
    return command


@click.group(cls=Commands, params=list(common_options()), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tieline", message="%(prog)s %(version)s")
@click.pass_context
def tieline(ctx: click.Context) -> None:
    """Tie a Salesforce org to your back offices.

    Start with `tieline demo`, or `tieline connect org NAME`. Every command takes --state, --json and -v.
    """
    ctx.ensure_object(Invocation)
