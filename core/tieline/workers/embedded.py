"""The embedded runner: cycles of one back office in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tieline.contract import TielineError, TransientError, Unconfirmed
from tieline.store.protocol import Fenced, Store
from tieline.sync.context import Context
from tieline.sync.cycle import Cycle, Progress, Report
from tieline.sync.first_load import confirm_first_load, confirmed
from tieline.sync.pace import FIRST_LOOK
from tieline.sync.preview import Counts, preview
from tieline.workers.assemble import LEASE_SECONDS, Engine
from tieline.workers.mirror import mirror_lists

LEASE_LOST = "lease_lost"

Confirm = Callable[[dict[str, Counts]], bool]
"""Shown the counts of the first load; True when a person says yes."""


def run_once(engine: Engine, confirm: Confirm, progress: Progress = lambda _stage: None) -> Report:
    """One cycle. Before the first load both sides are read and the counts are put to `confirm`. Raises Unconfirmed."""
    engine = engine.current()
    _renew(engine.context)
    if engine.chosen.paused:
        return Report(paused=True)
    cycle = Cycle(engine.context, progress, engine.desk)
    try:
        if not confirmed(engine.context):
            _first_load(cycle, engine, confirm)
        report = cycle.run()
        report.problems += mirror_lists(engine.context, engine.org, engine.chosen.mirrors, engine.write_package)
        report.problems += engine.chosen.complaints()
        return report
    except Fenced as error:
        raise _lost(engine.context) from error


def _first_load(cycle: Cycle, engine: Engine, confirm: Confirm) -> None:
    """A watch comes here in every cycle; both sides are read at the back office's own pace."""
    context = engine.context
    pace, options, now = context.pace, context.options, context.clock.now()
    held = pace.held(FIRST_LOOK, now)
    if held is not None:
        raise held.with_traceback(None)
    try:
        counts = look(cycle)
    except TielineError as error:
        pace.hold(FIRST_LOOK, error, now + min(options.changes_every, options.changes_after_press))
        raise
    if not confirm(counts):
        refused = _unconfirmed(context)
        pace.hold(FIRST_LOOK, refused, now + options.changes_every)
        raise refused
    confirm_first_load(context, sum(one.writes for one in counts.values()))


def _unconfirmed(context: Context) -> Unconfirmed:
    return Unconfirmed(
        "the first load has not been confirmed",
        where=f"back office {context.back_office}",
        mend="Look at the counts of `tieline sync --preview`, then run `tieline sync --once --yes`.",
    )


def look(cycle: Cycle) -> dict[str, Counts]:
    """Read both sides and count what the first load would do. A side that cannot be read stops it: half a picture must
    not be confirmed."""
    cycle.look()
    if cycle.report.problems:
        raise TransientError(cycle.report.problems[0], mend="Try again when both sides can be read.")
    return preview(cycle.context)


def watch(
    engine: Engine,
    confirm: Confirm,
    interval: float,
    wait: Callable[[float], object],
    progress: Progress = lambda _stage: None,
) -> Iterator[Report | TielineError]:
    """Cycle after cycle until the caller stops; what failed is told and the next one tried after the interval. `wait`
    may come back sooner when there is something to do."""
    while True:
        engine = engine.current()
        try:
            yield run_once(engine, confirm, progress)
        except Unconfirmed:
            raise
        except TielineError as error:
            yield error
        wait(interval)


def _renew(context: Context) -> None:
    """Hold the lease for longer; its end moves, so only the token tells whether it is still ours."""
    fence = context.fence
    store: Store = context.store
    if fence is None:
        return
    held = store.lease(fence.name, fence.owner, context.clock.now(), LEASE_SECONDS)
    if held is None or held.token != fence.token:
        raise _lost(context)


def _lost(context: Context) -> TransientError:
    """Nothing was kept of what this worker was about to record; the other one goes on."""
    what = "the lease was lost to another worker"
    return TransientError(what, where=context.back_office, mend="Start again.", code=LEASE_LOST)
