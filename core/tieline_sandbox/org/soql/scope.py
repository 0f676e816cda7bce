"""Names of a query resolved against what the caller may see."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tieline_sandbox.org.access import Access
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.schema.types import Child, Field, Kind, ObjectType, Schema
from tieline_sandbox.org.soql.parse import located
from tieline_sandbox.org.soql.tree import Path
from tieline_sandbox.state import Reader

Row = Mapping[str, Any]


def _hint(what: str, suffix: str, named: str) -> str:
    return (
        f" If you are attempting to use a custom {what}, be sure to append the '{suffix}' after the {named} name."
        " Please reference your WSDL or the describe call for the appropriate names."
    )


@dataclass(slots=True)
class Rows:
    """Row access of one query, with parents read once."""

    reader: Reader
    _parents: dict[tuple[str, str], Row | None] = field(default_factory=dict)

    def parent(self, kind: str, ident: str | None) -> Row | None:
        if not ident:
            return None
        key = (kind, ident)
        if key not in self._parents:
            if len(self._parents) > 50_000:
                self._parents.clear()
            self._parents[key] = self.reader.get(kind, ident)
        return self._parents[key]


@dataclass(frozen=True, slots=True)
class Column:
    """A field reached over zero or more lookups; each step is the lookup and the object it leads to."""

    steps: tuple[tuple[Field, ObjectType], ...]
    field: Field
    owner: ObjectType

    @property
    def label(self) -> str:
        return ".".join([*(step.relationship or "" for step, _ in self.steps), self.field.name])

    def value(self, row: Row, rows: Rows) -> Any:
        current = row
        for step, target in self.steps:
            above = rows.parent(target.name, current.get(step.name))
            if above is None:
                return False if self.field.kind is Kind.BOOLEAN else None
            current = above
        found = current.get(self.field.name)
        return False if found is None and self.field.kind is Kind.BOOLEAN else found

    def reader(self, rows: Rows) -> Callable[[Row], Any]:
        if not self.steps and self.field.kind is not Kind.BOOLEAN:
            name = self.field.name
            return lambda row: row.get(name)
        return lambda row: self.value(row, rows)


@dataclass(frozen=True, slots=True)
class Scope:
    """One object under one caller; `text` is the query, for the place of an error."""

    schema: Schema
    access: Access
    kind: ObjectType
    alias: str | None = None
    text: str = ""

    def column(self, path: Path) -> Column:
        """OrgError INVALID_FIELD when a part of the path is unknown or hidden."""
        parts = list(path.parts)
        named = parts[0].casefold() in (self.kind.name.casefold(), (self.alias or "").casefold())
        if len(parts) > 1 and named and self._relation(self.kind, parts[0]) is None:
            parts = parts[1:]
        if len(parts) > 6:
            raise self._error("INVALID_FIELD", parts[0], "only 5 levels of relationships are allowed")
        current, steps = self.kind, []
        for name in parts[:-1]:
            step = self._relation(current, name)
            if step is None:
                hint = _hint("relationship", "__r", "custom relationship")
                raise self._error(
                    "INVALID_FIELD", name, f"Didn't understand relationship '{name}' in field path.{hint}"
                )
            steps.append(step)
            current = step[1]
        return Column(tuple(steps), self._field(current, parts[-1]), current)

    def _relation(self, kind: ObjectType, name: str) -> tuple[Field, ObjectType] | None:
        wanted = name.casefold()
        for each in kind.references():
            if (each.relationship or "").casefold() == wanted and self.access.sees(kind, each):
                target = self.access.object(self.schema, each.reference_to[0]) if each.reference_to else None
                return (each, target) if target else None
        return None

    def _field(self, kind: ObjectType, name: str) -> Field:
        found = self.access.field(kind, name)
        if found is None:
            hint = _hint("field", "__c", "custom field")
            raise self._error("INVALID_FIELD", name, f"No such column '{name}' on entity '{kind.name}'.{hint}")
        return found

    def _error(self, code: str, name: str, problem: str) -> OrgError:
        match = re.search(rf"\b{re.escape(name)}\b", self.text)
        return OrgError(code, located(self.text, match.start() if match else 0, problem))

    def filterable(self, column: Column, deed: str) -> Column:
        """`deed`: filtered, sorted or grouped."""
        if not column.field.filterable:
            problem = f"field '{column.field.name}' can not be {deed} in a query call"
            raise self._error("INVALID_FIELD", column.field.name, problem)
        return column

    def children(self, name: str) -> tuple[Child, ObjectType]:
        """The child relationship of that name."""
        for child in self.schema.children_of(self.kind.name):
            if (child.name or "").casefold() == name.casefold():
                kind = self.access.object(self.schema, child.object)
                if kind is not None and self.access.sees(kind, child.field):
                    return child, kind
        hint = _hint("relationship", "__r", "custom relationship")
        raise self._error(
            "INVALID_TYPE", name, f"Didn't understand relationship '{name}' in FROM part of query call.{hint}"
        )


def scope_of(schema: Schema, access: Access, name: str, alias: str | None, text: str) -> Scope:
    """The scope of a FROM; OrgError INVALID_TYPE when the caller sees no such object."""
    kind = access.object(schema, name)
    if kind is None:
        match = re.search(rf"\b{re.escape(name)}\b", text)
        problem = f"sObject type '{name}' is not supported." + _hint("object", "__c", "entity")
        raise OrgError("INVALID_TYPE", located(text, match.start() if match else 0, problem))
    return Scope(schema, access, kind, alias, text)
