"""What the org shows of an object to the integration user: its fields, their types, its child relationships."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from tieline.contract import PermanentError
from tieline.org.errors import understood
from tieline.org.soql import name

_COMPOUND = frozenset({"address", "location", "complexvalue"})


_ABSENT = ("NOT_FOUND", "INVALID_TYPE")


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One field as described. `relationship` is the name that reaches the parent, `targets` the parent objects."""

    name: str
    type: str
    updateable: bool = False
    createable: bool = False
    external_id: bool = False
    unique: bool = False
    relationship: str = ""
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChildInfo:
    """One child relationship: its name, the child object and the child's field that points here."""

    relationship: str
    object: str
    field: str


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """`prefix` is how every id of the object begins; empty when the org does not tell."""

    name: str
    fields: Mapping[str, FieldInfo]
    children: tuple[ChildInfo, ...] = ()
    prefix: str = ""

    def child(self, wanted: str) -> ChildInfo:
        """By relationship name, else by child object. Raises PermanentError when there is none or not only one."""
        named = [child for child in self.children if child.relationship == wanted]
        found = named or [child for child in self.children if child.object == wanted]
        if len(found) != 1:
            what = f"has {len(found)} child relationships called {wanted}"
            raise PermanentError(what, where=self.name, mend="Name one child relationship.", code="children")
        return found[0]


class Describer:
    """Describes, kept until `forget`. Thread-safe."""

    def __init__(self, fetch: Callable[[str], dict[str, Any]]) -> None:
        self._fetch = fetch
        self._known: dict[str, ObjectInfo] = {}
        self._lock = Lock()

    def object(self, obj: str) -> ObjectInfo:
        """Raises PermanentError with code NOT_FOUND when the user sees no such object."""
        with self._lock:
            if obj not in self._known:
                self._known[obj] = self._described(obj)
            return self._known[obj]

    def _described(self, obj: str) -> ObjectInfo:
        try:
            with understood(obj):
                return _read(self._fetch(name(obj)))
        except PermanentError as error:
            if error.code not in _ABSENT:
                raise
            mend = "Run `tieline package apply`; if it is installed, check the integration user's rights."
            words = "the org does not show this object"
            raise PermanentError(words, where=obj, mend=mend, code=error.code) from error

    def exists(self, obj: str) -> bool:
        try:
            self.object(obj)
        except PermanentError as error:
            if error.code in _ABSENT:
                return False
            raise
        return True

    def forget(self) -> None:
        """After the package or somebody's rights changed."""
        with self._lock:
            self._known.clear()

    def field(self, obj: str, path: str) -> FieldInfo | None:
        """A field, or by a dotted path one of a parent; None when the user does not see it."""
        first, _, rest = path.partition(".")
        info = self.object(obj)
        if not rest:
            found = info.fields.get(first)
            return found if found and found.type not in _COMPOUND else None
        targets = next((field.targets for field in info.fields.values() if field.relationship == first), ())
        seen = (self.field(target, rest) for target in targets if self.exists(target))
        return next((field for field in seen if field), None)

    def visible(self, obj: str, paths: Iterable[str]) -> dict[str, FieldInfo]:
        """Those of the fields that the user sees, in order, each once."""
        found = {path: self.field(obj, path) for path in paths}
        return {path: info for path, info in found.items() if info}


def _read(document: Mapping[str, Any]) -> ObjectInfo:
    fields = [_field(entry) for entry in document.get("fields", ())]
    children = tuple(
        ChildInfo(entry["relationshipName"], entry["childSObject"], entry["field"])
        for entry in document.get("childRelationships", ())
        if entry.get("relationshipName")
    )
    prefix = str(document.get("keyPrefix") or "")
    return ObjectInfo(str(document["name"]), {field.name: field for field in fields}, children, prefix)


def _field(entry: Mapping[str, Any]) -> FieldInfo:
    return FieldInfo(
        name=entry["name"],
        type=entry["type"],
        updateable=bool(entry.get("updateable")),
        createable=bool(entry.get("createable")),
        external_id=bool(entry.get("externalId")),
        unique=bool(entry.get("unique")),
        relationship=entry.get("relationshipName") or "",
        targets=tuple(entry.get("referenceTo") or ()),
    )
