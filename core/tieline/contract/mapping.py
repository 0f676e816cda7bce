"""Mappings: pairs of object types with their fields."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from enum import StrEnum

from tieline.contract.kinds import Kind, Text
from tieline.contract.values import Value


class Side(StrEnum):
    CRM = "crm"
    ERP = "erp"

    @property
    def other(self) -> Side:
        return Side.ERP if self is Side.CRM else Side.CRM


class Direction(StrEnum):
    """Where a field's value may travel. `FROZEN` is compared and reported, never written."""

    BOTH = "both"
    TO_CRM = "to_crm"
    TO_ERP = "to_erp"
    FROZEN = "frozen"


class Policy(StrEnum):
    """Who wins when both sides changed one field; the loser is always kept in the conflict log. `NEWEST` is refused
    unless the stamps of both sides come from one clock (`System.one_clock`)."""

    ERP_WINS = "erp_wins"
    CRM_WINS = "crm_wins"
    MANUAL = "manual"
    NEWEST = "newest"


class Promotion(StrEnum):
    """When a record born in the CRM goes to the ERP: when a user says so, by itself, or after its parent did."""

    MANUAL = "manual"
    AUTOMATIC = "automatic"
    WITH_PARENT = "with_parent"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Conversion:
    """A pair of pure functions where data cannot say it. Each must undo the other for every value in use."""

    to_erp: Callable[[Value], Value]
    to_crm: Callable[[Value], Value]


@dataclass(frozen=True, slots=True)
class Field:
    """One field on both sides.

    `crm` is the org's API name, `erp` the name the client uses (a client may offer dotted names for nested values).
    A `crm` name that ends in `__c` is installed by the package, with `label` and `help`.
    `locked` means an administrator may not change the direction. `required` is the ERP's rule.
    `owner` wins conflicts on this field; without one `policy` decides. Fields of one `group` merge as one value.
    `key` marks a strong key for the first match (exact after canonical form and unique on both sides).
    `local`: its value is given in one company or entity and means another record in the next (a customer number): it
    joins no record that is tied elsewhere, is not sent to another place, and the first tie alone writes it.
    `default` fills an empty required value on its way to a new ERP record. `merge` is a pure function of
    (base, crm, erp) in ERP terms that settles conflicts.
    """

    crm: str
    erp: str
    kind: Kind = field(default_factory=Text)
    direction: Direction = Direction.BOTH
    locked: bool = False
    required: bool = False
    owner: Side | None = None
    policy: Policy = Policy.ERP_WINS
    group: str = ""
    key: bool = False
    label: str = ""
    help: str = ""
    default: Value = None
    via: Conversion | None = None
    merge: Callable[[Value, Value, Value], Value] | None = None
    local: bool = False


@dataclass(frozen=True, slots=True)
class Mapping:
    """A pair of object types of one system.

    `parent` names the mapping whose record must be linked first; the `Reference` field to it carries the tie.
    `embedded_in` names the ERP object whose records carry these as children (order lines inside their order):
    they are read with it, and a child missing from its parent's full set is gone.
    `crm_constants` are written once on records we create in the CRM and select ours among records shared by several
    systems (`ERP_Document__c`); `erp_constants` likewise for the ERP.
    `delete_in_crm` and `delete_in_erp` repeat a deletion of the other side there; without them it is noticed and shown.
    `sync_once`: a record that is in the ERP is not changed there any more; edits of the CRM stay where they are.
    `system_of_record` CRM: a record that is out is *Published by CRM* instead of Promoted or In Sync.
    `review` names fields (name and postcode) that make two strangers alike when all of them agree: a person decides,
    the two are never joined nor made again by themselves.
    `panel` gives each record an `ERP_Link__c` row for people to read; order lines need none.
    `enabled`: whether it is synced while no administrator has said so; what many can do without starts switched off.
    `record_types` overrules `promotion` for records of the CRM with these record types, by `DeveloperName`.
    `identity` names fields that together tell one record from all others where no single one does: a price by its list
    and its item. Like a strong key it joins what both sides have at the first match; references agree when the records
    that they name are tied.
    `turns` names the fields that follow the source, where an administrator may say which side that is: they then go
    one way, and new records come from there alone.
    `number` is the ERP field a person knows the record by (order number); it is shown in messages.
    """

    system: str
    name: str
    label: str
    crm_object: str
    erp_object: str
    fields: tuple[Field, ...]
    parent: str = ""
    embedded_in: str = ""
    promotion: Promotion = Promotion.MANUAL
    record_types: MappingType[str, Promotion] = field(default_factory=dict)
    create_in_crm: bool = True
    create_in_erp: bool = True
    update_automatically: bool = True
    sync_once: bool = False
    delete_in_crm: bool = False
    delete_in_erp: bool = False
    system_of_record: Side | None = None
    number: str = ""
    review: tuple[str, ...] = ()
    identity: tuple[str, ...] = ()
    turns: tuple[str, ...] = ()
    panel: bool = True
    enabled: bool = True
    crm_constants: MappingType[str, Value] = field(default_factory=dict)
    erp_constants: MappingType[str, Value] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """`system.name`, the name used in settings, errors and the store."""
        return f"{self.system}.{self.name}"
