"""Lists: filters, order, pages.

The order is total - code or stamp, then guid - so that pages of an unchanged list neither repeat nor skip.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from tieline_unleashed.sandbox import views
from tieline_unleashed.sandbox.answers import Refused, not_found
from tieline_unleashed.sandbox.filters import Test, bad_value, truth
from tieline_unleashed.sandbox.lookup import Lookup, Row
from tieline_unleashed.sandbox.profile import Profile
from tieline_unleashed.sandbox.records import CUSTOMERS, SALES_ORDERS
from tieline_unleashed.sandbox.resource import Resource
from tieline_unleashed.sandbox.routes import Call

# Each of them overrides all other filters of an order list [V].
_OVERRIDING = ("ordernumber", "sourceid")


@dataclass(frozen=True, slots=True)
class Query:
    """The decoded query; names do not mind the case, unknown ones are ignored [P: not documented]."""

    values: dict[str, str]

    @classmethod
    def of(cls, raw: str) -> Query:
        return cls({name.lower(): value for name, value in parse_qsl(raw)})

    def truth(self, name: str) -> bool:
        """An option that is false unless given; `name` in small letters."""
        return truth(name, self.values[name]) if name in self.values else False


def answer(lookup: Lookup, call: Call, query: Query, profile: Profile) -> dict[str, Any]:
    """One page. Raises Refused."""
    size = _page_size(query, profile)
    rows = sorted(_chosen(lookup, call, query), key=lambda row: row[0])
    rows = _ordered(rows, call.resource, query)
    start = (call.page - 1) * size
    all_contacts = query.truth("includeallcontacts")
    items = [views.record(lookup, call.resource, row, all_contacts=all_contacts) for row in rows[start : start + size]]
    pages = -(-len(rows) // size) if size else 0
    pagination = {
        "NumberOfItems": len(rows), "PageSize": size, "PageNumber": call.page, "NumberOfPages": pages,
    }  # fmt: skip
    return {"Pagination": pagination, "Items": items}


def _chosen(lookup: Lookup, call: Call, query: Query) -> list[Row]:
    tests = _tests(call.resource, query)
    return [(guid, row) for guid, row in _rows(lookup, call) if all(test(lookup, guid, row) for test in tests)]


def _rows(lookup: Lookup, call: Call) -> Iterable[Row]:
    if call.guid is None:
        return lookup.reader.all(call.resource.name)
    if lookup.get(CUSTOMERS.name, call.guid) is None:
        raise not_found(f"Customers holds no {call.guid}")
    return views.contacts_of(lookup, call.guid)


def _tests(resource: Resource, query: Query) -> list[Test]:
    given = {name: text for name, text in query.values.items() if name in resource.filters and text}
    if resource is SALES_ORDERS:
        given = _order_filters(given)
    tests = [resource.filters[name](name, text) for name, text in given.items()]
    if not query.truth("includeobsolete"):
        # Documented for customers; taken to hold wherever rows can be obsolete [P].
        tests.append(lambda _lookup, _guid, row: not row.get("Obsolete"))
    if resource is SALES_ORDERS and not given.keys() & {*_OVERRIDING, "orderstatus"}:
        tests.append(lambda _lookup, _guid, row: row["OrderStatus"] != "Deleted")
    return tests


def _order_filters(given: dict[str, str]) -> dict[str, str]:
    for name in _OVERRIDING:
        if name in given:
            return {name: given[name]}
    if "customorderstatus" in given:
        given.pop("orderstatus", None)
    return given


def _ordered(rows: list[Row], resource: Resource, query: Query) -> list[Row]:
    """By code, unless asked otherwise; rows come in order of their guid, and sorting keeps that among equals."""
    names = {name.lower(): name for name in ("LastModifiedOn", "CreatedOn", resource.code)}
    wanted = query.values.get("orderby", "CreatedOn" if resource.newest_first else resource.code)
    if wanted.lower() not in names:
        raise bad_value("orderBy", wanted, f"is none of {', '.join(names.values())}")
    direction = query.values.get("sort", "desc" if resource.newest_first and "orderby" not in query.values else "asc")
    if direction.lower() not in ("asc", "desc"):
        raise bad_value("sort", direction, "is neither asc nor desc")
    field = names[wanted.lower()]
    return sorted(rows, key=lambda row: row[1].get(field) or "", reverse=direction.lower() == "desc")


def _page_size(query: Query, profile: Profile) -> int:
    text = query.values.get("pagesize")
    if text is None:
        return profile.page_size
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= profile.page_size_cap):
        raise Refused(400, "BadRequest", f"pageSize must be between 0 and {profile.page_size_cap}, not {text}")
    return int(text)


def one(lookup: Lookup, call: Call, query: Query) -> dict[str, Any]:
    """A bare record. Raises Refused (404)."""
    guid = call.guid or ""
    values = lookup.get(call.resource.name, guid)
    if values is None:
        raise not_found(f"{call.resource.name} holds no {guid}")
    return views.record(lookup, call.resource, (guid, values), all_contacts=query.truth("includeallcontacts"))
