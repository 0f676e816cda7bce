"""What a new organisation holds before anybody touched it, for its API cannot make these rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from tieline_unleashed.sandbox import simple
from tieline_unleashed.sandbox.lists import (
    CURRENCIES,
    CUSTOMER_TYPES,
    PAYMENT_TERMS,
    SELL_PRICE_TIERS,
    TAXES,
    WAREHOUSES,
)
from tieline_unleashed.sandbox.resource import Resource
from tieline_unleashed.sandbox.saving import Context

_SPACE: UUID = uuid5(NAMESPACE_URL, "https://api.unleashedsoftware.com/")
NO_TAX = "NONE"
MAIN_WAREHOUSE = "MAIN"

_ROWS: Sequence[tuple[Resource, Sequence[Mapping[str, Any]]]] = (
    (
        WAREHOUSES,
        [
            {"WarehouseCode": MAIN_WAREHOUSE, "WarehouseName": "Main Warehouse", "IsDefault": True},
            {"WarehouseCode": "SHOP", "WarehouseName": "Shop"},
        ],
    ),
    (
        TAXES,
        [
            {"TaxCode": "G.S.T.", "Description": "Goods and services tax", "TaxRate": "0.15"},
            {"TaxCode": NO_TAX, "Description": "No tax", "TaxRate": 0},
        ],
    ),
    (
        CURRENCIES,
        [
            {"CurrencyCode": "EUR", "Description": "Euro"},
            {"CurrencyCode": "GBP", "Description": "Pound sterling"},
            {"CurrencyCode": "USD", "Description": "United States dollar"},
        ],
    ),
    (
        PAYMENT_TERMS,
        [
            {"PaymentTermDescription": "20th of the following month", "Type": "DaysOfTheMonthFollowing", "Days": 20},
            {"PaymentTermDescription": "30 days", "Type": "DaysAfter", "Days": 30},
            {"PaymentTermDescription": "7 days", "Type": "DaysAfter", "Days": 7},
            {"PaymentTermDescription": "End of the following month", "Type": "EndOfTheMonthFollowing"},
        ],
    ),
    (CUSTOMER_TYPES, [{"TypeName": "Retail"}, {"TypeName": "Wholesale"}]),
    (SELL_PRICE_TIERS, [{"TierName": f"Sell Price Tier {number}"} for number in range(1, 11)]),
)


def guid_of(kind: str, code: str) -> str:
    """The guid of a seeded row: the same in every organisation, so that runs can be compared."""
    return str(uuid5(_SPACE, f"{kind}/{code}"))


def fill(context: Context) -> None:
    for resource, rows in _ROWS:
        for row in rows:
            simple.save(context, resource, guid_of(resource.name, row[resource.code]), row)
