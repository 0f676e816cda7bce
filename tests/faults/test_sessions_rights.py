"""Rights that go away, organisations that are not who they were: nothing is taken for deleted or empty, nothing is
written to strangers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tieline.contract import Misconfigured
from tieline.host.connecting import Said, connect
from tieline.package.archive import pack
from tieline.sync.repair import Repair
from tieline_unleashed.sandbox import build as build_unleashed

EMPTY = {"status": {"code": 200, "body": {"totalSize": 0, "done": True, "records": []}}}
NO_ITEMS = {"Pagination": {"NumberOfItems": 0, "PageSize": 200, "PageNumber": 1, "NumberOfPages": 0}, "Items": []}


@contextmanager
def without_permission_set(tie: Any) -> Iterator[None]:
    """The integration user loses the package's permission set, as an administrator takes it away."""
    user, admin = tie.org.running.document["user_id"], tie.user("admin")
    (ident, row), *_ = [one for one in tie.org.all("PermissionSetAssignment").items() if one[1]["AssigneeId"] == user]
    tie.org.act(admin, "delete", "PermissionSetAssignment", ident, {})
    try:
        yield
    finally:
        again = {name: row[name] for name in ("PermissionSetId", "AssigneeId")}
        tie.org.edit(admin, "PermissionSetAssignment", "", **again)


def standing(tie: Any) -> list[tuple[str, str, str]]:
    return sorted((one.crm_key, one.erp_key, one.tombstone) for name in MAPPINGS for one in tie.links(name))


MAPPINGS = ("customer", "contact", "product")


@pytest.mark.parametrize("side", ["org", pytest.param("erp", marks=pytest.mark.deep)])
def test_objects_that_look_empty_are_not_deleted(tie: Any, side: str) -> None:
    """Rows 29 and 49: no row at all, from a side that had many."""
    tie.pair()
    before, box = standing(tie), getattr(tie, side)
    nothing = EMPTY if side == "org" else {"status": {"code": 200, "body": NO_ITEMS}}
    path = "/query" if side == "org" else "^/(Customers|Products|SalesOrders|Salespersons|Warehouses|Taxes)"
    engine = tie.engine()
    tie.later(86_400 * 2)  # long enough for every slow chore to be due
    places = tie.places()
    box.fault("accepted", nothing, times=0, method="GET", path=path)
    for _ in range(3):
        tie.cycle(engine)
        tie.later(600)
    assert box.calm() >= 3
    assert standing(tie) == before
    written = [*tie.org.by_engine(places[0]), *tie.erp.by_engine(places[1])]
    assert [one for one in written if one.kind in ("Account", "Contact", "Product2", "Customers", "Contacts")] == []
    tie.settle()


def test_a_field_that_is_hidden_is_not_empty(tie: Any) -> None:
    """Rows 29 and 30: every field of ours is out of sight; the other side keeps its values."""
    account, guid = tie.pair(CustomerName="Hidden", PhoneNumber="040 1")
    before, places = standing(tie), tie.places()
    with without_permission_set(tie):
        engine = tie.engine()
        told = [one for _ in range(3) for one in tie.cycle(engine).problems]
        assert any("Apply the package" in one or "permission set" in one for one in told), told
    assert tie.erp.by_engine(places[1]) == []
    assert [one for one in tie.org.by_engine(places[0]) if one.action == "delete"] == []
    assert standing(tie) == before
    tie.crm_edit("Account", account, Phone="040 2")
    tie.later(3600)
    tie.settle()
    assert tie.erp.held("Customers", guid)["PhoneNumber"] == "040 2"


@pytest.mark.deep
def test_no_access_and_no_rows_are_told_apart(tie: Any) -> None:
    """Row 49: an object without rows says nothing; one out of sight is named."""
    engine = tie.engine()
    gone = {"code": 404, "body": [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}]}
    tie.org.fault("accepted", {"status": gone}, times=0, path="/sobjects/Product2/describe")
    account, guid = tie.pair(CustomerName="In sight")
    engine = tie.engine()
    tie.erp_edit("Customers", guid, PhoneNumber="040 sight")
    problems = tie.cycle(engine).problems
    assert any("Product2: the org does not show this object. Run `tieline package apply`" in one for one in problems)
    assert tie.org.held("Account", account)["Phone"] == "040 sight"
    tie.org.calm()
    assert tie.settle() == []


