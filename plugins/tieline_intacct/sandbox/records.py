"""Keeping a record under the rules of the screens: required, known, in form, unique, pointing at what is there."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tieline_intacct.sandbox import contacts, entries, rules, values
from tieline_intacct.sandbox.catalogue import Field, Kind, ObjectType, Reference
from tieline_intacct.sandbox.change import Change, Given, could_not, missing
from tieline_intacct.sandbox.problems import (
    BUSINESS,
    INVALID,
    NOT_UNIQUE,
    Problem,
    Refused,
    business,
)
from tieline_intacct.sandbox.rows import RECORDNO, Row, by_number, seen
from tieline_intacct.sandbox.scope import Scope
from tieline_intacct.sandbox.values import BadValue, stamp
from tieline_sandbox.state import Values

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def save(
    scope: Scope, kind: ObjectType, given: Given, before: Row | None, lists: Mapping[str, object] | None = None
) -> Row:
    """Create, or update `before`: what is not given stays, what is given empty is cleared [D]. Raises Refused."""
    change = Change(scope, kind, given, before, dict(before.body) if before else {}, lists or {})
    _check_names(change)
    _take(change)
    if before is None:
        _begin(change)
    else:
        _check_owner(scope, before)
    _check_required(change)
    _check_unique(change)  # before its contact, which would be a second one of its name
    contacts.keep(change.scope, change.kind, change.given, change.body, _naming(change), save)
    _check_references(change)
    rules.check(change)
    kept = _put(change)
    entries.keep(scope, kept, change.lists, save)
    return kept


def check_owner(scope: Scope, row: Row) -> None:
    """Raises Refused."""
    _check_owner(scope, row)


def next_number(scope: Scope, kind: ObjectType) -> str:
    """A record number."""
    return str(scope.tx.next_number(f"number/{kind.name}") + kind.first - 1)


def insert(scope: Scope, kind: ObjectType, ident: str, body: Values) -> Row:
    """Keep a new record with its stamps and its owner."""
    now = stamp(scope.now, scope.profile.zone)
    whole = {name: value for name, value in body.items() if value is not None}
    whole |= {"CREATEDBY": scope.who.user, "MODIFIEDBY": scope.who.user, "WHENMODIFIED": now}
    created = kind.fields.get("WHENCREATED")
    whole.setdefault("AUWHENCREATED" if created and created.kind is Kind.DATE else "WHENCREATED", now)
    if kind.private and scope.who.location:
        whole.setdefault("MEGAENTITYID", scope.who.location)
    scope.tx.insert(kind.name, ident, whole)
    return Row(scope.tx, scope.catalogue, kind, ident, whole)


def update(scope: Scope, row: Row, changes: Mapping[str, object], *, touched: bool = False) -> Row:
    """WHENMODIFIED moves on a real change only [I]: the same update again leaves no trace."""
    body = {name: value for name, value in {**row.body, **changes}.items() if value is not None}
    if body != row.body or touched:
        body |= {"MODIFIEDBY": scope.who.user, "WHENMODIFIED": stamp(scope.now, scope.profile.zone)}
        scope.tx.update(row.kind.name, row.ident, body)
    return Row(scope.tx, scope.catalogue, row.kind, row.ident, body)


def _check_names(change: Change) -> None:
    known = change.kind.fields
    unknown = [name for name in (*change.given, *change.lists) if name not in known]
    if unknown:
        raise business(f"There is no field {', '.join(unknown)} in the object {change.kind.name}")


def _take(change: Change) -> None:
    """Put the given values into the body. What only the system writes is passed over [I]."""
    for name, text in change.given.items():
        field_ = change.kind.fields[name]
        if field_.readonly or name.partition(".")[0] in change.kind.contacts:
            continue
        value = _value(change.kind, field_, text)
        if field_.frozen and change.before and value != change.before.get(name):
            raise business(f"{name} cannot be changed once the record is there")
        change.body[name] = value
    change.body |= change.lists


def _value(kind: ObjectType, field_: Field, text: str) -> str | None:
    """As it is kept: an ID without blanks around it; a choice that is cleared falls back to its default [I]."""
    if not text.strip():
        return field_.default if field_.kind is Kind.ENUM else None
    return _accepted(kind, field_, text.strip() if field_.name == kind.key else text)


def _accepted(kind: ObjectType, field_: Field, text: str) -> str:
    try:
        return values.accept(field_, text)
    except BadValue as bad:
        raise Refused(Problem(INVALID, f"{field_.name} {bad}", object=kind.name, field=field_.name)) from None


def _begin(change: Change) -> None:
    kind, body = change.kind, change.body
    for field_ in kind.fields.values():
        if field_.default is not None and body.get(field_.name) is None:
            body[field_.name] = field_.default
    body[RECORDNO] = next_number(change.scope, kind)
    if kind.numbering and body.get(kind.numbered) is None:
        body[kind.numbered] = _numbered(change)


def _numbered(change: Change) -> str | None:
    """The company's own next number for a record without an ID; None without auto-numbering."""
    kind, scope = change.kind, change.scope
    if not kind.key:
        return str(change.body[RECORDNO])
    if not scope.profile.auto_numbering:
        return None
    while True:
        ident = kind.numbering.format(scope.tx.next_number(f"sequence/{kind.name}"))
        if not scope.tx.find(kind.name, kind.key, ident):
            return ident


