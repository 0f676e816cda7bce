"""What the plugin declared and what the administrator chose, as one: pure, used by sync, package and doctor alike."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from tieline.admin.buttons import check_buttons
from tieline.admin.faults import Fault, Path
from tieline.admin.model import AdminSettings, BackOfficeSettings, FieldSettings, MoreField, ObjectSettings
from tieline.contract import (
    Action,
    Day,
    Direction,
    Field,
    Flag,
    Kind,
    Number,
    Policy,
    Promotion,
    Reference,
    Side,
    Text,
)
from tieline.contract import Mapping as RecordMapping
from tieline.contract.naming import ERP_KEY

_OURS = frozenset(name.casefold() for name in (ERP_KEY, "Id", "IsDeleted", "SystemModstamp", "MasterRecordId"))
"""Fields of a record that the engine itself lives by: its birth marker, and what the org says about the record."""

PARENT_OFF = "it needs {parent}, which is switched off"


def effective(mappings: Sequence[RecordMapping], chosen: BackOfficeSettings) -> tuple[RecordMapping, ...]:
    """The mappings of one back office. An object that is off takes the objects below it along, and references to it."""
    off = _switched_off(mappings, chosen)
    return tuple(_mapping(one, chosen.objects.get(one.name), off) for one in mappings if one.name not in off)


def widened(mappings: Sequence[RecordMapping], chosen: Sequence[BackOfficeSettings]) -> tuple[RecordMapping, ...]:
    """What has to stand in an org for all these back offices: everything declared, and the fields that were added.
    What is switched off stays installed: its fields hold data."""
    return tuple(replace(one, fields=(*one.fields, *_extra(one, chosen))) for one in mappings)


def _extra(mapping: RecordMapping, chosen: Sequence[BackOfficeSettings]) -> Iterator[Field]:
    seen = {field.crm for field in mapping.fields}
    for office in chosen:
        for row in office.objects[mapping.name].more_fields if mapping.name in office.objects else ():
            if row.crm not in seen:
                seen.add(row.crm)
                yield _added(row)


def check(
    settings: AdminSettings,
    declared: Mapping[str, Sequence[RecordMapping]],
    lists: Mapping[str, Sequence[str]],
    actions: Mapping[str, Sequence[Action]] | None = None,
    former: Collection[str] = (),
) -> list[Fault]:
    """What does not fit the plugins; `declared`, `lists` and `actions` hold the mappings, lists and buttons of every
    back office. Of those that were connected `former`ly nothing is asked."""
    here = {name: one for name, one in settings.back_offices.items() if name in declared or name not in former}
    found = [fault for name, chosen in here.items() for fault in _office(name, chosen, declared)]
    taken: set[str] = set()
    for name, chosen in here.items():
        found += _lists(("back_offices", name, "lists"), chosen, lists.get(name, ()), taken)
        if name in declared:
            found += check_buttons(("back_offices", name, "actions"), chosen.actions, (actions or {}).get(name, ()))
    return found


def _lists(path: Path, chosen: BackOfficeSettings, known: Sequence[str], taken: set[str]) -> Iterator[Fault]:
    """`taken`: value sets of the org that hold a list already, of this back office or another."""
    for name, settings in chosen.lists.items():
        if name not in known:
            yield Fault((*path, name), "there is no such list", f"Known: {', '.join(sorted(known)) or 'none'}.")
        mirror = (settings.mirror or "").casefold()
        if mirror in taken:
            told = f"{settings.mirror} holds another list already"
            yield Fault((*path, name, "mirror"), told, "Name another value set.")
        taken.update({mirror} if mirror else ())


def _office(
    name: str, chosen: BackOfficeSettings, declared: Mapping[str, Sequence[RecordMapping]]
) -> Iterator[Fault]:  # fmt: skip
    here: Path = ("back_offices", name)
    if name not in declared:
        yield Fault(here, "there is no such back office", f"Known: {', '.join(sorted(declared)) or 'none'}.")
        return
    mappings = {one.name: one for one in declared[name]}
    for obj, settings in chosen.objects.items():
        path = (*here, "objects", obj)
        if obj not in mappings:
            yield Fault(path, "there is no such object", f"Known: {', '.join(sorted(mappings))}.")
            continue
        yield from _object(path, mappings[obj], settings)
        parent = mappings[obj].parent
        if settings.enabled and parent in _switched_off(declared[name], chosen):
            yield Fault((*path, "enabled"), PARENT_OFF.format(parent=parent), "Switch both on, or both off.")


def _object(path: Path, mapping: RecordMapping, settings: ObjectSettings) -> Iterator[Fault]:
    known = {field.crm: field for field in turned(mapping, settings.source).fields}
    for name, chosen in settings.fields.items():
        here = (*path, "fields", name)
        if name not in known:
            yield Fault(here, "there is no such field", f"Known: {', '.join(sorted(known))}.")
        else:
            yield from _field(here, known[name], chosen, mapping)
    if settings.source and not mapping.turns:
        yield Fault((*path, "source"), "neither side is the only source of these records", "Leave it out.")
    yield from _promotions(path, turned(mapping, settings.source), settings)
    yield from _more(path, mapping, settings.more_fields)


def _promotions(path: Path, mapping: RecordMapping, settings: ObjectSettings) -> Iterator[Fault]:
    """What can never happen is a mistake: records would wait for it without a word."""
    told: dict[Path, Promotion | None] = {(*path, "promotion"): settings.promotion}
    told |= {(*path, "record_types", name): each for name, each in settings.record_types.items()}
    for where, promotion in told.items():
        if promotion is Promotion.WITH_PARENT and not mapping.parent:
            yield Fault(where, "it is promoted with its parent and has none", "Choose another one.")
        if promotion is Promotion.AUTOMATIC and not mapping.create_in_erp:
            yield Fault(where, "it is promoted by itself and may not create in the ERP", "Choose another one.")


def _field(path: Path, field: Field, chosen: FieldSettings, mapping: RecordMapping) -> Iterator[Fault]:
    if chosen.direction not in {None, field.direction} and (reason := locked(field, mapping)):
        yield Fault((*path, "direction"), f"this is locked to {field.direction}: {reason}", "Leave it out.")
    if chosen.enabled is False and (reason := locked(field, mapping)):
        yield Fault((*path, "enabled"), f"this field cannot be switched off: {reason}", "Leave it out.")
    if chosen.policy is Policy.NEWEST and field.policy is not Policy.NEWEST:
        told = "the newer edit cannot be told: stamps of two systems come from two clocks"
        yield Fault((*path, "policy"), told, "Choose erp_wins, crm_wins or manual.")
    if chosen.policy is not None and field.owner is not None:
        told = f"the {field.owner.upper()} owns this field and wins every conflict"
        yield Fault((*path, "policy"), told, "Leave it out.")


def locked(field: Field, mapping: RecordMapping) -> str:
    """Why its direction may not be changed; empty when it may."""
    if field.required:
        return "the back office refuses a record without it"
    if isinstance(field.kind, Reference) and field.kind.mapping == mapping.parent:
        return "it ties the record to its parent"
    if field.key:
        return "records are matched by it"
    return "the plugin says so" if field.locked else ""


def _more(path: Path, mapping: RecordMapping, rows: Sequence[MoreField]) -> Iterator[Fault]:
    """One to one: no field twice on either side. Names of the org know no case."""
    crm = {*_OURS, *(field.crm.casefold() for field in mapping.fields)}
    erp = {field.erp for field in mapping.fields}
    for number, row in enumerate(rows):
        here = (*path, "more_fields", number)
        if row.crm.casefold() in crm:
            yield Fault((*here, "crm"), f"{row.crm} is mapped already", "One field maps to exactly one field.")
        if row.erp in erp:
            yield Fault((*here, "erp"), f"{row.erp} is mapped already", "One field maps to exactly one field.")
        crm.add(row.crm.casefold())
        erp.add(row.erp)


def _switched_off(mappings: Sequence[RecordMapping], chosen: BackOfficeSettings) -> set[str]:
    off = {one.name for one in mappings if not _is_wanted(one, chosen.objects.get(one.name))}
    while below := {one.name for one in mappings if one.name not in off and _needs(one) & off}:
        off |= below
    return off


def _is_wanted(mapping: RecordMapping, chosen: ObjectSettings | None) -> bool:
    return mapping.enabled if chosen is None or chosen.enabled is None else chosen.enabled


def _needs(mapping: RecordMapping) -> set[str]:
    """Mappings without which its records cannot be made."""
    required = {f.kind.mapping for f in mapping.fields if isinstance(f.kind, Reference) and f.required}
    return required | ({mapping.parent} if mapping.parent else set())


def _mapping(mapping: RecordMapping, chosen: ObjectSettings | None, off: set[str]) -> RecordMapping:
    known = [one for one in mapping.fields if not (isinstance(one.kind, Reference) and one.kind.mapping in off)]
    if chosen is None:
        return replace(mapping, fields=tuple(known)) if len(known) != len(mapping.fields) else mapping
    mapping = turned(replace(mapping, fields=tuple(known)), chosen.source)
    fields = [_chosen(one, chosen.fields.get(one.crm)) for one in mapping.fields if _is_on(one, chosen)]
    return replace(
        mapping,
        fields=(*fields, *(_added(row) for row in chosen.more_fields)),
        promotion=chosen.promotion or mapping.promotion,
        record_types={**mapping.record_types, **chosen.record_types},
        sync_once=mapping.sync_once if chosen.sync_once is None else chosen.sync_once,
        create_in_crm=mapping.create_in_crm if chosen.create_in_crm is None else chosen.create_in_crm,
    )


def turned(mapping: RecordMapping, source: Side | None) -> RecordMapping:
    """The mapping with one side as the source: the fields that follow it go one way, and new records come from there
    alone. Records of the CRM go out by themselves then, those below others with them."""
    if source is None or not mapping.turns:
        return mapping
    from_crm = source is Side.CRM
    way = Direction.TO_ERP if from_crm else Direction.TO_CRM
    follow = Promotion.WITH_PARENT if mapping.parent else Promotion.AUTOMATIC
    return replace(
        mapping,
        fields=tuple(replace(one, direction=way) if one.crm in mapping.turns else one for one in mapping.fields),
        create_in_crm=not from_crm,
        create_in_erp=from_crm,
        promotion=follow if from_crm else Promotion.NEVER,
    )


def _is_on(field: Field, chosen: ObjectSettings) -> bool:
    settings = chosen.fields.get(field.crm)
    return settings is None or settings.enabled is not False


def _chosen(field: Field, settings: FieldSettings | None) -> Field:
    if settings is None:
        return field
    return replace(
        field,
        direction=settings.direction or field.direction,
        policy=settings.policy or field.policy,
        default=field.default if settings.default is None else settings.default,
    )


def _added(row: MoreField) -> Field:
    return Field(row.crm, row.erp, _kind(row), row.direction, label=row.label or row.crm.removesuffix("__c"))


def _kind(row: MoreField) -> Kind:
    if row.kind == "number":
        return Number(row.scale)
    if row.kind == "flag":
        return Flag()
    return Day() if row.kind == "day" else Text(row.length)
