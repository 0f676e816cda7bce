"""What an administrator adds to the documents that a button makes: rows that fill a field of the ERP's from a field of
the CRM, from an expression, or with a default. A row that comes out empty leaves what the plugin said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tieline.actions.expressions import fields_of, holds, nested, value_of
from tieline.contract import Action, ActionInput, CreateDocument, Decision, Decline, PermanentError, Value, Values


@dataclass(frozen=True, slots=True)
class Fill:
    """`erp` is filled from `crm`, a field of the record (of the line's row for a line; dots reach parents), or by the
    expression `value` over `record`, `line` and `parameters`; with `default` when that is empty."""

    erp: str
    crm: str = ""
    value: str = ""
    default: Value = None


@dataclass(frozen=True, slots=True)
class Filling:
    """The rows of one action."""

    header: tuple[Fill, ...] = ()
    lines: tuple[Fill, ...] = ()


COMPLETE = "Complete the record, or have your administrator correct the settings of this button."
SWITCHED_OFF = Decline("This button is switched off. Ask your administrator.")


def switched_off(action: Action) -> Action:
    """The action with nothing to load, and this answer alone."""
    return replace(action, handler=_say_so, reads=(), children={}, links={}, lists=(), parameters=(), enabled_when="")


def _say_so(_given: ActionInput) -> Decision:
    return SWITCHED_OFF


def only_when(action: Action, condition: str, otherwise: str) -> Action:
    """The action for records of which the condition, over `record` and `parameters`, holds; others are answered."""
    if not condition:
        return action
    handler = action.handler

    def decide(given: ActionInput) -> Decision:
        seen = {"record": nested(given.record), "parameters": dict(given.parameters)}
        try:
            may = holds(condition, seen)
        except ValueError as error:
            raise PermanentError(
                f"the condition of this button cannot be evaluated: {error}",
                where=action.id,
                mend=COMPLETE,
                code="bad_expression",
            ) from error
        return handler(given) if may else Decline(escaped(otherwise))

    return replace(action, reads=_once((*action.reads, *fields_of(condition, "record"))), handler=decide)


def escaped(text: str) -> str:
    """A sentence of an administrator's, whose braces are no slots."""
    return text.replace("{", "{{").replace("}", "}}")


def filled(action: Action, filling: Filling) -> Action:
    """The action with the rows: it loads what they look at and makes documents that hold what they say."""
    if action.fillable is None or not (filling.header or filling.lines):
        return action
    rows = action.fillable.rows
    reads = (*action.reads, *_looked_at(filling.header, "record"), *_in_expressions(filling.lines, "record"))
    children = dict(action.children)
    if rows:
        children[rows] = _once((*children.get(rows, ()), *_looked_at(filling.lines, "line")))
    handler = _with_rows(action.handler, action.id, filling, rows)
    return replace(action, reads=_once(reads), children=children, handler=handler)


def _looked_at(rows: Sequence[Fill], variable: str) -> tuple[str, ...]:
    return (*(row.crm for row in rows if row.crm), *_in_expressions(rows, variable))


def _in_expressions(rows: Sequence[Fill], variable: str) -> tuple[str, ...]:
    return tuple(name for row in rows for name in fields_of(row.value, variable))


def _once(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _with_rows(
    handler: Callable[[ActionInput], Decision], action: str, filling: Filling, rows: str
) -> Callable[[ActionInput], Decision]:
    def decide(given: ActionInput) -> Decision:
        decision = handler(given)
        return _fill(decision, given, action, filling, rows) if isinstance(decision, CreateDocument) else decision

    return decide


def _fill(made: CreateDocument, given: ActionInput, action: str, filling: Filling, rows: str) -> CreateDocument:
    seen: dict[str, Any] = {"record": nested(given.record), "parameters": dict(given.parameters)}
    header = _values(filling.header, given.record, seen, action)
    sources = given.children.get(rows, ())
    children = dict(made.children)
    for name, lines in made.children.items():
        if len(lines) == len(sources):  # a line for each row; other children are the plugin's own
            children[name] = tuple(
                {**line, **_values(filling.lines, source, seen | {"line": nested(source)}, action)}
                for line, source in zip(lines, sources, strict=True)
            )
    return replace(made, fields={**made.fields, **header}, children=children)


def _values(rows: Sequence[Fill], fields: Values, seen: Mapping[str, Any], action: str) -> dict[str, Value]:
    told = {row.erp: _value(row, fields, seen, action) for row in rows}
    return {name: value for name, value in told.items() if value is not None and value != ""}


def _value(row: Fill, fields: Values, seen: Mapping[str, Any], action: str) -> Value:
    """Raises PermanentError for an expression that does not work for this record."""
    if not row.value:
        found = fields.get(row.crm) if row.crm else None
    else:
        try:
            found = value_of(row.value, seen)
        except ValueError as error:
            raise PermanentError(
                f"{row.erp} cannot be filled: {error}",
                where=action,
                mend=COMPLETE,
                code="bad_expression",
            ) from error
    return row.default if found is None or found == "" else found
