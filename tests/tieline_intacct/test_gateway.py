"""Requests, sessions and answers, against replies written down."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tieline.contract import (
    AnswerLost,
    HttpResponse,
    Misconfigured,
    NothingSent,
    Operation,
    PermanentError,
    RateLimited,
    Shape,
    TransientError,
    Unknown,
)

CUSTOMERS = Shape("CUSTOMER", ("NAME",))
ACME = {"RECORDNO": "1", "CUSTOMERID": "C-1", "NAME": "Acme", "WHENMODIFIED": "01/05/2026 09:00:00"}
HTML = b"<html><body>Attention Required! | Cloudflare</body></html>"


def test_a_request_is_signed_in_once_and_then_carries_the_session(script: Any) -> None:
    script.transport.script(
        script.reply(script.done(script.rows("CUSTOMER", ACME))), script.reply(script.done(script.rows("CUSTOMER")))
    )
    assert script.client.read("", CUSTOMERS, ["C-1"])["C-1"].fields == {"NAME": "Acme"}
    assert script.client.read("", CUSTOMERS, ["C-2"]) == {"C-2": None}
    login, first, second = script.transport.requests()
    assert login.findtext(".//login/companyid") == "ACME"
    assert first.findtext(".//authentication/sessionid") == "S1"
    assert second.findtext(".//authentication/sessionid") == "S1"
    assert first.findtext("control/uniqueid") == "false"


def test_the_session_is_used_where_it_lives(scripting: Any, script: Any) -> None:
    elsewhere = "https://p42.intacct.com/ia/xml/xmlgw.phtml"
    one = scripting(script.session(elsewhere), script.reply(script.done(script.rows("CUSTOMER"))))
    one.client.read("", CUSTOMERS, ["C-1"])
    assert one.transport.asked[1].url == elsewhere


def test_a_session_is_not_sent_over_a_weaker_line(scripting: Any, script: Any) -> None:
    one = scripting(script.session("http://p42.intacct.com/x"), script.reply(script.done(script.rows("CUSTOMER"))))
    one.client.read("", CUSTOMERS, ["C-1"])
    assert one.transport.asked[1].url.startswith("https://intacct.test/")


def test_a_lost_session_is_opened_again_once(script: Any) -> None:
    lost = script.not_signed("XL03000006", "Invalid session")
    script.transport.script(lost, script.session(), script.reply(script.done(script.rows("CUSTOMER", ACME))))
    assert script.client.read("", CUSTOMERS, ["C-1"])["C-1"] is not None
    script.transport.script(lost, script.session(), lost)
    with pytest.raises(Misconfigured, match="Invalid session"):
        script.client.read("", CUSTOMERS, ["C-1"])


def test_a_session_about_to_end_is_opened_anew(script: Any) -> None:
    empty = script.reply(script.done(script.rows("CUSTOMER")))
    script.transport.script(empty, script.session(), empty)
    script.client.read("", CUSTOMERS, ["C-1"])
    script.effects.seconds += 6 * 3600 - 60
    script.client.read("", CUSTOMERS, ["C-1"])
    assert len(script.transport.asked) == 4


def test_wrong_credentials_stop_everything(scripting: Any, script: Any) -> None:
    refused = script.xml(f"<response>{script.control('failure')}{script.error('XL03000006', 'Incorrect')}</response>")
    for answer in (refused, script.not_signed("XL03000006", "Sign-in information is incorrect"), _status(401)):
        with pytest.raises(Misconfigured) as caught:
            scripting(answer).client.check()
        assert "secret" not in caught.value.sentence()


def _status(status: int, body: bytes = HTML, **headers: str) -> HttpResponse:
    return HttpResponse(status, {name.replace("_", "-"): text for name, text in headers.items()}, body)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (_status(429, Retry_After="7"), RateLimited),
        (_status(200), TransientError),
        (_status(503), TransientError),
        (_status(524), TransientError),
        (_status(404), TransientError),
        (_status(200, b""), TransientError),
        (_status(200, b"<response><control><status>success</status></contr"), TransientError),
        (_status(200, b'<!DOCTYPE r [<!ENTITY x "y">]><response/>'), TransientError),
        (_status(200, b"<response><control/></response><response/>"), TransientError),
        (AnswerLost("gone"), TransientError),
        (NothingSent("no line"), NothingSent),
    ],
)
def test_a_reading_that_got_lost_is_tried_again(script: Any, answer: Any, error: type[Exception]) -> None:
    script.transport.script(answer)
    with pytest.raises(error) as caught:
        script.client.read("", CUSTOMERS, ["C-1"])
    assert getattr(caught.value, "retry_after", 7.0) == 7.0


@pytest.mark.parametrize(
    ("number", "words", "error"),
    [
        ("", "API rate limit exceeded", RateLimited),
        ("", "The Service is Temporarily Off-line", TransientError),
        ("DL02000001", "There was an error processing the request.", TransientError),
        ("WSP001", "You do not have permission for API operation READ", PermanentError),
        ("BL01001973", "Something else", PermanentError),
    ],
)
def test_a_functions_error_is_taken_by_number_and_words(
    script: Any, number: str, words: str, error: type[Exception]
) -> None:
    script.transport.script(script.reply(script.failed(number, words)))
    with pytest.raises(error, match=words.split(".")[0]):
        script.client.read("", CUSTOMERS, ["C-1"])


def test_a_field_that_is_not_there_is_left_out_with_a_warning(script: Any, caplog: Any) -> None:
    fields = "".join(f"<Field><ID>{name}</ID></Field>" for name in ("RECORDNO", "CUSTOMERID", "WHENMODIFIED"))
    lookup = f'<data listtype="All" count="1"><Type Name="CUSTOMER"><Fields>{fields}</Fields></Type></data>'
    script.transport.script(
        script.reply(script.failed("Query Failed", "Invalid fields list: NAME")),
        script.reply(script.done(lookup)),
        script.reply(script.done(script.rows("CUSTOMER", {"RECORDNO": "1", "CUSTOMERID": "C-1"}))),
        script.reply(script.done(script.rows("CUSTOMER"))),
    )
    assert script.client.read("", CUSTOMERS, ["C-1"])["C-1"].fields == {}
    assert "NAME" in caplog.text
    script.client.read("", CUSTOMERS, ["C-1"])  # known from now on
    assert [one.text for one in script.transport.requests()[-1].iterfind(".//select/field")] == [
        "RECORDNO", "CUSTOMERID", "WHENMODIFIED",
    ]  # fmt: skip


def test_lower_case_records_and_the_support_number(script: Any) -> None:
    lower = (
        '<data listtype="customer" count="1" numremaining="0"><customer><CUSTOMERID>C-1</CUSTOMERID></customer></data>'
    )
    script.transport.script(script.reply(script.done(lower)))
    assert script.client.read("", CUSTOMERS, ["C-1"])["C-1"] is not None
    script.transport.script(script.reply(script.failed("BL01001973", "No &#039;x&#039; [Support ID: a%3Db]")))
    with pytest.raises(PermanentError) as caught:
        script.client.read("", CUSTOMERS, ["C-1"])
    assert caught.value.what == "No 'x'"


@pytest.mark.parametrize("answer", [_status(524), _status(502), AnswerLost("gone"), _status(200)])
def test_a_write_without_an_answer_is_unknown(script: Any, make_write: Any, answer: Any) -> None:
    script.transport.script(answer)
    (outcome,) = script.client.write("", CUSTOMERS, [make_write(Operation.CREATE, "", "a", {"NAME": "Acme"})])
    assert isinstance(outcome, Unknown)
    sent = script.transport.requests()[-1]
    assert sent.findtext("control/uniqueid") == "true"
    assert sent.find(".//function").get("controlid") == make_write(Operation.CREATE, "", "a", {}).idempotency_key


def test_a_refused_line_raises_before_anything_was_sent(script: Any, make_write: Any) -> None:
    script.transport.script(NothingSent("no line"))
    with pytest.raises(NothingSent):
        script.client.write("", CUSTOMERS, [make_write(Operation.CREATE, "", "a", {"NAME": "Acme"})])


def test_a_result_that_is_missing_leaves_its_write_unknown(script: Any, make_write: Any) -> None:
    script.transport.script(script.reply())
    (outcome,) = script.client.write("", CUSTOMERS, [make_write(Operation.CREATE, "", "a", {"NAME": "Acme"})])
    assert isinstance(outcome, Unknown)


def test_the_months_budget_stops_before_the_call(scripting: Any, script: Any) -> None:
    one = scripting(script.session(), script.reply(script.done(script.rows("CUSTOMER"))), monthly_calls="1")
    one.client.read("", CUSTOMERS, ["C-1"])
    with pytest.raises(RateLimited, match="used up") as caught:
        one.client.read("", CUSTOMERS, ["C-1"])
    assert caught.value.retry_after == (26 * 24 + 14) * 3600  # from 5 January, 10:00, to the 1st of February
    assert len(one.transport.asked) == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("endpoint", "http://api.intacct.com/"), ("time_zone", "Mars"), ("page_size", "2001"), ("page_size", "0"),
        ("monthly_calls", "many"), ("company_id", " "),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_work_is_named(scripting: Any, name: str, value: str) -> None:
    with pytest.raises(Misconfigured, match=name):
        scripting(**{name: value})


def test_two_calls_at_a_time_for_a_company_whoever_asks(scripting: Any, script: Any) -> None:
    """Two connections of one company share the places."""
    clients = [scripting(), scripting()]
    lock, pair, running, most = threading.Lock(), threading.Barrier(2), 0, 0

    def send(request: Any) -> Any:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        pair.wait(30)  # two are under way together, or this fails
        with lock:
            running -= 1
        return script.session()

    for one in clients:
        one.transport.send = send
    with ThreadPoolExecutor(4) as pool:
        entities = ("", "100-US")
        opening = [pool.submit(one.client._access.gateway._open, e) for one in clients for e in entities]
        assert {opened.result().ident for opened in opening} == {"S1"}
    assert most == 2
