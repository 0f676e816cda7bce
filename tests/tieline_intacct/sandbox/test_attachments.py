"""Attachments and folders, by the functions that alone know them; and whom the company pays."""

from __future__ import annotations

from typing import Any

import pytest

FOLDER = "<create_supdocfolder><supdocfoldername>F</supdocfoldername></create_supdocfolder>"
DATA = "aGVsbG8="


def file(name: str = "a", data: str = DATA) -> str:
    return (
        f"<attachments><attachment><attachmentname>{name}</attachmentname><attachmenttype>txt</attachmenttype>"
        f"<attachmentdata>{data}</attachmentdata></attachment></attachments>"
    )


def doc(inside: str, verb: str = "create") -> str:
    return f"<{verb}_supdoc>{inside}</{verb}_supdoc>"


def test_files_come_on_top(desk: Any) -> None:
    desk.good(FOLDER)
    (made,) = desk.good(doc(f"<supdocname/><supdocfoldername>F</supdocfoldername>{file()}"))
    key = made.findtext("key")
    (changed,) = desk.good(
        doc(f"<supdocid>{key}</supdocid><supdocdescription>more</supdocdescription>{file('b')}", "update")
    )
    assert changed.findtext("key") == key == "ATT-00001"
    where = (
        f"<filter><expression><field>supdocid</field><operator>=</operator><value>{key}</value></expression></filter>"
    )
    listed, got = desk.good(
        f"<get_list object='supdoc'>{where}</get_list>",
        f"<get object='supdoc' key='{key}'><fields><field>attachments</field><field>supdocname</field></fields></get>",
    )
    one = listed.find("data/supdoc")
    assert (one.findtext("supdocname"), one.findtext("folder"), one.findtext("description")) == ("Unnamed", "F", "more")
    assert [each.findtext("attachmentname") for each in got.findall("data/supdoc/attachments/attachment")] == ["a", "b"]
    assert got.findtext("data/supdoc/attachments/attachment/attachmentdata") == DATA


def test_a_folder_with_something_in_it_stays(desk: Any) -> None:
    desk.good(FOLDER, doc("<supdocid>A</supdocid><supdocname>n</supdocname><supdocfoldername>F</supdocfoldername>"))
    assert "cannot be deleted" in desk.words('<delete_supdocfolder key="F"/>')
    desk.good('<delete_supdoc key="A"/>', '<delete_supdocfolder key="F"/>')
    (result,) = desk.good("<get_list object='supdocfolder'/>")
    assert result.find("listtype").get("total") == "0"


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (doc("<supdocname>n</supdocname>"), "required field 'FOLDER'"),
        (doc("<supdocname>n</supdocname><supdocfoldername>G</supdocfoldername>"), "Invalid FOLDER 'G'"),
        (doc(f"<supdocname>n</supdocname><supdocfoldername>F</supdocfoldername>{file(data='!')}"), "must be Base64"),
        (
            doc(f"<supdocname>n</supdocname><supdocfoldername>F</supdocfoldername>{file(name='')}"),
            "needs attachmentname",
        ),
        (doc("<supdocname>n</supdocname><supdocid>A</supdocid>"), "supdocid is out of order"),
        (doc("<supdocid>A</supdocid>", "update"), "Cannot find supdoc 'A'"),
        (FOLDER, "already exists"),
    ],
)
def test_what_is_refused(desk: Any, function: str, words: str) -> None:
    desk.good(FOLDER)
    assert words in desk.words(function)


def test_vendors_accounts_and_warehouses(desk: Any) -> None:
    desk.good(
        "<create><VENDOR><NAME>V &amp; Co</NAME><TERMNAME>N30</TERMNAME>"
        "<DISPLAYCONTACT><PRINTAS>V</PRINTAS></DISPLAYCONTACT></VENDOR>"
        "<GLACCOUNT><ACCOUNTNO>6700</ACCOUNTNO><TITLE>Payroll</TITLE></GLACCOUNT>"
        "<WAREHOUSE><WAREHOUSEID>W</WAREHOUSEID><NAME>W</NAME><LOC><LOCATIONID>100-US</LOCATIONID></LOC></WAREHOUSE></create>"
    )
    assert desk.rows("VENDOR", "VENDORID", "DISPLAYCONTACT.CONTACTNAME") == [("V-00001", "V & Co(VV-00001)")]
    where = "<equalto><field>ACCOUNTNO</field><value>6700</value></equalto>"
    assert desk.rows("GLACCOUNT", "TITLE", "NORMALBALANCE", where=where) == [("Payroll", "debit")]
    assert desk.rows("WAREHOUSE", "LOCATIONNAME") == [("United States",)]


def test_users_by_the_letter_of_their_type(desk: Any) -> None:
    """The sample of the reference, which writes the field in lower case."""
    (result,) = desk.good(
        "<readByQuery><object>USERINFO</object><fields>LOGINID</fields><query>usertype = 'B'</query></readByQuery>"
    )
    assert [row.findtext("LOGINID") for row in result.findall("data/*")] == ["sync"]
