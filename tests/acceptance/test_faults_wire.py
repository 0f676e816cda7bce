"""Faults on the wire between the product and two systems of their own: nothing twice, nothing lost, and it goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

EXPIRED = [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
DROPPED, GATEWAY, CUT = "drop_response", {"status": {"code": 502}}, {"close_mid": {"bytes": 5}}
KINDS = {"Account": "AccountNumber", "Product2": "ProductCode"}


def deep(value: Any) -> Any:
    return pytest.param(value, marks=pytest.mark.deep, id=str(value))


@pytest.fixture(autouse=True)
def _calm(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that fails leaves no faults to the next one."""
    yield
    if "world" in request.fixturenames:
        shared = request.getfixturevalue("world")
        shared.org.calm()
        shared.erp.calm()


def inserted(plane: Any, kind: str) -> list[Any]:
    return [one["after"] for one in plane.log() if (one["kind"], one["action"]) == (kind, "insert")]


def twins(world: Any) -> dict[str, int]:
    """What was made more than once for one origin, by the log below the org's API."""
    found: Counter[str] = Counter()
    for kind in ("Account", "Contact", "Product2", "ERP_Document__c", "ERP_Document_Line__c", "ERP_Link__c"):
        found.update(f"{kind} {one['ERP_Key__c']}" for one in inserted(world.org, kind) if one.get("ERP_Key__c"))
    for kind, field in KINDS.items():
        found.update(f"{kind} {one[field]}" for one in inserted(world.org, kind) if one.get(field))
    return {name: count for name, count in found.items() if count > 1}


def engine_changes(world: Any, since: tuple[int, int]) -> list[Any]:
    """What the product changed, without its answers to buttons."""
    org = [one for one in world.org.log(since[0]) if one["actor"].startswith("admin@")]
    return org + [one for one in world.erp.log(since[1]) if one["actor"] == "api"]


def places(world: Any) -> tuple[int, int]:
    return world.org.last(), world.erp.last()


def customer(world: Any, code: str) -> str:
    """Guid of a customer."""
    made = next(one for one in world.erp.log() if (one["after"] or {}).get("CustomerCode") == code)
    return str(made["id"])


def held(plane: Any, kind: str, ident: str) -> dict[str, Any]:
    """The record as it is now."""
    return dict([one for one in plane.log() if (one["kind"], one["id"]) == (kind, ident)][-1]["after"])


@pytest.mark.parametrize("lost", [DROPPED, deep(GATEWAY), deep(CUT)], ids=str)
def test_the_answer_to_a_new_order_is_lost(world: Any, lost: Any) -> None:
    name = f"Order and {lost}"
    request = world.press(world.sam, world.opportunity(name, "AALTO"))
    at = "responding" if "close_mid" in lost else "after_commit"
    world.erp.fault(at, lost, method="POST", path="/SalesOrders")
    row = world.answer(request)
    assert world.erp.calm() == 1
    assert row["Status__c"] == "Done", row
    assert world.orders(name) == [row["Result_Id__c"]]
    world.settle()
    assert twins(world) == {}


@pytest.mark.parametrize("lost", [deep(DROPPED), GATEWAY], ids=str)
def test_the_answer_to_a_promotion_is_lost(world: Any, lost: Any) -> None:
    name = f"Promoted and {lost}"
    account = world.sam.create("Account", Name=name, Phone="555 0177")
    request = world.press(world.sam, account, "promote", on="Account")
    world.erp.fault("after_commit", lost, method="POST", path="/Customers")
    row = world.answer(request)
    assert world.erp.calm() == 1
    assert row["Status__c"] == "Done", row
    world.settle()
    assert [one["CustomerName"] for one in inserted(world.erp, "Customers")].count(name) == 1
    assert [one["Name"] for one in inserted(world.org, "Account")].count(name) == 1


@pytest.mark.deep
def test_answers_are_lost_in_the_first_load(new_world: Any) -> None:
    new_world.org.fault("after_commit", "drop_response", times=2, nth=1, operation="collection.create")
    new_world.org.fault("after_commit", {"status": {"code": 503}}, nth=2, operation="collection.create")
    new_world.settle()
    assert new_world.org.calm() >= 2
    assert twins(new_world) == {}
    made = {kind: len(inserted(new_world.org, kind)) for kind in ("Account", "Contact", "Product2")}
    assert made == {"Account": 8, "Contact": 8, "Product2": 6}
    assert [one for one in new_world.erp.log() if one["actor"] == "api"] == []


