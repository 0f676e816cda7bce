"""The system: how to connect to Unleashed, its client and its local stand-in."""

from __future__ import annotations

from typing import Any

from tieline.contract import DemoPlan, System
from tieline_unleashed.client import connect
from tieline_unleashed.names import CONTACT, CUSTOMER, ORDER_ACTION, PRODUCT, SYSTEM
from tieline_unleashed.settings import SETTINGS, describe_sandbox


def sandbox() -> Any:
    """The stand-in's factory, imported only when asked for: the client never needs it."""
    from tieline_unleashed.sandbox import build

    return build


UNLEASHED = System(
    name=SYSTEM,
    label="Unleashed",
    prefix="Unleashed",
    settings=SETTINGS,
    client=connect,
    hosts=("api.unleashedsoftware.com",),
    sandbox=sandbox,
    describe_sandbox=describe_sandbox,
    entity_label="Organisation",
    one_entity=True,
    demo=DemoPlan(CUSTOMER, CONTACT, PRODUCT, ORDER_ACTION),
)
