"""`tieline sync` without a name where there are several back offices: all of them, one cycle after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tieline.cli.cycle_report import count_lines, counts_of, document, keep_checkpoint, lines
from tieline.cli.invocation import Invocation
from tieline.contract import TielineError

if TYPE_CHECKING:
    from tieline.sync.cycle import Report
    from tieline.sync.preview import Counts
    from tieline.workers.embedded import Confirm
    from tieline.workers.stopping import Stopping
    from tieline.workers.turns import Turn

Confirming = Callable[[str], "Confirm"]
"""Who confirms the first load of a back office, by its name."""


def turns(invocation: Invocation, names: Sequence[str], org: str, interval: float = 0.0) -> list[Turn]:
    from tieline.workers.assemble import assemble
    from tieline.workers.turns import Turn

    runtime = invocation.runtime
    return [Turn(one, lambda one=one: assemble(runtime, one, org), runtime.clock, interval) for one in names]  # type: ignore[misc]


def once(invocation: Invocation, waiting: Sequence[Turn], confirming: Confirming, stopping: Stopping) -> bool:
    """One cycle of each; whether all went well."""
    told: list[dict[str, Any]] = []
    said: list[str] = []
    well = True
    for turn in waiting:
        outcome = turn.take(confirming(turn.name), stopping.check)
        well = _tell(invocation, turn, outcome, told, said) and well
    invocation.show({"back_offices": told}, lambda: said)
    return well


def _tell(
    invocation: Invocation, turn: Turn, outcome: Report | TielineError | None, told: list[dict[str, Any]],
    said: list[str],
) -> bool:  # fmt: skip
    if isinstance(outcome, TielineError):
        told.append({"back_office": turn.name, "problems": [outcome.sentence()]})
        said.append(f"{turn.name}: {invocation.speaker.error(outcome)}")
        return False
    assert outcome is not None  # a first turn never rests
    assert turn.engine is not None  # only an engine makes a report
    keep_checkpoint(invocation, turn.engine, outcome)
    told.append(document(turn.engine, outcome))
    said.extend(f"{turn.name}: {line}" for line in lines(outcome))
    return not outcome.problems


def preview(invocation: Invocation, waiting: Sequence[Turn]) -> None:
    """What the first load of each would do. Raises for the first one that cannot be read."""
    from tieline.sync.cycle import Cycle
    from tieline.workers.embedded import look

    found: dict[str, dict[str, Counts]] = {}
    for turn in waiting:
        found[turn.name] = look(Cycle(turn.assembled().context))
    told = [{"back_office": name, "first_load": counts_of(counts)} for name, counts in found.items()]
    invocation.show(
        {"back_offices": told},
        lambda: [line for name, counts in found.items() for line in (f"{name}:", *count_lines(counts))],
    )


def watch(
    invocation: Invocation, waiting: Sequence[Turn], confirming: Confirming, interval: float, stopping: Stopping
) -> None:  # fmt: skip
    """Round after round until it is stopped. The org's word that something changed starts the next round at once."""
    back_office = ", ".join(turn.name for turn in waiting)
    invocation.note(f"Watching {back_office} and the org every {interval:g} s; stop with Ctrl-C.")
    wait: Callable[[float], object] | None = None
    former: dict[str, str] = {}
    while True:
        for turn in waiting:
            _note(invocation, turn, turn.take(confirming(turn.name), stopping.check), former)
            stopping.check()
        wait = wait or _listening(invocation, waiting)
        stopping.idle(wait or invocation.runtime.clock.sleep)(interval)


def _listening(invocation: Invocation, waiting: Sequence[Turn]) -> Callable[[float], object] | None:
    """One ear for all: they share the org."""
    from tieline.org.wakeup import WakeUp

    engine = next((turn.engine for turn in waiting if turn.engine is not None), None)
    return WakeUp(engine.org.session, invocation.runtime.clock).wait if engine is not None else None


def _note(invocation: Invocation, turn: Turn, outcome: Report | TielineError | None, former: dict[str, str]) -> None:
    """What went wrong is said once, until something else happens."""
    if outcome is None:
        return
    if isinstance(outcome, TielineError):
        sentence = invocation.speaker.error(outcome)
        if former.get(turn.name) != sentence:
            invocation.note(f"{turn.name}: {sentence}")
        former[turn.name] = sentence
        return
    former.pop(turn.name, None)
    assert turn.engine is not None  # only an engine makes a report
    keep_checkpoint(invocation, turn.engine, outcome)
    if outcome.total_writes or outcome.problems:
        for line in lines(outcome):
            invocation.note(f"{turn.name}: {line}")
