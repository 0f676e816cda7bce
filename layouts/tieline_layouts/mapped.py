"""Fields on mapped objects: our birth marker, and the fields a mapping brings with it."""

from __future__ import annotations

from collections.abc import Iterator, Set

from tieline.contract import Component, Declarations, Field, Mapping, PermanentError
from tieline.contract.naming import ERP_KEY
from tieline.package import fields as make
from tieline_layouts.kinds import Wanted, of_kind

_KEY_HELP = "Ties this record to the back office. Filled by Tieline; do not change it."


def mapped_fields(declarations: Declarations, taken: Set[str]) -> Iterator[Component]:
    """Fields to add, without those in `taken` (the host's own). Raises PermanentError when two mappings declare one
    field differently."""
    for owner in sorted({mapping.crm_object for mapping in declarations.mappings}):
        if f"{owner}.{ERP_KEY}" not in taken:
            yield make.external_id(owner, ERP_KEY, "ERP key", _KEY_HELP)
    seen: dict[str, tuple[str, Component]] = {}
    for mapping in declarations.mappings:
        for field in installed(mapping):
            component = _field(mapping, field, declarations)
            if component.name in taken:
                continue
            first, known = seen.setdefault(component.name, (mapping.id, component))
            if known != component:
                raise _declared_twice(component.name, first, mapping.id)
    yield from (component for _, component in seen.values())


def installed(mapping: Mapping) -> Iterator[Field]:
    """The fields of a mapping that do not come with the org."""
    return (field for field in mapping.fields if field.crm.endswith("__c") and field.crm != ERP_KEY)


def _field(mapping: Mapping, field: Field, declarations: Declarations) -> Component:
    label = field.label or field.crm.removesuffix("__c").replace("_", " ")
    where = f"{mapping.id}.{field.crm}"
    wanted = Wanted(mapping.crm_object, field.crm, label, field.help, where, mapping.system)
    return of_kind(wanted, field.kind, declarations)


def _declared_twice(name: str, first: str, second: str) -> PermanentError:
    return PermanentError(
        f"{first} and {second} declare the field {name} in two ways",
        where="package",
        mend="Give both the same kind, label and help, or rename one of the fields.",
        code="two_declarations",
    )
