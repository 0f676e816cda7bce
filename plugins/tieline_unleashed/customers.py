"""Customers: merged before each write, never deleted, with the contacts inside them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from tieline.contract import Record, Shape, Value, Values, Write
from tieline_unleashed import addresses, contacts, members
from tieline_unleashed.guids import guid
from tieline_unleashed.options import Terms
from tieline_unleashed.paging import Json
from tieline_unleashed.resource import Access, Resource
from tieline_unleashed.wire import Query

TERM = "PaymentTerm"
CODE = "CustomerCode"
CONTACTS = "Contacts"
_NAME_PART = 12


class Customers(Resource):
    """`PaymentTerm` is offered by the term's Guid; `Address.*` is the mapped address (see `addresses`)."""

    name = "Customers"

    def __init__(self, access: Access, terms: Terms) -> None:
        super().__init__(access)
        self._terms = terms

    def list_query(self, shape: Shape) -> Query:
        query = [("includeObsolete", "true")]
        return [*query, ("includeAllContacts", "true")] if shape.embedded else query

    def values(self, item: Json, names: Iterable[str]) -> dict[str, Value]:
        names = tuple(names)
        found = members.values(item, (name for name in names if not name.startswith(addresses.PREFIX)))
        if isinstance(found.get(TERM), str):
            found[TERM] = self._terms.key(str(found[TERM]))
        rows = _rows(item, "Addresses")
        if rows is not None:
            inside = [name for name in names if name.startswith(addresses.PREFIX)]
            found |= {name: addresses.shown(rows, name.removeprefix(addresses.PREFIX)) for name in inside}
        return found

    def children(self, item: Json, shape: Shape) -> dict[str, tuple[Record, ...]]:
        rows = _rows(item, CONTACTS)
        inside = [embedded for embedded in shape.embedded if embedded.object == contacts.NAME]
        if rows is None or not inside:
            return {}
        return {contacts.NAME: tuple(contacts.record(item, row, inside[0]) for row in rows if guid(row.get("Guid")))}

    def listed(self, item: Json, shape: Shape) -> Json:
        """A list shows the first 100 contacts only [V]; where there may be more they are read."""
        shown = _rows(item, CONTACTS) if shape.embedded else None
        return item if shown is None or len(shown) < contacts.SHOWN_AT_MOST else self.whole(item)

    def whole(self, item: Json) -> Json:
        """Alone a customer may show its primary contact only [P], so its contacts are always read."""
        rows = contacts.read_rows(self.access, guid(item.get("Guid")))
        return {**item, CONTACTS: list(rows or ())}

    def written(self, item: Json, before: Json | None) -> Json:
        return item if before is None else {**item, CONTACTS: before[CONTACTS]}

    def create_body(self, key: str, write: Write) -> dict[str, Any]:
        body = super().create_body(key, write)
        if not body.get(CODE):
            body[CODE] = derived_code(str(body.get("CustomerName") or ""), key)
        return body

    def put_fields(self, body: dict[str, Any], fields: Values) -> dict[str, Any]:
        inside = {name.removeprefix(addresses.PREFIX): v for name, v in fields.items() if _in_address(name)}
        planted = members.plant(body, {name: v for name, v in fields.items() if not _in_address(name)})
        if fields.get(TERM):
            planted[TERM] = self._terms.name(str(fields[TERM]))
        if inside:
            planted["Addresses"] = addresses.changed(_rows(body, "Addresses") or [], inside)
        return planted


def derived_code(name: str, key: str) -> str:
    """A code for a new customer that was given none: the name's first letters and a part of its guid, so that a
    repeat makes the same one and no other customer has it. A code is required and cannot be changed later [C]."""
    letters = re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKD", name).upper())
    return f"{letters[:_NAME_PART]}-{key[-8:].upper()}".lstrip("-")


def _in_address(name: str) -> bool:
    return name.startswith(addresses.PREFIX)


def _rows(item: Json, name: str) -> list[Json] | None:
    rows = item.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else None
