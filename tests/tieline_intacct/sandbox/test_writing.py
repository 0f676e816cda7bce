"""create, update and delete: what is required, unique, frozen, pointed at; what a call that fails keeps."""

from __future__ import annotations

from typing import Any

import pytest

CUSTOMER = (
    "<CUSTOMER><CUSTOMERID>{0}</CUSTOMERID><NAME>{0}</NAME><DISPLAYCONTACT>"
    "<PRINTAS>{0}</PRINTAS></DISPLAYCONTACT>{1}</CUSTOMER>"
)

SHOWN = "<like><field>CONTACTNAME</field><value>C-1%</value></like>"
NAMED = "<equalto><field>NAME</field><value>T</value></equalto>"


def create(ident: str, more: str = "") -> str:
    return f"<create>{CUSTOMER.format(ident, more)}</create>"


def update(ident: str, more: str) -> str:
    return f"<update><CUSTOMER><CUSTOMERID>{ident}</CUSTOMERID>{more}</CUSTOMER></update>"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("<NOSUCH>1</NOSUCH>", "There is no field NOSUCH in the object CUSTOMER"),
        ("<STATUS>gone</STATUS>", "STATUS must be one of active, inactive; it is 'gone'"),
        ("<CREDITLIMIT>much</CREDITLIMIT>", "CREDITLIMIT must be a number"),
        ("<ADVBILLBY>1.5</ADVBILLBY>", "ADVBILLBY must be a whole number"),
        ("<ONHOLD>maybe</ONHOLD>", "ONHOLD must be true or false"),
        ("<PARENTID>NOBODY</PARENTID>", "Invalid PARENTID 'NOBODY'"),
        ("<TERMNAME>N99</TERMNAME>", "Invalid TERMNAME 'N99'"),
        ("<BILLTO><CONTACTNAME>Nobody</CONTACTNAME></BILLTO>", "Invalid BILLTO contact 'Nobody'"),
        ("<OBJECTRESTRICTION>Restricted</OBJECTRESTRICTION>", "needs RESTRICTEDLOCATIONS"),
    ],
)
def test_a_bad_record_is_refused_with_a_second_error(desk: Any, more: str, words: str) -> None:
    assert words in desk.words(create("C-1", more))


def test_names_may_be_long_but_not_longer(desk: Any) -> None:
    desk.customer("C-1", NAME="n" * 100)
    words = desk.words(update("C-1", f"<NAME>{'n' * 101}</NAME>"))
    assert words == "NAME must not be longer than 100 characters; it has 101"


def test_an_email_must_look_like_one(desk: Any) -> None:
    function = "<create><CONTACT><CONTACTNAME>A</CONTACTNAME><PRINTAS>A</PRINTAS><EMAIL1>{}</EMAIL1></CONTACT></create>"
    assert desk.said(function.format("not one"))[0][0] == "BL03000018"
    desk.good(function.format("a@b.example"))


def test_an_inactive_term_cannot_be_used_but_stays_where_it_is(desk: Any) -> None:
    desk.customer("C-1", TERMNAME="N15")
    desk.edit("update", "ARTERM", "N15", STATUS="inactive")
    assert "AR term 'N15' is inactive" in desk.words(create("C-2", "<TERMNAME>N15</TERMNAME>"))
    desk.good(update("C-1", "<TERMNAME>N15</TERMNAME><COMMENTS>x</COMMENTS>"))


def test_a_second_record_of_the_same_id(desk: Any) -> None:
    desk.customer("C-1")
    said = desk.said(create("C-1"))
    assert [number for number, _ in said] == ["BL34000061", "BL01001973"]
    assert said[1][1] == "Could not create Customer record."


def test_numbers_of_the_company_pass_over_those_taken(desk: Any) -> None:
    desk.customer("C-00001")
    function = (
        "<create><CUSTOMER><NAME>N</NAME><DISPLAYCONTACT><PRINTAS>N</PRINTAS></DISPLAYCONTACT></CUSTOMER></create>"
    )
    (result,) = desk.good(function)
    assert result.findtext("data/customer/CUSTOMERID") == "C-00002"
    desk.switch(auto_numbering=False)
    assert "required field 'CUSTOMERID'" in desk.words(function)


