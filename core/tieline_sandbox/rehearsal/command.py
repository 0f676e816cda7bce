"""`tieline rehearse`."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from tieline.cli.exit_codes import FAILED
from tieline.cli.invocation import Invocation, pass_invocation

if TYPE_CHECKING:
    from tieline_simulation.script import Script

_STEPS = 20


@click.command()
@click.option("--histories", default=300, show_default=True, type=click.IntRange(1), metavar="N", help="How many.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Of the first history.")
@click.option("--system", default="intacct", show_default=True, metavar="NAME", help="Whose client and stand-in.")
@click.option("--jobs", default=0, type=click.IntRange(0), metavar="J", help="Processes; 0 is one for each core.")
@pass_invocation
@click.pass_context
def rehearse(ctx: click.Context, invocation: Invocation, histories: int, seed: int, system: str, jobs: int) -> None:
    """Play seeded histories of the real engine with a vendor's real client in front of its local stand-in, with faults
    on the line between them, and judge them as `tieline simulate` does."""
    from tieline_simulation.report import lines

    told = _played(invocation, histories, seed, _plan(invocation, system), jobs or os.cpu_count() or 1)
    invocation.show(told, lambda: lines(told))
    if any(told["violations"].values()) or told["replayed"]["differing"]:
        ctx.exit(FAILED)


def _plan(invocation: Invocation, system: str) -> Script:
    from tieline_sandbox.rehearsal.erp import vendor_of
    from tieline_sandbox.rehearsal.storm import Rehearsal
    from tieline_simulation.script import plan_of

    played = partial(Rehearsal, vendor=vendor_of(invocation.runtime.system(system)))
    return plan_of((system,), storm=played, played_by=f"tieline rehearse --system {system}")


def _played(invocation: Invocation, histories: int, seed: int, plan: Script, jobs: int) -> dict[str, Any]:
    from tieline_simulation.report import document, progress_line
    from tieline_simulation.runs import Order, run
    from tieline_simulation.total import Total
    from tieline_simulation.workers import crew

    clock, step = invocation.runtime.clock, max(1, histories // _STEPS)

    def progress(total: Total) -> None:
        if total.histories % step == 0:
            invocation.note(progress_line(total, histories))

    began = clock.monotonic()
    with crew(min(jobs, histories)) as workers:
        total = run(Order(plan, (plan.shape,), seed, histories), workers, progress)
    return document(seed, total, clock.monotonic() - began)
