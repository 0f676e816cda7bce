"""A browser without a screen: it keeps cookies, follows redirects and fills in the forms that a page really has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from lxml import html

from tieline_sandbox.org import OrgApplication
from tieline_sandbox.wire import Request, Response

HOST = "127.0.0.1:8080"
FORM = ("Content-Type", "application/x-www-form-urlencoded")
XML = "http://soap.sforce.com/2006/04/metadata"


@dataclass
class Page:
    """An answer with what stands on it."""

    response: Response
    path: str

    @property
    def status(self) -> int:
        return self.response.status

    @property
    def source(self) -> str:
        return self.response.body.decode()

    @property
    def tree(self) -> Any:
        return html.fromstring(self.response.body.decode())

    @property
    def main(self) -> str:
        """The words of the page's middle, without runs of space."""
        return " ".join(self.tree.get_element_by_id("main").text_content().split())

    def texts(self, xpath: str) -> list[str]:
        found = self.tree.xpath(xpath)
        return [" ".join((each if isinstance(each, str) else each.text_content()).split()) for each in found]

    def facts(self) -> dict[str, str]:
        """Label and value of every field on a record's page."""
        return dict(zip(self.texts("//dt"), self.texts("//dd"), strict=True))

    def form(self, which: str = "//main//form[@method='post']") -> Any:
        return self.tree.xpath(which)[0]

    def inputs(self) -> dict[str, list[str]]:
        """What the form would send untouched; unchecked boxes send nothing."""
        out: dict[str, list[str]] = {}
        for name, value in self.form().form_values():
            out.setdefault(name, []).append(value)
        return out


@dataclass
class Browser:
    app: OrgApplication
    host: str = HOST
    language: str = "en"
    cookies: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, body: bytes = b"", *headers: tuple[str, str]) -> Response:
        """One request, no redirect followed."""
        given = (("Cookie", "; ".join(f"{key}={value}" for key, value in self.cookies.items())),) * bool(self.cookies)
        told = (*given, ("Accept-Language", self.language), *headers)
        answer = self.app.handle(Request(method, path, told, body, host=self.host))
        for name, value in answer.headers:
            if name == "Set-Cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer

    def follow(self, answer: Response, path: str) -> Page:
        while answer.status in (302, 303):
            path = answer.header("Location")
            answer = self.send("GET", path)
        return Page(answer, path)

    def get(self, path: str) -> Page:
        return self.follow(self.send("GET", path), path)

    def post(self, path: str, values: Mapping[str, Any]) -> Page:
        return self.follow(self.send("POST", path, urlencode(values, doseq=True).encode(), FORM), path)

    def fill(self, page: Page, **values: Any) -> Page:
        """Send the form of a page with some fields changed."""
        return self.post(page.form().action, {**page.inputs(), **values})

    def log_in(self, user: Mapping[str, Any]) -> Page:
        return self.fill(self.get("/"), user=user["user_id"])


@pytest.fixture
def browser(app: OrgApplication) -> Browser:
    return Browser(app)


@pytest.fixture
def new_browser(app: OrgApplication) -> Any:
    """Makes browsers: each has its own cookies; told a desk, it is logged in."""

    def make(desk: Any = None, **more: Any) -> Browser:
        made = Browser(app, **more)
        if desk is not None:
            assert made.log_in(desk.user).status == 200
        return made

    return make


ACTION = (
    "<description>Makes an order.</description>"
    "<fieldOverrides><field>Action__c</field><formula>&quot;shop.order&quot;</formula></fieldOverrides>"
    "<fieldOverrides><field>Record_Id__c</field><formula>Opportunity.Id</formula></fieldOverrides>"
    "<label>Create Sales Order</label><optionsCreateFeedItem>false</optionsCreateFeedItem>"
    "<quickActionLayout><layoutSectionStyle>OneColumn</layoutSectionStyle><quickActionLayoutColumns>"
    "<quickActionLayoutItems><emptySpace>false</emptySpace><field>Warehouse__c</field><uiBehavior>Required</uiBehavior>"
    "</quickActionLayoutItems><quickActionLayoutItems><emptySpace>false</emptySpace><field>Note__c</field>"
    "<uiBehavior>Edit</uiBehavior></quickActionLayoutItems></quickActionLayoutColumns></quickActionLayout>"
    "<successMessage>Sent.</successMessage>"
    "<targetObject>ERP_Request__c</targetObject><targetParentField>Opportunity__c</targetParentField>"
    "<type>Create</type>"
)
TRANSLATION = (
    "<caseValues><plural>false</plural><value>Demande ERP</value></caseValues>"
    "<caseValues><plural>true</plural><value>Demandes ERP</value></caseValues>"
    "<fields><label>Entrepôt</label><name>Warehouse__c</name></fields>"
    "<fields><name>Status__c</name><label>Statut</label><picklistValues><masterLabel>Done</masterLabel>"
    "<translation>Terminé</translation></picklistValues></fields>"
)
BUTTON = "<quickActions><label>Créer une commande client</label><name>Order</name></quickActions>"


