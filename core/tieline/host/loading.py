"""Loads plugins one at a time. What is wrong with one is recorded with its mend, and the next one follows."""

from __future__ import annotations

import contextlib
import inspect
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from types import ModuleType
from typing import TextIO

import pluggy

from tieline.contract import PROJECT, ErpPlugin, Extras
from tieline.host.discovery import Found, Standing

_SPECS = (ErpPlugin, Extras)
HOOKS: tuple[str, ...] = tuple(
    name for spec in _SPECS for name in vars(spec) if getattr(getattr(spec, name), f"{PROJECT}_spec", None)
)
"""Names of all hooks, in calling order."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A plugin that does not run, why, and what to do; `details` are all problems where there are several."""

    name: str
    distribution: str
    reason: str
    mend: str
    details: tuple[str, ...] = ()

    def sentence(self) -> str:
        return f"Plugin {self.name} ({self.distribution}) does not run: {self.reason}. {self.mend}"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A plugin that was imported and whose hooks are known; `hooks` in calling order."""

    name: str
    distribution: str
    version: str
    module: ModuleType
    hooks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plugins:
    """What was found, what runs, what does not. `manager` holds the hooks of those that run."""

    manager: pluggy.PluginManager
    found: tuple[Found, ...]
    loaded: tuple[Loaded, ...]
    broken: tuple[Broken, ...]

    def without(self, broken: Sequence[Broken]) -> Plugins:
        """The same plugins after some turned out broken; their hooks are gone."""
        names = {each.name for each in broken}
        for plugin in self.loaded:
            if plugin.name in names:
                self.manager.unregister(plugin.module)
        kept = tuple(plugin for plugin in self.loaded if plugin.name not in names)
        return replace(self, loaded=kept, broken=(*self.broken, *broken))


def new_manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager(PROJECT)
    for spec in _SPECS:
        manager.add_hookspecs(spec)
    return manager


def load(found: Iterable[Found]) -> Plugins:
    """Import those that may run; the others stay listed in `found` and are never imported."""
    manager = new_manager()
    everything = tuple(found)
    outcomes = [_attempt(manager, each) for each in everything if each.standing in {Standing.OWN, Standing.ALLOWED}]
    taken = [_name_taken(each, everything) for each in everything if each.standing is Standing.NAME_TAKEN]
    return Plugins(
        manager,
        everything,
        tuple(each for each in outcomes if isinstance(each, Loaded)),
        (*(each for each in outcomes if isinstance(each, Broken)), *taken),
    )


def _attempt(manager: pluggy.PluginManager, found: Found) -> Loaded | Broken:
    try:
        with quiet_stdout():
            module = found.entry_point.load()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a stranger's import raises stays with it
        return _broken(found, f"its import failed ({told(error)})", f"Reinstall or upgrade {found.distribution}.")
    return _registered(manager, found, module)


def _registered(manager: pluggy.PluginManager, found: Found, module: ModuleType) -> Loaded | Broken:
    unmarked = [name for name in HOOKS if _is_unmarked(getattr(module, name, None))]
    if unmarked:
        return _broken(found, f"{unmarked[0]} is not marked", f"Write @hookimpl above {unmarked[0]}.")
    try:
        manager.register(module, found.name)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        if manager.is_registered(module):  # which step failed decides
            manager.unregister(module)
        return _broken(found, _first_line(error), _hook_mend(module))
    except ValueError:
        return _broken(found, "its module is already loaded under another name", f"Uninstall {found.distribution}.")
    names = {caller.name for caller in manager.get_hookcallers(module) or ()}
    hooks = tuple(name for name in HOOKS if name in names)
    return Loaded(found.name, found.distribution, found.version, module, hooks)


def _is_unmarked(function: object) -> bool:
    """A function with a hook's name and no marker would be passed over in silence."""
    return inspect.isfunction(function) and not hasattr(function, f"{PROJECT}_impl")


def _hook_mend(module: ModuleType) -> str:
    for name, function in vars(module).items():
        options = getattr(function, f"{PROJECT}_impl", None)
        hook = (options or {}).get("specname") or name
        if options is not None and hook not in HOOKS:
            near = get_close_matches(hook, HOOKS, 1)
            return f"Did you mean {near[0]}?" if near else f"The hooks are: {', '.join(HOOKS)}."
    return "Give it only arguments that the hook's specification names."


def _name_taken(found: Found, everything: Iterable[Found]) -> Broken:
    holder = next(each for each in everything if each.name == found.name)
    return _broken(
        found,
        f"{holder.distribution} already brings a plugin of this name",
        f"Uninstall {found.distribution} or {holder.distribution}.",
    )


def _broken(found: Found, reason: str, mend: str) -> Broken:
    return Broken(found.name, found.distribution, reason, mend)


def quiet_stdout() -> contextlib.redirect_stdout[TextIO]:
    """Our standard output is one document; what a plugin prints while it is asked goes to stderr."""
    return contextlib.redirect_stdout(sys.stderr)


def told(error: BaseException) -> str:
    """An exception on one line."""
    words = " ".join(str(error).split())[:300]
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def _first_line(error: pluggy.PluginValidationError) -> str:
    """pluggy's own words, shortened to what names the hook."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return "; ".join(line for line in lines if not line.startswith("Plugin "))[:300] or lines[0]
