"""Whatever Unleashed answers: the client gives values of the contract, or one of its errors that names the place."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import strategies as st

from tieline.contract import (
    AnswerLost,
    ClientContext,
    HttpRequest,
    HttpResponse,
    Operation,
    Shape,
    TielineError,
    Write,
)
from tieline_unleashed.client import UnleashedClient, connect

GUID = "1f0c0a52-6f6b-4a8e-9c53-000000000001"
NAMES = (
    "Items", "Pagination", "NumberOfItems", "NumberOfPages", "PageNumber", "Guid", "LastModifiedOn", "CustomerName",
    "CustomerCode", "Contacts", "Addresses", "IsDefault", "AddressType", "StreetAddress", "PaymentTerm", "SalesPerson",
    "Description", "Message", "Field", "Code", "Currency", "CurrencyCode", "Obsolete", "SalesOrderLines", "Product",
    "OrderStatus", "Days", "Type", "FullName", "Email", "WarehouseName", "TaxRate",
)  # fmt: skip
CUSTOMER = Shape(
    "Customers", ("CustomerName", "CreditLimit", "Address.City", "SalesPerson.Guid", "PaymentTerm"),
    (Shape("CustomerContacts", ("FirstName", "EmailAddress")),),
)  # fmt: skip
ORDER = Shape("SalesOrders", ("OrderNumber", "Total", "RequiredDate"), (Shape("SalesOrderLines", ("OrderQuantity",)),))
LISTS = ("payment_terms", "currencies", "salespersons", "warehouses", "taxes")


@dataclass
class Answering:
    answer: HttpResponse
    asked: list[HttpRequest] = field(default_factory=list)

    def send(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request)
        assert len(request.body) < 100_000
        if len(self.asked) > 300:
            raise AnswerLost("the line broke", where="test")
        return self.answer


class Still:
    def now(self) -> datetime:
        return datetime(2026, 1, 5, 10, tzinfo=UTC)

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        raise AssertionError("the client must not wait")

    def uniform(self, low: float, high: float) -> float:
        return low

    def token(self, size: int) -> bytes:
        return b"\0" * size


def _client(given: Any) -> UnleashedClient:
    status, headers, body = given
    settings = {"base_url": "https://unleashed.test/", "api_id": "id", "api_key": "key"}
    return connect(ClientContext("books", settings, Answering(HttpResponse(status, headers, body)), Still(), Still()))


def _item(tree: Any) -> Any:
    guid, stamp = st.just(GUID) | tree, st.just("/Date(1736000000000)/") | tree
    return st.fixed_dictionaries({"Guid": guid, "LastModifiedOn": stamp}, optional=dict.fromkeys(NAMES[7:], tree))


def _page(tree: Any) -> Any:
    pages = st.fixed_dictionaries({}, optional={"NumberOfItems": tree, "NumberOfPages": tree | st.just(1)})
    return st.fixed_dictionaries({"Items": st.lists(_item(tree), max_size=2)}, optional={"Pagination": pages | tree})


def _refused(tree: Any) -> Any:
    entry = st.fixed_dictionaries({}, optional={"Field": tree, "Description": tree, "Message": tree})
    return st.fixed_dictionaries({"Items": st.lists(entry | tree, max_size=2)}, optional={"Description": tree})


def _swept(shape: Shape) -> Any:
    def check(given: Any) -> None:
        with contextlib.suppress(TielineError):
            for page in _client(given).pages("", shape, None):
                assert all(isinstance(record.key, str) for record in page.records)

    return check


def _read(given: Any) -> None:
    with contextlib.suppress(TielineError):
        _client(given).read("", CUSTOMER, [GUID])


def _written(given: Any) -> None:
    update = Write(
        Operation.UPDATE, GUID, {"CustomerName": "x", "Address.City": "y"}, "k", expected={"CreditLimit": None}
    )
    create = Write(Operation.CREATE, GUID, {"CustomerName": "x"}, "k")
    for write in (update, create):
        with contextlib.suppress(TielineError):
            assert len(_client(given).write("", CUSTOMER, [write])) == 1


def _listed(given: Any) -> None:
    for name in LISTS:
        with contextlib.suppress(TielineError):
            _client(given).options("", name)


PARSERS = {
    "customers": (_swept(CUSTOMER), (_page, _refused)),
    "orders": (_swept(ORDER), (_page,)),
    "read": (_read, (_item, _refused)),
    "write": (_written, (_item, _refused)),
    "lists": (_listed, (_page,)),
}


def _answers(grammar: Any, shapes: Any) -> Any:
    return st.tuples(grammar.statuses(), grammar.headers(), grammar.json(NAMES, *shapes))


@pytest.mark.parametrize(
    "examples", [pytest.param(100, id="quick"), pytest.param(2000, id="deep", marks=pytest.mark.deep)]
)
@pytest.mark.parametrize("name", PARSERS)
def test_any_answer(name: str, examples: int, grammar: Any, fuzzed: Any) -> None:
    check, shapes = PARSERS[name]
    fuzzed(_answers(grammar, shapes), check, examples)
