"""`tieline demo`, seen by clients that know nothing of it: simple-salesforce as it comes, and plain signed requests."""

from __future__ import annotations

import base64
import csv
import hashlib
import hmac
import json
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import requests
from simple_salesforce.api import Salesforce

KEYS = {
    "system", "accounts", "contacts", "products", "orders_created", "order_numbers", "managed_lists", "duplicates",
    "mismatches", "writes_in_idle_cycle", "statuses_seen", "api_calls", "errors",
}  # fmt: skip
SIX = {"Not Promoted", "Changes Pending", "Awaiting Acknowledgment", "Promoted", "In Sync", "Out of Sync"}
STATUSES = SIX | {"Delete Request Rejected"}
CUSTOMER = {
    "companyName": ("Name", "CustomerName"),
    "phone": ("Phone", "PhoneNumber"),
    "fax": ("Fax", "FaxNumber"),
}
ADDRESS = {
    "address": ("BillingStreet", "StreetAddress"),
    "city": ("BillingCity", "City"),
    "region": ("BillingState", "Region"),
    "postalCode": ("BillingPostalCode", "PostalCode"),
    "country": ("BillingCountry", "Country"),
}
PERSON = {"FirstName": "FirstName", "LastName": "LastName", "Phone": "PhoneNumber", "Email": "EmailAddress"}


class Signed:
    """Unleashed's API by the contract alone: the signature is over the decoded query, the page is in the path."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._base, self._verify = str(document["tls_url"]), str(document["ca_file"])
        self._id, self._key = str(document["api_id"]), str(document["api_key"])

    def get(self, path: str) -> Any:
        query = unquote(urlsplit(path).query)
        digest = hmac.new(self._key.encode(), query.encode(), hashlib.sha256).digest()
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "api-auth-id": self._id,
            "api-auth-signature": base64.b64encode(digest).decode(),
            "client-type": "judge/acceptance",
        }
        answer = requests.get(f"{self._base}/{path}", headers=headers, verify=self._verify, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def all(self, resource: str) -> Iterator[dict[str, Any]]:
        number, pages = 1, 1
        while number <= pages:
            answer = self.get(f"{resource}/{number}?pageSize=50")
            pages = answer["Pagination"]["NumberOfPages"]
            yield from answer["Items"]
            number += 1


class Org:
    """All rows, through an unmodified simple-salesforce that trusts the authority by REQUESTS_CA_BUNDLE."""

    def __init__(self, document: dict[str, Any], session: requests.Session) -> None:
        host = document["tls_url"].removeprefix("https://")
        self._client = Salesforce(
            session_id=document["access_token"], instance=host, version=document["api_version"], session=session
        )

    def all(self, kind: str, *fields: str) -> list[dict[str, Any]]:
        return list(self._client.query_all(f"SELECT Id, {', '.join(fields)} FROM {kind}")["records"])


def rows_of(path: Path) -> list[dict[str, str | None]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [{name: None if text == "NULL" else text for name, text in row.items()} for row in csv.DictReader(file)]


def check_shape(document: dict[str, Any]) -> None:
    assert set(document) == KEYS
    assert document["system"] == "unleashed"
    counts = ("accounts", "contacts", "products", "orders_created", "duplicates", "mismatches", "writes_in_idle_cycle")
    assert all(type(document[name]) is int for name in counts)
    assert set(document["api_calls"]) == {"crm", "erp"}
    assert all(type(count) is int and count > 0 for count in document["api_calls"].values())
    lists = {"salespersons", "payment_terms", "currencies", "warehouses", "taxes"}
    assert set(document["managed_lists"]) == lists
    assert all(type(count) is int and count > 0 for count in document["managed_lists"].values())
    assert {"Awaiting Acknowledgment", "In Sync"} <= set(document["statuses_seen"]) <= STATUSES


def check_values(document: dict[str, Any], data: Path) -> None:
    customers, products = rows_of(data / "customers.csv"), rows_of(data / "products.csv")
    assert (document["accounts"], document["contacts"]) == (len(customers), len(customers))
    assert document["products"] == len(products)
    assert document["orders_created"] >= 1
    assert len(document["order_numbers"]) == document["orders_created"]
    quiet = {name: document[name] for name in ("duplicates", "mismatches", "writes_in_idle_cycle", "errors")}
    assert quiet == {"duplicates": 0, "mismatches": 0, "writes_in_idle_cycle": 0, "errors": []}
    assert document["managed_lists"]["salespersons"] == len(rows_of(data / "employees.csv"))


def check_both_sides(state: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every customer, contact and product three times: in the file, in the org, in Unleashed."""
    org_document = json.loads((state / "org" / "org.json").read_text())
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", org_document["ca_bundle"])
    signed = Signed(json.loads((state / "unleashed" / "unleashed.json").read_text()))
    with requests.Session() as session:
        org = Org(org_document, session)
        check_customers(org, signed, rows_of(data / "customers.csv"))
        check_contacts(org, signed, rows_of(data / "customers.csv"))
        check_products(org, signed, rows_of(data / "products.csv"))
        check_order(org, signed)


