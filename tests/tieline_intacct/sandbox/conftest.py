"""A local Intacct called directly, with a frozen clock and seeded randomness."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from lxml import etree

from tieline_intacct.sandbox import Profile, build
from tieline_intacct.sandbox.application import Intacct
from tieline_sandbox.effects import Clock, Randomness
from tieline_sandbox.hooks import Probe, quiet
from tieline_sandbox.state import Mutation
from tieline_sandbox.wire import Request, Response

START = datetime(2026, 1, 5, 10, tzinfo=UTC)
PATH = "/ia/xml/xmlgw.phtml"


@dataclass
class Desk:
    """Calls a company. A function is text; `ask` gives its result elements, `said` the errors of one."""

    intacct: Intacct
    clock: Clock
    serial: int = 0

    def request(
        self,
        *functions: str,
        auth: str = "",
        location: str = "",
        unique: bool = False,
        transaction: bool = False,
        ids: tuple[str, ...] = (),
        control: str = "",
        more: str = "",
    ) -> bytes:
        pair = self.intacct.credentials()
        login = (
            f"<login><userid>{pair['user_id']}</userid><companyid>{pair['company_id']}</companyid>"
            f"<password>{pair['user_password']}</password><locationid>{location}</locationid></login>"
        )
        self.serial += 1
        named = ids or tuple(f"f-{self.serial}-{at}" for at in range(len(functions)))
        content = "".join(f'<function controlid="{i}">{f}</function>' for i, f in zip(named, functions, strict=True))
        shown = control or (
            f"<control><senderid>{pair['sender_id']}</senderid><password>{pair['sender_password']}</password>"
            f"<controlid>c</controlid><uniqueid>{str(unique).lower()}</uniqueid><dtdversion>3.0</dtdversion>{more}</control>"
        )
        operation = (
            f'<operation transaction="{str(transaction).lower()}"><authentication>{auth or login}</authentication>'
        )
        return f"<request>{shown}{operation}<content>{content}</content></operation></request>".encode()

    def send(self, body: bytes, *, probe: Probe = quiet, headers: Mapping[str, str] | None = None) -> Response:
        sent = tuple({"Content-Type": "application/xml", **(headers or {})}.items())
        return self.intacct.handle(Request("POST", PATH, sent, body), probe)

    def ask(self, *functions: str, probe: Probe = quiet, status: int = 200, **how: Any) -> list[etree._Element]:
        answer = self.send(self.request(*functions, **how), probe=probe)
        assert answer.status == status, answer.body
        return parsed(answer).findall("operation/result")

    def good(self, *functions: str, **how: Any) -> list[etree._Element]:
        """The results, all of them successes."""
        results = self.ask(*functions, **how)
        assert [one.findtext("status") for one in results] == ["success"] * len(functions), [
            etree.tostring(one) for one in results
        ]
        return results

    def said(self, function: str, **how: Any) -> list[tuple[str, str]]:
        """(number, words) of a function that fails; nothing was written."""
        before = self.log()
        (result,) = self.ask(function, **how)
        assert result.findtext("status") == "failure", etree.tostring(result)
        assert self.log() == before
        return errors(result)

    def words(self, function: str, **how: Any) -> str:
        return " / ".join(words for _, words in self.said(function, **how))

    def rows(self, kind: str, *names: str, where: str = "", more: str = "", **how: Any) -> list[tuple[str | None, ...]]:
        """The cells of a query, in order of the first field."""
        fields = "".join(f"<field>{name}</field>" for name in names)
        shown = f"<filter>{where}</filter>" if where else ""
        order = f"<orderby><order><field>{names[0]}</field><ascending/></order></orderby>"
        text = (
            f"<query><object>{kind}</object><select>{fields}</select>{shown}{order}{more}<pagesize>"
            "2000</pagesize></query>"
        )
        (result,) = self.good(text, **how)
        return [tuple(cell.text for cell in row) for row in result.findall("data/*")]

    def keys(self, kind: str, text: str, **how: Any) -> list[str | None]:
        """The first field of what readByQuery finds."""
        (result,) = self.good(
            f"<readByQuery><object>{kind}</object><fields>{kind}ID</fields><query>{escape(text)}</query></readByQuery>",
            **how,
        )
        return [row.findtext(f"{kind}ID") for row in result.findall("data/*")]

    def customer(self, ident: str, **more: str) -> None:
        self.good(customer(ident, **more))

    def item(self, ident: str, **more: str) -> None:
        shown = "".join(f"<{name}>{text}</{name}>" for name, text in more.items())
        self.good(
            f"<create><ITEM><ITEMID>{ident}</ITEMID><NAME>{ident}</NAME><ITEMTYPE>Non-Inventory</ITEMTYPE>{shown}</ITEM></create>"
        )

    def document(self, definition: str = "Sales Quote", **how: Any) -> str:
        """Its DOCID."""
        (result,) = self.good(document(definition, **how))
        return result.findtext("key") or ""

    def edit(self, action: str, kind: str, ident: str = "", **values: Any) -> str:
        return self.intacct.edit("ann", action, kind, ident, values)

    def switch(self, **values: Any) -> None:
        self.edit("update", "Company", "x", **values)

    def log(self, *, seed: bool = False) -> list[Mutation]:
        """What really changed, without what a new company begins with."""
        return [entry for entry in self.intacct.state.mutations() if seed or entry.actor != "seed"]


def customer(ident: str, **more: str) -> str:
    """create of one customer."""
    shown = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in more.items())
    named = "" if "NAME" in more else f"<NAME>{ident} Ltd</NAME>"
    key = f"<CUSTOMERID>{ident}</CUSTOMERID>" if ident else ""
    return (
        f"<create><CUSTOMER>{key}{named}<DISPLAYCONTACT><PRINTAS>{ident or 'Somebody'}</PRINTAS>"
        f"</DISPLAYCONTACT>{shown}</CUSTOMER></create>"
    )


def document(
    definition: str = "Sales Quote", lines: str = "", header: str = "", state: str = "Pending", **more: str
) -> str:
    """create_sotransaction for customer C-1, by default with one line of three I-1 at 20."""
    given = {"location": "100-US", "customer": "C-1", **more}
    item = (
        "<sotransitem><itemid>I-1</itemid><quantity>3</quantity><price>20</price>"
        f"<locationid>{given['location']}</locationid></sotransitem>"
    )
    created = f"<createdfrom>{given['createdfrom']}</createdfrom>" if "createdfrom" in given else ""
    return (
        f"<create_sotransaction><transactiontype>{definition}</transactiontype><datecreated><year>2026</year>"
        f"<month>05</month><day>01</day></datecreated>{created}<customerid>{given['customer']}</customerid>"
        f"<termname>N30</termname>{header}<state>{state}</state><sotransitems>"
        f"{lines or item}</sotransitems></create_sotransaction>"
    )


def parsed(answer: Response) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False)
    parser.feed(answer.body)
    return parser.close()


def errors(place: etree._Element) -> list[tuple[str, str]]:
    return [
        (one.findtext("errorno") or "", one.findtext("description2") or "")
        for one in place.findall("errormessage/error")
    ]


Opened = Callable[..., Desk]


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Opens companies: `opened(profile=..., folder=..., data=...)`."""
    built: list[Intacct] = []

    def make(
        *,
        profile: Profile | None = None,
        folder: Path | None = None,
        data: Path | None = None,
        clock: Clock | None = None,
        seed: int = 1,
    ) -> Desk:
        clock = clock or Clock(frozen=START)
        intacct = build(folder, clock, Randomness(random.Random(seed)), data, profile)
        built.append(intacct)
        return Desk(intacct, clock)

    yield make
    for intacct in built:
        intacct.state.close()


@pytest.fixture(scope="session")
def desk_of() -> Callable[[Intacct], Desk]:
    """A desk for a company that the test builds itself."""
    return lambda intacct: Desk(intacct, intacct.clock)


@pytest.fixture
def desk(opened: Opened) -> Desk:
    return opened()


@pytest.fixture
def shop(desk: Desk) -> Desk:
    """A company with a customer C-1 and two items."""
    desk.customer("C-1")
    desk.item("I-1", BASEPRICE="25")
    desk.item("I-2", BASEPRICE="12.5")
    return desk


@pytest.fixture
def forms() -> Any:
    """The builders of requests, for tests that need the text."""
    return type(
        "Forms",
        (),
        {
            "customer": staticmethod(customer),
            "document": staticmethod(document),
            "errors": staticmethod(errors),
            "parsed": staticmethod(parsed),
        },
    )
