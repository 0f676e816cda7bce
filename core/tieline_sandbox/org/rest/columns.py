"""`columns=true`: what a query would return, for clients that print tables."""

from __future__ import annotations

from typing import Any

from tieline_sandbox.org.schema.types import NUMBER_KINDS, Field, Kind
from tieline_sandbox.org.soql.run import Runner
from tieline_sandbox.org.soql.scope import Scope, scope_of
from tieline_sandbox.org.soql.shape import is_count
from tieline_sandbox.org.soql.tree import Call, Children, Path, Query, Selected


def describe(run: Runner, query: Query) -> dict[str, Any]:
    scope = scope_of(run.schema, run.access, query.object, query.alias, query.text)
    shown = [] if is_count(query) else _columns(scope, query, run)
    return {
        "columnMetadata": shown,
        "entityName": scope.kind.name,
        "groupBy": bool(query.group),
        "idSelected": any(column["columnName"] == "Id" for column in shown),
        "keyPrefix": scope.kind.prefix,
    }


def _columns(scope: Scope, query: Query, run: Runner) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for item in query.items:
        if isinstance(item, Selected) and isinstance(item.expression, Path):
            column = scope.column(item.expression)
            out.append(_column(item.alias or column.field.name, column.field, joined=column.label.split(".")[:-1]))
        elif isinstance(item, Selected) and isinstance(item.expression, Call):
            name = item.alias or f"expr{sum(each['aggregate'] for each in out)}"
            kind = Field(name, name, Kind.DOUBLE)
            out.append({**_column(name, kind), "aggregate": True, "displayName": str(item.expression)})
        elif isinstance(item, Children):
            _, kind_of = scope.children(item.query.object)
            inner = Scope(run.schema, run.access, kind_of, item.query.alias, query.text)
            name = item.query.object
            shell = _column(name, Field(name, name, Kind.STRING))
            out.append({**shell, "aggregate": True, "joinColumns": _columns(inner, item.query, run)})
    return out


def _column(name: str, field: Field, joined: list[str] | None = None) -> dict[str, Any]:
    shell = {
        "aggregate": False, "apexType": field.kind.value.capitalize(), "booleanType": field.kind is Kind.BOOLEAN,
        "columnName": name, "custom": field.custom, "displayName": name, "foreignKeyName": None,
        "insertable": field.createable,
        "joinColumns": [], "numberType": field.kind in NUMBER_KINDS,
        "textType": field.kind not in NUMBER_KINDS and field.kind is not Kind.BOOLEAN, "updatable": field.updateable,
    }  # fmt: skip
    for relationship in reversed(joined or []):
        shell = {**shell, "columnName": relationship, "displayName": relationship, "joinColumns": [shell]}
    return shell
