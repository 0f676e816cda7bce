"""retrieve, listMetadata, readMetadata: components out of the org."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from tieline_sandbox.org import ids, moments
from tieline_sandbox.org.call import Call
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.metadata.archive import Named, join, manifest, zipped
from tieline_sandbox.org.metadata.kinds import KINDS, ComponentKind, file_of
from tieline_sandbox.org.metadata.tree import Body
from tieline_sandbox.org.service import COMPONENT
from tieline_sandbox.state import Reader

Row = dict[str, Any]


def stored(call: Call, reader: Reader, kind: ComponentKind) -> Iterator[tuple[str, Row]]:
    """Components of a kind; the standard objects stand among the custom ones."""
    found = dict(reader.all(COMPONENT + kind.name))
    if kind.name == "CustomObject":
        created = call.org.setting("created")
        for each in call.schema.objects.values():
            if not each.custom and not each.computed:
                blank = {"id": "", "body": {}, "created": created, "modified": created}
                found.setdefault(each.name, {**blank, "createdBy": _first(call), "modifiedBy": _first(call)})
    return ((name, found[name]) for name in sorted(found))


def _first(call: Call) -> str:
    return str(call.org.setting("user_id"))


def properties(call: Call, kind: ComponentKind, name: str, row: Row, prefix: str = "") -> Row:
    """A FileProperties row."""
    names = {
        user: (caller.name if caller else "")
        for user in (row["createdBy"], row["modifiedBy"])
        for caller in (call.org.caller(user),)
    }
    return {
        "createdById": row["createdBy"], "createdByName": names[row["createdBy"]], "createdDate": _zulu(row["created"]),
        "fileName": prefix + file_of(kind, name), "fullName": name, "id": row["id"],
        "lastModifiedById": row["modifiedBy"],
        "lastModifiedByName": names[row["modifiedBy"]], "lastModifiedDate": _zulu(row["modified"]),
        "manageableState": "unmanaged", "type": kind.name,
    }  # fmt: skip


def _zulu(stamp: str) -> str:
    return stamp.replace("+0000", "Z")


def listed(call: Call, kind_name: str) -> list[Row]:
    """The rows of one listMetadata query."""
    kind = KINDS.get(kind_name)
    if kind is None:
        raise OrgError("INVALID_TYPE", f"INVALID_TYPE: Unknown type:{kind_name}")
    with call.reading() as reader:
        return [properties(call, kind, name, row) for name, row in stored(call, reader, kind)]


def component(call: Call, kind: ComponentKind, full_name: str) -> Body | None:
    """One component as readMetadata shows it: an object carries its parts."""
    with call.reading() as reader:
        found = dict(stored(call, reader, kind)).get(full_name)
        if found is None:
            return None
        body: Body = {"fullName": [full_name], **found["body"]}
        for element, child in kind.children.items():
            parts = [
                {"fullName": [name.partition(".")[2] if kind.name == "CustomObject" else name], **row["body"]}
                for name, row in reader.all(COMPONENT + child)
                if kind.name != "CustomObject" or name.startswith(f"{full_name}.")
            ]
            if parts:
                body[element] = parts
    return body


def retrieve(call: Call, wanted: list[tuple[str, list[str]]], version: str, single: bool) -> Row:
    """Run one retrieve and keep its result; the result."""
    prefix = "" if single else "unpackaged/"
    chosen: list[Named] = []
    shown: list[Row] = []
    problems: list[Row] = []
    members: dict[str, list[str]] = {}
    with call.reading() as reader:
        for kind_name, names in wanted:
            kind = KINDS.get(kind_name)
            if kind is None:
                problems.append(
                    {
                        "fileName": f"{prefix}package.xml",
                        "problem": f"Unknown type name '{kind_name}' specified in package.xml",
                    }
                )
                continue
            rows = dict(stored(call, reader, kind))
            # Standard objects must be named, a star does not find them.
            every = [name for name in rows if kind.name != "CustomObject" or name.endswith("__c")]
            for name in dict.fromkeys(every if "*" in names else names):
                if name not in rows:
                    problem = f"Entity of type '{kind_name}' named '{name}' cannot be found"
                    problems.append({"fileName": f"{prefix}package.xml", "problem": problem})
                    continue
                members.setdefault(kind_name, []).append(name)
                shown.append(properties(call, kind, name, rows[name], prefix))
                chosen += _with_parts(reader, kind, name, rows[name])
    files = {prefix + path: content for path, content in join(_once(chosen)).items()}
    files[f"{prefix}package.xml"] = manifest(members, version)
    return _keep(
        call, {"fileProperties": shown, "messages": problems, "zipFile": base64.b64encode(zipped(files)).decode()}
    )


def _with_parts(reader: Reader, kind: ComponentKind, name: str, row: Row) -> list[Named]:
    out = [Named(kind, name, row["body"], "")]
    for child in kind.children.values():
        for part, held in reader.all(COMPONENT + child):
            if kind.name != "CustomObject" or part.startswith(f"{name}."):
                out.append(Named(KINDS[child], part, held["body"], ""))
    return out


def _once(chosen: list[Named]) -> list[Named]:
    return list({(each.kind.name, each.full_name): each for each in chosen}.values())


def _keep(call: Call, result: Row) -> Row:
    short = "09S000" + call.org.randomness.text(9, ids.ALPHABET)
    full = {"done": True, "id": short + ids.checksum(short), "status": "Succeeded", "success": True, **result}
    with call.org.state.transaction(actor=call.caller.username, operation="retrieve") as tx:
        tx.set_setting(f"retrieve:{full['id']}", {**full, "at": moments.stamp(tx.now)})
    return full


def result_of(call: Call, ident: str) -> Row:
    found = call.org.setting(f"retrieve:{ids.full(ident) or ident}")
    if found is None:
        raise OrgError("INVALID_CROSS_REFERENCE_KEY", f"no retrieve found for id: {ident}")
    return dict(found)