def test_what_is_frozen_and_what_is_passed_over(shop: Any) -> None:
    item = "<update><ITEM><ITEMID>I-1</ITEMID>{}</ITEM></update>"
    assert "ITEMTYPE cannot be changed" in shop.words(item.format("<ITEMTYPE>Kit</ITEMTYPE>"))
    shop.good(item.format("<ITEMTYPE>Non-Inventory</ITEMTYPE><NAME>New</NAME>"))
    shop.good(update("C-1", "<WHENMODIFIED>01/01/1990 00:00:00</WHENMODIFIED><TOTALDUE>5</TOTALDUE>"))
    assert shop.rows("CUSTOMER", "TOTALDUE", "WHENMODIFIED") == [("0", "01/05/2026 10:00:00")]


def test_empty_clears_and_what_is_required_cannot_be_cleared(desk: Any) -> None:
    desk.customer("C-1", RESALENO="R", CREDITLIMIT="10.50")
    assert desk.rows("CUSTOMER", "RESALENO", "CREDITLIMIT") == [("R", "10.5")]
    desk.good(update("C-1", "<RESALENO/><CREDITLIMIT></CREDITLIMIT>"))
    assert desk.rows("CUSTOMER", "RESALENO", "CREDITLIMIT") == [(None, None)]
    assert "required field 'NAME'" in desk.words(update("C-1", "<NAME/>"))


def test_the_same_update_again_leaves_no_trace(desk: Any) -> None:
    desk.customer("C-1")
    desk.clock.advance(5)
    desk.good(update("C-1", "<COMMENTS>x</COMMENTS>"))
    stamp = desk.rows("CUSTOMER", "WHENMODIFIED")
    desk.clock.advance(5)
    count = len(desk.log())
    desk.good(update("C-1", "<COMMENTS>x</COMMENTS><DISPLAYCONTACT/>"))
    assert (desk.rows("CUSTOMER", "WHENMODIFIED"), len(desk.log())) == (stamp, count)


def test_the_display_contact_is_a_contact_of_its_own(desk: Any) -> None:
    desk.good(
        create("C-1", "<HIDEDISPLAYCONTACT>true</HIDEDISPLAYCONTACT>").replace(
            "</PRINTAS>", "</PRINTAS><PHONE1>1</PHONE1><MAILADDRESS><CITY>Bern</CITY></MAILADDRESS>"
        )
    )
    assert desk.rows("CONTACT", "CONTACTNAME", "PHONE1", "VISIBLE", where=SHOWN) == [("C-1(CC-1)", "1", "false")]
    desk.clock.advance(60)
    desk.good(update("C-1", "<DISPLAYCONTACT><PHONE1>2</PHONE1></DISPLAYCONTACT>"))
    names = ("DISPLAYCONTACT.PHONE1", "DISPLAYCONTACT.MAILADDRESS.CITY", "WHENMODIFIED")
    assert desk.rows("CUSTOMER", *names) == [("2", "Bern", "01/05/2026 10:01:00")]
    (result,) = desk.good("<readByName><object>CUSTOMER</object><keys>C-1</keys><fields>*</fields></readByName>")
    assert result.findtext("data/CUSTOMER/DISPLAYCONTACT/MAILADDRESS/CITY") == "Bern"
    (result,) = desk.good("<readByQuery><object>CUSTOMER</object><fields>*</fields><query/></readByQuery>")
    flat = {cell.tag: cell.text for cell in result.find("data/customer")}
    assert flat["DISPLAYCONTACT.MAILADDRESS.CITY"] == "Bern"


def test_named_contacts_and_their_removal(desk: Any) -> None:
    desk.good(
        "<create><CONTACT><CONTACTNAME>Ann</CONTACTNAME><PRINTAS>Ann</PRINTAS><PHONE1>7</PHONE1></CONTACT></create>"
    )
    desk.good(create("C-1", "<BILLTO><CONTACTNAME>Ann</CONTACTNAME></BILLTO>"))
    assert desk.rows("CUSTOMER", "BILLTO.CONTACTNAME", "BILLTO.PHONE1", "SHIPTO.PHONE1") == [("Ann", "7", None)]
    assert "CUSTOMER 1 uses it" in desk.words("<delete_contact contactname='Ann'/>")
    desk.good(update("C-1", "<BILLTO><CONTACTNAME/></BILLTO>"))
    desk.good("<delete_contact contactname='Ann'/>")
    assert desk.rows("CUSTOMER", "BILLTO.CONTACTNAME") == [(None,)]


