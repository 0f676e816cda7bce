"""Everything a handler may look at, loaded for one press."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tieline.actions.promote import home_of
from tieline.contract import (
    Action,
    ActionInput,
    ListRow,
    Option,
    Parameter,
    PermanentError,
    Record,
    Shape,
    Side,
    Value,
    Values,
)
from tieline.contract.naming import request_field
from tieline.store.nouns import StoredRow
from tieline.sync.context import Context
from tieline.sync.places import without_choice


@dataclass(frozen=True, slots=True)
class Press:
    """One row of `ERP_Request__c`, as picked up. `entity` is None while none is named and the record not read, and
    stays so when nothing tells where it should go."""

    id: str
    action: Action
    record_id: str
    user_id: str
    entity: str | None
    fields: Values
    language: str = "en"


def request_fields(context: Context, action: Action) -> dict[str, Parameter]:
    """The request object's field of each parameter."""
    return {request_field(context.system, one, context.lists): one for one in action.parameters}


def load(context: Context, press: Press) -> tuple[Press, ActionInput]:
    """The press with what its record tells of it, and the record, its children and its links. Raises PermanentError
    when the record cannot be read."""
    record = _record(context, press)
    press = replace(
        press, record_id=record.key, entity=_entity(context, press, record)
    )  # a person or a formula may have given the short form of the id
    children = {name: tuple(row.fields for row in rows) for name, rows in record.children.items()}
    rows = _list_rows(context, press)
    return press, ActionInput(
        press.id,
        press.record_id,
        record.fields,
        children,
        _parameters(context, press, rows),
        _keys(context, press, record.fields, children),
        {name: _public(rows.get(name, ())) for name in press.action.lists},
        context.clock.now(),
        press.language,
        context.back_office,
        _place(context, press),
        context.settings,
    )


def _entity(context: Context, press: Press, record: Record) -> str | None:
    """The one named; else where the record is or shall go; else where a record is that it points to; else where records
    go without a choice."""
    if press.entity is not None or len(context.entities) == 1:
        return press.entity or context.entities[0]
    told = [(one.name, record.key) for one in context.mappings if one.crm_object == press.action.on]
    told += [(name, str(record.fields.get(field) or "")) for field, name in press.action.links.items()]
    homes = (home_of(context, name, key) for name, key in told if key)
    return next((entity for entity in homes if entity is not None), without_choice(context))


def _place(context: Context, press: Press) -> str:
    """Whose lists and links a handler sees: the press's entity, the first while there is none."""
    return next(iter(context.open), context.entities[0]) if press.entity is None else press.entity


def linked(press: Press, loaded: ActionInput) -> list[str]:
    """Mapping names under which the record itself or a record it points to is linked."""
    names = {mapping for mapping, key in loaded.keys if loaded.keys[mapping, key] and _direct(press, loaded, key)}
    return sorted(names)


def _direct(press: Press, loaded: ActionInput, crm_key: str) -> bool:
    return crm_key == press.record_id or crm_key in loaded.record.values()


def _record(context: Context, press: Press) -> Record:
    action = press.action
    embedded = tuple(Shape(name, fields) for name, fields in action.children.items())
    shape = Shape(action.on, action.reads, embedded)
    record = context.crm.read("", shape, [press.record_id]).get(press.record_id)
    if record is None:
        raise PermanentError("the record is not there any more, or out of sight", mend="Open it and press again.")
    return record


def _list_rows(context: Context, press: Press) -> dict[str, list[StoredRow]]:
    names = set(press.action.lists)
    names |= {one.kind.list for one in press.action.parameters if isinstance(one.kind, Option)}
    with context.store.reading() as tx:
        return {name: tx.list_rows(context.back_office, _place(context, press), name) for name in sorted(names)}


def _public(rows: Sequence[StoredRow]) -> list[ListRow]:
    return [ListRow(row.key, row.label, row.active, row.parent, row.attributes) for row in rows]


def _parameters(context: Context, press: Press, rows: Mapping[str, Sequence[StoredRow]]) -> Values:
    values: dict[str, Value] = {}
    for name, parameter in request_fields(context, press.action).items():
        value = press.fields.get(name)
        if value is not None and isinstance(parameter.kind, Option):
            value = _chosen(parameter, str(value), rows.get(parameter.kind.list, ()))
        if value is None and parameter.required:
            raise PermanentError(f"{parameter.label} is missing", mend="Fill it in and press again.", code="required")
        values[parameter.name] = value
    return values


def _chosen(parameter: Parameter, crm_key: str, rows: Sequence[StoredRow]) -> str:
    row = next((one for one in rows if one.crm_key == crm_key), None)
    if row is None or not row.active:
        raise PermanentError(
            f"{parameter.label} is not offered by this back office (any more)",
            mend="Choose another one.",
            code="withdrawn",
        )
    return row.key


def _keys(
    context: Context, press: Press, record: Values, children: Mapping[str, Sequence[Values]]
) -> dict[tuple[str, str], str]:
    """ERP keys of the CRM records that the declared fields name, and of the record itself."""
    wanted: dict[str, set[str]] = {}
    for mapping in context.mappings:
        if mapping.crm_object == press.action.on:
            wanted.setdefault(mapping.name, set()).add(press.record_id)
    for field, name in press.action.links.items():
        held = [record.get(field), *(row.get(field) for rows in children.values() for row in rows)]
        wanted.setdefault(name, set()).update(str(value) for value in held if value)
    found: dict[tuple[str, str], str] = {}
    with context.store.reading() as tx:
        for name, ids in wanted.items():
            for place in context.seen_from(_place(context, press)):
                links = tx.links_by_key(context.back_office, place, name, Side.CRM, sorted(ids))
                tied = ((key, link) for key, link in links.items() if link.promoted and not link.tombstone)
                found |= {(name, key): link.erp_key for key, link in tied}
    return found
