"""The loop: start a worker, let people edit, kill it without a word, let people edit again, and once more."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tieline.contract import PermanentError
from tieline_sandbox.soak.judge import Evidence, Judge, Verdict
from tieline_sandbox.soak.people import People
from tieline_sandbox.soak.planes import Plane
from tieline_sandbox.soak.said import Ledger, Site, Typed
from tieline_sandbox.soak.stage import Stage
from tieline_sandbox.soak.weather import Weather
from tieline_sandbox.soak.workers import Worker, eventually

_ARRIVAL = 60.0
_LONGEST_LIFE = 1.2


@dataclass
class Tally:
    """What a run did. `recoveries`: seconds from the start of a worker until what was typed while none was running
    stood on the other side."""

    rounds: int = 0
    kills: int = 0
    at_points: int = 0
    recoveries: list[float] = field(default_factory=list)


class Soak:
    """One run on a stage. `points` are names of places where every third worker is killed by itself."""

    def __init__(self, stage: Stage, seed: int, share: float, points: list[str]) -> None:
        self.stage, self.ledger, self.tally = stage, Ledger(), Tally()
        self._clock = stage.zygote.clock
        self._draw = random.Random(seed)  # noqa: S311 - seeded on purpose
        self._points = points
        self.people = People(stage, self.ledger, seed + 1)
        self.weather = Weather((stage.org, stage.erp), share, seed + 2)
        self._deliveries: dict[Site, list[dict[str, Any]]] = {Site.CRM: [], Site.ERP: []}

    def close(self) -> None:
        self.people.close()

    def play(self, rounds: int, told: Callable[[int], object] = lambda _done: None) -> Verdict:
        """Everything; the verdict after all came to rest in fair weather."""
        for _ in range(rounds):
            self.round()
            told(self.tally.rounds)
        self.weather.clear()
        self.stage.settle()
        return self.judge().verdict()

    def round(self) -> None:
        """One worker's life and death."""
        arrived = self._arrival(self.people.dead)
        self.weather.turn()
        worker = self._worker()
        if self.tally.rounds % 4 == 0:
            self._await(worker, arrived)
        self._let_work(worker)
        self._end(worker)
        self._remember_deliveries()
        self.tally.rounds += 1

    def _worker(self) -> Worker:
        """Every third one carries a fault point of its own."""
        if self.tally.rounds % 3 == 2 and self._points:
            point, nth = self._draw.choice(self._points), self._draw.randint(1, 4)
            return self.stage.watch(TIELINE_FAULTPOINT=f"{point}:{nth}:kill9")
        return self.stage.watch()

    def _let_work(self, worker: Worker) -> None:
        """Some edits at any time, and more for one worker than for another."""
        for _ in range(self._draw.randint(1, 4)):
            if worker.ended(self._draw.uniform(0.0, _LONGEST_LIFE / 2)):
                return
            self.people.live()
        self._draw.choice((self.people.birth, self.people.sale, self.people.live))()
        worker.ended(self._draw.uniform(0.0, _LONGEST_LIFE))

    def _end(self, worker: Worker) -> None:
        if worker.running:
            worker.kill()
        elif worker.code == -9:
            self.tally.at_points += 1
        else:
            raise PermanentError(f"the worker ended by itself ({worker.code}): {worker.err}", where="soak")
        self.tally.kills += 1

    def _arrival(self, work: Callable[[], list[str]]) -> Callable[[], bool]:
        """Do the work of people; what is answered tells whether it was taken up: each value that was saved stands on
        the other side as well, or lost to another one and was overwritten."""
        since = {site: _last(self._plane(site)) for site in Site}
        typed = [self.ledger.typed[value] for value in work()]

        def held(one: Typed, site: Site) -> list[Any]:
            rows = [row for row in self._plane(site).log(since[site]) if row["id"] == one.pair.on(site)]
            return [(row["after"] or {}).get(one.column.on(site)) for row in rows]

        def taken_up(one: Typed) -> bool:
            return one.value in held(one, one.site.other) or held(one, one.site)[-1] != one.value

        saved = [one for one in typed if one.value in held(one, one.site)]
        return lambda: all(taken_up(one) for one in saved)

    def _plane(self, site: Site) -> Plane:
        return self.stage.org if site is Site.CRM else self.stage.erp

    def _await(self, worker: Worker, arrived: Callable[[], bool]) -> None:
        started = self._clock.monotonic()
        words = f"what was typed before it started is taken up (see {worker.logs})"
        eventually(self._clock, lambda: not worker.running or arrived(), words, _ARRIVAL)
        if worker.running:
            self.tally.recoveries.append(self._clock.monotonic() - started)

    def _remember_deliveries(self) -> None:
        """The sandboxes keep their last ones only."""
        for site, plane in ((Site.CRM, self.stage.org), (Site.ERP, self.stage.erp)):
            kept = self._deliveries[site]
            kept += plane.requests(kept[-1]["seq"] if kept else 0)

    # judgement -------------------------------------------------------------------------------------------------

    def judge(self) -> Judge:
        self._remember_deliveries()
        told = self.stage.run("status", "--json").document()["back_offices"]
        evidence = Evidence(
            org=self.stage.org.log(),
            erp=self.stage.erp.log(),
            org_deliveries=self._deliveries[Site.CRM],
            erp_deliveries=self._deliveries[Site.ERP],
            conflicts=self.stage.run("conflicts", "--json").document()["conflicts"],
            audit=self.stage.run("history", "--json", "--limit", "10000000").document()["entries"],
            stuck=[one for office in told for one in office["out_of_sync"]],
            engine_user=self.stage.engine_user,
        )
        return Judge(self.ledger, self.people.pairs, evidence, self.stage.trade)


def _last(plane: Plane) -> int:
    return max((int(row["seq"]) for row in plane.log()), default=0)
