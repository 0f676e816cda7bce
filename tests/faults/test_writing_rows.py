"""What the org says to single rows of a batch: rules, locks, duplicates. One row's trouble is that row's alone."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import Any

import pytest

from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.records.write import Writer

RULE = """<?xml version="1.0" encoding="UTF-8"?>
<CustomObject xmlns="http://soap.sforce.com/2006/04/metadata"><validationRules><fullName>No_Fax_13</fullName>
<active>true</active><errorConditionFormula>CONTAINS(Fax, "13-13")</errorConditionFormula>
<errorDisplayField>Fax</errorDisplayField><errorMessage>We do not call this number.</errorMessage>
</validationRules></CustomObject>"""
MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<Package xmlns="http://soap.sforce.com/2006/04/metadata"><types><members>Account.No_Fax_13</members>
<name>ValidationRule</name></types><version>60.0</version></Package>"""
FORBIDDEN = "13-13"


@pytest.fixture(scope="module")
def ruled(shared_tie: Any) -> Any:
    """An org with a validation rule that an administrator made."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("package.xml", MANIFEST)
        made.writestr("objects/Account.object", RULE)
    assert shared_tie.engine().org.metadata.deploy(packed.getvalue()).success
    return shared_tie


@dataclass
class Refusals:
    """Rows the org refuses, by a text in any of their values; how often it did."""

    monkeypatch: pytest.MonkeyPatch
    times: int = 0

    def plan(self, text: str, code: str, message: str, *fields: str, times: int = 1) -> None:
        left = [times]

        def check(sent: Any) -> None:
            if left[0] and text in map(str, sent.values()):
                left[0] -= 1
                self.times += 1
                raise OrgError(code, message, list(fields))

        create, update = Writer.create, Writer.update

        def created(writer: Writer, kind: Any, sent: Any) -> str:
            check(sent if kind.name == "Account" else {})
            return create(writer, kind, sent)

        def updated(writer: Writer, kind: Any, ident: str, sent: Any) -> None:
            check(sent if kind.name == "Account" else {})
            update(writer, kind, ident, sent)

        self.monkeypatch.setattr(Writer, "create", created)
        self.monkeypatch.setattr(Writer, "update", updated)


@pytest.fixture
def refusals(monkeypatch: pytest.MonkeyPatch) -> Refusals:
    return Refusals(monkeypatch)


@pytest.mark.parametrize("count", [4, pytest.param(30, marks=pytest.mark.deep)])
def test_one_row_of_a_batch_is_refused(ruled: Any, tie: Any, count: int) -> None:
    guids = [tie.customer() for _ in range(count)]
    tie.settle()
    for number, guid in enumerate(guids):
        tie.erp_edit("Customers", guid, FaxNumber=FORBIDDEN if number == 2 else f"5{number}")
    tie.settle()
    accounts = [tie.org.held("Account", tie.link(guid).crm_key) for guid in guids]
    assert [row.get("Fax") for row in accounts] == [f"5{n}" if n != 2 else None for n in range(count)]
    assert {str(tie.link(guid).status) for guid in guids if guid != guids[2]} == {"In Sync"}
    assert tie.panel(accounts[2]["Id"])["Sync_Status__c"] == "Out of Sync"
    tie.idle()


def test_a_validation_rule_names_its_field_and_the_rest_goes_on_after_the_mend(ruled: Any, tie: Any) -> None:
    account, guid = tie.pair()
    tie.erp_edit("Customers", guid, FaxNumber=FORBIDDEN, PhoneNumber="kept")
    tie.settle()
    panel = tie.panel(account)
    assert "We do not call this number. (Fax)" in panel["Reason__c"]
    assert panel["Next_Step__c"]
    tie.crm_edit("Account", account, Website="https://still.example")
    tie.settle()
    assert tie.erp.held("Customers", guid)["Website"] == "https://still.example"
    tie.erp_edit("Customers", guid, FaxNumber="12")
    tie.settle()
    held = tie.org.held("Account", account)
    assert (held["Fax"], held["Phone"]) == ("12", "kept")
    assert str(tie.link(guid).status) == "In Sync"
    tie.idle()


def test_a_new_record_that_breaks_a_rule_is_made_once_it_is_mended(ruled: Any, tie: Any) -> None:
    bad, good = tie.customer(FaxNumber=FORBIDDEN), tie.customer()
    tie.settle()
    assert tie.link(good).crm_key
    assert not tie.link(bad).crm_key
    assert str(tie.link(bad).status) == "Out of Sync"
    tie.idle()
    tie.erp_edit("Customers", bad, FaxNumber="12")
    tie.settle()
    assert tie.org.held("Account", tie.link(bad).crm_key)["Fax"] == "12"


def test_a_locked_row_is_tried_again_later_and_holds_up_nobody(tie: Any) -> None:
    (locked, guid), (free, other) = tie.pair(), tie.pair()
    tie.org.act(tie.user(), "lock", "Account", locked, {"seconds": 20})
    for one in (guid, other):
        tie.erp_edit("Customers", one, PhoneNumber="new")
    tie.settle()
    assert tie.org.held("Account", free)["Phone"] == "new"
    assert not tie.org.held("Account", locked).get("Phone")
    assert tie.link(guid).not_before is not None
    tie.idle()  # not before its time
    tie.later(60)
    tie.settle()
    assert tie.org.held("Account", locked)["Phone"] == "new"
    assert str(tie.link(guid).status) == "In Sync"


@pytest.mark.deep
def test_a_row_that_stays_locked_is_told_and_still_tried(tie: Any) -> None:
    account, guid = tie.pair()
    tie.org.act(tie.user(), "lock", "Account", account, {"seconds": 1_000_000})
    tie.erp_edit("Customers", guid, PhoneNumber="new")
    for _ in range(tie.options.retry_budget):
        tie.settle()
        tie.later(3600)
    tie.settle()
    panel = tie.panel(account)
    assert panel["Sync_Status__c"] == "Out of Sync"
    assert "exclusive access" in panel["Reason__c"]
    tie.org.act(tie.user(), "lock", "Account", account, {"seconds": 0})
    tie.later(3600)
    tie.settle()
    assert tie.org.held("Account", account)["Phone"] == "new"


def test_an_approval_locks_the_record_for_days(tie: Any, refusals: Refusals) -> None:
    """Nobody edits the record when the approval ends: it is tried again by itself."""
    account, guid = tie.pair()
    refusals.plan("555-approval", "ENTITY_IS_LOCKED", "entity is locked for editing", times=tie.options.retry_budget)
    tie.erp_edit("Customers", guid, PhoneNumber="555-approval")
    for _ in range(tie.options.retry_budget):
        tie.settle()
        tie.later(3600)
    assert refusals.times == tie.options.retry_budget
    assert "locked for editing" in tie.panel(account)["Reason__c"]
    assert "by itself" in tie.panel(account)["Next_Step__c"]
    tie.settle()
    assert tie.org.held("Account", account)["Phone"] == "555-approval"
    assert tie.panel(account)["Sync_Status__c"] == "In Sync"


def test_a_duplicate_rule_is_told_and_never_overruled(tie: Any, refusals: Refusals) -> None:
    words = "You're creating a duplicate record. We recommend you use an existing record instead."
    refusals.plan("Twin Ltd", "DUPLICATES_DETECTED", words)
    guid = tie.customer(CustomerName="Twin Ltd")
    tie.settle()
    assert refusals.times == 1
    link = tie.link(guid)
    assert str(link.status) == "Out of Sync"
    assert link.problem is not None
    assert "duplicate record" in link.problem.reason
    assert tie.org.made("Account", Name="Twin Ltd") == []
    tie.idle()


def test_two_births_at_once_become_one_record(tie: Any, refusals: Refusals) -> None:
    """The other birth took the external id first: the repeat finds its record and updates it."""
    words = "duplicate value found: ERP_Key__c duplicates value on record with id: 001"
    refusals.plan("Born twice", "DUPLICATE_VALUE", words, "ERP_Key__c")
    guid = tie.customer(CustomerName="Born twice")
    tie.settle()
    assert refusals.times == 1
    tie.later(60)
    tie.settle()
    assert tie.org.made("Account", Name="Born twice") == [tie.link(guid).crm_key]
    assert str(tie.link(guid).status) == "In Sync"


def test_several_records_with_one_key_are_not_written_to(tie: Any, refusals: Refusals) -> None:
    """The upsert finds more than one record; the org lists them and writes nothing."""
    words = "external id matched more than one record: Account/001TA0000000001, Account/001TA0000000002"
    refusals.plan("Many of them", "MULTIPLE_CHOICES", words, "ERP_Key__c")
    guid = tie.customer(CustomerName="Many of them")
    tie.settle()
    assert refusals.times == 1
    assert tie.org.made("Account", Name="Many of them") == []
    link = tie.link(guid)
    assert str(link.status) == "Out of Sync"
    assert link.problem is not None
    assert "001TA0000000002" in link.problem.reason
    tie.idle()


def test_a_restricted_picklist_does_not_know_the_value(tie: Any, refusals: Refusals) -> None:
    words = "bad value for restricted picklist field: Gold"
    account, guid = tie.pair()
    refusals.plan("555-gold", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", words, "Rating")
    tie.erp_edit("Customers", guid, PhoneNumber="555-gold")
    tie.settle()
    assert refusals.times == 1
    assert f"{words} (Rating)" in tie.panel(account)["Reason__c"]
    tie.idle()


def test_one_row_that_cannot_be_read_is_found_among_many(tie: Any) -> None:
    """The org rolls a whole call back for one row: the others go out without it."""
    guids = [tie.customer() for _ in range(6)]
    bad = guids[3]
    code = tie.erp.held("Customers", bad)["CustomerCode"]
    told = [{"errorCode": "JSON_PARSER_ERROR", "message": "Unexpected value in row"}]
    tie.org.refuse_bodies(code.encode(), 400, told)
    tie.settle()
    made = {
        guid: tie.org.made("Account", AccountNumber=tie.erp.held("Customers", guid)["CustomerCode"]) for guid in guids
    }
    assert {guid: len(ids) for guid, ids in made.items()} == {guid: int(guid != bad) for guid in guids}
    assert "Unexpected value in row" in tie.link(bad).problem.reason


def test_a_poisoned_record_costs_less_and_less(ruled: Any, tie: Any) -> None:
    """One record fails always; it is parked, the others arrive in the same cycle, and idle cycles do not try it."""
    bad = tie.customer(FaxNumber=FORBIDDEN)
    tie.settle()
    for number in range(5):
        guid = tie.customer(FaxNumber=str(number))
        tie.settle()
        assert tie.org.held("Account", tie.link(guid).crm_key)["Fax"] == str(number)
        tie.later(7200)
    tried = [one for one in tie.audit(bad) if one.event == "refused"]
    assert len(tried) == 1
