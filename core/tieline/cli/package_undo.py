"""`tieline package rollback|uninstall|drift`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from tieline.cli.exit_codes import FAILED
from tieline.cli.invocation import Invocation, pass_invocation
from tieline.cli.package_choice import confirm, confirm_option, options, yes_option

if TYPE_CHECKING:
    from tieline.package.apply import Applied
    from tieline.package.drift import Drift


@click.command()
@options
@yes_option
@confirm_option
@pass_invocation
def rollback(invocation: Invocation, system: str, org: str, yes: bool, confirmed: str) -> None:
    """Put back what the org held before the last change; what people changed on page layouts since stays."""
    from tieline.workers.packages import Installer

    with invocation.runtime.exclusive():
        installer = Installer(invocation.runtime, system, org)
        image, found = installer.plan_rollback()
        confirm(invocation, found, yes, "Go back to this?")
        done = installer.roll_back(image, found, confirmed)
    _show(invocation, installer.system.name, done, "taken back")


@click.command()
@options
@yes_option
@confirm_option
@pass_invocation
def uninstall(invocation: Invocation, system: str, org: str, yes: bool, confirmed: str) -> None:
    """Take the package out of the org. The links stay here, so a later installation finds its records again."""
    from tieline.workers.packages import Installer

    with invocation.runtime.exclusive():
        installer = Installer(invocation.runtime, system, org)
        found = installer.plan_uninstall()
        confirm(invocation, found, yes, "Take this out of the org?")
        done = installer.apply(found, confirmed=confirmed)
    _show(invocation, installer.system.name, done, "taken out")


@click.command()
@options
@pass_invocation
@click.pass_context
def drift(ctx: click.Context, invocation: Invocation, system: str, org: str) -> None:
    """Name what people changed of the package since it was installed; change nothing. Exit 1 when there is any."""
    from tieline.workers.packages import Installer

    installer = Installer(invocation.runtime, system, org)
    found = installer.drift()
    document = {"system": installer.system.name, "drift": [asdict(each) for each in found]}
    invocation.show(document, lambda: _lines(installer.system.name, found))
    if found:
        ctx.exit(FAILED)


def _lines(system: str, found: Sequence[Drift]) -> Iterator[str]:
    yield from (each.describe() for each in found)
    yield f"{system}: {len(found)} differences." if found else f"{system}: the org is as it was installed."


def _show(invocation: Invocation, system: str, done: Applied, word: str) -> None:
    counts = len(done.steps)
    document = {"system": system, "changes": counts, "deployment": done.deployment}
    invocation.show(document, lambda: [f"{system}: {counts} changes {word}."])
