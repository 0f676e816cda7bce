"""An org in memory on a clock that stands still, and short words to talk to it."""

from __future__ import annotations

import base64
import io
import json
import random
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from lxml import etree

from tieline_sandbox.effects import Clock, Randomness
from tieline_sandbox.hooks import Probe, quiet
from tieline_sandbox.org import OrgApplication, build
from tieline_sandbox.wire import Headers, Request, Response

START = datetime(2026, 3, 10, 12, 0, 30, tzinfo=UTC)
DATA = "/services/data/v60.0"
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
METADATA = "http://soap.sforce.com/2006/04/metadata"


class Desk:
    """One user at one org."""

    def __init__(self, app: OrgApplication, user: Mapping[str, Any], probe: Probe = quiet) -> None:
        self.app, self.user, self.probe = app, user, probe

    @property
    def user_id(self) -> str:
        return str(self.user["user_id"])

    def send(
        self, method: str, path: str, body: Any = None, headers: Headers = (), raw: bytes | None = None
    ) -> Response:
        target = path if path.startswith("/services") else DATA + path
        sent: Headers = (("Authorization", f"Bearer {self.user['access_token']}"), *headers)
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        return self.app.handle(Request(method, target, sent, content), self.probe)

    def ok(self, method: str, path: str, body: Any = None, headers: Headers = ()) -> Any:
        response = self.send(method, path, body, headers)
        assert response.status < 300, response.body
        return response.json() if response.body else None

    def create(self, kind: str, **values: Any) -> str:
        return str(self.ok("POST", f"/sobjects/{kind}", values)["id"])

    def get(self, kind: str, ident: str) -> dict[str, Any]:
        return dict(self.ok("GET", f"/sobjects/{kind}/{ident}"))

    def query(self, text: str, **more: Any) -> dict[str, Any]:
        return dict(self.ok("GET", f"/query?q={quote(text)}", **more))

    def rows(self, text: str) -> list[dict[str, Any]]:
        """The records without their attributes."""
        found = self.query(text)["records"]
        return [{key: value for key, value in row.items() if key != "attributes"} for row in found]

    def values(self, text: str) -> list[Any]:
        """The one column of a query."""
        return [next(iter(row.values())) for row in self.rows(text)]

    def refused(self, method: str, path: str, body: Any = None, headers: Headers = ()) -> tuple[int, str, str]:
        """Status, code and text of a refusal."""
        response = self.send(method, path, body, headers)
        error = response.json()[0]
        return response.status, error["errorCode"], error["message"]

    def bad_query(self, text: str) -> tuple[str, str]:
        return self.refused("GET", f"/query?q={quote(text)}")[1:]

    def soap(self, inner: str, path: str = "/services/Soap/m/60.0") -> Any:
        """The answer to a metadata call, namespaces stripped."""
        body = (
            f'<e:Envelope xmlns:e="{_SOAP}" xmlns="{METADATA}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
            f"<e:Header><SessionHeader><sessionId>{self.user['access_token']}</sessionId></SessionHeader></e:Header>"
            f"<e:Body>{inner}</e:Body></e:Envelope>"
        )
        return plain(self.app.handle(Request("POST", path, (), body.encode()), self.probe).body)

    def deploy(self, files: Mapping[str, str | bytes], **options: str) -> Any:
        """Deploy to the end; the DeployResult element with details."""
        told = "".join(f"<{name}>{value}</{name}>" for name, value in options.items())
        started = self.soap(f"<deploy><ZipFile>{zipped(files)}</ZipFile><DeployOptions>{told}</DeployOptions></deploy>")
        ident = started.findtext(".//id")
        asked = f"<asyncProcessId>{ident}</asyncProcessId><includeDetails>true</includeDetails>"
        return self.soap(f"<checkDeployStatus>{asked}</checkDeployStatus>").find(".//result")

    def install(self, files: Mapping[str, str | bytes], permission_set: str | None = None) -> None:
        """Deploy, which must succeed; assign the permission set to this user."""
        result = self.deploy(files)
        assert result.findtext("status") == "Succeeded", problems(result)
        if permission_set:
            self.assign(permission_set)

    def assign(self, name: str, user_id: str | None = None) -> str:
        found = self.values(f"SELECT Id FROM PermissionSet WHERE Name = '{name}'")
        return self.create("PermissionSetAssignment", PermissionSetId=found[0], AssigneeId=user_id or self.user_id)


