"""The gateway's errors: what they say, and what follows from it.

Numbers and words are those of the vendor's reference [D], SDKs [S], recorded replies [T] and single reports [W]. The
same number stands for several things (BL01001973, XL03000006), so texts are looked at too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from urllib.parse import unquote

from tieline_intacct.xml import Element, child, children, text

MAX_REASON = 1000
_SUPPORT = re.compile(r"\s*\[Support ID:[^\]]*\]?")

ROLLED_BACK = "XL03000009"
_SIGN_IN = {"XL03000006", "GW-0011", "XMLGW_JPP0002", "UJPP0002", "invalidRequest", "PL04000055"}
_UNIQUE = {"BL34000061", "BL03002185"}
_RATE = re.compile(r"rate limit exceeded|too many requests|GW-0010", re.IGNORECASE)
_OFFLINE = re.compile(r"temporarily off-?line|please try again later", re.IGNORECASE)
_SESSION = re.compile(r"session", re.IGNORECASE)
_PERMISSION = re.compile(r"do(es)? not have permission|WSP001|not authorized", re.IGNORECASE)
_REPEATED = re.compile(r"already (been )?(executed|processed|completed)|duplicate control ?id", re.IGNORECASE)
_TAKEN = re.compile(r"use a unique value|already exists|another .* with", re.IGNORECASE)
_ABSENT = re.compile(r"(cannot|could not|unable to) find|does not exist|not found|no .* found", re.IGNORECASE)
_SHAKY = {"DL02000001"}
_COMPANION = re.compile(r"could not (create|update|delete) [\w ]+ record\.?", re.IGNORECASE)
_NO_HELP = re.compile(r"\s*check the transaction for errors or inconsistencies, then try again\.?", re.IGNORECASE)
"""What comes with many refusals [T] and tells nobody anything."""


class Fault(Enum):
    """What follows from an error."""

    SESSION = "session"
    SIGN_IN = "sign in"
    PERMISSION = "permission"
    RATE = "rate"
    OFFLINE = "offline"
    SHAKY = "shaky"
    REPEATED = "repeated"
    TAKEN = "taken"
    ABSENT = "absent"
    QUERY = "query"
    ROLLED_BACK = "rolled back"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One `error` of a reply."""

    number: str
    words: str
    correction: str = ""
    field: str = ""
    ident: str = ""

    @property
    def sentence(self) -> str:
        correction = _NO_HELP.sub("", self.correction).strip()
        return f"{self.words.rstrip('.')}. {correction}" if correction else self.words

    @property
    def fault(self) -> Fault:
        told = f"{self.number} {self.words} {self.correction}"
        if self.number == ROLLED_BACK:
            return Fault.ROLLED_BACK
        for pattern, fault in _BY_TEXT:
            if pattern.search(told):
                return fault
        if self.number in _SIGN_IN:
            return Fault.SESSION if _SESSION.search(self.words) else Fault.SIGN_IN
        if self.number in _UNIQUE or _TAKEN.search(told):
            return Fault.TAKEN
        if self.number in _SHAKY:
            return Fault.SHAKY
        if self.number == "Query Failed" or self.number.startswith("Invalid fields"):
            return Fault.QUERY
        return Fault.ABSENT if _ABSENT.search(self.words) else Fault.DATA


_BY_TEXT = (
    (_RATE, Fault.RATE),
    (_OFFLINE, Fault.OFFLINE),
    (_REPEATED, Fault.REPEATED),
    (_PERMISSION, Fault.PERMISSION),
)


def troubles(parent: Element | None) -> tuple[Trouble, ...]:
    """The errors below an element that may hold an `errormessage`."""
    return tuple(_trouble(one) for one in children(child(parent, "errormessage")) if one.tag == "error")


def _trouble(error: Element) -> Trouble:
    more = child(error, "additionalinfo")
    target = next(children(child(more, "target")), child(more, "target"))
    field = "" if target is None else target.get("field", "") or text(target, "field")
    return Trouble(
        unquote(text(error, "errorno")), _words(error), text(error, "correction"), field, text(more, "errorid")
    )  # fmt: skip


def _words(error: Element) -> str:
    """`description2` tells most; the support number at its end helps nobody who reads it in the org."""
    told = [text(error, name) for name in ("description2", "description")]
    words = next((_SUPPORT.sub("", one).strip() for one in told if one), "")
    return words or text(error, "correction") or text(error, "errorno") or "no reason was given"


def gravest(found: Sequence[Trouble]) -> Trouble:
    """The error that says what to do: one that holds for every call, else the first real one."""
    ranked = sorted(enumerate(found), key=lambda pair: (_rank(pair[1]), pair[0]))
    return ranked[0][1] if ranked else Trouble("", "no reason was given")


_RANK = {
    Fault.SESSION: 0, Fault.SIGN_IN: 0, Fault.RATE: 0, Fault.OFFLINE: 0, Fault.REPEATED: 0, Fault.TAKEN: 1,
    Fault.ROLLED_BACK: 9,
}  # fmt: skip


def _rank(one: Trouble) -> int:
    rank = _RANK.get(one.fault, 1)
    return 5 if rank == 1 and _COMPANION.fullmatch(one.words) else rank


def reason(found: Sequence[Trouble]) -> str:
    """All errors in the vendor's words, the consequence last."""
    return "; ".join(dict.fromkeys(_told(found)))[:MAX_REASON] or "no reason was given"


def _told(found: Sequence[Trouble]) -> Iterator[str]:
    real = [one for one in found if one.fault is not Fault.ROLLED_BACK]
    telling = [one for one in real if not _COMPANION.fullmatch(one.words)]
    yield from (one.sentence for one in telling or real or found)
