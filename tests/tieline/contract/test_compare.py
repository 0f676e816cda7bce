from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tieline.contract import Value, moved, same

NOON = datetime(2026, 1, 5, 12, 0, 0, 500, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expected", "now", "equal"),
    [
        (None, "", True),
        (False, None, True),
        (None, " ", True),
        ("a", None, False),
        (Decimal("1.50"), Decimal("1.5000"), True),
        (Decimal("1.23"), Decimal("1.2301"), True),
        (Decimal("1.23"), Decimal("1.24"), False),
        (Decimal(5), 5, True),
        (Decimal(5), "five", False),
        (NOON, NOON.replace(microsecond=0), True),
        (date(2026, 1, 5), NOON, True),
        (date(2026, 1, 6), NOON, False),
        ("a\nb", "a\r\nb ", True),
        (True, True, True),
        (True, False, False),
    ],
)
def test_one_value_in_two_spellings(expected: Value, now: Value, equal: bool) -> None:
    assert same(expected, now) is equal


def test_a_field_that_is_not_shown_now_has_not_moved() -> None:
    assert moved({"a": 1, "b": 2}, {"b": 3}) == ("b",)


@pytest.mark.parametrize(
    ("now", "told", "equal"),
    [
        (None, "", True),
        ("a ", "a", True),
        ("e\u0301", "é", True),
        ("a\r\nb", "a\nb", True),
        ("a", "A", False),
        (Decimal("12.3456"), Decimal("12.35"), True),
        (Decimal("12.36"), Decimal("12.35"), False),
        (Decimal(5), 5, True),
        (None, Decimal(0), False),
        (Decimal("5.4"), Decimal(5), True),
        (Decimal("5.6"), Decimal(5), False),
        ("abc", Decimal(1), False),
        (None, False, True),
        (True, False, False),
        (date(2026, 1, 5), date(2026, 1, 5), True),
        (datetime(2026, 1, 5, 1, 2, 3, 9, tzinfo=UTC), datetime(2026, 1, 5, 1, 2, 3, tzinfo=UTC), True),
        (datetime(2026, 1, 5, 1, 2, 3, 9, tzinfo=UTC), date(2026, 1, 5), True),
    ],
)
def test_same_as_the_engine_means_it(now: Value, told: Value, equal: bool) -> None:
    assert same(told, now) is equal


def test_a_field_not_shown_proves_no_difference() -> None:
    assert not moved({"Name": "x"}, {})
    assert moved({"Name": "x"}, {"Name": "y"})