def _check_required(change: Change) -> None:
    for name, field_ in change.kind.fields.items():
        if field_.required and change.body.get(name) is None:
            raise missing(change, name)
    if change.kind.numbering and change.kind.key and change.body.get(change.kind.key) is None:
        raise missing(change, change.kind.key)
    if change.kind.name == "CUSTOMER" and change.before is None and not change.given.get("DISPLAYCONTACT.PRINTAS"):
        raise missing(change, "DISPLAYCONTACT.PRINTAS")
    if change.kind.name == "EMPLOYEE" and change.before is None and not change.given.get("PERSONALINFO.CONTACTNAME"):
        raise missing(change, "PERSONALINFO.CONTACTNAME")
    for name, text in change.given.items():
        if "EMAIL" in name.rpartition(".")[2] and not name.endswith("OPTIN") and text and not _EMAIL.fullmatch(text):
            words = f"{name} is not a valid email address: {text}"
            raise Refused(Problem(INVALID, words, object=change.kind.name, field=name))


def _naming(change: Change) -> str:
    """The name of the contact that shows a customer or vendor: NAME(C...) [D]."""
    return f"{change.body.get(change.kind.label) or ''}({change.kind.name[0]}{change.body.get(change.kind.key) or ''})"


def _check_references(change: Change) -> None:
    for reference in change.kind.references.values():
        value = change.body.get(reference.field)
        before = change.before.body.get(reference.field) if change.before else None
        if value is not None and value != before:
            _check_reference(change, reference, value)


def _check_reference(change: Change, reference: Reference, value: str) -> None:
    target = change.scope.catalogue[reference.target]
    by_integer = change.kind.fields[reference.field].kind is Kind.INTEGER
    found = (
        by_number(change.scope.reader, change.scope.catalogue, target, value)
        if by_integer
        else seen(change.scope, target, value)
    )
    problem = ""
    if found is None:
        problem = f"Invalid {reference.field} '{value}': no such {target.title} is known here"
    elif found.get("STATUS") == "inactive":
        problem = f"{target.title} '{value}' is inactive and cannot be used"
    elif target is change.kind and change.before and _leads_to(found, reference, change.before.ident):
        problem = f"{reference.field} '{value}' is the record itself, or below it"
    if problem:
        mend = f"Select a valid {target.title}."
        raise Refused(
            Problem(BUSINESS, problem, mend, change.kind.name, reference.field),
            could_not(change.kind, change.verb),
        )


def _leads_to(row: Row, reference: Reference, ident: str) -> bool:
    """Whether a record stands in the line above another, itself among them."""
    passed: set[str] = set()
    above: Row | None = row
    while above is not None and above.ident not in passed:
        passed.add(above.ident)
        above = above.follow(reference)
    return ident in passed


def _check_unique(change: Change) -> None:
    kind = change.kind
    value = change.body.get(kind.key) if kind.key and kind.unique else None
    if value is None:
        return
    others = [ident for ident, _ in change.scope.tx.find(kind.name, kind.key, value)]
    if any(change.before is None or ident != change.before.ident for ident in others):
        words = f"Another {kind.title} with the given value(s) {value}  already exists"
        raise Refused(
            Problem(NOT_UNIQUE, words, "Use a unique value instead.", kind.name, kind.key),
            could_not(kind, change.verb),
        )


def _check_owner(scope: Scope, row: Row) -> None:
    """An entity cannot change what it does not own [T]; the top level may change all [I]."""
    owner = row.body.get("MEGAENTITYID") or ""
    if row.kind.private and scope.who.location and owner != scope.who.location:
        level = f"entity {owner}" if owner else "the top level"
        raise business(
            f"This {row.kind.title} is owned by {level} and cannot be changed from entity {scope.who.location}",
            "Sign in where the record is owned.",
        )


def _put(change: Change) -> Row:
    body = {name: value for name, value in change.body.items() if name != RECORDNO}
    if change.before is None:
        return insert(change.scope, change.kind, change.body[RECORDNO], body)
    touched = contacts.changed(change.given, change.kind)
    return update(change.scope, change.before, body, touched=touched)