def check_customers(org: Org, signed: Signed, rows: list[dict[str, str | None]]) -> None:
    crm = [name for name, _ in (CUSTOMER | ADDRESS).values()]
    accounts = {one["AccountNumber"]: one for one in org.all("Account", "AccountNumber", "Website", *crm)}
    customers = {one["CustomerCode"]: one for one in signed.all("Customers")}
    assert set(accounts) == set(customers) == {row["customerID"] for row in rows}
    for row in rows:
        account, customer = accounts[row["customerID"]], customers[str(row["customerID"])]
        (address,) = customer["Addresses"]
        for column, (field, member) in CUSTOMER.items():
            assert account[field] == customer[member] == row[column], (row["customerID"], column)
        for column, (field, member) in ADDRESS.items():
            assert account[field] == address[member] == row[column], (row["customerID"], column)
        assert account["Website"] == customer["Website"]
    edited = {one["Website"] for one in accounts.values()} - {None}
    assert edited == {"https://www.example.com/from-the-crm", "https://www.example.com/from-the-back-office"}


def check_contacts(org: Org, signed: Signed, rows: list[dict[str, str | None]]) -> None:
    found = org.all("Contact", "Account.AccountNumber", *PERSON)
    contacts = {one["Account"]["AccountNumber"]: one for one in found}
    assert len(contacts) == len(found) == len(rows)
    guids = {one["CustomerCode"]: one["Guid"] for one in signed.all("Customers")}
    for row in rows:
        contact = contacts[row["customerID"]]
        answer = signed.get(f"Customers/{guids[str(row['customerID'])]}/Contacts")
        (person,) = answer["Items"]
        for field, member in PERSON.items():
            assert contact[field] == person[member], (row["customerID"], field)
        whole = " ".join(str(row["contactName"]).split())
        assert " ".join(part for part in (contact["FirstName"], contact["LastName"]) if part) == whole
        assert contact["Phone"] == row["phone"]


def check_products(org: Org, signed: Signed, rows: list[dict[str, str | None]]) -> None:
    crm = ("ProductCode", "Name", "IsActive", "Unleashed_Sell_Price__c", "Unleashed_Unit_of_Measure__c")
    found = {one["ProductCode"]: one for one in org.all("Product2", *crm)}
    products = {one["ProductCode"]: one for one in signed.all("Products")}
    assert set(found) == set(products) == {row["productID"] for row in rows}
    for row in rows:
        ours, theirs = found[row["productID"]], products[str(row["productID"])]
        assert ours["Name"] == theirs["ProductDescription"] == row["productName"]
        price = float(str(row["unitPrice"]))
        assert (ours["Unleashed_Sell_Price__c"], float(theirs["DefaultSellPrice"])) == (price, price)
        assert ours["Unleashed_Unit_of_Measure__c"] == row["quantityPerUnit"]
        assert ours["IsActive"] is theirs["IsSellable"] is (row["discontinued"] != "1")


def check_order(org: Org, signed: Signed) -> None:
    """What the button made, on both sides; older orders of the file are there too."""
    mirrors = {one["Number__c"]: one for one in org.all("ERP_Document__c", "Number__c", "Total__c", "State__c")}
    orders = {one["OrderNumber"]: one for one in signed.all("SalesOrders")}
    assert set(mirrors) == set(orders)
    for number, order in orders.items():
        mirror = mirrors[number]
        assert (mirror["State__c"], mirror["Total__c"]) == (order["OrderStatus"], float(order["Total"]))
    (request,) = org.all("ERP_Request__c", "Status__c", "Message__c", "Result_Number__c")
    assert request["Status__c"] == "Done"
    assert request["Result_Number__c"] in orders


