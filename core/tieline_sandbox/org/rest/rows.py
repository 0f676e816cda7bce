"""`/sobjects/X/...`: one row by id or by external id."""

from __future__ import annotations

from typing import Any

from tieline_sandbox.org import errors, ids
from tieline_sandbox.org.call import Call
from tieline_sandbox.org.errors import OrgError, SeveralFound
from tieline_sandbox.org.records.delete import delete as delete_row
from tieline_sandbox.org.records.write import Writer, matches
from tieline_sandbox.org.rest import conditional
from tieline_sandbox.org.rest.answers import body_of, empty, flag, params, several, table
from tieline_sandbox.org.schema.types import Field, Kind, ObjectType
from tieline_sandbox.org.soql.scope import Rows, Scope
from tieline_sandbox.org.soql.shape import Shape, attributes, value_of
from tieline_sandbox.org.soql.tree import Path
from tieline_sandbox.state import Reader
from tieline_sandbox.wire import Response, json_response

Row = dict[str, Any]


def create(call: Call, name: str) -> Response:
    kind = _known(call, name)
    sent = table(body_of(call.request))
    call.parsed("create", kind.name)
    with call.writing() as tx:
        ident = Writer(call, tx).create(kind, sent)
    location = f"{call.data}/sobjects/{kind.name}/{ident}"
    return json_response(201, {"id": ident, "success": True, "errors": []}, (("Location", location),))


def read(call: Call, name: str, ident: str) -> Response:
    kind = _known(call, name)
    call.parsed("read", kind.name, ident)
    with call.reading() as reader:
        return _shown(call, reader, kind, existing(call, reader, kind, ident))


def update(call: Call, name: str, ident: str) -> Response:
    kind = _known(call, name)
    sent = _without_id(table(body_of(call.request)))
    call.parsed("update", kind.name, ident)
    with call.writing() as tx:
        writer = Writer(call, tx)
        row = writer.writable(kind, _ident(ident))
        conditional.check(call.request, kind, row)
        writer.update(kind, row["Id"], sent)
    return empty()


def delete(call: Call, name: str, ident: str) -> Response:
    kind = _known(call, name)
    call.parsed("delete", kind.name, ident)
    with call.writing() as tx:
        delete_row(Writer(call, tx), kind, _ident(ident))
    return empty()


def read_by_key(call: Call, name: str, field: str, value: str) -> Response:
    kind, key = _keyed(call, name, field)
    call.parsed("read", kind.name, value)
    with call.reading() as reader:
        found = _found(call, reader, kind, key, value)
        return found if isinstance(found, Response) else _shown(call, reader, kind, found)


def upsert(call: Call, name: str, field: str, value: str) -> Response:
    """201 created, 200 updated (204 before v46), 300 when it is not one row."""
    kind, key = _keyed(call, name, field)
    sent = _without_id(table(body_of(call.request)))
    if key.kind is not Kind.ID and any(each.casefold() == key.name.casefold() for each in sent):
        raise OrgError("INVALID_FIELD", f"The {key.name} field should not be specified in the sobject data.")
    call.parsed("upsert", kind.name, value)
    try:
        with call.writing() as tx:
            writer = Writer(call, tx)
            for ident in writer.call_matches(kind, key, value)[:1]:
                conditional.check(call.request, kind, writer.writable(kind, ident))
            only = flag(params(call.request), "updateOnly")
            ident, created = writer.upsert(kind, key, value, sent, only)
    except SeveralFound as found:
        return several(found, call.data, kind.name)
    if not created and float(call.version) < 46:
        return empty()
    body = {"id": ident, "success": True, "errors": [], "created": created}
    return json_response(201 if created else 200, body)


def delete_by_key(call: Call, name: str, field: str, value: str) -> Response:
    kind, key = _keyed(call, name, field)
    call.parsed("delete", kind.name, value)
    with call.writing() as tx:
        found = _found(call, tx, kind, key, value)
        if isinstance(found, Response):
            return found
        delete_row(Writer(call, tx), kind, found["Id"])
    return empty()


# -- shared ------------------------------------------------------------------------------------------------------------


def existing(call: Call, reader: Reader, kind: ObjectType, ident: str) -> Row:
    """A living row the caller may read; 404 otherwise."""
    row = reader.get(kind.name, _ident(ident))
    if row is None or not call.access.reads_row(kind, row, call.schema, reader.get):
        raise errors.not_found()
    if row.get("IsDeleted"):
        raise errors.deleted()
    return row


def row_json(call: Call, kind: ObjectType, row: Row) -> Row:
    """All the fields the caller may see."""
    seen = (each for each in kind.fields.values() if call.access.sees(kind, each))
    return {"attributes": attributes(kind, row, call.data), **{each.name: value_of(each, row) for each in seen}}


def chosen(call: Call, reader: Reader, kind: ObjectType, row: Row, fields: list[str]) -> Row:
    """The fields asked for, parents' included."""
    scope = Scope(call.schema, call.access, kind)
    shape = Shape(kind)
    for name in fields:
        shape.add(scope.column(Path(tuple(name.strip().split(".")))))
    return shape.json(row, Rows(reader), call.data, lambda _query, _row: None)


def _shown(call: Call, reader: Reader, kind: ObjectType, row: Row) -> Response:
    if conditional.unchanged(call.request, kind, row):
        return empty(304)
    fields = params(call.request).get("fields")
    body = chosen(call, reader, kind, row, fields.split(",")) if fields else row_json(call, kind, row)
    return json_response(200, body, (("ETag", conditional.tag(row)),) if kind.etag else ())


def _known(call: Call, name: str) -> ObjectType:
    kind = call.object(name)
    if kind.computed:
        raise errors.not_found()
    return kind


def _ident(text: str) -> str:
    ident = ids.full(text)
    if ident is None:
        raise errors.not_found("Provided external ID field does not exist or is not accessible: " + text)
    return ident


def _keyed(call: Call, name: str, field: str) -> tuple[ObjectType, Field]:
    """Object and external id field; 404 when the field is none."""
    kind = _known(call, name)
    key = call.access.field(kind, field)
    if key is None or not (key.external_id or key.kind is Kind.ID):
        raise errors.not_found(f"Provided external ID field does not exist or is not accessible: {field}")
    return kind, key


def _found(call: Call, reader: Reader, kind: ObjectType, key: Field, value: str) -> Row | Response:
    found = matches(reader, kind, key, value)
    if len(found) > 1:
        return several(SeveralFound(found), call.data, kind.name)
    if not found:
        raise errors.not_found()
    return existing(call, reader, kind, found[0])


def _without_id(sent: Row) -> Row:
    if any(name.casefold() == "id" for name in sent):
        raise OrgError("INVALID_FIELD", "The Id field should not be specified in the sobject data.")
    return sent
