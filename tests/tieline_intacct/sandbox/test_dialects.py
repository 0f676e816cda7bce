"""The corners of the query dialects: places, definitions, parts, groups, values at the edge."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def three(desk: Any) -> Any:
    for at, state in enumerate(("active", "inactive", "active")):
        desk.customer(f"Q-{at}", STATUS=state, CREDITLIMIT=str(at))
    return desk


def query(select: str = "<field>CUSTOMERID</field>", more: str = "", kind: str = "CUSTOMER") -> str:
    return f"<query><object>{kind}</object><select>{select}</select>{more}</query>"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rownum = 2", "1"),
        ("rownum > 1", "1 2"),
        ("rownum >= 3", "2"),
        ("rownum > 1 AND rownum < 3", "1"),
        ("rownum = 1 AND rownum = 2", ""),
        ("rownum < 1", ""),
        ("STATUS = 'T' AND rownum = 2", "2"),
    ],
)
def test_rownum_picks_rows_by_their_place(three: Any, text: str, found: str) -> None:
    assert three.keys("CUSTOMER", text) == [f"Q-{at}" for at in found.split()]


def test_docparid_names_the_definition(shop: Any) -> None:
    made = [shop.document(name) for name in ("Sales Quote", "Sales Order")]
    named = [shop.rows("SODOCUMENT", "DOCID", more=f"<docparid>{name}</docparid>") for name in ("Sales Order", "Other")]
    assert named == [[(made[1],)], []]
    (result,) = shop.good(
        "<readByQuery><object>SODOCUMENT</object><fields>DOCID</fields><query/>"
        "<docparid>Sales Quote</docparid></readByQuery>"
    )
    assert [row.findtext("DOCID") for row in result.findall("data/*")] == [made[0]]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("<object>ITEM</object>", "object may stand in a query once"),
        ("<pagesize>1</pagesize><pagesize>2</pagesize>", "pagesize may stand in a query once"),
        ("<orderby/>", "at least one order"),
        ("<orderby><foo/></orderby>", "orderby holds order elements"),
        ("<orderby><order><ascending/></order></orderby>", "orderby holds order elements"),
        (
            "<orderby><order><field>NAME</field><ascending/><descending/></order></orderby>",
            "either ascending or descending",
        ),
        ("<options><caseinsensitive>perhaps</caseinsensitive></options>", "caseinsensitive must be true or false"),
    ],
)
def test_parts_of_a_query_stand_once_and_say_something(desk: Any, more: str, said: str) -> None:
    assert said in desk.words(query(more=more))


def test_one_is_true_too(desk: Any) -> None:
    desk.customer("E-1", NAME="Low")
    where = "<equalto><field>NAME</field><value>LOW</value></equalto>"
    for said, found in (("1", 1), ("0", 0), ("true", 1)):
        options = f"<options><caseinsensitive>{said}</caseinsensitive></options>"
        assert len(desk.rows("CUSTOMER", "NAME", where=where, more=options)) == found


def test_groups_stand_in_the_order_asked_for(three: Any) -> None:
    select = "<field>STATUS</field><count>RECORDNO</count>"
    for way, wanted in (("ascending", ["active", "inactive"]), ("descending", ["inactive", "active"])):
        order = f"<orderby><order><field>STATUS</field><{way}/></order></orderby>"
        (result,) = three.good(query(select, order))
        assert [row.findtext("STATUS") for row in result.findall("data/*")] == wanted


@pytest.mark.parametrize("text", ["1_000", "\u0663\u0663", "0x10", "NaN", "1e99999999999999999999", "1,000"])
def test_what_is_no_number(desk: Any, text: str) -> None:
    desk.customer("Q-1")
    (problem,) = desk.said(
        f"<update><CUSTOMER><CUSTOMERID>Q-1</CUSTOMERID><CREDITLIMIT>{text}</CREDITLIMIT></CUSTOMER></update>"
    )
    assert problem[0] == "BL03000018"


def test_years_of_four_digits_stay_so(desk: Any) -> None:
    desk.good(
        "<create><PROJECT><PROJECTID>P</PROJECTID><NAME>P</NAME><PROJECTCATEGORY>Contract</PROJECTCATEGORY>"
        "<BEGINDATE>01/05/0005</BEGINDATE></PROJECT></create>"
    )
    where = "<lessthan><field>BEGINDATE</field><value>01/01/2020</value></lessthan>"
    assert desk.rows("PROJECT", "BEGINDATE", where=where) == [("01/05/0005",)]


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_the_edges_of_time_in_another_zone_are_no_date(desk: Any, text: str) -> None:
    where = f"<filter><equalto><field>WHENMODIFIED</field><value>{text}</value></equalto></filter>"
    assert "must be a date" in desk.words(query(more=where))


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<filter><logical/></filter>", "logical needs"),
        ("<filter><logical logical_operator='xor'><expression/></logical></filter>", "does not know expression"),
        ("<sorts><sortfield order='down'>name</sortfield></sorts>", "order must be asc or desc"),
    ],
)
def test_lists_refuse_what_they_cannot_read(desk: Any, inside: str, said: str) -> None:
    assert said in desk.words(f"<get_list object='customer'>{inside}</get_list>")


def test_an_answer_does_not_repeat_all_it_was_asked(desk: Any) -> None:
    assert len(desk.words(query(kind="A" * 10_000))) < 200


def test_a_year_beyond_all_numbers(shop: Any, forms: Any) -> None:
    function = forms.document().replace("<year>2026</year>", "<year>99999999999999999999</year>")
    assert "datecreated must hold year, month and day" in shop.words(function)


def test_read_more_needs_a_name(desk: Any) -> None:
    assert desk.words("<readMore/>") == "readMore needs a resultId or an object"
