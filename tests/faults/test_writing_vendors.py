"""A system changes what it was given, hides it, or owns it: lists, flows, masks, spellings."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tieline.contract import Direction
from tieline.sync.cycle import Cycle
from tieline_sandbox.org.records.write import Writer
from tieline_unleashed.sandbox.saving import put

EMPTY = {"Pagination": {"NumberOfItems": 0, "PageSize": 200, "PageNumber": 1, "NumberOfPages": 1}, "Items": []}
Flow = Callable[[str, dict[str, Any]], dict[str, Any]]


def flow(monkeypatch: pytest.MonkeyPatch, change: Flow) -> None:
    """A flow of the org on accounts: it sees what is saved and saves something else in the same transaction."""
    update = Writer.update

    def with_flow(writer: Writer, kind: Any, ident: str, sent: Any) -> None:
        update(writer, kind, ident, change(ident, dict(sent)) if kind.name == "Account" else sent)

    monkeypatch.setattr(Writer, "update", with_flow)


def habit(monkeypatch: pytest.MonkeyPatch, spell: Callable[[str], str]) -> None:
    """The back office spells what it stores of customers' web addresses in its own way."""

    def spelled(context: Any, resource: Any, guid: str, values: Any) -> Any:
        text = values.get("FaxNumber")
        return put(context, resource, guid, {**values, "FaxNumber": spell(text)} if text else values)

    monkeypatch.setattr("tieline_unleashed.sandbox.customers.put", spelled)


# flows and habits -----------------------------------------------------------------------------------------------------


