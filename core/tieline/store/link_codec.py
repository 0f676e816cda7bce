"""A link as a row and back.

Both sides of a link mostly say the same, and so does the base. So the ERP's fields are stored where they differ from
the CRM's, and the base where it differs from what was observed. The body's letters:

    c   the CRM's observation: [fields, version, stamp, sequence, deleted, address], empty ends cut off
    e   the ERP's, likewise; its fields are those the CRM holds too, with these written over them
    x   names the CRM holds and the ERP does not
    b   base pairs that are not the pair observed
    n   names observed on both sides without a base
    p   the problem: [reason, next step, at, code, final]

Everything else stands under its own name, and not at all while it is empty.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tieline.store.moments import known, moment, text
from tieline.store.nouns import Canonical, Fields, Link, Observation, Problem, Status

Row = dict[str, Any]
Base = Mapping[str, tuple[Canonical, Canonical]]

COLUMNS = (
    "id", "back_office", "entity", "mapping", "crm_key", "erp_key", "parent", "status", "dirty", "stale", "not_before",
    "tombstone", "revision", "body",
)  # fmt: skip
_PLAIN = (
    "promote", "promoted", "confirmed", "awaiting", "delete_refused", "epoch", "attempts", "panel", "mapping_version",
)  # fmt: skip
_ENDS: tuple[Any, ...] = ({}, "", None, None, False, "")
_NOTHING: Fields = {}

_dump = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def row_of(link: Link) -> tuple[Any, ...]:
    """The row to store, in the order of COLUMNS: one revision further than the link that was loaded."""
    return (
        link.id, link.back_office, link.entity, link.mapping, link.crm_key, link.erp_key, link.parent,
        str(link.status), link.dirty, not link.panel, text(link.not_before), link.tombstone, link.revision + 1,
        _dump(_body(link)),
    )  # fmt: skip


def _body(link: Link) -> Row:
    body: Row = {name: value for name in _PLAIN if (value := getattr(link, name))}
    crm, erp = _fields(link.crm), _fields(link.erp)
    if link.crm is not None:
        body["c"] = _observation(link.crm, crm)
    if link.erp is not None:
        _put_erp(body, link.erp, crm)
    _put_base(body, link.base, crm, erp)
    if link.problem is not None:
        why = link.problem
        body["p"] = [why.reason, why.next_step, text(why.at), why.code, why.final, why.side]
    if link.blocked:
        body["blocked"] = link.blocked
    if link.extra:
        body["extra"] = dict(link.extra)
    if link.synced_at is not None:
        body["synced_at"] = text(link.synced_at)
    return body


def _fields(seen: Observation | None) -> Fields:
    return _NOTHING if seen is None else seen.fields


def _observation(seen: Observation, fields: Fields) -> list[Any]:
    parts = [dict(fields), seen.version, text(seen.stamp), seen.sequence, seen.deleted, seen.address]
    while parts and parts[-1] == _ENDS[len(parts) - 1]:
        parts.pop()
    return parts


def _put_erp(body: Row, seen: Observation, crm: Fields) -> None:
    if seen.fields == crm:
        body["e"] = _observation(seen, _NOTHING)
        return
    own = {name: value for name, value in seen.fields.items() if name not in crm or crm[name] != value}
    body["e"] = _observation(seen, own)
    if absent := [name for name in crm if name not in seen.fields]:
        body["x"] = absent


def _put_base(body: Row, base: Base, crm: Fields, erp: Fields) -> None:
    observed = {name: (crm[name], value) for name, value in erp.items() if name in crm}
    if base == observed:
        return
    if told := {name: pair for name, pair in base.items() if observed.get(name) != pair}:
        body["b"] = told
    if absent := [name for name in observed if name not in base]:
        body["n"] = absent


def link_of(row: Sequence[Any]) -> Link:
    """The link of a row in the order of COLUMNS."""
    body: Row = json.loads(row[13])
    crm = _seen(body.get("c"), _NOTHING)
    erp = _seen(body.get("e"), _without(_fields(crm), body.get("x")))
    problem = body.get("p")
    return Link(
        id=row[0], back_office=row[1], entity=row[2], mapping=row[3], crm_key=row[4], erp_key=row[5], crm=crm, erp=erp,
        base=_base(body, _fields(crm), _fields(erp)),
        parent=row[6], status=Status(row[7]), dirty=bool(row[8]), not_before=moment(row[10]), tombstone=row[11],
        revision=row[12],
        problem=Problem(problem[0], problem[1], known(problem[2]), *problem[3:]) if problem else None,
        blocked=tuple(body.get("blocked", ())), extra=body.get("extra", {}), synced_at=moment(body.get("synced_at")),
        **{name: body[name] for name in _PLAIN if name in body},
    )  # fmt: skip


def _seen(parts: list[Any] | None, shared: Fields) -> Observation | None:
    if parts is None:
        return None
    own, version, stamp, sequence, deleted, address = (*parts, *_ENDS[len(parts) :])
    fields = {**shared, **own} if shared and own else own or shared
    return Observation(fields, version, moment(stamp), sequence, deleted, address)


def _without(fields: Fields, absent: Sequence[str] | None) -> Fields:
    return {name: value for name, value in fields.items() if name not in absent} if absent else fields


def _base(body: Row, crm: Fields, erp: Fields) -> dict[str, tuple[Canonical, Canonical]]:
    base = {name: (crm[name], value) for name, value in erp.items() if name in crm}
    for name in body.get("n", ()):
        del base[name]
    return base | {name: (pair[0], pair[1]) for name, pair in body.get("b", {}).items()}
