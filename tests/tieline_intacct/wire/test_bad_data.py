"""What Intacct cannot take: its words and ours stand on the record in the person's language, and nothing is half-made.

All of it is pressed at once and answered in the same cycles; each test looks at one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

ODD = "Ampère & Söhne <3 \U0001f389 \"x\" 'y'"
LONG = "N" * 101


@dataclass
class Bad:
    """The answers by case, and the records they are about; `place` is where the company's log stood before."""

    office: Any
    place: int = 0
    about: dict[str, str] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)

    def told(self, case: str) -> tuple[str, str]:
        return self.answers[case]["Status__c"], self.answers[case]["Message__c"]

    def made_for(self, case: str) -> list[str]:
        """Documents that the company ever kept for the opportunity, by its log."""
        changes = [one for one in self.office.made_since(self.place) if one.kind == "SODOCUMENT"]
        return [one.id for one in changes if str((one.after or {}).get("EXTERNALID", "")).startswith(self.about[case])]


def _set_up(office: Any) -> Bad:
    """A quote that is closed and an item that goes in the moment in which a document is made of them."""
    bad = Bad(office)
    account, (good, goes, sleeps) = office.sold(3)
    for case, product in (("closed", good), ("item", goes), ("sleeping", sleeps), ("term", good), ("place", good)):
        bad.about[case] = office.opportunity(account, product)
    quoted = office.pressed("create_sales_quote", "Opportunity", bad.about["closed"])
    assert quoted["Status__c"] == "Done"
    bad.place = office.place
    code = office.rows("Product2", Id=goes)[0]["ProductCode"]
    idle = office.rows("Product2", Id=sleeps)[0]["ProductCode"]

    def before(case: str, act: Callable[[], object]) -> None:
        office.just_before(f"<externalid>{bad.about[case]}".encode(), act)

    before("closed", lambda: office.edit("update", "SODOCUMENT", quoted["Result_Id__c"], STATE="Closed"))
    before("item", lambda: office.edit("delete", "ITEM", code))
    before("sleeping", lambda: office.edit("update", "ITEM", idle, STATUS="inactive"))
    before("term", lambda: office.edit("update", "ARTERM", "N15", STATUS="inactive"))
    return bad


def _press(bad: Bad) -> None:
    office = bad.office
    order = "create_sales_order", "Opportunity"
    presses = {
        "closed": office.press(*order, bad.about["closed"]),
        "item": office.press(*order, bad.about["item"]),
        "sleeping": office.press(*order, bad.about["sleeping"], "camille"),
        "term": office.press(*order, bad.about["term"], Intacct_AR_Term__c=office.listed("AR_Term", "N15")),
        "place": office.press(*order, bad.about["place"], Intacct_Location__c=office.listed("Location", "200-DE")),
    }
    for case, name in (("long", LONG), ("odd", ODD)):
        bad.about[case] = office.make("Account", Name=name)
        presses[case] = office.press("sync_account", "Account", bad.about[case])
    bad.about["twin"] = office.product(Name="Twin", ProductCode="TWIN-1")
    office.just_before(b"<ITEMID>TWIN-1</ITEMID>", lambda: _twin(office))
    presses["twin"] = office.press("sync_product", "Product2", bad.about["twin"], "admin")
    bad.answers = dict(zip(presses, office.answered(*presses.values()), strict=True))


def _twin(office: Any) -> None:
    office.edit("create", "ITEM", "", ITEMID="TWIN-1", NAME="Somebody else's", ITEMTYPE="Non-Inventory")


@pytest.fixture(scope="module")
def bad(office: Any) -> Bad:
    made = _set_up(office)
    _press(made)
    return made


def _refused(bad: Bad, case: str) -> str:
    """What the person read; nothing of it is in the company."""
    status, message = bad.told(case)
    assert (status, bad.made_for(case)) == ("Failed", [])
    assert not bad.answers[case].get("Result_Number__c")
    return message


def test_a_document_that_was_closed_is_not_converted(bad: Bad) -> None:
    status, message = bad.told("closed")
    assert status == "Failed"
    assert message.startswith("The document is finished in Intacct: closed, converted or paid. Intacct says: ")
    assert "is Closed and cannot be converted" in message
    kinds = {row["DOCPARID"] for row in bad.office.documents(bad.about["closed"])}
    assert kinds == {"Sales Quote"}  # and no order


def test_an_item_that_is_not_there_is_named(bad: Bad) -> None:
    message = _refused(bad, "item")
    assert message.startswith("Something that is named here is not in Intacct. Intacct says: Invalid ITEMID 'I-")
    assert "Send it to Intacct first or choose another one, and try again." in message


def test_an_inactive_term_is_named(bad: Bad) -> None:
    message = _refused(bad, "term")
    assert "Something that is named here is inactive in Intacct. Intacct says: AR term 'N15' is inactive" in message


def test_the_words_are_those_of_the_person_and_intacct_s_its_own(bad: Bad) -> None:
    message = _refused(bad, "sleeping")
    assert message.startswith("Un élément nommé ici est inactif dans Intacct. Intacct indique : Item '")
    assert "is inactive and cannot be used" in message
    assert message.endswith("Choisissez-en un autre, ou faites-le activer dans Intacct, puis réessayez.")


def test_a_location_of_another_entity_is_refused(bad: Bad) -> None:
    message = _refused(bad, "place")
    assert message.startswith(
        "This belongs to another entity of Intacct, or to its top level. Intacct says: Location '200-DE'"
    )


def test_a_name_that_is_too_long_is_never_sent_nor_cut(bad: Bad) -> None:
    assert bad.told("long") == ("Failed", "Customer name has 101 characters, 100 fit. Shorten it.")
    assert not [row for row in bad.office.kept("CUSTOMER") if str(row["NAME"]).startswith("NNN")]
    (panel,) = bad.office.rows("ERP_Link__c", Record_Id__c=bad.about["long"])
    assert (panel["Reason__c"], panel["Next_Step__c"]) == ("Customer name has 101 characters, 100 fit", "Shorten it.")


def test_marks_of_xml_and_emoji_arrive_as_they_are(bad: Bad) -> None:
    assert bad.told("odd")[0] == "Done"
    (kept,) = bad.office.kept("CUSTOMER", CUSTOMERID=bad.answers["odd"]["Result_Id__c"])
    assert kept["NAME"] == ODD
    (account,) = bad.office.rows("Account", Id=bad.about["odd"])
    assert account["Name"] == ODD


def test_an_id_that_somebody_took_is_said_on_the_record(bad: Bad) -> None:
    status, message = bad.told("twin")
    assert (status, message.partition(" Intacct says")[0]) == (
        "Failed", "Another record in Intacct has this name or number already.",
    )  # fmt: skip
    (panel,) = bad.office.rows("ERP_Link__c", Record_Id__c=bad.about["twin"])
    assert panel["Sync_Status__c"] == "Out of Sync"
    assert panel["Reason__c"].startswith("Another record in Intacct has this name or number already. Intacct says: ")
    assert [row["NAME"] for row in bad.office.kept("ITEM", ITEMID="TWIN-1")] == ["Somebody else's"]


def test_a_second_press_after_the_mend_makes_one_document(bad: Bad) -> None:
    """What was refused left nothing behind that a new attempt could stumble over."""
    office = bad.office
    told = office.pressed("create_sales_order", "Opportunity", bad.about["place"])
    assert told["Status__c"] == "Done"
    assert [row["DOCNO"] for row in office.documents(bad.about["place"])] == [told["Result_Number__c"]]
