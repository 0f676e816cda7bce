"""Order-entry documents: read-only mirrors, one mapping a kind, each with its lines."""

from __future__ import annotations

from tieline.contract import Day, Direction, Field, Format, Mapping, Number, Promotion, Reference, Text
from tieline.contract.naming import DOCUMENT_OBJECT, LINE_OBJECT
from tieline_intacct import amounts
from tieline_intacct import documents as erp
from tieline_intacct.mappings.words import MONEY, mirrored
from tieline_intacct.names import (
    AMOUNT,
    CUSTOMER,
    INVOICE,
    INVOICE_LINE,
    ITEM,
    ORDER,
    ORDER_LINE,
    OTHER,
    OTHER_LINE,
    QUOTE,
    QUOTE_LINE,
    SYSTEM,
)

MIRRORED_DEFINITION = "Intacct_Definition__c"

_HEADER = (
    mirrored("Number__c", "DOCNO", Text(80), "Number"),
    mirrored("State__c", "STATE", Text(80), "State"),
    mirrored(MIRRORED_DEFINITION, "DOCPARID", Text(80), "Transaction definition"),
    mirrored("Account__c", "CUSTVENDID", Reference(CUSTOMER), "Customer"),
    mirrored("Document_Date__c", "WHENCREATED", Day(), "Document date"),
    mirrored("Required_Date__c", "WHENDUE", Day(), "Due date"),
    mirrored("Subtotal__c", "SUBTOTAL", MONEY, "Subtotal"),
    mirrored("Tax__c", "TAX", MONEY, "Tax"),
    mirrored("Total__c", "TOTAL", MONEY, "Total"),
    mirrored("Currency__c", "CURRENCY", Text(10), "Currency"),
    mirrored("Reference__c", "PONUMBER", Text(255), "Reference"),
    mirrored("Comments__c", "MESSAGE", Text(2048, Format.AREA), "Comments"),
)


def _lines(document: str) -> tuple[Field, ...]:
    return (
        mirrored("Document__c", "DOCHDRID", Reference(document), "Document"),
        mirrored("Line_Number__c", "LINE_NO", Number(0), "Line number"),
        mirrored("Product__c", "ITEMID", Reference(ITEM), "Item"),
        mirrored("Description__c", "ITEMDESC", Text(255), "Description"),
        mirrored("Quantity__c", "QUANTITY", Number(4), "Quantity"),
        mirrored("Unit_Price__c", "PRICE", Number(4, money=True), "Unit price"),
        mirrored("Discount__c", "DISCOUNTPERCENT", Number(4), "Discount"),
        mirrored("Line_Total__c", "TOTAL", MONEY, "Line total"),
    )


def _document(name: str, line: str, label: str, kind: str, erp_object: str) -> tuple[Mapping, Mapping]:
    """`kind` is what the org calls it."""
    whole = Mapping(
        system=SYSTEM,
        name=name,
        label=label,
        crm_object=DOCUMENT_OBJECT,
        erp_object=erp_object,
        number="DOCNO",
        promotion=Promotion.NEVER,
        parent=CUSTOMER,
        crm_constants={"Type__c": kind, "Back_Office__c": "{back_office}", "Accounting_Entity__c": "{entity}"},
        fields=_HEADER,
    )
    lines = Mapping(
        system=SYSTEM,
        name=line,
        label=f"{label} line",
        crm_object=LINE_OBJECT,
        erp_object=erp.lines_of(erp_object),
        parent=name,
        embedded_in=erp_object,
        promotion=Promotion.NEVER,
        create_in_erp=False,
        panel=False,
        delete_in_crm=True,  # a line taken off the document leaves the mirror too
        fields=_lines(name),
    )
    return whole, lines


AMOUNTS = Mapping(
    system=SYSTEM,
    name=AMOUNT,
    label="Opportunity amount",
    crm_object="Opportunity",
    erp_object=amounts.AMOUNTS,
    promotion=Promotion.NEVER,
    create_in_crm=False,
    create_in_erp=False,
    panel=False,
    fields=(
        Field("Id", amounts.OPPORTUNITY, Text(18), Direction.TO_CRM, locked=True, key=True, label="Opportunity"),
        Field("Intacct_Amount__c", "TOTAL", MONEY, Direction.TO_CRM, locked=True, label="Intacct amount",
              help="The total of this opportunity's sales orders in Intacct; of the newest quote while there is none."),
    ),
)  # fmt: skip

DOCUMENTS = (
    *_document(QUOTE, QUOTE_LINE, "Sales quote", "Sales Quote", erp.QUOTES),
    *_document(ORDER, ORDER_LINE, "Sales order", "Sales Order", erp.ORDERS),
    *_document(INVOICE, INVOICE_LINE, "Sales invoice", "Sales Invoice", erp.INVOICES),
    *_document(OTHER, OTHER_LINE, "Other document", "Other Sales Document", erp.OTHERS),
)
