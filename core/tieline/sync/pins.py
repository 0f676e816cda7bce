"""Who is at the other end, asked again while the engine runs: a connection that now leads to another org or company
must not be written to, and an accounting entity that the user lost is left alone while the others go on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tieline.contract import Identity, Misconfigured, Side
from tieline.store.protocol import Store, Transaction
from tieline.sync.context import Context

OTHER_TENANT = "other_tenant"
TOP = ""
"""The entity of a company that is not divided; in one that is, its top level."""
_START = "start"
_FACT = "pins"


def check_pins(context: Context) -> tuple[str, ...]:
    """Entities that are open to us now. Asks at most every `check_pins_every`; the first answers are kept as pins.
    Raises Misconfigured when somebody else answers than the first time."""
    scope, now = f"back_office:{context.back_office}", context.clock.now()
    with context.store.reading() as tx:
        pins: Mapping[str, Any] = tx.fact(scope, _FACT) or {}
    anew = not pins or _divided_anew(context, pins)
    if not anew and now - datetime.fromisoformat(pins["at"]) < context.options.check_pins_every:
        return _open(context, pins["open"])
    found = {side: context.known.get(side) if anew else None for side in Side}
    answers = {side: found[side] or context.client(side).check() for side in Side}
    for side, identity in answers.items():
        _compare(context, side, identity, str(pins.get(str(side), "")))
    entities = [entity.key for entity in answers[Side.ERP].entities]
    kept = {str(side): identity.tenant for side, identity in answers.items()}
    with context.store.transaction(context.fence) as tx:
        former = [TOP] if entities and TOP in context.entities else []
        ever = list(dict.fromkeys((*former, *pins.get("entities", ()), *entities)))
        tx.save_fact(scope, _FACT, {**kept, "entities": ever, "open": entities, "at": now.isoformat()})
    return _open(context, entities)


def _divided_anew(context: Context, pins: Mapping[str, Any]) -> bool:
    """At the start of an engine: the settings name other entities than those of the last look."""
    known, now = context.known.get(Side.ERP), context.clock.now()
    first = context.pace.due(_START, now, timedelta.max)
    context.pace.done(_START, now)
    return first and known is not None and [one.key for one in known.entities] != pins["open"]


def entities_of(store: Store, back_office: str, identity: Identity) -> tuple[str, ...]:
    """Every entity this back office ever showed us: the records of one that it does not show now stay its own, and so
    do those of a company that was undivided before."""
    now = [entity.key for entity in identity.entities]
    with store.reading() as tx:
        ever = _ever(tx, back_office)
        undivided = bool(now) and not ever and _has_ties(tx, back_office)
    return tuple(dict.fromkeys((*([TOP] if undivided else []), *ever, *now))) or (TOP,)


def closed_to(identity: Identity, entities: tuple[str, ...]) -> frozenset[str]:
    """Of these entities, those that who answered does not show; one that shows none is undivided."""
    shown = {entity.key for entity in identity.entities}
    return frozenset(entities) - shown if shown else frozenset()


def _has_ties(tx: Transaction, back_office: str) -> bool:
    """Whether a record is tied at the top level, where all stand while there are no entities."""
    after = ""
    while links := tx.find_links(back_office, after=after):
        if any(link.entity == TOP and link.erp_key and link.crm_key and not link.tombstone for link in links):
            return True
        after = links[-1].id
    return False


def known_entities(tx: Transaction, back_office: str) -> tuple[str, ...]:
    """Every entity that a back office showed us; one that never ran counts as undivided."""
    return _ever(tx, back_office) or ("",)


def _ever(tx: Transaction, back_office: str) -> tuple[str, ...]:
    pins: Mapping[str, Any] = tx.fact(f"back_office:{back_office}", _FACT) or {}
    return tuple(pins.get("entities", ()))


def _compare(context: Context, side: Side, identity: Identity, pinned: str) -> None:
    if pinned and pinned != identity.tenant:
        raise Misconfigured(
            f"{identity.label} ({identity.tenant}) answers for the {side.upper()}, and what is known of it belongs to"
            f" {pinned}",
            where=f"back office {context.back_office}",
            mend="Connect the other one under a new name; nothing was read or written.",
            code="other_tenant",
        )


def _open(context: Context, entities: list[str]) -> tuple[str, ...]:
    """A system that names none has only the one without a name."""
    return tuple(one for one in context.entities if one in entities) if entities else context.entities


def report_closed(context: Context, open_now: tuple[str, ...]) -> None:
    """Raises Misconfigured naming the entities that are not open to us any more."""
    closed = [one or "top level" for one in context.entities if one not in open_now]
    if closed:
        raise Misconfigured(
            f"not open to the user we log in with any more: {', '.join(closed)}",
            where=f"back office {context.back_office}",
            mend="Give the user access again; the other entities go on meanwhile.",
            code="entity_closed",
        )
