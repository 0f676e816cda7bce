"""`ERP_Document__c` and its lines: read-only mirrors of orders, quotes and invoices of every back office alike."""

from __future__ import annotations

from collections.abc import Iterator

from tieline.contract import Component
from tieline.contract.naming import DOCUMENT_OBJECT, ERP_KEY, LINE_OBJECT
from tieline.package import fields as make
from tieline.package.objects import Sharing, list_view, numbered, tab

_ABOUT = "A document of a back office, as it stands there. Written by Tieline alone."
_ABOUT_LINE = "A line of a document of a back office. Written by Tieline alone."


def document_objects() -> Iterator[Component]:
    yield numbered(DOCUMENT_OBJECT, "ERP document", "ERP documents", "D-{000000}", Sharing.READ, _ABOUT)
    yield make.external_id(DOCUMENT_OBJECT, ERP_KEY, "ERP key", "Ties the row to its document. Do not change it.")
    yield from _identity()
    yield from _amounts()
    columns = ("NAME", "Type__c", "Number__c", "State__c", "Account__c", "Document_Date__c", "Total__c", "Currency__c")
    yield list_view(DOCUMENT_OBJECT, columns)
    yield tab(DOCUMENT_OBJECT, "Custom13: Box")
    yield from _lines()


def _identity() -> Iterator[Component]:
    yield make.text(DOCUMENT_OBJECT, "Type__c", "Type", 80)
    yield make.text(DOCUMENT_OBJECT, "Back_Office__c", "Back office")
    yield make.text(DOCUMENT_OBJECT, "Accounting_Entity__c", "Accounting entity")
    yield make.text(DOCUMENT_OBJECT, "Number__c", "Number", 80)
    yield make.text(DOCUMENT_OBJECT, "State__c", "State", 80)
    yield make.lookup(DOCUMENT_OBJECT, "Account__c", "Account", "Account", "ERP_Documents")
    yield make.lookup(DOCUMENT_OBJECT, "Opportunity__c", "Opportunity", "Opportunity", "ERP_Documents")
    yield make.field(DOCUMENT_OBJECT, "Document_Date__c", "Document date", "Date")
    yield make.field(DOCUMENT_OBJECT, "Required_Date__c", "Required date", "Date")
    yield make.text(DOCUMENT_OBJECT, "Reference__c", "Reference")
    yield make.long_text(DOCUMENT_OBJECT, "Comments__c", "Comments")


def _amounts() -> Iterator[Component]:
    yield make.number(DOCUMENT_OBJECT, "Subtotal__c", "Subtotal")
    yield make.number(DOCUMENT_OBJECT, "Tax__c", "Tax")
    yield make.number(DOCUMENT_OBJECT, "Total__c", "Total")
    yield make.text(DOCUMENT_OBJECT, "Currency__c", "Currency", 10)


def _lines() -> Iterator[Component]:
    label = "ERP document line"
    yield numbered(LINE_OBJECT, label, f"{label}s", "DL-{000000}", Sharing.BY_PARENT, _ABOUT_LINE)
    yield make.external_id(LINE_OBJECT, ERP_KEY, "ERP key", "Ties the row to its line. Do not change it.")
    yield make.detail_of(LINE_OBJECT, "Document__c", "ERP document", DOCUMENT_OBJECT, "ERP_Document_Lines")
    yield make.number(LINE_OBJECT, "Line_Number__c", "Line number", 0)
    yield make.lookup(LINE_OBJECT, "Product__c", "Product", "Product2", "ERP_Document_Lines")
    yield make.number(LINE_OBJECT, "Quantity__c", "Quantity", 4)
    yield make.number(LINE_OBJECT, "Unit_Price__c", "Unit price", 4)
    yield make.number(LINE_OBJECT, "Discount__c", "Discount", 4)
    yield make.number(LINE_OBJECT, "Line_Total__c", "Line total")
    yield make.text(LINE_OBJECT, "Description__c", "Description")
