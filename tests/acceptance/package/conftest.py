"""An org that was never touched, judged by what its own Metadata API gives out, component by component."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import requests
from lxml import etree

METADATA = "http://soap.sforce.com/2006/04/metadata"
KINDS = (
    "CustomApplication", "CustomLabels", "CustomObject", "CustomObjectTranslation", "CustomPermission", "CustomTab",
    "FlexiPage", "GlobalValueSet", "Layout", "PermissionSet", "QuickAction", "Translations",
)  # fmt: skip
PARTS = ("fields", "listViews", "webLinks", "validationRules", "recordTypes", "fieldSets", "compactLayouts")
ENVELOPE = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="{metadata}"><e:Header><SessionHeader>'
    "<sessionId>{session}</sessionId></SessionHeader></e:Header><e:Body>{body}</e:Body></e:Envelope>"
)
Components = Mapping[tuple[str, str], bytes]
Tables = dict[str, Any]


class MetadataDoor:
    """The org's Metadata API over HTTP, as an administrator's own tool uses it."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._url = f"{document['tls_url']}/services/Soap/m/60.0"

    def call(self, body: str) -> Any:
        sent = ENVELOPE.format(metadata=METADATA, session=self._document["access_token"], body=body)
        headers = {"Content-Type": "text/xml", "SOAPAction": '""'}
        ca = str(self._document["ca_file"])
        answer = requests.post(self._url, sent.encode(), headers=headers, verify=ca, timeout=60)
        root = _local(etree.XML(answer.content))
        assert answer.ok, answer.text
        return root

    def names(self, kind: str) -> list[str]:
        listed = f"<listMetadata><queries><type>{kind}</type></queries><asOfVersion>60.0</asOfVersion></listMetadata>"
        return sorted(each.text for each in self.call(listed).iter("fullName"))

    def retrieve(self) -> dict[str, bytes]:
        """Every file the org has."""
        types = "".join(
            f"<types>{''.join(f'<members>{name}</members>' for name in names)}<name>{kind}</name></types>"
            for kind in KINDS
            if (names := self.names(kind))
        )
        unpackaged = f"<unpackaged>{types}<version>60.0</version></unpackaged>"
        asked = f"<apiVersion>60.0</apiVersion><singlePackage>true</singlePackage>{unpackaged}"
        ident = self.call(f"<retrieve><retrieveRequest>{asked}</retrieveRequest></retrieve>").findtext(".//id")
        status = self.call(
            f"<checkRetrieveStatus><asyncProcessId>{ident}</asyncProcessId><includeZip>true</includeZip></checkRetrieveStatus>"
        )
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(status.findtext(".//zipFile")))) as packed:
            return {name: packed.read(name) for name in packed.namelist() if name != "package.xml"}

    def components(self) -> Components:
        """Each as canonical XML; what lives in an object's file is a component of its own."""
        return {
            key: xml for path, data in self.retrieve().items() for key, xml in _split(path, _local(etree.XML(data)))
        }

    def file(self, path: str) -> Any:
        """A file's root, to be edited."""
        return etree.XML(self.retrieve()[path], etree.XMLParser(remove_blank_text=True))

    def deploy(self, files: Mapping[str, bytes], check_only: bool = False, packed: bytes = b"") -> Any:
        """The finished result. `files` go without a manifest: it is made from their names."""
        data = packed or _pack(files)
        told = f"<checkOnly>{str(check_only).lower()}</checkOnly><rollbackOnError>true</rollbackOnError>"
        told += "<singlePackage>true</singlePackage>"
        zipped = base64.b64encode(data).decode()
        started = self.call(f"<deploy><ZipFile>{zipped}</ZipFile><DeployOptions>{told}</DeployOptions></deploy>")
        ident = started.findtext(".//id")
        return self.call(
            f"<checkDeployStatus><asyncProcessId>{ident}</asyncProcessId><includeDetails>true</includeDetails></checkDeployStatus>"
        )

    def change(self, files: Mapping[str, Any]) -> None:
        """Deploy edited files."""
        done = self.deploy({path: etree.tostring(root) for path, root in files.items()})
        assert done.findtext(".//status") == "Succeeded", etree.tostring(done)


_MANIFEST = {
    "layouts": "Layout", "objects": "CustomObject", "objectTranslations": "CustomObjectTranslation",
    "permissionsets": "PermissionSet",
}  # fmt: skip


def _pack(files: Mapping[str, bytes]) -> bytes:
    types = "".join(
        f"<types><members>{path.partition('/')[2].rpartition('.')[0]}</members>"
        f"<name>{_MANIFEST[path.partition('/')[0]]}</name></types>"
        for path in files
    )
    manifest = f'<Package xmlns="{METADATA}">{types}<version>60.0</version></Package>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, data in {**files, "package.xml": manifest.encode()}.items():
            archive.writestr(path, data)
    return out.getvalue()


