"""Deleting a record that nothing else needs."""

from __future__ import annotations

from tieline_intacct.sandbox import entries
from tieline_intacct.sandbox.catalogue import ObjectType
from tieline_intacct.sandbox.problems import BUSINESS, Problem, Refused
from tieline_intacct.sandbox.records import check_owner
from tieline_intacct.sandbox.rows import Row
from tieline_intacct.sandbox.scope import Scope


def remove(scope: Scope, kind: ObjectType, row: Row | None, key: str) -> None:
    """Raises Refused for what is not there, not owned, or in use."""
    if row is None:
        raise Refused(Problem(BUSINESS, f"Cannot find {kind.name} with key '{key}' to delete", object=kind.name))
    check_owner(scope, row)
    entries.drop(scope, row)
    user = in_use(scope, row)
    if user:
        words = f"{kind.title} '{row.get(kind.key) or row.ident}' cannot be deleted: {user} uses it"
        raise Refused(Problem(BUSINESS, words, "Make it inactive instead.", kind.name))
    scope.tx.delete(kind.name, row.ident)


def in_use(scope: Scope, row: Row) -> str:
    """The first record that names this one, in words; empty when none does."""
    for kind, name in scope.catalogue.pointing_at(row.kind.name):
        by_integer = kind.fields[name].kind.value == "integer"
        value = row.ident if by_integer else row.get(row.kind.key)
        found = scope.tx.find(kind.name, name, value) if value else []
        others = [ident for ident, _ in found if (kind.name, ident) != (row.kind.name, row.ident)]
        if others:
            return f"{kind.name} {others[0]}"
    return ""
