"""Parameters of buttons whose values an administrator set: what their picklists offer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from tieline.contract import Action, Choice, Parameter, System


def with_choices(
    actions: Sequence[Action], system: System, connections: Sequence[Mapping[str, str]]
) -> tuple[Action, ...]:  # fmt: skip
    """The actions as an org shows them: one picklist for all back offices of the system in it. What leaves nothing to
    choose is not asked for."""
    words = {setting.name: _words(setting.name, setting.default, connections) for setting in system.settings}
    return tuple(replace(one, parameters=tuple(_parameters(one.parameters, words))) for one in actions)


def _parameters(parameters: Sequence[Parameter], words: Mapping[str, tuple[str, ...]]) -> Iterator[Parameter]:
    for one in parameters:
        if not one.offered:
            yield one
        elif len(words.get(one.offered, ())) > 1:
            yield replace(one, kind=Choice(words[one.offered]))


def _words(name: str, default: str, connections: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """In order of the settings; each word once."""
    told = [settings.get(name, "").strip() or default for settings in connections] or [default]
    return tuple(dict.fromkeys(word.strip() for text in told for word in text.split(",") if word.strip()))
