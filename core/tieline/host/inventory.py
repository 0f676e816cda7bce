"""Installed plugins as people see them: what runs, what does not and why."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from tieline.contract import Declarations
from tieline.host.commands import plugin_commands
from tieline.host.declarations import Host
from tieline.host.discovery import Found, Standing
from tieline.host.loading import Broken

_LISTED = {
    Standing.NOT_ALLOWED: ("it was found and not imported", "Run `tieline plugins allow {name}` if you trust it."),
    Standing.CHANGED: (
        "it changed since it was allowed and was not imported",
        "Run `tieline plugins allow {name}` again if you trust it.",
    ),
}


@dataclass(frozen=True, slots=True)
class Row:
    """`state` is running, broken, changed or not allowed; `reason` and `mend` say why it does not run."""

    name: str
    distribution: str
    version: str
    module: str
    state: str
    hooks: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    reason: str = ""
    mend: str = ""
    details: tuple[str, ...] = ()

    def as_document(self) -> dict[str, Any]:
        return asdict(self)


def inventory(host: Host, taken: Container[str]) -> list[Row]:
    """One row an installed plugin. `taken` are names of commands that plugins may not use."""
    return list(_rows(host, taken))


def _rows(host: Host, taken: Container[str]) -> Iterator[Row]:
    commands, complaints = plugin_commands(host, taken)
    by_plugin = {(each.name, each.distribution): each for each in (*complaints, *host.plugins.broken)}
    for found in host.plugins.found:
        names = tuple(each.name for each in commands if each.plugin == found.name)
        yield _row(host, found, by_plugin.get((found.name, found.distribution)), names)


def _row(host: Host, found: Found, broken: Broken | None, commands: tuple[str, ...]) -> Row:
    identity = (found.name, found.distribution, found.version, found.module)
    if found.standing in _LISTED:
        reason, mend = _LISTED[found.standing]
        return Row(*identity, state=str(found.standing), reason=reason, mend=mend.format(name=found.name))
    why = (broken.reason, broken.mend, broken.details) if broken else ("", "", ())
    loaded = next((p for p in host.plugins.loaded if (p.name, p.distribution) == identity[:2]), None)
    if loaded is None:
        return Row(*identity, "broken", (), (), (), *why)
    systems = tuple(s.name for s in host.by_plugin.get(found.name, Declarations()).systems)
    return Row(*identity, "broken" if broken else "running", loaded.hooks, systems, commands, *why)
