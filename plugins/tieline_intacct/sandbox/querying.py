"""The `query` function [D]: a filter over display values, an order, a page. Each page is a query of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tieline_intacct.sandbox import elements, formats, values
from tieline_intacct.sandbox.catalogue import Catalogue, Field, Kind, ObjectType
from tieline_intacct.sandbox.conditions import COUNTS, All, Condition, Dialect, Either, Leaf, Reading
from tieline_intacct.sandbox.elements import Element
from tieline_intacct.sandbox.problems import PROCESSING, query_failed, refused
from tieline_intacct.sandbox.rights import reachable
from tieline_intacct.sandbox.rows import RECORDNO, Row, all_rows, audit_rows, found_rows, resolve
from tieline_intacct.sandbox.scope import Scope

LARGEST_PAGE = 2000
DEFAULT_PAGE = 100
_PARTS = ("object", "select", "filter", "orderby", "options", "pagesize", "offset", "docparid")
_AGGREGATES = ("count", "avg", "min", "max", "sum")
_TRUE = ("true", "1")
_OPTIONS = ("caseinsensitive", "showprivate", "returnformat")


@dataclass(frozen=True, slots=True)
class Column:
    """One element of `select`; `aggregate` is empty for a plain field."""

    path: str
    field: Field
    aggregate: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    path: str
    field: Field
    descending: bool


@dataclass(frozen=True, slots=True)
class Query:
    kind: ObjectType
    asked: str
    columns: Sequence[Column]
    condition: Condition | None
    orders: Sequence[Order]
    page: int
    offset: int
    fold: bool
    private: bool
    definition: str = ""


def answer(scope: Scope, element: Element) -> list[Element]:
    """Raises Refused."""
    query = read(scope, element)
    if query.kind.name == "AUDITHISTORY" and scope.profile.audit_failing:
        raise refused(PROCESSING, "There was an error processing the request.")
    rows = sorted_rows(list(matching(scope, query)), query.orders)
    aggregated = any(column.aggregate for column in query.columns)
    records = list(_groups(rows, query.columns)) if aggregated else [(row,) for row in rows]
    shown = records[query.offset : query.offset + query.page]
    data = elements.make(
        "data",
        listtype=query.kind.name,
        totalcount=str(len(records)),
        offset=str(query.offset),
        count=str(len(shown)),
        numremaining=str(max(0, len(records) - query.offset - len(shown))),
    )
    for group in shown:
        record = elements.add(data, query.kind.name)
        for column in query.columns:
            elements.add(record, _element_name(scope, column), _cell(column, group))
    return [data]


def read(scope: Scope, element: Element) -> Query:
    """The query as values. Raises Refused."""
    parts = _named_parts(element)
    kind = reachable(scope, elements.text(parts.get("object")), "Q")
    options = parts.get("options")
    given = {str(one.tag): elements.text(one) for one in elements.children(options)} if options is not None else {}
    _check_options(given)
    return Query(
        kind=kind,
        asked=elements.text(parts.get("object")),
        columns=_columns(scope.catalogue, kind, parts.get("select")),
        condition=_filter(parts.get("filter")),
        orders=_orders(scope.catalogue, kind, parts.get("orderby")),
        page=whole(elements.text(parts.get("pagesize")), "pagesize", DEFAULT_PAGE, 1, LARGEST_PAGE),
        offset=whole(elements.text(parts.get("offset")), "offset", 0, 0, 2**31),
        fold=given.get("caseinsensitive", "").lower() in _TRUE,
        private=given.get("showprivate", "").lower() in _TRUE,
        definition=elements.text(parts.get("docparid")),
    )


def _named_parts(element: Element) -> dict[str, Element]:
    """Each part once, in any order: `xs:all` [D]. Raises Refused."""
    parts: dict[str, Element] = {}
    for part in elements.children(element):
        name = str(part.tag)
        if name not in _PARTS:
            raise query_failed(f"{name} is no part of a query")
        if name in parts:
            raise query_failed(f"{name} may stand in a query once")
        parts[name] = part
    return parts


def matching(scope: Scope, query: Query) -> Iterator[Row]:
    reading = Reading(scope.catalogue, query.kind, Dialect.DISPLAY, query.fold)
    test = reading.test(query.condition) if query.condition is not None else None
    for row in _candidates(scope, query):
        if of_definition(row, query.definition) and (test is None or test(row)):
            yield row


def of_definition(row: Row, definition: str) -> bool:
    """Whether a document is of the transaction definition that `docparid` names [D]; without a name all are."""
    return not definition or row.kind.name != "SODOCUMENT" or row.get("DOCPARID") == definition


def whole(text: str, name: str, default: int, least: int, most: int) -> int:
    """A whole number within its bounds; beyond them it is refused, not cut [I]. Raises Refused."""
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise query_failed(f"{name} must be a whole number from {least} to {most}; it is {text}")
    return int(text)


def sorted_rows(rows: list[Row], orders: Sequence[Order]) -> list[Row]:
    """Null is last going up and first going down [I]."""
    for order in reversed(orders):
        rows.sort(key=_sort_key(order.path, order.field), reverse=order.descending)
    return rows


def _sort_key(path: str, field: Field) -> Callable[[Row], tuple[bool, Any]]:
    def key(row: Row) -> tuple[bool, Any]:
        value = row.get(path)
        return (True, 0) if value is None else (False, values.comparable(field, value))

    return key


def _candidates(scope: Scope, query: Query) -> Iterator[Row]:
    """Through an index where the filter asks for one value of an indexed field."""
    for leaf in _certain(query.condition):
        if leaf.operator != "equalto" or query.fold:
            continue
        if leaf.path == "ACCESSMODE" and query.kind.name == "AUDITHISTORY":
            return audit_rows(scope, leaf.values[0])
        if leaf.path == query.kind.key or query.kind.by_field(leaf.path) is not None:
            return found_rows(scope, query.kind, leaf.path, leaf.values[0], private=query.private)
    return all_rows(scope, query.kind, private=query.private)


def _certain(condition: Condition | None) -> Iterator[Leaf]:
    """Conditions that every record found must fulfil."""
    if isinstance(condition, Leaf):
        yield condition
    elif isinstance(condition, All):
        for part in condition.parts:
            yield from _certain(part)


def _columns(catalogue: Catalogue, kind: ObjectType, select: Element | None) -> list[Column]:
    found: list[Column] = []
    for each in elements.children(select) if select is not None else []:
        name = str(each.tag)
        if name != "field" and name not in _AGGREGATES:
            raise query_failed(f"{name} cannot stand in select")
        path = elements.text(each)
        found.append(Column(path, resolve(catalogue, kind, path), "" if name == "field" else name))
    if not found:
        raise query_failed("select must name at least one field")
    return found


def _filter(element: Element | None) -> Condition | None:
    if element is None:
        return None
    inside = elements.children(element)
    if len(inside) != 1:
        raise query_failed(f"filter must hold exactly one condition, not {len(inside)}")
    return _condition(inside[0])


def _condition(element: Element) -> Condition:
    name = str(element.tag)
    inside = elements.children(element)
    if name in ("and", "or"):
        if len(inside) < 2:
            raise query_failed(f"{name} needs two conditions at least")
        parts = [_condition(each) for each in inside]
        return All(parts) if name == "and" else Either(parts)
    if name not in COUNTS:
        raise query_failed(f"{name} is no operator of a filter")
    paths = [elements.text(each) for each in inside if each.tag == "field"]
    if len(paths) != 1 or any(each.tag not in ("field", "value") for each in inside):
        raise query_failed(f"{name} takes one field and its values")
    return Leaf(name, paths[0], [each.text or "" for each in inside if each.tag == "value"])


def _orders(catalogue: Catalogue, kind: ObjectType, element: Element | None) -> list[Order]:
    if element is None:
        return []
    found = [_order(catalogue, kind, each) for each in elements.children(element)]
    if not found:
        raise query_failed("orderby must hold at least one order")
    return found


def _order(catalogue: Catalogue, kind: ObjectType, element: Element) -> Order:
    """A field and one way at most, as the schema has it [D]."""
    names = [str(each.tag) for each in elements.children(element)]
    ways = [name for name in names if name in ("ascending", "descending")]
    if element.tag != "order" or names.count("field") != 1 or len(ways) > 1 or len(names) != 1 + len(ways):
        raise query_failed("orderby holds order elements, each with a field and either ascending or descending")
    path = elements.text_of(element, "field")
    return Order(path, resolve(catalogue, kind, path), ways == ["descending"])


def _check_options(given: dict[str, str]) -> None:
    for name, value in given.items():
        if name not in _OPTIONS:
            raise query_failed(f"{name} is no option of a query")
        if name != "returnformat" and value.lower() not in (*_TRUE, "false", "0", ""):
            raise query_failed(f"{name} must be true or false; it is {value}")
    formats.check(given.get("returnformat", ""))


def _groups(rows: list[Row], columns: Sequence[Column]) -> Iterator[tuple[Row, ...]]:
    """Plain fields group; without them everything is one group [D]. Groups stand as the order has their first rows."""
    plain = [column.path for column in columns if not column.aggregate]
    if not plain:
        yield tuple(rows)
        return

    def key(row: Row) -> tuple[str, ...]:
        return tuple(row.get(path) or "" for path in plain)

    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    yield from map(tuple, groups.values())


def _element_name(scope: Scope, column: Column) -> str:
    if not column.aggregate or (scope.profile.bare_aggregates and column.aggregate != "count"):
        return column.path
    return f"{column.aggregate.upper()}.{column.path}"


def _cell(column: Column, group: tuple[Row, ...]) -> str | None:
    if not column.aggregate:
        return group[0].get(column.path)
    found = [value for value in (row.get(column.path) for row in group) if value is not None]
    if column.aggregate == "count":
        return str(len(found))
    if not found:
        return None
    if column.aggregate in ("min", "max"):
        choose = min if column.aggregate == "min" else max
        return choose(found, key=lambda value: values.comparable(column.field, value))
    if column.field.kind not in (Kind.INTEGER, Kind.DECIMAL):
        raise query_failed(f"{column.aggregate} needs a number; {column.path} is none")
    total = sum((values.number(value) for value in found), Decimal(0))
    return values.plain(total if column.aggregate == "sum" else total / len(found))


DEFAULT_ORDER = Order(RECORDNO, Field(RECORDNO, Kind.INTEGER), descending=False)
