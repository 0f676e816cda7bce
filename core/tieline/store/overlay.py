"""Dictionaries with a layer of unkept changes above them: the in-memory store's tables as a transaction sees them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Overlay(Generic[K, V]):
    """One table of one transaction. Nothing below changes before `keep`."""

    def __init__(self, below: dict[K, V]) -> None:
        self._below = below
        self._above: dict[K, V | None] = {}

    def get(self, key: K) -> V | None:
        return self._above[key] if key in self._above else self._below.get(key)

    def put(self, key: K, value: V) -> None:
        self._above[key] = value

    def drop(self, key: K) -> None:
        self._above[key] = None

    def items(self) -> Iterator[tuple[K, V]]:
        for key, value in self._below.items():
            if key not in self._above:
                yield key, value
        for key, changed in self._above.items():
            if changed is not None:
                yield key, changed

    def keys(self) -> Iterator[K]:
        return (key for key, _ in self.items())

    def values(self) -> Iterator[V]:
        return (value for _, value in self.items())

    def among(self, keys: Iterable[K]) -> dict[K, V]:
        return {key: value for key in keys if (value := self.get(key)) is not None}

    def keep(self, below: dict[K, V]) -> None:
        """Write the changes into `below`: the dictionary read so far, or a copy of it."""
        for key, value in self._above.items():
            if value is None:
                below.pop(key, None)
            else:
                below[key] = value
        self._above = {}
