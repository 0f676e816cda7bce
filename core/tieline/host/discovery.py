"""Finds installed plugins without importing any of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import EntryPoint, entry_points

from tieline.contract import PROJECT
from tieline.host.allowing import Allowed

OWN_DISTRIBUTION = "tieline"


class Standing(StrEnum):
    """Whether a plugin may be imported; only OWN and ALLOWED are."""

    OWN = "own"
    ALLOWED = "allowed"
    NOT_ALLOWED = "not allowed"
    CHANGED = "changed"
    NAME_TAKEN = "name taken"


@dataclass(frozen=True, slots=True)
class Found:
    """An entry point of the group `tieline`, looked at from outside. `record_sha256` is empty when the distribution
    has no RECORD, so that nobody could tell whether it changed."""

    name: str
    module: str
    distribution: str
    version: str
    record_sha256: str
    standing: Standing
    entry_point: EntryPoint

    @property
    def identity(self) -> Allowed:
        return Allowed(self.distribution, self.version, self.module, self.record_sha256)


def find(allowed: Mapping[str, Allowed], installed: Iterable[EntryPoint] | None = None) -> tuple[Found, ...]:
    """Everything installed, our own first, then by name. Of two with one name the later may not load: our own comes
    first, then the one that was allowed."""
    points = entry_points(group=PROJECT) if installed is None else installed
    found = sorted((_looked_at(point, allowed) for point in points), key=_rank)
    seen: dict[str, Found] = {}
    return tuple(_unless_taken(each, seen) for each in found)


def _rank(found: Found) -> tuple[int, str, str]:
    order = list(Standing).index(found.standing)
    return (
        order if found.standing in {Standing.OWN, Standing.ALLOWED} else len(Standing),
        found.name,
        found.distribution,
    )


def _unless_taken(found: Found, seen: dict[str, Found]) -> Found:
    first = seen.setdefault(found.name, found)
    if first is found or first.standing not in {Standing.OWN, Standing.ALLOWED}:
        return found
    return _with(found, Standing.NAME_TAKEN)


def _looked_at(point: EntryPoint, allowed: Mapping[str, Allowed]) -> Found:
    dist = point.dist
    distribution, version = (dist.name, dist.version) if dist else ("", "")
    record = dist.read_text("RECORD") if dist else None
    digest = hashlib.sha256(record.encode()).hexdigest() if record else ""
    found = Found(point.name, point.value, distribution, version, digest, Standing.NOT_ALLOWED, point)
    return _with(found, _standing(found, allowed.get(point.name)))


def _standing(found: Found, entry: Allowed | None) -> Standing:
    if found.distribution == OWN_DISTRIBUTION:
        return Standing.OWN
    if entry is None or entry.distribution != found.distribution:
        return Standing.NOT_ALLOWED
    return Standing.ALLOWED if entry == found.identity else Standing.CHANGED


def _with(found: Found, standing: Standing) -> Found:
    return Found(
        found.name, found.module, found.distribution, found.version, found.record_sha256, standing, found.entry_point
    )
