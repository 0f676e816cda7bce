"""`tieline sync`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from tieline.cli.cycle_report import count_lines, counts_of, document, keep_checkpoint, lines
from tieline.cli.exit_codes import DONE, FAILED, INTERRUPTED
from tieline.cli.invocation import Invocation, pass_invocation

if TYPE_CHECKING:
    from tieline.sync.preview import Counts
    from tieline.workers.assemble import Engine
    from tieline.workers.embedded import Confirm
    from tieline.workers.stopping import Stopping


@click.command()
@click.option("--once", "mode", flag_value="once", default=True, help="One cycle (the default).")
@click.option("--watch", "mode", flag_value="watch", help="Cycle after cycle until interrupted.")
@click.option("--preview", "mode", flag_value="preview", help="Count what the first load would do; write nothing.")
@click.option("--back-office", default="", metavar="NAME", help="Which back office; all by default.")
@click.option("--org", default="", metavar="FILE|NAME", help="Which org; the only one by default.")
@click.option("--yes", is_flag=True, help="Confirm the counts of the first load.")
@click.option("--interval", default=5.0, show_default=True, type=click.FloatRange(0.1), help="Seconds between cycles.")
@pass_invocation
@click.pass_context
def sync(
    ctx: click.Context, invocation: Invocation, mode: str, back_office: str, org: str, yes: bool, interval: float
) -> None:
    """Bring the org and a back office together, both ways."""
    from tieline.workers.assemble import assemble

    def assembled() -> Engine:
        return assemble(invocation.runtime, back_office, org)

    with invocation.runtime.exclusive():
        names = [one.name for one in invocation.runtime.back_offices()]
        if not back_office and len(names) > 1:
            ctx.exit(_in_turn(invocation, names, org, mode, yes, interval))
        elif mode == "preview":
            _preview(invocation, assembled())
        else:
            confirm = _confirmation(invocation, yes)
            ctx.exit(_run(invocation, assembled, confirm, interval if mode == "watch" else None))


def _run(
    invocation: Invocation, assembled: Callable[[], Engine], confirm: Confirm, interval: float | None
) -> int:  # fmt: skip
    """One cycle, or with an interval one after the other; the exit code. SIGTERM ends it in order."""
    from tieline.workers.stopping import Stopped, in_order

    with in_order() as stopping:
        try:
            if interval is None:
                return DONE if _once(invocation, assembled(), confirm, stopping) else FAILED
            while True:  # a lost lease is never ours again; whoever has it now may end
                engine = _patiently(invocation, assembled, interval, stopping)
                _watch_while_ours(invocation, engine, confirm, interval, stopping)
        except Stopped:
            invocation.note("Stopped in order; what is left is done when it is started again.")
    return DONE if interval is not None else INTERRUPTED


def _in_turn(invocation: Invocation, names: Sequence[str], org: str, mode: str, yes: bool, interval: float) -> int:
    """All back offices, one after the other; the exit code."""
    from tieline.cli import sync_in_turn as several
    from tieline.workers.stopping import Stopped, in_order

    def confirming(name: str) -> Confirm:
        return _confirmation(invocation, yes, name)

    waiting = several.turns(invocation, names, org, interval)
    if mode == "preview":
        several.preview(invocation, waiting)
        return DONE
    with in_order() as stopping:
        try:
            if mode == "once":
                return DONE if several.once(invocation, waiting, confirming, stopping) else FAILED
            several.watch(invocation, waiting, confirming, interval, stopping)
        except Stopped:
            invocation.note("Stopped in order; what is left is done when it is started again.")
    return DONE if mode == "watch" else INTERRUPTED


def _patiently(invocation: Invocation, assembled: Callable[[], Engine], interval: float, stopping: Stopping) -> Engine:
    """A service may be started while a side is away, after a power cut for one: it says so, and waits."""
    from tieline.contract import AnswerLost, TransientError
    from tieline.workers.turns import LONGEST_REST

    rest = stopping.idle(invocation.runtime.clock.sleep)
    while True:
        try:
            return assembled()
        except (TransientError, AnswerLost) as error:
            invocation.note(invocation.speaker.error(error))
            asked = getattr(error, "retry_after", None) or 0.0
        rest(min(max(interval, asked), LONGEST_REST))
        interval = min(2 * interval, LONGEST_REST)


def _once(invocation: Invocation, engine: Engine, confirm: Confirm, stopping: Stopping) -> bool:
    from tieline.workers.embedded import run_once

    report = run_once(engine, confirm, stopping.check)
    keep_checkpoint(invocation, engine, report)
    invocation.show(document(engine, report), lambda: lines(report))
    return not report.problems


def _watch_while_ours(
    invocation: Invocation, engine: Engine, confirm: Confirm, interval: float, stopping: Stopping
) -> None:  # fmt: skip
    """Comes back when another worker has the lease."""
    from tieline.contract import TielineError
    from tieline.org.wakeup import WakeUp
    from tieline.workers.embedded import LEASE_LOST, watch

    invocation.note(f"Watching {engine.context.back_office} and the org every {interval:g} s; stop with Ctrl-C.")
    woken = WakeUp(engine.org.session, invocation.runtime.clock)
    for outcome in watch(engine, confirm, interval, stopping.idle(woken.wait), stopping.check):
        if isinstance(outcome, TielineError):
            invocation.note(invocation.speaker.error(outcome))
            if outcome.code == LEASE_LOST:
                return
            continue
        keep_checkpoint(invocation, engine, outcome)
        if outcome.total_writes or outcome.problems:
            for line in lines(outcome):
                invocation.note(line)


def _preview(invocation: Invocation, engine: Engine) -> None:
    from tieline.sync.cycle import Cycle
    from tieline.workers.embedded import look

    counts = look(Cycle(engine.context))
    told = {"back_office": engine.context.back_office, "first_load": counts_of(counts)}
    invocation.show(told, lambda: count_lines(counts))


def _confirmation(invocation: Invocation, yes: bool, name: str = "") -> Confirm:
    """`name` says whose counts they are, where there are several."""

    def confirm(counts: dict[str, Counts]) -> bool:
        if name:
            invocation.note(f"{name}:")
        for line in count_lines(counts):
            invocation.note(line)
        if yes:
            return True
        if invocation.json or not sys.stdin.isatty():
            return False
        total = sum(one.writes for one in counts.values())
        typed = click.prompt(
            invocation.speaker.text(f"Type {total} to go on"), default="", show_default=False, err=True
        )
        return str(typed).strip() == str(total)

    return confirm
