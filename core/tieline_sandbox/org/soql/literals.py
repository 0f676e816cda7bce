"""Constants of a query, checked against the field they are compared with."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from tieline_sandbox.org import ids, moments
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.schema.types import ID_KINDS, NUMBER_KINDS, Field, Kind
from tieline_sandbox.org.soql.periods import span
from tieline_sandbox.org.soql.tree import Literal

_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_UNQUOTED = {Kind.DATE: "date", Kind.DATETIME: "dateTime", Kind.BOOLEAN: "boolean", Kind.INT: "int"}


def unquote(text: str, keep: str = "") -> str:
    """The text of a string literal; escapes of characters in `keep` stay as they are (for LIKE)."""

    def one(match: re.Match[str]) -> str:
        mark = match[1]
        if mark in keep:
            return match[0]
        if mark[0] == "u" and len(mark) == 5:
            return chr(int(mark[1:], 16))
        if mark not in _ESCAPES:
            problem = f"Invalid string literal '{text[1:-1]}'. Illegal character sequence '\\{mark}' in string literal."
            raise OrgError("MALFORMED_QUERY", problem)
        return _ESCAPES[mark]

    return _ESCAPE.sub(one, text[1:-1])


def constant(field: Field, literal: Literal, now: datetime) -> Any:
    """What to compare with: None, a value in the row's own form, or for relative dates a span (first, after)."""
    if literal.kind == "null":
        return None
    if field.kind in NUMBER_KINDS:
        return _number(field, literal)
    if field.kind is Kind.BOOLEAN:
        _expect(field, literal, "boolean")
        return literal.text.casefold() == "true"
    if field.kind in (Kind.DATE, Kind.DATETIME):
        return _moment(field, literal, now)
    _expect(field, literal, "string")
    text = unquote(literal.text)
    if field.kind in ID_KINDS:
        return identity(text)
    return text if field.exact else text.casefold()


def identity(text: str) -> str:
    """An id in a condition; the blank one matches nothing."""
    found = ids.full(text)
    if found is None and text:
        raise OrgError("INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {text}")
    return found or ""


def _number(field: Field, literal: Literal) -> float:
    _expect(field, literal, "integer", "decimal")
    return float(literal.text)


def _moment(field: Field, literal: Literal, now: datetime) -> Any:
    if literal.kind == "period":
        first, after = span(literal.text, now.date())
        if field.kind is Kind.DATE:
            return first.isoformat(), after.isoformat()
        return moments.stamp(moments.midnight(first)), moments.stamp(moments.midnight(after))
    _expect(field, literal, field.kind.value)
    if field.kind is Kind.DATE:
        day = moments.read_date(literal.text)
        if day is None:
            raise OrgError("MALFORMED_QUERY", f"Invalid date: {literal.text}")
        return day.isoformat()
    moment = moments.read_moment(literal.text)
    if moment is None:
        raise OrgError("MALFORMED_QUERY", f"Invalid datetime: {literal.text}")
    # A bound between two whole seconds lies above the first of them.
    return moments.stamp(moment) if moment.microsecond == 0 else moments.stamp(moment)[:19] + ".5"


def _expect(field: Field, literal: Literal, *kinds: str) -> None:
    if literal.kind in kinds:
        return
    quoted = "string" in kinds
    wanted = "string" if quoted else _UNQUOTED.get(field.kind, "double")
    rule = "should be enclosed in quotes" if quoted else "should not be enclosed in quotes"
    problem = f"value of filter criterion for field '{field.name}' must be of type {wanted} and {rule}"
    raise OrgError("INVALID_FIELD", problem)
