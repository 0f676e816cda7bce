"""Related lists: the records that point to this one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tieline_sandbox.org import errors
from tieline_sandbox.org.face.layout import Layout
from tieline_sandbox.org.face.sheet import Sheet
from tieline_sandbox.org.face.tables import Table, columns_of, table
from tieline_sandbox.org.face.visit import Row, Visit, address
from tieline_sandbox.org.metadata.tree import one, tables, texts
from tieline_sandbox.org.schema.types import Child, ObjectType
from tieline_sandbox.state import Reader

SHOWN = 6
# What layouts call the related lists of standard objects. [K]
_NAMES = {
    "RelatedContactList": "Contacts", "RelatedOpportunityList": "Opportunities",
    "RelatedLineItemList": "OpportunityLineItems", "RelatedActivityList": "Tasks", "RelatedPricebookEntryList":
    "PricebookEntries", "RelatedStandardPriceList": "PricebookEntries",
}  # fmt: skip
_FIRST = ("ERP_Request__c", "ERP_Link__c", "ERP_Document__c")


@dataclass(frozen=True, slots=True)
class Related:
    """`link` shows all of them, `new` makes one more; either may be empty."""

    title: str
    count: int
    table: Table
    link: str
    new: str
    pending: bool


def related_of(visit: Visit, reader: Reader, sheet: Sheet, layout: Layout, row: Row) -> list[Related]:
    listed = layout.deployed and "relatedLists" in layout.body
    chosen = _on_layout(visit, sheet, layout) if listed else _all(visit, sheet)
    return [_related(visit, reader, sheet, row, child, columns) for child, columns in chosen]


def children_rows(visit: Visit, reader: Reader, child: Child, kind: ObjectType, ident: str) -> list[Row]:
    """Living children the user may see, newest first."""
    rows = (row for _, row in reader.find(child.object, child.field.name, ident))
    seen = [row for row in rows if not row.get("IsDeleted") and visit.sees(reader, kind, row)]
    return sorted(seen, key=lambda row: (row.get("CreatedDate", ""), row["Id"]), reverse=True)


def child_named(visit: Visit, sheet: Sheet, name: str) -> tuple[Child, ObjectType]:
    """A relationship by name; OrgError 404 when it is not there for this user."""
    found = next((each for each in _visible(visit, sheet) if (each.name or "").casefold() == name.casefold()), None)
    if found is None:
        raise errors.not_found()
    return found, visit.object(found.object)


def _visible(visit: Visit, sheet: Sheet) -> Iterator[Child]:
    access, schema = visit.call.access, visit.call.schema
    for child in schema.children_of(sheet.kind.name):
        kind = access.object(schema, child.object)
        if child.name and kind and not kind.computed and access.sees(kind, child.field):
            yield child


def _all(visit: Visit, sheet: Sheet) -> list[tuple[Child, list[str]]]:
    """Requests, links and documents first: they tell what happened to the record."""
    places = {name: place for place, name in enumerate(_FIRST)}
    found = sorted(_visible(visit, sheet), key=lambda each: places.get(each.object, len(places)))
    return [(each, []) for each in found]


def _on_layout(visit: Visit, sheet: Sheet, layout: Layout) -> list[tuple[Child, list[str]]]:
    known = {(each.name or ""): each for each in _visible(visit, sheet)}
    known |= {f"{each.object}.{each.field.name}": each for each in known.values()}
    wanted = [(one(each, "relatedList"), texts(each, "fields")) for each in tables(layout.body, "relatedLists")]
    named = [(known.get(_NAMES.get(name, name)), columns) for name, columns in wanted]
    return [(child, columns) for child, columns in named if child]


def _related(visit: Visit, reader: Reader, sheet: Sheet, row: Row, child: Child, wanted: list[str]) -> Related:
    kind = visit.call.schema.objects[child.object.casefold()]
    theirs = visit.sheet(kind)
    rows = children_rows(visit, reader, child, kind, row["Id"])
    columns = [each for each in columns_of(reader, theirs, wanted) if each.name != child.field.name]
    shown = table(visit, reader, theirs, columns, rows[:SHOWN])
    all_of_them = address(sheet.kind, row["Id"], f"related/{child.name}/view") if len(rows) > SHOWN else ""
    column = theirs.column(child.field.name)
    may_add = theirs.createable and column is not None and column.createable
    new = f"/lightning/o/{kind.name}/new?{child.field.name}={row['Id']}" if may_add else ""
    pending = any(line.pending for line in shown.lines)
    return Related(theirs.plural, len(rows), shown, all_of_them, new, pending)