def _local(root: Any) -> Any:
    """Without namespaces, whose prefixes say nothing."""
    for element in root.iter():
        element.tag = etree.QName(element).localname
    etree.cleanup_namespaces(root)
    return root


def _split(path: str, root: Any) -> Iterator[tuple[tuple[str, str], bytes]]:
    folder, _, name = path.partition("/")
    if folder == "objects":
        for part in [each for each in root if each.tag in PARTS]:
            root.remove(part)
            owner = f"{name.rpartition('.')[0]}.{part.findtext('fullName')}"
            yield (part.tag, owner), _canonical(part)
    yield (folder, name), _canonical(root)


def _canonical(element: Any) -> bytes:
    write: Any = etree.tostring
    return bytes(write(element, method="c14n2", strip_text=True, with_tail=False))


@dataclass
class Plugins:
    """Distributions of our own making on a path of their own."""

    root: Path
    names: list[str] = field(default_factory=list)

    def install(self, name: str, source: str, version: str = "1.0") -> None:
        """A distribution with one plugin of the same name."""
        module, code = f"{name}_plugin", dedent(source)
        self.root.mkdir(exist_ok=True)
        (self.root / f"{module}.py").write_text(code)
        info = self.root / f"{name}-1.0.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"[tieline]\n{name} = {module}\n")
        digest = hashlib.sha256(code.encode()).hexdigest()
        (info / "RECORD").write_text(f"{module}.py,sha256={digest},{len(code)}\n")
        self.names.append(name)


class Place:
    """One new local org as a process, and the command line with a state directory of its own."""

    def __init__(self, folder: Path, make: type[Any], eventually: Callable[..., Any], ending: ExitStack) -> None:
        self.plugins = Plugins(folder / "site")
        self.stage = make(folder / "org-state")
        ending.callback(self.stage.stop)
        one = self.stage.start("sandbox", "org")
        self.file = self.stage.state / "org.json"
        eventually(lambda: self.file.exists() or not one.running, "the org writes its document")
        assert one.running, one.err
        self.tieline = make(folder / "state", [self.plugins.root])
        ending.callback(self.tieline.stop)

    def package(self, verb: str, *more: Any, system: str = "unleashed") -> Any:
        return self.tieline("package", verb, "--org", self.file, "--system", system, "--json", *more)

    def plugin(self, name: str, source: str, version: str = "1.0") -> None:
        """Install it, or another version of it, and let it run."""
        self.plugins.install(name, source, version)
        self.tieline("plugins", "allow", name, "--json").ok()


@pytest.fixture
def place(tmp_path: Path, make_tieline: type[Any], eventually: Callable[..., Any]) -> Iterator[Place]:
    with ExitStack() as ending:
        yield Place(tmp_path, make_tieline, eventually, ending)


@pytest.fixture
def door(place: Place) -> MetadataDoor:
    return MetadataDoor(json.loads(place.file.read_text()))


PLUGIN = """
from tieline import hookimpl
from tieline.contract import Action, Decline, Direction, Field, Layout, Mapping, System, Text

FIELDS = (
    Field("Name", "name", required=True),
    Field("{prefix}_Rank__c", "rank", Text(30), Direction.TO_CRM, label="Rank"),
    Field("{prefix}_Tax__c", "tax", Text(30), label="Tax"),{extra}
)

@hookimpl
def register_systems():
    return [System("{name}", "{prefix}", "{prefix}", (), lambda context: None, (), requires={requires!r})]

@hookimpl
def register_mappings():
    return [Mapping("{name}", "customer", "Customer", "Account", "customers", FIELDS)]

@hookimpl
def register_actions():
    return [
        Action("{name}", name, name.capitalize(), "Account", lambda given: Decline("no")) for name in {actions!r}
    ]

@hookimpl
def register_layouts():
    return [Layout("{name}", "Account", "{prefix}", tuple(field.crm for field in FIELDS[1:]))]
"""


def plugin_source(
    name: str, extra: str = "", requires: tuple[str, ...] = (), actions: tuple[str, ...] = ("promote", "check")
) -> str:
    """A plugin with two fields on accounts, a section for them, and buttons."""
    prefix = name.capitalize()
    return PLUGIN.format(
        name=name, prefix=prefix, extra=extra.format(prefix=prefix), requires=requires, actions=actions
    )


@pytest.fixture(scope="session")
def source() -> Callable[..., str]:
    return plugin_source
