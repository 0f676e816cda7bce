"""Queries over a small, known set of rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieline_sandbox.effects import Clock
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.soql.conditions import like_pattern
from tieline_sandbox.org.soql.parse import parse


@pytest.fixture
def shop(keyed: Any, clock: Clock) -> Any:
    """Three accounts a minute apart; the first two have people."""
    for name, city, staff in (("Alfa", "Berlin", 5), ("beta", None, 50), ("Gamma 100%", "Paris", None)):
        account = keyed.create("Account", Name=name, BillingCity=city, NumberOfEmployees=staff, Key__c=name[0])
        clock.advance(60)
        for number in range({"Alfa": 2, "beta": 1}.get(name, 0)):
            keyed.create("Contact", LastName=f"{name} {number}", AccountId=account)
    return keyed


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("Name = 'ALFA'", ["Alfa"]),
        ("Name != 'alfa'", ["beta", "Gamma 100%"]),
        ("BillingCity = null", ["beta"]),
        ("BillingCity != 'Berlin'", ["beta", "Gamma 100%"]),
        ("NumberOfEmployees > 5", ["beta"]),
        ("NumberOfEmployees >= 5.0 AND NumberOfEmployees < 50", ["Alfa"]),
        ("NOT NumberOfEmployees > 5", ["Alfa", "Gamma 100%"]),
        ("Name LIKE '%A'", ["Alfa", "beta"]),
        ("Name LIKE '_eta'", ["beta"]),
        (r"Name LIKE '%100\%'", ["Gamma 100%"]),
        ("Name IN ('alfa', 'BETA', 'x')", ["Alfa", "beta"]),
        ("Name NOT IN ('alfa')", ["beta", "Gamma 100%"]),
        ("(Name = 'Alfa' OR Name = 'beta') AND BillingCity != null", ["Alfa"]),
        ("Id IN (SELECT AccountId FROM Contact WHERE LastName LIKE 'beta%')", ["beta"]),
        ("Id NOT IN (SELECT AccountId FROM Contact)", ["Gamma 100%"]),
        ("Key__c = 'a'", ["Alfa"]),
        ("Owner.Name = 'Ada Admin' AND Owner.Profile.Name LIKE 'System%'", ["Alfa", "beta", "Gamma 100%"]),
        ("CreatedDate = TODAY", ["Alfa", "beta", "Gamma 100%"]),
        ("CreatedDate = YESTERDAY", []),
        (
            "CreatedDate = THIS_YEAR AND CreatedDate >= LAST_N_DAYS:1 AND CreatedDate < TOMORROW",
            ["Alfa", "beta", "Gamma 100%"],
        ),
        ("CreatedDate > 2026-03-10T12:00:30Z", ["beta", "Gamma 100%"]),
        ("CreatedDate <= 2026-03-10T13:01:30.000+01:00", ["Alfa", "beta"]),
        ("CALENDAR_YEAR(CreatedDate) = 2026", ["Alfa", "beta", "Gamma 100%"]),
        (
            (
                "SystemModstamp > 2026-03-10T12:01:30Z"
                " OR (SystemModstamp = 2026-03-10T12:01:30Z AND Id > '000000000000000')"
            ),
            ["beta", "Gamma 100%"],
        ),
        ("IsDeleted = false", ["Alfa", "beta", "Gamma 100%"]),
    ],
)
def test_conditions(shop: Any, where: str, names: list[str]) -> None:
    assert shop.values(f"SELECT Name FROM Account WHERE {where} ORDER BY Name") == names


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("Name DESC", ["Gamma 100%", "beta", "Alfa"]),
        ("BillingCity", ["beta", "Alfa", "Gamma 100%"]),
        ("BillingCity NULLS LAST", ["Alfa", "Gamma 100%", "beta"]),
        ("BillingCity DESC NULLS LAST", ["Gamma 100%", "Alfa", "beta"]),
        ("BillingCity DESC", ["beta", "Gamma 100%", "Alfa"]),
        ("SystemModstamp, Id", ["Alfa", "beta", "Gamma 100%"]),
        ("SystemModstamp LIMIT 1 OFFSET 1", ["beta"]),
        ("Owner.Name, NumberOfEmployees DESC NULLS LAST", ["beta", "Alfa", "Gamma 100%"]),
    ],
)
def test_orders(shop: Any, order: str, names: list[str]) -> None:
    assert shop.values(f"SELECT Name FROM Account ORDER BY {order}") == names


def test_children_and_parents(shop: Any) -> None:
    found = shop.query(
        "SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName DESC LIMIT 1) FROM Account ORDER BY Name"
    )
    first, _, third = found["records"]
    assert [row["LastName"] for row in first["Contacts"]["records"]] == ["Alfa 1"]
    assert third["Contacts"] is None
    people = shop.query("SELECT c.LastName, Account.Owner.Username FROM Contact c WHERE c.Account.Name = 'beta'")[
        "records"
    ]
    assert people[0]["Account"]["Owner"]["Username"] == shop.user["username"]


def test_aggregates(shop: Any) -> None:
    row = shop.rows(
        "SELECT COUNT(Id), COUNT(BillingCity) cities, SUM(NumberOfEmployees) s, AVG(NumberOfEmployees), MAX(Name)"
        " FROM Account"
    )[0]
    assert row == {"expr0": 3, "cities": 2, "s": 55, "expr1": 27.5, "expr2": "Gamma 100%"}
    grouped = shop.rows("SELECT Account.Name, COUNT(Id) n FROM Contact GROUP BY Account.Name HAVING COUNT(Id) > 1")
    assert grouped == [{"Name": "Alfa", "n": 2}]
    assert shop.rows("SELECT COUNT_DISTINCT(Name) n FROM Account WHERE Name = 'nobody'") == [{"n": 0}]


def test_all_fields(shop: Any) -> None:
    row = shop.rows("SELECT FIELDS(ALL) FROM Account LIMIT 1")[0]
    assert {"Id", "Key__c", "SystemModstamp"} <= row.keys()
    assert shop.bad_query("SELECT FIELDS(ALL) FROM Account")[0] == "MALFORMED_QUERY"


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("SELECT Bogus__c FROM Account", "INVALID_FIELD", "No such column 'Bogus__c' on entity 'Account'"),
        ("SELECT Name FROM Bogus__c", "INVALID_TYPE", "sObject type 'Bogus__c' is not supported"),
        ("SELECT Bogus__r.Name FROM Account", "INVALID_FIELD", "Didn't understand relationship 'Bogus__r'"),
        ("SELECT (SELECT Id FROM Bogus__r) FROM Account", "INVALID_TYPE", "Didn't understand relationship 'Bogus__r'"),
        ("SELECT Name FROM Account WHERE Name = 5", "INVALID_FIELD", "should be enclosed in quotes"),
        ("SELECT Name FROM Account WHERE NumberOfEmployees = '5'", "INVALID_FIELD", "should not be enclosed in quotes"),
        (
            "SELECT Name FROM Account WHERE CreatedDate > '2026-01-01'",
            "INVALID_FIELD",
            "should not be enclosed in quotes",
        ),
        ("SELECT Name FROM Account WHERE CreatedDate > 2026-01-01", "INVALID_FIELD", "dateTime"),
        ("SELECT Name FROM Account WHERE Description = 'x'", "INVALID_FIELD", "can not be filtered"),
        ("SELECT Name FROM Account ORDER BY Description", "INVALID_FIELD", "can not be sorted"),
        ("SELECT Name FROM Account WHERE Id = 'abc'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field"),
        ("SELECT Name, COUNT(Id) FROM Account", "MALFORMED_QUERY", "must be grouped"),
        ("SELECT Name FROM Account WHERE Name = 'a' AND Phone = 'b' OR Phone = 'c'", "MALFORMED_QUERY", "'OR'"),
        (r"SELECT Name FROM Account WHERE Name = '\x'", "MALFORMED_QUERY", "Illegal character sequence"),
        ("SELECT Name FROM Account OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "2000"),
        ("SELECT Name FROM Account WHERE Id IN (SELECT Name FROM Contact)", "MALFORMED_QUERY", "semi join"),
        ("", "MALFORMED_QUERY", "A query string has to be specified"),
        ("(" * 500, "QUERY_TOO_COMPLICATED", "nested"),
    ],
)
def test_refusals(shop: Any, text: str, code: str, words: str) -> None:
    found, told = shop.bad_query(text)
    assert found == code, told
    assert words in told


def test_pages_are_cut_as_asked_and_belong_to_their_user(users: dict[str, Any]) -> None:
    admin = users["admin"]
    records = [{"attributes": {"type": "Account"}, "Name": f"A{number:03}"} for number in range(200)]
    for _ in range(3):
        admin.ok("POST", "/composite/sobjects", {"records": records})
    hint = (("Sforce-Query-Options", "batchSize=250"),)
    page = admin.ok("GET", "/query?q=SELECT+Id+FROM+Account+ORDER+BY+Name,Id", headers=hint)
    seen = [row["Id"] for row in page["records"]]
    first = page["nextRecordsUrl"]
    while not page["done"]:
        page = admin.ok("GET", page["nextRecordsUrl"].replace("/query/", "/tooling/query/"))
        seen += [row["Id"] for row in page["records"]]
    assert len(seen) == len(set(seen)) == 600
    assert users["sam"].refused("GET", first)[1] == "INVALID_QUERY_LOCATOR"


def test_case_counts_in_a_unique_case_sensitive_field(admin: Any, words: Any) -> None:
    key = words.key.replace("</fields>", "<caseSensitive>true</caseSensitive></fields>")
    admin.install(words.package({"Account": words.standard_object(key)}, ["Account.Key__c"]), "Grants")
    for name in ("abc", "ABC"):
        admin.create("Account", Name=name, Key__c=name)
    assert admin.values("SELECT Name FROM Account WHERE Key__c = 'ABC'") == ["ABC"]
    assert admin.values("SELECT Name FROM Account WHERE Key__c IN ('abc', 'aBc')") == ["abc"]
    assert len(admin.values("SELECT Name FROM Account WHERE Key__c LIKE 'AB%'")) == 2


def test_locators_live_two_days(admin: Any, clock: Clock) -> None:
    records = [{"attributes": {"type": "Account"}, "Name": "A"}] * 200
    for _ in range(2):
        admin.ok("POST", "/composite/sobjects", {"records": records})
    page = admin.ok("GET", "/query?q=SELECT+Id+FROM+Account", headers=(("Sforce-Query-Options", "batchSize=200"),))
    clock.advance(timedelta(days=2, minutes=1).total_seconds())
    assert admin.refused("GET", page["nextRecordsUrl"])[1] == "INVALID_QUERY_LOCATOR"


def test_deleted_rows_are_seen_by_query_all_only(admin: Any) -> None:
    ident = admin.create("Account", Name="Gone")
    admin.ok("DELETE", f"/sobjects/Account/{ident}")
    assert admin.values("SELECT Id FROM Account") == []
    assert admin.ok("GET", "/queryAll?q=SELECT+Id,IsDeleted+FROM+Account")["records"][0]["IsDeleted"] is True
    assert admin.values("SELECT Id FROM Account WHERE IsDeleted = true ALL ROWS") == [ident]


@settings(max_examples=150)
@given(st.text(max_size=60))
def test_any_text_is_a_query_or_malformed(text: str) -> None:
    try:
        parse(text)
    except OrgError as error:
        assert error.code in ("MALFORMED_QUERY", "QUERY_TOO_COMPLICATED")  # noqa: PT017


WORDS = [
    "SELECT",
    "FROM",
    "WHERE",
    "Id",
    "Name",
    "Account",
    "(",
    ")",
    ",",
    "=",
    "'x'",
    "AND",
    "OR",
    "NOT",
    "IN",
    "LIKE",
    "null",
    "LIMIT",
    "1",
    "COUNT()",
    "ORDER",
    "BY",
    "TODAY",
    "5",
    ".",
    "DESC",
    "GROUP",
]


@settings(max_examples=150)
@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))
def test_any_heap_of_words_is_a_query_or_malformed(text: str) -> None:
    test_any_text_is_a_query_or_malformed.hypothesis.inner_test(text)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("%", "", True), ("", "", True), ("", "a", False), ("a%", "abc", True), ("%c", "abcc", True),
        ("%b%", "abc", True), ("a%b%c", "a-b-b-c", True), ("a%b%c", "acb", False), ("_b_", "abc", True),
        ("%b_", "abbc", True), ("%ab%ab", "abab", True), ("%ab%ab", "aab", False), ("a\\%", "a%", True),
        ("a\\%", "ab", False), ("%.%", "a.b", True), ("%%a%%", "xax", True), ("a%a", "a", False),
    ],
)  # fmt: skip
def test_like_patterns(pattern: str, text: str, fits: bool) -> None:
    assert (like_pattern(pattern).fullmatch(text) is not None) is fits
