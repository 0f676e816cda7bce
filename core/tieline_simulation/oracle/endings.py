"""I1, I3 and the end of I5: how things stand when it is calm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tieline.contract import DeleteSource, Direction, Field, Mapping, Reference, Side
from tieline.contract.kinds import Option
from tieline.contract.naming import list_key
from tieline.store.nouns import Link
from tieline.sync.absorb import FORMER
from tieline.sync.repair import HELD
from tieline_simulation.declared import TERMS_OBJECT
from tieline_simulation.oracle.truth import Place, Truth
from tieline_simulation.violation import Violation, require

TWINLESS = {"Account", "Contact"}


@dataclass
class Endings:
    """`promoted`: (CRM record, entity) that a user asked for and was told yes; `tied`: every key a link ever had;
    `partners`: by (entity, ERP key) the CRM records it ever was tied to."""

    truth: Truth
    promoted: set[tuple[str, str]]
    tied: set[str]
    partners: dict[tuple[str, str], set[str]]

    def verdict(self) -> None:
        self.no_twins()
        self._one_document_a_press()
        links = self.truth.links()
        self._one_link_a_record(links)
        self._all_there(links)
        self._followed(links)
        for link in links:
            self._equal(link, links)
        self._list_rows()

    # I3 --------------------------------------------------------------------------------------------------------

    def no_twins(self) -> None:
        for system in ("crm", self.truth.bench.erp.name):
            born: dict[tuple[str, str], list[Place]] = {}
            for place, origin in self.truth.born.items():
                erased = place in self.truth.erased  # its partner was deleted; restored, it is given a new one
                if place[0] == system and not (erased or self.vanished(place)):
                    born.setdefault((place[2], origin), []).append(place)
            twice = {origin: places for origin, places in born.items() if len(places) > 1}
            require(not twice, "I3", "made twice: {}", twice)
        for (system, _, obj, key), origin in self.truth.born.items():
            if system == "crm" and obj in TWINLESS:
                _, entity, erp_obj, erp_key = origin.split("/", 3)
                back = (self.truth.bench.erp.name, entity, erp_obj, erp_key) in self.truth.born
                back = back and not self._lost_its_partner(entity, obj, erp_key)
                require(not back, "I3", "{} {} was made from {}, which the engine itself had made", obj, key, erp_key)

    def _lost_its_partner(self, entity: str, obj: str, erp_key: str) -> bool:
        """The engine deleted the record it had come from, because it was deleted itself; restored, it is given a new
        partner."""
        former = self.partners.get((entity, erp_key), set())
        return any(("crm", "", obj, key) in self.truth.erased for key in former)

    def _one_document_a_press(self) -> None:
        rows = self.truth.bench.erp.rows
        orders = [place for place in self.truth.born if place[2] == "Orders" and not self.vanished(place)]
        numbers = Counter(str(rows[place[1:]].values.get("number")) for place in orders if place[1:] in rows)
        twice = [number for number, count in numbers.items() if count > 1]
        require(not twice, "I3", "one press, more than one document: {}", twice)

    def vanished(self, place: Place) -> bool:
        """Deleted by a user before the engine learned that it was born: to the engine it never was."""
        return place in self.truth.deleted and place[3] not in self.tied

    def _one_link_a_record(self, links: Sequence[Link]) -> None:
        for side in Side:
            keys = Counter((link.entity, link.mapping, link.key(side)) for link in links if link.key(side))
            twice = [one for one, count in keys.items() if count > 1]
            require(not twice, "I3", "more than one link for {}", twice)

    # everything has its partner --------------------------------------------------------------------------------

    def _all_there(self, links: Sequence[Link]) -> None:
        """Every record of the ERP has a partner, and every promoted one of the CRM, unless a reason stands there."""
        bench = self.truth.bench
        for mapping in bench.mappings:
            for entity in bench.entities:
                for key in bench.erp.alive(mapping.erp_object, entity):
                    self._has_partner(mapping, entity, key)
        for crm_key, entity in sorted(self.promoted):
            if crm_key in bench.crm.alive("Account"):
                self._went_out(crm_key, entity, links)

    def _went_out(self, crm_key: str, entity: str, links: Sequence[Link]) -> None:
        mine = [one for one in links if one.crm_key == crm_key and one.entity == entity]
        if not mine and (self._erp_partner_gone(crm_key, entity) or self._parted(crm_key, entity)):
            return
        require(mine, "I1", "{} was promoted to {!r} and has no link there", crm_key, entity)
        there = mine[0].erp_key or mine[0].problem or mine[0].extra.get(HELD)
        require(there or self._was_out(crm_key, entity), "I1", "{} was promoted to {!r}: {}", crm_key, entity, mine[0])

    def _parted(self, crm_key: str, entity: str) -> bool:
        """A person untied it there, and perhaps tied it elsewhere: its promotion is over."""
        buried = self.truth.links(buried=True)
        return any((one.crm_key, one.entity, one.tombstone) == (crm_key, entity, "unlinked") for one in buried)

    def _was_out(self, crm_key: str, entity: str) -> bool:
        """It had a record there, which was deleted; another link came to it by a merge, that nobody promoted."""
        ends = [one for one in self.truth.links(buried=True) if (one.crm_key, one.entity) == (crm_key, entity)]
        return any(one.tombstone and one.erp_key and one.erp and one.erp.deleted for one in ends)

    def _erp_partner_gone(self, crm_key: str, entity: str) -> bool:
        link = self.truth.link_at(entity, "customer", crm_key, Side.CRM)
        return link is not None and link.erp is not None and link.erp.deleted

    def _followed(self, links: Sequence[Link]) -> None:
        """Contacts go where their account went, at least to one entity of several."""
        alive = self.truth.bench.crm.alive("Account")
        gone = {link.crm_key for link in links if link.mapping == "customer" and link.erp_key}
        for key, values in self.truth.bench.crm.alive("Contact").items():
            require(values.get("AccountId"), "I1", "contact {} was made without its account", key)
            if values["AccountId"] in alive and values["AccountId"] in gone:
                mine = [one for one in links if one.mapping == "contact" and one.crm_key == key]
                there = any(one.erp_key or one.problem or one.extra.get(HELD) for one in mine)
                require(there or self._contact_was_out(key), "I1", "contact {} did not follow: {}", key, mine)

    def _contact_was_out(self, key: str) -> bool:
        """Its partner may have another contact by now: it was deleted, its partner came back and was made anew."""
        formers = (one.extra.get(FORMER, ()) for one in self.truth.links() if one.mapping == "contact")
        there = any(self.truth.link_at(e, "contact", key, Side.CRM) for e in self.truth.bench.entities)
        return there or any(key in one for one in formers)

    def _has_partner(self, mapping: Mapping, entity: str, key: str) -> None:
        link = self.truth.link_at(entity, mapping.name, key)
        if link is None:
            raise Violation("I1", f"{mapping.name} {key} of {entity!r} was never seen")
        if link.tombstone:
            ends = [one for one in self.truth.links(buried=True) if _place_of(one) == (entity, mapping.name, key)]
            require(any(self._rightly_buried(mapping, one) for one in ends), "I1", "{} was buried: {}", key, link)
            return
        waits = link.problem or link.extra.get("waiting") or link.extra.get(HELD)
        there = link.crm_key in self.truth.bench.crm.alive(mapping.crm_object)
        require(there or waits, "I1", "no partner for {}", link)
        if link.extra.get("waiting") and not (link.crm_key or link.problem):
            require(self._parent_hangs(mapping, entity, key), "I9", "waits for nothing: {}", link)

    def _rightly_buried(self, mapping: Mapping, link: Link) -> bool:
        """An unlinked one tells nothing: its halves are links of their own, and end on their own."""
        if link.tombstone == "unlinked":
            return False
        gone = link.crm is not None and link.crm.deleted
        deleted = ("crm", "", mapping.crm_object, link.crm_key) in self.truth.deleted
        return gone or deleted or link.tombstone.startswith("merged")

    def _parent_hangs(self, mapping: Mapping, entity: str, key: str) -> bool:
        """Whether the record's parent is itself without a partner."""
        field = next(f for f in mapping.fields if isinstance(f.kind, Reference) and f.kind.mapping == mapping.parent)
        parent = str(self.truth.bench.erp.alive(mapping.erp_object, entity)[key][field.erp])
        link = self.truth.link_at(entity, mapping.parent, parent)
        return link is None or bool(link.tombstone) or not link.crm_key

    # equal fields ----------------------------------------------------------------------------------------------

    def _equal(self, link: Link, links: Sequence[Link]) -> None:
        bench = self.truth.bench
        mapping = next((m for m in bench.mappings if m.name == link.mapping), None)
        if mapping is None or not (link.crm_key and link.erp_key) or link.delete_refused:
            return
        crm = bench.crm.alive(mapping.crm_object).get(link.crm_key)
        erp = bench.erp.alive(mapping.erp_object, link.entity).get(link.erp_key)
        if erp is None and bench.erp.shape_of.deletes is DeleteSource.NONE:
            return  # nobody has told, and nothing asks
        if crm is None or erp is None:
            raise Violation("I1", f"one of the two is gone: {link}")
        cause = self._cause(link, crm, erp)
        require(not link.problem or cause, "I1", "a problem without a cause: {}", link)
        for field in mapping.fields:
            if not cause and not self._may_differ(link, field, crm.get(field.crm), links):
                mine, theirs = self._pair(link, field, crm, erp)
                require(mine == theirs, "I1", "{} differs, {!r} and {!r}: {}", field.crm, mine, theirs, link)

    def _cause(self, link: Link, crm: dict[str, Any], erp: dict[str, Any]) -> bool:
        """Whether there is reason for a problem: a poisoned value, or two customers merged into one."""
        bench = self.truth.bench
        refused = {*bench.crm.faults.refuse, *bench.erp.faults.refuse}
        poisoned = any(str(value).lower() in refused for value in (*crm.values(), *erp.values()))
        terms = bench.crm.rows.get(("", TERMS_OBJECT, str(crm.get("Terms__c"))))
        withdrawn = terms is not None and not terms.values["Active__c"]
        duplicate = link.problem is not None and link.problem.code == "duplicate"
        return (
            poisoned
            or withdrawn
            or (duplicate and any(row.merged_into == link.crm_key for row in bench.crm.rows.values()))
        )

    def _may_differ(self, link: Link, field: Field, crm: Any, links: Sequence[Link]) -> bool:
        if field.direction is Direction.FROZEN or field.crm in link.blocked:
            return True
        if (field.direction is Direction.TO_CRM or isinstance(field.kind, Option)) and self._led(link, links):
            return True
        if isinstance(field.kind, Option | Reference) and field.crm in str(link.extra.get("waiting", "")):
            return True
        return field.direction is Direction.TO_ERP and not crm

    def _pair(self, link: Link, field: Field, crm: dict[str, Any], erp: dict[str, Any]) -> tuple[str, str]:
        mine, theirs = crm.get(field.crm), erp.get(field.erp)
        if isinstance(field.kind, Option):
            shown = f"{TERMS_OBJECT}:{list_key('books', link.entity, str(theirs))}" if theirs else ""
            return str(mine or ""), shown
        if isinstance(field.kind, Reference):
            return str(mine or ""), self._referred(link, field.kind.mapping, str(theirs or ""), str(mine or ""))
        return self.truth.form(mine), self.truth.form(theirs)

    def _referred(self, link: Link, mapping: str, key: str, mine: str) -> str:
        """The CRM's id of the record an ERP record refers to; whatever stands there when that one has no partner."""
        other = self.truth.link_at(link.entity, mapping, key) if key else None
        back = self.truth.link_at(link.entity, mapping, mine, Side.CRM) if mine else None
        tied = other is not None and other.crm_key and other.erp_key and not other.tombstone
        known = back is not None and back.erp_key and not back.tombstone
        return other.crm_key if other is not None and tied and known else mine

    def _led(self, link: Link, links: Sequence[Link]) -> bool:
        """Tied in an earlier entity too: that tie owns the one-way fields and rows of lists."""
        entities = self.truth.bench.entities
        earlier = entities[: entities.index(link.entity)]
        return any(one.entity in earlier and one.crm_key == link.crm_key and one.erp_key for one in links)

    # lists -----------------------------------------------------------------------------------------------------

    def _list_rows(self) -> None:
        """The copy in the CRM says what the back office says; rows that were withdrawn stay, and are not active."""
        bench = self.truth.bench
        if not bench.lists:
            return
        rows = bench.crm.alive(TERMS_OBJECT)
        for entity in bench.entities:
            for row in bench.erp.lists["terms"]:
                shown = rows.pop(f"{TERMS_OBJECT}:{list_key('books', entity, row.key)}", None)
                if shown is None:
                    raise Violation("I1", f"list row {row.key} is not in the CRM")
                same = (shown["Name"], shown["Active__c"], shown["ERP_Id__c"]) == (row.label, True, row.key)
                require(same, "I1", "list row {} differs: {}", row, shown)
        for key, shown in rows.items() if bench.erp.lists["terms"] else ():  # an empty list is not believed
            require(not shown["Active__c"], "I1", "{} was withdrawn and is active", key)


def _place_of(link: Link) -> tuple[str, str, str]:
    return link.entity, link.mapping, link.erp_key
