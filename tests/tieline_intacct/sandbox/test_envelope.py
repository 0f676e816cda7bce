"""What stands around the functions: how a request may come, how a reply is laid out, where errors say more."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from tieline_sandbox.wire import Response

DUPLICATE = (
    "<create><CUSTOMER><CUSTOMERID>C-1</CUSTOMERID><NAME>x</NAME>"
    "<DISPLAYCONTACT><PRINTAS>x</PRINTAS></DISPLAYCONTACT></CUSTOMER></create>"
)


def test_a_create_says_that_nothing_went_in(desk: Any) -> None:
    desk.customer("C-1")
    (result,) = desk.ask(DUPLICATE)
    assert (result.findtext("status"), result.find("data").attrib) == ("failure", {"listtype": "objects", "count": "0"})


def test_more_about_an_error_stands_in_elements(desk: Any, forms: Any) -> None:
    desk.customer("C-1")
    more = "<showadditionalerrorinfo>true</showadditionalerrorinfo>"
    answer = desk.send(desk.request(DUPLICATE, more=more))
    first, second = forms.parsed(answer).iter("additionalinfo")
    assert [str(one.tag) for one in first] == [
        "errorid",
        "category",
        "target",
        "description",
        "cdescription",
        "correction",
    ]
    assert first.find("target").get("field") == "CUSTOMERID"
    assert [str(one.tag) for one in first.find("correction")] == ["messageid", "target", "placeholders"]
    assert first.findtext("correction/messageid") == "IA.USE_A_UNIQUE_VALUE_INSTEAD"
    assert second.findtext("cdescription/messageid") == "IA.COULD_NOT_CREATE_CUSTOMER_RECORD"


def test_blanks_are_there_unless_they_are_not_wanted(desk: Any, forms: Any) -> None:
    answers = [
        desk.send(desk.request("<getFinancialSetup/>", more=more)).body
        for more in ("", "<includewhitespace>false</includewhitespace>")
    ]
    assert [answer.count(b"\n") > 20 for answer in answers] == [True, False]
    spaced, plain = ([one.tag for one in forms.parsed(Response(200, (), answer)).iter()] for answer in answers)
    assert spaced == plain


def test_an_older_client_posts_a_form(desk: Any, forms: Any) -> None:
    body = urlencode({"xmlrequest": desk.request("<getFinancialSetup/>").decode()}).encode()
    answer = desk.send(body, headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"})
    assert forms.parsed(answer).findtext("operation/result/status") == "success"
    junk = desk.send(b"a=b", headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert forms.parsed(junk).findtext("errormessage/error/errorno") == "XL03000003"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('transaction="false"', 'transaction="maybe"', "transaction must be true or false"),
        ("<uniqueid>false", "<uniqueid>perhaps", "uniqueid must be true or false"),
        ("</operation>", "</operation><operation/>", "A request holds one operation, not 2"),
        ("operation", "act", "A request holds one operation, not none"),
    ],
)
def test_what_the_schema_does_not_allow(desk: Any, forms: Any, old: str, new: str, said: str) -> None:
    root = forms.parsed(desk.send(desk.request("<getFinancialSetup/>").replace(old.encode(), new.encode())))
    assert root.findtext("control/status") == "failure"
    ((number, words),) = forms.errors(root)
    assert (number, words.partition(";")[0]) == ("XL03000003", said)


@pytest.mark.parametrize(
    ("company", "more", "location"),
    [
        ("{0}|100-US", "", "100-US"),
        ("console|{0}|200-DE", "", "200-DE"),
        ("console|{0}|", "", None),
        ("console", "<clientid>{0}</clientid>", None),
        ("console", "<clientid>{0}</clientid><locationid>100-US</locationid>", "100-US"),
    ],
)
def test_a_login_by_way_of_a_console(desk: Any, forms: Any, company: str, more: str, location: str | None) -> None:
    pair = desk.intacct.credentials()
    auth = (
        f"<login><userid>{pair['user_id']}</userid><companyid>{company}</companyid>"
        f"<password>{pair['user_password']}</password>{more}</login>"
    ).format(pair["company_id"])
    root = forms.parsed(desk.send(desk.request("<getFinancialSetup/>", auth=auth)))
    assert root.findtext("operation/authentication/status") == "success"
    assert root.find("operation/authentication/locationid").text == location
