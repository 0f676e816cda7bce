"""The managed lists: what Unleashed owns and the org may only choose from."""

from __future__ import annotations

from tieline.contract import ManagedList
from tieline_unleashed.names import SYSTEM
from tieline_unleashed.options import CURRENCIES, PAYMENT_TERMS, SALESPERSONS, TAXES, WAREHOUSES

LISTS = (
    ManagedList(SYSTEM, SALESPERSONS, "Salesperson", "Salespersons", ("email",)),
    ManagedList(SYSTEM, PAYMENT_TERMS, "Payment term", "Payment terms"),
    ManagedList(SYSTEM, CURRENCIES, "Currency", "Currencies"),
    ManagedList(SYSTEM, WAREHOUSES, "Warehouse", "Warehouses", ("default",)),
    ManagedList(SYSTEM, TAXES, "Tax", "Taxes", ("rate",)),
)
