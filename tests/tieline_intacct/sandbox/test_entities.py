"""One company, several entities: who sees what, who may change it."""

from __future__ import annotations

from typing import Any

import pytest

US, DE = "100-US", "200-DE"
PRIVATE = "<options><showprivate>true</showprivate></options>"


@pytest.fixture
def three(desk: Any, forms: Any) -> Any:
    desk.customer("TOP")
    desk.good(forms.customer("US"), location=US)
    desk.good(forms.customer("DE"), location=DE)
    return desk


def names(desk: Any, more: str = "", **how: Any) -> list[str]:
    return [row[0] for row in desk.rows("CUSTOMER", "CUSTOMERID", more=more, **how)]


def test_who_sees_what(three: Any) -> None:
    assert names(three) == ["TOP"]
    assert names(three, PRIVATE) == ["DE", "TOP", "US"]
    assert names(three, location=US) == ["TOP", "US"]
    assert names(three, PRIVATE, location=US) == ["TOP", "US"]
    (result,) = three.good(
        "<read><object>CUSTOMER</object><keys>1,2,3</keys><fields>CUSTOMERID</fields></read>", location=DE
    )
    assert [cell.text for cell in result.iter("CUSTOMERID")] == ["TOP", "DE"]


def test_the_owner_is_told(three: Any) -> None:
    rows = three.rows("CUSTOMER", "CUSTOMERID", "MEGAENTITYID", "MEGAENTITYKEY", "MEGAENTITYNAME", more=PRIVATE)
    assert rows == [("DE", DE, "2", "Germany"), ("TOP", None, None, None), ("US", US, "1", "United States")]


def test_an_entity_changes_its_own_alone(three: Any) -> None:
    change = "<update><CUSTOMER><CUSTOMERID>{}</CUSTOMERID><COMMENTS>x</COMMENTS></CUSTOMER></update>"
    assert "owned by the top level" in three.words(change.format("TOP"), location=US)
    assert "Cannot find CUSTOMER" in three.words(change.format("DE"), location=US)
    three.good(change.format("US"), location=US)
    assert "owned by the top level" in three.words(
        "<delete><object>CUSTOMER</object><keys>1</keys></delete>", location=US
    )


def test_an_id_is_taken_for_all_entities(three: Any, forms: Any) -> None:
    assert three.said(forms.customer("DE"), location=US)[0][0] == "BL34000061"


def test_a_hidden_twin_is_a_customer_not_a_contact(three: Any, forms: Any) -> None:
    ((_, words), (_, second)) = three.said(forms.customer("DE", NAME="DE Ltd"), location=US)
    assert (words, second) == (
        "Another Customer with the given value(s) DE  already exists",
        "Could not create Customer record.",
    )


def test_a_result_set_stays_in_its_entity(three: Any) -> None:
    first = (
        "<readByQuery><object>CUSTOMER</object><fields>CUSTOMERID</fields><query/><pagesize>1</pagesize></readByQuery>"
    )
    (result,) = three.good(first, location=US)
    ident = result.find("data").get("resultId")
    more = f"<readMore><resultId>{ident}</resultId></readMore>"
    for level in ("", DE):
        assert "is not known" in three.words(more, location=level)
        assert "is not known" in three.words("<readMore><object>CUSTOMER</object></readMore>", location=level)
    (result,) = three.good(more, location=US)
    assert result.find("data").get("count") == "1"


def test_what_an_entity_cannot_see_it_cannot_name(three: Any, forms: Any) -> None:
    assert "Invalid PARENTID 'DE'" in three.words(forms.customer("NEW", PARENTID="DE"), location=US)


def test_restrictions_of_the_top_level(desk: Any, forms: Any) -> None:
    desk.customer("ROOT", OBJECTRESTRICTION="RootOnly")
    desk.customer("SOME", OBJECTRESTRICTION="Restricted", RESTRICTEDLOCATIONS="100-US#~#300-FR")
    assert names(desk) == ["ROOT", "SOME"]
    assert names(desk, location=US) == ["SOME"]
    assert names(desk, location=DE) == []


def test_a_document_in_the_wrong_entity(shop: Any, forms: Any) -> None:
    assert "does not belong to the entity 200-DE" in shop.words(forms.document(), location=DE)
    shop.good(forms.document(location="110-SEA"), location=US)
    shop.good(forms.document(location=DE))


def test_a_person_works_at_a_level(three: Any) -> None:
    three.edit("create", "CUSTOMER", CUSTOMERID="P", NAME="P", MEGAENTITYID=DE, DISPLAYCONTACT={"PRINTAS": "P"})
    three.edit("update", "CUSTOMER", "DE", COMMENTS="by hand")
    rows = three.rows("CUSTOMER", "CUSTOMERID", "COMMENTS", "MEGAENTITYID", location=DE)
    assert rows == [("DE", "by hand", DE), ("P", None, DE), ("TOP", None, None)]


def test_two_companies_know_nothing_of_each_other(opened: Any, tmp_path: Any) -> None:
    one, two = opened(folder=tmp_path / "one", seed=1), opened(folder=tmp_path / "two", seed=2)
    one.customer("ONLY")
    assert names(two) == []
    first, second = one.intacct.credentials(), two.intacct.credentials()
    assert first["company_id"] != second["company_id"]
    assert first["user_password"] != second["user_password"]
    assert first["entities"] == ["100-US", "200-DE"]
