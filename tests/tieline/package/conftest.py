"""An org that keeps metadata in memory, and everything an installation needs around it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tieline.contract import Component
from tieline.contract.component import Property
from tieline.package import fields as make
from tieline.package.apply import Installation
from tieline.package.canonical import Node, Table, as_properties
from tieline.package.inspect import read_file
from tieline.package.objects import Sharing, list_view, numbered
from tieline.package.preimage import PreImages
from tieline.package.rights import on_field, on_object, permission_set
from tieline.store.memory import MemoryStore
from tieline.xml import parse
from tieline_layouts.files import files

Key = tuple[str, str]
STANDARD = ("Account", "Contact", "Opportunity")


PAGE: Table = {
    "layoutSections": (
        {
            "label": ("Information",),
            "layoutColumns": ({"layoutItems": ({"behavior": ("Required",), "field": ("Name",)},)},),
            "style": ("OneColumn",),
        },
    ),
}


@dataclass(frozen=True)
class Part:
    kind: str
    full_name: str
    success: bool = True
    problem: str = ""
    line: int = 0


@dataclass(frozen=True)
class Answer:
    success: bool
    components: tuple[Part, ...] = ()
    errors: tuple[str, ...] = ()
    id: str = "0Af000000000001AAA"
    status: str = "Succeeded"


def platform_habits(kind: str, table: Table) -> Table:
    """What a real org adds by itself, and leaves out, when metadata is read back."""
    kept = {name: nodes for name, nodes in table.items() if nodes != ("false",)}
    added: dict[str, tuple[Node, ...]] = {}
    if kind == "CustomField":
        added = {"trackHistory": ("false",), "trackTrending": ("false",), "required": ("false",)}
    if kind == "CustomObject":
        added = {"enableReports": ("true",), "actionOverrides": ({"actionName": ("Accept",), "type": ("Default",)},)}
    return {**added, **kept}


@dataclass
class FakeOrg:
    """Takes packages as an org does. `refuse` maps names to problems; `deploys` counts (check only, real)."""

    held: dict[Key, Table] = field(default_factory=dict)
    refuse: dict[str, str] = field(default_factory=dict)
    assigned: list[str] = field(default_factory=list)
    people: dict[str, list[str]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    checks: int = 0
    installs: int = 0
    sent: list[Key] = field(default_factory=list)
    after_check: Callable[[], None] = lambda: None
    after_install: Callable[[], None] = lambda: None

    def deploy(
        self, zip_bytes: bytes, check_only: bool, /, *, progress: Callable[[int, int], None] | None = None
    ) -> Answer:
        with zipfile.ZipFile(io.BytesIO(zip_bytes)) as package:
            content = {name: package.read(name) for name in package.namelist()}
        found = {key: table for path, data in content.items() for key, table in read_file(path, data)}
        assert set(found) == set(members(content["package.xml"])), "the manifest and the files disagree"
        gone = members(content.get("destructiveChangesPost.xml", b"<Package/>"))
        self.sent = sorted(found)
        if progress:
            progress(len(found), len(found))
        failed = [Part(kind, name, False, self.refuse[name]) for kind, name in found if name in self.refuse]
        if failed:
            return Answer(False, tuple(failed), tuple(part.problem for part in failed), status="Failed")
        self._take(check_only, found, gone)
        return Answer(True, tuple(Part(kind, name) for kind, name in found))

    def _take(self, check_only: bool, found: Mapping[Key, Table], gone: Sequence[Key]) -> None:
        if check_only:
            self.checks += 1
            self.after_check()
            return
        self.installs += 1
        self.held |= {key: platform_habits(key[0], table) for key, table in found.items()}
        objects = tuple(f"{name}." for kind, name in gone if kind == "CustomObject")
        parts = [key for key in self.held if objects and key[1].startswith(objects)]
        for key in (*gone, *parts):
            self.held.pop(key, None)
        self.after_install()

    def retrieve(self, components: Mapping[str, Sequence[str]], /) -> Mapping[str, bytes]:
        """An object's file holds its parts too, whoever made them."""
        wanted = [(kind, name) for kind, names in components.items() for name in names]
        objects = tuple(f"{name}." for name in components.get("CustomObject", ()))
        wanted += [key for key in self.held if objects and key[1].startswith(objects) and key not in wanted]
        known = [Component(*key, as_properties(self.held[key])) for key in wanted if key in self.held]
        return {path: data for path, data in files(known).items() if path != "package.xml"}

    def list_components(self, kind: str, /) -> list[str]:
        """Standard objects are there without being held."""
        return [*(name for known, name in self.held if known == kind), *(STANDARD if kind == "CustomObject" else ())]

    def assign(self, name: str, /) -> bool:
        new = name not in self.assigned
        self.assigned += [name] if new else []
        self.people[name] = ["005000000000001AAA"]
        return new

    def holders(self, name: str, /) -> list[str]:
        return list(self.people.get(name, ()))

    def give(self, name: str, users: Sequence[str], /) -> None:
        self.people[name] = list(users)

    def take(self, name: str, /) -> None:
        self.people.pop(name, None)

    def count(self, obj: str, name: str, kind: str) -> int:
        return self.rows.get(f"{obj}.{name}" if name else obj, 0)


