"""What an administrator chooses, over the wire: directions, fields of one's own, objects that rest, a pause."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tieline.admin.faults import BadSettings
from tieline.package.archive import pack
from tieline.workers.packages import Installer

MINE = """\
back_offices:
  unleashed:
    objects:
      customer:
        fields: {{Phone: {{direction: {direction}}}}}
        more_fields: [{{crm: Customer_Type__c, erp: Notes, length: 60, label: Customer type}}]
      product: {{enabled: {product}}}
"""


@pytest.fixture
def chosen(new_tie: Callable[[], Any]) -> Any:
    return new_tie()


def _choose(tie: Any, text: str) -> None:
    tie.runtime.folder.settings.write_text(text)


def _install(tie: Any) -> list[str]:
    installer = Installer(tie.runtime)
    plan = installer.plan()
    installer.apply(plan)
    return [one.name for one in plan.sent if "Customer_Type__c" in one.name]


def test_a_direction_turned_round_and_a_field_of_ones_own(chosen: Any) -> None:
    account, guid = chosen.pair(PhoneNumber="1", Notes="Retail")
    _choose(chosen, MINE.format(direction="to_crm", product="true"))
    assert "Account.Customer_Type__c" in _install(chosen)
    chosen.settle()
    assert chosen.org.held("Account", account)["Customer_Type__c"] == "Retail"
    chosen.crm_edit("Account", account, Customer_Type__c="Trade", Phone="2")
    chosen.settle()
    held = chosen.erp.held("Customers", guid)
    assert (held["Notes"], held["PhoneNumber"]) == ("Trade", "1")
    assert chosen.org.held("Account", account)["Phone"] == "1"
    assert chosen.conflicts(account)[-1].crm["Phone"] == "2"
    chosen.idle()


def test_an_object_that_rests_is_left_alone_and_wakes_up_again(chosen: Any) -> None:
    code = chosen.erp.edit("Bea", "Products", "", ProductCode="R1", ProductDescription="Rest")
    chosen.settle()
    row = chosen.link(code, "product").crm_key
    _choose(chosen, MINE.format(direction="both", product="false"))
    chosen.erp_edit("Products", code, ProductDescription="Changed meanwhile")
    chosen.settle()
    assert chosen.org.held("Product2", row)["Name"] == "Rest"
    _choose(chosen, "")
    chosen.settle()
    assert chosen.org.held("Product2", row)["Name"] == "Changed meanwhile"


def test_a_pause_stops_everything_and_nothing_is_lost(chosen: Any) -> None:
    account, guid = chosen.pair(PhoneNumber="1")
    _choose(chosen, "paused: true\n")
    chosen.erp_edit("Customers", guid, PhoneNumber="5")
    calls = chosen.erp.calls()
    report = chosen.cycle(engine := chosen.engine())
    assert report.paused
    assert chosen.erp.calls() - calls <= 1  # the sign-in of a new engine
    _choose(chosen, "paused: false\n")
    chosen.cycle(engine)
    assert chosen.org.held("Account", account)["Phone"] == "5"


def test_a_bad_file_changes_nothing_and_is_told(chosen: Any) -> None:
    engine = chosen.engine()
    _choose(chosen, "paused: maybe\n")
    report = chosen.cycle(engine)
    assert not report.paused
    assert "line 1: paused: 'maybe' is neither true nor false" in report.problems[-1]
    with pytest.raises(BadSettings, match="1 mistake"):
        chosen.engine()


MIRROR = "back_offices: {unleashed: {lists: {payment_terms: {mirror: Our_Terms}}}}\n"


def _mirrored(tie: Any) -> dict[str, tuple[str, bool]]:
    body = tie.org.held("metadata.GlobalValueSet", "Our_Terms").get("body", {})
    rows = body.get("customValue", ())
    return {_one(row, "fullName"): (_one(row, "label"), _one(row, "isActive") == "true") for row in rows}


def _one(row: Any, name: str) -> str:
    value = row[name]
    return str(value[0] if isinstance(value, list) else value)


def test_a_list_is_mirrored_into_a_value_set_and_follows_it(chosen: Any) -> None:
    _choose(chosen, MIRROR)
    chosen.settle()
    terms = {key: row["PaymentTermDescription"] for key, row in chosen.erp.all("PaymentTerms").items()}
    assert _mirrored(chosen) == {key: (name, True) for key, name in terms.items()}
    gone = min(terms)
    chosen.erp_edit("PaymentTerms", gone, Obsolete=True)
    chosen.settle()
    assert _mirrored(chosen)[gone] == (terms[gone], False)
    before = chosen.org.last()
    chosen.settle()
    assert chosen.org.last() == before


METADATA = "http://soap.sforce.com/2006/04/metadata"
TYPES = "back_offices: {unleashed: {objects: {customer: {record_types: {Partner: automatic, Prospect: never}}}}}\n"


def _make_types(tie: Any, *names: str) -> dict[str, str]:
    """What an administrator of the org does; returns the ids by name."""
    rows = "".join(
        f"<recordTypes><fullName>{name}</fullName><active>true</active><label>{name}</label></recordTypes>"
        for name in names
    )
    members = "".join(f"<members>Account.{name}</members>" for name in names)
    manifest = f"<types>{members}<name>RecordType</name></types><version>60.0</version>"
    files = {
        "objects/Account.object": f'<CustomObject xmlns="{METADATA}">{rows}</CustomObject>'.encode(),
        "package.xml": f'<Package xmlns="{METADATA}">{manifest}</Package>'.encode(),
    }
    assert tie.runtime.org().metadata.deploy(pack(files)).success
    return {row["DeveloperName"]: ident for ident, row in tie.org.all("RecordType").items()}


def test_records_are_promoted_by_their_type(chosen: Any) -> None:
    _choose(chosen, TYPES)
    plain = chosen.account(Name="No types yet")
    assert chosen.settle() == []
    assert chosen.link(plain).erp_key == ""
    types = _make_types(chosen, "Partner", "Prospect")
    partner = chosen.account(Name="Partner", RecordTypeId=types["Partner"])
    prospect = chosen.account(Name="Prospect", RecordTypeId=types["Prospect"])
    chosen.settle()
    assert len(chosen.erp.made("Customers", CustomerName="Partner")) == 1
    assert chosen.link(partner).erp_key
    assert [chosen.link(key).erp_key for key in (prospect, plain)] == ["", ""]
    refused = chosen.press(prospect, "promote", "Account")
    chosen.settle()
    assert chosen.org.held("ERP_Request__c", refused)["Status__c"] == "Refused"
    chosen.crm_edit("Account", prospect, RecordTypeId=types["Partner"])
    chosen.cycle()
    assert len(chosen.erp.made("Customers", CustomerName="Prospect")) == 1
    chosen.settle()
    chosen.idle()
