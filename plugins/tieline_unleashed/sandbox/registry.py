"""Every resource the organisation answers for, by its name in the path."""

from __future__ import annotations

from tieline_unleashed.sandbox import lists, records
from tieline_unleashed.sandbox.members import Reference, Rows
from tieline_unleashed.sandbox.resource import Resource

# They exist [C], but nothing here fills them.
_BARE = [
    Resource(name, item, (), code="Guid", unique=False)
    for name, item in (
        ("Companies", "Company"),
        ("Suppliers", "Supplier"),
        ("SalesShipments", "SalesShipment"),
        ("PurchaseOrders", "PurchaseOrder"),
        ("StockAdjustments", "StockAdjustment"),
        ("CreditNotes", "CreditNote"),
    )
]
_ALL = [
    records.CUSTOMERS,
    records.CONTACTS,
    records.PRODUCTS,
    records.SALES_ORDERS,
    records.SALES_QUOTES,
    lists.SALESPERSONS,
    lists.PAYMENT_TERMS,
    lists.WAREHOUSES,
    lists.TAXES,
    lists.CURRENCIES,
    lists.CUSTOMER_TYPES,
    lists.SELL_PRICE_TIERS,
    lists.STOCK_ON_HAND,
    lists.INVOICES,
    *_BARE,
]
RESOURCES = {resource.name.lower(): resource for resource in _ALL}


def indexes() -> dict[str, tuple[str, ...]]:
    """The fields rows are looked up by: codes, the fields references name rows by, and the owner of a contact."""
    found: dict[str, set[str]] = {resource.name: {resource.code} for resource in _ALL if resource.unique}
    for resource in _ALL:
        for member in resource.shape:
            parts = member.shape if isinstance(member, Rows) else (member,)
            for part in parts:
                if isinstance(part, Reference):
                    found[part.kind].update(part.by)
    found["Contacts"] = {"CustomerGuid"}
    return {kind: tuple(sorted(names)) for kind, names in found.items()}
