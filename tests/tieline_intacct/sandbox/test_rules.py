"""Rules of the screens that a careless client meets."""

from __future__ import annotations

from typing import Any

import pytest


def update(ident: str, inside: str) -> str:
    return f"<update><CUSTOMER><CUSTOMERID>{ident}</CUSTOMERID>{inside}</CUSTOMER></update>"


def project(inside: str) -> str:
    named = "<PROJECTID>P</PROJECTID><NAME>P</NAME><PROJECTCATEGORY>Contract</PROJECTCATEGORY>"
    return f"<create><PROJECT>{named}{inside}</PROJECT></create>"


def test_a_refused_update_is_called_one(desk: Any) -> None:
    desk.customer("C-1")
    assert [words for _, words in desk.said(update("C-1", "<NAME/>"))] == [
        "Missing or invalid value in required field 'NAME'",
        "Could not update Customer record.",
    ]


def test_nobody_is_above_the_one_above_him(desk: Any) -> None:
    for ident in ("C-1", "C-2", "C-3"):
        desk.customer(ident)
    desk.good(update("C-2", "<PARENTID>C-1</PARENTID>"), update("C-3", "<PARENTID>C-2</PARENTID>"))
    for above in ("C-1", "C-2", "C-3"):
        assert "is the record itself, or below it" in desk.words(update("C-1", f"<PARENTID>{above}</PARENTID>"))


def test_a_cleared_choice_is_the_default_again(desk: Any) -> None:
    desk.customer("C-1", STATUS="inactive")
    desk.good(update("C-1", "<STATUS/>"))
    assert desk.rows("CUSTOMER", "STATUS") == [("active",)]


def test_an_id_has_no_blanks_around_it(desk: Any) -> None:
    desk.customer("C-1")
    assert "already exists" in desk.words("<create><CUSTOMER><CUSTOMERID> C-1 </CUSTOMERID><NAME>x</NAME>"
        "<DISPLAYCONTACT><PRINTAS>x</PRINTAS></DISPLAYCONTACT></CUSTOMER></create>")  # fmt: skip


@pytest.mark.parametrize(("ends", "kept"), [("01/04/2026", False), ("01/05/2026", True)])
def test_nothing_ends_before_it_begins(desk: Any, ends: str, kept: bool) -> None:
    function = project(f"<BEGINDATE>01/05/2026</BEGINDATE><ENDDATE>{ends}</ENDDATE>")
    (result,) = desk.ask(function)
    assert (result.findtext("status") == "success") is kept
