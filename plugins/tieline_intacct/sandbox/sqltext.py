"""The text of readByQuery: comparisons joined by AND, OR and NOT [D].

Strings stand in single quotes, a quote inside them is escaped by a backslash. `rownum` picks rows by their place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tieline_intacct.sandbox.conditions import All, Condition, Either, Leaf, Not
from tieline_intacct.sandbox.problems import Refused, query_failed

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>'(?:[^'\\]|\\.|'')*')
      | (?P<number>-?\d+(?:\.\d+)?(?![\w.]))
      | (?P<word>[A-Za-z_][\w.]*)
      | (?P<sign><=|>=|<>|!=|=|<|>|\(|\)|,)
    )""",
    re.VERBOSE | re.DOTALL,
)
_SIGNS = {
    "=": "equalto",
    "<>": "notequalto",
    "!=": "notequalto",
    "<": "lessthan",
    "<=": "lessthanorequalto",
    ">": "greaterthan",
    ">=": "greaterthanorequalto",
}
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Token:
    sort: str
    text: str

    def says(self, *words: str) -> bool:
        return self.sort in ("word", "sign") and self.text.lower() in words


_END = Token("end", "the end")


@dataclass(frozen=True, slots=True)
class Places:
    """Which rows of a result are wanted, counted from 1 [D]; `last` None is the end."""

    first: int = 1
    last: int | None = None

    def cut(self, sign: str, number: int) -> Places:
        """Narrowed by a comparison of `rownum`."""
        first, last = _PLACES[sign](number)
        least = self.last if last is None else last if self.last is None else min(self.last, last)
        return Places(max(self.first, first), least)

    @property
    def slice(self) -> slice:
        return slice(self.first - 1, None if self.last is None else max(self.last, 0))


_PLACES: Mapping[str, Callable[[int], tuple[int, int | None]]] = {
    "=": lambda number: (number, number),
    "<": lambda number: (1, number - 1),
    "<=": lambda number: (1, number),
    ">": lambda number: (number + 1, None),
    ">=": lambda number: (number, None),
}


def read(text: str) -> tuple[Condition | None, Places]:
    """The condition, None for all records, and the places in the result. Raises Refused."""
    if not text.strip():
        return None, Places()
    parser = _Parser(_tokens(text))
    condition = parser.either()
    parser.expect_end()
    return condition, parser.places


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise query_failed(f"The query cannot be read at: {text[at:].strip()[:40]}")
        found.append(Token(match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


class _Parser:
    """Recursive descent; NOT binds closest, then AND, then OR."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = [*tokens, _END]
        self._at = 0
        self._depth = 0
        self.places = Places()

    def either(self) -> Condition:
        parts = [self._all()]
        while self._take("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Either(parts)

    def expect_end(self) -> None:
        if self._peek() is not _END:
            raise self._unexpected()

    def _all(self) -> Condition:
        parts = [self._factor()]
        while self._take("and"):
            parts.append(self._factor())
        return parts[0] if len(parts) == 1 else All(parts)

    def _factor(self) -> Condition:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise query_failed(f"The query nests deeper than {_DEEPEST} levels")
        try:
            if self._take("not"):
                return Not(self._factor())
            if self._take("("):
                inner = self.either()
                self._need(")")
                return inner
            return self._leaf()
        finally:
            self._depth -= 1

    def _leaf(self) -> Condition:
        field = self._next()
        if field.sort != "word":
            raise self._unexpected(field)
        if field.text.lower() == "rownum":
            return self._rownum()
        if self._take("is"):
            negated = self._take("not")
            self._need("null")
            return Leaf("isnotnull" if negated else "isnull", field.text)
        negated = self._take("not")
        if self._take("like"):
            return Leaf("notlike" if negated else "like", field.text, [self._value()])
        if self._take("in"):
            return Leaf("notin" if negated else "in", field.text, self._list())
        sign = self._next()
        if negated or sign.text not in _SIGNS:
            raise self._unexpected(sign)
        return Leaf(_SIGNS[sign.text], field.text, [self._value()])

    def _rownum(self) -> Condition:
        sign, value = self._next(), self._value()
        if sign.text not in _PLACES or not (value.isascii() and value.isdigit()):
            raise query_failed(f"rownum takes {', '.join(_PLACES)} and a whole number")
        self.places = self.places.cut(sign.text, int(value))
        return All([])

    def _list(self) -> list[str]:
        self._need("(")
        found = [self._value()]
        while self._take(","):
            found.append(self._value())
        self._need(")")
        return found

    def _value(self) -> str:
        token = self._next()
        if token.sort == "string":
            return re.sub(r"\\(.)|''", lambda match: match[1] or "'", token.text[1:-1], flags=re.DOTALL)
        if token.sort == "number":
            return token.text
        raise self._unexpected(token)

    def _peek(self) -> Token:
        return self._tokens[self._at]

    def _next(self) -> Token:
        token = self._tokens[self._at]
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _take(self, word: str) -> bool:
        if self._peek().says(word):
            self._at += 1
            return True
        return False

    def _need(self, word: str) -> None:
        if not self._take(word):
            raise self._unexpected()

    def _unexpected(self, token: Token | None = None) -> Refused:
        return query_failed(f"The query cannot be read at: {(token or self._peek()).text}")
