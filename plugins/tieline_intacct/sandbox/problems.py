"""What can go wrong, with the numbers and words of the vendor's gateway.

Numbers and patterns are from recorded replies [T], the reference [D] or the SDKs [S]; words beyond those are ours [I].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BAD_XML = "XL03000003"
NOT_SIGNED_IN = "XL03000006"
ROLLED_BACK = "XL03000009"
NOT_UNIQUE = "BL34000061"
BUSINESS = "BL01001973"
INVALID = "BL03000018"
DUPLICATE_DOCUMENT = "BL03002185"
PROCESSING = "DL02000001"
NO_PERMISSION = "WSP001"
TOO_MANY = "GW-0010"
BAD_CREDENTIALS = "GW-0011"
COMPANY_EXPIRED = "PL04000055"
BAD_SIGN_IN = "XMLGW_JPP0002"
QUERY_FAILED = "Query Failed"
_LONGEST_NAME = 80  # of what a caller made up, in an answer to it
CHECK_AGAIN = "Check the transaction for errors or inconsistencies, then try again."


@dataclass(frozen=True, slots=True)
class Problem:
    """One `error`. A client that reads `description2` unasked breaks without it: it is always there [T]."""

    number: str
    words: str
    correction: str = ""
    object: str = ""
    field: str = ""
    description: str = ""


class Refused(Exception):
    """A function that fails; nothing of it is kept."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems[0].words)
        self.problems: Sequence[Problem] = problems


def refused(number: str, words: str, correction: str = "", *, object: str = "", field: str = "") -> Refused:  # noqa: A002 - the vendor's word
    return Refused(Problem(number, words, correction, object, field))


def business(words: str, correction: str = CHECK_AGAIN) -> Refused:
    return refused(BUSINESS, words, correction)


def invalid(words: str, correction: str = "") -> Refused:
    return refused(INVALID, words, correction)


def query_failed(words: str) -> Refused:
    """Text stands where a number should be [T]."""
    return refused(QUERY_FAILED, words)


def unknown_object(name: str) -> Refused:
    return query_failed(f"Object definition {name[:_LONGEST_NAME]} not found")


def unknown_field(names: Sequence[str], kind: str) -> Refused:
    return query_failed(f"Invalid fields list: there is no field {', '.join(names)} in the object {kind}")
