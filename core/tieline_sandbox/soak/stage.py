"""The stage: a local org and a local back office in processes of their own, connected, installed and loaded."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tieline.contract import PermanentError
from tieline_sandbox.soak.planes import Plane
from tieline_sandbox.soak.said import customers
from tieline_sandbox.soak.trade import Trade
from tieline_sandbox.soak.trades import trade_of
from tieline_sandbox.soak.workers import Ran, Worker, Zygote, eventually

ORG = "org"
_LONGEST_WAIT = timedelta(minutes=5)
_MOST_CYCLES = 30
_FEW, _A_ROUND = 12, 0.75


@dataclass(frozen=True)
class Stage:
    """`erp` and `org` are the planes; `system` the word of the back office, and its connection's name; `trade` what
    people do there."""

    zygote: Zygote
    state: Path
    system: str
    org: Plane
    erp: Plane
    trade: Trade

    def document(self, name: str) -> dict[str, Any]:
        """Addresses and credentials of a sandbox."""
        return dict(json.loads((self.state / f"{name}.json").read_text("utf-8")))

    @property
    def engine_user(self) -> str:
        """The org's user the product signs in as."""
        return str(self.document(ORG)["username"])

    def run(self, *arguments: str) -> Ran:
        return self.zygote.run(*arguments, state=self.state)

    def watch(self, interval: float = 0.2, **environment: str) -> Worker:
        told = ("sync", "--watch", "--yes", "--interval", str(interval))
        return self.zygote.start(*told, state=self.state, **environment)

    def once(self, **environment: str) -> Worker:
        return self.zygote.start("sync", "--once", "--yes", "--json", state=self.state, **environment)

    def settle(self) -> int:
        """Cycles until one neither writes nor complains, and no record waits for its next attempt soon; how many it
        took. Raises PermanentError when none is quiet."""
        ran = None
        for count in range(1, _MOST_CYCLES + 1):
            started = self.zygote.clock.now()
            ran = self.once().ran()
            if ran.code == 0 and _quiet(json.loads(ran.out)) and not self._rested(started):
                return count
        raise PermanentError(f"not at rest after {_MOST_CYCLES} cycles: {ran}", where="soak", mend="Look into its log.")

    def _rested(self, started: datetime) -> bool:
        """Whether a record that was refused for a moment had its wait: a quiet cycle does not mean that it was sent."""
        wait = wait_after(started, self.run("status", "--json").document()["back_offices"], self.zygote.clock.now())
        if wait is None:
            return False
        self.zygote.clock.sleep(wait)
        return True


def wait_after(started: datetime, offices: Sequence[Mapping[str, Any]], now: datetime) -> float | None:
    """Seconds until the next attempt that `tieline status` tells. None when no record waits, when the cycle that began
    at `started` had tried it, and when it waits for long: the judge may say so then."""
    due = [datetime.fromisoformat(one["next_retry"]) for one in offices if one["next_retry"]]
    ahead = [one for one in due if started < one <= now + _LONGEST_WAIT]
    return max(0.0, (min(ahead) - now).total_seconds()) if ahead else None


def data_for(rounds: int, samples: Path, place: Path) -> Path:
    """A folder of seed data with customers enough for so many rounds, made at `place`; the rest is as in `samples`."""
    shutil.copytree(samples, place)
    (place / "customers.csv").write_text(customers(_FEW + round(rounds * _A_ROUND)), "utf-8")
    return place


@contextlib.contextmanager
def staged(zygote: Zygote, state: Path, system: str, data: Path) -> Iterator[Stage]:
    """Everything ready and at rest. The sandboxes end with the zygote. Raises Misconfigured for a system where nobody
    works."""
    trade = trade_of(system)
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, more in ((ORG, []), (system, ["--data", str(data)])):
        _up(zygote, state, name, more)
    with contextlib.ExitStack() as closing:
        org, erp = (
            closing.enter_context(contextlib.closing(plane(json.loads((state / f"{name}.json").read_text("utf-8")))))
            for name, plane in ((ORG, Plane), (system, trade.plane))
        )
        stage = Stage(zygote, state, system, org, erp, trade)
        for name in (ORG, system):
            stage.run("connect", name, name, "--from", str(state / f"{name}.json"), "--json").document()
        for command in trade.commands:
            stage.run(*command, "--json").document()
        stage.run("package", "apply", "--yes", "--json").document()
        stage.settle()
        yield stage


def _up(zygote: Zygote, state: Path, name: str, more: list[str]) -> None:
    place = state / f"{name}.json"
    place.unlink(missing_ok=True)
    running = zygote.start("sandbox", name, *more, state=state)
    eventually(zygote.clock, lambda: place.exists() or not running.running, f"{name} is up")
    if not place.exists():
        raise PermanentError(f"{name} did not start: {running.err}", where="soak")


def _quiet(document: dict[str, Any]) -> bool:
    return not (sum(document["writes"].values()) or document["answers"] or document["unknown"] or document["problems"])
