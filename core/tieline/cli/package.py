"""`tieline package plan|apply`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tieline.cli.exit_codes import PLAN_HAS_CHANGES
from tieline.cli.invocation import Invocation, pass_invocation

if TYPE_CHECKING:
    from tieline.package.plan import Plan
    from tieline.workers.packages import Installer


@click.group()
def package() -> None:
    """What the org needs to hold for a system: plan it, apply it."""


def _chosen(invocation: Invocation, system: str, org: str) -> Installer:
    from tieline.workers.packages import Installer

    return Installer(invocation.runtime, system, org)


@package.command()
@click.option("--system", default="", metavar="NAME", help="Which system; that of the only back office by default.")
@click.option("--org", default="", metavar="FILE|NAME", help="Which org; the only one by default.")
@pass_invocation
@click.pass_context
def plan(ctx: click.Context, invocation: Invocation, system: str, org: str) -> None:
    """Show what would change in the org, field by field; change nothing. Exit 0: nothing to do, 3: changes."""
    found = _chosen(invocation, system, org).plan()
    _show(invocation, found)
    if not found.is_empty:
        ctx.exit(PLAN_HAS_CHANGES)


@package.command()
@click.option("--system", default="", metavar="NAME", help="Which system; that of the only back office by default.")
@click.option("--org", default="", metavar="FILE|NAME", help="Which org; the only one by default.")
@click.option("--yes", is_flag=True, help="Apply without asking.")
@click.option("--remove", is_flag=True, help="Also take away fields and objects that hold data.")
@pass_invocation
def apply(invocation: Invocation, system: str, org: str, yes: bool, remove: bool) -> None:
    """Apply the plan: checked by the org first, then all of it or nothing."""
    from tieline.contract import Unconfirmed

    with invocation.runtime.exclusive():
        installer = _chosen(invocation, system, org)
        found = installer.plan()
        if found.is_empty:
            _show(invocation, found)
            return
        if not yes and (invocation.json or not click.confirm(_question(invocation, found), err=True)):
            raise Unconfirmed("the plan was not confirmed", where="package", mend="Repeat with --yes.")
        applied = installer.apply(found, remove=remove)
    counts = len(applied.steps)
    invocation.show(
        {"system": found.system, "changes": counts, "deployment": applied.deployment, "assigned": applied.assigned},
        lambda: [f"{found.system}: {counts} changes applied."],
    )


def _question(invocation: Invocation, found: Plan) -> str:
    from tieline.package.show import render_plan

    invocation.note(render_plan(found))
    return "Apply this?"


def _show(invocation: Invocation, found: Plan) -> None:
    from tieline.package.show import plan_as_json, render_plan

    invocation.show(plan_as_json(found), lambda: [render_plan(found)])
