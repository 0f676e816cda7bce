"""Records as a table: which columns, and the cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tieline_sandbox.org.face.sheet import Column, Sheet
from tieline_sandbox.org.face.show import Cell, cell
from tieline_sandbox.org.face.visit import Row, Visit, address, name_of
from tieline_sandbox.org.metadata.tree import texts
from tieline_sandbox.org.schema.types import Kind
from tieline_sandbox.org.service import COMPONENT
from tieline_sandbox.state import Reader

_WIDTH = 6
_USUAL = {
    "Account": "Name BillingCity BillingCountry Phone Website OwnerId",
    "Contact": "Name AccountId Title Phone Email OwnerId",
    "Opportunity": "Name AccountId StageName Amount CloseDate OwnerId",
    "OpportunityLineItem": "Name ProductCode Quantity UnitPrice TotalPrice",
    "Product2": "Name ProductCode Family IsActive",
    "Pricebook2": "Name Description IsActive IsStandard",
    "PricebookEntry": "Name ProductCode UnitPrice IsActive Pricebook2Id",
    "Task": "Subject WhoId WhatId Status Priority ActivityDate",
    "ERP_Request__c": "Action__c Status__c Message__c Result_Number__c",
    "User": "Name Username ProfileId IsActive",
}
_LEFT_OUT = ("Id", "IsDeleted", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp")


@dataclass(frozen=True, slots=True)
class Line:
    """`pending`: a request that has no answer yet."""

    ident: str
    name: str
    link: str
    cells: tuple[Cell, ...]
    pending: bool


@dataclass(frozen=True, slots=True)
class Table:
    """The first column is the record's name, a link; `columns` are the others."""

    head: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


def columns_of(reader: Reader, sheet: Sheet, wanted: Iterable[str] = ()) -> list[Column]:
    """The columns asked for, else those of the deployed list view, else the usual ones; never the name."""
    asked = [sheet.column(name) for name in wanted]
    if not any(asked):
        asked = [sheet.column(name) for name in _usual(reader, sheet)]
    shown = [each for each in asked if each and not each.field.name_field]
    return list(dict.fromkeys(shown)) if shown else _first(sheet)


def _usual(reader: Reader, sheet: Sheet) -> list[str]:
    view = reader.get(f"{COMPONENT}ListView", f"{sheet.kind.name}.All")
    return texts(view["body"], "columns") if view else _USUAL.get(sheet.kind.name, "").split()


def _first(sheet: Sheet) -> list[Column]:
    plain = (
        each for each in sheet.columns.values()
        if not (each.field.long_text or each.field.name_field or each.field.compound or each.name in _LEFT_OUT)
        and each.field.kind is not Kind.ADDRESS
    )  # fmt: skip
    return [each for _, each in zip(range(_WIDTH - 1), plain, strict=False)]


def table(visit: Visit, reader: Reader, sheet: Sheet, columns: Sequence[Column], rows: Iterable[Row]) -> Table:
    lines = tuple(_line(visit, reader, sheet, columns, row) for row in rows)
    name = sheet.name_column
    return Table(name.label if name else sheet.label, tuple(columns), lines)


def _line(visit: Visit, reader: Reader, sheet: Sheet, columns: Sequence[Column], row: Row) -> Line:
    cells = tuple(cell(visit, reader, each, row) for each in columns)
    return Line(row["Id"], name_of(sheet.kind, row), address(sheet.kind, row["Id"]), cells, is_pending(sheet, row))


def is_pending(sheet: Sheet, row: Row) -> bool:
    """A pressed button that waits for its answer: its page looks again by itself until the status is final."""
    return sheet.kind.name == "ERP_Request__c" and row.get("Status__c") in ("New", "Running", "Waiting")
