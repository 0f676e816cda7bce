"""The pages of our own objects. People arrange them as they like; what they leave alone follows us."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from tieline.contract import Component
from tieline.contract.component import Property
from tieline.contract.naming import DOCUMENT_OBJECT, ERP_KEY, LINE_OBJECT, LINK_OBJECT, REQUEST_OBJECT
from tieline.package.fields import CUSTOM_FIELD, name_of, owner_of
from tieline.package.objects import CUSTOM_OBJECT
from tieline.package.parts import LAYOUT
from tieline_layouts.links import CHOSEN_BY_PEOPLE
from tieline_layouts.page_parts import Behavior, Placed, related, section
from tieline_layouts.requests import ANSWERS

LINE_COLUMNS = ("NAME", "Line_Number__c", "Product__c", "Quantity__c", "Unit_Price__c", "Discount__c", "Line_Total__c")
_FIRST: Mapping[str, Mapping[str, Sequence[str]]] = {
    LINK_OBJECT: {
        "Accounting": (
            "Back_Office__c", "Sync_Status__c", "Accounting_Entity__c", "Last_Sync__c", "ERP_Id__c", "Variation_ID__c",
            "Number__c", "Address__c", "Since__c",
        ),
        "What to do": ("Reason__c", "Next_Step__c", "Notes__c", "History__c"),
    },
    REQUEST_OBJECT: {"Answer": ANSWERS},
    DOCUMENT_OBJECT: {"Amounts": ("Subtotal__c", "Tax__c", "Total__c", "Currency__c")},
    LINE_OBJECT: {},
}  # fmt: skip
_REST = {LINK_OBJECT: "Record", REQUEST_OBJECT: "Request", DOCUMENT_OBJECT: "Document", LINE_OBJECT: "Line"}


def own_pages(components: Sequence[Component]) -> Iterator[Component]:
    """One layout for each of our objects, under the name that the platform gives to an object's first one [K]."""
    labels = {part.name: str(part.properties["label"]) for part in components if part.kind == CUSTOM_OBJECT}
    fields = [part for part in components if part.kind == CUSTOM_FIELD]
    for owner, group in groupby(sorted(fields, key=owner_of), key=owner_of):
        if owner in _FIRST:
            yield Component(LAYOUT, f"{owner}-{labels[owner]} Layout", _page(owner, list(group)), shared=True)


def _page(owner: str, fields: Sequence[Component]) -> Mapping[str, Property]:
    known = {name_of(part): _behavior(owner, part) for part in fields}
    named = {label: [name for name in names if name in known] for label, names in _FIRST[owner].items()}
    taken = {name for names in named.values() for name in names}
    rest = [name for name in known if name not in taken and name != ERP_KEY]
    headings = [*named.items(), (_REST[owner], [*rest, ERP_KEY])]
    found: dict[str, Property] = {
        "layoutSections": tuple(section(label, _placed(names, known)) for label, names in headings)
    }
    if owner == DOCUMENT_OBJECT:
        found["relatedLists"] = (related(LINE_OBJECT, "Document__c", LINE_COLUMNS),)
    return found


def _placed(names: Sequence[str], known: Mapping[str, Behavior]) -> list[Placed]:
    return [(name, known[name]) for name in names]


def _behavior(owner: str, part: Component) -> Behavior:
    if part.properties["type"] == "MasterDetail" or part.properties.get("required"):
        return Behavior.REQUIRED
    asked = owner == REQUEST_OBJECT and name_of(part) not in (*ANSWERS, ERP_KEY)
    asked = asked or (owner, name_of(part)) == (LINK_OBJECT, CHOSEN_BY_PEOPLE)
    return Behavior.EDIT if asked else Behavior.READ
