"""`ERP_Request__c`: a pressed button, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator

from tieline.contract import Component, Declarations
from tieline.contract.naming import ERP_KEY, REQUEST_OBJECT, lookup_field
from tieline.package import fields as make
from tieline.package.objects import Sharing, list_view, numbered, tab
from tieline_layouts.labels import object_label

STATUSES = ("New", "Running", "Waiting", "Done", "Refused", "Failed")
ANSWERS = ("Status__c", "Message__c", "Result_Id__c", "Result_Number__c", "Result_Address__c")
"""What the host writes and people only read."""

_ABOUT = "A pressed button and its outcome. People create rows through buttons; Tieline answers on them."


def request_object(declarations: Declarations) -> Iterator[Component]:
    # Rows belong to who pressed; the host answers on rows of others, which `Read` would not let it do without the
    # right to modify all records.
    yield numbered(REQUEST_OBJECT, "ERP request", "ERP requests", "R-{000000}", Sharing.READ_WRITE, _ABOUT)
    yield make.external_id(REQUEST_OBJECT, ERP_KEY, "ERP key", "The request's own key. Do not change it.")
    yield from _asked()
    yield from _answered()
    for target in sorted({action.on for action in declarations.actions}):
        label = object_label(target, declarations)
        yield make.lookup(REQUEST_OBJECT, lookup_field(target), label, target, "ERP_Requests")
    yield list_view(REQUEST_OBJECT, ("NAME", "Action__c", "Status__c", "Message__c", "Result_Number__c"))
    yield tab(REQUEST_OBJECT)


def _asked() -> Iterator[Component]:
    yield make.text(REQUEST_OBJECT, "Action__c", "Action")
    yield make.text(REQUEST_OBJECT, "Record_Id__c", "Record id", 18)
    yield make.text(REQUEST_OBJECT, "Back_Office__c", "Back office")
    yield make.text(REQUEST_OBJECT, "Accounting_Entity__c", "Accounting entity")


def _answered() -> Iterator[Component]:
    yield make.picklist(REQUEST_OBJECT, "Status__c", "Status", STATUSES, default=STATUSES[0])
    yield make.long_text(REQUEST_OBJECT, "Message__c", "Message", 4096)
    yield make.text(REQUEST_OBJECT, "Result_Id__c", "Result id")
    yield make.text(REQUEST_OBJECT, "Result_Number__c", "Result number")
    yield make.field(REQUEST_OBJECT, "Result_Address__c", "Result address", "Url", "Opens the result.")
