"""Panels that travel with the values they speak of, so that most of them cost no call of their own.

What a panel will say is known before the write: the link as it will be when the CRM has said yes. The link counts as
not shown from the moment the write is intended; only an answer that says that the row stands, and a link that came out
as foreseen, settle it. Whatever else happens, the panel is written on its own afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tieline.contract import Done, Outcome, Panel, Side, Value
from tieline.contract.naming import lookup_field
from tieline.store.nouns import Item, Link
from tieline.store.protocol import Transaction
from tieline.sync import history
from tieline.sync.context import Context
from tieline.sync.entity_rows import remembering, unsaid, whole
from tieline.sync.identity import fingerprint
from tieline.sync.outcome import Settled, apply
from tieline.sync.panel import RECORD_ID, has_panel, row, told
from tieline.sync.rules import Rules

Panels = Mapping[str, Panel]
"""By link."""

_TIMES = ("Last_Sync__c", "Since__c", "History__c")  # of the moment of writing; the answer comes a moment later
_UNBORN = "unborn"


def foreseen(
    tx: Transaction, context: Context, rules: Rules, links: Mapping[str, Link], items: Sequence[Item]
) -> Panels:
    """The panels of these links as they will be once these writes of the CRM are done."""
    if not rules.mapping.panel:
        return {}
    changing = [item for item in items if item.operation != "delete"]
    trails = tx.trails(context.back_office, [item.link for item in changing], history.READ)
    now, fields = context.clock.now(), (lookup_field(rules.mapping.crm_object), RECORD_ID)
    panels: dict[str, Panel] = {}
    for item in changing:
        one = _done(context, rules, links[item.link], item, now)
        if has_panel(context, one.link):
            trail = (*trails.get(item.link, ()), *one.notes)
            panels[item.link] = Panel(unsaid(context, one.link, row(context, one.link, trail)), fields)
    return panels


def _done(context: Context, rules: Rules, link: Link, item: Item, now: datetime) -> Settled:
    return apply(link, item, Side.CRM, Done(item.key or _UNBORN), rules, now, context.options)


def stands(context: Context, link: Link, outcome: Outcome, panels: Panels) -> Link:
    """The link after the answer: shown, when its panel was written and says what is so."""
    panel = panels.get(link.id)
    if panel is None or not isinstance(outcome, Done) or not outcome.panel:
        return link
    known = {**whole(link, panel.row), **dict.fromkeys(panel.record, link.crm_key)}
    if _lasting(known) != _lasting(row(context, link)):
        return link
    return remembering(context, replace(link, panel=fingerprint(known)), known)


def _lasting(shown: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in shown.items() if name not in _TIMES}


def note_shown(tx: Transaction, context: Context, links: Sequence[Link], panels: Panels) -> int:
    """Keep in the audit whose panels were written along; returns how many."""
    shown = sorted(link.id for link in links if link.id in panels and link.panel)
    if shown:
        tx.append_audit(context.back_office, [told(context, shown)])
    return len(shown)