@pytest.mark.deep
@pytest.mark.parametrize("code", [429, 503])
def test_bursts_of_refusals(world: Any, code: int) -> None:
    """Both sides are busy for a while; an edit made meanwhile arrives."""
    phone = f"555 {code}"
    world.sam.edit("Account", world.account("DELTA"), Phone=phone)
    for plane in (world.org, world.erp):
        plane.fault("accepted", {"status": {"code": code, "headers": {"Retry-After": "0"}}}, times=4)
    world.settle()
    assert (world.org.calm(), world.erp.calm()) == (4, 4)
    assert held(world.erp, "Customers", customer(world, "DELTA"))["PhoneNumber"] == phone
    assert twins(world) == {}


@pytest.mark.deep
@pytest.mark.parametrize("side", ["org", "erp"])
def test_answers_cut_off_in_the_middle(world: Any, side: str) -> None:
    """Half an answer is no answer: it is neither an empty list nor a blank field."""
    since = places(world)
    plane = getattr(world, side)
    plane.fault("responding", {"close_mid": {"bytes": 300}}, times=3, method="GET", path="/Customers|/query|/Products")
    world.sync()
    world.settle()
    assert plane.calm() == 3
    assert engine_changes(world, since) == []


@pytest.mark.deep
@pytest.mark.parametrize("side", ["org", "erp"])
def test_an_edit_during_cut_answers_arrives(world: Any, side: str) -> None:
    guid = customer(world, "BERGA")
    world.erp.edit("Bea", "Customers", guid, PhoneNumber=f"040 cut {side}")
    plane = getattr(world, side)
    plane.fault("responding", {"close_mid": {"bytes": 40}}, times=3)
    world.settle()
    assert plane.calm() == 3
    assert held(world.org, "Account", world.account("BERGA"))["Phone"] == f"040 cut {side}"


@pytest.mark.deep
@pytest.mark.parametrize("nth", [0, 3, 6])
def test_a_session_expires_on_the_way(world: Any, nth: int) -> None:
    phone = f"040 expired {nth}"
    world.erp.edit("Bea", "Customers", customer(world, "EIDER"), PhoneNumber=phone)
    told = {"code": 401, "body": EXPIRED, "headers": {"Content-Type": "application/json"}}
    world.org.fault("accepted", {"status": told}, nth=nth, path="/services/data/")
    world.settle()
    assert world.org.calm() == 1
    assert held(world.org, "Account", world.account("EIDER"))["Phone"] == phone
    assert twins(world) == {}


@pytest.mark.deep
def test_the_org_is_restarted_under_a_watching_product(new_world: Any, eventually: Any) -> None:
    """The org comes back on the same ports; the watch goes on by itself."""
    new_world.settle()
    account, guid = new_world.account("HAVEN"), customer(new_world, "HAVEN")

    def edited(phone: str) -> None:
        new_world.erp.edit("Bea", "Customers", guid, PhoneNumber=phone)

    def arrived(phone: str) -> None:
        eventually(lambda: held(new_world.org, "Account", account)["Phone"] == phone, f"{phone} arrives")

    watch = new_world.tieline.start("sync", "--watch", "--interval", "0.2")
    edited("040 before")
    arrived("040 before")
    doors = {name: new_world.document("org")[f"{name}_url"].rpartition(":")[2] for name in ("http", "tls", "proxy")}
    new_world.processes["org"].kill()
    edited("040 while away")
    eventually(lambda: watch.err or not watch.running, "the watch says that the org is away")
    new_world.run("org", *(word for name, port in doors.items() for word in (f"--{name}-port", port)))
    arrived("040 while away")
    assert watch.running, watch.err
    assert watch.interrupt() in (0, 130)
    assert "Traceback" not in watch.err
    assert twins(new_world) == {}


@pytest.mark.deep
def test_a_watch_that_starts_while_the_org_is_away_waits_for_it(new_world: Any, eventually: Any) -> None:
    """After a power cut the service may be up before the others are; one cycle by hand ends with the sentence."""
    new_world.settle()
    doors = {name: new_world.document("org")[f"{name}_url"].rpartition(":")[2] for name in ("http", "tls", "proxy")}
    new_world.processes["org"].kill()
    watch = new_world.tieline.start("sync", "--watch", "--interval", "0.2")
    eventually(lambda: watch.err or not watch.running, "the watch says that the org is away")
    assert watch.running, watch.err
    new_world.run("org", *(word for name, port in doors.items() for word in (f"--{name}-port", port)))
    eventually(lambda: "Watching" in watch.err or not watch.running, "the watch begins")
    assert watch.running, watch.err
    assert watch.interrupt() in (0, 130)
    assert "Traceback" not in watch.err
