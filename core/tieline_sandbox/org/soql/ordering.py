"""ORDER BY: text without case, nulls first unless told otherwise, ties in the order of the rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from tieline_sandbox.org.soql.tree import Ordered

T = TypeVar("T")


def sort(rows: list[T], keys: Sequence[tuple[Callable[[T], Any], Ordered]]) -> list[T]:
    """Sorted by several keys, the first the most important."""
    ordered = list(rows)
    for read, wish in reversed(keys):
        ordered.sort(key=_key(read, wish), reverse=wish.descending)
    return ordered


def _key(read: Callable[[T], Any], wish: Ordered) -> Callable[[T], tuple[bool, Any]]:
    null_rank = wish.nulls_last != wish.descending

    def key(row: T) -> tuple[bool, Any]:
        value = read(row)
        return (null_rank, 0) if value is None else (not null_rank, value)

    return key
