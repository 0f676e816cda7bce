"""What each call does to the state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tieline_unleashed.sandbox import customers, orders, simple
from tieline_unleashed.sandbox.routes import Call
from tieline_unleashed.sandbox.saving import Context, Saved

Body = Mapping[str, Any]
Operation = Callable[[Context, Call, Body], Saved | None]


def perform(context: Context, call: Call, body: Body) -> Saved | None:
    """Make the change; None when nothing is left to show. Raises Refused."""
    special = _OPERATIONS.get((call.resource.name, call.operation))
    if special:
        return special(context, call, body)
    return simple.save(context, call.resource, call.guid, body)


def _delete_contact(context: Context, call: Call, _body: Body) -> None:
    customers.delete_contact(context, call.guid or "", call.child or "")


_OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("Customers", "save"): lambda context, call, body: customers.save(context, call.guid, body),
    ("Contacts", "save"): lambda context, call, body: customers.save_contact(context, call.guid or "", body),
    ("Contacts", "update"): lambda context, call, body: customers.update_contact(
        context, call.guid or "", call.child or "", body
    ),
    ("Contacts", "delete"): _delete_contact,
    ("SalesOrders", "save"): lambda context, call, body: orders.create(context, call.guid, body),
    ("SalesOrders", "update"): lambda context, call, body: orders.update(context, call.guid or "", body),
    ("SalesOrders", "delete"): lambda context, call, _body: orders.delete(context, call.guid or ""),
    ("SalesOrders", "complete"): lambda context, call, _body: orders.complete(context, call.guid or ""),
    ("SalesOrders", "delete-line"): lambda context, call, _body: orders.delete_line(
        context, call.guid, call.child or ""
    ),
}
