"""A record's page: its fields by the layout, its buttons, what belongs to it, the answer to a pressed button."""

from __future__ import annotations

from dataclasses import dataclass

from tieline_sandbox.org import buttons as org_buttons
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.face.buttons import buttons_of
from tieline_sandbox.org.face.layout import Section, layout_of, sections_of
from tieline_sandbox.org.face.pages import page
from tieline_sandbox.org.face.related import related_of
from tieline_sandbox.org.face.sheet import Sheet
from tieline_sandbox.org.face.show import Cell, cell, reference
from tieline_sandbox.org.face.tables import is_pending
from tieline_sandbox.org.face.visit import Row, Visit, address, name_of
from tieline_sandbox.org.metadata.tree import one
from tieline_sandbox.org.schema.types import ObjectType
from tieline_sandbox.state import Reader
from tieline_sandbox.wire import Response

_TOLD = {"created": "was_created", "saved": "was_saved", "deleted": "was_deleted"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A field with its value."""

    label: str
    help: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class Block:
    title: str
    columns: tuple[tuple[Shown, ...], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The request a button made, as far as it is."""

    link: str
    name: str
    status: Cell
    message: str
    number: Cell
    address: Cell
    pending: bool


def record(visit: Visit, name: str, ident: str) -> Response:
    kind = visit.object(name)
    visit.call.parsed("face.record", kind.name, ident)
    sheet = visit.sheet(kind)
    layout = layout_of(visit, sheet)
    with visit.call.reading() as reader:
        row = visit.row(reader, kind, ident)
        blocks = [_block(visit, reader, sheet, each, row) for each in sections_of(visit, sheet, layout)]
        related = related_of(visit, reader, sheet, layout, row)
        answer = _answer(visit, reader, kind, row)
        stamps = _stamps(visit, reader, sheet, row)
        editable = visit.edits(reader, kind, row)
    pending = any(each.pending for each in related) or bool(answer and answer.pending) or is_pending(sheet, row)
    return page(
        visit, "record.html", f"{name_of(kind, row)} · {sheet.label}", sheet=sheet, name=name_of(kind, row),
        blocks=blocks, related=related, answer=answer, stamps=stamps, pending=pending, told=_told(visit, kind),
        buttons=buttons_of(visit, sheet, layout, row), edit=address(kind, row["Id"], "edit") if editable else "",
        delete=address(kind, row["Id"], "delete") if sheet.deletable else "",
    )  # fmt: skip


def _block(visit: Visit, reader: Reader, sheet: Sheet, section: Section, row: Row) -> Block:
    def shown(name: str) -> Shown:
        column = sheet.columns[name.casefold()]
        return Shown(column.label, column.help, cell(visit, reader, column, row))

    return Block(section.title, tuple(tuple(shown(item.field) for item in column) for column in section.columns))


def _stamps(visit: Visit, reader: Reader, sheet: Sheet, row: Row) -> list[tuple[str, Cell, Cell]]:
    """(label, who, when) of making and of the last change."""
    found = []
    for word, person, time in (
        ("created", "CreatedById", "CreatedDate"), ("modified", "LastModifiedById", "LastModifiedDate"),
    ):  # fmt: skip
        column = sheet.column(time)
        if column and row.get(person):
            found.append((visit.words(word), reference(visit, reader, row[person]), cell(visit, reader, column, row)))
    return found


def _told(visit: Visit, kind: ObjectType) -> str:
    """What the step before this page did; for a button in the words that were deployed with it."""
    pressed = visit.query.get("pressed")
    if pressed:
        try:
            body = org_buttons.action(visit.call, f"{kind.name}.{pressed}")
        except OrgError:
            return ""
        return one(body, "successMessage") or visit.words("was_created")
    word = _TOLD.get(visit.query.get("told", ""))
    return visit.words(word) if word else ""


def _answer(visit: Visit, reader: Reader, kind: ObjectType, row: Row) -> Answer | None:
    """The request named in the address, when it was made from this record and the user may see it."""
    ident = visit.query.get("request", "")
    theirs = visit.call.access.object(visit.call.schema, "ERP_Request__c")
    if not ident or theirs is None or theirs is kind:
        return None
    try:
        found = visit.row(reader, theirs, ident)
    except OrgError:
        return None
    if row["Id"] not in found.values():
        return None
    sheet = visit.sheet(theirs)

    def shown(name: str) -> Cell:
        column = sheet.column(name)
        return cell(visit, reader, column, found) if column else Cell("")

    return Answer(
        address(theirs, found["Id"]), name_of(theirs, found), shown("Status__c"), shown("Message__c").text,
        shown("Result_Number__c"), shown("Result_Address__c"), is_pending(sheet, found),
    )  # fmt: skip
