"""Real processes of the product, forked from a warm one, between a local org and a local Unleashed; one judge for all.

The judge and the people are those of `tieline soak`: what a test believes, it read from the systems' own logs.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from tieline.effects import SystemClock
from tieline_sandbox.commands import built_in_data
from tieline_sandbox.soak.judge import Verdict
from tieline_sandbox.soak.people import People
from tieline_sandbox.soak.rounds import Soak
from tieline_sandbox.soak.stage import Stage, data_for, staged
from tieline_sandbox.soak.workers import Ran, Worker, Zygote, eventually

CLIENTS = ("tieline_unleashed.client", "tieline_unleashed.sandbox")


class Play:
    """A soak in fair weather on a stage of its own, one step at a time."""

    def __init__(self, stage: Stage, soak: Soak) -> None:
        self.stage, self.soak = stage, soak
        self.people: People = soak.people
        self.state = stage.state

    def errands(self) -> None:
        """Something of everything that travels: edits on both sides, of one field too, births, a sale."""
        for _ in range(3):
            self.people.live()
        self.people.dead()
        self.people.birth()
        self.people.sale()

    def once(self, **environment: str) -> Ran:
        return self.stage.once(**environment).ran()

    def settle(self) -> Verdict:
        """Rest, and what the judge says."""
        self.stage.settle()
        return self.soak.judge().verdict()

    def engine_writes(self, since: tuple[int, int] = (0, 0)) -> list[dict[str, Any]]:
        """What the product changed on either side since then."""
        org = [one for one in self.stage.org.log(since[0]) if one["actor"] == self.stage.engine_user]
        return org + [one for one in self.stage.erp.log(since[1]) if one["actor"] == "api"]

    def places(self) -> tuple[int, int]:
        """How far both logs have come."""
        return tuple(max(int(one["seq"]) for one in plane.log()) for plane in (self.stage.org, self.stage.erp))  # type: ignore[return-value]

    def copy(self, name: str, *, database: bool = True) -> Path:
        """The state directory once more, as a backup would hold it."""
        place = self.state.parent / name
        place.mkdir()
        for file in ("key", "plugins.json"):
            if (self.state / file).exists():
                shutil.copy2(self.state / file, place / file)
        if database:
            backup(self.state / "tieline.db", place / "tieline.db")
            expire_leases(place)
        return place

    def take_back(self, place: Path) -> None:
        """What was done on the copy is what counts from now on."""
        for file in self.state.glob("tieline.db*"):
            file.unlink()
        backup(place / "tieline.db", self.state / "tieline.db")
        expire_leases(self.state)

    def sentence(self, ran: Ran, code: int = 1) -> str:
        """What a refused command said: one line, nothing that only a programmer understands."""
        assert ran.code == code, f"{ran.code}\n{ran.err}\n{ran.out}"
        assert "Traceback" not in ran.err + ran.out
        (line,) = [one for one in ran.err.splitlines() if one and not one.startswith("Made ")]
        assert "unexpected" not in line
        return line


def expire_leases(place: Path) -> None:
    """As though two minutes had passed: a copy has a name of its own, and waits for the former holder's time to end."""
    with closing(sqlite3.connect(place / "tieline.db")) as database, database:
        database.execute("update lease set until = '2000-01-01T00:00:00.000000+00:00'")


def backup(source: Path, target: Path) -> None:
    """A copy of a database that somebody may be writing to."""
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


@pytest.fixture(scope="session")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    with Zygote(SystemClock(), tmp_path_factory.mktemp("said"), CLIENTS) as one:
        yield one


@pytest.fixture(scope="session")
def make_play(zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Play]]:
    """A new stage at rest; `share` of its requests fail."""
    with ExitStack() as ending:

        def make(
            seed: int = 1, share: float = 0.0, points: tuple[str, ...] = (), rounds: int = 40, system: str = "unleashed"
        ) -> Play:  # fmt: skip
            folder = tmp_path_factory.mktemp("play")
            data = data_for(rounds, built_in_data(), folder / "data")
            stage = ending.enter_context(staged(zygote, folder / "state", system, data))
            return Play(stage, ending.enter_context(closing(Soak(stage, seed, share, list(points)))))

        yield make


@pytest.fixture(scope="session")
def play(make_play: Callable[..., Play]) -> Play:
    """Shared by all tests that leave both sides at rest behind them."""
    return make_play()


@pytest.fixture
def until(zygote: Zygote) -> Callable[..., Any]:
    """The first answer that is true, or a failure."""

    def asked(question: Callable[[], Any], what: str, seconds: float = 60) -> Any:
        return eventually(zygote.clock, question, what, seconds)

    return asked


@pytest.fixture
def watching(play: Play) -> Iterator[Callable[..., Worker]]:
    """Starts `tieline sync --watch`; what still runs at the end is killed."""
    started: list[Worker] = []

    def start(state: Path | None = None, interval: float = 0.2, **environment: str) -> Worker:
        told = ("sync", "--watch", "--yes", "--interval", str(interval))
        started.append(play.stage.zygote.start(*told, state=state or play.state, **environment))
        return started[-1]

    yield start
    for one in started:
        one.kill()


@pytest.fixture(name="backup", scope="session")
def _backup() -> Callable[[Path, Path], None]:
    return backup


@pytest.fixture(scope="session", name="expire_leases")
def _expire_leases() -> Callable[[Path], None]:
    return expire_leases
