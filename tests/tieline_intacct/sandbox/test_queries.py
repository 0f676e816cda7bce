"""Both dialects: what finds what, in which order, how much at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest


@pytest.fixture
def five(desk: Any, forms: Any) -> Any:
    for at, (name, limit) in enumerate(
        [("Alpha", "9"), ("beta", "10"), ("Gamma", ""), ("Delta", "100"), ("alpha", "2")]
    ):
        desk.customer(f"Q-{at}", NAME=name, CREDITLIMIT=limit, STATUS="inactive" if at == 3 else "active")
        desk.clock.advance(1)
    return desk


def leaf(name: str, field: str, *values: str) -> str:
    return f"<{name}><field>{field}</field>{''.join(f'<value>{v}</value>' for v in values)}</{name}>"


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (leaf("equalto", "NAME", "alpha"), "4"),
        (leaf("notequalto", "CREDITLIMIT", "9"), "1 3 4"),
        (leaf("lessthan", "CREDITLIMIT", "10"), "0 4"),
        (leaf("between", "CREDITLIMIT", "9", "100"), "0 1 3"),
        (leaf("in", "CREDITLIMIT", "9.00", "2"), "0 4"),
        (leaf("notin", "CREDITLIMIT", "9", "2"), "1 3"),
        (leaf("like", "NAME", "_l%a"), "0 4"),
        (leaf("notlike", "NAME", "%a"), ""),
        (leaf("isnull", "CREDITLIMIT"), "2"),
        (leaf("isnotnull", "CREDITLIMIT"), "0 1 3 4"),
        (leaf("equalto", "ONHOLD", "false"), "0 1 2 3 4"),
        (leaf("equalto", "ONHOLD", "F"), ""),
        (leaf("greaterthan", "WHENMODIFIED", "01/05/2026 10:00:02"), "3 4"),
        (leaf("greaterthanorequalto", "WHENMODIFIED", "2026-01-05T10:00:02Z"), "2 3 4"),
        (leaf("equalto", "TERMNAME", "N30"), ""),
        (f"<or>{leaf('equalto', 'CUSTOMERID', 'Q-1')}{leaf('equalto', 'STATUS', 'inactive')}</or>", "1 3"),
        (f"<and>{leaf('equalto', 'CUSTOMERID', 'Q-1')}{leaf('equalto', 'STATUS', 'inactive')}</and>", ""),
    ],
)  # fmt: skip
def test_filters(five: Any, where: str, found: str) -> None:
    assert [row[0] for row in five.rows("CUSTOMER", "CUSTOMERID", where=where)] == [f"Q-{at}" for at in found.split()]


def test_case_may_be_passed_over(five: Any) -> None:
    fold = "<options><caseinsensitive>true</caseinsensitive></options>"
    rows = five.rows("CUSTOMER", "CUSTOMERID", where=leaf("equalto", "NAME", "ALPHA"), more=fold)
    assert rows == [("Q-0",), ("Q-4",)]
    assert five.rows("CUSTOMER", "CUSTOMERID", where=leaf("equalto", "CUSTOMERID", "q-1"), more=fold) == [("Q-1",)]
    assert five.rows("CUSTOMER", "CUSTOMERID", where=leaf("like", "NAME", "BE%"), more=fold) == [("Q-1",)]


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (leaf("lessthan", "CREDITLIMIT", "much"), "CREDITLIMIT must be a number"),
        (leaf("equalto", "WHENMODIFIED", "soon"), "WHENMODIFIED must be a date"),
        (leaf("between", "CREDITLIMIT", "1"), "between takes 2 values, not 1"),
        (leaf("in", "CREDITLIMIT", *["1"] * 1001), "in takes 1 to 1000 values"),
        (leaf("isnull", "CREDITLIMIT", "1"), "isnull takes 0 values"),
        (leaf("near", "CREDITLIMIT", "1"), "near is no operator"),
        ("<and>" + leaf("isnull", "NAME") + "</and>", "and needs two"),
        (leaf("isnull", "NAME") * 2, "exactly one condition"),
        (leaf("isnull", "PARENT.PARENT.NAME"), "can be crossed once only"),
    ],
)
def test_filters_that_are_refused(five: Any, where: str, words: str) -> None:
    query = f"<query><object>CUSTOMER</object><select><field>NAME</field></select><filter>{where}</filter></query>"
    assert words in five.words(query)


def test_pages_are_queries_of_their_own(five: Any) -> None:
    def page(offset: int) -> tuple[list[str | None], dict[str, str]]:
        text = (
            "<query><object>CUSTOMER</object><select><field>CUSTOMERID</field></select><orderby><order><field>CUSTOMERID"
            f"</field><descending/></order></orderby><pagesize>2</pagesize><offset>{offset}</offset></query>"
        )
        data = five.good(text)[0].find("data")
        return [row.text for row in data.iter("CUSTOMERID")], dict(data.attrib)

    assert page(0)[0] == ["Q-4", "Q-3"]
    five.edit("delete", "CUSTOMER", "Q-4")
    cells, told = page(2)
    assert cells == ["Q-1", "Q-0"], "Q-2 was skipped: the row before the page went away"
    assert told == {"listtype": "CUSTOMER", "totalcount": "4", "offset": "2", "count": "2", "numremaining": "0"}


def test_nulls_come_last_going_up(five: Any) -> None:
    rows = five.rows("CUSTOMER", "CREDITLIMIT", "CUSTOMERID")
    assert [row[1] for row in rows] == ["Q-4", "Q-0", "Q-1", "Q-3", "Q-2"]


def test_ties_of_one_second_need_a_second_field(five: Any) -> None:
    five.good(
        "".join(
            [
                "<create>",
                *(f"<CONTACT><CONTACTNAME>T{n}</CONTACTNAME><PRINTAS>T</PRINTAS></CONTACT>" for n in range(3)),
                "</create>",
            ]
        )
    )
    stamps = {row[0] for row in five.rows("CONTACT", "WHENMODIFIED", where=leaf("like", "CONTACTNAME", "T_"))}
    assert len(stamps) == 1


def test_aggregates_by_their_other_name(five: Any) -> None:
    text = "<query><object>CUSTOMER</object><select><sum>CREDITLIMIT</sum><count>RECORDNO</count></select></query>"
    assert [cell.tag for cell in five.good(text)[0].find("data/CUSTOMER")] == ["SUM.CREDITLIMIT", "COUNT.RECORDNO"]
    five.switch(bare_aggregates=True)
    assert [cell.tag for cell in five.good(text)[0].find("data/CUSTOMER")] == ["CREDITLIMIT", "COUNT.RECORDNO"]
    assert "sum needs a number" in five.words(text.replace("CREDITLIMIT", "NAME"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "0 1 2 3 4"),
        ("STATUS = 'T'", "0 1 2 4"),
        ("STATUS <> 'T'", "3"),
        ("ONHOLD = 'F' and CREDITLIMIT <= 10", "0 1 4"),
        ("not (STATUS = 'T')", "3"),
        ("NAME not like '%a' or NAME in ('Gamma', 'beta')", "1 2"),
        ("CREDITLIMIT is not null and CREDITLIMIT not in (9, 10)", "3 4"),
        ("WHENMODIFIED >= '01/05/2026 10:00:03'", "3 4"),
        ("rownum < 3", "0 1"),
        ("STATUS = 'T' AND rownum <= 1", "0"),
        ("CREDITLIMIT = 9 OR CREDITLIMIT = 10 AND STATUS = 'F'", "0"),
    ],
)
def test_read_by_query(five: Any, text: str, found: str) -> None:
    assert five.keys("CUSTOMER", text) == [f"Q-{at}" for at in found.split()]


@pytest.mark.parametrize(
    "text",
    [
        "STATUS", "STATUS =", "= 'T'", "STATUS = 'T' AND", "(STATUS = 'T'", "STATUS = 'T'x", "STATUS = T", "NOPE = '1'",
        "STATUS in ()", "STATUS is 'T'", "rownum <> 3", "STATUS = 'T' ; drop", "CREDITLIMIT = 'x'",
        "(" * 60 + "STATUS='T'" + ")" * 60,
    ],
)  # fmt: skip
def test_text_that_is_no_query(five: Any, text: str) -> None:
    from xml.sax.saxutils import escape

    function = f"<readByQuery><object>CUSTOMER</object><fields>*</fields><query>{escape(text)}</query></readByQuery>"
    assert five.said(function)[0][0] == "Query Failed"


def test_read_more_pins_the_set(five: Any) -> None:
    first = five.good(
        "<readByQuery><object>CUSTOMER</object><fields>CUSTOMERID</fields><query/><pagesize>2</pagesize></readByQuery>"
    )
    five.edit("delete", "CUSTOMER", "Q-2")
    ident = first[0].find("data").get("resultId")
    shown = [five.good(f"<readMore><resultId>{ident}</resultId></readMore>")[0].find("data") for _ in range(3)]
    assert [[row.findtext("CUSTOMERID") for row in data] for data in shown] == [["Q-2", "Q-3"], ["Q-4"], []]
    assert [data.get("numremaining") for data in shown] == ["1", "0", "0"]
    assert "not known" in five.words("<readMore><resultId>1customer</resultId></readMore>")
    five.good("<readMore><object>CUSTOMER</object></readMore>")


def test_reading_the_related(five: Any) -> None:
    five.good("<update><CUSTOMER><CUSTOMERID>Q-1</CUSTOMERID><PARENTID>Q-0</PARENTID></CUSTOMER></update>")
    function = (
        "<readRelated><object>CUSTOMER</object><relation>PARENT</relation><keys>"
        "2</keys><fields>NAME</fields></readRelated>"
    )
    assert [cell.text for cell in five.good(function)[0].iter("NAME")] == ["Alpha"]
    assert "no relation" in five.words(function.replace("PARENT", "NOTHING"))


def test_deletions_are_found_in_the_audit_trail(five: Any) -> None:
    before = five.clock.now()
    five.clock.advance(60)
    five.edit("delete", "CUSTOMER", "Q-2")
    after = (before + timedelta(seconds=30)).strftime("%m/%d/%Y %H:%M:%S")
    where = f"<and>{leaf('equalto', 'ACCESSMODE', 'D')}{leaf('greaterthanorequalto', 'ACCESSTIME', after)}</and>"
    assert five.rows("AUDITHISTORY", "OBJECTTYPE", "OBJECTKEY", "USERID", where=where) == [("customer", "3", "ann")]
    assert five.rows("AUDITHISTORY", "OBJECTKEY", where=leaf("equalto", "ACCESSMODE", "d")) == []
    modes = [
        row[1] for row in five.rows("AUDITHISTORY", "OBJECTTYPE", "ACCESSMODE", where=leaf("equalto", "OBJECTKEY", "3"))
    ]
    assert sorted(modes)[-3:] == ["C", "C", "D"], "a contact, a customer and the customer's end"
    five.switch(audit_failing=True)
    query = "<query><object>AUDITHISTORY</object><select><field>OBJECTKEY</field></select></query>"
    assert five.said(query)[0][0] == "DL02000001"


def test_a_function_knows_its_objects(five: Any) -> None:
    assert "not found" in five.words("<query><object>TERRITORY</object><select><field>NAME</field></select></query>")
    assert "does not know" in five.words(
        "<readByName><object>TASK</object><keys>1</keys><fields>*</fields></readByName>"
    )
    assert "no function" in five.words("<upsert/>")
