"""Shapes and filters of customers, contacts, products, orders and quotes.

Field names come from public clients [C]; lengths are given only where the contract knows them.
"""

from __future__ import annotations

from tieline_unleashed.sandbox.filters import (
    among,
    contact_email,
    contains,
    equals,
    flag,
    holds_serial,
    refers,
    refers_by_guid,
    since,
    starts_with,
    until,
)
from tieline_unleashed.sandbox.forms import Form
from tieline_unleashed.sandbox.lists import TAX_SHOWN
from tieline_unleashed.sandbox.members import Field, Group, Reference, Rows, Shape
from tieline_unleashed.sandbox.resource import OBSOLETE, Resource, flags, numbers, texts

_SALESPERSON_SHOWN = (Field("FullName"), Field("Email"), OBSOLETE, Field("LastModifiedOn", Form.DATE))
_CURRENCY = Reference("Currency", "Currencies", ("CurrencyCode",), (Field("CurrencyCode"), Field("Description")))

ADDRESS: Shape = (
    *texts("AddressType", "AddressName", "StreetAddress", "StreetAddress2", "Suburb", "City", "Region", "Country"),
    *texts("PostalCode"),
    Field("IsDefault", Form.FLAG),
    Field("DeliveryInstruction"),
)
CUSTOMERS = Resource(
    "Customers",
    "Customer",
    (
        *texts("CustomerCode", "CustomerName"),
        Rows("Addresses", ADDRESS),
        Reference("TaxCode", "Taxes", ("TaxCode",), plain=True),
        *texts("GSTVATNumber", "BankName", "BankBranch", "BankAccount"),
        Field("Website", Form.ADDRESS),
        *texts("PhoneNumber", "FaxNumber", "MobileNumber", "DDINumber", "TollFreeNumber", "Email", "EmailCC"),
        _CURRENCY,
        Field("Notes"),
        Field("Taxable", Form.FLAG),
        Field("XeroContactId"),
        Reference("SalesPerson", "Salespersons", ("Email",), _SALESPERSON_SHOWN),
        Field("DiscountRate", Form.NUMBER),
        *flags("PrintPackingSlipInsteadOfInvoice", "PrintInvoice", "StopCredit"),
        OBSOLETE,
        *texts("XeroSalesAccount", "XeroCostOfGoodsAccount"),
        Reference("SellPriceTier", "SellPriceTiers", ("TierName",), plain=True),
        Field("SellPriceTierReference"),
        Reference("CustomerType", "CustomerTypes", ("TypeName",), plain=True),
        Reference("PaymentTerm", "PaymentTerms", ("PaymentTermDescription",), plain=True),
        # The vendor has lists of these two as well [G]; that a name must be on them is nowhere said.
        *texts("SourceId", "DeliveryMethod", "DeliveryInstruction"),
        Field("SalesOrderGroup", limit=50),
        Reference("DefaultWarehouse", "Warehouses", ("WarehouseCode",), (Field("WarehouseCode"),)),
        Field("HasCreditLimit", Form.FLAG),
        Field("CreditLimit", Form.NUMBER),
    ),
    code="CustomerCode",
    required=("CustomerCode", "CustomerName"),
    filters={
        "contactemail": contact_email,
        "customercode": starts_with("CustomerCode"),
        "customername": starts_with("CustomerName"),
        "customer": contains("CustomerCode", "CustomerName"),
        "currency": refers("Currency", "Currencies", "CurrencyCode"),
        "customertype": refers("CustomerType", "CustomerTypes", "TypeName"),
        "sellpricetier": refers("SellPriceTier", "SellPriceTiers", "TierName"),
        "stopcredit": flag("StopCredit"),
        "salesordergroup": equals("SalesOrderGroup"),
        "xerocontactid": equals("XeroContactId"),
        "modifiedsince": since("LastModifiedOn"),
    },
)
CONTACTS = Resource(
    "Contacts",
    "Contact",
    (
        *texts("FirstName", "LastName", "EmailAddress", "PhoneNumber", "MobilePhone", "OfficePhone", "DDINumber"),
        *texts("FaxNumber", "TollFreeNumber"),
        Field("Website", Form.ADDRESS),
        *texts("Notes", "DeliveryAddress"),
        *flags("IsDefault", "ForInvoicing", "ForShipping", "ForOrdering"),
    ),
    code="LastName",
    unique=False,
)

