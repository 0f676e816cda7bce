"""Over the plane and through the doors: what a gateway in the middle does, and what people do meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests
from lxml import etree

from tieline_intacct.sandbox import build
from tieline_sandbox.runner import RunningSandbox, start

QUERY = (
    "<query><object>CUSTOMER</object><select><field>CUSTOMERID</field></select><orderby><order><field>CUSTOMERID</field>"
    "</order></orderby><pagesize>2</pagesize><offset>{}</offset></query>"
)


class Caller:
    """A plain client of a running company, through any door."""

    def __init__(self, running: RunningSandbox) -> None:
        self.running = running
        self.pair = running.document

    def body(self, function: str, control_id: str = "1") -> bytes:
        pair = self.pair
        control = (
            f"<control><senderid>{pair['sender_id']}</senderid><password>{pair['sender_password']}</password>"
            "<controlid>c</controlid><uniqueid>true</uniqueid><dtdversion>3.0</dtdversion></control>"
        )
        login = (
            f"<login><userid>{pair['user_id']}</userid><companyid>{pair['company_id']}</companyid>"
            f"<password>{pair['user_password']}</password></login>"
        )
        content = f'<content><function controlid="{control_id}">{function}</function></content>'
        operation = f"<operation><authentication>{login}</authentication>{content}</operation>"
        return f"<request>{control}{operation}</request>".encode()

    def post(self, function: str, control_id: str = "1", base: str = "", **how: Any) -> requests.Response:
        address = f"{base or self.running.http_url}/ia/xml/xmlgw.phtml"
        with requests.Session() as session:
            session.trust_env = False
            return session.post(address, data=self.body(function, control_id), timeout=20, **how)

    def ids(self, function: str, control_id: str) -> list[str | None]:
        parser = etree.XMLParser()
        parser.feed(self.post(function, control_id).content)
        return [cell.text for cell in parser.close().iter("CUSTOMERID")]

    def plan(self, **rule: Any) -> None:
        headers = {"X-Sandbox-Token": self.running.plane_token}
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(f"{self.running.plane_url}/faults", json=rule, headers=headers, timeout=20)
        assert answer.status_code == 201, answer.text


@pytest.fixture
def caller(tmp_path: Path) -> Any:
    with start(build, "intacct", tmp_path) as running:
        for ident in ("A", "B", "C", "D"):
            values = {"CUSTOMERID": ident, "NAME": ident, "DISPLAYCONTACT": {"PRINTAS": ident}}
            running.application.edit("ann", "create", "CUSTOMER", "", values)
        yield Caller(running)


def test_junk_instead_of_xml(caller: Caller) -> None:
    headers = {"Content-Type": "text/html"}
    caller.plan(at="accepted", do={"status": {"code": 503, "headers": headers, "body": "<html>cf-error</html>"}})
    answer = caller.post(QUERY.format(0))
    assert (answer.status_code, answer.headers["Content-Type"], answer.text) == (
        503,
        "text/html",
        "<html>cf-error</html>",
    )


def test_a_row_moves_between_two_pages(caller: Caller) -> None:
    edit = {"user": "bob", "action": "delete", "object": "CUSTOMER", "id": "A"}
    caller.plan(at="parsed", match={"operation": "query", "object": "CUSTOMER", "key": "two"}, do={"as_user": edit})
    assert caller.ids(QUERY.format(0), "one") == ["A", "B"]
    assert caller.ids(QUERY.format(2), "two") == ["D"], "C moved to the first page"


def test_the_edge_gives_up_but_the_work_is_done(caller: Caller) -> None:
    create = "<create><CONTACT><CONTACTNAME>N</CONTACTNAME><PRINTAS>N</PRINTAS></CONTACT></create>"
    caller.plan(at="after_commit", match={"operation": "create"}, do={"status": {"code": 524}})
    assert caller.post(create, "same").status_code == 524
    assert b"already executed" in caller.post(create, "same").content


def test_a_session_is_lost_between_two_pages(caller: Caller) -> None:
    edit = {"user": "admin", "action": "expire", "object": "Session", "id": "all"}
    caller.plan(at="accepted", do={"as_user": edit}, nth=1)
    found = etree.fromstring(caller.post("<getAPISession/>").content).findtext(".//sessionid")  # noqa: TID251 - our own
    login = caller.body(QUERY.format(0), "q").decode()
    head, _, rest = login.partition("<login>")
    body = f"{head}<sessionid>{found}</sessionid>{rest.partition('</login>')[2]}"
    with requests.Session() as session:
        session.trust_env = False
        answer = session.post(f"{caller.running.http_url}/ia/xml/xmlgw.phtml", data=body.encode(), timeout=20)
    assert b"XL03000006" in answer.content


@pytest.mark.parametrize("host", ["api.intacct.com", "api-p402.intacct.com"])
def test_the_proxy_door_stands_for_all_hosts_of_the_vendor(caller: Caller, host: str) -> None:
    running = caller.running
    how = {"proxies": {"https": running.proxy_url}, "verify": running.document["ca_bundle"]}
    answer = caller.post("<getAPISession/>", host, base=f"https://{host}", **how)
    assert f"<endpoint>https://{host}/ia/xml/xmlgw.phtml</endpoint>" in answer.text


def test_the_proxy_door_leads_nowhere_else(caller: Caller) -> None:
    how = {"proxies": {"https": caller.running.proxy_url}, "verify": caller.running.document["ca_bundle"]}
    with pytest.raises(requests.exceptions.ProxyError):
        caller.post("<getAPISession/>", base="https://api.intacct.com.example", **how)
