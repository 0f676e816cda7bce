"""`tieline soak`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from typing import Any

import click

from tieline.cli.exit_codes import FAILED
from tieline.cli.invocation import Invocation, pass_invocation
from tieline.contract import Misconfigured

_SHOWN = 20


@click.command()
@click.option("--rounds", default=150, show_default=True, type=click.IntRange(1), help="How often a worker is killed.")
@click.option("--seed", default=1, show_default=True, type=int, help="What people, faults and kills are drawn from.")
@click.option(
    "--faults", default=1.0, show_default=True, type=click.FloatRange(0, 50), help="Per cent of requests that fail."
)
@click.option("--system", default="unleashed", show_default=True, metavar="NAME", help="Which back office.")
@pass_invocation
@click.pass_context
def soak(ctx: click.Context, invocation: Invocation, rounds: int, seed: int, faults: float, system: str) -> None:
    """Kill `tieline sync --watch` again and again between a local org and a local back office, while people edit and
    requests fail; then judge from both systems' own logs that nothing was lost or made twice. Wants a state directory
    of its own."""
    document = _run(invocation, rounds, seed, faults / 100, system)
    invocation.show(document, lambda: _lines(document))
    if document["violations"]:
        ctx.exit(FAILED)


def _run(invocation: Invocation, rounds: int, seed: int, share: float, system: str) -> dict[str, Any]:
    from tieline.sync.points import Point
    from tieline_sandbox.commands import built_in_data
    from tieline_sandbox.soak.rounds import Soak
    from tieline_sandbox.soak.stage import data_for, staged
    from tieline_sandbox.soak.workers import Zygote

    runtime = invocation.runtime
    state = runtime.folder.path
    if runtime.folder.database.exists():
        raise Misconfigured("this state directory is in use", where=str(state), mend="Give an empty one with --state.")
    chosen = runtime.system(system)
    with ExitStack() as running:
        modules = [str(getattr(chosen.client, "__module__", "tieline"))]
        zygote = running.enter_context(Zygote(runtime.clock, state / "log" / "soak", modules))
        stage = running.enter_context(staged(zygote, state, system, data_for(rounds, built_in_data(), state / "data")))
        play = running.enter_context(closing(Soak(stage, seed, share, [str(point) for point in Point])))
        started = runtime.clock.monotonic()
        verdict = play.play(rounds, lambda done: _progress(invocation, done, rounds))
        seconds = runtime.clock.monotonic() - started
        return {"seed": seed, **_document(play, verdict), "seconds": round(seconds, 1)}


def _progress(invocation: Invocation, done: int, rounds: int) -> None:
    if done % 10 == 0:
        invocation.note(f"{done} of {rounds} rounds")


def _document(play: Any, verdict: Any) -> dict[str, Any]:
    tally = play.tally
    counted = ("duplicated", "lost", "window_losses", "unexplained", "unaudited", "unequal")
    bad = [name for name in counted if name != "window_losses"]
    return {
        "rounds": tally.rounds,
        "kills": tally.kills,
        "kills_at_points": tally.at_points,
        "edits": play.people.edits,
        "given_up": play.people.given_up,
        "faults": play.weather.faults,
        "requests": {"crm": play.stage.org.calls(), "erp": play.stage.erp.calls()},
        **{name: len(getattr(verdict, name)) for name in counted},
        "recovery_seconds": {"p50": _percentile(tally.recoveries, 50), "p99": _percentile(tally.recoveries, 99)},
        "violations": [f"{name}: {one}" for name in bad for one in getattr(verdict, name)],
        "windows": list(verdict.window_losses),
    }


def _percentile(values: Sequence[float], share: int) -> float:
    """The value that so many per cent do not exceed; 0 of none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, len(ordered) * share // 100)], 3)


def _lines(document: dict[str, Any]) -> Iterator[str]:
    yield (
        f"{document['rounds']} rounds, {document['kills']} kills ({document['kills_at_points']} at named points), "
        f"{document['edits']} edits, {document['faults']} faults, {document['seconds']} s"
    )
    yield f"  duplicated {document['duplicated']}, lost {document['lost']}, unequal {document['unequal']}"
    yield f"  unexplained {document['unexplained']}, unaudited {document['unaudited']}"
    yield f"  overwritten between a read and its write {document['window_losses']}"
    recovery = document["recovery_seconds"]
    yield f"  seconds until an edit made before a start has arrived: p50 {recovery['p50']}, p99 {recovery['p99']}"
    yield from (f"  ! {one}" for one in document["violations"][:_SHOWN])
