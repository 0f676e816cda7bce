"""I5 and I10: what the engine may write where, and what may cross from one accounting entity to another."""

from __future__ import annotations

from collections.abc import Sequence

from tieline.contract import Direction, Mapping, Operation, Promotion, Side, Write
from tieline.store.nouns import Link
from tieline_simulation.oracle.truth import Truth
from tieline_simulation.systems import Toy
from tieline_simulation.violation import Violation, require
from tieline_simulation.world import Change


class Rights:
    """`allowed`: a user asked for it, perhaps in vain. `promoted`: he was told yes."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self.allowed: set[tuple[str, str]] = set()
        self.promoted: set[tuple[str, str]] = set()
        self.ties: dict[str, set[tuple[str, str]]] = {}  # CRM record -> (entity, ERP key) it ever was tied to
        self.partners: dict[tuple[str, str], set[str]] = {}  # and back
        self.carried: dict[str, set[str]] = {}  # link -> CRM records it ever stood for: a merge moves it on

    def saved(self, link: Link) -> None:
        self.carried.setdefault(link.id, set()).add(link.crm_key)
        if link.crm_key and link.erp_key:
            self.ties.setdefault(link.crm_key, set()).add((link.entity, link.erp_key))
            self.partners.setdefault((link.entity, link.erp_key), set()).add(link.crm_key)

    def about_to_write(self, toy: Toy, entity: str, obj: str, batch: Sequence[Write]) -> None:
        """Nothing leaves for the ERP that was not promoted, or that is none of ours."""
        if toy is not self.truth.bench.erp:
            return
        require(self.truth.mapping_of(obj) is not None, "I5", "{} is nobody's to write", obj)
        for write in batch:
            if obj == "Customers":
                self._customer(entity, write)

    def _customer(self, entity: str, write: Write) -> None:
        if write.operation is Operation.CREATE:
            with self.truth.bench.store.reading() as tx:
                link = tx.link(write.marker)
            if link is None:
                raise Violation("I5", f"a create for no link: {write}")
            promoted = (link.crm_key, entity) in self.allowed
            require(promoted, "I5", "{} was not promoted to {!r}", link.crm_key, entity)
        elif write.operation is Operation.UPDATE and not self._by_itself:
            crm_keys = self.partners.get((entity, write.key), set())
            asked = any((key, entity) in self.allowed for key in crm_keys)
            require(asked, "I5", "changes of {} went out, and nobody promoted them", write.key)

    @property
    def _by_itself(self) -> bool:
        return all(m.update_automatically for m in self.truth.bench.mappings)

    def wrote(self, change: Change, mapping: Mapping, name: str, new: str) -> None:
        """The engine has changed a field."""
        side = Side.CRM if change.system == "crm" else Side.ERP
        field = next(one for one in mapping.fields if one.crm == name)
        foreign = {Direction.FROZEN, Direction.TO_CRM if side is Side.ERP else Direction.TO_ERP}
        document = change.action == "create" and mapping.promotion is Promotion.NEVER  # a button made it
        mine = field.direction not in foreign or (document and side is Side.ERP)
        require(mine, "I5", "{} is not the engine's to write: {}", name, change)
        if side is Side.ERP:
            self._crossed(change, new)

    def _crossed(self, change: Change, new: str) -> None:
        """A value typed in one entity reaches another only by way of a CRM record that is, or was, in both."""
        home, _, key = self.truth.typed_in.get(new, (change.entity, "", ""))
        if not (new and key) or home == change.entity:
            return
        here = self.partners.get((change.entity, change.key), set()) | self.carried.get(change.origin, set())
        both = (here & self.partners.get((home, key), set())) - {""}
        require(both, "I10", "{!r} of {!r} was written to {!r}: {}", new, home, change.entity, change)

    def deleted(self, change: Change) -> None:
        """The engine has deleted a record: the mapping must ask for that, and its partner must be gone."""
        mapping = self.truth.mapping_of(change.obj)
        side = Side.CRM if change.system == "crm" else Side.ERP
        asked = mapping is not None and (mapping.delete_in_crm if side is Side.CRM else _delete_in_erp(mapping))
        require(asked, "I5", "the engine deleted {}", change)
        assert mapping is not None
        require(self._partner_gone(change, mapping, side), "I5", "deleted though its partner is there: {}", change)

    def _partner_gone(self, change: Change, mapping: Mapping, side: Side) -> bool:
        truth = self.truth
        if side is Side.ERP:
            keys = self.partners.get((change.entity, change.key), set())
            return any(("crm", "", mapping.crm_object, key) in truth.deleted for key in keys)
        name = truth.bench.erp.name
        ties = self.ties.get(change.key, set())
        return any((name, entity, mapping.erp_object, key) in truth.deleted for entity, key in ties)


def _delete_in_erp(mapping: Mapping) -> bool:
    return bool(getattr(mapping, "delete_in_erp", False))