def test_a_delete_of_several_goes_on_after_one_that_fails(desk: Any) -> None:
    desk.customer("C-1")
    desk.customer("C-2")
    (result,) = desk.ask("<delete><object>CUSTOMER</object><keys>1,99,2</keys></delete>")
    assert result.findtext("status") == "failure"
    assert "Cannot find CUSTOMER with key '99'" in result.findtext("errormessage/error/description2")
    assert desk.rows("CUSTOMER", "CUSTOMERID") == []


def test_fields_of_the_company_own(desk: Any, forms: Any) -> None:
    desk.edit("create", "CustomField", OBJECT="CUSTOMER", NAME="CRM_ID")
    desk.edit("create", "CustomField", OBJECT="SODOCUMENT", NAME="WAVE", DATATYPE="enum", VALUES=["one", "two"])
    desk.customer("C-1", CRM_ID="006xx")
    desk.item("I-1")
    assert desk.rows(
        "CUSTOMER", "CUSTOMERID", where="<equalto><field>CRM_ID</field><value>006xx</value></equalto>"
    ) == [("C-1",)]
    block = (
        "<customfields><customfield><customfieldname>WAVE</customfieldname>"
        "<customfieldvalue>{}</customfieldvalue></customfield></customfields>"
    )
    desk.good(forms.document(header=block.format("two")))
    assert desk.rows("SODOCUMENT", "WAVE") == [("two",)]
    assert "WAVE must be one of one, two" in desk.words(forms.document(header=block.format("six")))
    (result,) = desk.good("<lookup><object>CUSTOMER</object></lookup>")
    assert {one.findtext("ID") for one in result.iter("Field") if one.findtext("ISCUSTOM") == "true"} == {"CRM_ID"}


def test_lists_are_kept_as_they_came(desk: Any) -> None:
    listed = (
        "<CONTACT_LIST_INFO><CATEGORYNAME>Boss</CATEGORYNAME><CONTACT><NAME>"
        "Sam Keeper</NAME></CONTACT></CONTACT_LIST_INFO>"
    )
    desk.good(create("C-1", listed))
    (result,) = desk.good("<read><object>CUSTOMER</object><keys>1</keys><fields>*</fields></read>")
    assert result.findtext("data/CUSTOMER/CONTACT_LIST_INFO/CONTACT/NAME") == "Sam Keeper"


def test_a_project_a_task_and_a_contract(shop: Any) -> None:
    (project,) = shop.good(
        "<create><PROJECT><NAME>P</NAME><PROJECTCATEGORY>Contract</PROJECTCATEGORY><CUSTOMERID>C-1</CUSTOMERID></PROJECT></create>"
    )
    ident = project.findtext("data/project/PROJECTID")
    shop.good(
        f"<create><TASK><NAME>T</NAME><PROJECTID>{ident}</PROJECTID><TASKSTATUS>Planned</TASKSTATUS></TASK></create>"
    )
    assert shop.rows("TASK", "NAME", "PROJECT.CUSTOMER.NAME", "PROJECTNAME", where=NAMED) == [("T", "C-1 Ltd", "P")]
    shop.good(
        f"<update><TASK><PROJECTID>{ident}</PROJECTID><TASKID>3</TASKID><TASKSTATUS>Completed</TASKSTATUS></TASK></update>"
    )
    assert shop.rows("TASK", "TASKSTATUS", where=NAMED) == [("Completed",)]
    contract = (
        "<create><CONTRACT><CUSTOMERID>C-1</CUSTOMERID><NAME>K</NAME><BEGINDATE>01/01/2026</BEGINDATE>{}<TERMNAME>N30</TERMNAME>"
        "<TERMTYPE>Termed</TERMTYPE><LOCATIONID>100-US</LOCATIONID><STATE>Draft</STATE></CONTRACT></create>"
    )
    assert "required field 'ENDDATE'" in shop.words(contract.format(""))
    (made,) = shop.good(contract.format("<ENDDATE>12/31/2026</ENDDATE>"))
    name = made.findtext("data/contract/CONTRACTID")
    line = (
        f"<create><CONTRACTDETAIL><CONTRACTID>{name}</CONTRACTID><ITEMID>I-1</ITEMID>"
        "<STATE>Draft</STATE><LOCATIONID>100-US</LOCATIONID></CONTRACTDETAIL>"
        "</create>"
    )
    shop.good(line, line)
    assert shop.rows("CONTRACTDETAIL", "LINENO", "STATE", "BILLINGMETHOD") == [
        ("1", "Draft", "Fixed price"),
        ("2", "Draft", "Fixed price"),
    ]
