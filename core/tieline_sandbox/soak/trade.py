"""What the soak has to know of a back office: how its customers are called, who works there, how its log is read."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from tieline_sandbox.soak.planes import Plane
from tieline_sandbox.soak.said import Column, Pair

Row = Mapping[str, Any]


class Clerk(Protocol):
    """Somebody's own program at the back office's API."""

    def close(self) -> None: ...

    def edit(self, pair: Pair, fields: Mapping[str, str]) -> None:
        """Change fields of a customer."""

    def create(self, draw: random.Random, fields: Mapping[str, str]) -> None:
        """Make a customer."""


@dataclass(frozen=True, slots=True)
class Trade:
    """One system's. `kind` is what its log calls customers, `code` and `name` their number and name there, `natural`
    the fields that make two records the same thing in the world.

    `is_look` tells whether a delivery may have been the product's look at a customer, by the customer's id; the look
    before a write is among the last `looks` of those. `commands` are what an administrator says after connecting,
    `promote` is the button on an account, `typed` what a person at the screen fills in besides a customer's name.
    """

    columns: tuple[Column, ...]
    kind: str
    code: str
    name: str
    natural: Mapping[str, tuple[str, ...]]
    clerk: Callable[[Mapping[str, Any]], Clerk]
    is_look: Callable[[Row, str], bool]
    looks: int = 1
    plane: Callable[[Mapping[str, Any]], Plane] = Plane
    commands: tuple[tuple[str, ...], ...] = ()
    promote: str = "promote"
    typed: tuple[str, ...] = ()

    def birth(self, code: str, name: str) -> dict[str, str]:
        return {self.code: code, self.name: name, **dict.fromkeys(self.typed, name)}
