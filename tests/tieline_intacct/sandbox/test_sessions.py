"""Control, login and sessions: three levels of refusal, sessions that slide, places that are few."""

from __future__ import annotations

import gzip
import threading
from typing import Any

import pytest

from tieline_sandbox.hooks import Hook, Tags

QUERY = "<query><object>CUSTOMER</object><select><field>CUSTOMERID</field></select></query>"
SESSION = "<getAPISession/>"


def open_session(desk: Any, function: str = SESSION, **how: Any) -> str:
    (result,) = desk.good(function, **how)
    return f"<sessionid>{result.findtext('data/api/sessionid')}</sessionid>"


def parsed_of(desk: Any, auth: str) -> str:
    from lxml import etree

    parser = etree.XMLParser()
    parser.feed(desk.send(desk.request(QUERY, auth=auth)).body)
    return parser.close().findtext("operation/authentication/status") or ""


def test_a_session_slides_and_then_ends(opened: Any) -> None:
    desk = opened()
    desk.switch(session_minutes=30)
    auth = open_session(desk)
    for _ in range(3):
        desk.clock.advance(29 * 60)
        assert parsed_of(desk, auth) == "success"
    desk.clock.advance(30 * 60)
    assert parsed_of(desk, auth) == "failure"


def test_a_person_may_end_all_sessions(desk: Any) -> None:
    auth = open_session(desk)
    desk.edit("expire", "Session")
    answer = desk.send(desk.request(QUERY, auth=auth))
    assert b"XL03000006" in answer.body
    assert b"Invalid session" in answer.body


def test_sessions_outlive_a_restart(opened: Any, tmp_path: Any) -> None:
    desk = opened(folder=tmp_path)
    auth = open_session(desk)
    pair = desk.intacct.credentials()
    desk.intacct.state.close()
    again = opened(folder=tmp_path, seed=2)
    assert again.intacct.credentials() == pair
    assert parsed_of(again, auth) == "success"


def test_a_session_of_an_entity_stays_there(desk: Any) -> None:
    auth = open_session(desk, "<getAPISession><locationid>200-DE</locationid></getAPISession>")
    desk.customer("C-1")
    (result,) = desk.good("<readEntityDetails/>", auth=auth)
    assert result.findtext("data/entity/id") == "200-DE"
    assert desk.said("<getAPISession><locationid>900</locationid></getAPISession>")[0][0] == "Get API Session Failed"
    (result,) = desk.good("<readEntityDetails/>")
    assert [one.text for one in result.iter("id")] == ["100-US", "200-DE"], "the top level sees them all"


def test_a_strict_endpoint_is_bound_to_its_host(desk: Any) -> None:
    from tieline_sandbox.hooks import quiet
    from tieline_sandbox.wire import Request

    auth = open_session(desk)
    body = desk.request(QUERY, auth=auth)

    def elsewhere() -> bytes:
        answer: bytes = desk.intacct.handle(
            Request("POST", "/ia/xml/xmlgw.phtml", (), body, "https", "other.example"), quiet
        ).body
        return answer

    assert b"XL03000006" not in elsewhere()
    desk.switch(strict_endpoint=True)
    assert b"XL03000006" in elsewhere()


SENDER = "<senderid>x</senderid><password>y</password>"


@pytest.mark.parametrize(
    ("inside", "number"),
    [
        (f"{SENDER}<controlid>1</controlid><dtdversion>3.0</dtdversion>", "XL03000006"),
        ("<controlid></controlid><dtdversion>3.0</dtdversion>", "XL03000003"),
        ("<controlid>1</controlid><dtdversion>1.0</dtdversion>", "XL03000003"),
    ],
)
def test_the_control_is_checked_first(desk: Any, forms: Any, inside: str, number: str) -> None:
    root = forms.parsed(desk.send(desk.request(QUERY, control=f"<control>{inside}</control>")))
    assert root.findtext("control/status") == "failure"
    assert root.find("operation") is None
    assert forms.errors(root)[0][0] == number


def test_a_call_by_a_transport_policy_is_acknowledged(
    desk: Any,
    forms: Any,
) -> None:
    desk.switch(policy="p")
    create = forms.customer("C-1")
    root = forms.parsed(desk.send(desk.request(create, more="<policyid>p</policyid>")))
    assert [one.tag for one in root] == ["acknowledgement", "control"]
    assert root.findtext("acknowledgement/status") == "success"
    assert desk.rows("CUSTOMER", "CUSTOMERID") == [("C-1",)], "it was done all the same"


def test_a_transport_policy_is_not_set_up(desk: Any, forms: Any) -> None:
    root = forms.parsed(desk.send(desk.request(QUERY, more="<policyid>p</policyid>")))
    assert "transport policy" in forms.errors(root)[0][1]


