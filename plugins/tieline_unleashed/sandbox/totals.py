"""Totals of an order: the caller computes them [C], we check.

    LineTotal = OrderQuantity x UnitPrice x (1 - DiscountRate of the line)      LineTax = LineTotal x rate
    SubTotal = sum of LineTotal        TaxTotal = sum of LineTax        Total = SubTotal + TaxTotal

The rate is that of the line's LineTaxCode, else of the order. The order's own DiscountRate says what was agreed and
takes part in no sum: the lines carry the discount [P]. Each line may be a cent off, for rounding [P].
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from tieline_sandbox.state import Values
from tieline_unleashed.sandbox.jsonform import exact
from tieline_unleashed.sandbox.lookup import Lookup
from tieline_unleashed.sandbox.members import Reading

CENT = Decimal("0.01")
NOTHING = Decimal(0)
_WIDE = Context(prec=80)  # for the product of the largest numbers that come in
LINE_TOTALS = ("LineTotal", "LineTax")
ORDER_TOTALS = ("SubTotal", "TaxTotal", "Total")


def check(reading: Reading, order: Values) -> None:
    """Refuses totals that do not add up, and fills in those that are blank."""
    lines = order["SalesOrderLines"]
    for number, line in enumerate(lines):
        _check_line(reading, line, _rate(reading.lookup, order, line), f"SalesOrderLines[{number}].")
    slack = CENT * len(lines)
    _settle(reading, order, "SubTotal", _sum(lines, "LineTotal"), slack)
    _settle(reading, order, "TaxTotal", _sum(lines, "LineTax"), slack)
    _settle(reading, order, "Total", amount(order["SubTotal"]) + amount(order["TaxTotal"]), CENT)


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP, _WIDE)


def amount(value: Any) -> Decimal:
    """A stored number; a blank counts as nothing."""
    return NOTHING if value is None else Decimal(value)


def _check_line(reading: Reading, line: Values, rate: Decimal, path: str) -> None:
    price = amount(line["OrderQuantity"]) * amount(line["UnitPrice"]) * (1 - amount(line["DiscountRate"]))
    _settle(reading, line, "LineTotal", price, CENT, path)
    _settle(reading, line, "LineTax", amount(line["LineTotal"]) * rate, CENT, path)


def _settle(reading: Reading, values: Values, name: str, right: Decimal, slack: Decimal, path: str = "") -> None:
    if values[name] is None:
        values[name] = exact(cents(right))
    elif abs(Decimal(values[name]) - right) > slack:
        reading.refuse(f"{path}{name}", "TotalMismatch", f"is {values[name]}, but should be {exact(right)}")


def _rate(lookup: Lookup, order: Values, line: Values) -> Decimal:
    own = lookup.value("Taxes", line["LineTaxCode"], "TaxRate")
    return amount(own if own is not None else order["TaxRate"])


def _sum(lines: list[Values], name: str) -> Decimal:
    return sum((amount(line[name]) for line in lines), NOTHING)
