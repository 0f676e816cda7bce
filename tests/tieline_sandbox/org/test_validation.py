"""Validation rules: evaluated when records are written, refused when this org could not evaluate them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tieline_sandbox.org.formulas.functions import Now
from tieline_sandbox.org.formulas.parse import BadFormula, holds, parse

TODAY = date(2026, 3, 10)


def rule(formula: str, name: str = "Rule", active: str = "true", more: str = "") -> str:
    escaped = formula.replace("&", "&amp;").replace("<", "&lt;")
    return (
        f"<validationRules><fullName>{name}</fullName><active>{active}</active>"
        f"<errorConditionFormula>{escaped}</errorConditionFormula>{more}<errorMessage>Not so.</errorMessage>"
        "</validationRules>"
    )


def files(words: Any, *rules: str, names: tuple[str, ...] = ("Rule",)) -> dict[str, str]:
    members = {"ValidationRule": [f"Account.{name}" for name in names]}
    return {"objects/Account.object": words.standard_object("".join(rules)), "package.xml": words.manifest(members)}


def test_a_record_that_breaks_a_rule_is_refused(admin: Any, words: Any) -> None:
    shown = "<errorDisplayField>Phone</errorDisplayField>"
    admin.install(files(words, rule('AND(Industry = "Energy", ISBLANK(Phone))', more=shown)))
    ident = admin.create("Account", Name="A", Industry="Energy", Phone="1")
    answer = admin.send("PATCH", f"/sobjects/Account/{ident}", {"Phone": None})
    assert answer.json() == [
        {"message": "Not so.", "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "fields": ["Phone"]}
    ]
    assert admin.refused("POST", "/sobjects/Account", {"Name": "B", "Industry": "Energy"})[0] == 400
    admin.create("Account", Name="B")


def test_a_rule_that_is_off_does_nothing_and_one_that_is_removed_neither(admin: Any, words: Any) -> None:
    admin.install(files(words, rule("TRUE", active="false")))
    admin.create("Account", Name="A")
    admin.install(files(words, rule("TRUE")))
    assert admin.refused("POST", "/sobjects/Account", {"Name": "B"})[1] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    gone = {
        "package.xml": words.manifest({}),
        "destructiveChanges.xml": words.manifest({"ValidationRule": ["Account.Rule"]}),
    }
    assert admin.deploy(gone).findtext("status") == "Succeeded"
    admin.create("Account", Name="B")


@pytest.mark.parametrize(
    ("formula", "problem"),
    [
        ('REGEX(Phone, "x")', "Unknown function REGEX. This local org evaluates AND, OR"),
        ("Colour__c = 1", "Field Colour__c does not exist"),
        ("name = 'x'", "Field name does not exist"),
        ("Parent.Name = 'x'", "own fields only, not Parent.Name"),
        ("$User.Id = 'x'", "own fields only, not $User.Id"),
        ("AND(", "Syntax error"),
        ("LEN()", "Incorrect number of parameters for function 'LEN()'"),
        ('ISCHANGED("x")', "first parameter of ISCHANGED must be a field"),
        ("(" * 2000 + "1" + ")" * 2000, "nested too deep"),
        ("!" * 200 + "TRUE", "nested too deep"),
        ("1" + "+1" * 200 + " = 1", "nested too deep"),
    ],
)
def test_a_formula_this_org_cannot_evaluate_is_refused(admin: Any, words: Any, formula: str, problem: str) -> None:
    result = admin.deploy(files(words, rule(formula)))
    assert any(problem in each for each in words.problems(result)), words.problems(result)


ROW = {"Name": "Acme", "Phone": None, "Amount": 5.0, "Count": 3, "Flag": True, "Day": "2026-03-09", "Text": "a b"}
OLD = {**ROW, "Name": "Old"}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("Amount > 4 && Amount <= 5", True), ("Amount = 5.0", True), ("Amount <> 5", False), ("Phone = ''", True),
        ("Phone > 1", False), ("Phone = 0", False), ('Name = "acme"', False), ("LOWER(Name) == 'acme'", True),
        ("Amount + Count * 2 = 11", True), ("Amount - 1 - 1 = 3", True), ("Amount / 0 > 1", False),
        ("-Count = -3", True),
        ("(Amount + Count) / 2 = 4", True), ('Name & "!" = "Acme!"', True), ("!Flag || FALSE", False),
        ("NOT(Flag)", False),
        ("IF(Flag, Amount, Count) = 5", True), ("ISBLANK(Phone)", True), ("ISNULL(Phone)", True),
        ("LEN(Phone) = 0", True),
        ("LEN(Name) = 4", True), ("BLANKVALUE(Phone, 'x') = 'x'", True), ("TEXT(Count) = '3'", True),
        ("CONTAINS(Text, 'b')", True), ("BEGINS(Text, 'b')", False), ("TRIM(' a ') = 'a'", True),
        ("ISPICKVAL(Name, 'Acme')", True), ("ISCHANGED(Name)", True), ("ISCHANGED(Amount)", False), ("ISNEW()", False),
        ("PRIORVALUE(Name) = 'Old'", True), ("Day < TODAY()", True), ("Flag = 1", False), ("Name > 5", False),
        ("/* note */ UPPER(Name) = 'ACME'", True), ("OR(FALSE, NULL, Flag)", True), ("'a\\'b' = \"a'b\"", True),
    ],
)  # fmt: skip
def test_what_a_formula_comes_to(formula: str, expected: bool) -> None:
    assert holds(parse(formula), Now(ROW, OLD, TODAY)) is expected


def test_a_new_record_has_no_past() -> None:
    now = Now(ROW, None, TODAY)
    assert holds(parse("ISNEW() && !ISCHANGED(Name) && PRIORVALUE(Name) = 'Acme'"), now)


@pytest.mark.parametrize("text", ["", " ", "x" * 5_001, "\0", "1 2", "'"])
def test_what_is_no_formula(text: str) -> None:
    with pytest.raises(BadFormula):
        parse(text)
