"""What we installed into an org, system by system. Kept in the store, so that a component no longer declared is known
to be ours to take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tieline.contract.component import Component, Property
from tieline.store.protocol import Store

Key = tuple[str, str]
"""Kind and name."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """`installed` holds the components of this system as they were installed; `elsewhere` names those other systems
    need too. `complete` is False until an installation went through to its end."""

    org: str
    system: str
    installed: Mapping[Key, Mapping[str, Property]] = field(default_factory=dict)
    elsewhere: frozenset[Key] = frozenset()
    complete: bool = False

    @property
    def ours(self) -> frozenset[Key]:
        """What nobody but this system needs."""
        return frozenset(self.installed) - self.elsewhere


def read_ledger(store: Store, org: str, system: str) -> Ledger:
    """The ledger of a system in an org (`org` is the org's id or the connection's name; use one of them always)."""
    with store.reading() as tx:
        facts = tx.facts(_scope(org))
    own = facts.get(system) or {}
    others = (row for name, fact in facts.items() if name != system for row in fact["components"])
    return Ledger(
        org,
        system,
        {(row["kind"], row["name"]): row["properties"] for row in own.get("components", ())},
        frozenset((row["kind"], row["name"]) for row in others),
        bool(own),
    )


def save_ledger(store: Store, org: str, system: str, components: Sequence[Component], at: datetime) -> None:
    rows = [{"kind": each.kind, "name": each.name, "properties": _plain(each.properties)} for each in components]
    with store.transaction() as tx:
        tx.save_fact(_scope(org), system, {"at": at.isoformat(), "components": rows})


def _scope(org: str) -> str:
    return f"package:{org}"


def _plain(value: Any) -> Any:
    """JSON's own types."""
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value