def _picklist(*values: str) -> str:
    rows = "".join(
        f"<value><fullName>{each}</fullName><default>{str(each == values[0]).lower()}</default><label>{each}</label>"
        "</value>"
        for each in values
    )
    inner = f"<valueSetDefinition><sorted>false</sorted>{rows}</valueSetDefinition>"
    return f"<valueSet><restricted>true</restricted>{inner}</valueSet>"


def _lookup(target: str) -> str:
    return f"<referenceTo>{target}</referenceTo><relationshipName>Requests</relationshipName>"


@dataclass
class Shop:
    """An org with a deployed button: Opportunity.Order makes an ERP_Request__c, which names a Warehouse__c."""

    users: dict[str, Any]
    account: str
    deal: str
    warehouse: str

    @property
    def path(self) -> str:
        return f"/lightning/r/Opportunity/{self.deal}/view"

    def answer(self, ident: str, **values: str) -> None:
        """What the host writes when the order is made or refused."""
        self.users["admin"].ok("PATCH", f"/sobjects/ERP_Request__c/{ident}", values)

    def requests(self) -> list[dict[str, Any]]:
        fields = "Id, Action__c, Record_Id__c, Opportunity__c, Warehouse__c, Note__c, Status__c, CreatedById"
        return list(self.users["admin"].rows(f"SELECT {fields} FROM ERP_Request__c ORDER BY Id"))


@pytest.fixture
def shop(users: dict[str, Any], words: Any) -> Shop:
    """Administrator, Sam and Camille may press; Rita may only read."""
    admin = users["admin"]
    text = "<length>255</length>"
    fields = {
        "Action__c": ("Text", text), "Record_Id__c": ("Text", text), "Message__c": ("Text", text),
        "Result_Number__c": ("Text", text), "Note__c": ("Text", text),
        "Opportunity__c": ("Lookup", _lookup("Opportunity")), "Warehouse__c": ("Lookup", _lookup("Warehouse__c")),
        "Status__c": ("Picklist", _picklist("New", "Running", "Waiting", "Done", "Refused", "Failed")),
    }  # fmt: skip
    inner = "".join(words.field(name, kind, more) for name, (kind, more) in fields.items())
    number = "<type>AutoNumber</type><displayFormat>R-{0000}</displayFormat>"
    objects = {
        "Warehouse__c": words.custom_object(""), "ERP_Request__c": words.custom_object(inner, "ReadWrite", number),
    }  # fmt: skip
    files = words.package(objects, [f"ERP_Request__c.{name}" for name in fields])
    files["quickActions/Opportunity.Order.quickAction"] = f'<QuickAction xmlns="{XML}">{ACTION}</QuickAction>'
    for name, content in (("ERP_Request__c", TRANSLATION), ("Opportunity", BUTTON)):
        body = f'<CustomObjectTranslation xmlns="{XML}">{content}</CustomObjectTranslation>'
        files[f"objectTranslations/{name}-fr.objectTranslation"] = body
    files["package.xml"] = words.manifest(
        {
            "CustomObject": ["*"], "PermissionSet": ["*"], "QuickAction": ["Opportunity.Order"],
            "CustomObjectTranslation": ["ERP_Request__c-fr", "Opportunity-fr"],
        }
    )  # fmt: skip
    admin.install(files, "Grants")
    for name in ("sam", "camille"):
        admin.assign("Grants", users[name].user_id)
    account = users["sam"].create("Account", Name="Firm")
    deal = users["sam"].create(
        "Opportunity", Name="Big deal", AccountId=account, StageName="Closed Won", CloseDate="2026-03-31", Amount=1234.5
    )
    return Shop(users, account, deal, admin.create("Warehouse__c", Name="North"))