def members(manifest: bytes) -> list[Key]:
    root = parse(manifest, "manifest")
    return [
        (group.findtext("{*}name") or "", member.text or "")
        for group in root.iter("{*}types")
        for member in group.iter("{*}members")
    ]


class SteppingClock:
    """Each look is a second later."""

    def __init__(self) -> None:
        self.seconds = 0

    def now(self) -> datetime:
        self.seconds += 1
        return datetime(2026, 1, 1, 12, 0, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing here waits")


def small_package(label: str = "Rank") -> tuple[Component, ...]:
    """An object, two fields, a picklist, a view, a permission set."""
    return (
        numbered("Tie__c", "Tie", "Ties", "T-{000}", Sharing.READ, "About ties."),
        make.external_id("Account", "ERP_Key__c", "ERP key"),
        make.text("Account", "Rank__c", label, 30),
        make.picklist("Tie__c", "State__c", "State", ("New", "Done"), default="New"),
        make.checkbox("Tie__c", "Open__c", "Open"),
        list_view("Tie__c", ("NAME", "State__c")),
        permission_set(
            "Tieline_Acme",
            "Tieline Acme",
            "About.",
            objects=[on_object("Tie__c", create=True, edit=True)],
            fields=[
                on_field("Account.Rank__c"),
                on_field("Account.ERP_Key__c", edit=True),
                on_field("Tie__c.State__c"),
            ],
        ),
    )


def with_pages(button: str = "Account.Promote", extra: tuple[Component, ...] = ()) -> tuple[Component, ...]:
    """The small package, and what it lays over every page of an account."""
    column: Property = {"layoutItems": ({"behavior": "Edit", "field": "Rank__c"},)}
    section: Property = {"label": "Acme", "customLabel": True, "style": "OneColumn", "layoutColumns": (column,)}
    entry: Property = {"actionName": button, "actionType": "QuickAction", "sortOrder": 0}
    listed: Property = {"actionListContext": "Record", "platformActionListItems": (entry,)}
    action = Component("QuickAction", button, {"type": "Create", "label": "Promote", "targetObject": "Tie__c"})
    page = Component("Layout", "Account-*", {"layoutSections": (section,), "platformActionList": listed}, shared=True)
    return (*small_package(), action, page, *extra)


@dataclass(frozen=True)
class Bench:
    """One installation on a fake org."""

    org: FakeOrg
    store: MemoryStore
    folder: Path
    installation: Installation
    package: Callable[..., tuple[Component, ...]]
    with_pages: Callable[..., tuple[Component, ...]]
    page: Table


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    org, store, folder = FakeOrg(), MemoryStore(), tmp_path / "packages"
    installation = Installation(org, files, org, org.count, store, PreImages(folder), SteppingClock())
    return Bench(org, store, folder, installation, small_package, with_pages, PAGE)
