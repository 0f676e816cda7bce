"""Rules that one object alone has."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tieline_intacct.sandbox.change import Change, could_not, missing
from tieline_intacct.sandbox.problems import INVALID, Problem, Refused, business
from tieline_intacct.sandbox.rows import Row, seen
from tieline_intacct.sandbox.values import day, moment, number

Rule = Callable[[Change], None]


def check(change: Change) -> None:
    """Raises Refused. Some rules fill in what follows from the rest."""
    for rule in _RULES.get(change.kind.name, ()):
        rule(change)


def _restriction(change: Change) -> None:
    if change.body.get("OBJECTRESTRICTION") == "Restricted" and not (
        change.body.get("RESTRICTEDLOCATIONS") or change.body.get("RESTRICTEDDEPARTMENTS")
    ):
        raise business("A restricted record needs RESTRICTEDLOCATIONS or RESTRICTEDDEPARTMENTS")


def _term(change: Change) -> None:
    for kind, needed in (("Termed", "ENDDATE"), ("Evergreen", "EVERGREENMACRO")):
        if change.body.get("TERMTYPE") == kind and not change.body.get(needed):
            raise missing(change, needed)


def _order(change: Change) -> None:
    """What ends before it begins is refused [I]."""
    begins, ends = change.body.get("BEGINDATE"), change.body.get("ENDDATE")
    if begins and ends and moment(ends) < moment(begins):
        raise Refused(
            Problem(INVALID, f"ENDDATE {ends} is before BEGINDATE {begins}", object=change.kind.name, field="ENDDATE"),
            could_not(change.kind, change.verb),
        )


def _line_number(change: Change) -> None:
    if change.before is None:
        others = change.scope.tx.find("CONTRACTDETAIL", "CONTRACTID", change.body.get("CONTRACTID"))
        change.body["LINENO"] = str(1 + max((int(body.get("LINENO") or 0) for _, body in others), default=0))


def _born(change: Change) -> None:
    """A contract and its lines begin as a draft or in progress [D], a line for the next renewal alone too."""
    born = ("In progress", "Draft") if change.kind.name == "CONTRACT" else ("In progress", "Draft", "Renewal only")
    if change.before is None and change.body.get("STATE") not in born:
        raise business(f"STATE must be one of {', '.join(born)} in a new {change.kind.title}")


def _from_contract(change: Change) -> None:
    """What a line leaves out it takes from its contract [D]."""
    contract = seen(change.scope, change.scope.catalogue["CONTRACT"], change.body.get("CONTRACTID") or "")
    if contract is None or change.before is not None:
        return
    for name in ("BILLINGFREQUENCY", "BEGINDATE", "ENDDATE"):  # the dates: [I]
        change.body[name] = change.body.get(name) or contract.get(name)
    for name in ("BILLTO", "SHIPTO"):
        change.body[f"{name}SOURCE"] = change.body.get(f"{name}SOURCE") or _source(change, contract, name)


def _source(change: Change, contract: Row, name: str) -> str:
    said = change.body.get(f"{name}CONTACTNAME")
    other = said and said != contract.get(f"{name}CONTACTNAME")
    return "User-specified value" if other else "Contract value"


def _line_type(change: Change) -> None:
    """A sale, a discount or a debook, by the signs of quantity and amount [D]."""
    quantity, amount = (number(change.body.get(name) or "0") for name in ("QUANTITY", "FLATAMOUNT"))
    change.body["LINETYPE"] = "Debook" if quantity < 0 else "Discount" if amount < 0 else "Sale"


def _payment_date(change: Change) -> None:
    """Today, unless it is said [D]."""
    change.body.setdefault("PAYMENTDATE", day(change.scope.now))


_RULES: Mapping[str, tuple[Rule, ...]] = {
    "CUSTOMER": (_restriction,),
    "CONTRACT": (_born, _term, _order),
    "CONTRACTDETAIL": (_born, _from_contract, _order, _line_number, _line_type),
    "PROJECT": (_order,),
    "ARPYMT": (_payment_date,),
}
