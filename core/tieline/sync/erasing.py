"""A deletion that is repeated on the other side, where somebody has just edited the record: pure. The edit is kept in
the conflict log before it goes; a record that others hang on is left to a person."""

from __future__ import annotations

from tieline.contract import Side
from tieline.store.nouns import Link
from tieline.sync.merge import Clash
from tieline.sync.rules import Rules

DELETE_CONFLICT = "delete_conflict"


def edited(link: Link, side: Side, rules: Rules) -> tuple[str, ...]:
    """Fields of one side that differ from what was agreed and never travelled. A field nobody agreed on counts when it
    has a value."""
    seen, place = link.seen(side), 0 if side is Side.CRM else 1
    if seen is None or seen.deleted:
        return ()
    agreed = {name: pair[place] for name, pair in link.base.items()}
    return tuple(n for n, value in seen.fields.items() if n in rules.by_name and value != agreed.get(n))


def overruled(link: Link, side: Side, fields: tuple[str, ...]) -> Clash:
    """The conflict to log: what stands on `side` loses to the deletion on the other one."""
    now = link.seen(side)
    values = {name: now.fields[name] for name in fields} if now else {}
    nothing = dict.fromkeys(fields)
    base = {name: link.base.get(name) for name in fields}
    crm, erp = (values, nothing) if side is Side.CRM else (nothing, values)
    return Clash(fields, base, crm, erp, side.other, "delete")
