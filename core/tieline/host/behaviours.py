"""The per-record hooks of all plugins, as the engine asks for them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any, cast

import pluggy

from tieline.contract import (
    Event,
    Explanation,
    FieldConflict,
    Mapping,
    Passage,
    PermanentError,
    Side,
    TielineError,
    Values,
)

_logger = logging.getLogger(__name__)


class PluginBehaviours:
    """Each plugin on its own: what one raises refuses one record, or is logged where nothing hangs on it. `listener`
    hears every event before the plugins do."""

    def __init__(self, manager: pluggy.PluginManager, listener: Callable[[Event], None] | None = None) -> None:
        self._hook, self._listener = manager.hook, listener
        # pluggy calls the youngest plugin first; records pass through plugins in order of registration.
        self._changers = list(manager.hook.change_record.get_hookimpls())

    def change(self, mapping: Mapping, side: Side, fields: Values, passage: Passage) -> Values:
        """The fields after every plugin had its say. Raises PermanentError for a field outside the mapping."""
        for changer in self._changers:
            told = {"mapping": mapping, "side": side, "fields": fields, "passage": passage}
            changed = cast("Values | None", _answer(changer, mapping, told))
            fields = fields if changed is None else changed
        return fields

    def match(self, mapping: Mapping, fields: Values, candidates: Sequence[tuple[str, Values]]) -> str | None:
        """The first plugin's choice; one that fails chooses nothing, and a person does."""
        told = {"mapping": mapping, "fields": fields, "candidates": candidates}
        try:
            return cast("str | None", _first(self._hook.match_record, mapping, told))
        except TielineError:
            _logger.exception("a plugin failed to match a record of %s", mapping.id)
            return None

    def resolve(self, conflict: FieldConflict) -> Side | None:
        """The first plugin's judgement; the field's policy decides after an answer that names no side. Raises
        PermanentError when the plugin fails: nobody's value is overwritten then."""
        winner = _first(self._hook.resolve_conflict, conflict.mapping, {"conflict": conflict})
        if winner is not None and winner not in tuple(Side):
            _logger.error("a plugin settled a conflict of %s by %r, which is no side", conflict.mapping.id, winner)
            return None
        return None if winner is None else Side(winner)

    def explain(self, system: str, code: str, reason: str, language: str) -> Explanation | None:
        """The first plugin's words. One that fails, or answers something else, is passed over: the plain words do."""
        told = {"system": system, "code": code, "reason": reason, "language": language}
        for implementation in reversed(self._hook.explain_error.get_hookimpls()):
            try:
                found = implementation.function(**{name: told[name] for name in implementation.argnames})
            except Exception:
                _logger.exception("%s failed to explain the error %s", implementation.plugin_name, code)
                continue
            if isinstance(found, Explanation) and _is_readable(found):
                return found
        return None

    def tell(self, event: Event) -> None:
        if self._listener is not None:
            self._listener(event)
        try:
            self._hook.on_event(event=event)
        except Exception:
            _logger.exception("a plugin failed on the event %s", event.name)


def _is_readable(found: Explanation) -> bool:
    """A plugin's author may never have run a type checker."""
    words: tuple[object, ...] = (found.reason, found.next_step)
    return all(isinstance(word, str) for word in words)


def _first(caller: pluggy.HookCaller, mapping: Mapping, told: dict[str, Any]) -> Any:
    """What the first plugin that has an answer says; the youngest is asked first, as pluggy does."""
    for implementation in reversed(caller.get_hookimpls()):
        found = _answer(implementation, mapping, told)
        if found is not None:
            return found
    return None


def _answer(implementation: pluggy.HookImpl, mapping: Mapping, told: dict[str, Any]) -> Any:
    """One plugin's answer. Whatever it raises by mistake is about this record alone. Raises TielineError."""
    try:
        return implementation.function(**{name: told[name] for name in implementation.argnames})
    except TielineError:
        raise
    except Exception as error:
        raise PermanentError(
            f"the plugin {implementation.plugin_name} failed on this record ({type(error).__name__}: {error})",
            where=mapping.id,
            mend="Tell the plugin's author; the record is left alone.",
            code="plugin_failed",
        ) from error