def test_another_org_is_refused_by_both_ids(tie: Any) -> None:
    """Row 33: a copy of ours, before the first read."""
    copy = [{"attributes": {"type": "Organization"}, "Id": "00D000000000009AAA", "Name": "Copy"}]
    tie.org.fault("accepted", {"status": {"code": 200, "body": {"totalSize": 1, "done": True, "records": copy}}},
                  path="/query")  # fmt: skip
    places = tie.places()
    with pytest.raises(Misconfigured, match="00D000000000009AAA") as refused:
        tie.engine()
    assert tie.org.running.document["org_id"] in str(refused.value)
    assert tie.places() == places


def test_an_org_that_becomes_another_while_we_run_gets_nothing(tie: Any) -> None:
    """Row 33: the sandbox is refreshed between two calls; the next login tells."""
    account, guid = tie.pair()
    tie.erp_edit("Customers", guid, PhoneNumber="040 refreshed")
    engine = tie.engine()
    grant = engine.org.session.grant()
    answer = {"access_token": grant.token, "instance_url": grant.instance_url,
              "id": f"{grant.instance_url}/id/00D000000000009AAA/{grant.user_id}"}  # fmt: skip
    expired = [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}]
    tie.org.fault("accepted", {"status": {"code": 200, "body": answer}}, times=0, path="/oauth2/token")
    tie.org.fault("accepted", {"status": {"code": 401, "body": expired}}, times=0, path="/services/data/")
    place = tie.org.last()
    problems = tie.cycle(engine).problems
    assert any(f"the org was {grant.org_id} and is now 00D000000000009AAA" in one for one in problems)
    assert tie.org.by_engine(place) == []
    tie.org.calm()
    tie.later(3600)
    tie.settle()
    assert tie.org.held("Account", account)["Phone"] == "040 refreshed"


def test_another_organisations_key_behind_a_known_connection(tie: Any, tmp_path: Any) -> None:
    """Row 34."""
    from tieline_sandbox.runner import start

    with start(build_unleashed, "other", tmp_path / "other", clock=tie.sandbox_clock) as other:
        with pytest.raises(Misconfigured, match="belongs to") as refused:
            connect(tie.runtime, "unleashed", "unleashed", Said(other.document_path))
        assert refused.value.mend
    assert tie.settle() == []


MANIFEST = b"""<?xml version="1.0" encoding="UTF-8"?>
<Package xmlns="http://soap.sforce.com/2006/04/metadata">
<types><members>Tieline_Unleashed</members><name>PermissionSet</name></types><version>60.0</version>
</Package>"""


@contextmanager
def readable_only(tie: Any, field: str) -> Iterator[None]:
    """The permission set as an administrator changed it: this field may be read and not edited."""
    metadata = tie.engine().org.metadata
    files = {**metadata.retrieve({"PermissionSet": ["Tieline_Unleashed"]}), "package.xml": MANIFEST}
    changed = {name: _without_edit(body, field) for name, body in files.items()}
    assert changed != files
    assert metadata.deploy(pack(changed)).success
    try:
        yield
    finally:
        assert metadata.deploy(pack(files)).success


def _without_edit(body: bytes, field: str) -> bytes:
    entry = re.compile(rb"<fieldPermissions>(?:(?!</fieldPermissions>).)*</fieldPermissions>", re.DOTALL)
    return entry.sub(
        lambda found: (
            found[0].replace(b"<editable>true", b"<editable>false") if f">{field}<".encode() in found[0] else found[0]
        ),
        body,
    )


@pytest.mark.deep
def test_a_field_that_may_only_be_read_is_named(tie: Any) -> None:
    """Row 31."""
    account, guid = tie.pair(CustomerName="Read only", PhoneNumber="040 1")
    with readable_only(tie, "Account.Unleashed_Obsolete__c"):
        tie.erp_edit("Customers", guid, Obsolete=True, PhoneNumber="040 2")
        tie.settle()
        problem = tie.link(account).problem
        assert problem is not None
        assert (problem.code, "Unleashed_Obsolete__c" in problem.reason) == ("INVALID_FIELD_FOR_INSERT_UPDATE", True)
        assert tie.panel(account)["Sync_Status__c"] == "Out of Sync"
        assert tie.panel(account)["Reason__c"] == problem.reason
    fixing = Repair(tie.runtime.store, "unleashed", tie.clock.now(), "an operator")
    assert fixing.retry([one for one in fixing.stuck() if one.crm_key == account]) == 1
    tie.settle()
    held = tie.org.held("Account", account)
    assert (held["Unleashed_Obsolete__c"], held["Phone"]) == (True, "040 2")
    assert tie.link(account).problem is None
