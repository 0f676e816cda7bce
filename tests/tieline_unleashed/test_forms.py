"""Dates, numbers and guids on the wire."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieline_unleashed import dates, exact
from tieline_unleashed.guids import guid, pair, unpair

ONE = "1f0c0a52-6f6b-4a8e-9c53-000000000001"
TWO = "1f0c0a52-6f6b-4a8e-9c53-000000000002"


def test_net_dates_are_utc_milliseconds() -> None:
    at = datetime(2016, 3, 29, 2, 35, 46, 890_000, tzinfo=UTC)
    assert dates.moment("/Date(1459218946890)/") == at
    assert dates.moment("/Date(1459218946890+1300)/") == at
    assert dates.milliseconds(at) == "1459218946890"


def test_other_forms_of_a_moment() -> None:
    assert dates.moment("2026-01-05T10:00:00") == datetime(2026, 1, 5, 10, tzinfo=UTC)
    assert dates.moment("/Date(-1000)/") == datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert dates.moment("soon") is None
    assert dates.moment("/Date(999999999999999)/") is None


@given(st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1)))  # noqa: DTZ001 - naive on purpose
def test_a_moment_survives_the_wire_to_the_millisecond(naive: datetime) -> None:
    at = naive.replace(tzinfo=UTC, microsecond=naive.microsecond // 1000 * 1000)
    assert dates.moment(f"/Date({dates.milliseconds(at)})/") == at


def test_days_and_moments_in_bodies_and_filters() -> None:
    east = timezone(timedelta(hours=13))
    assert dates.body_form(date(2026, 1, 5)) == "2026-01-05T00:00:00"
    assert dates.body_form(datetime(2026, 1, 5, 10, 0, 0, 5, tzinfo=east)) == "2026-01-04T21:00:00"
    assert dates.day_filter(datetime(2026, 1, 5, 10, tzinfo=east)) == "2026-01-04"


def test_date_header() -> None:
    assert dates.header_moment("Mon, 05 Jan 2026 10:00:00 GMT") == datetime(2026, 1, 5, 10, tzinfo=UTC)
    assert dates.header_moment("") is None


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20))
def test_numbers_survive_exactly(number: Decimal) -> None:
    assert exact.read(exact.write({"n": number})) == {"n": number}


def test_numbers_are_written_plainly() -> None:
    tree = [Decimal("1E+3"), Decimal("0.10"), Decimal("-0"), 7, True, None, 'é\u2028"', date(2026, 1, 5)]
    assert exact.write(tree).startswith(b'[1000,0.1,0,7,true,null,"')
    assert exact.read(exact.write(tree))[-2:] == ['é\u2028"', "2026-01-05T00:00:00"]


@pytest.mark.parametrize("bad", [b"", b"{", b'{"n": NaN}', b'{"n": Infinity}', b"<html>", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_is_a_value_error(bad: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any message
        exact.read(bad)


def test_guids_have_one_spelling() -> None:
    assert guid(ONE.upper()) == ONE
    assert guid("{" + ONE + "}") == ONE
    assert guid("not a guid") == guid(None) == guid(5) == ""
    assert unpair(pair(ONE, TWO)) == (ONE, TWO)
    assert unpair(ONE) == ("", ONE)
    assert unpair("") == unpair("a/b") == ("", "")
