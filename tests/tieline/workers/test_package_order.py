"""Which package comes first, and what two of them may not both want."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pytest

from tieline.contract import Component, Declarations, Misconfigured, PermanentError, System
from tieline.host.runtime import Runtime
from tieline.package import fields as make
from tieline.package.ledger import Ledger
from tieline.workers.package_order import in_order, refuse_collisions, refuse_dependants


def system(name: str, *requires: str) -> System:
    return System(name, name, name.capitalize(), (), cast("Any", None), (), requires=requires)


@dataclass(frozen=True)
class Known:
    """As much of a runtime as is asked."""

    declarations: Declarations

    def system(self, name: str) -> System:
        try:
            return self.declarations.system(name)
        except KeyError:
            raise Misconfigured(f"there is no plugin for a system {name!r}") from None


def runtime(*systems: System) -> Runtime:
    return cast("Runtime", Known(Declarations(systems)))


def test_required_ones_come_first_and_each_once() -> None:
    base, left, right = system("base"), system("left", "base"), system("right", "base")
    top = system("top", "left", "right")
    names = [each.name for each in in_order(runtime(top, left, right, base, system("other")), top)]
    assert (names[0], names[-1]) == ("base", "top")
    assert sorted(names) == ["base", "left", "right", "top"]


def test_a_ring_is_named() -> None:
    left = system("left", "right")
    with pytest.raises(Misconfigured, match=r"in a ring: .*left.*right"):
        in_order(runtime(left, system("right", "left")), left)


def test_a_missing_one_is_named() -> None:
    alone = system("alone", "missing")
    with pytest.raises(Misconfigured, match="'missing'"):
        in_order(runtime(alone), alone)


def test_a_package_that_another_requires_stays() -> None:
    base, top = system("base"), system("top", "base")
    refuse_dependants(runtime(base, top), base, Ledger("org", "base", systems=("base",)))
    with pytest.raises(Misconfigured, match="the package of top requires it"):
        refuse_dependants(runtime(base, top), base, Ledger("org", "base", systems=("base", "top")))


def test_one_name_in_two_ways_is_refused_only_where_both_are_installed() -> None:
    ours = [make.text("Account", "Shared__c", "Shared", 30)]
    theirs = [make.text("Account", "Shared__c", "Shared", 40)]
    of = {"left": ours, "right": theirs}.__getitem__
    known = runtime(system("left"), system("right"))
    refuse_collisions(known, Ledger("org", "left", systems=("left",)), ours, of)
    with pytest.raises(PermanentError, match=r"right declares CustomField Account\.Shared__c in another way"):
        refuse_collisions(known, Ledger("org", "left", systems=("left", "right")), ours, of)
    refuse_collisions(known, Ledger("org", "left", systems=("right",)), theirs, of)


def test_pages_are_shared_and_never_collide() -> None:
    ours, theirs = (Component("Layout", "Account-*", {"customButtons": (name,)}) for name in ("A", "B"))
    known = runtime(system("left"), system("right"))
    refuse_collisions(known, Ledger("org", "left", systems=("right",)), [ours], lambda _name: [theirs])
