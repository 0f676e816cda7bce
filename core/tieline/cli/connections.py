"""`tieline connections`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from tieline.cli.invocation import Invocation, pass_invocation


@click.group(invoke_without_command=True)
@click.pass_context
def connections(ctx: click.Context) -> None:
    """List saved connections. Secrets are never shown."""
    if ctx.invoked_subcommand is None:
        invocation = ctx.ensure_object(Invocation)
        rows = _rows(invocation)
        invocation.show({"connections": rows}, lambda: _lines(rows))


@connections.command()
@click.argument("name")
@pass_invocation
def remove(invocation: Invocation, name: str) -> None:
    """Forget a connection and its secrets. Links made through it stay, for a connection of the same name."""
    runtime = invocation.runtime
    with runtime.exclusive():
        removed = runtime.connections.remove(name)
    invocation.show({"name": removed.name, "removed": True}, lambda: [f"Removed {removed.name}."])


def _rows(invocation: Invocation) -> list[dict[str, Any]]:
    from tieline.host.vault import DATA_KEY

    return [
        {
            "name": each.name,
            "system": each.system,
            "label": each.label,
            "tenant": each.tenant,
            "settings": dict(each.settings),
            "secrets": sorted(set(each.secrets) - {DATA_KEY}),
        }
        for each in invocation.runtime.connections.all()
    ]


def _lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield f"{row['name']:<16} {row['system']:<12} {row['label'] or 'not checked yet'} {row['tenant']}".rstrip()
    if not rows:
        yield "Nothing is connected yet. Run `tieline connect org NAME`."
