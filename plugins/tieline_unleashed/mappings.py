"""What of Unleashed stands where in the org.

Lengths are the org's where the vendor's are not known: the contract found no length table for customers.
"""

from __future__ import annotations

from tieline.contract import (
    Day,
    Direction,
    Field,
    Flag,
    Format,
    Kind,
    Mapping,
    Number,
    Option,
    Person,
    Promotion,
    Reference,
    Text,
)
from tieline.contract.naming import DOCUMENT_OBJECT, LINE_OBJECT
from tieline_unleashed.names import CONTACT, CUSTOMER, ORDER, ORDER_LINE, PRODUCT, SYSTEM
from tieline_unleashed.options import CURRENCIES, PAYMENT_TERMS, SALESPERSONS

_PHONE = Text(40, Format.PHONE)
_MONEY = Number(2, money=True)


def _shown(crm: str, erp: str, kind: Kind, label: str, help: str = "") -> Field:  # noqa: A002 - the contract's word
    """A field that the org only shows."""
    return Field(crm, erp, kind, Direction.TO_CRM, label=label, help=help)


def _mirrored(crm: str, erp: str, kind: Kind, label: str) -> Field:
    """A field of a read-only mirror, which nobody may turn round."""
    return Field(crm, erp, kind, Direction.TO_CRM, locked=True, label=label)


def _address(crm: str, erp: str, kind: Text, label: str) -> Field:
    return Field(crm, f"Address.{erp}", kind, group="address", label=label)


CUSTOMERS = Mapping(
    system=SYSTEM,
    name=CUSTOMER,
    label="Customer",
    crm_object="Account",
    erp_object="Customers",
    number="CustomerCode",
    fields=(
        Field("Name", "CustomerName", Text(255), required=True, label="Customer name"),
        # Immutable once it is there; the client derives one for a customer that comes without.
        Field(
            "AccountNumber",
            "CustomerCode",
            Text(40),
            Direction.TO_CRM,
            locked=True,
            required=True,
            key=True,
            label="Customer code",
        ),
        Field("Phone", "PhoneNumber", _PHONE, label="Phone"),
        Field("Fax", "FaxNumber", _PHONE, label="Fax"),
        Field("Website", "Website", Text(255, Format.URL), label="Website"),
        _address("BillingStreet", "Street", Text(255, Format.AREA), "Street"),
        _address("BillingCity", "City", Text(40), "City"),
        _address("BillingState", "Region", Text(80), "Region"),
        _address("BillingPostalCode", "PostalCode", Text(20), "Postal code"),
        _address("BillingCountry", "Country", Text(80), "Country"),
        Field(
            "Account_Manager__c",
            "SalesPerson.Guid",
            Person(SALESPERSONS),
            label="Account manager",
            help="The user who looks after this account. Only users with a salesperson in Unleashed can be sent there.",
        ),
        _shown(
            "Unleashed_Payment_Term__c",
            "PaymentTerm",
            Option(PAYMENT_TERMS),
            "Unleashed payment term",
            "The customer's payment term in Unleashed.",
        ),
        _shown(
            "Unleashed_Currency__c",
            "Currency.CurrencyCode",
            Option(CURRENCIES),
            "Unleashed currency",
            "The customer's currency in Unleashed.",
        ),
        _shown(
            "Unleashed_Obsolete__c",
            "Obsolete",
            Flag(),
            "Obsolete in Unleashed",
            "Unleashed never deletes a customer; it marks it as obsolete.",
        ),
    ),
)

CONTACTS = Mapping(
    system=SYSTEM,
    name=CONTACT,
    label="Customer contact",
    crm_object="Contact",
    erp_object="CustomerContacts",
    parent=CUSTOMER,
    embedded_in="Customers",
    promotion=Promotion.MANUAL,
    fields=(
        Field("AccountId", "Customer.Guid", Reference(CUSTOMER), required=True, label="Customer"),
        Field("FirstName", "FirstName", Text(40), label="First name"),
        Field("LastName", "LastName", Text(80), label="Last name"),
        Field("Email", "EmailAddress", Text(80, Format.EMAIL), key=True, label="E-mail address"),
        Field("Phone", "PhoneNumber", _PHONE, label="Phone"),
        Field("MobilePhone", "MobilePhone", _PHONE, label="Mobile phone"),
        Field("Fax", "FaxNumber", _PHONE, label="Fax"),
    ),
)

