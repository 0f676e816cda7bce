"""What the package commands share: which package in which org, showing plans, asking before anything is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tieline.cli.invocation import Invocation

if TYPE_CHECKING:
    from tieline.package.plan import Plan

C = TypeVar("C", bound=Callable[..., Any])


def options(command: C) -> C:
    """--system and --org."""
    for add in (
        click.option("--org", default="", metavar="FILE|NAME", help="Which org; the only one by default."),
        click.option("--system", default="", metavar="NAME", help="Which system; that of the back offices by default."),
    ):
        command = add(command)
    return command


yes_option = click.option("--yes", is_flag=True, help="Do it without asking.")
confirm_option = click.option(
    "--confirm", "confirmed", default="", metavar="NAME", help="The system's name, typed: its data in the org may go."
)


def confirm(invocation: Invocation, found: Plan, yes: bool, question: str) -> None:
    """Raises Unconfirmed."""
    from tieline.contract import Unconfirmed
    from tieline.package.show import render_plan

    if yes:
        return
    if not invocation.json:
        invocation.note(render_plan(found))
    if invocation.json or not click.confirm(invocation.speaker.text(question), err=True):
        raise Unconfirmed("the plan was not confirmed", where="package", mend="Repeat with --yes.")


def show(invocation: Invocation, found: Sequence[Plan]) -> None:
    """The plan of the system asked for; those it requires stand in `requires`."""
    from tieline.package.show import plan_as_json, render_plan

    *required, own = found
    document = plan_as_json(own) | {"requires": [plan_as_json(each) for each in required]}
    invocation.show(document, lambda: [render_plan(each) for each in found])
