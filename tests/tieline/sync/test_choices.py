"""The accounting entity that a person chooses on the row of a record that is not promoted yet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tieline.actions.promote import request_promotion
from tieline.contract import Entity, Identity, ListRow, PermanentError, Promotion, Side
from tieline.store.memory import MemoryStore
from tieline.store.nouns import Link
from tieline.sync.context import Context
from tieline.sync.panel import NOTES
from tieline_simulation.bench import CONTACT, CUSTOMER, Bench
from tieline_simulation.systems import AsyncErp, ToyCrm, VersionedErp
from tieline_simulation.world import World

FIELD = "Accounting_Entity__c"


class OtherTongue(Bench):
    """Says everything in its own way to people who speak French, and knows the entities by labels too."""

    def context_of(self, crm: Any, erp: Any) -> Context:
        identity = Identity(erp.name, "Toy", (Entity("north", "Northern Ltd"), Entity("south", "Southern Ltd")))
        return replace(
            super().context_of(crm, erp),
            say=lambda language, words: f"fr:{words}" if words and language == "fr" else words,
            known={Side.ERP: identity},
        )


def _bench(entities: tuple[str, ...] = ("north", "south"), erp: type[Any] = AsyncErp) -> Bench:
    world = World()
    bench = OtherTongue(world, ToyCrm(world), erp(world), MemoryStore(), entities)
    bench.crm.lists["users"] = [ListRow("u-fr", "Anne", attributes={"language": "fr"})]
    bench.confirm()
    bench.crm.add("Account", "a1", Name="One")
    bench.settle()
    return bench


@pytest.fixture
def bench() -> Bench:
    return _bench()


def _row(bench: Bench, link: Link) -> dict[str, Any]:
    return bench.crm.alive("ERP_Link__c")[f"ERP_Link__c:{link.id}"]


def _choose(bench: Bench, entity: str | None, key: str = "a1", mapping: str = "customer") -> Link:
    link = bench.link(key, mapping)
    values: dict[str, Any] = {FIELD: entity, "LastModifiedById": "u-fr"}
    bench.crm.edit("ERP_Link__c", f"ERP_Link__c:{link.id}", **values)
    return link


def _promote(bench: Bench, entity: str = "") -> None:
    request_promotion(bench.context(), "customer", "a1", entity)


def _customers(bench: Bench) -> tuple[int, int]:
    return len(bench.erp.alive("Customers", "north")), len(bench.erp.alive("Customers", "south"))


def test_promote_goes_where_the_person_chose(bench: Bench) -> None:
    link = _choose(bench, "south")
    bench.settle()
    assert bench.link("a1").entity == "south"
    assert (_row(bench, link)[FIELD], _row(bench, link)["Sync_Status__c"]) == ("south", "Not Promoted")
    assert _customers(bench) == (0, 0)
    _promote(bench)
    bench.settle()
    assert _customers(bench) == (0, 1)
    assert [one.id for one in bench.links()] == [link.id]
    assert bench.audit().count("entity_chosen") == 1
    assert "an accounting entity was chosen (south)" in _row(bench, link)["History__c"].replace("fr:", "")


def test_without_a_choice_a_person_is_asked_for_one(bench: Bench) -> None:
    with pytest.raises(PermanentError, match="more than one accounting entity"):
        _promote(bench)


@pytest.mark.parametrize("typed", ["SOUTH", "Southern Ltd", " south "])
def test_an_entity_may_be_called_by_its_label(bench: Bench, typed: str) -> None:
    link = _choose(bench, typed)
    bench.settle()
    assert bench.link("a1").entity == "south"
    assert _row(bench, link)[FIELD] == "south"


def test_a_choice_may_be_changed_and_taken_back_before_promotion(bench: Bench) -> None:
    _choose(bench, "south")
    bench.settle()
    _choose(bench, "north")
    bench.settle()
    assert bench.link("a1").entity == "north"
    link = _choose(bench, None)
    bench.settle()
    assert bench.link("a1").entity == ""
    assert _row(bench, link)["Notes__c"] is None
    with pytest.raises(PermanentError, match="more than one accounting entity"):
        _promote(bench)


def test_an_unknown_entity_is_put_back_in_the_persons_language(bench: Bench) -> None:
    link = _choose(bench, "west")
    bench.settle()
    row = _row(bench, link)
    assert row[FIELD] is None
    assert row["Notes__c"] == f"fr:{NOTES['entity:unknown']} fr:Choose one of north, south."
    assert bench.audit().count("entity_refused") == 1
    _choose(bench, "south")
    bench.settle()
    assert (_row(bench, link)[FIELD], _row(bench, link)["Notes__c"]) == ("south", None)


def test_an_unknown_entity_is_not_the_top_level() -> None:
    bench = _bench(("north", ""))
    link = _choose(bench, "west")
    bench.settle()
    assert bench.link("a1").entity == ""
    assert _row(bench, link)["Notes__c"].startswith(f"fr:{NOTES['entity:unknown']}")


def test_a_record_that_is_out_stays_where_it_is(bench: Bench) -> None:
    _promote(bench, "north")
    bench.settle()
    link = _choose(bench, "south")
    bench.settle()
    row = _row(bench, link)
    assert (row[FIELD], row["Notes__c"]) == ("north", f"fr:{NOTES['entity:out']}")
    assert _customers(bench) == (1, 0)
    assert bench.cycle().total_writes == 0


def test_a_record_on_its_way_out_stays_where_it_goes(bench: Bench) -> None:
    _promote(bench, "north")
    bench.cycle()
    assert bench.link("a1").awaiting
    _choose(bench, "south")
    bench.settle()
    assert (_customers(bench), bench.link("a1").entity) == ((1, 0), "north")


def test_a_contact_goes_where_its_account_goes(bench: Bench) -> None:
    bench.crm.add("Contact", "k1", LastName="Early", AccountId="a1")
    bench.settle()
    link = _choose(bench, "south", "k1", "contact")
    bench.settle()
    assert (_row(bench, link)[FIELD], _row(bench, link)["Notes__c"]) == (None, f"fr:{NOTES['entity:below']}")


def test_a_press_that_names_another_entity_chooses_anew(bench: Bench) -> None:
    link = _choose(bench, "south")
    bench.settle()
    _promote(bench, "north")
    bench.settle()
    assert _customers(bench) == (1, 0)
    assert [(one.id, one.entity) for one in bench.links()] == [(link.id, "north")]
    assert _row(bench, link)[FIELD] == "north"


def test_a_record_is_matched_where_it_was_sent(bench: Bench) -> None:
    """In both entities somebody stands with its key: the choice says which of them it is."""
    bench.mappings = (replace(CUSTOMER, review=("Name",)), CONTACT)
    bench.erp.add("Customers", "n1", "north", name="One", code="7")
    bench.erp.add("Customers", "s1", "south", name="One", code="7")
    bench.crm.edit("Account", "a1", Code__c="other")
    bench.settle()
    assert bench.link("a1").problem is not None
    _choose(bench, "south")
    bench.settle()
    assert bench.link("a1").entity == "south"
    assert set(bench.link("a1").extra["candidates"]) == {"south"}


def test_an_entity_in_which_the_record_has_a_row_already_is_refused(bench: Bench) -> None:
    _promote(bench, "north")
    bench.settle()
    link = bench.link("a1")
    with bench.store.transaction() as tx:
        tx.save_links([Link("half", "books", "", "customer", crm_key="a1", crm=link.crm)])
    bench.settle()
    bench.crm.edit("ERP_Link__c", "ERP_Link__c:half", **{FIELD: "north"})
    bench.settle()
    assert bench.crm.alive("ERP_Link__c")["ERP_Link__c:half"]["Notes__c"] == NOTES["entity:taken"]


def test_rows_of_another_back_office_are_not_touched(bench: Bench) -> None:
    row = {"ERP_Key__c": bench.link("a1").id, "Back_Office__c": "other", FIELD: "south"}
    bench.crm.add("ERP_Link__c", "theirs", **row)
    bench.settle()
    assert bench.link("a1").entity == ""


def test_idle_it_costs_one_query_and_none_with_one_entity() -> None:
    costs = []
    for entities in (("north", "south"), ("north",)):
        bench = _bench(entities)
        bench.world.tick(3600)
        bench.cycle()
        before = bench.world.calls["crm.pages"]
        bench.cycle()
        costs.append(bench.world.calls["crm.pages"] - before)
    assert costs[0] - costs[1] == 1


def test_a_choice_made_while_another_part_of_the_row_is_written_is_not_lost(bench: Bench) -> None:
    """What else there is to say of the record is written in the same moment: the entity is left as it stands there."""
    link = bench.link("a1")
    with bench.store.transaction() as tx:
        tx.save_links([replace(link, panel="")])
    upsert = bench.crm.upsert

    def late(obj: str, key_field: str, rows: Any) -> Any:
        if obj == "ERP_Link__c":
            _choose(bench, "south")
            bench.crm.upsert = upsert  # type: ignore[method-assign]
        return upsert(obj, key_field, rows)

    bench.crm.upsert = late  # type: ignore[method-assign]
    bench.cycle()
    bench.settle()
    assert bench.link("a1").entity == "south"
    assert _row(bench, link)[FIELD] == "south"
    assert bench.crm.upsert == upsert


def test_an_automatic_promotion_waits_for_nobody() -> None:
    bench = _bench(erp=VersionedErp)
    bench.mappings = (replace(CUSTOMER, promotion=Promotion.AUTOMATIC), CONTACT)
    bench.settle()
    assert _customers(bench) == (1, 0)


def test_a_clock_that_goes_back_hides_no_choice(bench: Bench) -> None:
    bench.world.tick(7200)
    bench.settle()
    bench.crm.skew -= bench.options.overlap * 3
    _choose(bench, "south")
    bench.cycle()
    assert bench.link("a1").entity == "south"
