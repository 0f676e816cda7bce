"""Objects that a company made for itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tieline_sandbox.application import EditRefused

NAME = "MCA_attendee"


@pytest.fixture
def fair(desk: Any) -> Any:
    desk.edit("create", "CustomObject", OBJECT=NAME, DIMENSION=True, RELATIONS={"R_attendee_customer": "customer"})
    desk.edit("create", "CustomField", OBJECT=NAME, NAME="paid_on", DATATYPE="date")
    desk.customer("C-1")
    return desk


def attendee(inside: str, verb: str = "create") -> str:
    return f"<{verb}><{NAME}>{inside}</{NAME}></{verb}>"


def test_records_are_named_by_id(fair: Any) -> None:
    made, _ = fair.good(
        attendee("<name>Ann</name><RCUSTOMER>C-1</RCUSTOMER><paid_on>2026-05-26</paid_on>"),
        attendee("<name>Bob</name>"),
    )
    assert made.findtext(f"data/{NAME}/id") == "10001"
    fair.good(attendee("<id>10002</id><name>Bobby</name>", "update"))
    assert fair.rows(NAME, "id", "name", "R_attendee_customer.NAME", "paid_on", "createdBy") == [
        ("10001", "Ann", "C-1 Ltd", "05/26/2026", "1"),
        ("10002", "Bobby", None, None, "1"),
    ]
    (read, named) = fair.good(
        f"<read><object>{NAME}</object><keys>10001</keys><fields>*</fields></read>",
        f"<readByName><object>{NAME}</object><keys>Ann</keys><fields>id</fields></readByName>",
    )
    assert read.findtext(f"data/{NAME}/createdAt") == "01/05/2026 10:00:00"
    assert named.findtext(f"data/{NAME}/id") == "10001"
    fair.good(f"<delete><object>{NAME}</object><keys>10002</keys></delete>")
    text = "id &gt;= 10000 AND NAME = 'Ann'"
    (found,) = fair.good(f"<readByQuery><object>{NAME}</object><fields>*</fields><query>{text}</query></readByQuery>")
    assert [str(one.tag) for one in found.find("data")] == [NAME]


def test_they_are_described_and_may_be_dimensions(fair: Any) -> None:
    told, listed, dimensions = fair.good(
        f"<lookup><object>{NAME}</object></lookup>", "<inspect><object>*</object></inspect>", "<getDimensions/>"
    )
    assert {"id", "name", "paid_on"} <= {one.findtext("ID") for one in told.iter("Field")}
    assert told.findtext(".//Relationship/OBJECTPATH") == "R_attendee_customer"
    assert NAME in [one.get("typename") for one in listed.iter("type")]
    own = [one.findtext("objectName") for one in dimensions.iter("dimension")
           if one.findtext("userDefinedDimension") == "true"]  # fmt: skip
    assert own == [NAME]


def test_what_they_point_at_stays(fair: Any) -> None:
    fair.good(attendee("<name>Ann</name><RCUSTOMER>C-1</RCUSTOMER>"))
    assert f"{NAME} 10001 uses it" in fair.words("<delete_customer customerid='C-1'/>")
    assert "Invalid RCUSTOMER 'C-9'" in fair.words(attendee("<name>x</name><RCUSTOMER>C-9</RCUSTOMER>"))
    assert "required field 'name'" in fair.words(attendee("<RCUSTOMER>C-1</RCUSTOMER>"))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"OBJECT": ""}, "needs an OBJECT name"),
        ({"OBJECT": "a b"}, "needs an OBJECT name"),
        ({"OBJECT": "customer"}, "that is not taken"),
        ({"OBJECT": "x", "RELATIONS": {"r": "NOBODY"}}, "there is none called NOBODY"),
        ({"OBJECT": "x", "RELATIONS": {"r": "TASK"}}, "there is none called TASK"),
    ],
)
def test_what_cannot_be_made(desk: Any, values: dict[str, Any], words: str) -> None:
    with pytest.raises(EditRefused, match=words):
        desk.edit("create", "CustomObject", **values)


def test_they_are_there_after_a_restart(opened: Any, tmp_path: Path) -> None:
    desk = opened(folder=tmp_path)
    desk.edit("create", "CustomObject", OBJECT=NAME)
    desk.good(attendee("<name>Ann</name>"))
    desk.intacct.state.close()
    again = opened(folder=tmp_path)
    again.good(attendee("<name>Bob</name>"))
    (named,) = again.good(f"<readByName><object>{NAME}</object><keys>Bob</keys><fields>id</fields></readByName>")
    assert named.findtext(f"data/{NAME}/id") == "10002"
