"""`tieline simulate`."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from tieline.cli.exit_codes import FAILED
from tieline.cli.invocation import Invocation, pass_invocation
from tieline.effects import SystemClock
from tieline_simulation.options import Faults, MutantName, Passings, Shapes
from tieline_simulation.script import CRASHES, STORES, Script, plan_of

STEPS = 20
"""Lines of progress in a run."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options said."""

    histories: int
    seed: int
    faults: tuple[str, ...] | None
    crash: str
    kill: frozenset[int] | None
    store: str
    shape: tuple[str, ...]
    mutant: str
    jobs: int

    @property
    def plan(self) -> Script:
        more = {"faults": self.faults, "crash": self.crash, "store": self.store, "mutant": self.mutant}
        return plan_of(self.shape, kills=self.kill, **more)


@click.command()
@click.option("--histories", default=1000, show_default=True, type=click.IntRange(1), metavar="N", help="How many.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Of the first history.")
@click.option("--faults", default="all", type=Faults(), metavar="all|none|KIND,...", help="Which faults may happen.")
@click.option(
    "--crash", default="random", show_default=True, type=click.Choice(CRASHES),
    help="Kills at random, at every point of every history in turn, or none.",
)  # fmt: skip
@click.option("--kill", type=Passings(), metavar="N,...", help="Kill at these passings of a point, and at no other.")
@click.option("--store", default="memory", show_default=True, type=click.Choice(STORES), help="Where the engine keeps.")
@click.option("--shape", default="all", type=Shapes(), metavar="all|SHAPE,...", help="Shapes of back offices.")
@click.option("--mutant", default="", type=MutantName(), metavar="NAME", help="Play with this fault in the engine.")
@click.option("--mutants", is_flag=True, help="Look whether every faulty engine is noticed.")
@click.option("--points", is_flag=True, help="List the crash points.")
@click.option("--jobs", default=0, type=click.IntRange(0), metavar="J", help="Processes; 0 is one for each core.")
@click.option("--ledger", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Append the result.")
@click.option("--resume", is_flag=True, help="Go on with the seed after the ledger's last one.")
@click.option("--table", is_flag=True, help="Print the ledger's sums as the table in README.md.")
@pass_invocation
@click.pass_context
def simulate(
    ctx: click.Context, invocation: Invocation, /, mutants: bool, points: bool, table: bool, ledger: Path | None,
    resume: bool, **given: Any,
) -> None:  # fmt: skip
    """Play seeded histories of the real engine in bad weather, and judge them."""
    asked = Asked(**{**given, "jobs": given["jobs"] or os.cpu_count() or 1})
    if points:
        clean = _points(invocation)
    elif table:
        clean = _table(invocation, ledger)
    elif mutants:
        clean = _mutants(invocation, asked)
    else:
        clean = _histories(invocation, asked, ledger, resume)
    if not clean:
        ctx.exit(FAILED)


def _histories(invocation: Invocation, asked: Asked, ledger: Path | None, resume: bool) -> bool:
    from tieline_simulation import ledger as books
    from tieline_simulation.report import document, lines, progress_line
    from tieline_simulation.runs import Order, run
    from tieline_simulation.total import Total
    from tieline_simulation.workers import crew

    if resume and ledger is None:
        raise click.UsageError("--resume goes on with a ledger. Name it with --ledger FILE.")
    order = Order(asked.plan, asked.shape, asked.seed, asked.histories)
    if resume and ledger is not None:
        order = replace(order, seed=books.next_seed(ledger, order))
    clock, told = SystemClock(), [0]

    def progress(total: Total) -> None:
        if total.histories * STEPS // order.count > told[0]:
            told[0] = total.histories * STEPS // order.count
            invocation.note(progress_line(total, order.count))

    began = clock.monotonic()
    with crew(min(asked.jobs, order.count)) as workers:
        total = run(order, workers, progress)
    result = document(order.seed, total, clock.monotonic() - began)
    if ledger is not None:
        books.append(ledger, books.entry(order, result, clock.now()))
    invocation.show(result, lambda: lines(result))
    return total.clean


def _mutants(invocation: Invocation, asked: Asked) -> bool:
    from tieline_simulation.hunt import hunt, lines
    from tieline_simulation.workers import crew

    with crew(asked.jobs) as workers:
        found = hunt(asked.seed, workers, invocation.note)
    invocation.show({"seed": asked.seed, "mutants": found}, lambda: lines(found))
    return all(one["caught"] for one in found)


def _points(invocation: Invocation) -> bool:
    from tieline_simulation.points import document, lines

    listed = document()
    invocation.show({"points": listed}, lambda: lines(listed))
    return True


def _table(invocation: Invocation, ledger: Path | None) -> bool:
    from tieline_simulation import ledger as books
    from tieline_simulation.table import rows, table

    if ledger is None:
        raise click.UsageError("--table adds up a ledger. Name it with --ledger FILE.")
    entries = books.read(ledger)
    invocation.show({"rows": dict(rows(entries))}, lambda: table(entries))
    return True
