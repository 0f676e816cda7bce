"""Which accounting entity people mean, and where a record goes that nobody chose one for.

The empty key stands for the top level of a company that has entities below it. Where a back office has one, a record
without a choice goes there; where it has none, somebody has to choose.
"""

from __future__ import annotations

from collections.abc import Mapping

from tieline.contract import Side
from tieline.sync.context import Context
from tieline.sync.pins import TOP

_TOP_WORD = "top"


def labels(context: Context) -> Mapping[str, str]:
    """Key to label, of the entities whose labels the back office told."""
    known = context.known.get(Side.ERP)
    return {entity.key: entity.label for entity in (known.entities if known else ())}


def entity_named(context: Context, said: str) -> str | None:
    """The open entity that a person means, by key or label in any case; None: there is no such entity."""
    said = said.strip().casefold()
    keys = {key.casefold() or _TOP_WORD: key for key in context.open}
    by_label = {label.casefold(): key for key, label in labels(context).items() if key in context.open}
    return keys.get(said, by_label.get(said))


def offered(context: Context) -> str:
    """The entities that may be chosen, as people may type them."""
    told = labels(context)
    return ", ".join(key or told.get(key, _TOP_WORD) for key in context.open)


def without_choice(context: Context) -> str | None:
    """Where a record goes that nobody chose an entity for: the only one, else the top level; None: one must choose."""
    if len(context.entities) == 1:
        return context.entities[0]
    return TOP if TOP in context.open else None
