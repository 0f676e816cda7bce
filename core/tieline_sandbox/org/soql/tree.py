"""The tree of a query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Path:
    """A field, reached over relationships: `Account.Owner.Name`."""

    parts: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of one argument or none: `COUNT()`, `MAX(Amount)`, `CALENDAR_YEAR(CloseDate)`."""

    name: str
    argument: Expression | None

    def __str__(self) -> str:
        return f"{self.name}({self.argument or ''})"


Expression: TypeAlias = "Path | Call"


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant as written; `kind` is string, integer, decimal, date, datetime, boolean, null or period."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """`operator` is one of = != < <= > >= like in not_in includes excludes."""

    left: Expression
    operator: str
    right: Literal | tuple[Literal, ...] | Query


@dataclass(frozen=True, slots=True)
class Both:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Negated:
    part: Condition


Condition: TypeAlias = "Comparison | Both | Either | Negated"


@dataclass(frozen=True, slots=True)
class Selected:
    expression: Expression
    alias: str | None


@dataclass(frozen=True, slots=True)
class Children:
    query: Query


@dataclass(frozen=True, slots=True)
class FieldsMacro:
    """`FIELDS(ALL)`, `FIELDS(STANDARD)`, `FIELDS(CUSTOM)`."""

    group: str


Item: TypeAlias = "Selected | Children | FieldsMacro"


@dataclass(frozen=True, slots=True)
class Ordered:
    expression: Expression
    descending: bool
    nulls_last: bool


@dataclass(frozen=True, slots=True)
class Query:
    items: tuple[Item, ...]
    object: str
    alias: str | None = None
    where: Condition | None = None
    group: tuple[Expression, ...] = ()
    having: Condition | None = None
    order: tuple[Ordered, ...] = ()
    limit: int | None = None
    offset: int = 0
    all_rows: bool = False
    text: str = ""
