"""Members of a JSON record under flat names: dots reach into nested objects, names do not mind the case [P].

`SalesPerson.Guid` is the member Guid of the object SalesPerson. A member that is not there is absent, a null or an
empty text is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from tieline.contract import Value, Values
from tieline_unleashed.dates import body_form, moment
from tieline_unleashed.guids import guid

# The vendor's own notes on a record; sent back they say nothing.
_THEIRS = {"createdby", "createdon", "lastmodifiedby", "lastmodifiedon"}
ABSENT = object()


def member(record: Mapping[str, Any], path: str) -> Any:
    """The raw value behind a dotted path; ABSENT when the record does not show it, None below an empty object."""
    head, _, rest = path.partition(".")
    name = spelled(record, head)
    if name not in record:
        return ABSENT
    value = record[name]
    if not rest or value is None:
        return value
    return member(value, rest) if isinstance(value, Mapping) else ABSENT


def spelled(record: Mapping[str, Any], name: str) -> str:
    """The record's own spelling of a member's name."""
    if name in record:
        return name
    wanted = name.lower()
    return next((own for own in record if own.lower() == wanted), name)


def values(record: Mapping[str, Any], names: Iterable[str]) -> dict[str, Value]:
    """The named members that the record shows, as contract values."""
    return {name: value(name, raw) for name in names if (raw := member(record, name)) is not ABSENT}


def value(name: str, raw: Any) -> Value:
    """One member as a contract value: guids in one spelling, `...On` a moment, `...Date` a day (of UTC [P])."""
    if isinstance(raw, Mapping):
        raw = raw.get("Name")  # a named object where older clients see a text (UnitOfMeasure)
    if not isinstance(raw, str):
        return raw if isinstance(raw, (bool, int, Decimal)) else None
    if name.endswith("Guid"):
        return guid(raw) or raw or None
    if name.endswith(("On", "Date")) and (at := moment(raw)) is not None:
        return at if name.endswith("On") else at.date()
    return raw or None


def plant(body: dict[str, Any], fields: Values) -> dict[str, Any]:
    """The body with fields put in. A nested object is replaced by what is given of it: it is a reference, and its
    other members would contradict the new one."""
    planted = dict(body)
    nested: dict[str, dict[str, Value]] = {}
    for path, given in fields.items():
        head, _, rest = path.partition(".")
        if rest:
            nested.setdefault(spelled(body, head), {})[rest] = given
        else:
            planted[spelled(body, head)] = given
    for head, parts in nested.items():
        planted[head] = parts if any(part is not None for part in parts.values()) else None
    return planted


def sendable(record: Any, name: str = "") -> Any:
    """A record as read, made fit to be sent back: ISO dates, without the vendor's own notes."""
    if isinstance(record, Mapping):
        return {key: sendable(part, key) for key, part in record.items() if key.lower() not in _THEIRS}
    if isinstance(record, list):
        return [sendable(part) for part in record]
    if isinstance(record, str) and name.endswith(("On", "Date")) and (at := moment(record)) is not None:
        return body_form(at)
    return record
