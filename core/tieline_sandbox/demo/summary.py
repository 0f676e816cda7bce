"""The result of the demonstration: counts of the state, not of the run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tieline.contract import Side
from tieline.contract.naming import list_object
from tieline.store.nouns import Status
from tieline.sync.drift import differences
from tieline_sandbox.demo.stage import ORG
from tieline_sandbox.demo.story import Story
from tieline_sandbox.demo.truth import created_orders, document_links, duplicates


def summarise(story: Story) -> dict[str, Any]:
    """The document of `tieline demo --json`."""
    stage, engine = story.stage, story.engine
    assert engine is not None
    context, plan = engine.context, story.plan
    objects = {mapping.name: mapping.crm_object for mapping in context.mappings}
    orders = created_orders(stage, engine)
    calls = stage.runtime.calls()
    found = differences(context)
    return {
        "system": stage.system.name,
        "accounts": story.administrator.count(objects[plan.accounts]),
        "contacts": story.administrator.count(objects[plan.contacts]),
        "products": story.administrator.count(objects[plan.products]),
        "orders_created": len(orders),
        "order_numbers": _numbers(story, orders),
        "managed_lists": {
            managed.name: story.administrator.count(list_object(stage.system, managed)) for managed in context.lists
        },
        "duplicates": duplicates(stage, engine, story.administrator),
        "mismatches": len(found),
        "writes_in_idle_cycle": story.told.idle_writes,
        "statuses_seen": _statuses(story),
        **({"first_load": story.told.first_load} if story.told.first_load else {}),
        "api_calls": {"crm": calls.get(ORG, 0), "erp": calls.get(stage.back_office, 0)},
        "errors": [*story.told.errors, *(f"{d.mapping} {d.erp_key} {d.field}: differs" for d in found[:10])],
    }


def _numbers(story: Story, orders: list[str]) -> list[str]:
    links = document_links(story.running())
    return [_number(story, links[key]) for key in orders if key in links]


def _number(story: Story, link: Any) -> str:
    context = story.running().context
    rules = context.rules_for(link.entity, link.mapping)
    name = next(field.crm for field in rules.mapping.fields if field.erp == rules.mapping.number)
    return str(link.erp.fields.get(name)) if link.erp else ""


def _statuses(story: Story) -> list[str]:
    """Every status a record has had. The audit tells how each event ended; a write to the back office that was
    answered had been awaited."""
    context, after, seen = story.running().context, 0, set()
    with context.store.reading() as tx:
        seen |= {status for _, _, status in tx.count_links(context.back_office)}
        while entries := tx.audit(context.back_office, after, 5000):
            seen |= {entry.status for entry in entries if entry.status}
            awaited = any(entry.side == Side.ERP and entry.call for entry in entries)
            seen |= {str(Status.AWAITING_ACKNOWLEDGMENT)} if awaited else set()
            after = entries[-1].seq
    return sorted(seen)


def lines(document: dict[str, Any]) -> Iterator[str]:
    """A short table for people."""
    yield f"{document['system']} and the org agree:" if not document["errors"] else "Something went wrong:"
    yield f"  accounts {document['accounts']}, contacts {document['contacts']}, products {document['products']}"
    numbers = ", ".join(document["order_numbers"])
    yield f"  sales orders made by the button {document['orders_created']} ({numbers})"
    lists = ", ".join(f"{name} {rows}" for name, rows in document["managed_lists"].items())
    yield f"  managed lists: {lists}"
    yield f"  duplicates {document['duplicates']}, fields that differ {document['mismatches']}"
    yield f"  writes in an idle cycle {document['writes_in_idle_cycle']}"
    if load := document.get("first_load"):
        yield f"  first load: {load['api_calls']} back office calls, at least {load['api_calls_minimum']} are needed"
    calls = document["api_calls"]
    yield f"  API calls: CRM {calls['crm']}, back office {calls['erp']}"
    yield from (f"  ! {error}" for error in document["errors"])
