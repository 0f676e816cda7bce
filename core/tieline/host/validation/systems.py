"""Checks of a system: its names, its settings, the hosts it may call."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tieline.contract import CONTRACT, Declarations, System
from tieline.host.settings import COMMON, RESERVED_SYSTEMS
from tieline.host.validation.findings import Problem, check_known, check_label, check_name, check_unique, path

_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9]{0,14}")
_HOST = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*", re.IGNORECASE)


def check_system(system: System, everything: Declarations) -> Iterator[Problem]:
    if system.contract != CONTRACT:
        yield _other_contract(system)
        return
    yield from check_name(system.name, system.name)
    if system.name in RESERVED_SYSTEMS:
        yield Problem(system.name, "this name is the host's own", "Name the system after the ERP.")
    yield from check_label(system.name, system.label)
    if not _PREFIX.fullmatch(system.prefix):
        yield Problem(
            system.name, f"{system.prefix!r} is no prefix", "Use up to 15 letters and digits, a letter first."
        )
    yield from _settings(system)
    yield from _hosts(system)
    yield from _demo(system, everything)


def _other_contract(system: System) -> Problem:
    words = f"written for contract {system.contract}, this host speaks {CONTRACT}"
    newer = system.contract > CONTRACT
    return Problem(
        system.name,
        words,
        "Upgrade tieline: pip install -U tieline." if newer else "Install a newer version of the plugin.",
    )


def _settings(system: System) -> Iterator[Problem]:
    yield from check_unique(system.name, "setting", (setting.name for setting in system.settings))
    for setting in system.settings:
        where = path(system.name, setting.name)
        yield from check_name(where, setting.name)
        yield from check_label(where, setting.label)
        if setting.name in COMMON:
            yield Problem(where, "every connection already has this setting", "Leave it out or rename it.")
        if setting.secret and setting.default:
            yield Problem(where, "a secret may not have a default", "Remove the default.")


def _hosts(system: System) -> Iterator[Problem]:
    for host in system.hosts:
        if not _HOST.fullmatch(host):
            yield Problem(
                path(system.name, host), "it is not a host name pattern", "Write api.example.com or *.example.com."
            )


def _demo(system: System, everything: Declarations) -> Iterator[Problem]:
    if system.demo is None:
        return
    where = path(system.name, "demo")
    mappings = {m.name for m in everything.mappings if m.system == system.name}
    for name in (system.demo.accounts, system.demo.contacts, system.demo.products):
        yield from check_known(where, "mapping", name, mappings)
    actions = {a.name for a in everything.actions if a.system == system.name}
    yield from check_known(where, "action", system.demo.order_action, actions)
