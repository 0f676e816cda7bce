"""Texts as people really type them, and as fuzzers do, from the CRM to the back office and back."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

NASTY = {
    "emoji": "Grüße 👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "astral": "𝒜𐍈𠜎",
    "combining": "e\u0301\u0323 o\u0308",
    "right to left": "שלום \u202eabc\u202c عالم",
    "zero width": "a\u200bb\u200dc\ufeffd",
    "entity": "Fish &amp; Chips &#39; &lt;b&gt;",
    "markup": "<b>Tom & Jerry's</b> ]]> <![CDATA[x]]> <?php ?>",
    "quotes": "O'Neil \"the\" \\ \\' \\u0041 %41 %2F",
    "soql": "' OR Name LIKE '%",
    "null word": "null",
    "none word": "None",
    "true word": "true",
    "number": "007",
    "exponent": "1e5",
    "date": "2026-02-30",
    "formula": "=cmd|' /C calc'!A0",
    "plus": "+1 234",
    "at": "@SUM(1+1)",
    "template": "{{ 7*7 }} ${7*7} {0} %s",
    "path": "../../etc/passwd",
    "tab": "one\ttwo",
    "dots": "a.email/b?c#d;e",
    "spaces": "a  b\u00a0c\u3000d",
    "long": "x" * 255,
}
NOT_IN_XML = {"noncharacter": "a\ufffe\uffffb", "control": "a\x01\x0b\x1fb"}
IN_XML = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
UNHURRIED = settings(
    deadline=None, max_examples=3, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip


def travelled(text: str) -> str | None:
    """What both systems mean by this text: trimmed, one spelling for accents and line ends."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip() or None


def street(tie: Any, guid: str) -> str | None:
    rows = tie.erp.held("Customers", guid)["Addresses"]
    return next((row["StreetAddress"] for row in rows), None)


def promoted(tie: Any, texts: list[str]) -> list[tuple[str, str]]:
    """Accounts with these streets, and their customers."""
    accounts = [tie.account(Name=f"Text {n}", BillingStreet=text, BillingCity="X") for n, text in enumerate(texts)]
    tie.settle()
    for account in accounts:
        tie.promote(account)
    tie.settle()
    return [(account, tie.link(account).erp_key) for account in accounts]


def test_no_text_grows_in_ten_round_trips(tie: Any) -> None:
    pairs = promoted(tie, list(NASTY.values()))
    stood = {guid: street(tie, guid) for _, guid in pairs}
    assert [stood[guid] for _, guid in pairs] == [travelled(text) for text in NASTY.values()]
    before = tie.places()
    for number in range(10):
        for account, guid in pairs:
            if number % 2:
                tie.crm_edit("Account", account, Fax=str(number))
            else:
                tie.erp_edit("Customers", guid, FaxNumber=str(number))
        tie.cycle()
    tie.settle()
    assert {guid: street(tie, guid) for _, guid in pairs} == stood
    assert {tie.org.held("Account", account)["Fax"] for account, _ in pairs} == {"9"}
    texts = [(one.after or {}).get("BillingStreet") for one in tie.org.by_engine(before[0]) if one.kind == "Account"]
    assert {travelled(text) for text in texts if text} <= {travelled(text) for text in NASTY.values()}
    tie.idle()


def test_texts_typed_in_the_back_office_come_as_they_are(tie: Any) -> None:
    texts = {name: text for name, text in NASTY.items() if name != "long"}
    guids = {name: tie.customer(CustomerName=f"{name} {text}"[:255]) for name, text in texts.items()}
    tie.settle()
    for name, guid in guids.items():
        account = tie.org.held("Account", tie.link(guid).crm_key)
        assert travelled(account["Name"]) == travelled(f"{name} {texts[name]}"), name
    tie.idle()


@pytest.mark.deep
@UNHURRIED
@given(texts=st.lists(st.text(IN_XML, max_size=200), max_size=12))
def test_any_text_survives_the_way_there_and_back(tie: Any, texts: list[str]) -> None:
    pairs = promoted(tie, texts)
    assert [street(tie, guid) for _, guid in pairs] == [travelled(text) for text in texts]
    for _, guid in pairs:
        tie.erp_edit("Customers", guid, PhoneNumber="1")
    tie.settle()
    assert [street(tie, guid) for _, guid in pairs] == [travelled(text) for text in texts]
    tie.idle()


