"""Running a query: which rows, in what order, and how each of them looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from tieline_sandbox.org.access import Access
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.schema.types import ID_KINDS, Schema
from tieline_sandbox.org.soql import computed
from tieline_sandbox.org.soql.conditions import Conditions, normal
from tieline_sandbox.org.soql.groups import Groups
from tieline_sandbox.org.soql.ordering import sort
from tieline_sandbox.org.soql.plan import candidates
from tieline_sandbox.org.soql.scope import Row, Rows, Scope, scope_of
from tieline_sandbox.org.soql.shape import Shape, is_aggregate, is_count, shape_of
from tieline_sandbox.org.soql.tree import Both, Comparison, Literal, Ordered, Path, Query, Selected
from tieline_sandbox.state import Reader


@dataclass(slots=True)
class Found:
    """What a query found: ids to be shown page by page, or the rows themselves (groups, computed rows)."""

    total: int
    idents: list[str] = field(default_factory=list)
    records: list[dict[str, Any]] | None = None
    page: int = 2000


@dataclass(slots=True)
class Runner:
    """Runs queries for one caller inside one read."""

    schema: Schema
    access: Access
    reader: Reader
    now: datetime
    data: str
    access_of: Callable[[str], Access]
    include_deleted: bool = False
    rows: Rows = field(init=False)

    def __post_init__(self) -> None:
        self.rows = Rows(self.reader)

    def run(self, query: Query) -> Found:
        """OrgError when the query asks for what is not there."""
        scope = self._scope(query)
        if query.all_rows:
            self.include_deleted = True
        if query.offset > 2000:
            raise OrgError("NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000")
        if is_count(query):
            return Found(len(self._matching(scope, query)))
        if is_aggregate(query):
            groups = Groups(scope, self.rows, query)
            records = groups.results(self._rows(scope, replace(query, order=()))[0], self._conditions(scope))
            return Found(len(records), records=records)
        shape = shape_of(scope, query)
        self._check_children(scope, query)
        if scope.kind.computed:
            records = [self._json(shape, row) for row in self._computed(scope, query)]
            return Found(len(records), records=records)
        idents = self._matching(scope, query)
        return Found(len(idents), idents, page=200 if shape.long_texts() > 1 else 2000)

    def show(self, query: Query, idents: list[str]) -> list[dict[str, Any]]:
        """Rows as JSON; rows that are gone for good are left out."""
        scope = self._scope(query)
        shape = shape_of(scope, query)
        found = (self.reader.get(scope.kind.name, ident) for ident in idents)
        return [self._json(shape, row) for row in found if row is not None]

    def labels(self, query: Query) -> list[str]:
        """The dotted names of the selected columns."""
        scope = self._scope(query)
        chosen = (item.expression for item in query.items if isinstance(item, Selected))
        return [scope.column(each).label for each in chosen if isinstance(each, Path)]

    def _scope(self, query: Query) -> Scope:
        return scope_of(self.schema, self.access, query.object, query.alias, query.text)

    def _json(self, shape: Shape, row: Row) -> dict[str, Any]:
        return shape.json(row, self.rows, self.data, lambda query, parent: self._children(shape, query, parent))

    def _check_children(self, scope: Scope, query: Query) -> None:
        """Sub-selects are checked even when no row would reach them."""
        for part in shape_of(scope, query).parts.values():
            if isinstance(part, Query):
                _, kind = scope.children(part.object)
                inner = Scope(self.schema, self.access, kind, part.alias, query.text)
                shape_of(inner, part)
                self._conditions(inner).test(part.where)

    def _children(self, shape: Shape, query: Query, parent: Row) -> Any:
        scope = Scope(self.schema, self.access, shape.kind)
        child, kind = scope.children(query.object)
        inner = Scope(self.schema, self.access, kind, query.alias)
        tie = Comparison(Path((child.field.name,)), "=", Literal("string", f"'{parent['Id']}'"))
        where = Both((tie, query.where)) if query.where is not None else tie
        narrowed = replace(query, where=where)
        idents = self._matching(inner, narrowed)
        if not idents:
            return None
        nested = shape_of(inner, query)
        rows = [self.reader.get(kind.name, ident) for ident in idents]
        records = [self._json(nested, row) for row in rows if row is not None]
        return {"totalSize": len(records), "done": True, "records": records}

    def _conditions(self, scope: Scope) -> Conditions:
        return Conditions(scope, self.rows, self.now, self._values_of)

    def _values_of(self, query: Query) -> frozenset[Any]:
        """The values of a semi-join's one column."""
        scope = scope_of(self.schema, self.access, query.object, query.alias, query.text)
        item = query.items[0]
        if len(query.items) != 1 or not isinstance(item, Selected) or not isinstance(item.expression, Path):
            raise OrgError("MALFORMED_QUERY", "a semi join sub-select must select exactly one field")
        column = scope.column(item.expression)
        if column.field.kind not in ID_KINDS:
            text = f"The selected field '{column.field.name}' in a semi join sub-select must be an id or a reference"
            raise OrgError("MALFORMED_QUERY", text)
        read = column.reader(self.rows)
        values = (read(row) for row in self._rows(scope, query)[0])
        return frozenset(value for value in values if value is not None)

    def _computed(self, scope: Scope, query: Query) -> list[Row]:
        user, records = computed.asked(query.where)
        rows = computed.user_record_access(self.schema, self.reader, self.access_of(user), records)
        test = self._conditions(scope).test(query.where)
        return [row for row in rows if test(row)][: query.limit]

    def _rows(self, scope: Scope, query: Query) -> tuple[Iterator[Row], bool]:
        """Matching rows, and whether they come in order."""
        test = self._conditions(scope).test(query.where)
        seen = self._visible(scope)
        rows, in_order = candidates(self.reader, scope, query, self.now)
        return (row for row in rows if test(row) and seen(row)), in_order

    def _visible(self, scope: Scope) -> Callable[[Row], bool]:
        if scope.access.admin or (scope.kind.sharing in ("ReadWrite", "Read") and scope.kind.master is None):
            return (lambda _row: True) if self.include_deleted else (lambda row: not row.get("IsDeleted"))

        def seen(row: Row) -> bool:
            shown = self.include_deleted or not row.get("IsDeleted")
            return shown and scope.access.reads_row(scope.kind, row, self.schema, self.rows.parent)

        return seen

    def _matching(self, scope: Scope, query: Query) -> list[str]:
        """Ids of the result, in order and cut."""
        keys = [(self._order_key(scope, each), each) for each in query.order]
        rows, in_order = self._rows(scope, query)
        end = None if query.limit is None else query.offset + query.limit
        if in_order:
            return _cut(rows, query.offset, end)
        held = [(row["Id"], *(key(row) for key, _ in keys)) for row in rows]
        places = [(lambda entry, place=place: entry[place + 1], wish) for place, (_, wish) in enumerate(keys)]
        return [entry[0] for entry in sort(held, places)[query.offset : end]]

    def _order_key(self, scope: Scope, wish: Ordered) -> Callable[[Row], Any]:
        if not isinstance(wish.expression, Path):
            raise OrgError("MALFORMED_QUERY", f"unexpected token: '{wish.expression}'")
        return normal(scope.filterable(scope.column(wish.expression), "sorted"), self.rows)


def _cut(rows: Iterator[Row], start: int, end: int | None) -> list[str]:
    """The slice of a stream, read no further than needed."""
    idents: list[str] = []
    for place, row in enumerate(rows):
        if end is not None and place >= end:
            break
        if place >= start:
            idents.append(row["Id"])
    return idents
