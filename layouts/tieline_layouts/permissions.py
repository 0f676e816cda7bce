"""Permission sets, generated from directions: what the integration user and people need, and nothing more.

Required and master-detail fields carry no permission: the platform refuses them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tieline.contract import Action, Component, Declarations, Direction, Mapping, System
from tieline.contract.naming import (
    DOCUMENT_OBJECT,
    ERP_KEY,
    LINE_OBJECT,
    LINK_OBJECT,
    REQUEST_OBJECT,
    permission_set,
    user_permission_set,
)
from tieline.package import rights
from tieline.package.fields import CUSTOM_FIELD, name_of, owner_of
from tieline.package.objects import CUSTOM_TAB
from tieline.package.rights import Entry
from tieline_layouts.apps import app_name
from tieline_layouts.links import CHOSEN_BY_PEOPLE
from tieline_layouts.requests import ANSWERS
from tieline_layouts.standard import NEEDS_READ, RIGHTS_ON, secured_field

MIRRORS = (LINK_OBJECT, DOCUMENT_OBJECT, LINE_OBJECT)
HOST_OBJECTS = (*MIRRORS, REQUEST_OBJECT)
_TO_CRM = (Direction.BOTH, Direction.TO_CRM)
_BY_PEOPLE = (Direction.BOTH, Direction.TO_ERP)


def permission_sets(declarations: Declarations, components: Sequence[Component]) -> Iterator[Component]:
    """Two a system: one for the integration user, one for people."""
    for system in declarations.systems:
        only = declarations.only(system.name)
        yield _integration(system, only, components)
        yield _people(system, only, components)


def _integration(system: System, only: Declarations, components: Sequence[Component]) -> Component:
    return rights.permission_set(
        permission_set(system.prefix),
        f"Tieline {system.label}",
        f"What Tieline's integration user needs to keep {system.label} in sync.",
        objects=[*_host_objects(), *_mapped_objects(only), *_read_objects(only)],
        fields=[*_host_fields(components), *_mapped_fields(only), *_read_fields(only)],
        users=[rights.may("ApiEnabled")],
    )


def _people(system: System, only: Declarations, components: Sequence[Component]) -> Component:
    return rights.permission_set(
        user_permission_set(system.prefix),
        f"Tieline {system.label} user",
        f"For people who work with {system.label}: see what is in sync, press buttons.",
        objects=[*_objects_of_people(system), rights.on_object(REQUEST_OBJECT, create=True)],
        fields=[*_host_fields_of_people(system, components), *_mapped_fields_of_people(only)],
        tabs=[rights.on_tab(part.name) for part in components if part.kind == CUSTOM_TAB],
        apps=[rights.on_app(app_name(system))],
    )


def _host_objects() -> Iterator[Entry]:
    """Rows of our own objects are created and kept current; a line taken off its document is deleted. The host
    answers requests and never makes any."""
    yield rights.on_object(REQUEST_OBJECT, edit=True)
    yield rights.on_object(LINK_OBJECT, create=True, edit=True)
    yield rights.on_object(DOCUMENT_OBJECT, create=True, edit=True)
    yield rights.on_object(LINE_OBJECT, create=True, edit=True)


def _mapped_objects(only: Declarations) -> Iterator[Entry]:
    for mapping in only.mappings:
        if _has_rights(mapping.crm_object):
            yield _mapped_object(mapping)
            yield from _needed(mapping.crm_object)


def _mapped_object(mapping: Mapping) -> Entry:
    """Editing is always needed: the birth marker is written on every linked record."""
    creates = mapping.create_in_crm and any(field.direction in _TO_CRM for field in mapping.fields)
    return rights.on_object(mapping.crm_object, create=creates, edit=True, delete=mapping.delete_in_crm)


def _read_objects(only: Declarations) -> Iterator[Entry]:
    for action in only.actions:
        if _has_rights(action.on):
            yield rights.on_object(action.on)
            yield from _needed(action.on)


def _needed(name: str) -> Iterator[Entry]:
    if name in NEEDS_READ:
        yield rights.on_object(NEEDS_READ[name])


def _has_rights(name: str) -> bool:
    return name.endswith("__c") or name in RIGHTS_ON


def _host_fields(components: Sequence[Component]) -> Iterator[Entry]:
    for part in _secured(components, HOST_OBJECTS):
        asked = owner_of(part) == REQUEST_OBJECT and name_of(part) not in (*ANSWERS, ERP_KEY)
        yield rights.on_field(part.name, edit=not asked)


def _objects_of_people(system: System) -> Iterator[Entry]:
    """A row of a link may be edited for the one field of it that people choose."""
    for name in MIRRORS:
        yield rights.on_object(name, edit=name == LINK_OBJECT and not system.one_entity)


def _host_fields_of_people(system: System, components: Sequence[Component]) -> Iterator[Entry]:
    chosen = "" if system.one_entity else f"{LINK_OBJECT}.{CHOSEN_BY_PEOPLE}"
    for part in _secured(components, HOST_OBJECTS):
        asked = owner_of(part) == REQUEST_OBJECT and name_of(part) not in (*ANSWERS, ERP_KEY)
        yield rights.on_field(part.name, edit=asked or part.name == chosen)


def _secured(components: Sequence[Component], owners: Sequence[str]) -> Iterator[Component]:
    """Custom fields with field-level security."""
    for part in components:
        ours = part.kind == CUSTOM_FIELD and owner_of(part) in owners
        if ours and part.properties["type"] != "MasterDetail" and not part.properties.get("required"):
            yield part


def _mapped_fields(only: Declarations) -> Iterator[Entry]:
    for mapping in only.mappings:
        if mapping.crm_object in HOST_OBJECTS:
            continue
        yield rights.on_field(f"{mapping.crm_object}.{ERP_KEY}", edit=True)
        for field in mapping.fields:
            name = _field_name(mapping.crm_object, field.crm)
            if name:
                yield rights.on_field(name, edit=field.direction in _TO_CRM)


def _mapped_fields_of_people(only: Declarations) -> Iterator[Entry]:
    """Only the fields we bring: rights on the org's own fields are the administrator's business."""
    for mapping in only.mappings:
        if mapping.crm_object in HOST_OBJECTS:
            continue
        yield rights.on_field(f"{mapping.crm_object}.{ERP_KEY}")
        for field in mapping.fields:
            if field.crm.endswith("__c"):
                edit = field.direction in _BY_PEOPLE
                yield rights.on_field(f"{mapping.crm_object}.{field.crm}", edit=edit)


def _read_fields(only: Declarations) -> Iterator[Entry]:
    """What handlers read of the record a button stands on."""
    for action in only.actions:
        yield from (rights.on_field(name) for name in _readable(action))


def _readable(action: Action) -> Iterator[str]:
    for path in action.reads:
        owner, _, field = path.rpartition(".")
        name = _field_name(owner or action.on, field)
        if name and (not owner or owner in RIGHTS_ON):
            yield name


def _field_name(owner: str, name: str) -> str:
    if name.endswith("__c"):
        return f"{owner}.{name}"
    return secured_field(owner, name)
