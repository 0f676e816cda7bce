"""Asks every plugin for its declarations and keeps those of plugins that are sound as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pluggy

from tieline.contract import Action, Declarations, Layout, ManagedList, Mapping, System, Translations
from tieline.host.loading import Broken, Loaded, Plugins, quiet_stdout, told
from tieline.host.validation import Problem, problems

T = TypeVar("T")

_DECLARED: tuple[tuple[str, str, type[Any]], ...] = (
    ("register_systems", "systems", System),
    ("register_mappings", "mappings", Mapping),
    ("register_managed_lists", "lists", ManagedList),
    ("register_actions", "actions", Action),
    ("register_layouts", "layouts", Layout),
    ("register_translations", "translations", Translations),
)


class NotDeclared(Exception):
    """A declaring hook failed or returned something else than its declarations."""


@dataclass(frozen=True, slots=True)
class Host:
    """Plugins that run, and everything they declare. `by_plugin` tells who declared what."""

    plugins: Plugins
    declarations: Declarations
    by_plugin: MappingType[str, Declarations] = field(default_factory=dict)


def gather(plugins: Plugins) -> Host:
    """Collect, validate, and leave out broken plugins until the rest is sound: one that builds on a broken one
    is broken too."""
    by_plugin, broken = _collected(plugins)
    plugins = plugins.without(broken)
    while broken := _unsound(plugins.loaded, by_plugin):
        plugins = plugins.without(broken)
    kept = {plugin.name: by_plugin[plugin.name] for plugin in plugins.loaded}
    return Host(plugins, merged(kept.values()), kept)


def _collected(plugins: Plugins) -> tuple[dict[str, Declarations], list[Broken]]:
    by_plugin, broken = {}, []
    for plugin in plugins.loaded:
        try:
            by_plugin[plugin.name] = _declarations(plugins.manager, plugin)
        except NotDeclared as error:
            broken.append(_broken(plugin, str(error), f"Upgrade {plugin.distribution} or tell its author."))
    return by_plugin, broken


def _declarations(manager: pluggy.PluginManager, plugin: Loaded) -> Declarations:
    asked = {attribute: _asked(manager, plugin, hook, kind) for hook, attribute, kind in _DECLARED}
    return Declarations(**asked)


def _asked(manager: pluggy.PluginManager, plugin: Loaded, hook: str, kind: type[Any]) -> tuple[Any, ...]:
    answers = call_one(manager, plugin, hook) if hook in plugin.hooks else []
    return tuple(value for answer in answers for value in _checked(hook, answer, kind))


def call_one(manager: pluggy.PluginManager, plugin: Loaded, hook: str) -> list[Any]:
    """Call a hook of this plugin alone; whatever it raises becomes NotDeclared."""
    others = [each for each in manager.get_plugins() if each is not plugin.module]
    try:
        with quiet_stdout():
            return list(manager.subset_hook_caller(hook, others)())
    except (Exception, SystemExit) as error:  # a stranger's code stops only its plugin
        raise NotDeclared(f"{hook} failed ({told(error)})") from error


def _checked(hook: str, answer: object, kind: type[T]) -> Sequence[T]:
    if not isinstance(answer, Sequence):
        raise NotDeclared(f"{hook} returned {type(answer).__name__}, not a sequence of {kind.__name__}")
    for value in answer:
        if not isinstance(value, kind):
            raise NotDeclared(f"{hook} returned a {type(value).__name__} among its {kind.__name__} values")
    return answer


def _unsound(loaded: Sequence[Loaded], by_plugin: MappingType[str, Declarations]) -> list[Broken]:
    """Plugins whose declarations do not hold beside those of the plugins before them and the names of all."""
    broken: list[Broken] = []
    sound: list[Declarations] = []
    everything = merged(by_plugin[plugin.name] for plugin in loaded)
    for plugin in loaded:
        found = problems(by_plugin[plugin.name], merged(sound), everything)
        if not found:
            sound.append(by_plugin[plugin.name])
        else:
            broken.append(_unsound_because(plugin, found))
    return broken


def _unsound_because(plugin: Loaded, found: Sequence[Problem]) -> Broken:
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    reason, details = f"{found[0].where}: {found[0].what}{more}", tuple(each.sentence() for each in found)
    return Broken(plugin.name, plugin.distribution, reason, found[0].mend, details)


def merged(parts: Iterable[Declarations]) -> Declarations:
    """Several plugins' declarations as one value, in order."""
    listed = list(parts)
    attributes = (attribute for _, attribute, _ in _DECLARED)
    return Declarations(**{name: tuple(x for part in listed for x in getattr(part, name)) for name in attributes})


def _broken(plugin: Loaded, reason: str, mend: str) -> Broken:
    return Broken(plugin.name, plugin.distribution, reason, mend)
