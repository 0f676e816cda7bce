from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieline.contract import Conversion, Day, Field, Flag, Format, Instant, Number, PermanentError, Side, Text, Value
from tieline.sync.canonical import as_read, canon, restore

TEXT = Field("Name", "name", Text(80))
MONEY = Field("Amount__c", "amount", Number(2, money=True))
DAY = Field("Due__c", "due", Day())
MOMENT = Field("At__c", "at", Instant())
FLAG = Field("On__c", "on", Flag())


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        (TEXT, "  Zoe\u0308 \r\n next ", "Zoë \n next"),
        (TEXT, "", None),
        (TEXT, None, None),
        (TEXT, "Mataderos  2312", "Mataderos  2312"),
        (MONEY, Decimal("1.005"), "1.01"),
        (MONEY, 3, "3.00"),
        (MONEY, Decimal("-0.001"), "0.00"),
        (MONEY, "1E+3", "1000.00"),
        (DAY, datetime(2026, 1, 5, 23, 59, tzinfo=UTC), "2026-01-05"),
        (DAY, "2026-01-05T00:00:00", "2026-01-05"),
        (DAY, date(2026, 1, 5), "2026-01-05"),
        (MOMENT, datetime(2026, 1, 5, 12, 0, 0, 999, tzinfo=timezone(timedelta(hours=2))), "2026-01-05T10:00:00+00:00"),
        (MOMENT, "2026-01-05T10:00:00Z", "2026-01-05T10:00:00+00:00"),
        (FLAG, None, False),
        (FLAG, "true", True),
        (FLAG, "False", False),
    ],
)
def test_one_spelling_a_value(field: Field, value: Value, expected: object) -> None:
    assert canon(field, Side.CRM, value) == expected


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | st.none())
def test_text_is_idempotent(value: str | None) -> None:
    once = canon(TEXT, Side.CRM, value)
    assert canon(TEXT, Side.CRM, once) == once


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12))
def test_numbers_are_idempotent_and_exact_at_their_scale(value: Decimal) -> None:
    once = canon(MONEY, Side.ERP, value)
    assert canon(MONEY, Side.ERP, restore(MONEY, Side.ERP, once)) == once
    assert abs(Decimal(str(once)) - value) <= Decimal("0.005")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (MONEY, "abc"),
        (DAY, "yesterday"),
        (MONEY, Decimal("NaN")),
        (MOMENT, "x"),
        (TEXT, "half \ud800 pair"),
        (TEXT, "nul \0 byte"),
    ],
)
def test_a_value_the_kind_cannot_hold_is_named(field: Field, value: Value) -> None:
    with pytest.raises(PermanentError, match=field.crm):
        canon(field, Side.CRM, value)


def test_a_too_long_text_is_refused_before_any_call_and_never_cut() -> None:
    field = Field("Phone", "phone", Text(5, Format.PHONE), label="Phone")
    with pytest.raises(PermanentError, match=r"Phone has 6 characters, 5 fit\. Shorten it"):
        restore(field, Side.ERP, "123456")


def test_a_value_that_was_read_may_be_longer_than_what_may_be_written() -> None:
    field = Field("Phone", "phone", Text(5))
    assert as_read(field, Side.ERP, "123456") == "123456"


def test_a_conversion_brings_both_sides_into_the_terms_of_the_crm() -> None:
    field = Field("Active__c", "obsolete", Flag(), via=Conversion(lambda v: not v, lambda v: not v))
    assert canon(field, Side.ERP, True) is False
    assert canon(field, Side.CRM, False) is False
    assert restore(field, Side.ERP, False) is True
    assert restore(field, Side.CRM, False) is False
