"""From the kind of a value to the field that holds it in the org."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tieline.contract import (
    Choice,
    Component,
    Day,
    Declarations,
    Flag,
    Instant,
    Kind,
    Number,
    Option,
    PermanentError,
    Person,
    Reference,
    Text,
)
from tieline.contract.naming import list_object
from tieline.package import fields as make


@dataclass(frozen=True, slots=True)
class Wanted:
    """A field to make: where, its name, label and help, and where it was declared (for errors)."""

    owner: str
    name: str
    label: str
    hint: str
    declared: str
    system: str


def of_kind(wanted: Wanted, kind: Kind, declarations: Declarations, children: str = "") -> Component:
    """The field for a kind. `children` names the way back of look-ups. Raises PermanentError for an unknown list or
    mapping."""
    place = (wanted.owner, wanted.name, wanted.label)
    match kind:
        case Text():
            return make.formatted(*place, kind, wanted.hint)
        case Number():
            return make.number(*place, kind.scale, kind.precision, wanted.hint)
        case Choice():
            return make.picklist(*place, kind.values, hint=wanted.hint)
        case Option() | Reference() | Person():
            back = children or make.children_name(wanted.owner, wanted.name)
            return make.lookup(*place, target_of(wanted, kind, declarations), back, wanted.hint)
        case _:
            return _PLAIN[type(kind)](wanted)


def target_of(wanted: Wanted, kind: Option | Reference | Person, declarations: Declarations) -> str:
    """The object a look-up of this kind points to."""
    if isinstance(kind, Person):
        return "User"
    name = kind.list if isinstance(kind, Option) else kind.mapping
    try:
        if isinstance(kind, Option):
            managed = declarations.managed_list(wanted.system, kind.list)
            return list_object(declarations.system(wanted.system), managed)
        return declarations.mapping(wanted.system, kind.mapping).crm_object
    except KeyError:
        raise PermanentError(
            f"{wanted.declared} refers to {name}, which {wanted.system} does not declare",
            where="package",
            mend=f"Declare {name} or correct the name.",
            code="unknown_reference",
        ) from None


def _typed(kind: str) -> Callable[[Wanted], Component]:
    return lambda wanted: make.field(wanted.owner, wanted.name, wanted.label, kind, wanted.hint)


_PLAIN: dict[type[Kind], Callable[[Wanted], Component]] = {
    Flag: lambda wanted: make.checkbox(wanted.owner, wanted.name, wanted.label, wanted.hint),
    Day: _typed("Date"),
    Instant: _typed("DateTime"),
}
