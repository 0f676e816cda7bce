"""What stands on the pages of records and of our own objects, and in the launcher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tieline.contract import Component, Declarations, Layout, PageLink, PermanentError
from tieline.package.canonical import of_component
from tieline.package.parts import Slot, parts, sections
from tieline.package.schema import problems
from tieline_layouts.render import render

PAGES = (
    Layout("acme", "Account", "Acme", ("Acme_Rank__c", "Acme_Remark__c", "Acme_Term__c")),
    Layout("acme", "Account", "Acme", ("Acme_Term__c", "Acme_Blocked__c")),
)


def declared(acme_declared: Any, *layouts: Layout) -> Declarations:
    whole: Declarations = acme_declared.whole
    return replace(whole, layouts=layouts)


def names(component: Component, slot: Slot) -> list[str]:
    return [key.name for key in parts(of_component(component)) if key.slot is slot]


def behaviors(component: Component) -> dict[str, Any]:
    found = {key.name: part.node for key, part in parts(of_component(component)).items() if key.slot is Slot.FIELD}
    return {name: node["behavior"][0] for name, node in found.items() if not isinstance(node, str)}


def labels(component: Component) -> list[str]:
    return [str(node["label"][0]) for node in sections(of_component(component))]


def test_a_mapped_object_gets_the_accounting_section_and_the_plugins_own(acme_declared: Any, named: Any) -> None:
    page = named(render(declared(acme_declared, *PAGES)), "Account-*", "Layout")
    assert page.shared
    assert labels(page) == ["Accounting", "Acme"]
    assert behaviors(page) == {
        "ERP_Key__c": "Readonly",
        "Acme_Rank__c": "Readonly",
        "Acme_Remark__c": "Edit",
        "Acme_Term__c": "Edit",
        "Acme_Blocked__c": "Readonly",
    }


def test_a_page_with_the_name_on_it_wants_the_name(acme_declared: Any, named: Any) -> None:
    page = named(render(declared(acme_declared, Layout("acme", "Account", "Acme", ("Name",)))), "Account-*", "Layout")
    assert behaviors(page)["Name"] == "Required"


def test_links_requests_and_documents_stand_below_the_record(acme_declared: Any, named: Any) -> None:
    components = render(declared(acme_declared))
    assert names(named(components, "Account-*"), Slot.RELATED) == [
        "ERP_Link__c.Account__c", "ERP_Request__c.Account__c", "ERP_Document__c.Account__c",
    ]  # fmt: skip
    assert names(named(components, "Opportunity-*"), Slot.RELATED) == [
        "ERP_Request__c.Opportunity__c", "ERP_Document__c.Opportunity__c",
    ]  # fmt: skip


def test_every_column_is_a_field_and_there_are_ten_at_most(acme_declared: Any) -> None:
    components = render(declared(acme_declared, *PAGES))
    known = {each.name for each in components if each.kind == "CustomField"}
    for page in (each for each in components if each.kind == "Layout"):
        for entry in of_component(page).get(Slot.RELATED, ()):
            assert not isinstance(entry, str)
            child = str(entry["relatedList"][0])
            assert child in known
            columns: Sequence[Any] = entry["fields"]
            assert 1 < len(columns) <= 10
            assert {f"{child.partition('.')[0]}.{each}" for each in columns if each != "NAME"} <= known


def test_the_accounting_columns(acme_declared: Any, named: Any) -> None:
    page = of_component(named(render(declared(acme_declared)), "Account-*"))
    links: Any = page[Slot.RELATED][0]
    assert {"Back_Office__c", "Accounting_Entity__c", "Sync_Status__c", "Notes__c", "ERP_Id__c", "Variation_ID__c",
            "Last_Sync__c", "Reason__c", "Next_Step__c"} < set(links["fields"])  # fmt: skip


def test_buttons_stand_in_the_order_they_are_declared(acme_declared: Any, named: Any) -> None:
    page = named(render(declared(acme_declared)), "Account-*")
    assert names(page, Slot.ACTION) == ["Account.Acme_Promote"]


def test_an_object_that_is_only_looked_at_has_no_accounting_section(acme_declared: Any, named: Any) -> None:
    assert labels(named(render(declared(acme_declared)), "Opportunity-*")) == []


def test_our_own_objects_have_a_page_with_every_field_once(acme_declared: Any, named: Any) -> None:
    components = render(declared(acme_declared))
    for owner, label in (
        ("ERP_Link__c", "ERP link"), ("ERP_Request__c", "ERP request"), ("ERP_Document__c", "ERP document"),
        ("ERP_Document_Line__c", "ERP document line"),
    ):  # fmt: skip
        page = named(components, f"{owner}-{label} Layout")
        fields = {each.name.partition(".")[2] for each in components if each.name.startswith(f"{owner}.")}
        assert sorted(names(page, Slot.FIELD)) == sorted(fields - {"All"}), owner


def test_people_may_fill_in_what_they_ask_and_nothing_else(acme_declared: Any, named: Any) -> None:
    components = render(declared(acme_declared))
    asked = behaviors(named(components, "ERP_Request__c-ERP request Layout"))
    assert (asked["Due_Date__c"], asked["Status__c"], asked["ERP_Key__c"]) == ("Edit", "Readonly", "Readonly")
    links = behaviors(named(components, "ERP_Link__c-ERP link Layout"))
    assert [name for name, behavior in links.items() if behavior != "Readonly"] == ["Accounting_Entity__c"]
    assert behaviors(named(components, "ERP_Document_Line__c-ERP document line Layout"))["Document__c"] == "Required"


def test_an_application_of_the_systems_own(acme_declared: Any, named: Any) -> None:
    components = render(acme_declared.whole)
    app = named(components, "Tieline_Acme_App", "CustomApplication")
    tabs = {each.name for each in components if each.kind == "CustomTab"}
    assert {tab for tab in app.properties["tabs"] if not tab.startswith("standard-")} <= tabs
    people = named(components, "Tieline_Acme_User", "PermissionSet")
    assert people.properties["applicationVisibilities"] == ({"application": app.name, "visible": True},)
    assert "applicationVisibilities" not in named(components, "Tieline_Acme", "PermissionSet").properties


def test_a_link_is_a_button_that_only_leads_somewhere(acme_declared: Any, named: Any) -> None:
    link = PageLink("open", "Open in Acme", "https://acme.example/customers/{!Account.AccountNumber}")
    components = render(declared(acme_declared, replace(PAGES[0], links=(link,))))
    button = named(components, "Account.Acme_Open", "WebLink")
    assert (button.properties["linkType"], button.properties["url"]) == ("url", link.url)
    assert names(named(components, "Account-*"), Slot.BUTTON) == ["Acme_Open"]
    assert [each for part in components for each in problems(part)] == []


@pytest.mark.parametrize(
    "url", ["https://acme.example/?s={!API.Session_ID}", "javascript:alert(1)", "http://acme.example"]
)
def test_a_link_that_gives_something_away_is_refused(acme_declared: Any, url: str) -> None:
    layout = replace(PAGES[0], links=(PageLink("open", "Open", url),))
    with pytest.raises(PermanentError, match="the link open of Account leads to"):
        render(declared(acme_declared, layout))


def test_a_canvas_page_in_place_of_the_form(acme_declared: Any, named: Any) -> None:
    whole = replace(acme_declared.whole, actions=(acme_declared.action(canvas="Tieline_Page"),))
    button = named(render(whole), "Opportunity.Acme_Create_Order", "QuickAction")
    assert (button.properties["type"], button.properties["canvas"]) == ("Canvas", "Tieline_Page")
    assert list(problems(button)) == []
