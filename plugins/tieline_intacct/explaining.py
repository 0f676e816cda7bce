"""What a refusal of Intacct means for the person who reads it, in our words; Intacct's own stand behind them.

The gateway's numbers are ambiguous (BL01001973 stands for most things [D] [T]), so the words tell. What no rule knows
is left as it is: a wrong explanation is worse than none.
"""

from __future__ import annotations

import re

from tieline.contract import Explanation
from tieline_intacct.faults import Fault, Trouble
from tieline_intacct.names import SYSTEM

TAKEN, ELSEWHERE, CLOSED, INACTIVE, UNKNOWN = "taken", "elsewhere", "closed", "inactive", "unknown"
LONG, MISSING, MONEY, RIGHTS, BUSY, FORM = "long", "missing", "money", "rights", "busy", "form"
PERIOD, HELD = "period", "held"

MESSAGES = {
    TAKEN: "Another record in Intacct has this name or number already.",
    ELSEWHERE: "This belongs to another entity of Intacct, or to its top level.",
    CLOSED: "The document is finished in Intacct: closed, converted or paid.",
    PERIOD: "The accounting period is closed in Intacct.",
    HELD: "The customer is on hold in Intacct, or over its credit limit.",
    INACTIVE: "Something that is named here is inactive in Intacct.",
    UNKNOWN: "Something that is named here is not in Intacct.",
    LONG: "A text is longer than Intacct takes.",
    MISSING: "Intacct wants a field that is empty.",
    MONEY: "The currency does not fit.",
    RIGHTS: "Intacct does not let our user do this.",
    BUSY: "Intacct is busy or closed for maintenance.",
    FORM: "A value is not in a form that Intacct takes.",
}
NOTES = {
    TAKEN: "Give this one another name or number, or have the other one changed in Intacct, and try again.",
    ELSEWHERE: "Choose the entity or the location where it belongs, and try again.",
    CLOSED: "Go on with the document that was made of it, or have it opened again in Intacct.",
    PERIOD: "Choose a date in an open period, or have this one opened in Intacct, and try again.",
    HELD: "Ask those who look after receivables, and try again.",
    INACTIVE: "Choose another one, or have it made active in Intacct, and try again.",
    UNKNOWN: "Send it to Intacct first or choose another one, and try again.",
    LONG: "Shorten it, and try again.",
    MISSING: "Fill it in, and try again.",
    MONEY: "Choose the currency of the customer, or have the rate set up in Intacct, and try again.",
    RIGHTS: "Ask the administrator of Intacct for this right, and try again.",
    BUSY: "Try again later.",
    FORM: "Correct it, and try again.",
}
"""What a person can do."""

_BY_FAULT = {
    Fault.TAKEN: TAKEN, Fault.PERMISSION: RIGHTS, Fault.RATE: BUSY, Fault.OFFLINE: BUSY, Fault.SHAKY: BUSY,
}  # fmt: skip
_BY_WORDS = tuple(
    (re.compile(pattern, re.IGNORECASE), meaning)
    for pattern, meaning in (
        (r"owned (by|at)|belongs? to (the|another) entity|from entity|top level", ELSEWHERE),
        (r"exchange rate|\bcurrenc|basecurr", MONEY),
        (r"(period|books?|subledger|module) (is|are|was|were|has been|have been) closed|closed period", PERIOD),
        (r"credit limit|\bon hold\b", HELD),
        (r"cannot be (edited|converted|changed any more|deleted)|left to convert|is closed", CLOSED),
        (r"too long|longer than|(maximum|exceeds the) (length|size|number of characters)", LONG),
        (r"does not exist|no such|not known|(cannot|could not|unable to) find|not found|is not set up", UNKNOWN),
        (r"\binactive\b|not active", INACTIVE),
        (r"required|missing|is needed|\bneeds\b", MISSING),
        (r"is not a valid|not a valid|must be|invalid", FORM),
    )
)


def explained(code: str, reason: str) -> Explanation | None:
    """In English; the catalogue has the French."""
    meaning = _BY_FAULT.get(Trouble(code, reason).fault) or _by_words(reason)
    if not meaning or code.islower():  # our own refusals have codes of ours, and say what they mean
        return None
    told = MESSAGES[meaning]
    words = f"{told} Intacct says: {reason}"
    return Explanation(words, NOTES[meaning])


def _by_words(reason: str) -> str:
    return next((meaning for pattern, meaning in _BY_WORDS if pattern.search(reason)), "")


def explain(system: str, code: str, reason: str) -> Explanation | None:
    return explained(code, reason) if system == SYSTEM else None
