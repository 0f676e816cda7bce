"""Where Tieline keeps what it knows: links, calls, cursors, audit. No business rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tieline.store.nouns import (
    AuditEntry,
    Call,
    Conflict,
    Connection,
    CursorRow,
    Item,
    Link,
    Observation,
    Problem,
    Status,
    StoredRow,
)
from tieline.store.protocol import Fence, Fenced, Store, Transaction

if TYPE_CHECKING:
    from tieline.store.memory import MemoryStore
    from tieline.store.opening import open_store
    from tieline.store.sql import SqlStore

_LATER = {"MemoryStore": "memory", "SqlStore": "sql", "open_store": "opening"}
"""Fetched when first asked for: SQLAlchemy costs half a second."""


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)


__all__ = [
    "AuditEntry",
    "Call",
    "Conflict",
    "Connection",
    "CursorRow",
    "Fence",
    "Fenced",
    "Item",
    "Link",
    "MemoryStore",
    "Observation",
    "Problem",
    "SqlStore",
    "Status",
    "Store",
    "StoredRow",
    "Transaction",
    "open_store",
]
