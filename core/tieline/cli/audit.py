"""`tieline audit verify`: does the chain of entries hold?"""

from __future__ import annotations

import click

from tieline.cli.exit_codes import FAILED
from tieline.cli.invocation import Invocation, pass_invocation


@click.group()
def audit() -> None:
    """The append-only record of everything that was done."""


@audit.command()
@click.option("--back-office", default="", metavar="NAME", help="Only this one.")
@pass_invocation
@click.pass_context
def verify(ctx: click.Context, invocation: Invocation, back_office: str) -> None:
    """Check each back office's hash chain from its start. Exit 1 at the first entry that was changed."""
    runtime = invocation.runtime
    names = [one.name for one in runtime.back_offices() if back_office in ("", one.name)]
    with runtime.store.reading() as tx:
        broken = {name: tx.verify_audit(name) for name in names}
    document = {"back_offices": [{"name": name, "first_broken": seq} for name, seq in broken.items()]}
    invocation.show(document, lambda: [_line(name, seq) for name, seq in broken.items()])
    if any(seq is not None for seq in broken.values()):
        ctx.exit(FAILED)


def _line(name: str, seq: int | None) -> str:
    return f"{name}: the chain holds." if seq is None else f"{name}: entry {seq} was changed, removed or inserted."
