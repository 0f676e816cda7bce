"""The other nouns as rows and back. What JSON lacks becomes its text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tieline.contract.mapping import Side
from tieline.store.lease import Lease
from tieline.store.moments import known, moment, text
from tieline.store.nouns import Call, Conflict, Connection, CursorRow, Item, StoredRow

Row = dict[str, Any]
Columns = Mapping[Any, Any]
"""A row by column name."""

dump = json.JSONEncoder(separators=(",", ":"), default=str).encode


def call_row(call: Call) -> Row:
    items = [
        {
            "link": item.link, "operation": item.operation, "key": item.key, "idempotency_key": item.idempotency_key,
            "payload": dict(item.payload), "merge": dict(item.merge), "correlation": item.correlation,
        }
        for item in call.items
    ]  # fmt: skip
    body = {
        "entity": call.entity, "side": str(call.side), "mapping": call.mapping, "items": items,
        "maybe_sent": call.maybe_sent, "attempts": call.attempts, "deadline": text(call.deadline),
    }  # fmt: skip
    return {"id": call.id, "back_office": call.back_office, "made_at": text(call.made_at), "body": dump(body)}


def call_of(row: Columns) -> Call:
    body: Row = json.loads(row["body"])
    body["items"] = tuple(Item(**item) for item in body["items"])
    body |= {"side": Side(body["side"]), "deadline": moment(body.get("deadline"))}
    return Call(id=row["id"], back_office=row["back_office"], made_at=known(row["made_at"]), **body)


def cursor_row(row: CursorRow) -> Row:
    moments = {"stamp": text(row.stamp), "deletes_since": text(row.deletes_since)}
    return asdict(row) | {"side": str(row.side)} | moments


def cursor_of(row: Columns) -> CursorRow:
    where = (row["back_office"], row["entity"], Side(row["side"]), row["object"])
    return CursorRow(*where, known(row["stamp"]), row["key"], moment(row["deletes_since"]))


def conflict_row(conflict: Conflict) -> Row:
    body = {
        "mapping": conflict.mapping, "fields": conflict.fields, "base": dict(conflict.base),
        "crm": dict(conflict.crm), "erp": dict(conflict.erp), "winner": str(conflict.winner),
        "policy": str(conflict.policy),
    }  # fmt: skip
    moments = {"at": text(conflict.at), "resolved_at": text(conflict.resolved_at)}
    owner = {"id": conflict.id, "back_office": conflict.back_office, "link": conflict.link}
    return owner | moments | {"body": dump(body)}


def conflict_of(row: Columns) -> Conflict:
    body: Row = json.loads(row["body"])
    body["fields"] = tuple(body["fields"])
    body |= {name: row[name] for name in ("id", "back_office", "link")}
    return Conflict(at=known(row["at"]), resolved_at=moment(row["resolved_at"]), **body)


def list_row(row: StoredRow) -> Row:
    body = asdict(row)
    keys = {name: body.pop(name) for name in ("back_office", "entity", "list", "key")}
    return keys | {"body": dump(body)}


def list_row_of(row: Columns) -> StoredRow:
    keys = {name: row[name] for name in ("back_office", "entity", "list", "key")}
    return StoredRow(**keys, **json.loads(row["body"]))


def connection_row(connection: Connection) -> Row:
    body = asdict(connection)
    return {"name": body.pop("name"), "body": dump(body)}


def connection_of(row: Columns) -> Connection:
    return Connection(name=row["name"], **json.loads(row["body"]))


def lease_row(lease: Lease) -> Row:
    return {"name": lease.name, "owner": lease.owner, "token": lease.token, "until": text(lease.until)}


def lease_of(row: Columns) -> Lease:
    return Lease(row["name"], row["owner"], row["token"], known(row["until"]))
