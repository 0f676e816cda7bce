"""Whatever goes into a query comes back as one value of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tieline.contract import PermanentError
from tieline.org import soql
from tieline_sandbox.org.soql.literals import unquote
from tieline_sandbox.org.soql.parse import parse
from tieline_sandbox.org.soql.tree import Comparison

WHOLE = st.text(st.characters(exclude_categories=["Cs"]))

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@UNHURRIED
@given(WHOLE)
def test_any_text_is_one_literal(text: str) -> None:
    tree = parse(soql.select("Account", ["Id"], where=[soql.equal("Name", text), soql.equal("Phone", "p")]))
    both = tree.where
    (first, second) = both.parts  # type: ignore[union-attr]
    assert isinstance(first, Comparison)
    assert isinstance(second, Comparison)
    assert unquote(first.right.text) == text  # type: ignore[union-attr]
    assert unquote(second.right.text) == "p"  # type: ignore[union-attr]


@UNHURRIED
@given(WHOLE.filter(lambda text: not soql.NAME.fullmatch(text)))
def test_no_text_passes_for_a_name(text: str) -> None:
    with pytest.raises(PermanentError):
        soql.select(text, ["Id"])
    with pytest.raises(PermanentError):
        soql.equal(text, 1)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (12, "12"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.10"), "0.10"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, 4, 5, 678000, UTC), "2026-01-02T03:04:05.678Z"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2))), "2026-01-02T01:04:05.000Z"),
        ("it's", r"'it\'s'"),
        ("a\\b\nc", r"'a\\b\nc'"),
    ],
)
def test_literals(value: object, text: str) -> None:
    assert soql.literal(value) == text  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), datetime(2026, 1, 1), "half \ud83d"])  # noqa: DTZ001
def test_values_without_a_spelling_are_refused(value: object) -> None:
    with pytest.raises(PermanentError):
        soql.literal(value)  # type: ignore[arg-type]


def test_a_whole_query() -> None:
    text = soql.select(
        "Account",
        ["Id", "Owner.Email"],
        where=[soql.either(soql.compare("SystemModstamp", ">", date(2026, 1, 1)), soql.one_of("Id", ["a", "b"]))],
        order=["SystemModstamp", "Id"],
        limit=5,
        children=["SELECT Id FROM Contacts"],
    )
    assert text == (
        "SELECT Id,Owner.Email,(SELECT Id FROM Contacts) FROM Account"
        " WHERE (SystemModstamp > 2026-01-01 OR Id IN ('a','b')) ORDER BY SystemModstamp,Id LIMIT 5"
    )


def test_only_operators_are_operators() -> None:
    with pytest.raises(PermanentError):
        soql.compare("Name", "= '' OR Name =", "x")


@UNHURRIED
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), max_size=50))
def test_lists_fit_and_lose_nothing(values: list[str]) -> None:
    parts = list(soql.lists(values, longest=2000))
    assert [value for part in parts for value in part] == values
    for part in parts:
        assert len(part) == 1 or len(quote(soql.one_of("A", part).text, safe="")) <= 2000 + 20
