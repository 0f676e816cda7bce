"""The company's own objects, made by its administrator: an edit of `CUSTOMOBJECT`.

Their records are named by `id` and `name` [D]; the fields beside these, and that ids begin at 10001 here, are as a
client and the samples have them [T].
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tieline_intacct.sandbox.catalogue import Catalogue, Field, Kind, ObjectType, Reference
from tieline_intacct.sandbox.problems import invalid
from tieline_sandbox.state import Reader, Transaction

SETTING = "custom-objects"
FIRST_ID = 10_001
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")


def objects(reader: Reader) -> Iterator[ObjectType]:
    """As made, without the fields that were added later."""
    for one in reader.setting(SETTING, []):
        yield _object(one["OBJECT"], one["RELATIONS"])


def dimensions(reader: Reader) -> list[str]:
    """Those that are user-defined dimensions."""
    return [one["OBJECT"] for one in reader.setting(SETTING, []) if one["DIMENSION"]]


def indexes(reader: Reader) -> dict[str, tuple[str, ...]]:
    """What the state looks up by equality."""
    return {kind.name: (kind.key, *(one.field for one in kind.references.values())) for kind in objects(reader)}


def make(tx: Transaction, catalogue: Catalogue, values: Mapping[str, Any]) -> str:
    """OBJECT, DIMENSION, RELATIONS: the object each one leads to, by name. Raises Refused."""
    name, relations = str(values.get("OBJECT") or ""), dict(values.get("RELATIONS") or {})
    if not _NAME.fullmatch(name) or catalogue.find(name) is not None:
        raise invalid("A custom object needs an OBJECT name of letters, digits and _ that is not taken")
    for path, target in relations.items():
        found = catalogue.find(str(target))
        if not _NAME.fullmatch(path) or found is None or not found.key:
            raise invalid(f"The relation {path} must lead to an object with an ID; there is none called {target}")
        relations[path] = found.name
    made = {"OBJECT": name, "DIMENSION": bool(values.get("DIMENSION")), "RELATIONS": relations}
    tx.set_setting(SETTING, [*tx.setting(SETTING, []), made])
    return name


def _object(name: str, relations: Mapping[str, str]) -> ObjectType:
    references = [Reference(f"R{target}", target, path) for path, target in relations.items()]
    system = [
        Field("id", Kind.INTEGER, readonly=True),
        *(Field(each, Kind.INTEGER, readonly=True) for each in ("createdBy", "updatedBy")),
        *(Field(each, Kind.DATETIME, readonly=True) for each in ("createdAt", "updatedAt")),
    ]
    fields = [*system, Field("name", required=True), *(Field(one.field) for one in references)]
    return ObjectType(
        name=name,
        functions="LQBRNCUD",
        key="name",
        label="name",
        fields={field.name: field for field in fields},
        references={one.path: one for one in references},
        unique=False,
        number="id",
        first=FIRST_ID,
    )
