"""A mapping made ready for the engine: canonical records, what to read, units that merge as one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from tieline.contract import Field, Mapping, Promotion, Reference, Shape, Side, Values
from tieline.store.nouns import Canonical, Fields
from tieline.sync.canonical import as_read, canon, restore

RECORD_TYPE = "RecordType.DeveloperName"
"""Read with a record of the CRM when promotion depends on it: kept beside its fields, never written anywhere."""


def name_on(field: Field, side: Side) -> str:
    return field.crm if side is Side.CRM else field.erp


@dataclass(frozen=True)
class Rules:
    """`constants` are the mapping's CRM constants with back office and entity filled in; they select our records in
    an object that several mappings share. `embedded` are the rules of mappings carried inside this one's records."""

    mapping: Mapping
    constants: MappingType[str, str]
    embedded: tuple[Rules, ...] = ()

    @property
    def name(self) -> str:
        return self.mapping.name

    @cached_property
    def units(self) -> tuple[tuple[Field, ...], ...]:
        """Fields in declared order; fields of one group stand together at the group's first field."""
        groups: dict[str, list[Field]] = {}
        for field in self.mapping.fields:
            groups.setdefault(field.group or f"={field.crm}", []).append(field)
        return tuple(tuple(group) for group in groups.values())

    def whole(self, seen: Fields) -> frozenset[str]:
        """Fields that were seen together with all of their group: half of an address is no address."""
        return frozenset(f.crm for unit in self.units if all(one.crm in seen for one in unit) for f in unit)

    @cached_property
    def by_name(self) -> dict[str, Field]:
        return {field.crm: field for field in self.mapping.fields}

    @cached_property
    def references(self) -> tuple[tuple[str, str], ...]:
        """(field, mapping it refers to)."""
        return tuple((f.crm, f.kind.mapping) for f in self.mapping.fields if isinstance(f.kind, Reference))

    @cached_property
    def parent_field(self) -> Field | None:
        """The reference to the mapping's parent."""
        return next((f for f in self.mapping.fields if _refers_to(f, self.mapping.parent)), None)

    @cached_property
    def version(self) -> str:
        """Moves when anything moves that decides what is written; kept on every link that was compared by it."""
        told = [
            (
                f.crm,
                f.erp,
                repr(f.kind),
                f.direction,
                f.policy,
                f.owner,
                f.group,
                f.required,
                repr(f.default),
                bool(f.via),
            )
            for f in self.mapping.fields
        ]
        one = self.mapping
        rest: tuple[object, ...] = (
            one.promotion,
            one.sync_once,
            one.create_in_crm,
            one.create_in_erp,
            one.update_automatically,
        )
        rest += (sorted(one.record_types.items()),) if one.record_types else ()
        return hashlib.sha256(repr((told, rest)).encode()).hexdigest()[:12]

    def object_on(self, side: Side) -> str:
        return self.mapping.crm_object if side is Side.CRM else self.mapping.erp_object

    def shape(self, side: Side) -> Shape:
        fields = tuple(dict.fromkeys(name_on(field, side) for field in self.mapping.fields))
        if side is Side.CRM and self.mapping.record_types:
            fields += (RECORD_TYPE,)
        embedded = tuple(child.shape(side) for child in self.embedded) if side is Side.ERP else ()
        where = dict(self.constants) if side is Side.CRM else {}
        return Shape(self.object_on(side), fields, embedded, where)

    def canonical(self, side: Side, fields: Values) -> dict[str, Canonical]:
        """Only fields the other side showed; the rest stays unobserved."""
        found = {
            field.crm: canon(field, side, fields[name_on(field, side)])
            for field in self.mapping.fields
            if name_on(field, side) in fields
        }
        if side is Side.CRM and self.mapping.record_types and RECORD_TYPE in fields:
            found[RECORD_TYPE] = str(fields[RECORD_TYPE] or "") or None
        return found

    def promotion(self, crm: Fields) -> Promotion:
        """When this record of the CRM goes to the ERP. One without a record type, and every record of an org that has
        none, goes as the mapping says."""
        return self.mapping.record_types.get(str(crm.get(RECORD_TYPE) or ""), self.mapping.promotion)

    def restored(self, side: Side, fields: Fields) -> Values:
        """Canonical values to be written, under the client's names, in the client's types."""
        return {name_on(self.by_name[name], side): restore(self.by_name[name], side, v) for name, v in fields.items()}

    def as_read(self, side: Side, fields: Fields) -> Values:
        """Canonical values as they were read, to compare with; whether they would fit is not asked."""
        return {name_on(self.by_name[name], side): as_read(self.by_name[name], side, v) for name, v in fields.items()}


def _refers_to(field: Field, mapping: str) -> bool:
    return isinstance(field.kind, Reference) and field.kind.mapping == mapping


def compile_rules(mappings: Sequence[Mapping], back_office: str, entity: str) -> dict[str, Rules]:
    """Rules by mapping name, parents before children. `{back_office}` and `{entity}` in constants are filled in."""
    made: dict[str, Rules] = {}
    for mapping in reversed(ordered(mappings)):  # children first: a parent's rules hold its embedded ones
        constants = {
            name: str(value).replace("{back_office}", back_office).replace("{entity}", entity)
            for name, value in mapping.crm_constants.items()
        }
        inside = tuple(made[m.name] for m in mappings if m.embedded_in == mapping.erp_object and m.name in made)
        made[mapping.name] = Rules(mapping, constants, inside)
    return {mapping.name: made[mapping.name] for mapping in ordered(mappings)}


def ordered(mappings: Sequence[Mapping]) -> list[Mapping]:
    """Parents and referenced mappings first, else as declared; a circle of references falls back to that order."""
    by_name = {mapping.name: mapping for mapping in mappings}
    done: dict[str, Mapping] = {}

    def visit(mapping: Mapping, path: frozenset[str]) -> None:
        if mapping.name in done or mapping.name in path:
            return
        for name in _needs(mapping):
            if name in by_name:
                visit(by_name[name], path | {mapping.name})
        done[mapping.name] = mapping

    for mapping in mappings:
        visit(mapping, frozenset())
    return list(done.values())


def _needs(mapping: Mapping) -> list[str]:
    referred = [field.kind.mapping for field in mapping.fields if isinstance(field.kind, Reference)]
    return [mapping.parent, *referred] if mapping.parent else referred
