"""Sessions that end at the worst moment, and logins that are refused."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tieline.contract import Misconfigured
from tieline.effects import SystemRandomness
from tieline.org import OrgSettings, open_org

deep = partial(pytest.param, marks=pytest.mark.deep)
XML = '<?xml version="1.0" encoding="UTF-8"?>'
SPELLINGS = {
    "rest": (401, '[{"errorCode":"INVALID_SESSION_ID","message":"Session expired or invalid"}]', "application/json"),
    "rest in xml": (401, f"{XML}<Errors><Error><errorCode>INVALID_SESSION_ID</errorCode></Error></Errors>", "text/xml"),
    "bulk": (400, f"{XML}<error><exceptionCode>InvalidSessionId</exceptionCode></error>", "application/xml"),
}


def expiring(tie: Any) -> dict[str, Any]:
    """A fault that ends all sessions of the integration user."""
    document = tie.org.running.document
    edit = {"user": document["username"], "action": "expire", "object": "User", "id": document["user_id"]}
    return {"as_user": edit}


def logins(tie: Any) -> int:
    return sum(one.path.endswith("/oauth2/token") for one in tie.org.running.plane.requests.since(0))


@pytest.mark.parametrize("nth", [1, deep(0)])
def test_a_session_that_ends_between_pages(tie: Any, small_pages: None, nth: int) -> None:
    """Rows 23 and 28: the same page is read again with the new session."""
    guids = [tie.customer(CustomerName=f"Paged {nth} {number}") for number in range(7)]
    tie.settle()
    tie.later(3600)
    for guid in guids:
        tie.crm_edit("Account", tie.link(guid).crm_key, Phone=f"040 paged {nth}")
    engine = tie.engine()
    before, known = logins(tie), len(tie.links())
    tie.org.fault("accepted", expiring(tie), path="/query/", nth=nth)
    tie.cycle(engine)
    assert tie.org.calm() == 1
    assert logins(tie) == before + 1
    assert {tie.erp.held("Customers", guid)["PhoneNumber"] for guid in guids} == {f"040 paged {nth}"}
    assert len(tie.links()) == known
    tie.settle()


def test_the_condition_goes_along_with_the_repeated_write(tie: Any) -> None:
    """Row 24: the session ends at the conditional write, and somebody edits before it is repeated."""
    account, guid = tie.pair(CustomerName="Conditional", PhoneNumber="040 1")
    tie.later(5)
    tie.erp_edit("Customers", guid, PhoneNumber="040 ours")
    edit = {"user": tie.user(), "action": "update", "object": "Account", "id": account, "values": {"Phone": "theirs"}}
    tie.org.fault("accepted", expiring(tie), path="/composite$")
    tie.org.fault("accepted", {"skew": {"seconds": 5}}, path="/composite$", nth=1)
    tie.org.fault("accepted", {"as_user": edit}, path="/composite$", nth=1)
    tie.cycle()
    assert tie.org.calm() == 3
    tie.settle()
    (conflict,) = tie.conflicts(account)
    assert "theirs" in conflict.crm.values()
    assert tie.org.held("Account", account)["Phone"] == tie.erp.held("Customers", guid)["PhoneNumber"]


@pytest.mark.parametrize("spelling", ["bulk", deep("rest"), deep("rest in xml")])
def test_every_spelling_of_an_ended_session_is_understood(tie: Any, spelling: str) -> None:
    """Row 25; SOAP's own is `test_metadata_logs_in_again`."""
    account, guid = tie.pair()
    tie.crm_edit("Account", account, Phone=f"040 {spelling}")
    code, body, kind = SPELLINGS[spelling]
    engine = tie.engine()
    before = logins(tie)
    told = {"code": code, "body": body, "headers": {"Content-Type": kind}}
    tie.org.fault("accepted", {"status": told}, path="/query")
    assert tie.cycle(engine).problems == []
    assert (tie.org.calm(), logins(tie)) == (1, before + 1)
    tie.settle()
    assert tie.erp.held("Customers", guid)["PhoneNumber"] == f"040 {spelling}"


def test_revoked_credentials_do_not_lock_the_user_out(tie: Any) -> None:
    """Row 26: one try, one reason; the edit arrives when the credentials hold again."""
    account, guid = tie.pair()
    tie.crm_edit("Account", account, Phone="040 revoked")
    engine = tie.engine()
    before = logins(tie)
    refused = {"code": 400, "body": {"error": "invalid_grant", "error_description": "expired access/refresh token"}}
    tie.org.fault("accepted", expiring(tie), path="/services/data/")
    tie.org.fault("accepted", {"status": refused}, times=0, path="/oauth2/token")
    problems = tie.cycle(engine).problems
    assert any("login refused: invalid_grant expired access/refresh token. Check the username" in p for p in problems)
    assert logins(tie) == before + 1
    tie.cycle(engine)
    assert logins(tie) == before + 1
    tie.org.calm()
    tie.later(61)
    tie.cycle(engine)
    assert tie.erp.held("Customers", guid)["PhoneNumber"] == "040 revoked"
    assert tie.link(account).problem is None
    tie.settle()


def test_a_skewed_clock_is_measured(tie: Any) -> None:
    """Row 27: the signed login is refused for its time, and the message says by how much the clocks differ."""
    settings = OrgSettings.from_document({**tie.org.running.document, "client_secret": ""})
    tie.org.fault("accepted", {"skew": {"seconds": 600}}, path="/oauth2/token")
    with open_org(settings, clock=tie.clock, randomness=SystemRandomness()) as org:
        words = r"this machine's clock is (59\d|60\d) seconds behind the org's, so the login is refused"
        with pytest.raises(Misconfigured, match=words) as refused:
            org.records.check()
        assert refused.value.code == "clock_skew"
        tie.later(61)
        assert org.records.check().tenant == tie.org.running.document["org_id"]
