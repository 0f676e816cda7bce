"""What the plane and the doors need to know of a sandbox application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from tieline_sandbox.effects import Clock, Randomness
from tieline_sandbox.hooks import Probe
from tieline_sandbox.state import State
from tieline_sandbox.wire import Request, Response


class EditRefused(Exception):
    """An edit made through the plane broke a rule of the vendor's."""


class Application(Protocol):
    """One vendor system. Thread-safe: doors call `handle` from several threads."""

    name: str  # file and folder name: `org`, `unleashed`
    state: State
    proxy_hosts: Sequence[str]  # host patterns the CONNECT door ends TLS for, e.g. `*.salesforce.com`

    def handle(self, request: Request, probe: Probe) -> Response:
        """Answer one request; may raise FaultInjected from the probe and nothing else."""

    def edit(self, actor: str, action: str, kind: str, ident: str, values: Mapping[str, Any]) -> str:
        """Edit as a person would in the vendor's own screens; returns the record's id.

        `action` is create, update or delete; `ident` is empty for create. Raises EditRefused. An application that can
        do more names it in an attribute `actions`.
        """

    def credentials(self) -> Mapping[str, Any]:
        """What goes into `NAME.json` beside the addresses."""


class ApplicationFactory(Protocol):
    """How a sandbox is made: `build(folder, clock, randomness, data)`.

    `folder` holds all of its state (None: in memory), `data` a folder of CSV files to seed from when the state is
    new. Raises `SeedRefused` with a sentence naming file and row when the data is bad; then nothing was written.
    """

    def __call__(self, folder: Path | None, clock: Clock, randomness: Randomness, data: Path | None) -> Application: ...


class SeedRefused(Exception):
    """Seed data that cannot be used: names the file, the first bad row and how many there are."""