_TIER: Shape = (Field("Name"), Field("Value", Form.NUMBER))
PRODUCTS = Resource(
    "Products",
    "Product",
    (
        *texts("ProductCode", "ProductDescription", "Barcode"),
        *numbers("DefaultSellPrice", "DefaultPurchasePrice", "LastCost"),
        *(Group(f"SellPriceTier{number}", _TIER, short="Name") for number in range(1, 11)),
        Field("UnitOfMeasure"),
        Group("ProductGroup", texts("GroupName"), short="GroupName"),  # a text in old clients, an object in new [C]
        Group("Supplier", texts("SupplierCode", "SupplierName"), short="SupplierCode"),
        Field("IsSellable", Form.FLAG, default=True),
        Field("IsPurchasable", Form.FLAG, default=True),
        OBSOLETE,
        Field("TaxableSales", Form.FLAG),
        *flags("IsSerialized", "IsBatchTracked"),
        *texts("InventoryDetails", "Notes"),
    ),
    code="ProductCode",
    required=("ProductCode", "ProductDescription"),
    filters={  # [P]: the contract names none
        "productcode": starts_with("ProductCode"),
        "product": contains("ProductCode", "ProductDescription"),
        "modifiedsince": since("LastModifiedOn"),
    },
)

ORDER_LINE: Shape = (
    Field("Guid", Form.GUID),
    Field("LineNumber", Form.WHOLE),
    Field("LineType"),
    Reference("Product", "Products", ("ProductCode",), texts("ProductCode", "ProductDescription")),
    Field("DueDate", Form.DATE),
    *numbers("OrderQuantity", "UnitPrice", "DiscountRate", "LineTotal", "LineTax"),
    Reference("LineTaxCode", "Taxes", ("TaxCode",), plain=True),
    Field("Comments"),
    Rows("SerialNumbers", texts("Identifier")),
    Rows("BatchNumbers", texts("Number")),
)
_CUSTOMER = Reference("Customer", "Customers", ("CustomerCode",), texts("CustomerCode", "CustomerName"))
SALES_ORDERS = Resource(
    "SalesOrders",
    "SalesOrder",
    (
        Field("OrderNumber"),
        *(Field(name, Form.DATE) for name in ("OrderDate", "RequiredDate", "CompletedDate", "PaymentDueDate")),
        Field("OrderStatus", limit=20),
        Field("CustomOrderStatus", limit=15),
        _CUSTOMER,
        Field("CustomerRef"),
        Field("Comments", limit=2048),
        Reference("Warehouse", "Warehouses", ("WarehouseCode",), texts("WarehouseCode", "WarehouseName")),
        *texts("DeliveryName", "DeliveryStreetAddress", "DeliveryStreetAddress2", "DeliverySuburb", "DeliveryCity"),
        *texts("DeliveryRegion", "DeliveryCountry", "DeliveryPostCode", "DeliveryInstruction", "DeliveryMethod"),
        _CURRENCY,
        Reference("Tax", "Taxes", ("TaxCode",), TAX_SHOWN),
        *numbers("ExchangeRate", "DiscountRate", "TaxRate", "SubTotal", "TaxTotal", "Total"),
        Reference("Salesperson", "Salespersons", ("Email",), _SALESPERSON_SHOWN),
        Field("SalesOrderGroup", limit=50),
        Field("SourceId"),
        *flags("AllocateProduct", "SendAccountingJournalOnly"),
        Rows("SalesOrderLines", ORDER_LINE),
    ),
    code="OrderNumber",
    filters={
        "orderstatus": among("OrderStatus"),
        "customorderstatus": equals("CustomOrderStatus"),
        "customercode": refers("Customer", "Customers", "CustomerCode", starts=True),
        "customerid": refers_by_guid("Customer"),
        "ordernumber": equals("OrderNumber"),
        "sourceid": equals("SourceId"),
        "startdate": since("OrderDate"),
        "enddate": until("OrderDate"),
        "completedafter": since("CompletedDate"),
        "completedbefore": until("CompletedDate"),
        "modifiedsince": since("LastModifiedOn"),
        "warehousecode": refers("Warehouse", "Warehouses", "WarehouseCode"),
        "serialbatch": holds_serial,
    },
)
SALES_QUOTES = Resource(
    "SalesQuotes",
    "SalesQuote",
    (
        *texts("QuoteNumber", "QuoteStatus"),
        *(Field(name, Form.DATE) for name in ("QuoteDate", "QuoteExpiryDate")),
        _CUSTOMER,
        *numbers("SubTotal", "TaxTotal", "Total"),
        Field("SourceId"),
        Rows("SalesOrders", (Field("Guid", Form.GUID), Field("OrderNumber"))),
    ),
    code="QuoteNumber",
    required=("QuoteNumber",),
    newest_first=True,
    filters={
        "quotestatus": among("QuoteStatus"),
        "quotenumber": equals("QuoteNumber"),
        "customercode": refers("Customer", "Customers", "CustomerCode", starts=True),
        "startdate": since("QuoteDate"),
        "enddate": until("QuoteDate"),
        "modifiedsince": since("LastModifiedOn"),
        "sourceid": equals("SourceId"),
    },
)
