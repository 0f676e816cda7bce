"""When each managed list was last read, and what looked wrong then. An alarm is told once, when it starts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tieline.contract import ManagedList
from tieline.store.protocol import Transaction
from tieline.sync.context import Context


@dataclass(frozen=True, slots=True)
class Reading:
    """Of one list in one accounting entity."""

    at: datetime
    alarm: str = ""


def _scope(back_office: str) -> str:
    return f"lists:{back_office}"


def _name(entity: str, list_name: str) -> str:
    return f"{entity}/{list_name}"


def reading_of(tx: Transaction, back_office: str, entity: str, list_name: str) -> Reading | None:
    """The last one; None when the list was never read."""
    told = tx.fact(_scope(back_office), _name(entity, list_name))
    return Reading(datetime.fromisoformat(told["at"]), told["alarm"]) if told else None


def note_reading(context: Context, entity: str, managed: ManagedList, alarm: str) -> None:
    """Keep it; a new alarm, and the end of one, go to the audit and to whoever listens."""
    with context.store.transaction(context.fence) as tx:
        before = reading_of(tx, context.back_office, entity, managed.name)
        told = {"at": context.clock.now().isoformat(), "alarm": alarm}
        tx.save_fact(_scope(context.back_office), _name(entity, managed.name), told)
        changed = alarm != (before.alarm if before else "")
        if changed:
            event = "list_alarm" if alarm else "list_alarm_over"
            tx.append_audit(context.back_office, [context.note(event, mapping=managed.id, note=alarm)])
    if changed and alarm:
        context.tell("list.alarm", list=managed.id, note=alarm)
