"""Contracts and their lines: post, renew, deliver, hold, resume."""

from __future__ import annotations

from typing import Any

import pytest

POST = "<GLPOSTINGDATE>01/01/2026</GLPOSTINGDATE>"


def contract(state: str = "In progress", ends: str = "12/31/2026", more: str = "") -> str:
    return (
        "<create><CONTRACT><CONTRACTID>K</CONTRACTID><CUSTOMERID>C-1</CUSTOMERID><NAME>K</NAME>"
        f"<BEGINDATE>01/01/2026</BEGINDATE><ENDDATE>{ends}</ENDDATE><TERMNAME>N30</TERMNAME>"
        f"<LOCATIONID>100-US</LOCATIONID><STATE>{state}</STATE>{more}</CONTRACT></create>"
    )


def line(state: str = "In progress", more: str = "") -> str:
    return (
        "<create><CONTRACTDETAIL><CONTRACTID>K</CONTRACTID><ITEMID>I-1</ITEMID><LOCATIONID>100-US</LOCATIONID>"
        f"<STATE>{state}</STATE>{more}</CONTRACTDETAIL></create>"
    )


def act(verb: str, inside: str = "", number: int = 1) -> str:
    return f"<{verb}><CONTRACTDETAIL><RECORDNO>{number}</RECORDNO>{inside}</CONTRACTDETAIL></{verb}>"


def whole(verb: str, inside: str = "") -> str:
    return f"<{verb}><CONTRACT><CONTRACTID>K</CONTRACTID>{inside}</CONTRACT></{verb}>"


def test_a_contract_is_posted_with_its_lines(shop: Any) -> None:
    shop.good(contract("Draft"), line("Draft"), line("Draft"))
    assert "is Draft, not In progress" in shop.words(act("post", POST)), "the contract comes first"
    assert "GLPOSTINGDATE" in shop.words(whole("post"))
    shop.good(whole("post", "<GLPOSTDATE>01/01/2026</GLPOSTDATE>"))
    assert shop.rows("CONTRACTDETAIL", "LINENO", "STATE", "GLPOSTINGDATE") == [
        ("1", "In progress", "01/01/2026"),
        ("2", "In progress", "01/01/2026"),
    ]
    assert "is In progress, not Draft" in shop.words(whole("post", POST))
    shop.good(line("Draft"), act("post", POST, 3))
    where = "<equalto><field>STATE</field><value>In progress</value></equalto>"
    assert len(shop.rows("CONTRACTDETAIL", "STATE", where=where)) == 3


def test_a_held_line_stays_in_progress(shop: Any) -> None:
    shop.good(contract(), line())
    on, billing = "<ASOFDATE>03/01/2026</ASOFDATE>", "<BILLING>true</BILLING>"
    assert "One of BILLING, REVENUE, EXPENSE must be true" in shop.words(act("hold"))
    assert "BILLING of contract line 1 is not on hold" in shop.words(act("resume", on + billing))
    shop.good(act("hold", on + billing))
    assert shop.rows("CONTRACTDETAIL", "STATE") == [("In progress",)]
    assert "BILLING of contract line 1 is on hold" in shop.words(act("hold", on + billing))
    shop.good(act("hold", "<REVENUE>true</REVENUE>"))
    assert "ASOFDATE" in shop.words(act("resume", billing))
    shop.good(act("resume", on + billing), act("hold", billing))
    assert "must be a date" in shop.words(act("hold", "<ASOFDATE>soon</ASOFDATE><EXPENSE>true</EXPENSE>"))


def test_a_line_is_delivered(shop: Any) -> None:
    shop.good(contract(), line())
    assert "DELIVERYDATE" in shop.words(act("deliver"))
    shop.good(act("deliver", "<DELIVERYDATE>07/31/2026</DELIVERYDATE>"))
    assert shop.rows("CONTRACTDETAIL", "DELIVERYSTATUS", "DELIVERYDATE") == [("Delivered", "07/31/2026")]


@pytest.mark.parametrize(
    ("more", "ends", "until"),
    [
        ("<RENEWALMACRO>Renew yearly</RENEWALMACRO>", "12/31/2026", "12/31/2027"),
        ("<RENEWTERMLENGTH>1</RENEWTERMLENGTH><RENEWTERMPERIOD>Months</RENEWTERMPERIOD>", "01/31/2026", "02/28/2026"),
        ("<RENEWTERMLENGTH>30</RENEWTERMLENGTH><RENEWTERMPERIOD>Days</RENEWTERMPERIOD>", "01/31/2026", "03/02/2026"),
    ],
)
def test_a_renewal_is_another_term(shop: Any, more: str, ends: str, until: str) -> None:
    shop.good(contract(ends=ends, more=more), line(more="<RENEWAL>true</RENEWAL><PRICE>9</PRICE>"), line())
    shop.good(whole("renew"))
    assert shop.rows("CONTRACT", "ENDDATE", "STATE") == [(until, "In progress")]
    lines = shop.rows("CONTRACTDETAIL", "LINENO", "PRICE", "ENDDATE")
    assert lines == [("1", "9", ends), ("2", None, ends), ("3", "9", until)]
    shop.good(whole("renew"))
    assert len(shop.rows("CONTRACTDETAIL", "LINENO")) == 4, "the last term alone is followed by another"


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ((contract("Draft"), line("Draft")), "is Draft, not In progress"),
        ((contract(),), "has no contract line"),
        ((contract(), line()), "A renewal needs RENEWTERMLENGTH"),
    ],
)
def test_renewals_that_are_refused(shop: Any, made: tuple[str, ...], words: str) -> None:
    shop.good(*made)
    assert words in shop.words(whole("renew"))


def test_what_the_verbs_do_not_know(shop: Any) -> None:
    assert "hold is no function of CONTRACT" in shop.words(whole("hold"))
    assert "renew needs a record" in shop.words("<renew/>")
    assert "Cannot find CONTRACT" in shop.words(whole("clearallmea"))
    evergreen = contract(more="<TERMTYPE>Evergreen</TERMTYPE>").replace("<ENDDATE>12/31/2026</ENDDATE>", "")
    assert "required field 'EVERGREENMACRO'" in shop.words(evergreen)


def test_what_a_line_takes_from_its_contract(shop: Any) -> None:
    shop.good(
        contract(more="<BILLINGFREQUENCY>Monthly</BILLINGFREQUENCY>"), line(), line(more="<QUANTITY>-1</QUANTITY>")
    )
    shop.good(line(more="<QUANTITY>1</QUANTITY><FLATAMOUNT>-5</FLATAMOUNT>"))
    names = ("LINENO", "BILLINGFREQUENCY", "BILLTOSOURCE", "LINETYPE")
    assert shop.rows("CONTRACTDETAIL", *names) == [
        ("1", "Monthly", "Contract value", "Sale"),
        ("2", "Monthly", "Contract value", "Debook"),
        ("3", "Monthly", "Contract value", "Discount"),
    ]


def test_how_a_contract_may_begin(shop: Any) -> None:
    assert "STATE must be one of In progress, Draft in a new Contract" in shop.words(contract("Renewed"))
    shop.good(contract())
    assert "STATE must be one of" in shop.words(line("Cancelled"))
