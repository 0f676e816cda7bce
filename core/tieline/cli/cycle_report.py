"""What a cycle and a first load are shown as."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tieline.cli.invocation import Invocation

if TYPE_CHECKING:
    from tieline.sync.cycle import Report
    from tieline.sync.preview import Counts
    from tieline.workers.assemble import Engine


def keep_checkpoint(invocation: Invocation, engine: Engine, report: Report) -> None:
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


def counts_of(told: dict[str, Counts]) -> dict[str, Any]:
    return {name: asdict(one) for name, one in told.items()}


def count_lines(told: dict[str, Counts]) -> Iterator[str]:
    yield f"{'First load':<20}{'join':>8}{'to CRM':>8}{'to ERP':>8}{'unclear':>8}{'left':>8}"
    for name, one in told.items():
        yield f"{name:<20}{one.link:>8}{one.create_crm:>8}{one.create_erp:>8}{one.ambiguous:>8}{one.skip:>8}"


def document(engine: Engine, report: Report) -> dict[str, Any]:
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


def lines(report: Report) -> Iterator[str]:
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
