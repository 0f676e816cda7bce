"""Records that end, merge, come back, wait for their parents, or are asked for twice."""

from __future__ import annotations

from typing import Any

from tieline.sync.repair import Repair

GATEWAY = {"status": {"code": 502}}


def lines(tie: Any, count: int) -> list[dict[str, Any]]:
    products = sorted(tie.erp.all("Products"))[:count]
    sold = {"OrderQuantity": 2, "UnitPrice": 50, "LineTotal": 100, "LineTax": 0}
    return [{"LineNumber": n, "Product": {"Guid": one}, **sold} for n, one in enumerate(products, 1)]


def order(tie: Any, guid: str, reference: str) -> str:
    """An order with two lines, made in the back office."""
    values = {
        "Customer": {"Guid": guid}, "Warehouse": {"WarehouseCode": "MAIN"}, "OrderStatus": "Parked", "ExchangeRate": 1,
        "OrderDate": "2026-01-05T00:00:00", "Tax": {"TaxCode": "NONE", "TaxRate": 0}, "TaxRate": 0,
        "SubTotal": 200, "TaxTotal": 0, "Total": 200, "CustomerRef": reference, "SalesOrderLines": lines(tie, 2),
    }  # fmt: skip
    return str(tie.erp.edit("Bea", "SalesOrders", "", **values))


def opportunity(tie: Any, account: str, name: str) -> str:
    """A won opportunity of Sam's with one product."""
    made = {"StageName": "Closed Won", "CloseDate": "2026-05-05", "Name": name, "AccountId": account}
    ident = tie.org.edit(tie.user(), "Opportunity", "", **made)
    tie.org.edit(
        tie.user(),
        "OpportunityLineItem",
        "",
        OpportunityId=ident,
        PricebookEntryId=price(tie),
        Quantity=4,
        UnitPrice=2.5,
    )
    return str(ident)


def price(tie: Any) -> str:
    known = sorted(tie.org.all("PricebookEntry"))
    if known:
        return str(known[0])
    book = next(ident for ident, row in tie.org.all("Pricebook2").items() if row["IsStandard"])
    product = min(tie.org.all("Product2"))
    values = {"Pricebook2Id": book, "Product2Id": product, "UnitPrice": 2.5, "IsActive": True}
    return str(tie.org.edit(tie.user("admin"), "PricebookEntry", "", **values))


def answered(tie: Any, *requests: str) -> list[dict[str, Any]]:
    for _ in range(8):
        tie.cycle()
        rows = [tie.org.held("ERP_Request__c", one) for one in requests]
        if all(row["Status__c"] in ("Done", "Refused", "Failed") for row in rows):
            return rows
    raise AssertionError(rows)


# the end of a record --------------------------------------------------------------------------------------------------


def test_a_refused_delete_is_told_and_tried_again_when_a_person_asks(tie: Any) -> None:
    """A line taken off the order leaves the mirror too, unless the org refuses."""
    _, guid = tie.pair()
    made = order(tie, guid, "delete refused")
    tie.settle()
    mirror = tie.link(made, "sales_order").crm_key
    mirrored = [row for row in tie.org.all("ERP_Document_Line__c").values() if row["Document__c"] == mirror]
    doomed = next(row["Id"] for row in mirrored if row["Line_Number__c"] == 2)
    told = [{"success": False, "errors": [{"statusCode": "DELETE_FAILED", "message": "a rebate hangs on it"}]}]
    answer = {"code": 200, "body": told, "headers": {"Content-Type": "application/json"}}
    tie.org.fault("parsed", {"status": answer}, method="DELETE")
    tie.erp_edit("SalesOrders", made, SalesOrderLines=lines(tie, 1))
    tie.settle()
    assert tie.org.calm() == 1
    link = tie.link(doomed, "sales_order_line")
    assert str(link.status) == "Delete Request Rejected"
    assert link.delete_refused == "a rebate hangs on it"
    assert tie.org.held("ERP_Document_Line__c", doomed)["IsDeleted"] is False
    tie.idle()
    repair = Repair(tie.runtime.store, "unleashed", tie.clock.now(), "an operator")
    assert repair.retry([link]) == 1
    tie.settle()
    assert tie.org.held("ERP_Document_Line__c", doomed)["IsDeleted"] is True


def test_the_account_is_deleted_between_look_and_write(tie: Any) -> None:
    account, guid = tie.pair()
    tie.erp_edit("Customers", guid, PhoneNumber="1")
    gone: list[str] = []

    def point(name: str) -> None:
        if name == "act.after_intent" and not gone:
            gone.append(tie.org.act(tie.user("admin"), "delete", "Account", account, {}))

    before = tie.org.last()
    tie.cycle(tie.engine(point=point))
    assert gone
    tie.settle()
    assert [one for one in tie.org.by_engine(before) if one.kind == "Account"] == []
    assert tie.link(guid).tombstone
    assert tie.erp.held("Customers", guid)["Obsolete"] in (False, None)
    tie.idle()


