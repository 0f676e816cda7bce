"""Every status, every event: what happens to a link. Data, for people and for the test that drives the engine through
each cell. Nothing decides by this table: the status is derived (`sync.status`), and the table says what comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tieline.store.nouns import Status

BURIED = "buried"
"""Not a status: the link is a tombstone and leaves the panel. Its history stays."""

Result = Status | str


class Event(StrEnum):
    """What can happen to a link, in the words of the table."""

    PROMOTE = "promote"
    CRM_EDIT = "CRM edit"
    EDITS_CANCEL = "edits cancel out"
    MATCH_ACCEPTED = "match accepted"
    ACK = "acknowledged"
    REJECT = "refused"
    AMBIGUOUS = "outcome unknown"
    CONFIRM = "confirmed"
    ERP_EDIT = "ERP edit"
    STALE_VERSION = "stale version"
    DELETE_REQUEST = "delete requested"
    DELETE_ACK = "delete acknowledged"
    DELETE_REFUSED = "delete refused"
    CONFLICT = "manual conflict"
    RESOLVE = "resolved or retried"
    ERP_DELETED = "ERP record deleted"


MEANING: Mapping[Event, str] = {
    Event.PROMOTE: "A person presses Promote, or a rule does.",
    Event.CRM_EDIT: "A field that travels to the ERP was changed in the CRM.",
    Event.EDITS_CANCEL: "A field in the CRM was put back to what both sides had agreed on.",
    Event.MATCH_ACCEPTED: "A record of the other side with the same strong key turns up.",
    Event.ACK: "The ERP says that it took the write, and shows nothing.",
    Event.REJECT: "The ERP says a definite no to a create or an update.",
    Event.AMBIGUOUS: "The answer is lost: timeout, crash, cut connection.",
    Event.CONFIRM: "A look at the ERP shows what both sides had agreed on.",
    Event.ERP_EDIT: "A look at the ERP shows a newer version with another value.",
    Event.STALE_VERSION: "An older version of the ERP record arrives late.",
    Event.DELETE_REQUEST: "The record is deleted in the CRM; the mapping says `delete_in_erp`.",
    Event.DELETE_ACK: "The ERP says that it deleted the record.",
    Event.DELETE_REFUSED: "The ERP says that it does not delete the record.",
    Event.CONFLICT: "Both sides changed one field whose policy is `manual`.",
    Event.RESOLVE: "A person runs `tieline resolve` or `tieline retry`.",
    Event.ERP_DELETED: "The ERP, asked directly, says that the record is gone.",
}


@dataclass(frozen=True, slots=True)
class Transition:
    """`to` are the statuses it can lead to; `effect` is what stays of it, `noted` the audit entries it leaves."""

    name: str
    to: frozenset[Result]
    effect: str
    noted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NoOp:
    """The status stays, and why. `noted` are audit entries all the same."""

    reason: str
    noted: frozenset[str] = frozenset()


Cell = Transition | NoOp

_NP, _CP, _AA = Status.NOT_PROMOTED, Status.CHANGES_PENDING, Status.AWAITING_ACKNOWLEDGMENT
_P, _IS, _OOS = Status.PROMOTED, Status.IN_SYNC, Status.OUT_OF_SYNC
_DRR, _PBC = Status.DELETE_REQUEST_REJECTED, Status.PUBLISHED_BY_CRM

_NO_CALL = NoOp("no write is open")
_NO_RECORD = NoOp("there is no ERP record")
_TIED = NoOp("it is tied already; the newcomer waits for a person")
_NOTHING_TO_SEND = NoOp("nothing is left to send")
_DROPPED = NoOp("the late version is dropped", frozenset({"stale"}))
_AGREED = NoOp("nothing differs")


def _go(name: str, to: tuple[Result, ...], effect: str, *noted: str) -> Transition:
    return Transition(name, frozenset(to), effect, frozenset(noted))


_INTENT = "the write-intent is stored before anything is sent"
_CHANGED = _go("change", (_AA, _CP), "sent at once; held until Promote where the mapping says so")
_DELETE = _go("request the delete", (_AA,), _INTENT)
_BURY = _go("bury", (BURIED,), "a tombstone; the CRM record stays unless `delete_in_crm`", "tombstone")
_OPENED = _go("dispute", (_OOS,), "both values in the conflict log; the field is blocked", "conflict")

_EXCEPTIONS: Mapping[Event, tuple[Cell, Mapping[Status, Cell]]] = {
    Event.PROMOTE: (
        _NOTHING_TO_SEND,
        {
            _NP: _go("send", (_AA,), _INTENT),
            _CP: _go("release", (_AA,), _INTENT),
            _AA: NoOp("the same write is on its way, under the same key"),
            _OOS: _go("try again", (_AA, _OOS), "sent under a new key, an overdue one under its own; a dispute stays"),
            _DRR: _go("ask again", (_AA,), "the refusal becomes history; a record that is deleted is asked for again"),
        },
    ),
    Event.CRM_EDIT: (
        _CHANGED,
        {
            _NP: NoOp("nobody has promoted it: it is read, not sent"),
            _CP: NoOp("it joins the changes that wait"),
            _AA: NoOp("it is sent after the answer"),
            _OOS: _go(
                "correct", (_AA, _CP, _OOS), "the problem is forgotten and the write planned anew; a dispute and an "
                "overdue write stay",
            ),
            _DRR: _go("restore", (_AA,), "the refusal becomes history; the edit is sent", "seen"),
        },
    ),
    Event.EDITS_CANCEL: (
        _AGREED,
        {
            _CP: _go("take back", (_IS,), "nothing waits any more", "settled"),
            _AA: NoOp("it is compared after the answer"),
            _OOS: _go("take back", (_IS, _OOS), "what was refused is not wanted any more; a dispute stays"),
            _DRR: _go("restore", (_IS,), "the record is back as it was: the refusal becomes history", "seen"),
        },
    ),
    Event.MATCH_ACCEPTED: (
        _TIED,
        {_NP: _go("tie", (_IS,), "one link for both records; equal fields become the base", "matched")},
    ),
    Event.ACK: (
        _NO_CALL,
        {
            _AA: _go("acknowledge", (_P,), "id, base and audit in one transaction; the intent is closed", "updated"),
            _OOS: _go("answer late", (_P, _OOS), "an overdue write is closed; else no write is open", "updated"),
        },
    ),
    Event.REJECT: (
        _NO_CALL,
        {
            _AA: _go("refuse", (_OOS,), "reason, time and next step; the intent is closed", "refused"),
            _OOS: NoOp("an overdue write gets its reason; else no write is open", frozenset({"refused"})),
        },
    ),
    Event.AMBIGUOUS: (
        _NO_CALL,
        {
            _AA: NoOp("it stays open until a look at the ERP proves it", frozenset({"unknown"})),
            _OOS: NoOp("an overdue write stays open; else no write is open", frozenset({"unknown"})),
        },
    ),
    Event.CONFIRM: (
        NoOp("it says what is known"),
        {
            _NP: _NO_RECORD,
            _AA: NoOp("the answer decides"),
            _P: _go("confirm", (_IS,), "noted in the audit", "confirmed"),
            _OOS: NoOp("equal values do not settle the problem"),
            _DRR: NoOp("the ERP record is still there"),
        },
    ),
    Event.ERP_EDIT: (
        NoOp("written to the CRM: base and audit", frozenset({"updated"})),
        {
            _NP: _NO_RECORD,
            _AA: NoOp("it is decided after the answer"),
            _P: _go("change", (_IS,), "written to the CRM; the look has confirmed the rest", "updated"),
            _OOS: _go(
                "change", (_AA, _CP, _OOS), "written to the CRM; what was refused is tried again; a dispute and an "
                "overdue write stay", "updated",
            ),
            _DRR: _go("ask again", (_AA,), "the refusal becomes history; the delete is asked for again", "seen"),
        },
    ),
    Event.STALE_VERSION: (_DROPPED, {_NP: _NO_RECORD}),
    Event.DELETE_REQUEST: (
        _DELETE,
        {
            _NP: _go("bury", (BURIED,), "a tombstone; nothing was ever sent", "tombstone"),
            _AA: NoOp("it is asked for after the answer"),
            _OOS: _go("request the delete", (_AA, _OOS), f"{_INTENT}; after the answer of an overdue write"),
            _DRR: NoOp("it was asked for and refused"),
        },
    ),
    Event.DELETE_ACK: (
        _NO_CALL,
        {
            _AA: _go("bury", (BURIED,), "a tombstone with who, when and the last values", "deleted"),
            _OOS: _go("answer late", (_P, _OOS), "an overdue write is closed; else no write is open", "updated"),
        },
    ),
    Event.DELETE_REFUSED: (
        _NO_CALL,
        {
            _AA: _go("reject the delete", (_DRR,), "the ERP's reason is kept and shown", "refused"),
            _OOS: NoOp("an overdue write gets its reason; else no write is open", frozenset({"refused"})),
        },
    ),
    Event.CONFLICT: (
        _OPENED,
        {
            _NP: _NO_RECORD,
            _AA: NoOp("it is found after the answer"),
            _OOS: _go("dispute", (_AA, _OOS), "logged and blocked; what else was refused is tried first", "conflict"),
        },
    ),
    Event.RESOLVE: (
        NoOp("nothing waits for a person"),
        {
            _OOS: _go("settle", (_AA, _CP), "who, which values; sent again", "resolved", "retried"),
            _DRR: _go("ask again", (_AA,), "the refusal becomes history; the delete is asked for again", "retried"),
        },
    ),
    Event.ERP_DELETED: (
        _BURY,
        {
            _NP: _NO_RECORD,
            _AA: NoOp("it is decided after the answer"),
            _OOS: _go("bury", (BURIED, _OOS), "a tombstone; after the answer of an overdue write", "tombstone"),
        },
    ),
}  # fmt: skip

TABLE: Mapping[tuple[Status, Event], Cell] = {
    (status, event): special.get(status, usual)
    for event, (usual, special) in _EXCEPTIONS.items()
    for status in Status
}  # fmt: skip


def told(cell: Cell, status: Status) -> tuple[str, str, str]:
    """A cell in words: what it is called, where it leads, what stays of it."""
    if isinstance(cell, NoOp):
        return "-", str(status), cell.reason
    order = [*Status, BURIED]
    return cell.name, ", ".join(str(to) for to in sorted(cell.to, key=order.index)), cell.effect


def markdown() -> Iterator[str]:
    """The table as it stands in the documentation, line by line."""
    for event in Event:
        yield from ("", f"### {event[:1].upper()}{event[1:]}", "", MEANING[event], "")
        yield from ("| status | transition | becomes | effect |", "|---|---|---|---|")
        for status in Status:
            name, to, effect = told(TABLE[status, event], status)
            yield f"| {status} | {name} | {to} | {effect} |"
