"""Renewing a contract: another term begins where the last one ends.

The reference says what is needed: a contract in progress with a line [D]. What comes of it is ours [I]: the contract
ends one term later, and each line that renews is followed by one of its own for the new term.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import datetime, timedelta

from tieline_intacct.sandbox import records
from tieline_intacct.sandbox.problems import business
from tieline_intacct.sandbox.rows import RECORDNO, Row, found_rows
from tieline_intacct.sandbox.scope import Scope
from tieline_intacct.sandbox.values import day, moment

_RUNNING = "In progress"
_OWN = (RECORDNO, "LINENO", "GLPOSTINGDATE", "HOLDS", "DELIVERYDATE", "DELIVERYSTATUS")
_STAMPS = ("WHENCREATED", "WHENMODIFIED", "CREATEDBY", "MODIFIEDBY", "MEGAENTITYID")


def lines(scope: Scope, contract: Row) -> list[Row]:
    key = contract.get("CONTRACTID") or ""
    found = found_rows(scope, scope.catalogue["CONTRACTDETAIL"], "CONTRACTID", key, private=True)
    return sorted(found, key=lambda line: int(line.get("LINENO") or 0))


def renew(scope: Scope, contract: Row) -> Row:
    """Raises Refused."""
    name, ends = contract.get("CONTRACTID"), contract.get("ENDDATE")
    running = [line for line in lines(scope, contract) if line.get("STATE") == _RUNNING]
    if contract.get("STATE") != _RUNNING:
        raise business(f"Contract '{name}' is {contract.get('STATE')}, not {_RUNNING}")
    if not running:
        raise business(f"Contract '{name}' has no contract line")
    if not ends:
        raise business(f"Contract '{name}' has no end, so it needs no renewal")
    try:
        begins, until = moment(ends) + timedelta(days=1), _later(contract, moment(ends))
    except (OverflowError, ValueError):
        raise business(f"Contract '{name}' would end later than there are dates") from None
    for line in running:
        if line.get("RENEWAL") == "true" and line.get("ENDDATE") == ends:
            _follow(scope, line, begins, until)
    return records.update(scope, contract, {"ENDDATE": day(until)})


def _follow(scope: Scope, line: Row, begins: datetime, until: datetime) -> None:
    known = line.kind.fields
    same = {
        name: text
        for name, text in line.body.items()
        if name in known and name not in (*_OWN, *_STAMPS) and isinstance(text, str)
    }
    given: Mapping[str, str] = {**same, "BEGINDATE": day(begins), "ENDDATE": day(until)}
    records.save(scope, line.kind, given, None)


def _later(contract: Row, ends: datetime) -> datetime:
    """The end of the next term, as the contract says or else its renewal template. Raises Refused."""
    macro = contract.follow(contract.kind.references["RENEWALMACROREL"])
    length, period = contract.get("RENEWTERMLENGTH"), contract.get("RENEWTERMPERIOD")
    if not (length and period) and macro is not None:
        length, period = macro.get("TERMLENGTH"), macro.get("TERMPERIOD")
    if not (length and period):
        raise business("A renewal needs RENEWTERMLENGTH and RENEWTERMPERIOD, or a RENEWALMACRO")
    if period == "Days":
        return ends + timedelta(days=int(length))
    return _months(ends, int(length) * (12 if period == "Years" else 1))


def _months(at: datetime, number: int) -> datetime:
    """The same day of a later month; the last day of a month stays the last."""
    years, month = divmod(at.month - 1 + number, 12)
    year = at.year + years
    last = calendar.monthrange(year, month + 1)[1]
    ended = at.day == calendar.monthrange(at.year, at.month)[1]
    return at.replace(year=year, month=month + 1, day=last if ended else min(at.day, last))
