"""Order-entry documents and their lines: read as they are, made by the old functions alone [D], never changed here.

All documents are one object, `SODOCUMENT`, told apart by their transaction definition. The host sees one object a kind:
`SODOCUMENT.order` holds the documents of the definitions that the settings name for orders.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from tieline.contract import Capabilities, Cursor, DeleteSource, Outcome, Page, Record, Refused, Shape, Value, Write
from tieline_intacct import currencies, values
from tieline_intacct.functions import condition, either, one_of
from tieline_intacct.paging import Scope, everything, place
from tieline_intacct.replies import Row
from tieline_intacct.resource import Access, Resource
from tieline_intacct.shelves import DEFINITION, KIND
from tieline_intacct.transactions import transaction
from tieline_intacct.xml import Element, element

LINE_KIND = "SODOCUMENTENTRY"
HEADER = "DOCHDRID"
TAX = "TAX"
EXTERNAL_ID = "EXTERNALID"
QUOTES, ORDERS, INVOICES, OTHERS = "SODOCUMENT.quote", "SODOCUMENT.order", "SODOCUMENT.invoice", "SODOCUMENT.other"


def lines_of(name: str) -> str:
    """The object of a document object's lines."""
    return name.replace(KIND, LINE_KIND)


class Documents(Resource):
    """`definitions` are names of transaction definitions. `EXTERNALID` holds our mark [D to write, I to read]."""

    kind = KIND
    key = "DOCID"
    updatable = False

    def __init__(self, access: Access, name: str, definitions: tuple[str, ...]) -> None:
        super().__init__(access)
        self.name = name
        self.definitions = definitions
        access.shelves.hold(definitions)

    def where(self) -> Element | None:
        return one_of(DEFINITION, self.definitions or ("",))

    def asked(self, names: Iterable[str]) -> tuple[str, ...]:
        told = [part for name in names for part in (("TOTAL", "SUBTOTAL") if name == TAX else (name,))]
        return currencies.asked(told, currencies.OF_DOCUMENT)

    def values(self, row: Row, names: Iterable[str]) -> dict[str, Value]:
        names, row = tuple(names), currencies.own(row, currencies.OF_DOCUMENT)
        shown = values.shown(row, names, self.company.zone)
        return {**shown, TAX: _tax(row)} if TAX in names else shown

    def pages(self, entity: str, shape: Shape, since: Cursor | None) -> Iterator[Page]:
        if not self.definitions:  # nothing is asked for
            yield Page((), None, self.gateway.now or self.gateway.clock.now())
            return
        asked = () if shape.where else self.scope(entity, shape).fields
        shelf = self.access.shelves.take(self.name, entity, self.inside(entity), since, asked) if asked else None
        if shelf is None:
            yield from super().pages(entity, shape, since)
            return
        rows = [row for row in shelf.rows or () if row.get(DEFINITION) in self.definitions]
        last = place(rows[-1], self.company.zone) if rows else None
        yield Page(tuple(self.records(entity, shape, rows)), last, shelf.began)

    def children(
        self, entity: str, rows: Sequence[Row], shape: Shape
    ) -> Mapping[str, Mapping[str, tuple[Record, ...]]]:
        inside = next((one for one in shape.embedded if one.object == lines_of(self.name)), None)
        keys = [row[self.key] for row in rows if row.get(self.key)]
        if inside is None or not keys:
            return {}
        fields = (HEADER, *currencies.asked(inside.fields, currencies.OF_LINE))
        scope = Scope(entity, LINE_KIND, fields, one_of(HEADER, keys), self.company.page_size)
        held: dict[str, list[Record]] = {key: [] for key in keys}
        stamps = {row[self.key]: row for row in rows}
        for row in everything(self.schema, scope):
            if row.get(HEADER) in held:
                held[row[HEADER]].append(self._line(row, stamps[row[HEADER]], inside))
        return {key: {inside.object: tuple(records)} for key, records in held.items()}

    def _line(self, row: Row, document: Row, shape: Shape) -> Record:
        """A line changes with its document."""
        stamp = document.get("WHENMODIFIED", "")
        fields = values.shown(currencies.own(row, currencies.OF_LINE), shape.fields, self.company.zone)
        moment = values.moment(stamp, self.company.zone)
        return Record(row["RECORDNO"], fields, stamp, moment, parent=row[HEADER])

    def marked(self, markers: Sequence[str]) -> tuple[Element, str] | None:
        found = either(*(condition("like", EXTERNAL_ID, f"%T-{one}") for one in markers))
        return None if found is None else (found, EXTERNAL_ID)

    def create_body(self, entity: str, write: Write) -> Element:
        lines = write.children.get(lines_of(self.name), ())
        return transaction(self.access, entity, self.definitions, write, lines)

    def delete_body(self, write: Write, before: Record) -> Element:  # noqa: ARG002 - a hook's signature
        return element("delete_sotransaction", key=write.key)


class DocumentLines:
    """Lines come and go with their document."""

    kind = LINE_KIND

    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self.name = lines_of(documents.name)

    def capabilities(self) -> Capabilities:
        whole = self.documents.capabilities()
        return replace(whole, deletes=DeleteSource.NONE, creatable=False, updatable=False, deletable=False)

    def pages(self, entity: str, shape: Shape, since: Cursor | None) -> Iterator[Page]:
        """Never asked for: they are read with their documents."""
        outer = Shape(self.documents.name, (), (shape,))
        for page in self.documents.pages(entity, outer, since):
            rows = [row for record in page.records for row in record.children.get(self.name, ())]
            yield replace(page, records=tuple(rows))

    def read(self, entity: str, shape: Shape, keys: Sequence[str]) -> dict[str, Record | None]:
        found: dict[str, Record | None] = dict.fromkeys(keys)
        wanted = [key for key in dict.fromkeys(keys) if key]
        if not wanted:
            return found
        access = self.documents.access
        scope = Scope(entity, LINE_KIND, (HEADER,), one_of("RECORDNO", wanted), access.company.page_size)
        headers = list(dict.fromkeys(row.get(HEADER, "") for row in everything(access.schema, scope)))
        outer = Shape(self.documents.name, (), (shape,))
        documents = self.documents.read(entity, outer, [key for key in headers if key])
        rows = [row for one in documents.values() if one for row in one.children.get(self.name, ())]
        return found | {row.key: row for row in rows if row.key in found}

    def find(self, entity: str, shape: Shape, markers: Sequence[str]) -> dict[str, Record]:  # noqa: ARG002 - the same door
        return {}

    def write(self, entity: str, shape: Shape, batch: Sequence[Write]) -> Sequence[Outcome]:  # noqa: ARG002 - the same door
        told = "a document's lines cannot be {}d alone; change the document in Intacct"
        return [Refused(told.format(write.operation), code="unsupported") for write in batch]


def documents(access: Access) -> tuple[Documents | DocumentLines, ...]:
    named = access.company.definitions
    made = (
        Documents(access, QUOTES, named.quote),
        Documents(access, ORDERS, named.order),
        Documents(access, INVOICES, named.invoice),
        Documents(access, OTHERS, named.other),
    )
    return (*made, *(DocumentLines(one) for one in made))


def _tax(row: Row) -> Decimal | None:
    """What the total holds beyond the subtotal: taxes and charges."""
    try:
        return Decimal(row["TOTAL"]) - Decimal(row["SUBTOTAL"])
    except (KeyError, InvalidOperation):
        return None
