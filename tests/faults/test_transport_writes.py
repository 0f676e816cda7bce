"""A write meets trouble on its way: whatever became of it, it takes effect once, and the answer is found by looking."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tieline.store.nouns import Status

deep = pytest.mark.deep
Fault = Callable[[Any, dict[str, str]], None]


def planned(*rules: tuple[str, Any]) -> Fault:
    """All strike the same request."""

    def plan(box: Any, match: dict[str, str]) -> None:
        for at, do in rules:
            box.fault(at, do, **match)

    return plan


STALL = {"stall": {"seconds": 0.3}}
GATEWAY = {"status": {"code": 502, "body": "<html>Bad gateway</html>"}}
NAMES = {"org": ("Account", "Name", "Phone"), "unleashed": ("Customers", "CustomerName", "PhoneNumber")}
FAULTS: dict[str, Fault] = {
    "1: too late, never done": planned(("parsed", STALL), ("parsed", "reset")),
    "1: rolled back, 503": planned(("before_commit", {"status": {"code": 503}})),
    "2: too late, done": planned(("after_commit", STALL)),
    "2: done, no answer": planned(("after_commit", "drop_response")),
    "3: done, 502": planned(("after_commit", GATEWAY)),
    "3: done, 503": planned(("after_commit", {"status": {"code": 503, "headers": {"Retry-After": "1"}}})),
    "4: 524, done a minute later": planned(("parsed", {"defer": {"seconds": 60}})),
    "4: 524, done after we looked": planned(("parsed", {"defer": {"seconds": 300}})),
    "6: reset as it arrives": planned(("accepted", "reset")),
    "7: half an answer": planned(("responding", {"close_mid": {"bytes": 30}})),
    "8: an answer cut, framed as whole": planned(("responding", {"shorten": {"bytes": 30}})),
    "20: delivered twice": planned(("accepted", "duplicate")),
}
QUICK = {
    ("new_customer", "1: too late, never done"),
    ("new_customer", "2: done, no answer"),
    ("changed_customer", "3: done, 502"),
    ("new_account", "4: 524, done a minute later"),
    ("changed_account", "6: reset as it arrives"),
    ("changed_customer", "20: delivered twice"),
}


@dataclass
class Write:
    """One write of the engine: how to make it due, where it is struck, and what there is to see afterwards."""

    tie: Any
    name: str

    def new_customer(self) -> tuple[Any, dict[str, str]]:
        self.account = self.tie.account(Name=self.name, Phone="040 100")
        self.tie.settle()
        self.tie.promote(self.account)
        return self.tie.erp, {"method": "POST", "path": "/Customers/"}

    def new_account(self) -> tuple[Any, dict[str, str]]:
        self.tie.customer(CustomerName=self.name, PhoneNumber="040 100")
        return self.tie.org, {"path": "/composite(/sobjects/Account|$)"}

    def changed_customer(self) -> tuple[Any, dict[str, str]]:
        self.account, _ = self.tie.pair(CustomerName=self.name, PhoneNumber="040 1")
        self.tie.crm_edit("Account", self.account, Phone="040 100")
        return self.tie.erp, {"method": "POST", "path": "/Customers/"}

    def changed_account(self) -> tuple[Any, dict[str, str]]:
        _, guid = self.tie.pair(CustomerName=self.name, PhoneNumber="040 1")
        self.tie.erp_edit("Customers", guid, PhoneNumber="040 100")
        return self.tie.org, {"path": "/composite(/sobjects/Account|$)"}

    def changes(self, box: Any) -> list[int]:
        """How often the engine made or changed the phone of each of these records, by the ground truth."""
        kind, name, phone = NAMES[box.name]
        ids = box.made(kind, **{name: self.name})
        log = [one for one in box.by_engine() if one.kind == kind and (one.after or {}).get(phone) == "040 100"]
        told = [[one for one in log if one.id == ident and (one.before or {}).get(phone) != "040 100"] for ident in ids]
        return [len(each) for each in told]

    def phones(self) -> list[str]:
        """On both sides, of every record that ever had the name."""
        found = []
        for box in (self.tie.erp, self.tie.org):
            kind, name, phone = NAMES[box.name]
            found += [box.held(kind, ident)[phone] for ident in box.made(kind, **{name: self.name})]
        return found


def cases() -> list[Any]:
    kinds = ("new_customer", "new_account", "changed_customer", "changed_account")
    pairs = [(kind, fault) for fault in FAULTS for kind in kinds]
    return [pytest.param(*pair, marks=() if pair in QUICK else deep) for pair in pairs]


@pytest.mark.parametrize(("kind", "fault"), cases())
def test_a_write_in_trouble_takes_effect_once(tie: Any, impatient: None, kind: str, fault: str) -> None:
    write = Write(tie, f"{kind} {fault}")
    box, match = getattr(write, kind)()
    FAULTS[fault](box, match)
    tie.cycle()
    if kind.endswith("customer") and not fault.startswith("20"):
        assert tie.link(write.account).status is Status.AWAITING_ACKNOWLEDGMENT
        assert tie.panel(write.account)["Sync_Status__c"] == "Awaiting Acknowledgment"
    tie.later(61)
    tie.settle()
    tie.later(3600)
    tie.settle()
    assert box.calm() >= 1
    assert write.phones() == ["040 100", "040 100"]
    assert write.changes(box) == [1]
    tie.idle()


@contextmanager
def nobody_at_home(tie: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """New connections to the back office reach a port where nobody listens."""
    port = int(tie.erp.running.tls_url.rpartition(":")[2])
    with socket.create_server(("127.0.0.1", 0)) as closed:
        empty = closed.getsockname()[1]
    connect = socket.create_connection

    def elsewhere(address: tuple[str, int], *rest: Any) -> socket.socket:
        return connect((address[0], empty) if address[1] == port else address, *rest)

    for _, transport in tie.runtime.clients._transports:
        transport.close()
    with monkeypatch.context() as patched:
        patched.setattr(socket, "create_connection", elsewhere)
        yield


def test_a_clean_refusal_later_closes_no_open_question(tie: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 5: the customer was made and the answer lost; that nobody listens afterwards proves nothing."""
    write = Write(tie, "5: refused later")
    box, match = write.new_customer()
    box.fault("after_commit", "drop_response", **match)
    engine = tie.engine()
    tie.cycle(engine)
    with nobody_at_home(tie, monkeypatch):
        tie.later(60)
        assert any("no connection" in one for one in tie.cycle(engine).problems)
    assert tie.open_calls() == 1
    assert tie.link(write.account).status is Status.AWAITING_ACKNOWLEDGMENT
    tie.later(3600)
    tie.settle()
    assert write.phones() == ["040 100", "040 100"]
    assert write.changes(box) == [1]


def test_a_refused_connection_is_tried_again_later(tie: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 5: nothing left this machine, so nothing is open."""
    write = Write(tie, "5: refused")
    write.changed_customer()
    engine = tie.engine()
    with nobody_at_home(tie, monkeypatch):
        assert any("no connection" in one for one in tie.cycle(engine).problems)
        assert tie.open_calls() == 0
    tie.later(3600)
    tie.settle()
    assert write.phones() == ["040 100", "040 100"]
