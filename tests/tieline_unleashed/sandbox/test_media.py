"""JSON and XML, in and out; headers and bodies that are refused; paths and methods nobody serves."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

SPACE = {"u": "http://api.unleashedsoftware.com/version/1"}
XML = {"Accept": "application/xml", "Content-Type": "application/xml"}


def tree(body: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False)
    parser.feed(body)
    return parser.close()


@pytest.mark.parametrize("value", [None, "text/html", "image/png, text/plain", ""])
def test_an_accept_that_is_neither_json_nor_xml_is_406(desk: Any, value: str | None) -> None:
    assert desk.call("GET", "/Customers", headers={"Accept": value}).status == 406


@pytest.mark.parametrize("value", [None, "text/plain", "multipart/form-data", ""])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_content_type_that_is_neither_is_415(desk: Any, method: str, value: str | None) -> None:
    assert desk.call(method, "/Customers", headers={"Content-Type": value}).status == 415


@pytest.mark.parametrize("value", ["application/json; charset=utf-8", "*/*", "text/html, application/json;q=0.9"])
def test_other_ways_to_ask_for_json(desk: Any, value: str) -> None:
    answer = desk.call("GET", "/Customers", headers={"Accept": value})
    assert answer.status == 200
    assert answer.header("Content-Type").startswith("application/json")


def test_a_list_as_xml(desk: Any) -> None:
    root = tree(desk.call("GET", "/Taxes", headers=XML).body)
    assert etree.QName(root).namespace == SPACE["u"]
    assert root.findtext("u:Pagination/u:NumberOfItems", namespaces=SPACE) == "2"
    assert [node.text for node in root.findall("u:Tax/u:TaxRate", SPACE)] == ["0.15", "0"]


def test_an_error_as_xml(desk: Any) -> None:
    answer = desk.call("GET", f"/Customers/{desk.guid(9)}", headers=XML)
    assert answer.status == 404
    assert tree(answer.body).findtext("u:Code", namespaces=SPACE) == "NotFound"


def test_a_customer_comes_in_as_xml_and_reads_back(desk: Any) -> None:
    body = """<Customer xmlns="http://api.unleashedsoftware.com/version/1"
        xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><CustomerCode>X1</CustomerCode>
        <CustomerName>Zoë &amp; Söhne</CustomerName><StopCredit>true</StopCredit><Notes i:nil="true"/>
        <DiscountRate>0.10</DiscountRate><Addresses><Address><City>Århus</City></Address></Addresses>
        <Contacts><Contact><LastName>One</LastName></Contact><Contact><LastName>Two</LastName></Contact></Contacts>
        </Customer>"""
    answer = desk.call("POST", f"/Customers/{desk.guid(1)}", body.encode(), headers=XML)
    assert answer.status == 201
    assert tree(answer.body).findtext("u:CustomerName", namespaces=SPACE) == "Zoë & Söhne"
    found = desk.get(f"/Customers/{desk.guid(1)}?includeAllContacts=true")
    assert (found["StopCredit"], found["Notes"], found["DiscountRate"]) == (True, None, 0.1)
    assert found["Addresses"][0]["City"] == "Århus"
    assert sorted(contact["LastName"] for contact in found["Contacts"]) == ["One", "Two"]


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[]", b'"text"', b"\xff\xfe", b'{"CustomerCode": NaN}', b'{"a":' * 100_000,
        b'{"CustomerCode": ' + b"9" * 5000 + b"}",
    ],
)  # fmt: skip
def test_a_body_that_is_no_json_object_is_400(desk: Any, body: bytes) -> None:
    assert desk.call("POST", "/Customers", body).status == 400


@pytest.mark.parametrize(
    "body",
    [b"<a", b"", b'<!DOCTYPE a [<!ENTITY e "x">]><Customer><CustomerCode>&e;</CustomerCode></Customer>'],
)
def test_a_body_that_is_no_plain_xml_is_400(desk: Any, body: bytes) -> None:
    assert desk.call("POST", "/Customers", body, headers=XML).status == 400


@pytest.mark.parametrize("path", ["/", "/Nothing", "/Contacts", "/Customers/1/2/3", "/Products/1f0c/Contacts"])
def test_a_path_nobody_serves_is_404(desk: Any, path: str) -> None:
    desk.refused("GET", path, status=404)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/Customers/{guid}"), ("DELETE", "/Customers/{guid}"), ("PATCH", "/Customers"),
        ("POST", "/SalesQuotes"), ("DELETE", "/SalesQuotes/{guid}"), ("POST", "/PaymentTerms"),
        ("PUT", "/PaymentTerms/{guid}"), ("POST", "/Salespersons"), ("POST", "/Warehouses"), ("POST", "/Taxes"),
        ("DELETE", "/Products/{guid}"), ("GET", "/SalesOrders/{guid}/Complete"),
        ("GET", "/Customers/{guid}/Contacts/{guid}"),
    ],
)  # fmt: skip
def test_a_method_a_path_does_not_have_is_405(desk: Any, method: str, path: str) -> None:
    answer = desk.call(method, path.format(guid=desk.guid(1)), {})
    assert answer.status == 405
    assert answer.header("Allow")


@pytest.mark.parametrize(
    "path",
    [
        "SalesQuotes",
        "Invoices",
        "StockOnHand",
        "Companies",
        "Suppliers",
        "SalesShipments",
        "PurchaseOrders",
        "CreditNotes",
    ],
)
def test_lists_that_can_only_be_read(desk: Any, path: str) -> None:
    assert desk.get(f"/{path}")["Items"] == []


def test_paths_do_not_mind_the_case(desk: Any) -> None:
    assert desk.get("/paymentterms")["Items"]
