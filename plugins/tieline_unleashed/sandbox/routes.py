"""Which call a method and a path mean. The page of a list is in the path, as `/{n}` or `/Page/{n}` [V]."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tieline_unleashed.sandbox.answers import Refused, not_found
from tieline_unleashed.sandbox.records import CONTACTS
from tieline_unleashed.sandbox.registry import RESOURCES
from tieline_unleashed.sandbox.resource import Resource
from tieline_unleashed.sandbox.saving import path_guid


class Target(StrEnum):
    LIST = "list"
    RECORD = "record"
    CONTACTS = "contacts"
    CONTACT = "contact"
    COMPLETE = "complete"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked. `child` is the guid of a contact or an order line."""

    operation: str
    resource: Resource
    guid: str | None = None
    child: str | None = None
    page: int = 1


Methods = Mapping[str, str]
_READ_ONLY: Mapping[Target, Methods] = {Target.LIST: {"GET": "list"}, Target.RECORD: {"GET": "read"}}
# No PUT and no DELETE on customers, quotes and payment terms can only be read [V].
_METHODS: Mapping[str, Mapping[Target, Methods]] = {
    "Customers": {
        Target.LIST: {"GET": "list", "POST": "save"},
        Target.RECORD: {"GET": "read", "POST": "save"},
        Target.CONTACTS: {"GET": "list", "POST": "save"},
        Target.CONTACT: {"PUT": "update", "DELETE": "delete"},
    },
    "Salespersons": {Target.LIST: {"GET": "list"}, Target.RECORD: {"GET": "read", "POST": "save"}},
    "Products": {Target.LIST: {"GET": "list", "POST": "save"}, Target.RECORD: {"GET": "read", "POST": "save"}},
    "SalesOrders": {
        Target.LIST: {"GET": "list", "POST": "save"},
        Target.RECORD: {"GET": "read", "POST": "save", "PUT": "update", "DELETE": "delete"},
        Target.COMPLETE: {"POST": "complete"},
        Target.LINE: {"DELETE": "delete-line"},
    },
}
_NUMBER = re.compile(r"-?\d{1,9}")


@dataclass(frozen=True, slots=True)
class _Place:
    """A path, taken apart; guids still as sent."""

    target: Target
    guid: str | None = None
    child: str | None = None
    page: str | None = None


def find(method: str, path: str) -> Call:
    """Raises Refused: 404 for a path nobody knows, 405 for a method it does not have, 400 for a guid that is none."""
    segments = [segment for segment in path.split("/") if segment]
    resource = RESOURCES.get(segments[0].lower()) if segments else None
    place = _place(segments[1:]) if resource and resource is not CONTACTS else None
    if place and place.page and method != "GET":
        place = _Place(Target.RECORD, place.page)  # only reading knows pages
    targets = _METHODS.get(resource.name, _READ_ONLY) if resource else {}
    if resource is None or place is None or place.target not in targets:
        raise not_found(f"Nothing is at {path}")
    methods = targets[place.target]
    if method not in methods:
        allowed = ", ".join(methods)
        raise Refused(405, "MethodNotAllowed", f"{path} takes {allowed}, not {method}", headers=(("Allow", allowed),))
    return Call(
        methods[method],
        CONTACTS if place.target in (Target.CONTACTS, Target.CONTACT) else resource,
        path_guid(place.guid) if place.guid else None,
        path_guid(place.child) if place.child else None,
        _page(place.page),
    )


def _place(rest: list[str]) -> _Place | None:
    match [segment.lower() for segment in rest]:
        case []:
            return _Place(Target.LIST)
        case ["page", number]:
            return _Place(Target.LIST, page=number)
        case [number] if _NUMBER.fullmatch(number):
            return _Place(Target.LIST, page=number)
        case [guid]:
            return _Place(Target.RECORD, guid)
        case [guid, "contacts"]:
            return _Place(Target.CONTACTS, guid)
        case [guid, "contacts", child]:
            return _Place(Target.CONTACT, guid, child)
        case [guid, "complete"]:
            return _Place(Target.COMPLETE, guid)
        # The manual gives no more than `/Lines/{lineGuid}`; both readings of it are served [P].
        case ["lines", child]:
            return _Place(Target.LINE, child=child)
        case [guid, "lines", child]:
            return _Place(Target.LINE, guid, child)
    return None


def _page(text: str | None) -> int:
    if text is None:
        return 1
    if not _NUMBER.fullmatch(text) or int(text) < 1:
        raise Refused(400, "BadRequest", f"There is no page {text}; pages count from 1")
    return int(text)