@pytest.mark.parametrize("text", NOT_IN_XML.values(), ids=NOT_IN_XML)
def test_a_text_the_back_office_cannot_hold_is_refused_with_its_field(tie: Any, text: str) -> None:
    (bad, _), (good, guid) = tie.pair(), tie.pair()
    for account, street_ in ((bad, text), (good, "Main Street")):
        tie.crm_edit("Account", account, BillingStreet=street_)
    assert tie.settle() == []
    assert street(tie, guid) == "Main Street"
    assert tie.panel(bad)["Sync_Status__c"] == "Out of Sync"
    assert "StreetAddress" in tie.panel(bad)["Reason__c"]
    tie.idle()


IMPOSSIBLE = {"surrogate": "half \\ud800 pair", "nul": "nul \\u0000 byte"}


def says(box: Any, stored: str, escape: str) -> None:
    """Until calmed, the system shows this instead of what it stored."""

    def between(_request: Any, answer: Any) -> Any:
        response = answer()
        return replace(response, body=response.body.replace(stored.encode(), escape.encode()))

    box.between = between


@pytest.mark.parametrize("escape", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_a_text_no_system_can_hold_stops_one_record_only(tie: Any, escape: str) -> None:
    says(tie.erp, "IMPOSSIBLE-1", escape)
    bad, good = tie.customer(PhoneNumber="IMPOSSIBLE-1"), tie.customer(PhoneNumber="1")
    assert tie.settle() == []
    assert tie.org.held("Account", tie.link(good).crm_key)["Phone"] == "1"
    tie.idle()
    tie.erp_edit("Customers", bad, PhoneNumber="2")
    tie.settle()
    assert tie.org.held("Account", tie.link(bad).crm_key)["Phone"] == "2"


@pytest.mark.parametrize("escape", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_a_text_of_the_org_no_system_can_hold_stops_one_record_only(tie: Any, escape: str) -> None:
    (account, bad), (other, good) = tie.pair(), tie.pair()
    says(tie.org, "IMPOSSIBLE-2", escape)
    tie.crm_edit("Account", account, Phone="IMPOSSIBLE-2")
    tie.crm_edit("Account", other, Phone="1")
    assert tie.settle() == []
    assert tie.erp.held("Customers", good)["PhoneNumber"] == "1"
    assert not tie.erp.held("Customers", bad)["PhoneNumber"]
    assert tie.panel(account)["Sync_Status__c"] == "Out of Sync"
    assert "Phone" in tie.panel(account)["Reason__c"]
    tie.crm_edit("Account", account, Phone="2")
    tie.settle()
    assert tie.erp.held("Customers", bad)["PhoneNumber"] == "2"


def test_empty_missing_and_the_word_null(tie: Any) -> None:
    account, guid = tie.pair(PhoneNumber="1", FaxNumber="2", Website="https://x.example")
    tie.crm_edit("Account", account, Phone=None, Fax="", Website="https://null.example")
    tie.settle()
    held = tie.erp.held("Customers", guid)
    assert (held["PhoneNumber"], held["FaxNumber"]) == (None, None)
    tie.erp_edit("Customers", guid, PhoneNumber="null", FaxNumber="0")
    tie.settle()
    row = tie.org.held("Account", account)
    assert (row["Phone"], row["Fax"]) == ("null", "0")
    tie.erp_edit("Customers", guid, PhoneNumber="", FaxNumber=None, Website=None)
    tie.settle()
    row = tie.org.held("Account", account)
    assert not any(row.get(name) for name in ("Phone", "Fax", "Website"))
    tie.idle()


def test_a_text_that_does_not_fit_is_refused_whole(tie: Any) -> None:
    """The org takes 40 characters of a phone number: nothing is cut, and the rest of the record still travels later."""
    account, guid = tie.pair()
    tie.erp_edit("Customers", guid, PhoneNumber="5" * 41)
    before = tie.org.last()
    tie.settle()
    assert [one for one in tie.org.by_engine(before) if one.kind == "Account"] == []
    panel = tie.panel(account)
    assert panel["Sync_Status__c"] == "Out of Sync"
    assert "41 characters, 40 fit" in panel["Reason__c"]
    tie.crm_edit("Account", account, Fax="while it is too long")
    assert tie.settle() == []
    tie.erp_edit("Customers", guid, PhoneNumber="5" * 40)
    assert tie.settle() == []
    assert tie.org.held("Account", account)["Phone"] == "5" * 40
    assert tie.erp.held("Customers", guid)["FaxNumber"] == "while it is too long"
    assert tie.panel(account)["Sync_Status__c"] == "In Sync"
    tie.idle()


def test_a_megabyte_is_refused_with_the_limit_and_holds_up_nobody(tie: Any) -> None:
    bad = tie.customer(CustomerName="N" * 1_000_000)
    good = tie.customer()
    assert tie.settle() == []
    assert tie.link(good).crm_key
    problem = tie.link(bad).problem
    assert problem is not None
    assert "1000000 characters, 255 fit" in problem.reason
    tie.idle()
