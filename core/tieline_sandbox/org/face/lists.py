"""Home, the list of an object's records, and one related list in full."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tieline_sandbox.org.face import related
from tieline_sandbox.org.face.pages import all_objects, page
from tieline_sandbox.org.face.sheet import Sheet
from tieline_sandbox.org.face.tables import columns_of, table
from tieline_sandbox.org.face.visit import Row, Visit, address, name_of
from tieline_sandbox.org.rest.queries import runner
from tieline_sandbox.org.schema.types import ObjectType
from tieline_sandbox.org.soql.tree import Comparison, Literal, Ordered, Path, Query, Selected
from tieline_sandbox.state import Reader
from tieline_sandbox.wire import Response

SIZE = 25
_AS_IT_IS = str.maketrans({"%": r"\%", "_": r"\_", "'": r"\'", "\\": "_"})


@dataclass(frozen=True, slots=True)
class Paging:
    page: int
    pages: int
    count: int

    @classmethod
    def of(cls, visit: Visit, count: int) -> Paging:
        """The page that was asked for, or the nearest one there is."""
        pages = max((count + SIZE - 1) // SIZE, 1)
        asked = visit.query.get("page", "1")
        wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1
        return cls(min(max(wanted, 1), pages), pages, count)

    @property
    def start(self) -> int:
        return (self.page - 1) * SIZE


def home(visit: Visit) -> Response:
    """All the objects the user may look into."""
    visit.call.parsed("face.home")
    sheets = sorted((visit.sheet(kind) for kind in all_objects(visit)), key=lambda each: each.plural.casefold())
    welcome = visit.words("welcome", name=visit.call.caller.name)
    return page(visit, "home.html", welcome, sheets=sheets)


def listed(visit: Visit, name: str) -> Response:
    """Records by name, those whose name holds the search text, a page at a time."""
    kind = visit.object(name)
    visit.call.parsed("face.list", kind.name)
    sheet, search = visit.sheet(kind), visit.query.get("q", "").strip()[:100]
    with visit.call.reading() as reader:
        idents = matching(visit, reader, sheet, search)
        paging = Paging.of(visit, len(idents))
        rows = _rows(reader, kind, idents[paging.start : paging.start + SIZE])
        shown = table(visit, reader, sheet, columns_of(reader, sheet), rows)
    new = f"/lightning/o/{kind.name}/new" if sheet.createable else ""
    told = visit.words("was_deleted") if visit.query.get("told") == "deleted" else ""
    return page(
        visit, "list.html", sheet.plural, sheet=sheet, table=shown, search=search, paging=paging, new=new, told=told,
        heading=sheet.plural, up=None, searchable=sheet.name_column is not None,
    )  # fmt: skip


def related_list(visit: Visit, name: str, ident: str, relationship: str) -> Response:
    """One related list in full."""
    kind = visit.object(name)
    visit.call.parsed("face.related", kind.name, ident)
    sheet = visit.sheet(kind)
    child, theirs = related.child_named(visit, sheet, relationship)
    with visit.call.reading() as reader:
        row = visit.row(reader, kind, ident)
        rows = related.children_rows(visit, reader, child, theirs, row["Id"])
        paging = Paging.of(visit, len(rows))
        columns = [each for each in columns_of(reader, visit.sheet(theirs)) if each.name != child.field.name]
        part = rows[paging.start : paging.start + SIZE]
        shown = table(visit, reader, visit.sheet(theirs), columns, part)
    up = (name_of(kind, row), address(kind, row["Id"]))
    title = f"{visit.sheet(theirs).plural} · {up[0]}"
    return page(
        visit, "list.html", title, sheet=visit.sheet(theirs), table=shown, search="", paging=paging, new="", told="",
        heading=visit.sheet(theirs).plural, up=up, searchable=False,
    )  # fmt: skip


def matching(visit: Visit, reader: Reader, sheet: Sheet, search: str = "") -> list[str]:
    """Ids of the records the user may see, by name."""
    name = sheet.name_column
    select = (Selected(Path(("Id",)), None),)
    if name is None:
        return runner(visit.call, reader).run(Query(select, sheet.kind.name)).idents
    path = Path((name.name,))
    where = Comparison(path, "like", Literal("string", like(search))) if search else None
    query = Query(select, sheet.kind.name, where=where, order=(Ordered(path, False, False),))
    found = runner(visit.call, reader).run(query).idents
    if "\\" not in search:
        return found
    rows = ((ident, reader.get(sheet.kind.name, ident) or {}) for ident in found)
    return [ident for ident, row in rows if search.casefold() in str(row.get(name.name)).casefold()]


def like(text: str) -> str:
    """A string literal for LIKE that finds the text anywhere, taken as it is.

    A pattern cannot tell a backslash before `%` from an escape, so a backslash is sought as any one character
    (and `matching` looks again).
    """
    return f"'%{text.translate(_AS_IT_IS)}%'"


def _rows(reader: Reader, kind: ObjectType, idents: Iterable[str]) -> list[Row]:
    found = (reader.get(kind.name, ident) for ident in idents)
    return [row for row in found if row is not None]
