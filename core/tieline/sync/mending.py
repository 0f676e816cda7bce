"""Mending drift on a person's word: both sides are read whole, and what is found is decided like any other change."""

from __future__ import annotations

from tieline.sync.context import Context
from tieline.sync.cycle import Cycle, Report
from tieline.sync.recover import births, recover
from tieline.sync.rounds import run_rounds


def mend_drift(context: Context, by: str, differences: int) -> Report:
    """Raises what reading either side raises; nothing was decided then."""
    cycle = Cycle(context)
    cycle.stage("recover", lambda: cycle.report.writes.add(recover(context)))
    cycle.report.audited.add(run_rounds(context, births(context), everything=True))
    cycle.settle()
    done = cycle.report
    note = context.note(
        "drift_mended",
        before={"differences": differences},
        after={"by": by, "missed": done.audited.missed, "crm": done.writes.crm, "erp": done.writes.erp},
    )
    with context.store.transaction(context.fence) as tx:
        tx.append_audit(context.back_office, [note])
    return done
