"""`tieline sync`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from tieline.cli.exit_codes import DONE, FAILED, INTERRUPTED
from tieline.cli.invocation import Invocation, pass_invocation

if TYPE_CHECKING:
    from tieline.sync.cycle import Report
    from tieline.sync.preview import Counts
    from tieline.workers.assemble import Engine
    from tieline.workers.embedded import Confirm
    from tieline.workers.stopping import Stopping

_LONGEST_REST = 60.0
"""Seconds between two tries to begin."""


@click.command()
@click.option("--once", "mode", flag_value="once", default=True, help="One cycle (the default).")
@click.option("--watch", "mode", flag_value="watch", help="Cycle after cycle until interrupted.")
@click.option("--preview", "mode", flag_value="preview", help="Count what the first load would do; write nothing.")
@click.option("--back-office", default="", metavar="NAME", help="Which back office; the only one by default.")
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
        if mode == "preview":
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
            _watch(invocation, _patiently(invocation, assembled, interval, stopping), confirm, interval, stopping)
        except Stopped:
            invocation.note("Stopped in order; what is left is done when it is started again.")
    return DONE if interval is not None else INTERRUPTED


def _patiently(invocation: Invocation, assembled: Callable[[], Engine], interval: float, stopping: Stopping) -> Engine:
    """A service may be started while a side is away, after a power cut for one: it says so, and waits."""
    from tieline.contract import AnswerLost, TransientError

    rest = stopping.idle(invocation.runtime.clock.sleep)
    while True:
        try:
            return assembled()
        except (TransientError, AnswerLost) as error:
            invocation.note(invocation.speaker.error(error))
            asked = getattr(error, "retry_after", None) or 0.0
        rest(min(max(interval, asked), _LONGEST_REST))
        interval = min(2 * interval, _LONGEST_REST)


def _once(invocation: Invocation, engine: Engine, confirm: Confirm, stopping: Stopping) -> bool:
    from tieline.workers.embedded import run_once

    report = run_once(engine, confirm, stopping.check)
    _keep_checkpoint(invocation, engine, report)
    invocation.show(_document(engine, report), lambda: _lines(report))
    return not report.problems


def _watch(
    invocation: Invocation, engine: Engine, confirm: Confirm, interval: float, stopping: Stopping
) -> None:  # fmt: skip
    from tieline.contract import TielineError
    from tieline.org.wakeup import WakeUp
    from tieline.workers.embedded import watch

    invocation.note(f"Watching {engine.context.back_office} and the org every {interval:g} s; stop with Ctrl-C.")
    woken = WakeUp(engine.org.session, invocation.runtime.clock)
    for outcome in watch(engine, confirm, interval, stopping.idle(woken.wait), stopping.check):
        if isinstance(outcome, TielineError):
            invocation.note(invocation.speaker.error(outcome))
            continue
        _keep_checkpoint(invocation, engine, outcome)
        if outcome.total_writes or outcome.problems:
            for line in _lines(outcome):
                invocation.note(line)


def _keep_checkpoint(invocation: Invocation, engine: Engine, report: Report) -> None:
    """Now and then, how far the audit reaches is kept apart from it. Where that fails the records go on all the same,
    and it is said after every cycle that wrote."""
    from tieline.contract import TielineError
    from tieline.host.checkpoints import EVERY

    if not report.total_writes:
        return
    runtime = invocation.runtime
    try:
        with runtime.store.reading() as tx:
            runtime.checkpoints().keep(tx, [engine.context.back_office], runtime.clock.now(), after=EVERY)
    except TielineError as error:
        report.problems.append(error.sentence())
    except OSError as error:
        report.problems.append(f"{runtime.checkpoints().path}: {error.strerror}")


def _preview(invocation: Invocation, engine: Engine) -> None:
    from tieline.sync.cycle import Cycle
    from tieline.workers.embedded import look

    counts = look(Cycle(engine.context))
    document = {"back_office": engine.context.back_office, "first_load": _counts(counts)}
    invocation.show(document, lambda: _count_lines(counts))


def _confirmation(invocation: Invocation, yes: bool) -> Confirm:
    def confirm(counts: dict[str, Counts]) -> bool:
        for line in _count_lines(counts):
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


def _counts(counts: dict[str, Counts]) -> dict[str, Any]:
    return {name: asdict(one) for name, one in counts.items()}


def _count_lines(counts: dict[str, Counts]) -> Iterator[str]:
    yield f"{'First load':<20}{'join':>8}{'to CRM':>8}{'to ERP':>8}{'unclear':>8}{'left':>8}"
    for name, one in counts.items():
        yield f"{name:<20}{one.link:>8}{one.create_crm:>8}{one.create_erp:>8}{one.ambiguous:>8}{one.skip:>8}"


def _document(engine: Engine, report: Report) -> dict[str, Any]:
    return {
        "back_office": engine.context.back_office,
        "paused": report.paused,
        "records_read": report.seen.records,
        "writes": {"crm": report.writes.crm, "erp": report.writes.erp},
        "panels": report.panels,
        "panels_alone": report.panels_alone,
        "list_rows": report.lists,
        "requests": report.requests,
        "answers": report.answers,
        "refused": report.writes.refused,
        "unknown": report.writes.unknown,
        "problems": report.problems,
    }


def _lines(report: Report) -> Iterator[str]:
    writes = report.writes
    if report.paused:
        yield "Paused by the settings: nothing was read or written. See `tieline settings list`."
        return
    yield (
        f"Read {report.seen.records}; wrote {writes.crm} to the CRM and {writes.erp} to the ERP;"
        f" {report.panels} panels ({report.panels_alone} on their own), {report.lists} list rows,"
        f" {report.answers} answers."
    )
    if writes.refused:
        yield f"{writes.refused} refused: see `tieline status` and `tieline history`."
    if writes.unknown:
        yield f"{writes.unknown} without an answer: the next cycle finds out what became of them."
    yield from report.problems
