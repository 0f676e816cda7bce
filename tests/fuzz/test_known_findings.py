"""Inputs that once ended in a traceback or took all the time there is. Each is refused by name now, or read."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tieline.contract import Field, HttpResponse, Instant, PermanentError, Refused, Side, Unknown
from tieline.contract import compare as contract_compare
from tieline.contract.client import Operation
from tieline.org.errors import http_date, problems
from tieline.org.outcomes import of_items
from tieline.sync.canonical import canon
from tieline_unleashed import exact
from tieline_unleashed.dates import header_moment


@pytest.mark.parametrize("text", [b"[1e999999999]", b"[-1e-999999999]", b"[1e99999999999999999999]"])
def test_numbers_without_measure_are_no_json(text: bytes) -> None:
    """As whole numbers, or written out, they would fill the memory."""
    for read in (HttpResponse(200, {}, text).json, lambda: exact.read(text)):
        with pytest.raises(ValueError, match="measure"):
            read()


@pytest.mark.parametrize(
    "text",
    ["Mon, 01 Jan 2024 00:00:00 +9999999999", "Fri, 31 Dec 9999 23:59:59 -1400", "Mon, 01 Jan 99999 00:00:00 GMT"],
)
def test_dates_beyond_the_calendar_are_none(text: str) -> None:
    assert http_date(text) is None
    assert header_moment(text) is None


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_instants_beyond_the_calendar_are_named(text: str) -> None:
    with pytest.raises(PermanentError, match="is not a instant"):
        canon(Field("At__c", "at", Instant()), Side.CRM, text)


def test_more_digits_than_are_counted_with_are_another_number() -> None:
    assert not contract_compare.same(Decimal("1.00"), Decimal("1E+30"))


def test_an_error_list_may_name_fields_as_it_likes() -> None:
    (found,) = problems(HttpResponse(400, {}, b'[{"message": "no", "fields": 5}]'))
    assert found.fields == ()


@pytest.mark.parametrize("entry", [5, None, "x", []])
def test_an_answer_of_other_things_leaves_rows_unknown(entry: object) -> None:
    assert isinstance(of_items([entry], Operation.UPDATE, 1)[0], Unknown)


def test_a_success_without_an_id_is_unknown() -> None:
    assert isinstance(of_items([{"success": True}], Operation.CREATE, 1)[0], Unknown)


@pytest.mark.parametrize("errors", [5, "x", [], [5], {"a": 1}])
def test_a_refusal_without_words_is_a_refusal(errors: object) -> None:
    assert isinstance(of_items([{"success": False, "errors": errors}], Operation.UPDATE, 1)[0], Refused)
