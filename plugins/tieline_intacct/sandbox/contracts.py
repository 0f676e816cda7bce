"""The verbs of contracts and their lines [D]: post a draft, renew, deliver, hold what a line bills, resume it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tieline_intacct.sandbox import elements, records, renewal
from tieline_intacct.sandbox.catalogue import Field, Kind
from tieline_intacct.sandbox.elements import Element
from tieline_intacct.sandbox.problems import business, invalid
from tieline_intacct.sandbox.result import Result
from tieline_intacct.sandbox.rights import reachable
from tieline_intacct.sandbox.rows import Row
from tieline_intacct.sandbox.scope import Scope
from tieline_intacct.sandbox.values import BadValue, accept
from tieline_intacct.sandbox.writing import given_of, listed, named

CONTRACT, LINE = "CONTRACT", "CONTRACTDETAIL"
RUNNING, DRAFT = "In progress", "Draft"
HOLDS = "HOLDS"  # which schedules are held; how the vendor shows it was not found [I]
_SCHEDULES = ("BILLING", "REVENUE", "EXPENSE")
Given = Mapping[str, str]
Verb = Callable[[Scope, Row, Given], Row]


def post(scope: Scope, element: Element) -> Result:
    """A draft begins to run, a contract with all its draft lines [I]. Both names of the date are printed [D]."""
    return _each(scope, element, (CONTRACT, LINE), _post)


def renew(scope: Scope, element: Element) -> Result:
    return _each(scope, element, (CONTRACT,), lambda scope, row, _: renewal.renew(scope, row))


def clear_allocations(scope: Scope, element: Element) -> Result:
    """Nothing is allocated here: there is nothing to clear."""
    return _each(scope, element, (CONTRACT,), lambda _scope, row, _given: row)


def deliver(scope: Scope, element: Element) -> Result:
    return _each(scope, element, (LINE,), _deliver)


def hold(scope: Scope, element: Element) -> Result:
    """The line stays in progress; its schedules stop [D]."""
    return _each(scope, element, (LINE,), _hold)


def resume(scope: Scope, element: Element) -> Result:
    return _each(scope, element, (LINE,), _resume)


def _each(scope: Scope, element: Element, kinds: Sequence[str], verb: Verb) -> Result:
    found: list[Row] = []
    for each in elements.children(element):
        kind = reachable(scope, str(each.tag), "U")
        if kind.name not in kinds:
            raise business(f"{element.tag} is no function of {kind.name}")
        given = given_of(kind, each)[0]
        row = named(scope, kind, given)
        records.check_owner(scope, row)
        found.append(verb(scope, row, given))
    if not found:
        raise business(f"{element.tag} needs a record")
    return Result([listed(found)])


def _post(scope: Scope, row: Row, given: Given) -> Row:
    on = _date(given, "GLPOSTINGDATE", "GLPOSTDATE")
    if row.get("STATE") != DRAFT:
        raise business(f"{row.kind.title} '{row.get(row.kind.key) or row.ident}' is {row.get('STATE')}, not {DRAFT}")
    if row.kind.name == LINE:
        _check_running(row.follow(row.kind.references["CONTRACT"]))
        return records.update(scope, row, {"STATE": RUNNING, "GLPOSTINGDATE": on})
    posted = records.update(scope, row, {"STATE": RUNNING})
    for line in renewal.lines(scope, posted):
        if line.get("STATE") == DRAFT:
            records.update(scope, line, {"STATE": RUNNING, "GLPOSTINGDATE": on})
    return posted


def _deliver(scope: Scope, row: Row, given: Given) -> Row:
    on = _date(given, "DELIVERYDATE")
    _check_running(row)
    return records.update(scope, row, {"DELIVERYSTATUS": "Delivered", "DELIVERYDATE": on})


def _hold(scope: Scope, row: Row, given: Given) -> Row:
    _check_running(row)
    _check_date(given, "ASOFDATE")
    held, asked = set((row.body.get(HOLDS) or "").split()), _asked(given)
    if asked & held:
        raise business(f"{', '.join(sorted(asked & held))} of contract line {row.ident} is on hold")
    return records.update(scope, row, {HOLDS: " ".join(sorted(held | asked))})


def _resume(scope: Scope, row: Row, given: Given) -> Row:
    _date(given, "ASOFDATE")
    held, asked = set((row.body.get(HOLDS) or "").split()), _asked(given)
    if asked - held:
        raise business(f"{', '.join(sorted(asked - held))} of contract line {row.ident} is not on hold")
    return records.update(scope, row, {HOLDS: " ".join(sorted(held - asked)) or None})


def _asked(given: Given) -> set[str]:
    """The schedules that are named; each is false by default [D]. Raises Refused for none."""
    asked = {name for name in _SCHEDULES if given.get(name, "").lower() == "true"}
    if not asked:
        raise business(f"One of {', '.join(_SCHEDULES)} must be true")
    return asked


def _check_running(row: Row | None) -> None:
    if row is None or row.get("STATE") != RUNNING:
        what = f"{row.kind.title} '{row.get(row.kind.key) or row.ident}'" if row is not None else "The contract"
        raise business(f"{what} is {row.get('STATE') if row is not None else 'not there'}, not {RUNNING}")


def _date(given: Given, *names: str) -> str:
    """The first that is given. Raises Refused when none is."""
    for name in names:
        if given.get(name):
            return _check_date(given, name)
    raise business(f"Missing or invalid value in required field '{names[0]}'", f"Enter a value for {names[0]}.")


def _check_date(given: Given, name: str) -> str:
    if not given.get(name):
        return ""
    try:
        return accept(Field(name, Kind.DATE), given[name])
    except BadValue as bad:
        raise invalid(f"{name} {bad}") from None
