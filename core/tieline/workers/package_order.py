"""Packages beside one another in one org: which comes first, and what two of them may not both want."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from graphlib import CycleError, TopologicalSorter

from tieline.contract import Component, Misconfigured, PermanentError, System
from tieline.host.runtime import Runtime
from tieline.package.canonical import of_component
from tieline.package.ledger import Ledger
from tieline.package.parts import LAYOUT

Components = Callable[[str], Sequence[Component]]
"""What a system declares."""


def in_order(runtime: Runtime, system: System) -> list[System]:
    """The systems it requires, directly or not, each before those that require it; itself last. Raises Misconfigured
    for a system that is not there and for a ring."""
    needs: dict[str, tuple[str, ...]] = {}
    waiting = [system.name]
    while waiting:
        name = waiting.pop()
        if name not in needs:
            needs[name] = runtime.system(name).requires
            waiting += needs[name]
    try:
        order = list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        ring = " -> ".join(error.args[1])
        raise Misconfigured(
            f"packages require one another in a ring: {ring}",
            where=system.name,
            mend="Correct `requires` of one plugin.",
        ) from None
    return [runtime.system(name) if name != system.name else system for name in order]


def refuse_dependants(runtime: Runtime, system: System, ledger: Ledger) -> None:
    """Raises Misconfigured while an installed package requires this one."""
    for other in runtime.declarations.systems:
        if system.name in other.requires and other.name in ledger.systems:
            mend = f"Run `tieline package uninstall --system {other.name}` first."
            raise Misconfigured(f"the package of {other.name} requires it", where=system.name, mend=mend)


def refuse_collisions(runtime: Runtime, ledger: Ledger, components: Sequence[Component], of: Components) -> None:
    """Raises PermanentError when another system of this org declares one of the names in another way: the two would
    undo one another for ever. Page layouts are shared part by part."""
    wanted = {(each.kind, each.name): of_component(each) for each in components if each.kind != LAYOUT}
    running = {each.name for each in runtime.declarations.systems}
    for name in ledger.systems:
        if name == ledger.system or name not in running:
            continue
        for other in of(name):
            ours = wanted.get((other.kind, other.name))
            if ours is not None and ours != of_component(other):
                raise PermanentError(
                    f"{name} declares {other.kind} {other.name} in another way",
                    where=ledger.system,
                    mend="Rename one of the two in its plugin.",
                    code="two_declarations",
                )
