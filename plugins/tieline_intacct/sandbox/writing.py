"""create, update and delete of the generic functions [D]: several records and kinds a call, each on its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tieline_intacct.sandbox import elements, payments, records
from tieline_intacct.sandbox.catalogue import Kind, ObjectType
from tieline_intacct.sandbox.change import could_not
from tieline_intacct.sandbox.elements import Element
from tieline_intacct.sandbox.problems import Problem, Refused, business
from tieline_intacct.sandbox.reading import keys_of, numbered
from tieline_intacct.sandbox.releasing import release
from tieline_intacct.sandbox.removal import remove
from tieline_intacct.sandbox.result import Result
from tieline_intacct.sandbox.rights import reachable
from tieline_intacct.sandbox.rows import Row, found_rows, seen
from tieline_intacct.sandbox.scope import Scope

MOST_RECORDS = 100
Save = Callable[[Scope, Element], Row]


def create(scope: Scope, element: Element) -> Result:
    return _each(scope, element, _create)


def update(scope: Scope, element: Element) -> Result:
    return _each(scope, element, _update)


def delete(scope: Scope, element: Element) -> Result:
    """By record number; a number that is not there fails. Each on its own [I]. Raises Refused."""
    kind = reachable(scope, elements.text_of(element, "object"), "D")
    problems: list[Problem] = []
    gone = 0
    for key in keys_of(elements.text_of(element, "keys")):
        try:
            with scope.tx.savepoint():
                row = numbered(scope, kind, key)
                if row is not None:
                    release(scope, row)
                remove(scope, kind, row, key)
            gone += 1
        except Refused as refused:
            problems += refused.problems
    return Result([], problems, kept=gone > 0)


def given_of(kind: ObjectType, element: Element) -> tuple[dict[str, str], dict[str, Any]]:
    """Leaves by dotted path, and the lists as they came."""
    lists = {
        str(each.tag): _list(each)
        for each in elements.children(element)
        if (field := kind.fields.get(str(each.tag))) and field.kind is Kind.LIST
    }
    plain = [each for each in elements.children(element) if each.tag not in lists]
    given: dict[str, str] = {}
    for each in plain:
        if elements.children(each):
            given |= dict(elements.leaves(each, f"{each.tag}."))
        elif str(each.tag) in kind.groups:
            continue  # a group without a member says nothing: a vendor's SDK sends such [T]
        else:
            given[str(each.tag)] = each.text or ""
    return given, lists


def _each(scope: Scope, element: Element, save: Save) -> Result:
    """What went in is listed even when another record was refused [D]."""
    asked = elements.children(element)
    if not asked:
        raise business("There is no record to write")
    if len(asked) > MOST_RECORDS:
        raise business(f"A call takes {MOST_RECORDS} records at most; it has {len(asked)}")
    saved: list[Row] = []
    problems: list[Problem] = []
    for each in asked:
        try:
            with scope.tx.savepoint():
                saved.append(save(scope, each))
        except Refused as refused:
            problems += refused.problems
    return Result([listed(saved)], problems, kept=bool(saved))


def _create(scope: Scope, element: Element) -> Row:
    kind = reachable(scope, str(element.tag), "C")
    given, lists = given_of(kind, element)
    given.pop(kind.number, None)
    if kind.name == payments.PAYMENT:
        return payments.create(scope, kind, given, lists)
    return records.save(scope, kind, given, None, lists)


def _update(scope: Scope, element: Element) -> Row:
    kind = reachable(scope, str(element.tag), "U")
    given, lists = given_of(kind, element)
    before = named(scope, kind, given)
    given.pop(kind.number, None)
    if kind.name == payments.PAYMENT:
        return payments.update(scope, before, given, lists)
    return records.save(scope, kind, given, before, lists)


def named(scope: Scope, kind: ObjectType, given: Mapping[str, str]) -> Row:
    """By RECORDNO or by the ID field; there is no upsert [D]. Raises Refused."""
    number = given.get(kind.number, "").strip()
    key = given.get(kind.key, "").strip() if kind.key else ""
    found = numbered(scope, kind, number) if number else seen(scope, kind, key) if key else _task(scope, kind, given)
    if found is None:
        raise Refused(
            business(f"Cannot find {kind.name} with key '{number or key}' to update").problems[0],
            could_not(kind, "update"),
        )
    return found


def _task(scope: Scope, kind: ObjectType, given: Mapping[str, str]) -> Row | None:
    """A task may be named by its project and its own ID [D]."""
    if kind.name != "TASK" or not given.get("TASKID"):
        return None
    tasks = found_rows(scope, kind, "PROJECTID", given.get("PROJECTID", ""))
    return next((task for task in tasks if task.get("TASKID") == given["TASKID"]), None)


def _list(element: Element) -> Any:
    """A list as nested values; the same element twice becomes a list."""
    inside: dict[str, Any] = {}
    for each in elements.children(element):
        value = _list(each) if elements.children(each) else each.text or ""
        name = str(each.tag)
        if name in inside:
            inside[name] = [*(inside[name] if isinstance(inside[name], list) else [inside[name]]), value]
        else:
            inside[name] = value
    return inside


def listed(saved: list[Row]) -> Element:
    data = elements.make("data", listtype="objects", count=str(len(saved)))
    for row in saved:
        record = elements.add(data, row.kind.element)
        elements.add(record, row.kind.number, row.ident)
        if row.kind.key:
            elements.add(record, row.kind.key, row.get(row.kind.key))
    return data
