"""Commands that plugins bring. A clash or a failing hook is reported and takes nothing else away."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

import click

from tieline.host.declarations import Host, NotDeclared, call_one
from tieline.host.loading import Broken, Loaded

_HOOK = "register_commands"


@dataclass(frozen=True, slots=True)
class PluginCommand:
    name: str
    plugin: str
    command: click.Command


def plugin_commands(host: Host, taken: Container[str]) -> tuple[tuple[PluginCommand, ...], tuple[Broken, ...]]:
    """Commands in order of registration whose names are free, and what was wrong with the others."""
    kept: dict[str, PluginCommand] = {}
    broken: list[Broken] = []
    for plugin in host.plugins.loaded:
        try:
            commands = _commands(host, plugin)
        except NotDeclared as error:
            broken.append(Broken(plugin.name, plugin.distribution, str(error), f"Upgrade {plugin.distribution}."))
            continue
        for command in commands:
            name = command.name or ""
            if name in taken or name in kept:
                broken.append(_clash(plugin, name))
            else:
                kept[name] = PluginCommand(name, plugin.name, command)
    return tuple(kept.values()), tuple(broken)


def _commands(host: Host, plugin: Loaded) -> list[click.Command]:
    if _HOOK not in plugin.hooks:
        return []
    found = [command for answer in call_one(host.plugins.manager, plugin, _HOOK) for command in answer]
    strange = [each for each in found if not isinstance(each, click.Command)]
    if strange:
        raise NotDeclared(f"{_HOOK} returned a {type(strange[0]).__name__} among its commands")
    return found


def _clash(plugin: Loaded, name: str) -> Broken:
    return Broken(plugin.name, plugin.distribution, f"its command {name!r} is already taken", "Rename the command.")
