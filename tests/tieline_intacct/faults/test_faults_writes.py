"""Answers to writes that are lost, late, cut or doubled: one record each, by the log below Intacct's API, and a person
who sees what became of it."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.deep

PAGE = "<html><head><title>520</title></head><body>cloudflare</body></html>"
AFTER = {
    "502 after the commit": ("after_commit", {"status": {"code": 502, "body": PAGE}}),
    "524 after the commit": ("after_commit", {"status": {"code": 524, "body": PAGE}}),
    "a page after the commit": ("after_commit", {"status": {"code": 200, "body": PAGE}}),
    "half of the reply": ("responding", {"shorten": {"bytes": 300}}),
}
BEFORE = {
    "524 before": ("parsed", {"status": {"code": 524, "body": PAGE}}),
    "a page before": ("parsed", {"status": {"code": 200, "body": PAGE}}),
    "rolled back": ("before_commit", {"status": {"code": 500}}),
}
CREATE = {"operation": "create", "object": "CUSTOMER"}
ORDER = {"operation": "create_sotransaction"}


@pytest.mark.parametrize("name", [*AFTER, *BEFORE])
def test_a_customer_is_made_once(wire: Any, name: str) -> None:
    at, do = {**AFTER, **BEFORE}[name]
    account, press = wire.promoted(f"Customer and {name}")
    fault = wire.fault(at, do, **CREATE)
    wire.cycle()
    assert wire.fired(fault) == 1
    done = [one["CUSTOMERID"] for one in wire.made("CUSTOMER", NAME=f"Customer and {name}")]
    assert len(done) == (name in AFTER)
    assert wire.panel(account)["Sync_Status__c"] in ("Awaiting Acknowledgment", "Promoted", "In Sync")
    row = wire.answered(press)
    (made,) = wire.made("CUSTOMER", NAME=f"Customer and {name}")
    assert row["Status__c"] == "Done", row
    assert made["CUSTOMERID"] in row["Message__c"]
    wire.settle()
    shown = wire.panel(account)
    assert (shown["Sync_Status__c"], shown["ERP_Id__c"], shown.get("Reason__c")) == (
        "In Sync",
        made["CUSTOMERID"],
        None,
    )
    assert wire.held("Account", account)["AccountNumber"] == made["CUSTOMERID"]


def test_while_nobody_knows_the_record_says_so(wire: Any) -> None:
    """The look is struck too: the record waits for an acknowledgment, with the reason in its history."""
    account, press = wire.promoted("Nobody knows")
    wire.fault("after_commit", {"status": {"code": 502, "body": PAGE}}, **CREATE)
    wire.fault("parsed", {"status": {"code": 503, "body": PAGE}}, times=0, operation="query", object="CUSTOMER")
    wire.cycle()
    wire.cycle()
    shown = wire.panel(account)
    assert shown["Sync_Status__c"] == "Awaiting Acknowledgment"
    assert "answered 502" in shown["History__c"]
    assert "cloudflare" not in str(shown)
    assert wire.held("ERP_Request__c", press)["Status__c"] == "Waiting"
    wire.company.plane.faults.clear()
    assert wire.answered(press)["Status__c"] == "Done"
    assert len(wire.made("CUSTOMER", NAME="Nobody knows")) == 1


def test_a_work_that_is_done_a_minute_after_the_edge_gave_up(wire: Any) -> None:
    account, press = wire.promoted("Late")
    fault = wire.fault("parsed", {"defer": {"seconds": 60, "code": 524}}, **CREATE)
    wire.cycle()
    assert wire.fired(fault) == 1
    assert wire.made("CUSTOMER", NAME="Late") == []
    wire.later(61)
    assert wire.answered(press)["Status__c"] == "Done"
    wire.settle()
    (made,) = wire.made("CUSTOMER", NAME="Late")
    assert wire.panel(account)["ERP_Id__c"] == made["CUSTOMERID"]


def test_a_repeated_control_id_is_looked_up_and_adopted(wire: Any) -> None:
    """A proxy sends the request twice: the second answer refuses the control id as executed."""
    account, press = wire.promoted("Sent twice")
    fault = wire.fault("parsed", "duplicate", **CREATE)
    row = wire.answered(press)
    assert wire.fired(fault) == 1
    (made,) = wire.made("CUSTOMER", NAME="Sent twice")
    assert (row["Status__c"], wire.panel(account)["ERP_Id__c"]) == ("Done", made["CUSTOMERID"])


@pytest.mark.parametrize("at", ["after_commit", "before_commit"])
def test_a_gateway_that_falls_over_between_two_functions(wire: Any, at: str) -> None:
    """Two customers in one request: the first is made, or rolled back, and the second never tried."""
    names = [f"Half {at} {number}" for number in (1, 2)]
    presses = [wire.promoted(name)[1] for name in names]
    fault = wire.fault(at, {"status": {"code": 502, "body": PAGE}}, **CREATE)
    wire.cycle()
    assert wire.fired(fault) == 1
    assert sum(len(wire.made("CUSTOMER", NAME=name)) for name in names) == (at == "after_commit")
    assert [wire.answered(press)["Status__c"] for press in presses] == ["Done", "Done"]
    assert [len(wire.made("CUSTOMER", NAME=name)) for name in names] == [1, 1]


def test_a_customer_deleted_before_its_answer_is_told(wire: Any) -> None:
    """Made, deleted by somebody, and the repeat refused as executed: a person is told and it is not made again."""
    account, press = wire.promoted("Gone at once")
    wire.fault("after_commit", {"status": {"code": 502}}, **CREATE)
    wire.cycle()
    (made,) = wire.made("CUSTOMER", NAME="Gone at once")
    wire.clerk("delete", "CUSTOMER", made["CUSTOMERID"])
    row = wire.answered(press)
    assert row["Status__c"] in ("Failed", "Refused"), row
    assert "deleted or renamed there" in row["Message__c"]
    assert wire.panel(account)["Sync_Status__c"] == "Awaiting Acknowledgment"  # it may still be on its way
    wire.later(1200)
    wire.settle()
    shown = wire.panel(account)
    assert shown["Sync_Status__c"] == "Out of Sync"
    assert "deleted or renamed there" in shown["Reason__c"]
    assert "made again" in shown["Next_Step__c"]
    assert len(wire.made("CUSTOMER", NAME="Gone at once")) == 1


@pytest.fixture(scope="session")
def sold(joined: Any) -> tuple[str, str]:
    """A customer with a term and a price for an item, known to both sides: (account, price book entry)."""
    joined.clerk("create", "ITEM", ITEMID="W1", NAME="Widget", ITEMTYPE="Non-Inventory", BASEPRICE="5")
    joined.later(5)
    account, press = joined.promoted("Buyer")
    assert joined.answered(press)["Status__c"] == "Done"
    (made,) = joined.made("CUSTOMER", NAME="Buyer")
    joined.clerk("update", "CUSTOMER", made["CUSTOMERID"], TERMNAME="N30")
    joined.settle()
    with joined.org.application.state.reading() as reader:
        product = next(ident for ident, values in reader.all("Product2") if values["ProductCode"] == "W1")
        book = next(ident for ident, values in reader.all("Pricebook2") if values.get("IsStandard"))
    admin = joined.org.document["username"]
    fields = {"Pricebook2Id": book, "Product2Id": product, "UnitPrice": 5, "IsActive": True}
    return account, str(joined.org.application.edit(admin, "create", "PricebookEntry", "", fields))


def _sale(wire: Any, sold: tuple[str, str], name: str) -> str:
    """An opportunity with one line, and the press for its order."""
    account, entry = sold
    told = {"StageName": "Closed Won", "CloseDate": "2026-05-05", "AccountId": account}
    made = wire.sam("create", "Opportunity", Name=name, **told)
    wire.sam("create", "OpportunityLineItem", OpportunityId=made, PricebookEntryId=entry, Quantity=2, UnitPrice=5)
    return str(wire.press("create_sales_order", "Opportunity", made))


@pytest.mark.parametrize("name", [*AFTER, "rolled back", "sent twice", "done later"])
def test_an_order_is_made_once(wire: Any, sold: tuple[str, str], name: str) -> None:
    other = {"sent twice": ("parsed", "duplicate"), "done later": ("parsed", {"defer": {"seconds": 30}})}
    at, do = {**AFTER, **BEFORE, **other}[name]
    before = len(wire.made("SODOCUMENT"))
    press = _sale(wire, sold, f"Order and {name}")
    fault = wire.fault(at, do, **ORDER)
    row = wire.answered(press)
    assert wire.fired(fault) == 1
    assert row["Status__c"] == "Done", row
    orders = wire.made("SODOCUMENT")[before:]
    assert [one["DOCNO"] for one in orders] == [row["Result_Number__c"]]
    assert len([one for one in wire.made("SODOCUMENTENTRY") if one["DOCHDRID"] == orders[0]["DOCID"]]) == 1
