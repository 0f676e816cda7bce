"""The per-record hooks of all plugins, as the engine asks for them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any, cast

import pluggy

from tieline.contract import Event, FieldConflict, Mapping, Passage, PermanentError, Side, TielineError, Values

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
            told: dict[str, Any] = {"mapping": mapping, "side": side, "fields": fields, "passage": passage}
            try:
                changed = cast("Values | None", changer.function(**{name: told[name] for name in changer.argnames}))
            except TielineError:
                raise
            except Exception as error:
                raise PermanentError(
                    f"the plugin {changer.plugin_name} failed on this record ({type(error).__name__}: {error})",
                    where=mapping.id,
                    mend="Tell the plugin's author; the record is left alone.",
                    code="plugin_failed",
                ) from error
            fields = fields if changed is None else changed
        return fields

    def match(self, mapping: Mapping, fields: Values, candidates: Sequence[tuple[str, Values]]) -> str | None:
        chosen: str | None = self._hook.match_record(mapping=mapping, fields=fields, candidates=candidates)
        return chosen

    def resolve(self, conflict: FieldConflict) -> Side | None:
        winner: Side | None = self._hook.resolve_conflict(conflict=conflict)
        return winner

    def tell(self, event: Event) -> None:
        if self._listener is not None:
            self._listener(event)
        try:
            self._hook.on_event(event=event)
        except Exception:
            _logger.exception("a plugin failed on the event %s", event.name)
