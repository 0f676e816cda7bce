"""Pressing Create Sales Order in the pages, and seeing the answer arrive."""

from __future__ import annotations

from typing import Any

import pytest

XML = "http://soap.sforce.com/2006/04/metadata"


def pressed(browser: Any, shop: Any, **values: str) -> Any:
    """From the record over its button to the record."""
    button = browser.get(shop.path).texts("//a[text()='Create Sales Order']/@href")[0]
    return browser.fill(browser.get(button), **{"Warehouse__c": shop.warehouse, **values})


def test_the_form_shows_the_fields_of_the_action(shop: Any, new_browser: Any) -> None:
    page = new_browser(shop.users["sam"]).get(f"/lightning/r/Opportunity/{shop.deal}/action/Order")
    assert page.texts("//h1") == ["Create Sales Order · Big deal"]
    assert page.texts("//form//label") == ["Warehouse*", "Note"]
    assert page.texts("//select[@name='Warehouse__c']/option") == ["— None —", "North"]
    assert "Makes an order." in page.main


def test_a_press_makes_a_request_as_the_user(app: Any, shop: Any, new_browser: Any) -> None:
    sam = shop.users["sam"]
    page = pressed(new_browser(sam), shop, Note__c="soon")
    rows = shop.requests()
    ident = rows[0].pop("Id")
    assert rows == [
        {"Action__c": "shop.order", "Record_Id__c": shop.deal, "Opportunity__c": shop.deal, "Note__c": "soon",
         "Warehouse__c": shop.warehouse, "Status__c": "New", "CreatedById": sam.user_id}
    ]  # fmt: skip
    assert page.path == f"{shop.path}?pressed=Order&request={ident}"
    mutation = app.state.mutations()[-1]
    assert (mutation.actor, mutation.operation) == (sam.user["username"], "press")


def test_the_page_looks_again_until_the_answer_is_final(shop: Any, new_browser: Any) -> None:
    browser = new_browser(shop.users["sam"])
    page = pressed(browser, shop)
    ident = shop.requests()[0]["Id"]
    for status in ("New", "Running", "Waiting"):
        shop.answer(ident, Status__c=status)
        page = browser.get(page.path)
        assert page.texts("//section[@id='answer']//span") == [status]
        assert page.tree.get_element_by_id("main").get("data-pending") is not None
        assert page.texts("//noscript") == [""] or "refresh" in page.source
    shop.answer(ident, Status__c="Done", Message__c="Order SO-7 is made.", Result_Number__c="SO-7")
    page = browser.get(page.path)
    assert page.tree.get_element_by_id("main").get("data-pending") is None
    assert "http-equiv" not in page.source
    assert page.texts("//section[@id='answer']/p[1]") == ["SO-7 Order SO-7 is made."]
    assert page.texts("//section[@id='answer']//span/@class") == ["state good"]
    assert {"SO-7", "Done"} <= set(page.texts("//tbody/tr/td"))


def test_a_refusal_is_an_answer(shop: Any, new_browser: Any) -> None:
    browser = new_browser(shop.users["sam"])
    page = pressed(browser, shop)
    shop.answer(shop.requests()[0]["Id"], Status__c="Refused", Message__c="The account has no address.")
    page = browser.get(page.path)
    assert page.texts("//section[@id='answer']//span/@class") == ["state bad"]
    assert "The account has no address." in page.main


def test_the_requests_own_page_waits_too(shop: Any, new_browser: Any) -> None:
    browser = new_browser(shop.users["sam"])
    pressed(browser, shop)
    path = f"/{shop.requests()[0]['Id']}"
    assert "data-pending" in browser.get(path).source
    shop.answer(shop.requests()[0]["Id"], Status__c="Failed")
    assert "data-pending" not in browser.get(path).source


