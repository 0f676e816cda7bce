"""The parts a record is made of; each part reads itself from a body and shows itself in an answer.

A record is read whole: a member left out becomes blank, because an update blanks what it omits [C]. Names are
compared without regard to case [P], an empty text is a blank [P], members nobody knows are ignored [P].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tieline_sandbox.state import Values
from tieline_unleashed.sandbox import forms
from tieline_unleashed.sandbox.answers import Problem, invalid
from tieline_unleashed.sandbox.forms import Form
from tieline_unleashed.sandbox.lookup import Lookup, Row


class Member(Protocol):
    @property
    def name(self) -> str: ...

    def read(self, reading: Reading, value: Any, before: Any, path: str) -> Any:
        """The inner form; problems go to `reading`. `before` is what is stored now."""

    def show(self, lookup: Lookup, stored: Any) -> Any:
        """The form that goes out."""


Shape = tuple[Member, ...]


@dataclass(slots=True)
class Reading:
    """One body being read: collects every problem before refusing."""

    lookup: Lookup
    text_limit: int | None = None
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, path: str, code: str, what: str) -> None:
        """`what` follows the field's name: `is required`."""
        self.problems.append(Problem(path, code, f"{path} {what}"))

    def require(self, values: Mapping[str, Any], *names: str) -> None:
        """Blank values among them are refused, once: a value that could not be read is blank as well."""
        for name in names:
            if values.get(name) is None:
                self.require_at(name)

    def require_at(self, path: str) -> None:
        if all(problem.field != path for problem in self.problems):
            self.refuse(path, "Required", "is required")

    def finish(self) -> None:
        """Raises Refused when anything was wrong."""
        if self.problems:
            raise invalid(self.problems)


def fold(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body under names in small letters."""
    return {name.lower(): value for name, value in body.items()}


def unwrapped(value: Any) -> list[Any]:
    """The rows of a list; in XML they come wrapped in an element of their own name. What is no list is one odd row."""
    if value is None or value == "":
        return []
    if isinstance(value, dict):
        value = next(iter(value.values())) if len(value) == 1 else None
    return value if isinstance(value, list) else [value]


def read(
    reading: Reading, shape: Shape, body: Mapping[str, Any], before: Values | None = None, path: str = ""
) -> Values:
    """Every member of the shape, blank where the body is silent."""
    given, stored = fold(body), before or {}
    return {
        member.name: member.read(reading, given.get(member.name.lower()), stored.get(member.name), path + member.name)
        for member in shape
    }


def show(lookup: Lookup, shape: Shape, stored: Values) -> Values:
    return {member.name: member.show(lookup, stored.get(member.name)) for member in shape}


@dataclass(frozen=True, slots=True)
class Field:
    """One plain value. `default` takes the place of a blank; flags are false by default."""

    name: str
    form: Form = Form.TEXT
    limit: int | None = None
    default: Any = None

    def read(self, reading: Reading, value: Any, before: Any, path: str) -> Any:  # noqa: ARG002 - Member
        if value is None or value == "":
            return False if self.form is Form.FLAG and self.default is None else self.default
        try:
            found = forms.read(self.form, value)
        except ValueError as error:
            reading.refuse(path, "Invalid", str(error))
            return None
        limit = self.limit or reading.text_limit
        if limit and isinstance(found, str) and len(found) > limit:
            reading.refuse(path, "TooLong", f"is longer than {limit} characters")
        return found

    def show(self, lookup: Lookup, stored: Any) -> Any:  # noqa: ARG002 - Member
        return forms.show(self.form, stored)


@dataclass(frozen=True, slots=True)
class Reference:
    """A row of another resource, kept by its guid.

    It comes in as an object that names the row by Guid or by one of the fields `by`, and goes out with Guid and the
    fields `shown`. With `plain` the first of `by` alone stands for the row, in and out. A row must exist and must
    not be obsolete, unless the record already pointed at it [P].
    """

    name: str
    kind: str
    by: tuple[str, ...]
    shown: Shape = ()
    plain: bool = False

    def read(self, reading: Reading, value: Any, before: Any, path: str) -> Any:
        try:
            wanted = self._wanted(value)
        except ValueError as error:
            reading.refuse(path, "Invalid", str(error))
            return None
        if wanted is None:
            return None
        row = self._find(reading.lookup, *wanted)
        if row is None:
            reading.refuse(path, "Unknown", f"names no row of {self.kind}: {wanted[0]} {wanted[1]}")
            return None
        guid, values = row
        if values.get("Obsolete") and guid != before:
            reading.refuse(path, "Obsolete", f"names an obsolete row of {self.kind}: {wanted[0]} {wanted[1]}")
        return guid

    def show(self, lookup: Lookup, stored: Any) -> Any:
        row = lookup.get(self.kind, stored) if stored else None
        if row is None:
            return None
        return row[self.by[0]] if self.plain else {"Guid": stored, **show(lookup, self.shown, row)}

    def _wanted(self, value: Any) -> tuple[str, str] | None:
        """By which field the row is named, and how; None for a blank."""
        if value is None or value == "":
            return None
        if self.plain:
            return self.by[0], forms.read(Form.TEXT, value)
        if not isinstance(value, dict):
            raise ValueError(f"must be an object with Guid or {' or '.join(self.by)}")
        given = fold(value)
        if given.get("guid"):
            return "Guid", forms.read_guid(given["guid"])
        named = ((name, given.get(name.lower())) for name in self.by)
        return next(((name, forms.read(Form.TEXT, found)) for name, found in named if found), None)

    def _find(self, lookup: Lookup, field_name: str, value: str) -> Row | None:
        if field_name != "Guid":
            return lookup.find(self.kind, field_name, value)
        values = lookup.get(self.kind, value)
        return (value, values) if values else None


@dataclass(frozen=True, slots=True)
class Group:
    """A small object of its own; a plain text in its place stands for the member `short`."""

    name: str
    shape: Shape
    short: str

    def read(self, reading: Reading, value: Any, before: Any, path: str) -> Any:
        if isinstance(value, str):
            value = {self.short: value} if value else None
        if value is None:
            return None
        if not isinstance(value, dict):
            reading.refuse(path, "Invalid", "must be an object")
            return None
        return read(reading, self.shape, value, before, f"{path}.")

    def show(self, lookup: Lookup, stored: Any) -> Any:
        return show(lookup, self.shape, stored) if stored else None


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of rows."""

    name: str
    shape: Shape

    def read(self, reading: Reading, value: Any, before: Any, path: str) -> Any:
        rows = unwrapped(value)
        if not all(isinstance(row, dict) for row in rows):
            reading.refuse(path, "Invalid", "must be a list of objects")
            return []
        stored = {row["Guid"]: row for row in before or () if row.get("Guid")}
        return [
            read(reading, self.shape, row, stored.get(str(fold(row).get("guid")).lower()), f"{path}[{number}].")
            for number, row in enumerate(rows)
        ]

    def show(self, lookup: Lookup, stored: Any) -> Any:
        return [show(lookup, self.shape, row) for row in stored or ()]
