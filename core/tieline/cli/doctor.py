"""`tieline doctor`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from tieline.cli.commands import COMMANDS
from tieline.cli.exit_codes import FAILED
from tieline.cli.invocation import Invocation, pass_invocation

if TYPE_CHECKING:
    from tieline.host.doctor import Check


@click.command()
@click.option("--offline", is_flag=True, help="Call neither the org nor any back office.")
@pass_invocation
@click.pass_context
def doctor(ctx: click.Context, invocation: Invocation, offline: bool) -> None:
    """Check state directory, key, database, plugins and connections; exit with 1 when something is wrong."""
    from tieline.host.doctor import Verdict, examine

    checks = list(examine(invocation.runtime, os.environ, COMMANDS, offline))
    healthy = all(check.verdict is not Verdict.WRONG for check in checks)
    document = {"ok": healthy, "checks": [check.as_document() for check in checks]}
    invocation.show(document, lambda: (invocation.clean(line) for line in _lines(checks, healthy, invocation.verbose)))
    if not healthy:
        ctx.exit(FAILED)


def _lines(checks: list[Check], healthy: bool, verbose: bool) -> Iterator[str]:
    for check in checks:
        yield f"{check.verdict:<6} {check.name}: {check.text}"
        if check.mend:
            yield f"       {check.mend}"
        if verbose:
            yield from (f"       - {detail}" for detail in check.details)
    yield "All is well." if healthy else "Something is wrong; see above."