def test_a_second_click_makes_no_second_order(shop: Any, new_browser: Any) -> None:
    browser = new_browser(shop.users["sam"])
    form = browser.get(f"/lightning/r/Opportunity/{shop.deal}/action/Order")
    pages = [browser.fill(form, Warehouse__c=shop.warehouse) for _ in range(3)]
    assert len({page.path for page in pages}) == 1
    assert len(shop.requests()) == 1
    pressed(browser, shop)  # a new form is a new wish
    assert len(shop.requests()) == 2


def test_what_the_action_requires_must_be_filled_in(shop: Any, new_browser: Any) -> None:
    page = pressed(new_browser(shop.users["sam"]), shop, Warehouse__c="")
    assert (page.status, page.texts("//p[@class='error']")) == (400, ["Warehouse: fill this in."])
    assert shop.requests() == []


def test_the_predefined_values_cannot_be_sent(shop: Any, new_browser: Any) -> None:
    sam = shop.users["sam"]
    other = sam.create("Opportunity", Name="Other", StageName="Closed Won", CloseDate="2026-03-31")
    pressed(new_browser(sam), shop, Record_Id__c=other, Opportunity__c=other, Action__c="evil", Status__c="Done")
    row = shop.requests()[0]
    assert [row[name] for name in ("Record_Id__c", "Opportunity__c", "Action__c", "Status__c")] == [
        shop.deal, shop.deal, "shop.order", "New",
    ]  # fmt: skip


def test_who_may_not_make_requests_sees_no_button(shop: Any, new_browser: Any) -> None:
    rita, sam = new_browser(shop.users["rita"]), new_browser(shop.users["sam"])
    path = f"/lightning/r/Opportunity/{shop.deal}/action/Order"
    assert "Create Sales Order" not in rita.get(shop.path).source
    assert rita.get(path).status == 404
    assert rita.post(path, sam.get(path).inputs()).status == 404
    assert shop.requests() == []


def test_one_record_form_does_not_press_on_another(shop: Any, new_browser: Any) -> None:
    sam = shop.users["sam"]
    other = sam.create("Opportunity", Name="Other", StageName="Closed Won", CloseDate="2026-03-31")
    browser = new_browser(sam)
    form = browser.get(f"/lightning/r/Opportunity/{shop.deal}/action/Order").inputs()
    sent = {**form, "Warehouse__c": shop.warehouse}
    assert browser.post(f"/lightning/r/Opportunity/{other}/action/Order", sent).status == 403
    assert shop.requests() == []


@pytest.mark.parametrize("request_of", ["other", "nothing", "account"])
def test_an_answer_of_another_record_is_not_shown_here(shop: Any, new_browser: Any, request_of: str) -> None:
    sam = shop.users["sam"]
    other = sam.create("Opportunity", Name="Other", StageName="Closed Won", CloseDate="2026-03-31")
    idents = {
        "other": sam.create("ERP_Request__c", Opportunity__c=other, Record_Id__c=other), "nothing": "<img>",
        "account": shop.account,
    }  # fmt: skip
    page = new_browser(sam).get(f"{shop.path}?request={idents[request_of]}")
    assert page.status == 200
    assert page.texts("//section[@id='answer']") == []


def test_an_action_of_another_type_is_shown_but_not_carried_out(shop: Any, new_browser: Any, words: Any) -> None:
    body = "<label>Compare</label><lightningWebComponent>c</lightningWebComponent>"
    body += "<optionsCreateFeedItem>false</optionsCreateFeedItem><type>LightningWebComponent</type>"
    files = {
        "quickActions/Opportunity.Compare.quickAction": f'<QuickAction xmlns="{XML}">{body}</QuickAction>',
        "package.xml": words.manifest({"QuickAction": ["Opportunity.Compare"]}),
    }
    shop.users["admin"].install(files)
    browser = new_browser(shop.users["sam"])
    assert browser.get(shop.path).texts("//button[@disabled]") == ["Compare"]
    refused = browser.get(f"/lightning/r/Opportunity/{shop.deal}/action/Compare")
    assert refused.status == 400
    assert "actions of type Create" in refused.main
