"""The page layouts an org has by itself: one for each object, with the fields that people fill in and the related lists
of standard objects."""

from __future__ import annotations

from tieline_sandbox.org.metadata.tree import Body
from tieline_sandbox.org.schema.types import Field, Kind, ObjectType

STANDARD = ("Account", "Contact", "Opportunity", "OpportunityLineItem", "Pricebook2", "Product2", "Task")


RELATED = {
    "Account": ("RelatedContactList", "RelatedOpportunityList", "RelatedActivityList"),
    "Contact": ("RelatedActivityList",),
    "Opportunity": ("RelatedLineItemList", "RelatedActivityList"),
    "Pricebook2": ("RelatedPricebookEntryList",),
    "Product2": ("RelatedStandardPriceList",),
}
"""What layouts call the related lists of standard objects. [K]"""


def layout_name(kind: ObjectType) -> str:
    """`Account-Account Layout`."""
    return f"{kind.name}-{kind.label} Layout"


def default_layout(kind: ObjectType) -> Body:
    """Writable fields in two columns; parts of a name or an address stand as one item."""
    names = dict.fromkeys(each.compound or each.name for each in kind.fields.values() if _shown(each))
    required = {each.compound or each.name for each in kind.fields.values() if each.required or each.name_field}
    items = [{"behavior": ["Required" if name in required else "Edit"], "field": [name]} for name in names]
    half = (len(items) + 1) // 2
    section: Body = {
        "customLabel": ["false"], "detailHeading": ["true"], "editHeading": ["true"], "label": ["Information"],
        "layoutColumns": [{"layoutItems": items[:half]}, *([{"layoutItems": items[half:]}] if items[half:] else [])],
        "style": ["TwoColumnsTopToBottom"],
    }  # fmt: skip
    lists = [{"relatedList": [name]} for name in RELATED.get(kind.name, ())]
    body: Body = {"layoutSections": [section], "showEmailCheckbox": ["false"]}
    return {**body, "relatedLists": lists} if lists else body


def is_standard_list(name: str) -> bool:
    return any(name in names for names in RELATED.values())


def _shown(field: Field) -> bool:
    return field.createable and field.kind is not Kind.ID