def test_the_account_is_merged_away_between_look_and_write(tie: Any) -> None:
    """The write meets a deleted record; the value goes to the survivor."""
    account, guid = tie.pair()
    survivor = tie.account(Name="Survivor")
    tie.settle()
    tie.erp_edit("Customers", guid, PhoneNumber="for the survivor")
    merged: list[str] = []

    def point(name: str) -> None:
        if name == "act.after_intent" and not merged:
            merged.append(tie.org.act(tie.user("admin"), "merge", "Account", survivor, {"losers": [account]}))

    tie.cycle(tie.engine(point=point))
    assert merged
    tie.settle()
    tie.later(60)
    tie.settle()
    assert tie.link(guid).crm_key == survivor
    assert tie.org.held("Account", survivor)["Phone"] == "for the survivor"
    assert tie.erp.made("Customers", CustomerName="Survivor") == []
    tie.idle()


def test_two_accounts_that_are_both_customers_are_merged(tie: Any) -> None:
    (one, first), (two, second) = tie.pair(), tie.pair()
    before = tie.erp.last()
    tie.org.act(tie.user("admin"), "merge", "Account", one, {"losers": [two]})
    tie.settle()
    panel = tie.panel(one)
    assert panel["Sync_Status__c"] == "Out of Sync"
    assert "merged" in panel["Reason__c"]
    assert "back office" in panel["Next_Step__c"]
    assert tie.erp.by_engine(before) == []
    assert tie.link(first).crm_key == one
    assert tie.link(second).tombstone
    tie.idle()


def test_an_account_comes_back_from_the_recycle_bin(tie: Any) -> None:
    account, guid = tie.pair()
    tie.org.act(tie.user("admin"), "delete", "Account", account, {})
    tie.settle()
    assert tie.link(guid).tombstone
    tie.org.act(tie.user("admin"), "undelete", "Account", account, {})
    tie.settle()
    tie.erp_edit("Customers", guid, PhoneNumber="again")
    tie.settle()
    assert tie.org.held("Account", account)["Phone"] == "again"
    code = tie.erp.held("Customers", guid)["CustomerCode"]
    assert tie.org.made("Account", AccountNumber=code) == [account]
    assert not tie.link(guid).tombstone
    tie.idle()


# parents --------------------------------------------------------------------------------------------------------------


def test_a_contact_waits_while_the_making_of_its_customer_is_in_doubt(tie: Any) -> None:
    account = tie.account(Name="Doubtful parent")
    contact = tie.org.edit(tie.user(), "Contact", "", LastName="Waits", AccountId=account, Email="waits@example.com")
    tie.settle()
    tie.promote(contact, "contact")
    tie.settle()
    assert tie.erp.made("Contacts", LastName="Waits") == []
    assert "not promoted" in tie.link(contact, "contact").extra["waiting"]
    tie.erp.fault("after_commit", GATEWAY, method="POST", path="/Customers/")
    tie.erp.fault("accepted", GATEWAY, times=3, nth=1, method="GET", path="/Customers/[0-9a-f-]{36}$")
    tie.promote(account)
    tie.cycle()
    assert tie.erp.made("Contacts", LastName="Waits") == []
    tie.settle()
    tie.erp.calm()
    tie.settle()
    parents = tie.erp.made("Customers", CustomerName="Doubtful parent")
    assert len(parents) == 1
    (made,) = tie.erp.made("Contacts", LastName="Waits")
    assert tie.erp.held("Contacts", made)["CustomerGuid"] == parents[0]
    tie.idle()


# twice ----------------------------------------------------------------------------------------------------------------


def test_a_proxy_delivers_the_order_twice(tie: Any) -> None:
    account, _ = tie.pair()
    request = tie.press(opportunity(tie, account, "Delivered twice"), "create_sales_order", "Opportunity")
    tie.erp.fault("accepted", "duplicate", method="POST", path="/SalesOrders")
    (row,) = answered(tie, request)
    assert tie.erp.calm() == 1
    assert row["Status__c"] == "Done", row
    assert tie.erp.made("SalesOrders", CustomerRef="Delivered twice") == [row["Result_Id__c"]]
    tie.settle()
    mirrors = tie.org.made("ERP_Document__c", Reference__c="Delivered twice")
    assert len(mirrors) == 1


def test_two_people_promote_one_account_at_once(tie: Any) -> None:
    account = tie.account(Name="Pressed by two")
    requests = [tie.press(account, "promote", "Account") for _ in range(3)]
    tie.erp.fault("after_commit", GATEWAY, method="POST", path="/Customers/")
    rows = answered(tie, *requests)
    assert {row["Status__c"] for row in rows} == {"Done"}
    (made,) = tie.erp.made("Customers", CustomerName="Pressed by two")
    assert {row["Result_Id__c"] for row in rows} == {made}
    tie.settle()
    tie.idle()


def test_the_browser_sends_the_press_twice(tie: Any) -> None:
    """A press is a row with an id: however often it is looked at, it makes one document."""
    account, _ = tie.pair()
    won = opportunity(tie, account, "Pressed again")
    request = tie.press(won, "create_sales_order", "Opportunity")
    first = answered(tie, request)
    for _ in range(3):
        tie.cycle()
    assert tie.erp.made("SalesOrders", CustomerRef="Pressed again") == [first[0]["Result_Id__c"]]