PRODUCTS = Mapping(
    system=SYSTEM,
    name=PRODUCT,
    label="Product",
    crm_object="Product2",
    erp_object="Products",
    number="ProductCode",
    promotion=Promotion.NEVER,
    create_in_erp=False,
    fields=(
        Field("ProductCode", "ProductCode", Text(255), Direction.TO_CRM, key=True, label="Product code"),
        Field("Name", "ProductDescription", Text(255), Direction.TO_CRM, label="Product description"),
        Field("IsActive", "IsSellable", Flag(), Direction.TO_CRM, label="Sellable"),
        _shown(
            "Unleashed_Unit_of_Measure__c",
            "UnitOfMeasure",
            Text(40),
            "Unit of measure",
            "The unit in which Unleashed counts this product.",
        ),
        _shown(
            "Unleashed_Sell_Price__c",
            "DefaultSellPrice",
            Number(4, money=True),
            "Unleashed sell price",
            "The default sell price in Unleashed.",
        ),
    ),
)

SALES_ORDERS = Mapping(
    system=SYSTEM,
    name=ORDER,
    label="Sales order",
    crm_object=DOCUMENT_OBJECT,
    erp_object="SalesOrders",
    number="OrderNumber",
    promotion=Promotion.NEVER,
    parent=CUSTOMER,
    crm_constants={"Type__c": "Sales Order", "Back_Office__c": "{back_office}"},
    fields=(
        _mirrored("Number__c", "OrderNumber", Text(80), "Number"),
        _mirrored("State__c", "OrderStatus", Text(80), "State"),
        _mirrored("Account__c", "Customer.Guid", Reference(CUSTOMER), "Customer"),
        _mirrored("Document_Date__c", "OrderDate", Day(), "Order date"),
        _mirrored("Required_Date__c", "RequiredDate", Day(), "Required date"),
        _mirrored("Subtotal__c", "SubTotal", _MONEY, "Subtotal"),
        _mirrored("Tax__c", "TaxTotal", _MONEY, "Tax"),
        _mirrored("Total__c", "Total", _MONEY, "Total"),
        _mirrored("Currency__c", "Currency.CurrencyCode", Text(10), "Currency"),
        _mirrored("Reference__c", "CustomerRef", Text(255), "Reference"),
        _mirrored("Comments__c", "Comments", Text(2048, Format.AREA), "Comments"),
    ),
)

SALES_ORDER_LINES = Mapping(
    system=SYSTEM,
    name=ORDER_LINE,
    label="Sales order line",
    crm_object=LINE_OBJECT,
    erp_object="SalesOrderLines",
    parent=ORDER,
    embedded_in="SalesOrders",
    promotion=Promotion.NEVER,
    create_in_erp=False,
    panel=False,
    delete_in_crm=True,  # a line taken off the order leaves the mirror too
    fields=(
        _mirrored("Document__c", "SalesOrder.Guid", Reference(ORDER), "Sales order"),
        _mirrored("Line_Number__c", "LineNumber", Number(0), "Line number"),
        _mirrored("Product__c", "Product.Guid", Reference(PRODUCT), "Product"),
        _mirrored("Quantity__c", "OrderQuantity", Number(4), "Quantity"),
        _mirrored("Unit_Price__c", "UnitPrice", Number(4, money=True), "Unit price"),
        _mirrored("Discount__c", "DiscountRate", Number(4), "Discount"),
        _mirrored("Line_Total__c", "LineTotal", _MONEY, "Line total"),
    ),
)

MAPPINGS = (CUSTOMERS, CONTACTS, PRODUCTS, SALES_ORDERS, SALES_ORDER_LINES)
