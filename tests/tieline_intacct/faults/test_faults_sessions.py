"""Sessions that end, requests that are turned away, pages that are struck: nothing missed, nothing twice."""

from __future__ import annotations

from typing import Any

import pytest

from tieline.contract import RateLimited

pytestmark = pytest.mark.deep

EXPIRE = {"as_user": {"user": "Bea", "action": "expire", "object": "session"}}
PAGE = "<html><body>cloudflare</body></html>"
QUERY = {"operation": "query", "object": "CUSTOMER"}


@pytest.fixture(scope="session")
def customers(joined: Any) -> list[str]:
    """More accounts tied to customers than two pages hold: (account) ids by CUSTOMERID."""
    presses = [joined.promoted(f"Paged {number}") for number in range(8)]
    for _, press in presses:
        assert joined.answered(press)["Status__c"] == "Done"
    joined.settle()
    return [joined.held("Account", account)["AccountNumber"] for account, _ in presses]


def _edited(wire: Any, customers: list[str], word: str) -> None:
    """All of them, at one time: pages of three."""
    for code in customers:
        wire.clerk("update", "CUSTOMER", code, DISPLAYCONTACT__PHONE1=f"{word} {code}")
    wire.later(5)


def _arrived(wire: Any, customers: list[str], word: str) -> bool:
    with wire.org.application.state.reading() as reader:
        phones = {values.get("AccountNumber"): values.get("Phone") for _, values in reader.all("Account")}
    return all(phones[code] == f"{word} {code}" for code in customers)


def _changes(wire: Any) -> int:
    """What the product changed at Intacct so far."""
    return sum(one.actor == "api" for one in wire.company.application.state.mutations())


@pytest.mark.parametrize("nth", [0, 1])
def test_a_session_lost_between_pages(wire: Any, customers: list[str], nth: int) -> None:
    word, before = f"lost {nth}", _changes(wire)
    _edited(wire, customers, word)
    fault = wire.fault("responding", EXPIRE, nth=nth, **QUERY)
    assert wire.cycle() == []
    assert wire.fired(fault) == 1
    assert _arrived(wire, customers, word)
    assert _changes(wire) == before


def test_a_session_lost_between_the_login_and_the_call(wire: Any, customers: list[str]) -> None:
    word = "lost at once"
    _edited(wire, customers, word)
    fault = wire.fault("responding", EXPIRE, operation="getAPISession")
    assert wire.cycle() == []
    assert wire.fired(fault) == 1
    assert _arrived(wire, customers, word)


def test_a_session_that_is_lost_again_and_again_is_told_and_harms_nothing(wire: Any, customers: list[str]) -> None:
    word, before = "lost for ever", _changes(wire)
    _edited(wire, customers, word)
    wire.fault("parsed", EXPIRE, times=0, operation="getAPISession")
    wire.fault("responding", EXPIRE, times=0, operation="getAPISession")
    told = " ".join(wire.cycle())
    assert "session" in told.lower()
    assert not _arrived(wire, customers, word)
    wire.company.plane.faults.clear()
    wire.settle()
    assert _arrived(wire, customers, word)
    assert _changes(wire) == before


@pytest.mark.parametrize(
    "do",
    [{"status": {"code": 200, "body": PAGE}}, {"status": {"code": 524, "body": PAGE}}, {"shorten": {"bytes": 500}}],
    ids=["a page", "524", "half a reply"],
)  # fmt: skip
def test_a_page_that_is_struck_is_read_again(wire: Any, customers: list[str], do: Any) -> None:
    word, before = f"struck {str(do)[:12]}", _changes(wire)
    _edited(wire, customers, word)
    at = "parsed" if "status" in do else "responding"
    fault = wire.fault(at, do, nth=1, **QUERY)
    told = wire.cycle()
    assert wire.fired(fault) == 1
    assert all("cloudflare" not in line for line in told)
    wire.settle()
    assert _arrived(wire, customers, word)
    assert _changes(wire) == before


def test_a_record_that_moves_between_two_pages_is_not_missed(wire: Any, customers: list[str]) -> None:
    word = "moved"
    _edited(wire, customers, word)
    moved = {"user": "Ann", "action": "update", "object": "CUSTOMER", "id": customers[0]}
    later = {"DISPLAYCONTACT.PHONE1": f"{word} {customers[0]}", "DISPLAYCONTACT.FAX": "on the way"}
    wire.fault("responding", {"as_user": {**moved, "values": later}}, **QUERY)
    wire.settle()
    assert _arrived(wire, customers, word)


def test_two_others_of_the_company_are_at_it(wire: Any) -> None:
    """GW-0010: the worker waits, no record is blamed, and one customer is made once there is room."""
    account, press = wire.promoted("Crowded")
    wire.clerk("update", "Company", concurrency=0)
    with pytest.raises(RateLimited, match="Too many requests"):
        wire.cycle()
    assert wire.made("CUSTOMER", NAME="Crowded") == []
    assert wire.panel(account).get("Sync_Status__c") != "Out of Sync"
    assert wire.held("ERP_Request__c", press)["Status__c"] in ("New", "Waiting")
    wire.clerk("update", "Company", concurrency=2)
    wire.later(120)
    assert wire.answered(press)["Status__c"] == "Done"
    assert len(wire.made("CUSTOMER", NAME="Crowded")) == 1


def test_a_company_closed_for_maintenance(wire: Any) -> None:
    account, press = wire.promoted("Closed")
    wire.clerk("update", "Company", offline=True)
    told = " ".join(wire.cycle())
    assert "Temporarily Off-line" in told
    assert wire.panel(account).get("Sync_Status__c") != "Out of Sync"
    wire.clerk("update", "Company", offline=False)
    wire.later(120)
    assert wire.answered(press)["Status__c"] == "Done"
    assert len(wire.made("CUSTOMER", NAME="Closed")) == 1


def test_no_result_set_is_held_open(wire: Any, customers: list[str]) -> None:
    """Pages go on by stamp and record number: there is no resultId that could be over."""
    _edited(wire, customers, "no readMore")
    faults = [wire.fault("parsed", {"status": {"code": 500}}, operation=name) for name in ("readByQuery", "readMore")]
    wire.settle()
    assert _arrived(wire, customers, "no readMore")
    assert [wire.fired(one) for one in faults] == [0, 0]
