"""Values on their way in and out."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tieline.contract import PermanentError
from tieline.org.compare import same
from tieline.org.describe import FieldInfo
from tieline.org.payload import encode
from tieline.org.values import convert, full_id, masked
from tieline_sandbox.org import ids

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("currency", Decimal("1.10"), Decimal("1.10")),
        ("double", 5, Decimal(5)),
        ("percent", "1.0E7", Decimal(10_000_000)),
        ("int", 7, 7),
        ("boolean", False, False),
        ("boolean", "true", True),
        ("date", "2026-02-28", date(2026, 2, 28)),
        ("datetime", "2026-01-01T01:00:00.000+0100", datetime(2026, 1, 1, tzinfo=UTC)),
        ("datetime", "2026-01-01T00:00:00Z", datetime(2026, 1, 1, tzinfo=UTC)),
        ("string", "", None),
        ("picklist", "A", "A"),
        ("reference", None, None),
    ],
)
def test_convert(kind: str, raw: Any, value: Any) -> None:
    assert convert(FieldInfo("F", kind), raw) == value
    assert type(convert(FieldInfo("F", kind), raw)) is type(value)


def test_a_value_its_type_cannot_hold_is_named() -> None:
    with pytest.raises(PermanentError, match=r"F: 'soon' is not a date"):
        convert(FieldInfo("F", "date"), "soon")


@UNHURRIED
@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_numbers_travel_exactly(number: Decimal) -> None:
    back = json.loads(encode({"n": [number]}), parse_float=Decimal, parse_int=Decimal)
    assert back["n"][0] == number


@UNHURRIED
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_json_is_json(document: Any) -> None:
    try:
        packed = encode(document)
    except PermanentError:
        assert "\\ud" in json.dumps(document)
        return
    assert json.loads(packed) == document


def test_dates_and_fractions() -> None:
    assert encode({"d": date(2026, 1, 2)}) == b'{"d":"2026-01-02"}'
    assert encode([datetime(2026, 1, 2, tzinfo=UTC)]) == b'["2026-01-02T00:00:00.000Z"]'
    with pytest.raises(PermanentError, match="binary fraction"):
        encode({"f": 1.5})


@UNHURRIED
@given(st.text("AZaz09", min_size=15, max_size=15))
def test_long_ids(short: str) -> None:
    long = full_id(short)
    assert long == ids.full(short)
    assert full_id(long) == long


@pytest.mark.parametrize("text", ["", "001", "001000000000001'--", "001000000000001AA", "äää000000000001"])
def test_what_cannot_be_an_id(text: str) -> None:
    assert full_id(text) == ""


@pytest.mark.parametrize(
    ("remembered", "now", "equal"),
    [
        (None, "", True),
        (False, None, True),
        (Decimal("1.5"), Decimal("1.50"), True),
        (Decimal("1.12"), Decimal("1.123"), True),
        (Decimal("1.12"), Decimal("1.13"), False),
        (Decimal("1E-30"), Decimal("1E+30"), False),
        (3, Decimal("3.0"), True),
        ("a\nb", "a\r\nb ", True),
        ("a", "A", False),
        ("a", None, False),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, microsecond=5, tzinfo=UTC), True),
        (date(2026, 1, 1), date(2026, 1, 2), False),
        (True, False, False),
        ("1", Decimal(1), True),
    ],
)
def test_same(remembered: Any, now: Any, equal: bool) -> None:
    assert same(remembered, now) is equal


@pytest.mark.parametrize(
    ("kind", "value", "hidden"),
    [
        ("encryptedstring", "********", True),
        ("encryptedstring", "***-**-1234", True),
        ("encryptedstring", "XXXX-XXXX-1234", True),
        ("encryptedstring", "4111-1111", False),
        ("encryptedstring", "Xavier", False),
        ("encryptedstring", None, False),
        ("string", "****", False),
    ],
)
def test_a_mask_is_no_value(kind: str, value: str | None, hidden: bool) -> None:
    assert masked(FieldInfo("Secret__c", kind), value) is hidden
