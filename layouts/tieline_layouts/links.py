"""`ERP_Link__c`: what people see of each link, as a child of the record."""

from __future__ import annotations

from collections.abc import Iterator

from tieline.contract import Component, Declarations
from tieline.contract.naming import ERP_KEY, LINK_OBJECT, lookup_field
from tieline.package import fields as make
from tieline.package.objects import Sharing, list_view, numbered, tab
from tieline.store.nouns import Status
from tieline_layouts.labels import object_label

CHOSEN_BY_PEOPLE = "Accounting_Entity__c"
"""Before a record is promoted people choose where it shall go. What they write later is taken back."""
_ABOUT = "One record tied to one record of a back office. Written by Tieline, but for the entity people choose."
_CHOICE = "Where the record goes when it is promoted. It may be chosen until then."
_LONG = 4096  # reasons carry a vendor's own words


def link_object(declarations: Declarations) -> Iterator[Component]:
    yield numbered(LINK_OBJECT, "ERP link", "ERP links", "L-{000000}", Sharing.READ_WRITE, _ABOUT)
    yield make.external_id(LINK_OBJECT, ERP_KEY, "ERP key", "The link's own key. Do not change it.")
    yield from _where()
    yield from _state()
    for target in sorted({mapping.crm_object for mapping in declarations.mappings if mapping.panel}):
        label = object_label(target, declarations)
        yield make.lookup(LINK_OBJECT, lookup_field(target), label, target, "ERP_Links")
    yield list_view(LINK_OBJECT, ("NAME", "Sync_Status__c", "Back_Office__c", "Number__c", "Reason__c", "Last_Sync__c"))
    yield tab(LINK_OBJECT, "Custom53: Bell")


def _where() -> Iterator[Component]:
    yield make.text(LINK_OBJECT, "Record_Id__c", "Record id", 18)
    yield make.text(LINK_OBJECT, "Back_Office__c", "Back office")
    yield make.text(LINK_OBJECT, CHOSEN_BY_PEOPLE, "Accounting entity", hint=_CHOICE)
    yield make.text(LINK_OBJECT, "Mapping__c", "Mapping")
    yield make.text(LINK_OBJECT, "ERP_Id__c", "ERP id")
    yield make.text(LINK_OBJECT, "Number__c", "Number")
    yield make.field(LINK_OBJECT, "Address__c", "Address", "Url", "Opens the record in the back office.")


def _state() -> Iterator[Component]:
    yield make.picklist(LINK_OBJECT, "Sync_Status__c", "Sync status", [str(status) for status in Status])
    yield make.long_text(LINK_OBJECT, "Reason__c", "Reason", _LONG, "Why the record is not in sync.")
    yield make.long_text(LINK_OBJECT, "Next_Step__c", "Next step", _LONG, "What a person can do about it.")
    yield make.field(LINK_OBJECT, "Since__c", "Since", "DateTime", "Since when it stands so.")
    yield make.long_text(LINK_OBJECT, "History__c", "Sync history", _LONG, "The last transitions, newest first. UTC.")
    yield make.text(LINK_OBJECT, "Variation_ID__c", "Variation ID", hint="The back office's version of the record.")
    yield make.long_text(LINK_OBJECT, "Notes__c", "Notes", _LONG)
    yield make.field(LINK_OBJECT, "Last_Sync__c", "Last sync", "DateTime")