def test_a_flow_changes_what_we_wrote(tie: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    account, guid = tie.pair()

    def blank_spaces(ident: str, sent: dict[str, Any]) -> dict[str, Any]:
        return {**sent, "Phone": sent["Phone"].replace(" ", "")} if ident == account and sent.get("Phone") else sent

    flow(monkeypatch, blank_spaces)
    tie.erp_edit("Customers", guid, PhoneNumber="040 12 34")
    tie.settle()
    assert tie.org.held("Account", account)["Phone"] == "0401234"
    assert tie.erp.held("Customers", guid)["PhoneNumber"] == "0401234"  # the flow's edit is an edit like any other
    tie.idle()
    tie.crm_edit("Account", account, Fax="9")
    tie.settle()
    assert tie.erp.held("Customers", guid)["FaxNumber"] == "9"
    tie.idle()


def test_a_flow_fills_another_field(tie: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    account, guid = tie.pair()
    flow(monkeypatch, lambda ident, sent: {**sent, "Website": "https://flow.example"} if ident == account else sent)
    tie.erp_edit("Customers", guid, PhoneNumber="1")
    tie.settle()
    assert tie.erp.held("Customers", guid)["Website"] == "https://flow.example"
    tie.idle()


@pytest.mark.parametrize("spell", [str.upper, str.strip, lambda text: text[:5]], ids=["upper", "trim", "cut"])
def test_the_back_office_spells_what_it_stores(
    tie: Any, monkeypatch: pytest.MonkeyPatch, spell: Callable[[str], str]
) -> None:
    account, guid = tie.pair()
    habit(monkeypatch, spell)
    tie.crm_edit("Account", account, Fax="ext. abcdef ")
    before = tie.places()
    tie.settle()
    assert tie.erp.held("Customers", guid)["FaxNumber"] == spell("ext. abcdef")
    assert len([one for one in tie.erp.by_engine(before[1]) if one.id == guid]) == 1
    assert len([one for one in tie.org.by_engine(before[0]) if one.id == account]) <= 1
    assert str(tie.link(guid).status) == "In Sync"
    for _ in range(3):
        tie.idle()


def test_two_systems_that_spell_it_each_their_own_way_come_to_rest(tie: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    account, guid = tie.pair()
    flow(monkeypatch, lambda _ident, sent: {**sent, "Fax": sent["Fax"].lower()} if sent.get("Fax") else sent)
    habit(monkeypatch, str.upper)
    tie.erp_edit("Customers", guid, FaxNumber="Mixed")
    tie.settle()
    assert tie.org.held("Account", account)["Fax"] == "mixed"
    assert tie.erp.held("Customers", guid)["FaxNumber"] == "MIXED"
    assert str(tie.link(guid).status) == "In Sync"
    tie.idle()


def test_two_systems_that_undo_each_other_are_stopped(tie: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each puts a value of its own: without a breaker the two would travel for ever."""
    account, guid = tie.pair()
    flow(monkeypatch, lambda _ident, sent: {**sent, "Fax": "ours"} if sent.get("Fax") else sent)
    habit(monkeypatch, lambda _text: "theirs")
    tie.erp_edit("Customers", guid, FaxNumber="Mixed")
    for _ in range(20):
        tie.cycle()
        tie.later(30)
    rest = tie.places()
    for _ in range(3):
        tie.cycle()
    assert tie.places() == rest
    panel = tie.panel(account)
    assert panel["Sync_Status__c"] == "Out of Sync"
    assert panel["Next_Step__c"]


# hidden values --------------------------------------------------------------------------------------------------------


@pytest.fixture
def masking(tie: Any) -> Any:
    """An org whose Fax is an encrypted text that the integration user may not read: a mask comes in its place."""

    def between(request: Any, answer: Any) -> Any:
        response = answer()
        body = response.body
        if request.path.endswith("/sobjects/Account/describe"):
            told = json.loads(body)
            for entry in told["fields"]:
                entry["type"] = "encryptedstring" if entry["name"] == "Fax" else entry["type"]
            body = json.dumps(told).encode()
        body = body.replace(b'"55-SECRET"', b'"********"')
        return replace(response, body=body)

    tie.org.between = between
    return tie


def test_a_masked_field_is_not_observed(masking: Any) -> None:
    tie = masking
    guid = tie.customer(FaxNumber="1")
    tie.settle()
    account = tie.link(guid).crm_key
    tie.crm_edit("Account", account, Fax="55-SECRET", Phone="2")
    before = tie.erp.last()
    tie.settle()
    assert tie.erp.held("Customers", guid)["PhoneNumber"] == "2"
    assert tie.erp.held("Customers", guid)["FaxNumber"] == "1"
    assert [one for one in tie.erp.log(before) if "*" in str((one.after or {}).get("FaxNumber"))] == []
    tie.erp_edit("Customers", guid, FaxNumber="3", PhoneNumber="4")
    tie.settle()
    assert tie.org.held("Account", account)["Phone"] == "4"
    assert tie.org.held("Account", account)["Fax"] == "55-SECRET"
    tie.idle()


# lists ----------------------------------------------------------------------------------------------------------------


def row_of(tie: Any, key: str) -> dict[str, Any]:
    """A payment term as the org shows it."""
    return next(row for row in tie.org.all("Unleashed_Payment_Term__c").values() if row.get("ERP_Id__c") == key)


def term(tie: Any, name: str) -> str:
    return str(tie.erp.edit("Bea", "PaymentTerms", "", PaymentTermDescription=name, Type="DaysAfter", Days=9))


def test_a_list_value_in_use_is_taken_away(tie: Any) -> None:
    key = term(tie, "nine days")
    account, guid = tie.pair(PaymentTerm="nine days")
    record = row_of(tie, key)["Id"]
    assert tie.org.held("Account", account)["Unleashed_Payment_Term__c"] == record
    tie.erp_edit("PaymentTerms", key, Obsolete=True)
    tie.settle()
    assert row_of(tie, key)["Active__c"] is False
    assert tie.org.held("Account", account)["Unleashed_Payment_Term__c"] == record
    assert str(tie.link(guid).status) == "In Sync"
    tie.erp_edit("PaymentTerms", key, Obsolete=False)
    tie.settle()
    assert row_of(tie, key)["Active__c"] is True
    assert row_of(tie, key)["Id"] == record
    tie.idle()


def test_two_list_values_swap_their_labels(tie: Any) -> None:
    """Labels are data: the rows in the org swap them too, and every record keeps pointing where it pointed."""
    one, two = term(tie, "swap one"), term(tie, "swap two")
    account, _ = tie.pair(PaymentTerm="swap one")
    record = row_of(tie, one)["Id"]
    for key, name in ((one, "swap three"), (two, "swap one"), (one, "swap two")):
        tie.erp_edit("PaymentTerms", key, PaymentTermDescription=name)
    before = tie.places()
    tie.settle()
    assert (row_of(tie, one)["Name"], row_of(tie, two)["Name"]) == ("swap two", "swap one")
    assert row_of(tie, one)["Id"] == record
    moved = [m for m in tie.org.by_engine(before[0]) if m.id == account]
    # Unleashed itself names the term of a customer by its label alone, and now shows the other one's.
    assert {m.after["Unleashed_Payment_Term__c"] for m in moved if m.after} <= {row_of(tie, two)["Id"]}
    tie.idle()


def test_a_list_arrives_empty(tie: Any) -> None:
    before = {key: row["Active__c"] for key, row in tie.org.all("Unleashed_Payment_Term__c").items()}
    told = {"code": 200, "body": EMPTY, "headers": {"Content-Type": "application/json"}}
    tie.erp.fault("parsed", {"status": told}, path="/PaymentTerms")
    tie.cycle()
    assert tie.erp.calm() == 1
    assert {key: row["Active__c"] for key, row in tie.org.all("Unleashed_Payment_Term__c").items()} == before
    with tie.runtime.store.reading() as tx:
        alarms = [one.note for one in tx.audit("unleashed", limit=100_000) if one.event == "list_alarm"]
    assert "empty" in alarms[-1]
    tie.settle()


def test_a_withdrawn_list_value_is_refused_before_the_call(tie: Any) -> None:
    """Records keep a withdrawn value, but nobody may choose it anew."""
    key = term(tie, "old habit")
    guid = tie.customer()
    tie.settle()
    account = tie.link(guid).crm_key
    tie.erp_edit("PaymentTerms", key, Obsolete=True)
    tie.settle()
    engine = tie.engine()
    open_term = [
        replace(m, fields=tuple(_both_ways(f) for f in m.fields)) if m.name == "customer" else m
        for m in engine.context.mappings
    ]
    tie.org.edit(tie.user("admin"), "Account", account, Unleashed_Payment_Term__c=row_of(tie, key)["Id"])
    before = tie.erp.calls()
    Cycle(tie.engine(mappings=open_term).context).run()
    assert tie.erp.sent(before, "POST", "PUT") == []
    problem = tie.link(guid).problem
    assert problem is not None
    assert "old habit" in problem.reason
    tie.org.edit(tie.user("admin"), "Account", account, Unleashed_Payment_Term__c=None)
    Cycle(tie.engine(mappings=open_term).context).run()
    assert tie.link(guid).problem is None
    tie.settle()


def _both_ways(field: Any) -> Any:
    return replace(field, direction=Direction.BOTH) if field.crm == "Unleashed_Payment_Term__c" else field
