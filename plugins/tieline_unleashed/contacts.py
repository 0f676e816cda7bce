"""Contacts live below their customer: `<customer guid>/<contact guid>` is their key.

A contact has no stamp; it changes with its customer. Whether a contact's change moves the customer's LastModifiedOn is
not documented: if it does not, a change is seen when the customer changes, or in a full read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tieline.contract import (
    Capabilities,
    Done,
    HttpResponse,
    Idempotency,
    Operation,
    Outcome,
    PermanentError,
    Record,
    Refused,
    Shape,
    Stale,
    TielineError,
    Values,
    Write,
    moved,
)
from tieline_unleashed import answers, exact, members
from tieline_unleashed.dates import milliseconds
from tieline_unleashed.embedded import Embedded
from tieline_unleashed.guids import guid, pair, unpair
from tieline_unleashed.paging import Json, read_list, stamp_of
from tieline_unleashed.resource import Access, done

NAME = "CustomerContacts"
PARENT = "Customer.Guid"
SHOWN_AT_MOST = 100
"""A list of customers shows so many contacts of each [V]."""

_PERSON = ("FirstName", "LastName", "EmailAddress")


class Contacts(Embedded):
    """Creates, changes and deletes below the customer.

    A new contact carries the guid we choose, which is the write's key, else its marker, else its idempotency key.
    That a chosen guid is honoured is not documented [P]; therefore a create first looks for the guid, and then for a
    contact of the same first name, last name and e-mail address, and adopts what it finds.
    """

    name = NAME

    def capabilities(self) -> Capabilities:
        return replace(self.outer.capabilities(), idempotency=Idempotency.NONE, deletable=True)

    def write(self, shape: Shape, write: Write) -> Outcome:
        """Raises only for what certainly did not take effect."""
        parent, own = unpair(write.key)
        parent = parent or guid(write.parent) or guid(write.fields.get(PARENT))
        rows = read_rows(self.access, parent)
        if rows is None:
            return Refused("the customer of this contact does not exist in Unleashed", code="404", gone=bool(own))
        if write.operation is Operation.CREATE:
            return self._create(shape, write, parent, rows)
        row = _of_guid(rows, own)
        if row is None:
            return self._missing(write)
        if moved(write.expected, members.values(row, write.expected)):
            return Stale(record({"Guid": parent}, row, shape))
        if write.operation is Operation.DELETE:
            return self._delete(write, parent, own)
        return self._update(shape, write, parent, row)

    def _create(self, shape: Shape, write: Write, parent: str, rows: list[Json]) -> Outcome:
        own = unpair(write.key)[1] or guid(write.marker) or guid(write.idempotency_key)
        there = _of_guid(rows, own) or _of_person(rows, write.fields)
        if there is not None:
            return done(record({"Guid": parent}, there, shape), created=False)
        given = {name: told for name, told in write.fields.items() if told is not None and name != PARENT}
        body = members.plant({"Guid": own}, given)
        answer = answers.send(self.wire, "POST", f"Customers/{parent}/Contacts", body)
        if not isinstance(answer, HttpResponse):
            return answer
        made = self._read_back(shape, parent, own, write.fields, answer)
        return done(made, key=pair(parent, own), created=True)

    def _update(self, shape: Shape, write: Write, parent: str, row: Json) -> Outcome:
        if guid(write.fields.get(PARENT, parent)) != parent:
            return Refused("Unleashed cannot move a contact to another customer", code="moved", fields=(PARENT,))
        own = guid(row.get("Guid"))
        fields = {name: told for name, told in write.fields.items() if name != PARENT}
        body = members.plant(members.sendable(row), fields)
        answer = answers.send(self.wire, "PUT", f"Customers/{parent}/Contacts/{own}", body)
        if not isinstance(answer, HttpResponse):
            return answer
        return done(self._read_back(shape, parent, own, {}, answer), key=pair(parent, own), created=False)

    def _delete(self, write: Write, parent: str, own: str) -> Outcome:
        answer = answers.send(self.wire, "DELETE", f"Customers/{parent}/Contacts/{own}", None)
        return Done(write.key) if isinstance(answer, HttpResponse) else answer

    def _missing(self, write: Write) -> Outcome:
        if write.operation is Operation.DELETE:
            return Done(write.key)
        return Refused("the contact no longer exists in Unleashed", code="404", gone=True)

    def _read_back(self, shape: Shape, parent: str, own: str, person: Values, answer: HttpResponse) -> Record | None:
        """From the answer where it shows the contact, else by reading; None when that fails."""
        try:
            row: Any = exact.read(answer.body or b"null")
            if not (isinstance(row, dict) and guid(row.get("Guid"))):
                rows = read_rows(self.access, parent) or []
                row = _of_guid(rows, own) or _of_person(rows, person)
            return record({"Guid": parent}, row, shape) if row else None
        except TielineError:
            return None


def record(customer: Json, row: Json, shape: Shape) -> Record:
    """A contact as its customer shows it. Its guid is its marker: we choose it when we create one."""
    parent, own = guid(customer.get("Guid")), guid(row.get("Guid"))
    stamp = stamp_of(row) or stamp_of(customer)
    fields = members.values(row, (name for name in shape.fields if name != PARENT))
    return Record(
        key=pair(parent, own),
        fields={**fields, PARENT: parent} if PARENT in shape.fields else fields,
        version=milliseconds(stamp) if stamp else "",
        stamp=stamp,
        marker=own,
        parent=parent,
    )


def read_rows(access: Access, customer: str) -> list[Json] | None:
    """All contacts of a customer; None when there is no such customer."""
    if not customer:
        return None
    path = f"Customers/{customer}/Contacts"
    try:
        listing = read_list(access.wire, path, (), access.page_size, lambda row: guid(row.get("Guid")))
    except PermanentError as error:
        if error.code == "404":
            return None
        raise
    return list(listing.items.values())


def _of_guid(rows: list[Json], own: str) -> Json | None:
    return next((row for row in rows if own and guid(row.get("Guid")) == own), None)


def _of_person(rows: list[Json], person: Values) -> Json | None:
    """A contact of the same name and e-mail address; nobody when neither is given."""
    wanted = {name: person.get(name) for name in _PERSON}
    if not any(wanted.values()):
        return None
    return next((row for row in rows if not moved(wanted, dict.fromkeys(_PERSON) | members.values(row, _PERSON))), None)
