"""An order's totals, which the caller has to compute [C].

    line total = quantity x unit price x (1 - discount)     line tax = line total x rate of the order's tax
    subtotal = sum of line totals      tax total = sum of line taxes      total = subtotal + tax total

Each line is rounded to cents, halves up, before it is added; the vendor does not say how it rounds [unverified].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

_CENT = Decimal("0.01")
_NOTHING = Decimal("0.00")
_DIGITS = 60  # a product of three long numbers must not be rounded before its cents are


@dataclass(frozen=True, slots=True)
class Priced:
    """What a line's amount comes from; `discount` is a fraction: 0.1 is ten percent off."""

    quantity: Decimal
    unit_price: Decimal
    discount: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class LineTotals:
    total: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class OrderTotals:
    lines: tuple[LineTotals, ...]
    subtotal: Decimal
    tax: Decimal
    total: Decimal


def order_totals(lines: Sequence[Priced], rate: Decimal) -> OrderTotals:
    """`rate` is the tax as a fraction: 0.15 is fifteen percent."""
    with localcontext() as context:
        context.prec = _DIGITS
        done = tuple(_line(line, rate) for line in lines)
        subtotal = sum((line.total for line in done), _NOTHING)
        tax = sum((line.tax for line in done), _NOTHING)
        return OrderTotals(done, subtotal, tax, subtotal + tax)


def _line(line: Priced, rate: Decimal) -> LineTotals:
    total = _cents(line.quantity * line.unit_price * (1 - line.discount))
    return LineTotals(total, _cents(total * rate))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)
