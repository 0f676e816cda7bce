"""Filters of lists: each turns the text behind `=` into a test of stored rows.

Starts-with ignores the case [P]; contains minds it [V].
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from tieline_sandbox.state import Values
from tieline_unleashed.sandbox import dates, forms
from tieline_unleashed.sandbox.answers import Refused
from tieline_unleashed.sandbox.lookup import Lookup

Test = Callable[[Lookup, str, Values], bool]
Filter = Callable[[str, str], Test]  # (the filter's name, for errors; the text behind `=`)


def starts_with(field: str) -> Filter:
    def build(_name: str, text: str) -> Test:
        wanted = text.casefold()
        return lambda _lookup, _guid, row: (row.get(field) or "").casefold().startswith(wanted)

    return build


def contains(*fields: str) -> Filter:
    def build(_name: str, text: str) -> Test:
        return lambda _lookup, _guid, row: any(text in (row.get(field) or "") for field in fields)

    return build


def equals(field: str) -> Filter:
    def build(_name: str, text: str) -> Test:
        return lambda _lookup, _guid, row: row.get(field) == text

    return build


def among(field: str) -> Filter:
    """A comma list; names do not mind the case [P]."""

    def build(_name: str, text: str) -> Test:
        wanted = {part.strip().casefold() for part in text.split(",")}
        return lambda _lookup, _guid, row: (row.get(field) or "").casefold() in wanted

    return build


def flag(field: str) -> Filter:
    def build(name: str, text: str) -> Test:
        wanted = truth(name, text)
        return lambda _lookup, _guid, row: bool(row.get(field)) == wanted

    return build


def refers(field: str, kind: str, shown: str, *, starts: bool = False) -> Filter:
    """Compares a field of the row pointed at."""

    def build(_name: str, text: str) -> Test:
        def test(lookup: Lookup, _guid: str, row: Values) -> bool:
            found = lookup.value(kind, row.get(field), shown) or ""
            return found.casefold().startswith(text.casefold()) if starts else found == text

        return test

    return build


def refers_by_guid(field: str) -> Filter:
    """A comma list of guids."""

    def build(name: str, text: str) -> Test:
        try:
            wanted = {forms.read_guid(part.strip()) for part in text.split(",")}
        except ValueError as error:
            raise bad_value(name, text, str(error)) from None
        return lambda _lookup, _guid, row: row.get(field) in wanted

    return build


def since(field: str) -> Filter:
    """At this moment or later; a day begins at 00:00 UTC [V]."""

    def build(name: str, text: str) -> Test:
        moment = dates.to_text(_moment(name, text))
        return lambda _lookup, _guid, row: (row.get(field) or "") >= moment

    return build


def until(field: str) -> Filter:
    """At this moment or earlier; a day counts whole [P]."""

    def build(name: str, text: str) -> Test:
        moment = _moment(name, text)
        if dates.is_day(text):
            moment += timedelta(days=1, milliseconds=-1)
        last = dates.to_text(moment)
        return lambda _lookup, _guid, row: "" < (row.get(field) or "") <= last

    return build


def contact_email(_name: str, text: str) -> Test:
    """Customers one of whose contacts has an e-mail address that starts so."""
    wanted = text.casefold()

    def test(lookup: Lookup, guid: str, _row: Values) -> bool:
        contacts = lookup.reader.find("Contacts", "CustomerGuid", guid)
        return any((contact["EmailAddress"] or "").casefold().startswith(wanted) for _, contact in contacts)

    return test


def holds_serial(_name: str, text: str) -> Test:
    """Orders with a line that holds this serial or batch number."""

    def test(_lookup: Lookup, _guid: str, row: Values) -> bool:
        return any(
            text in [part["Identifier"] for part in line["SerialNumbers"]]
            or text in [part["Number"] for part in line["BatchNumbers"]]
            for line in row["SalesOrderLines"]
        )

    return test


def truth(name: str, text: str) -> bool:
    """Raises Refused (400) unless the text is true or false."""
    if text.lower() not in ("true", "false"):
        raise bad_value(name, text, "is neither true nor false")
    return text.lower() == "true"


def bad_value(name: str, text: str, what: str) -> Refused:
    return Refused(400, "BadRequest", f"{name}: {text!r} {what}")


def _moment(name: str, text: str) -> datetime:
    try:
        return dates.parse(text)
    except ValueError as error:
        raise bad_value(name, text, str(error)) from None
