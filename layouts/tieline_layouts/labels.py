"""How objects are called in labels of look-ups and tabs."""

from __future__ import annotations

from tieline.contract import Declarations
from tieline.contract.naming import DOCUMENT_OBJECT, LINE_OBJECT, LINK_OBJECT, REQUEST_OBJECT, list_object

_STANDARD = {
    "OpportunityLineItem": "Opportunity product",
    "Pricebook2": "Price book",
    "PricebookEntry": "Price book entry",
    "Product2": "Product",
    DOCUMENT_OBJECT: "ERP document",
    LINE_OBJECT: "ERP document line",
    LINK_OBJECT: "ERP link",
    REQUEST_OBJECT: "ERP request",
}


def object_label(name: str, declarations: Declarations) -> str:
    """`Product2` -> `Product`, `Unleashed_Warehouse__c` -> the list's label, others by their API name."""
    if name in _STANDARD:
        return _STANDARD[name]
    for managed in declarations.lists:
        if list_object(declarations.system(managed.system), managed) == name:
            return managed.label
    return name.removesuffix("__c").replace("_", " ")
