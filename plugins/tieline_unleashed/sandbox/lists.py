"""Shapes of the lists an organisation owns; the API reads them, people keep them in the vendor's screens."""

from __future__ import annotations

from tieline_unleashed.sandbox.filters import equals, since
from tieline_unleashed.sandbox.forms import Form
from tieline_unleashed.sandbox.members import Field, Reference
from tieline_unleashed.sandbox.resource import OBSOLETE, Resource, numbers, texts

TAX_SHOWN = (Field("TaxCode"), Field("Description"), Field("TaxRate", Form.NUMBER))
_SINCE = {"modifiedsince": since("LastModifiedOn")}

PAYMENT_TERMS = Resource(
    "PaymentTerms",
    "PaymentTerm",
    (Field("PaymentTermDescription", limit=100), Field("Type"), Field("Days", Form.WHOLE), OBSOLETE),
    code="PaymentTermDescription",
    required=("PaymentTermDescription", "Type"),
    filters=_SINCE,
)
WAREHOUSES = Resource(
    "Warehouses",
    "Warehouse",
    (
        *texts("WarehouseCode", "WarehouseName"),
        Field("IsDefault", Form.FLAG),
        *texts("AddressName", "StreetNo", "AddressLine1", "AddressLine2", "City", "Region", "Country", "PostCode"),
        OBSOLETE,
    ),
    code="WarehouseCode",
    required=("WarehouseCode", "WarehouseName"),
    filters=_SINCE,
)
TAXES = Resource(
    "Taxes", "Tax", (*TAX_SHOWN, OBSOLETE), code="TaxCode", required=("TaxCode", "TaxRate"), filters=_SINCE
)
CURRENCIES = Resource(
    "Currencies",
    "Currency",
    (*texts("CurrencyCode", "Description"), OBSOLETE),
    code="CurrencyCode",
    required=("CurrencyCode",),
    filters=_SINCE,
)
CUSTOMER_TYPES = Resource(
    "CustomerTypes",
    "CustomerType",
    (Field("TypeName"), OBSOLETE),
    code="TypeName",
    required=("TypeName",),
    filters=_SINCE,
)
SELL_PRICE_TIERS = Resource(
    "SellPriceTiers",
    "SellPriceTier",
    (Field("TierName"), OBSOLETE),
    code="TierName",
    required=("TierName",),
    filters=_SINCE,
)
SALESPERSONS = Resource(
    "Salespersons",
    "Salesperson",
    (Field("FullName", limit=256), Field("Email", limit=256), OBSOLETE),
    code="Email",
    required=("FullName", "Email"),
    filters=_SINCE,
)

STOCK_ON_HAND = Resource(
    "StockOnHand",
    "StockOnHand",
    (
        *texts("ProductCode", "WarehouseCode"),
        *numbers("QtyOnHand", "AvailableQty", "AllocatedQty", "OnPurchase", "AvgCost"),
    ),
    code="ProductCode",
    required=("ProductCode", "WarehouseCode"),
    unique=False,
    filters={**_SINCE, "productcode": equals("ProductCode"), "warehousecode": equals("WarehouseCode")},
)
INVOICES = Resource(
    "Invoices",
    "Invoice",
    (
        *texts("InvoiceNumber", "InvoiceStatus", "OrderNumber"),
        *(Field(name, Form.DATE) for name in ("InvoiceDate", "DueDate")),
        Reference("Customer", "Customers", ("CustomerCode",), texts("CustomerCode", "CustomerName")),
        *numbers("SubTotal", "TaxTotal", "Total"),
    ),
    code="InvoiceNumber",
    required=("InvoiceNumber",),
    filters=_SINCE,
)
