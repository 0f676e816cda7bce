"""Totals of an order."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieline_unleashed.totals import Priced, order_totals

D = Decimal


def test_lines_tax_and_sums() -> None:
    done = order_totals([Priced(D(2), D(50)), Priced(D(3), D("9.99"), D("0.1"))], D("0.15"))
    assert [(line.total, line.tax) for line in done.lines] == [(D("100.00"), D("15.00")), (D("26.97"), D("4.05"))]
    assert (done.subtotal, done.tax, done.total) == (D("126.97"), D("19.05"), D("146.02"))


@pytest.mark.parametrize(
    ("price", "total"), [("0.005", "0.01"), ("0.004", "0.00"), ("1.115", "1.12"), ("2.675", "2.68")]
)
def test_halves_go_up(price: str, total: str) -> None:
    assert order_totals([Priced(D(1), D(price))], D(0)).total == D(total)


def test_nothing_costs_nothing() -> None:
    done = order_totals([], D("0.2"))
    assert (done.lines, done.subtotal, done.tax, done.total) == ((), D("0.00"), D("0.00"), D("0.00"))


AMOUNT = st.decimals(0, 10**12, places=4, allow_nan=False)
FRACTION = st.decimals(0, 1, places=4, allow_nan=False)


@given(st.lists(st.builds(Priced, AMOUNT, AMOUNT, FRACTION), max_size=8), FRACTION)
def test_sums_always_add_up(lines: list[Priced], rate: Decimal) -> None:
    done = order_totals(lines, rate)
    assert done.subtotal == sum((line.total for line in done.lines), D(0))
    assert done.tax == sum((line.tax for line in done.lines), D(0))
    assert done.total == done.subtotal + done.tax
    assert all(one.total.as_tuple().exponent == -2 for one in done.lines)
    for line, one in zip(lines, done.lines, strict=True):
        assert abs(one.tax - one.total * rate) <= D("0.005")
        assert one.total <= line.quantity * line.unit_price + D("0.005")
