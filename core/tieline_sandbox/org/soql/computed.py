"""Rows that are worked out for the query: UserRecordAccess."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tieline_sandbox.org import ids
from tieline_sandbox.org.access import Access
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.schema.types import Schema
from tieline_sandbox.org.soql.literals import unquote
from tieline_sandbox.org.soql.scope import Row
from tieline_sandbox.org.soql.tree import Both, Comparison, Condition, Literal, Path
from tieline_sandbox.state import Reader

_MAX_RECORDS = 200


def asked(where: Condition | None) -> tuple[str, list[str]]:
    """The one user and the records that the condition must name."""
    users, records = _named(where, "userid"), _named(where, "recordid")
    if len(users) != 1 or not records:
        raise OrgError("MALFORMED_QUERY", "UserRecordAccess: filter on one UserId and on RecordId")
    if len(records) > _MAX_RECORDS:
        raise OrgError("MALFORMED_QUERY", "UserRecordAccess: at most 200 records")
    return users[0], records


def user_record_access(schema: Schema, reader: Reader, access: Access, records: list[str]) -> Iterator[Row]:
    """What one user may do with each of the records."""
    for ident in records:
        yield {"Id": ident, "RecordId": ident, "UserId": access.user_id, **_levels(schema, reader, access, ident)}


def _named(condition: Condition | None, field: str) -> list[str]:
    parts = condition.parts if isinstance(condition, Both) else (condition,)
    for part in parts:
        if isinstance(part, Comparison) and isinstance(part.left, Path) and part.left.parts[-1].casefold() == field:
            right = (part.right,) if isinstance(part.right, Literal) else part.right
            if part.operator in ("=", "in") and isinstance(right, tuple):
                texts = [unquote(each.text) for each in right if each.kind == "string"]
                return [ids.full(text) or text for text in texts]
    return []


def _levels(schema: Schema, reader: Reader, access: Access, ident: str) -> dict[str, Any]:
    kind = schema.by_prefix(ident)
    row = reader.get(kind.name, ident) if kind else None
    living = kind is not None and row is not None and not row.get("IsDeleted")
    reads = edits = deletes = every = False
    if living and kind is not None and row is not None:
        rights = access.rights(kind)
        reads = access.reads_row(kind, row, schema, reader.get)
        edits = access.edits_row(kind, row, schema, reader.get)
        every = access.admin or rights.modify_all or row.get("OwnerId") == access.user_id
        deletes = rights.delete and (every or (kind.master is not None and edits))
    level = "All" if every and deletes else "Delete" if deletes else "Edit" if edits else "Read" if reads else "None"
    return {
        "HasReadAccess": reads, "HasEditAccess": edits, "HasDeleteAccess": deletes,
        "HasTransferAccess": every and edits,
        "HasAllAccess": every and deletes, "MaxAccessLevel": level,
    }  # fmt: skip
