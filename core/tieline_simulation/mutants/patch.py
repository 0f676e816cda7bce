"""A design fault as a value, and the means to put it into the engine for a while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class Patch:
    """Attributes replaced until `undo`."""

    def __init__(self) -> None:
        self._before: list[tuple[Any, str, Any]] = []

    def setattr(self, owner: Any, name: str, value: Any) -> None:
        self._before.append((owner, name, getattr(owner, name)))
        setattr(owner, name, value)

    def undo(self) -> None:
        while self._before:
            setattr(*self._before.pop())


@dataclass(frozen=True, slots=True)
class Mutant:
    """A wrong engine: its name, what is wrong, and the shape of back office that shows it soonest."""

    name: str
    words: str
    shape: str
    apply: Callable[[Patch], None]


MUTANTS: dict[str, Mutant] = {}


def mutant(shape: str) -> Callable[[Callable[[Patch], None]], Callable[[Patch], None]]:
    """Register a function that puts a design fault in; its docstring says what is wrong."""

    def register(apply: Callable[[Patch], None]) -> Callable[[Patch], None]:
        assert apply.__doc__
        MUTANTS[apply.__name__] = Mutant(apply.__name__, " ".join(apply.__doc__.split()), shape, apply)
        return apply

    return register
