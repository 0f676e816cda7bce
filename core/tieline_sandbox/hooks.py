"""The five points of a request where a fault may strike.

    accepted -> parsed -> before_commit -> after_commit -> responding

An application calls `probe(Hook.PARSED, Tags(...))` once it knows what is asked; the state calls the two commit
points; the plane calls the first and the last. A probe that raises `FaultInjected` ends the request there:
before the commit everything is rolled back, after it the effect stays and only the answer is lost or changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from tieline_sandbox.wire import Response


class Hook(StrEnum):
    ACCEPTED = "accepted"
    PARSED = "parsed"
    BEFORE_COMMIT = "before_commit"
    AFTER_COMMIT = "after_commit"
    RESPONDING = "responding"


@dataclass(frozen=True, slots=True)
class Tags:
    """What a request is about, for matching faults: operation, object, record key, actor."""

    operation: str = ""
    object: str = ""
    key: str = ""
    actor: str = ""


class FaultInjected(Exception):
    """Carries the answer that the caller gets instead of the real one."""

    def __init__(self, response: Response) -> None:
        super().__init__(f"injected: {response.status}")
        self.response = response


class Probe(Protocol):
    def __call__(self, hook: Hook, tags: Tags = ..., /) -> None:
        """Raises FaultInjected when a fault is planned for this point."""


def quiet(_hook: Hook, _tags: Tags = Tags(), /) -> None:
    """The probe of a sandbox without a plane: nothing ever strikes."""
