"""Intacct's refusals in words for a person. The words are those that recordings, the reference and reports show."""

from __future__ import annotations

import pytest

from tieline.host.translations import Translator
from tieline_intacct import explain_error
from tieline_intacct.explaining import MESSAGES, NOTES, explain, explained
from tieline_intacct.translations import FRENCH


@pytest.mark.parametrize(
    ("code", "reason", "meaning"),
    [
        ("BL34000061", "Another Customer with the given value(s) C-1  already exists. Use a unique value.", "taken"),
        ("BL03002185", "Document number 7 is already in use", "taken"),
        ("BL01001973", "This Customer is owned by the top level and cannot be changed from entity 100-US", "elsewhere"),
        ("BL01001973", "The document 'Sales Order-1' is Closed and cannot be edited", "closed"),
        ("BL01001973", "AR term 'N30' is inactive and cannot be used", "inactive"),
        ("BL01001973", "Invalid ITEMID 'I-9': no such Item is known here", "unknown"),
        ("BL01001973", "The period is closed for 05/01/2026", "period"),
        ("BL01001973", "This transaction exceeds the credit limit of customer C-1", "held"),
        ("BL01001973", "The customer is on hold", "held"),
        ("BL03000018", "NAME is too long: 101 characters", "long"),
        ("BL01001973", "Location is required on every line", "missing"),
        ("BL01001973", "There is no exchange rate from GBP to USD", "money"),
        ("WSP001", "You do not have permission for API operation CREATE", "rights"),
        ("GW-0010", "API rate limit exceeded", "busy"),
        ("", "The Service is Temporarily Off-line. Please Try Again Later", "busy"),
        ("BL03000018", "EMAIL1 is not a valid email address: x", "form"),
    ],
)  # fmt: skip
def test_a_refusal_is_explained_with_intacct_s_own_words(code: str, reason: str, meaning: str) -> None:
    told = explained(code, reason)
    assert told is not None
    assert (told.reason, told.next_step) == (f"{MESSAGES[meaning]} Intacct says: {reason}", NOTES[meaning])


def test_it_is_said_in_french_but_for_intacct_s_words() -> None:
    told = explain("intacct", "BL01001973", "AR term 'N30' is inactive and cannot be used")
    assert told is not None
    french = Translator([FRENCH])
    assert french.text("fr", told.reason) == (
        "Un élément nommé ici est inactif dans Intacct. Intacct indique : AR term 'N30' is inactive and cannot be used"
    )
    assert french.text("fr", told.next_step).startswith("Choisissez-en un autre")


def test_what_is_not_known_or_not_intacct_s_is_left_alone() -> None:
    assert explain_error("intacct", "XYZ-1", "Smart Rule 7 says no") is None
    assert explain_error("intacct", "no_term", "the customer has no AR term") is None  # our own, and plain already
    assert explain_error("intacct", "BL01001973", "The concurrency of this smart event is wrong") is None
    assert explain_error("toy", "BL34000061", "already exists") is None


def test_every_meaning_has_a_next_step() -> None:
    assert MESSAGES.keys() == NOTES.keys()