def record_ids(state: Path) -> dict[str, list[str]]:
    """Ids of what the demonstration made, from the systems' own files."""
    org = ("Account", "Contact", "Product2", "ERP_Document__c", "ERP_Document_Line__c", "ERP_Link__c", "ERP_Request__c")
    wanted = {"org": org, "unleashed": ("Customers", "Contacts", "Products", "SalesOrders")}
    found = {}
    for name, kinds in wanted.items():
        with closing(sqlite3.connect(state / name / f"{name}.db")) as database:
            for kind in kinds:
                rows = database.execute("select id from record where kind = ? order by id", (kind,)).fetchall()
                found[f"{name}.{kind}"] = [row[0] for row in rows]
    assert all(found.values()), found
    return found


def last_changes(state: Path) -> dict[str, int]:
    found = {}
    for name in ("org", "unleashed"):
        with closing(sqlite3.connect(state / name / f"{name}.db")) as database:
            found[name] = int(database.execute("select max(seq) from mutation").fetchone()[0])
    return found


def kept(tieline: Any, eventually: Any, *more: str | Path, seconds: float = 60) -> tuple[Any, dict[str, Any]]:
    """A demonstration that stays up, and its summary."""
    running = tieline.start("demo", "--json", "--keep", *more)
    eventually(lambda: "Stop with Ctrl-C" in running.err or not running.running, "the demonstration is told", seconds)
    assert running.running, running.err
    return running, json.loads(running.out)


def closed(url: str) -> bool:
    try:
        requests.get(url, timeout=5)
    except requests.ConnectionError:
        return True
    return False


def test_both_sides_are_what_the_files_say(
    tieline: Any, eventually: Any, monkeypatch: pytest.MonkeyPatch, built_in: Path
) -> None:
    running, document = kept(tieline, eventually)
    check_shape(document)
    check_values(document, built_in)
    check_both_sides(tieline.state, built_in, monkeypatch)
    url = json.loads((tieline.state / "org" / "org.json").read_text())["http_url"]

    assert running.interrupt() in (0, 130)
    assert "Traceback" not in running.err
    assert not (tieline.state / "org" / "org.json").exists()
    assert not (tieline.state / "unleashed" / "unleashed.json").exists()
    assert closed(url)


@pytest.mark.deep
def test_for_people_and_again_on_a_finished_state(tieline: Any) -> None:
    first = tieline("demo")
    assert first.code == 0, first.err
    assert "accounts 8, contacts 8, products 6" in first.out
    assert "writes in an idle cycle 0" in first.out
    assert "First load" in first.err

    ids, changes = record_ids(tieline.state), last_changes(tieline.state)
    again = tieline("demo", "--json").ok()
    assert record_ids(tieline.state) == ids
    assert last_changes(tieline.state) == changes
    check_shape(again)
    assert again["orders_created"] == 1
    assert again["order_numbers"][0] in first.out


@pytest.mark.deep
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_stopped_in_the_middle(tieline: Any, eventually: Any, by: signal.Signals) -> None:
    """The sandboxes end with it and leave no document that leads nowhere."""
    documents = [tieline.state / name / f"{name}.json" for name in ("org", "unleashed")]
    running = tieline.start("demo", "--json")
    eventually(lambda: all(place.exists() for place in documents) or not running.running, "both sandboxes are up")
    assert running.interrupt(by=by) == 130
    assert running.out == ""
    assert "Traceback" not in running.err
    assert not any(place.exists() for place in documents)
    assert tieline("demo", "--json").ok()["orders_created"] == 1


@pytest.mark.deep
def test_northwind(tieline: Any, eventually: Any, monkeypatch: pytest.MonkeyPatch, northwind: Path) -> None:
    running, document = kept(tieline, eventually, "--data", northwind, seconds=110)
    check_shape(document)
    assert (document["accounts"], document["contacts"], document["products"]) == (91, 91, 77)
    check_values(document, northwind)
    check_both_sides(tieline.state, northwind, monkeypatch)
    assert running.interrupt() in (0, 130)
    ids, changes = record_ids(tieline.state), last_changes(tieline.state)
    tieline("demo", "--data", northwind, "--json").ok()
    assert record_ids(tieline.state) == ids
    assert last_changes(tieline.state) == changes
