"""From the text of a formula to something that can be run on a record."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, VisitError

from tieline_sandbox.org.formulas.functions import FUNCTIONS, Node, Now, blank, equal, written

MAX_LENGTH = 5_000  # [K]
_MAX_DEPTH = 100
_WORDS: Mapping[str, Any] = {"TRUE": True, "FALSE": False, "NULL": None}


class BadFormula(Exception):
    """A formula that can't be used; the text says why."""


@lru_cache(maxsize=1)
def _parser() -> Lark:
    grammar = files(__package__).joinpath("grammar.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", lexer="contextual", maybe_placeholders=False)


@lru_cache(maxsize=500)
def parse(text: str) -> Node:
    """The formula; BadFormula when this org can't evaluate it."""
    if not text.strip():
        raise BadFormula("Syntax error. Missing formula")
    if len(text) > MAX_LENGTH:
        raise BadFormula(f"Formula is too long ({len(text)} characters). Maximum length is {MAX_LENGTH} characters.")
    try:
        node: Node = _Builder().transform(_parser().parse(text))
    except UnexpectedInput as error:
        raise BadFormula(f"Syntax error near '{text[(error.pos_in_stream or 0) :][:20]}'") from None
    except VisitError as error:
        raise (error.orig_exc if isinstance(error.orig_exc, BadFormula) else error) from None
    except RecursionError:
        raise BadFormula("The formula is nested too deep") from None
    return node


def _node(run: Callable[..., Any], *parts: Node) -> Node:
    """A node over the values of its parts."""
    return _around(lambda now: run(*(part.run(now) for part in parts)), parts)


def _around(run: Callable[[Now], Any], parts: tuple[Node, ...]) -> Node:
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > _MAX_DEPTH:
        raise BadFormula("The formula is nested too deep")
    return Node(run, frozenset[str]().union(*(part.fields for part in parts)), depth=depth)


_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": equal, "==": equal, "<>": lambda one, other: not equal(one, other),
    "!=": lambda one, other: not equal(one, other), "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge,
}  # fmt: skip
_RECKON: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
}  # fmt: skip


def _compare(sign: str, one: Any, other: Any) -> bool:
    """Values that can't be compared are in no order."""
    if sign[0] in "<>" and sign != "<>" and (blank(one) or blank(other)):
        return False
    try:
        return _COMPARE[sign](one, other)
    except TypeError:
        return False


def _reckon(sign: str, one: Any, other: Any) -> Any:
    """`&` joins texts; with a null, or where there is no result, it is null."""
    if sign == "&":
        return written(one) + written(other)
    if blank(one) or blank(other):
        return None
    try:
        return _RECKON[sign](one, other)
    except (TypeError, ZeroDivisionError, OverflowError):
        return None


class _Builder(Transformer[Token, Node]):
    """Each rule of the grammar as a node."""

    def any_of(self, parts: list[Node]) -> Node:
        return parts[0] if len(parts) == 1 else _node(lambda *values: any(each is True for each in values), *parts)

    def all_of(self, parts: list[Node]) -> Node:
        return parts[0] if len(parts) == 1 else _node(lambda *values: all(each is True for each in values), *parts)

    def compared(self, parts: list[Any]) -> Node:
        return self._two(parts, _compare)

    def reckoned(self, parts: list[Any]) -> Node:
        return self._two(parts, _reckon)

    def _two(self, parts: list[Any], work: Callable[[str, Any, Any], Any]) -> Node:
        if len(parts) == 1:
            only: Node = parts[0]
            return only
        left, sign, right = parts
        return _node(lambda one, other: work(str(sign), one, other), left, right)

    def negative(self, parts: list[Node]) -> Node:
        return _node(lambda value: _reckon("-", 0, value), *parts)

    def negated(self, parts: list[Node]) -> Node:
        return _node(lambda value: value is not True, *parts)

    def number(self, parts: list[Token]) -> Node:
        value = float(parts[0])
        return Node(lambda _now: value)

    def text(self, parts: list[Token]) -> Node:
        value = re.sub(r"\\(.)", r"\1", parts[0][1:-1], flags=re.DOTALL)
        return Node(lambda _now: value)

    def named(self, parts: list[Token]) -> Node:
        name = str(parts[0])
        if name.upper() in _WORDS:
            return Node(lambda _now: _WORDS[name.upper()])
        if "." in name or "$" in name:
            raise BadFormula(f"This local org evaluates the record's own fields only, not {name}")
        return Node(lambda now: now.row.get(name), frozenset({name}), name)

    def called(self, parts: list[Any]) -> Node:
        name, given = str(parts[0]).upper(), tuple(parts[1:])
        function = FUNCTIONS.get(name)
        if function is None:
            raise BadFormula(f"Unknown function {name}. This local org evaluates {', '.join(FUNCTIONS)}.")
        most = function.most if function.most is not None else len(given)
        if not function.least <= len(given) <= most:
            raise BadFormula(f"Incorrect number of parameters for function '{name}()'. Received {len(given)}")
        if function.raw and not given[0].field:
            raise BadFormula(f"The first parameter of {name} must be a field")
        return _around(lambda now: function.run(now, given), given)


def holds(node: Node, now: Now) -> bool:
    """Whether a condition is true of a record."""
    return node.run(now) is True
