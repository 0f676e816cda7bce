"""`tieline plugins`: what is installed, what runs, and saying yes to a plugin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from tieline.cli.commands import COMMANDS
from tieline.cli.invocation import Invocation, pass_invocation


@click.group(invoke_without_command=True)
@click.pass_context
def plugins(ctx: click.Context) -> None:
    """List installed plugins. Those of other distributions run only after `tieline plugins allow NAME`."""
    if ctx.invoked_subcommand is None:
        invocation = ctx.ensure_object(Invocation)
        rows = _rows(invocation)
        invocation.show({"plugins": rows}, lambda: _lines(rows))


@plugins.command()
@click.argument("name")
@pass_invocation
def allow(invocation: Invocation, name: str) -> None:
    """Let a plugin run, as it is installed now. It is code with all the rights of this process."""
    from tieline.host.admission import allow as allowed

    runtime = invocation.runtime
    with runtime.exclusive():
        found = allowed(runtime.folder, runtime.found, name)
    document = {"name": name, "distribution": found.distribution, "version": found.version, "allowed": True}
    invocation.show(document, lambda: [f"{name} ({found.distribution} {found.version}) may run from now on."])


@plugins.command()
@click.argument("name")
@pass_invocation
def forbid(invocation: Invocation, name: str) -> None:
    """Take the permission back."""
    from tieline.host.admission import forbid as forbidden

    with invocation.runtime.exclusive():
        forbidden(invocation.runtime.folder, name)
    invocation.show({"name": name, "allowed": False}, lambda: [f"{name} may not run any more."])


def _rows(invocation: Invocation) -> list[dict[str, Any]]:
    from tieline.host.inventory import inventory

    return [row.as_document() for row in inventory(invocation.runtime.host, COMMANDS)]


def _lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield f"{row['name']:<16} {row['state']:<12} {row['distribution']} {row['version']}"
        if row["commands"]:
            yield f"{'':<16} commands: {', '.join(row['commands'])}"
        if row["reason"]:
            yield f"{'':<16} {row['reason']}. {row['mend']}"
    if not rows:
        yield "No plugin is installed."
