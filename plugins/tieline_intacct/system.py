"""The system: how to connect to Intacct, its client and its local stand-in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tieline.contract import DemoPlan, Polling, System
from tieline_intacct.client import connect
from tieline_intacct.names import CONTACT, CUSTOMER, INVOICE_ACTION, ITEM, ORDER_ACTION, QUOTE_ACTION, SYSTEM
from tieline_intacct.settings import SETTINGS, describe_sandbox


def sandbox() -> Any:
    """The stand-in's factory, imported only when asked for: the client never needs it."""
    from tieline_intacct.sandbox import build

    return build


INTACCT = System(
    name=SYSTEM,
    label="Sage Intacct",
    prefix="Intacct",
    settings=SETTINGS,
    client=connect,
    hosts=("api.intacct.com", "*.intacct.com"),
    sandbox=sandbox,
    describe_sandbox=describe_sandbox,
    entity_label="Entity",
    polling=Polling(changes=timedelta(minutes=15), lists=timedelta(hours=1)),  # each question is billed
    monthly_limit="monthly_calls",
    demo=DemoPlan(
        CUSTOMER,
        CONTACT,
        ITEM,
        ORDER_ACTION,
        erp_field="DISPLAYCONTACT.URL1",
        documents=(QUOTE_ACTION, ORDER_ACTION, INVOICE_ACTION),
        new_in_crm=(CUSTOMER, CONTACT),
        page_size=2000,
    ),
)
