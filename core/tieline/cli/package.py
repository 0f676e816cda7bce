"""`tieline package plan|apply|upgrade|build`; the commands that take back are in `package_undo`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tieline.cli.exit_codes import PLAN_HAS_CHANGES
from tieline.cli.invocation import Invocation, pass_invocation
from tieline.cli.package_choice import confirm, options, show, yes_option
from tieline.cli.package_undo import drift, rollback, uninstall

if TYPE_CHECKING:
    from tieline.package.apply import Applied
    from tieline.package.plan import Plan
    from tieline.workers.packages import Installer


@click.group()
def package() -> None:
    """What the org needs to hold for a system: plan it, apply it, take it back."""


package.add_command(drift)
package.add_command(rollback)
package.add_command(uninstall)


@package.command()
@options
@pass_invocation
@click.pass_context
def plan(ctx: click.Context, invocation: Invocation, system: str, org: str) -> None:
    """Show what would change in the org, field by field; change nothing. Exit 0: nothing to do, 3: changes."""
    from tieline.workers.packages import Installer

    found = [each.plan() for each in Installer(invocation.runtime, system, org).chain()]
    show(invocation, found)
    if not all(each.is_empty for each in found):
        ctx.exit(PLAN_HAS_CHANGES)


@package.command()
@options
@yes_option
@click.option("--remove", is_flag=True, help="Also take away fields and objects that hold data.")
@pass_invocation
def apply(invocation: Invocation, system: str, org: str, yes: bool, remove: bool) -> None:
    """Apply the plan: checked by the org first, then all of it or nothing."""
    from tieline.workers.packages import Installer

    with invocation.runtime.exclusive():
        _apply(invocation, Installer(invocation.runtime, system, org), yes, remove)


@package.command()
@options
@yes_option
@click.option("--remove", is_flag=True, help="Also take away fields and objects that hold data.")
@pass_invocation
def upgrade(invocation: Invocation, system: str, org: str, yes: bool, remove: bool) -> None:
    """Bring an installed package to what the plugin declares now; what people changed stays."""
    from tieline.workers.packages import Installer

    with invocation.runtime.exclusive():
        installer = Installer(invocation.runtime, system, org)
        installer.upgradable()
        _apply(invocation, installer, yes, remove)


@package.command()
@options
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="FILE", help="The zip.")
@pass_invocation
def build(invocation: Invocation, system: str, org: str, out: Path) -> None:
    """Write the package as a zip for other deploy tools. With --org, the org's page layouts are in it with our parts
    added; without, those of standard objects are left out."""
    from tieline.workers.package_build import build as built

    members = built(invocation.runtime, system, org, out)
    invocation.show({"file": str(out), "components": members}, lambda: [f"{out}: {members} components."])


def _apply(invocation: Invocation, installer: Installer, yes: bool, remove: bool) -> None:
    """Required packages first. An empty plan is applied as well: it costs nothing, and ends what a killed run left."""
    found: list[Plan] = []
    done: list[Applied] = []
    for each in installer.chain():
        planned = each.plan()
        found.append(planned)
        if not planned.is_empty:
            confirm(invocation, planned, yes, "Apply this?")
        done.append(each.apply(planned, remove=remove))
    own, last = found[-1], done[-1]
    counts = sum(len(each.steps) for each in found)
    document = {"system": own.system, "changes": counts, "deployment": last.deployment, "assigned": last.assigned}
    invocation.show(document, lambda: [f"{each.system}: {len(each.steps)} changes applied." for each in found])
