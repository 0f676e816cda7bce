"""read, readByName, readByQuery, readMore and readRelated [D].

How a record looks: `read` and `readByName` nest groups, the listing functions keep dotted names [I].
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tieline_intacct.sandbox import elements, formats, sqltext
from tieline_intacct.sandbox.catalogue import Kind, ObjectType
from tieline_intacct.sandbox.conditions import Dialect, Reading
from tieline_intacct.sandbox.cursors import Cells, Pinned
from tieline_intacct.sandbox.elements import Element
from tieline_intacct.sandbox.owned import owned_lines
from tieline_intacct.sandbox.problems import query_failed, unknown_field
from tieline_intacct.sandbox.querying import DEFAULT_ORDER, DEFAULT_PAGE, of_definition, sorted_rows, whole
from tieline_intacct.sandbox.rights import reachable
from tieline_intacct.sandbox.rows import RECORDNO, Row, all_rows, by_number, resolve, seen, visible
from tieline_intacct.sandbox.scope import Scope

MOST_KEYS = 100
LARGEST_PAGE = 1000
Find = Callable[[str], Row | None]


def read(scope: Scope, element: Element) -> list[Element]:
    """By record number. A number that is not there is left out, without an error [I]."""
    kind = reachable(scope, elements.text_of(element, "object"), "R")
    return _by_keys(scope, element, kind, lambda key: numbered(scope, kind, key))


def read_by_name(scope: Scope, element: Element) -> list[Element]:
    """By the ID field."""
    kind = reachable(scope, elements.text_of(element, "object"), "N")
    return _by_keys(scope, element, kind, lambda key: seen(scope, kind, key))


def numbered(scope: Scope, kind: ObjectType, key: str) -> Row | None:
    row = by_number(scope.reader, scope.catalogue, kind, key)
    return row if row is not None and visible(scope, kind, row.body) else None


def keys_of(text: str) -> list[str]:
    """Comma-separated keys, at most a hundred. Raises Refused."""
    keys = [key.strip() for key in text.split(",") if key.strip()]
    if not keys:
        raise query_failed("keys must name at least one record")
    if len(keys) > MOST_KEYS:
        raise query_failed(f"keys may name {MOST_KEYS} records at most; they name {len(keys)}")
    return keys


def read_by_query(scope: Scope, element: Element) -> list[Element]:
    """A page of the records whose stored values fulfil the text; the whole set is pinned for readMore."""
    kind = reachable(scope, elements.text_of(element, "object"), "B")
    formats.check(elements.text_of(element, "returnFormat"))
    paths = _paths(scope, kind, elements.text_of(element, "fields"))
    page = whole(elements.text_of(element, "pagesize"), "pagesize", DEFAULT_PAGE, 1, LARGEST_PAGE)
    condition, places = sqltext.read(elements.text_of(element, "query"))
    reading = Reading(scope.catalogue, kind, Dialect.STORED)
    test = reading.test(condition) if condition is not None else None
    definition = elements.text_of(element, "docparid")
    candidates = (row for row in all_rows(scope, kind) if of_definition(row, definition))
    rows = sorted_rows([row for row in candidates if test is None or test(row)], [DEFAULT_ORDER])
    cells: list[Cells] = [[(path, row.get(path)) for path in paths] for row in rows[places.slice]]
    pinned = Pinned(kind.name, cells, page, scope.who.location)
    return [_page(scope, pinned, scope.cursors.pin(pinned))]


def read_more(scope: Scope, element: Element) -> list[Element]:
    """The next page of a pinned set. Raises Refused when nothing is pinned by that name."""
    ident: str | None = elements.text_of(element, "resultId")
    if not ident and not elements.text_of(element, "object"):
        raise query_failed("readMore needs a resultId or an object")
    if not ident:
        kind = reachable(scope, elements.text_of(element, "object"), "B")
        ident = scope.cursors.latest(kind.name, scope.who.location)
    pinned = scope.cursors.advance(ident, scope.who.location) if ident else None
    if ident is None or pinned is None:
        raise query_failed(f"The resultId {ident or ''} is not known; ask readByQuery again")
    return [_page(scope, pinned, ident)]


def read_related(scope: Scope, element: Element) -> list[Element]:
    """What the named relation of some records leads to."""
    kind = reachable(scope, elements.text_of(element, "object"), "R")
    name = elements.text_of(element, "relation")
    relation = kind.relation(name)
    if relation is None:
        raise query_failed(f"The object {kind.name} has no relation {name}")
    rows = [numbered(scope, kind, key) for key in keys_of(elements.text_of(element, "keys"))]
    targets = {found.ident: found for row in rows if row and (found := row.follow(relation))}
    target = scope.catalogue[relation.target]
    paths = _paths(scope, target, elements.text_of(element, "fields"))
    data = elements.make("data", listtype=target.name, count=str(len(targets)))
    for row in targets.values():
        _flat(elements.add(data, target.name), [(path, row.get(path)) for path in paths])
    return [data]


def _by_keys(scope: Scope, element: Element, kind: ObjectType, find: Find) -> list[Element]:
    formats.check(elements.text_of(element, "returnFormat"))
    asked = elements.text_of(element, "fields") or "*"
    paths = _paths(scope, kind, asked)
    rows = [row for key in keys_of(elements.text_of(element, "keys")) if (row := find(key))]
    data = elements.make("data", listtype=kind.name, count=str(len(rows)))
    for row in rows:
        record = elements.add(data, kind.name)
        if asked == "*":
            elements.tree(record, whole_record(row, paths))
        else:
            _flat(record, [(path, row.get(path)) for path in paths])
    return [data]


def whole_record(row: Row, paths: Sequence[str]) -> dict[str, Any]:
    """Groups nested, with the lists and lines that the record owns."""
    nested: dict[str, Any] = {}
    for path in paths:
        *groups, leaf = path.split(".")
        place = nested
        for group in groups:
            inside = place.setdefault(group, {})
            place = inside if isinstance(inside, dict) else {}
        place[leaf] = row.get(path)
    nested |= {
        name: row.body[name]
        for name, field in row.kind.fields.items()
        if field.kind is Kind.LIST and row.body.get(name)
    }
    return nested | owned_lines(row)


def _paths(scope: Scope, kind: ObjectType, asked: str) -> list[str]:
    """Raises Refused naming every field that is not there."""
    if asked in ("", "*"):
        return [name for name, field in kind.fields.items() if field.kind is not Kind.LIST]
    paths = [path.strip() for path in asked.split(",") if path.strip()]
    unknown = [
        path for path in paths if path != RECORDNO and path in kind.fields and kind.fields[path].kind is Kind.LIST
    ]
    if unknown:
        raise unknown_field(unknown, kind.name)
    for path in paths:
        resolve(scope.catalogue, kind, path)
    return paths


def _page(scope: Scope, pinned: Pinned, ident: str) -> Element:
    rows = pinned.rows[pinned.at : pinned.at + pinned.page]
    name = scope.catalogue[pinned.kind].element if scope.profile.short_names else pinned.kind
    left = len(pinned.rows) - pinned.at - len(rows)
    data = elements.make(
        "data",
        listtype=name,
        count=str(len(rows)),
        totalcount=str(len(pinned.rows)),
        numremaining=str(left),
        resultId=ident,
    )
    for cells in rows:
        _flat(elements.add(data, name), cells)
    return data


def _flat(record: Element, cells: Cells | Iterator[tuple[str, str | None]]) -> None:
    for path, value in cells:
        elements.add(record, path, value)
