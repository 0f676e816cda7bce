"""What we add to the pages of records: the *Accounting* section, our fields, buttons and related lists.

The pages are people's. What stands here is laid over every layout the org has of the object, part by part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tieline.contract import Component, Declarations, Direction, Layout, PageLink, PermanentError
from tieline.contract.component import Property
from tieline.contract.naming import (
    DOCUMENT_OBJECT,
    ERP_KEY,
    LINK_OBJECT,
    REQUEST_OBJECT,
    lookup_field,
    quick_action,
    words_to_name,
)
from tieline.package.parts import ANY, LAYOUT
from tieline_layouts.page_parts import Behavior, Placed, actions, related, section

WEB_LINK = "WebLink"
ACCOUNTING = "Accounting"
LINK_COLUMNS = (
    "NAME", "Sync_Status__c", "Back_Office__c", "Accounting_Entity__c", "ERP_Id__c", "Variation_ID__c", "Last_Sync__c",
    "Reason__c", "Next_Step__c", "Notes__c",
)  # fmt: skip
REQUEST_COLUMNS = ("NAME", "Action__c", "Status__c", "Message__c", "Result_Number__c", "Result_Address__c")
DOCUMENT_COLUMNS = ("NAME", "Type__c", "Number__c", "State__c", "Document_Date__c", "Total__c", "Currency__c")
_MIRRORED = {"Account": "Account__c", "Opportunity": "Opportunity__c"}
"""Objects whose records have documents, and the look-up of a document to them."""

_OURS = (LINK_OBJECT, REQUEST_OBJECT, DOCUMENT_OBJECT, "ERP_Document_Line__c")


def record_pages(declarations: Declarations) -> Iterator[Component]:
    """One contribution an object, for every layout of it; our own objects have pages of their own."""
    for owner in _objects(declarations):
        properties: dict[str, Property] = {}
        parts: Mapping[str, Sequence[Property]] = {
            "layoutSections": [section(label, fields) for label, fields in _sections(owner, declarations) if fields],
            "relatedLists": list(_related(owner, declarations)),
            "customButtons": [
                _link_name(each, link) for each, link in _links(declarations) if each.crm_object == owner
            ],
        }
        properties |= {name: tuple(found) for name, found in parts.items() if found}
        names = [
            f"{owner}.{quick_action(declarations.system(each.system), each.name)}"
            for each in declarations.actions
            if each.on == owner
        ]
        if names:
            properties["platformActionList"] = actions(names)
        yield Component(LAYOUT, f"{owner}-{ANY}", properties, shared=True)


def page_links(declarations: Declarations) -> Iterator[Component]:
    """Buttons that lead to another page. Raises PermanentError for one that would give the session away."""
    for layout, link in _links(declarations):
        _check(layout, link)
        properties: dict[str, Property] = {
            "availability": "online",
            "displayType": "button",
            "encodingKey": "UTF-8",
            "linkType": "url",
            "masterLabel": link.label,
            "openType": "newWindow",
            "protected": False,
            "url": link.url,
        }
        yield Component(WEB_LINK, f"{layout.crm_object}.{_link_name(layout, link)}", properties)


def _objects(declarations: Declarations) -> list[str]:
    names = {mapping.crm_object for mapping in declarations.mappings} | {action.on for action in declarations.actions}
    return sorted((names | {layout.crm_object for layout in declarations.layouts}) - set(_OURS) - _WITHOUT_PAGE)


_WITHOUT_PAGE = frozenset({"OpportunityLineItem", "PricebookEntry"})
"""Their pages belong to another record's."""


def _sections(owner: str, declarations: Declarations) -> Iterator[tuple[str, list[Placed]]]:
    mapped = any(mapping.crm_object == owner for mapping in declarations.mappings)
    yield ACCOUNTING, [(ERP_KEY, Behavior.READ)] if mapped else []
    headings = dict.fromkeys(each.section for each in declarations.layouts if each.crm_object == owner)
    for label in headings:
        found = [each for each in declarations.layouts if (each.crm_object, each.section) == (owner, label)]
        names = dict.fromkeys(name for each in found for name in each.fields if name != ERP_KEY)
        yield label, [(name, _behavior(owner, name, declarations)) for name in names]


def _behavior(owner: str, name: str, declarations: Declarations) -> Behavior:
    """A field whose values never leave the CRM's side is only read there. A page without the name is
    refused [K]."""
    if name == "Name":
        return Behavior.REQUIRED
    directions = {
        field.direction
        for mapping in declarations.mappings
        if mapping.crm_object == owner
        for field in mapping.fields
        if field.crm == name
    }
    read_only = directions and directions <= {Direction.TO_CRM, Direction.FROZEN}
    return Behavior.READ if read_only else Behavior.EDIT


def _related(owner: str, declarations: Declarations) -> Iterator[Property]:
    if any(mapping.crm_object == owner and mapping.panel for mapping in declarations.mappings):
        yield related(LINK_OBJECT, lookup_field(owner), LINK_COLUMNS)
    if any(action.on == owner for action in declarations.actions):
        yield related(REQUEST_OBJECT, lookup_field(owner), REQUEST_COLUMNS)
    if owner in _MIRRORED and any(mapping.crm_object == DOCUMENT_OBJECT for mapping in declarations.mappings):
        yield related(DOCUMENT_OBJECT, _MIRRORED[owner], DOCUMENT_COLUMNS)


def _links(declarations: Declarations) -> Iterator[tuple[Layout, PageLink]]:
    return ((layout, link) for layout in declarations.layouts for link in layout.links)


def _link_name(layout: Layout, link: PageLink) -> str:
    return words_to_name(f"{layout.system} {link.name.replace('_', ' ')}")


def _check(layout: Layout, link: PageLink) -> None:
    if not link.url.startswith(("https://", "/")) or "session" in link.url.casefold():
        raise PermanentError(
            f"the link {link.name} of {layout.crm_object} leads to {link.url!r}",
            where=layout.system,
            mend="Give an https address without the session; the page asks for a log-in by itself.",
            code="preflight",
        )
