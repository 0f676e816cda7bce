"""What Intacct cannot take: its words and ours stand on the record in the person's language, and nothing is half-made.

The real engine, the real client, the local Intacct called directly; the CRM is a toy. All of it is pressed at once and
answered in the same cycles; each test looks at one. What is in the company is told by its own log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

ENTITY = "100-US"
ODD = "Ampère & Söhne <3 \U0001f389 \"x\" 'y'"
LONG = "N" * 101


def _sold(office: Any) -> None:
    """An account with a term and three products, all in Intacct; an opportunity of one line for each case."""
    crm = office.crm
    crm.add("Account", "acc", Name="Acme")
    products = {"good": "I-1", "goes": "I-2", "sleeps": "I-3"}
    for name, code in products.items():
        crm.add("Product2", name, Name=code, ProductCode=code, IsActive=True)
    presses = [office.press("sync_product", name) for name in products]
    told = office.answered(office.press("sync_account", "acc"), *presses)
    assert {row["Status__c"] for row in told} == {"Done"}
    office.live.edit("update", "CUSTOMER", told[0]["Result_Id__c"], TERMNAME="N30")
    for case, product in CASES.items():
        crm.add("Opportunity", _deal(case), Name=f"Deal {case}", AccountId="acc")
        line = {"Product2Id": product, "Quantity": "3", "UnitPrice": "12.5"}
        crm.related[_deal(case), "OpportunityLineItems"] = [line]


CASES = {"closed": "good", "item": "goes", "sleeping": "sleeps", "term": "good", "place": "good"}
"""The product that is sold."""


def _deal(case: str) -> str:
    return f"006{case:0>12}AAA"[:18].replace(" ", "0")


def _meanwhile(office: Any, quote: str) -> None:
    """What people there do in the moment in which a document is made."""
    acts: dict[str, Callable[[], object]] = {
        "closed": lambda: office.live.edit("update", "SODOCUMENT", quote, STATE="Closed"),
        "item": lambda: office.live.edit("delete", "ITEM", "I-2"),
        "sleeping": lambda: office.live.edit("update", "ITEM", "I-3", STATUS="inactive"),
        "term": lambda: office.live.edit("update", "ARTERM", "N15", STATUS="inactive"),
    }
    office.waiting += [(f"<externalid>{_deal(case)}".encode(), act) for case, act in acts.items()]
    twin = {"ITEMID": "TWIN-1", "NAME": "Somebody else's", "ITEMTYPE": "Non-Inventory"}
    office.waiting.append((b"<ITEMID>TWIN-1</ITEMID>", lambda: office.live.edit("create", "ITEM", "", **twin)))


@dataclass
class Bad:
    office: Any
    answers: dict[str, Mapping[str, Any]]

    def told(self, case: str) -> tuple[str, str]:
        return str(self.answers[case]["Status__c"]), str(self.answers[case]["Message__c"])

    def refused(self, case: str) -> str:
        """What the person read; nothing of it is in the company."""
        status, message = self.told(case)
        assert (status, self.office.made_for(_deal(case))) == ("Failed", [])
        assert not self.answers[case].get("Result_Number__c")
        return message


@pytest.fixture(scope="module")
def bad(office_of: Any) -> Bad:
    office = office_of(ENTITY)
    _sold(office)
    (quoted,) = office.answered(office.press("create_sales_quote", _deal("closed")))
    assert quoted["Status__c"] == "Done"
    mirror = next(key for key, row in office.crm.alive("ERP_Document__c").items())
    office.crm.related[_deal("closed"), "ERP_Documents__r"] = [
        {**office.crm.alive("ERP_Document__c")[mirror], "Id": mirror}
    ]
    office.place = office.last
    _meanwhile(office, quoted["Result_Id__c"])
    rows = {one.key: one.crm_key for name in ("ar_terms", "locations") for one in _list(office, name)}
    presses = {case: office.press("create_sales_order", _deal(case)) for case in ("closed", "item")}
    presses["sleeping"] = office.press("create_sales_order", _deal("sleeping"), "u-fr")
    presses["term"] = office.press("create_sales_order", _deal("term"), Intacct_AR_Term__c=rows["N15"])
    presses["place"] = office.press("create_sales_order", _deal("place"), Intacct_Location__c=rows["200-DE"])
    for case, name in (("long", LONG), ("odd", ODD)):
        office.crm.add("Account", case, Name=name)
        presses[case] = office.press("sync_account", case)
    office.crm.add("Product2", "twin", Name="Twin", ProductCode="TWIN-1", IsActive=True)
    presses["twin"] = office.press("sync_product", "twin")
    return Bad(office, dict(zip(presses, office.answered(*presses.values()), strict=True)))


def _list(office: Any, name: str) -> list[Any]:
    with office.context.store.reading() as tx:
        return list(tx.list_rows("books", ENTITY, name))


def test_a_document_that_was_closed_is_not_converted(bad: Bad) -> None:
    status, message = bad.told("closed")
    assert status == "Failed"
    assert message.startswith("The document is finished in Intacct: closed, converted or paid. Intacct says: ")
    assert "is Closed and cannot be converted" in message
    assert set(bad.office.made_for(_deal("closed"))) == {"Sales Quote"}  # it was closed, and no order was made


def test_an_item_that_is_not_there_is_named(bad: Bad) -> None:
    message = bad.refused("item")
    assert message.startswith("Something that is named here is not in Intacct. Intacct says: Invalid ITEMID 'I-2'")
    assert message.endswith("Send it to Intacct first or choose another one, and try again.")


def test_an_inactive_term_is_named(bad: Bad) -> None:
    message = bad.refused("term")
    assert "Something that is named here is inactive in Intacct. Intacct says: AR term 'N15' is inactive" in message


def test_the_words_are_those_of_the_person_and_intacct_s_its_own(bad: Bad) -> None:
    message = bad.refused("sleeping")
    assert message.startswith("Un élément nommé ici est inactif dans Intacct. Intacct indique : Item 'I-3' is inactive")
    assert message.endswith("Choisissez-en un autre, ou faites-le activer dans Intacct, puis réessayez.")


def test_a_location_of_another_entity_is_refused(bad: Bad) -> None:
    message = bad.refused("place")
    assert message.startswith(
        "This belongs to another entity of Intacct, or to its top level. Intacct says: Location '200-DE'"
    )


def test_a_name_that_is_too_long_is_never_sent_nor_cut(bad: Bad) -> None:
    what = "Customer name has 101 characters, 100 fit"
    assert bad.told("long") == ("Failed", f"{what}. Shorten it.")
    assert not [row for row in bad.office.kept("CUSTOMER") if str(row["NAME"]).startswith("NNN")]
    panel = bad.office.panel("long")
    assert (panel["Reason__c"], panel["Next_Step__c"]) == (what, "Shorten it.")


def test_marks_of_xml_and_emoji_arrive_as_they_are(bad: Bad) -> None:
    assert bad.told("odd")[0] == "Done"
    kept = {row["CUSTOMERID"]: row["NAME"] for row in bad.office.kept("CUSTOMER")}
    assert kept[bad.answers["odd"]["Result_Id__c"]] == ODD
    assert bad.office.crm.alive("Account")["odd"]["Name"] == ODD


def test_an_id_that_somebody_took_is_said_on_the_record(bad: Bad) -> None:
    told = "Another record in Intacct has this name or number already. Intacct says: "
    status, message = bad.told("twin")
    assert status == "Failed"
    assert message.startswith(told)
    panel = bad.office.panel("twin")
    assert panel["Sync_Status__c"] == "Out of Sync"
    assert panel["Reason__c"].startswith(told)
    assert [row["NAME"] for row in bad.office.kept("ITEM") if row["ITEMID"] == "TWIN-1"] == ["Somebody else's"]


def test_a_second_press_after_the_mend_makes_one_document(bad: Bad) -> None:
    """What was refused left nothing behind that a new attempt could stumble over."""
    (told,) = bad.office.answered(bad.office.press("create_sales_order", _deal("place")))
    assert told["Status__c"] == "Done"
    kept = [row for row in bad.office.kept("SODOCUMENT") if str(row["EXTERNALID"]).startswith(_deal("place"))]
    assert [row["DOCNO"] for row in kept] == [told["Result_Number__c"]]
