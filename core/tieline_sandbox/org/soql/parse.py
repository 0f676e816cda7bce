"""From text to tree."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken, VisitError

from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.soql.tree import (
    Both,
    Call,
    Children,
    Comparison,
    Either,
    FieldsMacro,
    Literal,
    Negated,
    Ordered,
    Path,
    Query,
    Selected,
)  # fmt: skip

MAX_LENGTH = 100_000
_MAX_NESTING = 60
_NEGATIONS = re.compile(r"(?i:\bNOT\s+)++")


@lru_cache(maxsize=1)
def _parser() -> Lark:
    grammar = files(__package__).joinpath("grammar.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", lexer="contextual", maybe_placeholders=True)


def parse(text: str) -> Query:
    """The tree of a query; OrgError MALFORMED_QUERY otherwise."""
    if not text.strip():
        raise OrgError("MALFORMED_QUERY", "A query string has to be specified")
    if len(text) > MAX_LENGTH:
        raise OrgError("QUERY_TOO_COMPLICATED", "The query is longer than 100,000 characters")
    if _depth(text) > _MAX_NESTING:
        raise OrgError("QUERY_TOO_COMPLICATED", "The query is nested too deep")
    try:
        query: Query = _Builder().transform(_parser().parse(text))
    except UnexpectedInput as error:
        raise OrgError("MALFORMED_QUERY", _sentence(text, error)) from None
    except VisitError as error:
        raise (error.orig_exc if isinstance(error.orig_exc, OrgError) else error) from None
    return replace(query, text=text)


def _depth(text: str) -> int:
    """How deep parentheses or negations are nested."""
    deepest = max((len(run.split()) for run in _NEGATIONS.findall(text)), default=0)
    level = 0
    for char in text:
        level += (char == "(") - (char == ")")
        deepest = max(deepest, level)
    return deepest


def _sentence(text: str, error: UnexpectedInput) -> str:
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        return located(text, error.token.start_pos or 0, f"unexpected token: '{error.token}'")
    if isinstance(error, UnexpectedCharacters):
        found = text[error.pos_in_stream or 0]
        unclosed = "Bind variables or unclosed strings are not allowed"
        return located(text, error.pos_in_stream or 0, unclosed if found == "'" else f"unexpected token: '{found}'")
    assert isinstance(error, UnexpectedEOF | UnexpectedToken)
    return located(text, len(text), "unexpected token: '<EOF>'")


def located(text: str, position: int, problem: str) -> str:
    """A problem in the service's form: the piece of text, a caret, row and column."""
    before = text[:position]
    row, column = before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1
    start = max(0, position - 20)
    piece = text[start : position + 20].replace("\n", " ")
    return f"\n{piece}\n{' ' * (position - start)}^\nERROR at Row:{row}:Column:{column}\n{problem}"


class _Builder(Transformer[Token, Any]):
    """One method a rule of the grammar."""

    def start(self, parts: list[Any]) -> Query:
        given: dict[str, Any] = {}
        for part in parts:
            if isinstance(part, tuple):
                given[part[0]] = part[1]
        name, alias = given.pop("source")
        return Query(object=name, alias=alias, **given)

    def items(self, parts: list[Any]) -> tuple[str, Any]:
        return "items", tuple(parts)

    def selected(self, parts: list[Any]) -> Selected:
        return Selected(parts[0], str(parts[1]) if len(parts) > 1 else None)

    def alias(self, parts: list[Any]) -> str:
        return str(parts[0])

    def children(self, parts: list[Any]) -> Children:
        return Children(parts[0])

    def fields_macro(self, parts: list[Any]) -> FieldsMacro:
        return FieldsMacro(str(parts[-1]).upper())

    def source(self, parts: list[Any]) -> tuple[str, Any]:
        names = [str(each) for each in parts if isinstance(each, Token) and each.type == "NAME"]
        return "source", (names[0], names[1] if len(names) > 1 else None)

    def where(self, parts: list[Any]) -> tuple[str, Any]:
        return "where", parts[-1]

    def having(self, parts: list[Any]) -> tuple[str, Any]:
        return "having", parts[-1]

    def group(self, parts: list[Any]) -> tuple[str, Any]:
        return "group", tuple(parts[2:])

    def order(self, parts: list[Any]) -> tuple[str, Any]:
        return "order", tuple(parts[2:])

    def ordered(self, parts: list[Any]) -> Ordered:
        words = [str(each).upper() for each in parts[1:]]
        return Ordered(parts[0], "DESC" in words, "LAST" in words)

    def direction(self, parts: list[Any]) -> str:
        return str(parts[0])

    def nulls(self, parts: list[Any]) -> str:
        return str(parts[1])

    def limit(self, parts: list[Any]) -> tuple[str, Any]:
        return "limit", _count(parts[1])

    def offset(self, parts: list[Any]) -> tuple[str, Any]:
        return "offset", _count(parts[1])

    def tail(self, parts: list[Any]) -> tuple[str, Any] | None:
        return ("all_rows", True) if parts[0].type == "ALL" else None

    def both(self, parts: list[Any]) -> Both:
        return Both(tuple(each for each in parts if not isinstance(each, Token)))

    def either(self, parts: list[Any]) -> Either:
        return Either(tuple(each for each in parts if not isinstance(each, Token)))

    def negated(self, parts: list[Any]) -> Negated:
        return Negated(parts[1])

    def compared(self, parts: list[Any]) -> Comparison:
        return Comparison(parts[0], str(parts[1]).replace("<>", "!="), parts[2])

    def like(self, parts: list[Any]) -> Comparison:
        return Comparison(parts[0], "like", Literal("string", str(parts[2])))

    def inside(self, parts: list[Any]) -> Comparison:
        return Comparison(parts[0], "in", parts[2])

    def outside(self, parts: list[Any]) -> Comparison:
        return Comparison(parts[0], "not_in", parts[3])

    def including(self, parts: list[Any]) -> Comparison:
        return Comparison(parts[0], str(parts[1]).lower(), tuple(Literal("string", str(each)) for each in parts[2:]))

    def values(self, parts: list[Any]) -> tuple[Literal, ...]:
        return tuple(parts)

    def path(self, parts: list[Any]) -> Path:
        return Path(tuple(str(each) for each in parts))

    def call(self, parts: list[Any]) -> Call:
        return Call(str(parts[0]).upper(), parts[1])

    def literal(self, parts: list[Any]) -> Literal:
        token = parts[0]
        kind = "boolean" if token.type in ("TRUE", "FALSE") else token.type.lower()
        return Literal(kind, str(token))


def _count(token: Token) -> int:
    if token.startswith("-"):
        raise OrgError("MALFORMED_QUERY", f"unexpected token: '{token}'")
    return int(token) if len(token) < 10 else 999_999_999
