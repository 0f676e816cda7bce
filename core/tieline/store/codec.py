"""Nouns as rows and back. Instants are ISO text in UTC, so that they compare as they sort."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from tieline.contract.mapping import Side
from tieline.store.nouns import (
    Call,
    Canonical,
    Conflict,
    Connection,
    CursorRow,
    Item,
    Link,
    Observation,
    Problem,
    Status,
    StoredRow,
)

Row = dict[str, Any]
Columns = Any  # a row by column name; SQLAlchemy's own mapping is keyed by more than text
_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


def instant(value: datetime | None) -> str | None:
    """Microseconds always: texts of one width sort like the moments they name."""
    return value.astimezone(UTC).isoformat(timespec="microseconds") if value else None


def moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _known(value: str) -> datetime:
    return datetime.fromisoformat(value)


# links -------------------------------------------------------------------------------------------------------------

_PLAIN = (
    "promote",
    "promoted",
    "confirmed",
    "awaiting",
    "delete_refused",
    "epoch",
    "attempts",
    "panel",
    "mapping_version",
)
_EMPTY = ("", False, 0)


def link_row(link: Link) -> Row:
    """The row as it is stored now: one revision further than the link that was loaded."""
    return {
        "id": link.id,
        "back_office": link.back_office,
        "entity": link.entity,
        "mapping": link.mapping,
        "crm_key": link.crm_key,
        "erp_key": link.erp_key,
        "parent": link.parent,
        "status": str(link.status),
        "dirty": link.dirty,
        "stale": not link.panel,
        "not_before": instant(link.not_before),
        "tombstone": link.tombstone,
        "revision": link.revision + 1,
        "body": _dump(_link_body(link)),
    }


def _link_body(link: Link) -> Row:
    """Empty parts are left out, and the base wherever it says what was observed."""
    body: Row = {name: value for name in _PLAIN if (value := getattr(link, name)) not in _EMPTY}
    if link.crm:
        body["crm"] = _observation(link.crm)
    if link.erp:
        body["erp"] = _observation(link.erp)
    if link.base:
        body["base"] = _base(link)
    if link.problem:
        why = link.problem
        body["problem"] = [why.reason, why.next_step, instant(why.at), why.code, why.final]
    if link.blocked:
        body["blocked"] = link.blocked
    if link.extra:
        body["extra"] = dict(link.extra)
    if link.synced_at:
        body["synced_at"] = instant(link.synced_at)
    return body


def _observation(seen: Observation) -> list[Any]:
    head: list[Any] = [dict(seen.fields), seen.version, instant(seen.stamp), seen.sequence, seen.deleted, seen.address]
    while len(head) > 1 and head[-1] in ("", None, False):
        head.pop()
    return head


def _base(link: Link) -> Row:
    """`{"": [names]}` are fields whose base is what both sides were observed to hold; the others are spelled out."""
    crm, erp = link.crm.fields if link.crm else {}, link.erp.fields if link.erp else {}
    same = [name for name, pair in link.base.items() if _holds(crm, name, pair[0]) and _holds(erp, name, pair[1])]
    told = set(same)
    return {"": same, **{name: list(pair) for name, pair in link.base.items() if name not in told}}


def _holds(fields: Mapping[str, Canonical], name: str, value: Canonical) -> bool:
    return name in fields and fields[name] == value and type(fields[name]) is type(value)


def link_from(row: Columns) -> Link:
    body: Row = json.loads(row["body"])
    crm, erp = _seen(body.get("crm")), _seen(body.get("erp"))
    problem = body.get("problem")
    return Link(
        id=row["id"],
        back_office=row["back_office"],
        entity=row["entity"],
        mapping=row["mapping"],
        crm_key=row["crm_key"],
        erp_key=row["erp_key"],
        crm=crm,
        erp=erp,
        base=_base_from(body.get("base", {}), crm, erp),
        tombstone=row["tombstone"],
        not_before=moment(row["not_before"]),
        problem=Problem(problem[0], problem[1], _known(problem[2]), problem[3], problem[4]) if problem else None,
        blocked=tuple(body.get("blocked", ())),
        extra=body.get("extra", {}),
        parent=row["parent"],
        status=Status(row["status"]),
        dirty=bool(row["dirty"]),
        synced_at=moment(body.get("synced_at")),
        revision=row["revision"],
        **{name: body[name] for name in _PLAIN if name in body},
    )


def _seen(parts: list[Any] | None) -> Observation | None:
    if parts is None:
        return None
    whole: list[Any] = [*parts, *("", None, None, False, "")[len(parts) - 1 :]]
    return Observation(whole[0], whole[1], moment(whole[2]), whole[3], whole[4], whole[5])


def _base_from(
    told: Row, crm: Observation | None, erp: Observation | None
) -> dict[str, tuple[Canonical, Canonical]]:  # fmt: skip
    base: dict[str, tuple[Canonical, Canonical]] = {}
    for name in told.get("", ()):
        assert crm is not None
        assert erp is not None
        base[name] = (crm.fields[name], erp.fields[name])
    base |= {name: (pair[0], pair[1]) for name, pair in told.items() if name}
    return base


# calls, cursors, conflicts, lists, connections -----------------------------------------------------------------------


def call_row(call: Call) -> Row:
    body = asdict(call) | {"side": str(call.side), "made_at": instant(call.made_at), "deadline": instant(call.deadline)}
    return {"id": call.id, "back_office": call.back_office, "made_at": body["made_at"], "body": _dump(body)}


def call_from(row: Columns) -> Call:
    body: Row = json.loads(row["body"])
    items = tuple(Item(**item) for item in body.pop("items"))
    made_at, deadline, side = _known(body.pop("made_at")), moment(body.pop("deadline")), Side(body.pop("side"))
    return Call(items=items, made_at=made_at, deadline=deadline, side=side, **body)


def cursor_row(row: CursorRow) -> Row:
    return {
        "back_office": row.back_office,
        "entity": row.entity,
        "side": str(row.side),
        "object": row.object,
        "stamp": instant(row.stamp),
        "key": row.key,
    }


def cursor_from(row: Columns) -> CursorRow:
    return CursorRow(
        row["back_office"], row["entity"], Side(row["side"]), row["object"], _known(row["stamp"]), row["key"]
    )  # fmt: skip


def conflict_row(conflict: Conflict) -> Row:
    body = asdict(conflict) | {"winner": str(conflict.winner), "policy": str(conflict.policy)}
    body |= {"at": instant(conflict.at), "resolved_at": instant(conflict.resolved_at)}
    return {
        "id": conflict.id,
        "back_office": conflict.back_office,
        "link": conflict.link,
        "at": body["at"],
        "resolved_at": body["resolved_at"],
        "body": _dump(body),
    }


def conflict_from(row: Columns) -> Conflict:
    body: Row = json.loads(row["body"])
    body |= {"fields": tuple(body["fields"]), "at": _known(body["at"]), "resolved_at": moment(row["resolved_at"])}
    return Conflict(**body)


def list_row(row: StoredRow) -> Row:
    return {
        "back_office": row.back_office,
        "entity": row.entity,
        "list": row.list,
        "key": row.key,
        "body": _dump(asdict(row)),
    }


def list_row_from(row: Columns) -> StoredRow:
    return StoredRow(**json.loads(row["body"]))


def connection_row(connection: Connection) -> Row:
    return {"name": connection.name, "body": _dump(asdict(connection))}


def connection_from(row: Columns) -> Connection:
    return Connection(**json.loads(row["body"]))


def json_text(value: Any) -> str:
    return _dump(value)
