"""Writes: each control id at most once, and what an answer means for the record.

The vendor remembers the control ids of functions that were completed, where it is asked to [D]; how a repeat is refused
is not documented, so it is known by its words. What was refused may be sent again under the same id.
"""

from __future__ import annotations

from collections.abc import Sequence

from tieline.contract import AnswerLost, Done, Outcome, Refused, Unknown
from tieline_intacct.faults import Fault, gravest, reason
from tieline_intacct.gateway import Call, Gateway
from tieline_intacct.replies import Result
from tieline_intacct.xml import children, text

ABORTED = "aborted"


def run_writes(gateway: Gateway, entity: str, calls: Sequence[Call]) -> Sequence[Result | Unknown]:
    """One result a call. What may have taken effect without an answer is Unknown: it is looked for, or sent again under
    the same id."""
    try:
        return gateway.run(entity, calls, once=True)
    except AnswerLost as lost:
        return [Unknown(lost.sentence())] * len(calls)


def judge(result: Result | Unknown) -> Outcome:
    """The outcome of one function. A repeat of what was done is done, its key not told."""
    if isinstance(result, Unknown):
        return result
    if result.ok:
        return Done(result.key or _key(result), created=False)
    worst = gravest(result.troubles)
    told = reason(result.troubles)
    if worst.fault is Fault.REPEATED:
        return Done("")
    if result.status == ABORTED or worst.fault in _RETRY:
        return Refused(told, code=worst.number, retryable=True)
    fields = tuple(dict.fromkeys(one.field for one in result.troubles if one.field))
    return Refused(told, code=worst.number or worst.ident, fields=fields)


_RETRY = {Fault.RATE, Fault.OFFLINE, Fault.SHAKY, Fault.ROLLED_BACK}


def _key(result: Result) -> str:
    """The ID field of the object that `create` answers with; beside it stands the record number only [D]."""
    for made in children(result.data):
        named = [one for one in children(made) if str(one.tag).upper() != "RECORDNO"]
        return text(made, str(named[0].tag)) if named else text(made, "RECORDNO")
    return ""