@pytest.mark.parametrize(
    ("auth", "status", "number"),
    [
        ("", 200, ""),
        ("<login><userid>sync</userid></login>", 400, "GW-0011"),
        ("<sessionid/>", 400, "GW-0011"),
        ("<login><userid>sync</userid><companyid>c</companyid><password>p</password></login>", 200, "XL03000006"),
    ],
)
def test_logins(desk: Any, forms: Any, auth: str, status: int, number: str) -> None:
    answer = desk.send(desk.request(QUERY, auth=auth))
    assert answer.status == status
    found = [one.text for one in forms.parsed(answer).iter("errorno")]
    assert found == ([number] if number else [])


def test_switches_of_the_company_refuse_the_login(desk: Any, forms: Any) -> None:
    desk.switch(gateway_login_refusals=True)
    wrong = "<login><userid>sync</userid><companyid>c</companyid><password>p</password></login>"
    answer = desk.send(desk.request(QUERY, auth=wrong))
    root = forms.parsed(answer)
    assert (answer.status, [one.tag for one in root.find("control")]) == (401, ["status"])
    assert root.findtext("errormessage/error/errorno") == "XMLGW_JPP0002"
    desk.switch(sender_authorized=False)
    root = forms.parsed(desk.send(desk.request(QUERY)))
    assert forms.errors(root.find("operation"))[0][0] == "XL03000006"
    assert "Invalid Web Services Authorization" in root.findtext("operation/errormessage/error/description2")


def test_an_expired_company_lets_nobody_in(desk: Any, forms: Any) -> None:
    desk.switch(company_expired=True)
    root = forms.parsed(desk.send(desk.request(QUERY)))
    assert forms.errors(root.find("operation"))[0][0] == "PL04000055"


def test_stamps_in_another_zone(desk: Any) -> None:
    desk.switch(zone="America/New_York")
    desk.customer("C-1")
    assert desk.rows("CUSTOMER", "WHENMODIFIED") == [("01/05/2026 05:00:00",)]
    where = "<equalto><field>OBJECTTYPE</field><value>customer</value></equalto>"
    assert desk.rows("AUDITHISTORY", "ACCESSTIME", where=where) == [("01/05/2026 10:00:00",)]
    assert "zone must be a time zone" in refused_switch(desk, zone="Moon/Base")


def test_the_short_form_of_a_login_names_the_entity(desk: Any, forms: Any) -> None:
    pair = desk.intacct.credentials()
    auth = (
        f"<login><userid>sync</userid><companyid>{pair['company_id']}||200-DE</companyid>"
        f"<password>{pair['user_password']}</password></login>"
    )
    root = forms.parsed(desk.send(desk.request(QUERY, auth=auth)))
    assert root.findtext("operation/authentication/locationid") == "200-DE"


def test_a_third_request_at_a_time_is_one_too_many(desk: Any) -> None:
    inside, release = threading.Barrier(3), threading.Event()

    def wait(hook: Hook, _tags: Tags = Tags(), /) -> None:  # noqa: B008 - frozen
        if hook is Hook.PARSED:
            inside.wait(10)
            release.wait(10)

    body = desk.request(QUERY)
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda: statuses.append(desk.send(body, probe=wait).status)) for _ in range(2)]
    for thread in threads:
        thread.start()
    inside.wait(10)
    answer = desk.send(body)
    release.set()
    for thread in threads:
        thread.join(10)
    assert (answer.status, statuses) == (429, [200, 200])
    assert b"GW-0010" in answer.body
    assert desk.send(body).status == 200


def test_answers_are_packed_when_the_caller_can_unpack(desk: Any) -> None:
    plain = desk.send(desk.request(QUERY))
    packed = desk.send(desk.request(QUERY), headers={"Accept-Encoding": "gzip, deflate"})
    assert plain.header("Content-Encoding") == ""
    assert packed.header("Content-Encoding") == "gzip"
    assert gzip.decompress(packed.body).startswith(b"<?xml")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/ia/xml/xmlgw.phtml", 405), ("POST", "/", 404)])
def test_there_is_one_place_to_post_to(desk: Any, method: str, path: str, status: int) -> None:
    from tieline_sandbox.hooks import quiet
    from tieline_sandbox.wire import Request

    assert desk.intacct.handle(Request(method, path), quiet).status == status


def test_what_the_company_can_be_switched_to(desk: Any, forms: Any) -> None:
    assert "no setting" in refused_switch(desk, nonsense=True)
    assert "must be of type int" in refused_switch(desk, concurrency="2")
    desk.switch(offline=True)
    assert desk.words(QUERY) == "The Service is Temporarily Off-line"
    desk.switch(offline=False, rate_limited=True)
    assert desk.words(QUERY) == "API rate limit exceeded"
    desk.switch(rate_limited=False, two_roots=True)
    assert desk.send(desk.request(QUERY)).body.endswith(b"<response/>")
    desk.switch(two_roots=False, denied_objects="CUSTOMER ITEM", support_ids=True)
    number, words = desk.said(QUERY)[0]
    assert number == "WSP001"
    assert "You do not have permission for API operation query" in words
    assert words.endswith("[Support ID: c~1]") or "%7E" in words


def refused_switch(desk: Any, **values: Any) -> str:
    from tieline_sandbox.application import EditRefused

    with pytest.raises(EditRefused) as refused:
        desk.switch(**values)
    return str(refused.value)
