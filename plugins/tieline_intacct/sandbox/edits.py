"""Edits as a person makes them in the vendor's screens: what is named changes, the rest stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tieline_intacct.sandbox import custom, custom_objects, payments, records
from tieline_intacct.sandbox.catalogue import ObjectType
from tieline_intacct.sandbox.documents import lines, transactions
from tieline_intacct.sandbox.problems import Refused
from tieline_intacct.sandbox.profile import PROFILE_SETTING, Profile
from tieline_intacct.sandbox.releasing import release
from tieline_intacct.sandbox.removal import remove
from tieline_intacct.sandbox.rows import Row, by_key, by_number, seen
from tieline_intacct.sandbox.scope import Scope
from tieline_intacct.sandbox.sessions import end_all
from tieline_sandbox.application import EditRefused

COMPANY = "COMPANY"
CUSTOM_FIELD = "CUSTOMFIELD"
CUSTOM_OBJECT = "CUSTOMOBJECT"
OWNER = "MEGAENTITYID"
LINES = "LINES"


def edit(scope: Scope, action: str, kind: str, ident: str, values: Mapping[str, Any]) -> str:
    """Returns the record number. `kind` is an object, `Company` for the switches, `CustomField` and `CustomObject` for
    the company's own.

    `ident` is a record number or an ID; `MEGAENTITYID` in a create says at which level the person works. A document is
    created with its `LINES`, a list of fields each, and so is a payment with its details.
    """
    try:
        if action == "expire":
            end_all(scope.tx)
            return ident
        if kind.upper() == COMPANY:
            return _set_profile(scope, action, values)
        if kind.upper() == CUSTOM_FIELD and action == "create":
            return custom.make(scope.tx, scope.catalogue, values)
        if kind.upper() == CUSTOM_OBJECT and action == "create":
            return custom_objects.make(scope.tx, scope.catalogue, values)
        return _edit(scope, action, _object(scope, kind), ident, values)
    except Refused as refused:
        raise EditRefused(f"{kind}: {'; '.join(problem.words for problem in refused.problems)}") from None


def _edit(scope: Scope, action: str, kind: ObjectType, ident: str, values: Mapping[str, Any]) -> str:
    items = values.get(LINES, ())
    given = dict(_flat({name: value for name, value in values.items() if name != LINES}))
    if action == "create":
        return _create(scope.owned_by(given.pop(OWNER, "")), kind, given, items)
    row = by_number(scope.reader, scope.catalogue, kind, ident) or by_key(scope.reader, scope.catalogue, kind, ident)
    if row is None:
        raise EditRefused(f"{kind.name} holds no {ident}")
    level = scope.owned_by(row.body.get(OWNER) or "")
    if action == "delete":
        return _delete(level, row)
    return _update(level, row, given)


def _create(scope: Scope, kind: ObjectType, given: Mapping[str, str], items: Sequence[Mapping[str, Any]]) -> str:
    if kind.name == transactions.DOCUMENT:
        return transactions.create_document(scope, given, [dict(_flat(item)) for item in items]).ident
    if kind.name == lines.LINE:
        document = _document(scope, given.get("DOCHDRID", ""))
        before = transactions.below(scope, document)
        line = lines.append_values(scope, document, given)
        transactions.settle(scope, document, before)
        return line.ident
    if kind.name == payments.PAYMENT:
        details = [dict(_flat(item)) for item in items]
        return payments.create(scope, kind, given, {payments.LIST: {payments.DETAIL: details}}).ident
    return records.save(scope, kind, given, None).ident


def _update(scope: Scope, row: Row, given: Mapping[str, str]) -> str:
    if row.kind.name == transactions.DOCUMENT:
        if row.get("STATE") != "Closed" or "STATE" not in given:  # a person may open it again
            transactions.check_open(row)
        before = transactions.below(scope, row)
        transactions.settle(scope, transactions.change_document(scope, row, given), before)
    elif row.kind.name == lines.LINE:
        document = _document(scope, row.get("DOCHDRID") or "")
        before = transactions.below(scope, document)
        lines.change_values(scope, document, row, given)
        transactions.settle(scope, document, before)
    elif row.kind.name == payments.PAYMENT:
        payments.update(scope, row, given, {})
    else:
        records.save(scope, row.kind, given, row)
    return row.ident


def _delete(scope: Scope, row: Row) -> str:
    if row.kind.name == transactions.DOCUMENT:
        transactions.delete_document(scope, row)
    elif row.kind.name == lines.LINE:
        document = _document(scope, row.get("DOCHDRID") or "")
        before = transactions.below(scope, document)
        lines.drop(scope, document, row)
        transactions.settle(scope, document, before)
    else:
        release(scope, row)
        remove(scope, row.kind, row, row.ident)
    return row.ident


def _document(scope: Scope, docid: str) -> Row:
    """The document of a line, open for edits. Raises EditRefused, Refused."""
    found = seen(scope, scope.catalogue[transactions.DOCUMENT], docid)
    if found is None:
        raise EditRefused(f"A line needs its document; there is no {docid}")
    transactions.check_open(found)
    return found


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Nested or dotted names; null clears."""
    for name, value in values.items():
        path = f"{prefix}{name}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{path}.")
        elif isinstance(value, bool):
            yield path, "true" if value else "false"
        else:
            yield path, "" if value is None else str(value)


def _object(scope: Scope, name: str) -> ObjectType:
    found = scope.catalogue.find(name)
    if found is None:
        raise EditRefused(f"{name} is no object of this company")
    return found


def _set_profile(scope: Scope, action: str, values: Mapping[str, Any]) -> str:
    if action != "update":
        raise EditRefused("The company can only be updated")
    changed = {**scope.tx.setting(PROFILE_SETTING, {}), **values}
    try:
        Profile().changed(changed)
    except ValueError as error:
        raise EditRefused(str(error)) from None
    scope.tx.set_setting(PROFILE_SETTING, changed)
    return COMPANY