def plain(body: bytes) -> Any:
    root = etree.fromstring(body)  # noqa: TID251 - our own answer
    for element in root.iter():
        element.tag = etree.QName(element).localname
    return root


def problems(result: Any) -> list[str]:
    return [str(each.text) for each in result.findall(".//componentFailures/problem")]


def zipped(files: Mapping[str, str | bytes]) -> str:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return base64.b64encode(out.getvalue()).decode()


def manifest(members: Mapping[str, Sequence[str]]) -> str:
    types = "".join(
        f"<types>{''.join(f'<members>{name}</members>' for name in names)}<name>{kind}</name></types>"
        for kind, names in members.items()
    )
    return f'<Package xmlns="{METADATA}">{types}<version>60.0</version></Package>'


def field(name: str, kind: str, inner: str = "") -> str:
    return f"<fields><fullName>{name}</fullName><label>{name[:-3]}</label><type>{kind}</type>{inner}</fields>"


KEY = field("Key__c", "Text", "<length>40</length><externalId>true</externalId><unique>true</unique>")


def custom_object(fields: str, sharing: str = "ReadWrite", name_field: str = "<type>Text</type>") -> str:
    return (
        f'<CustomObject xmlns="{METADATA}">{fields}<label>Thing</label><pluralLabel>Things</pluralLabel>'
        f"<nameField><label>Name</label>{name_field}</nameField><deploymentStatus>Deployed</deploymentStatus>"
        f"<sharingModel>{sharing}</sharingModel></CustomObject>"
    )


def standard_object(fields: str) -> str:
    return f'<CustomObject xmlns="{METADATA}">{fields}</CustomObject>'


def permission_set(fields: Sequence[str] = (), objects: Sequence[str] = (), editable: bool = True) -> str:
    grants = "".join(
        f"<fieldPermissions><editable>{str(editable).lower()}</editable><field>{name}</field><readable>true</readable>"
        "</fieldPermissions>"
        for name in fields
    )
    rights = ("allowCreate", "allowDelete", "allowEdit", "allowRead")
    grants += "".join(
        f"<objectPermissions>{''.join(f'<{right}>true</{right}>' for right in rights)}<object>{name}</object>"
        "</objectPermissions>"
        for name in objects
    )
    return f'<PermissionSet xmlns="{METADATA}">{grants}<label>Grants</label></PermissionSet>'


def package(objects: Mapping[str, str], fields: Sequence[str], granted: Sequence[str] = ()) -> dict[str, str | bytes]:
    """Objects with their fields, and a permission set Grants for the fields (without required ones)."""
    own = [name for name in objects if name.endswith("__c")]
    members = {"CustomObject": own, "CustomField": list(fields), "PermissionSet": ["Grants"]}
    files: dict[str, str | bytes] = {f"objects/{name}.object": text for name, text in objects.items()}
    files["permissionsets/Grants.permissionset"] = permission_set(granted or fields, own)
    files["package.xml"] = manifest(members)
    return files


class Words:
    """The helpers above, for tests that import nothing from here."""

    field = staticmethod(field)
    key = KEY
    custom_object = staticmethod(custom_object)
    standard_object = staticmethod(standard_object)
    permission_set = staticmethod(permission_set)
    package = staticmethod(package)
    manifest = staticmethod(manifest)
    problems = staticmethod(problems)
    zipped = staticmethod(zipped)
    plain = staticmethod(plain)
    metadata = METADATA
    desk = Desk
    data = DATA


@pytest.fixture
def words() -> type[Words]:
    return Words


@pytest.fixture
def clock() -> Clock:
    return Clock(frozen=START)


@pytest.fixture
def app(clock: Clock) -> Iterator[OrgApplication]:
    made = build(None, clock, Randomness(random.Random(7)), None)
    yield made
    made.state.close()


@pytest.fixture
def users(app: OrgApplication) -> dict[str, Desk]:
    """Desks by the first part of the login: admin, sam, camille, rita."""
    return {each["username"].partition("@")[0]: Desk(app, each) for each in app.credentials()["users"]}


@pytest.fixture
def admin(users: dict[str, Desk]) -> Desk:
    return users["admin"]


@pytest.fixture
def keyed(admin: Desk) -> Desk:
    """The administrator, with a unique external id Key__c and a plain one Group__c on Account."""
    group = field("Group__c", "Text", "<length>40</length><externalId>true</externalId>")
    names = ["Account.Key__c", "Account.Group__c"]
    admin.install(package({"Account": standard_object(KEY + group)}, names), "Grants")
    return admin
