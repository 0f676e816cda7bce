"""A run's result: one document for programs, lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tieline_simulation.script import Script
from tieline_simulation.total import Failure, Total
from tieline_simulation.trace import combined
from tieline_simulation.violation import INVARIANTS

SHOWN_CHANGES = 40


def document(seed: int, total: Total, seconds: float) -> dict[str, Any]:
    counts = total.counts
    return {
        "seed": seed, "histories": total.histories, "runs": total.runs, "edits": counts["edits"],
        "crashes": counts["crashes"], "faults": counts["faults"], "calls": counts["calls"],
        "violations": total.by_invariant(), "trace_hash": combined(total.traces), "seconds": round(seconds, 1),
        "window_losses": _window_losses(total),
        "replayed": {"count": total.replayed, "differing": sorted(total.differing)},
        "failures": [_failure(failure) for failure in total.failures],
    }  # fmt: skip


def _window_losses(total: Total) -> dict[str, Any]:
    listed = [
        {"seed": seed, "record": loss.record, "field": loss.field, "lost": loss.lost, "pre_image": loss.pre_image}
        for seed, loss in total.losses
    ]
    return {"count": total.lost, "edits": total.counts["open_edits"], "rate": total.loss_rate, "listed": listed}


def _failure(failure: Failure) -> dict[str, Any]:
    script = failure.script
    return {
        "shape": script.shape, "seed": script.seed, "invariant": failure.invariant, "words": failure.words,
        "command": script.command(), "kills": sorted(script.kills or ()), "trace": _trace(failure),
    }  # fmt: skip


def _trace(failure: Failure) -> list[str]:
    """The steps that are left, then what they changed."""
    steps = [f"step {number}: {name.replace('_', ' ')}" for number, name in failure.steps]
    return [*steps, *failure.changes[-SHOWN_CHANGES:]]


def lines(told: dict[str, Any]) -> Iterator[str]:
    yield (
        f"{told['histories']} histories from seed {told['seed']}: {told['edits']} edits, {told['crashes']} crashes, "
        f"{told['faults']} faults, {told['calls']} calls in {told['seconds']} s"
    )
    for name, count in told["violations"].items():
        yield f"  {name:>3}  {count:>4}  {INVARIANTS[name]}"
    window = told["window_losses"]
    yield (
        f"lost in a window, where the system takes no condition: {window['count']} of {window['edits']} edits there "
        f"({window['rate']:.4%})"
    )
    again = told["replayed"]
    yield f"played twice: {again['count']}, different the second time: {len(again['differing'])}"
    yield f"trace {told['trace_hash']}"
    for failure in told["failures"]:
        yield from failure_lines(failure)


def failure_lines(failure: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield f"seed {failure['seed']} ({failure['shape']}) broke {failure['invariant']}: {failure['words']}"
    yield f"  {failure['command']}"
    yield from (f"    {one}" for one in failure["trace"])


def progress_line(total: Total, of: int) -> str:
    return f"{total.histories} of {of} histories, {total.violations.total()} violations"


def plan_words(plan: Script) -> str:
    return ", ".join(part for part in (plan.store, plan.crash, plan.mutant) if part)
