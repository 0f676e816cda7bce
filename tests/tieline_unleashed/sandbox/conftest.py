"""A local Unleashed called directly, with a frozen clock and seeded randomness."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest

from tieline_sandbox.effects import Clock, Randomness
from tieline_sandbox.hooks import Probe, quiet
from tieline_sandbox.state import Mutation
from tieline_sandbox.wire import Request, Response
from tieline_unleashed.sandbox import Profile, build
from tieline_unleashed.sandbox.application import Unleashed
from tieline_unleashed.sandbox.signature import sign

START = datetime(2026, 1, 5, 10, tzinfo=UTC)


@dataclass
class Desk:
    """Calls an organisation with signed requests; `guid(n)` makes well-formed guids."""

    unleashed: Unleashed
    clock: Clock

    def call(
        self,
        method: str,
        target: str,
        body: Any = None,
        *,
        headers: dict[str, str | None] | None = None,
        probe: Probe = quiet,
    ) -> Response:
        pair = self.unleashed.credentials()
        own: dict[str, str | None] = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "client-type": "test/desk",
            "api-auth-id": pair["api_id"],
            "api-auth-signature": sign(pair["api_key"], unquote_plus(target.partition("?")[2])),
            **(headers or {}),
        }
        sent = tuple((name, value) for name, value in own.items() if value is not None)
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.unleashed.handle(Request(method, target, sent, raw), probe)

    def get(self, target: str) -> Any:
        answer = self.call("GET", target)
        assert answer.status == 200, answer.body
        return answer.json()

    def post(self, target: str, body: Any, *, status: int = 201) -> Any:
        answer = self.call("POST", target, body)
        assert answer.status == status, answer.body
        return answer.json()

    def refused(self, method: str, target: str, body: Any = None, *, status: int = 400) -> Any:
        """The error body; nothing was written."""
        before = self.log()
        answer = self.call(method, target, body)
        assert answer.status == status, answer.body
        error = answer.json()
        assert set(error) == {"Code", "Description", "DebugInformation", "Items"}
        assert error["Description"]
        assert self.log() == before
        return error

    def codes(self, method: str, target: str, body: Any, *, status: int = 400) -> set[tuple[str, str]]:
        """(field, code) of every problem of a refusal."""
        return {
            (item["Field"], item["ErrorCode"]) for item in self.refused(method, target, body, status=status)["Items"]
        }

    def edit(self, action: str, kind: str, ident: str, **values: Any) -> str:
        return self.unleashed.edit("ann", action, kind, ident, values)

    def log(self, *, seed: bool = False) -> list[Mutation]:
        """What really changed, without what a new organisation begins with."""
        return [entry for entry in self.unleashed.state.mutations() if seed or entry.actor != "seed"]

    def customer(self, number: int, code: str, **more: Any) -> str:
        self.post(f"/Customers/{self.guid(number)}", {"CustomerCode": code, "CustomerName": f"{code} Ltd", **more})
        return self.guid(number)

    @staticmethod
    def guid(number: int) -> str:
        return f"1f0c0a52-6f6b-4a8e-9c53-{number:012}"


Opened = Callable[..., Desk]


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Opens organisations: `opened(profile=..., folder=..., data=...)`."""
    built: list[Unleashed] = []

    def make(
        *,
        profile: Profile | None = None,
        folder: Path | None = None,
        data: Path | None = None,
        clock: Clock | None = None,
        seed: int = 1,
    ) -> Desk:
        clock = clock or Clock(frozen=START)
        unleashed = build(folder, clock, Randomness(random.Random(seed)), data, profile)
        built.append(unleashed)
        return Desk(unleashed, clock)

    yield make
    for unleashed in built:
        unleashed.state.close()


@pytest.fixture
def desk(opened: Opened) -> Desk:
    return opened()
