"""The trade of Sage Intacct. What people type of a customer stands in its display contact, a record of its own."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import requests
from lxml import etree

from tieline.xml import parse
from tieline_sandbox.soak.planes import Plane
from tieline_sandbox.soak.said import Column, Pair
from tieline_sandbox.soak.trade import Row, Trade

CUSTOMER, CONTACT = "CUSTOMER", "CONTACT"
_DISPLAY = "DISPLAYCONTACT."
_KEY = "DISPLAYCONTACTKEY"
_PATH = "/ia/xml/xmlgw.phtml"
_TIMEOUT = 60


class Clerk:
    """Somebody's own program: signs in with each request, and has no idea of control ids."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = {name: escape(str(text)) for name, text in document.items()}
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Content-Type"] = "application/xml"

    def close(self) -> None:
        self._session.close()

    def edit(self, pair: Pair, fields: Mapping[str, str]) -> None:
        self._call("update", {"CUSTOMERID": pair.erp, **fields})

    def create(self, draw: random.Random, fields: Mapping[str, str]) -> None:  # noqa: ARG002 - a protocol's signature
        self._call("create", fields)

    def _call(self, function: str, fields: Mapping[str, str]) -> None:
        """Raises ValueError for what Intacct refuses."""
        body = f"<{function}>{etree.tostring(_record(fields), encoding='unicode')}</{function}>"
        url = f"{self._document['http_url']}{_PATH}"
        answer = self._session.post(url, data=self._request(body).encode(), timeout=_TIMEOUT)
        answer.raise_for_status()
        told = [one.text for one in parse(answer.content, "soak").iter("status")]
        if told != ["success"] * 3:
            raise ValueError(f"Intacct refused a clerk's {function}: {answer.text[:500]}")

    def _request(self, body: str) -> str:
        said = self._document
        return (
            f"<request><control><senderid>{said['sender_id']}</senderid><password>{said['sender_password']}</password>"
            "<controlid>clerk</controlid><uniqueid>false</uniqueid><dtdversion>3.0</dtdversion></control>"
            f"<operation><authentication><login><userid>{said['user_id']}</userid>"
            f"<companyid>{said['company_id']}</companyid><password>{said['user_password']}</password></login>"
            f"</authentication><content><function controlid={quoteattr('clerk')}>{body}</function></content>"
            "</operation></request>"
        )


def _record(fields: Mapping[str, str]) -> etree._Element:
    made = etree.Element(CUSTOMER)
    for path, text in fields.items():
        group, _, name = path.rpartition(".")
        inside = made.find(group) if group else made
        etree.SubElement(etree.SubElement(made, group) if inside is None else inside, name).text = text
    return made


class CompanyPlane(Plane):
    """Shows customers by their ID, each with what its display contact says, and a change of that as the customer's."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        super().__init__(document)
        self._told: list[dict[str, Any]] = []
        self._read = 0
        self._contacts: dict[str, Mapping[str, Any]] = {}
        self._shown: dict[str, Mapping[str, Any]] = {}  # customers by the number of their display contact

    def log(self, since: int = 0) -> list[dict[str, Any]]:
        for row in super().log(self._read):
            self._read = int(row["seq"])
            self._told += self._rows(row)
        return [row for row in self._told if int(row["seq"]) > since]

    def _rows(self, row: Row) -> Iterator[dict[str, Any]]:
        body = row["after"]
        if row["kind"] == CONTACT:
            self._contacts[row["id"]] = body or {}
            yield {**row, "id": f"{CONTACT}/{row['id']}"}
            if body is not None and row["id"] in self._shown:
                yield self._customer(row, "update", self._shown[row["id"]])
        elif row["kind"] == CUSTOMER and body is not None:
            self._shown[str(body.get(_KEY))] = body
            yield self._customer(row, row["action"], body)
        else:
            yield {**row, "id": f"{row['kind']}/{row['id']}"}

    def _customer(self, row: Row, action: str, body: Mapping[str, Any]) -> dict[str, Any]:
        shown = self._contacts.get(str(body.get(_KEY)), {})
        whole = {**body, **{f"{_DISPLAY}{name}": value for name, value in shown.items()}}
        return {**row, "kind": CUSTOMER, "id": str(body["CUSTOMERID"]), "action": action, "after": whole}


def _is_look(row: Row, _code: str) -> bool:
    """All that is asked goes to one address; the product has two requests under way at most, and people's programs
    theirs besides."""
    return str(row["path"]) == _PATH


INTACCT = Trade(
    columns=(
        Column("Phone", "DISPLAYCONTACT.PHONE1", "555 {:06}"),
        Column("Fax", "DISPLAYCONTACT.FAX", "556 {:06}"),
        Column("Website", "DISPLAYCONTACT.URL1", "https://www.example.com/{:06}"),
    ),
    kind=CUSTOMER,
    code="CUSTOMERID",
    name="NAME",
    natural={
        CUSTOMER: ("CUSTOMERID",),
        CONTACT: ("CONTACTNAME",),
        "ITEM": ("ITEMID",),
        "SODOCUMENT": ("EXTERNALID",),
    },
    clerk=Clerk,
    is_look=_is_look,
    looks=3,
    plane=CompanyPlane,
    commands=tuple(
        ("settings", "set", f"back_offices.intacct.objects.{name}.create_in_crm", "true")
        for name in ("customer", "contact")
    ),
    promote="sync_account",
    typed=("DISPLAYCONTACT.PRINTAS",),
)
