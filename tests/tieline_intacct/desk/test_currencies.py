"""Orgs of several currencies: a document is in its customer's currency, or is refused before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

CURRENCIES = {"usd": "USD", "eur": "EUR", "none": None}
"""Of the opportunity; an org of one currency has no such field."""


@pytest.fixture(scope="module")
def answers(office_of: Any) -> dict[str, Any]:
    """A customer in dollars, and what the press on each opportunity was answered."""
    office = office_of()
    office.crm.add("Account", "acc", Name="Acme")
    office.crm.add("Product2", "p1", Name="I-1", ProductCode="I-1", IsActive=True)
    told = office.answered(office.press("sync_account", "acc"), office.press("sync_product", "p1"))
    office.live.edit("update", "CUSTOMER", told[0]["Result_Id__c"], TERMNAME="N30", CURRENCY="USD")
    for case, currency in CURRENCIES.items():
        more = {"CurrencyIsoCode": currency} if currency else {}
        office.crm.add("Opportunity", f"006{case}", Name=case, AccountId="acc", **more)
        line = {"Product2Id": "p1", "Quantity": "3", "UnitPrice": "2"}
        office.crm.related[f"006{case}", "OpportunityLineItems"] = [line]
    asked = len(office.live.transport.asked)
    users = {"eur": "u-fr"}
    presses = [office.press("create_sales_order", f"006{case}", users.get(case, "u-en")) for case in CURRENCIES]
    rows = office.answered(*presses)
    sent = b"".join(one.body for one in office.live.transport.asked[asked:])
    return {"sent": sent, "office": office, **dict(zip(CURRENCIES, rows, strict=True))}


def test_the_customer_s_currency_is_sent_and_kept(answers: Any) -> None:
    assert answers["usd"]["Status__c"] == "Done"
    assert b"<currency>USD</currency>" in answers["sent"]
    kept = {str(row["DOCNO"]): row["CURRENCY"] for row in answers["office"].kept("SODOCUMENT")}
    assert kept[answers["usd"]["Result_Number__c"]] == "USD"


def test_another_currency_is_refused_in_plain_words_before_anything_is_sent(answers: Any) -> None:
    told = answers["eur"]
    assert (told["Status__c"], told.get("Result_Number__c")) == ("Failed", None)
    assert told["Message__c"] == (
        "Ceci est en EUR, et le client en USD. Vendez dans la devise du client, ou choisissez un compte dans celle-ci, "
        "puis appuyez de nouveau."
    )
    assert b"EUR" not in answers["sent"]
    assert b"<externalid>006eur" not in answers["sent"]


def test_an_org_of_one_currency_sends_none(answers: Any) -> None:
    assert answers["none"]["Status__c"] == "Done"
    assert answers["sent"].count(b"<currency>") == 1
