"""A mapping that changed while records were tied: they are compared anew, and a field that was not mapped is read."""

from __future__ import annotations

from dataclasses import replace

from tieline.contract import Direction, Field
from tieline.store.memory import MemoryStore
from tieline_simulation.bench import CONTACT, CUSTOMER, Bench
from tieline_simulation.systems import ToyCrm, VersionedErp
from tieline_simulation.world import World


def _bench() -> Bench:
    world = World()
    bench = Bench(world, ToyCrm(world), VersionedErp(world), MemoryStore(), ("",))
    bench.confirm()
    bench.erp.add("Customers", "c1", name="One", phone="1", fax="77")
    bench.settle()
    return bench


def test_a_field_mapped_later_reaches_records_that_do_not_change() -> None:
    bench = _bench()
    bench.mappings = (replace(CUSTOMER, fields=(*CUSTOMER.fields, Field("Fax", "fax"))), CONTACT)
    bench.settle()
    assert bench.crm.value("Account", bench.crm_key("c1"), "Fax") == "77"
    assert {link.mapping_version for link in bench.links()} == {bench.context().rules[""]["customer"].version}


def test_a_direction_turned_round_counts_for_what_was_held_before() -> None:
    bench = _bench()
    phone = next(field for field in CUSTOMER.fields if field.crm == "Phone")
    frozen = tuple(replace(one, direction=Direction.FROZEN) if one is phone else one for one in CUSTOMER.fields)
    bench.mappings = (replace(CUSTOMER, fields=frozen), CONTACT)
    bench.settle()
    bench.erp.edit("Customers", "c1", phone="2")
    bench.settle()
    assert bench.crm.value("Account", bench.crm_key("c1"), "Phone") == "1"
    bench.mappings = (CUSTOMER, CONTACT)
    bench.settle()
    assert bench.crm.value("Account", bench.crm_key("c1"), "Phone") == "2"


def test_nothing_is_compared_again_while_the_mapping_stays() -> None:
    bench = _bench()
    before = dict(bench.world.calls)
    bench.cycle()
    reads = {name: count - before.get(name, 0) for name, count in bench.world.calls.items()}
    assert reads.get("versioned.read", 0) == 0
    assert bench.audit().count("mapping") == 2


def test_a_record_synced_once_is_not_changed_in_the_back_office_any_more() -> None:
    bench = _bench()
    bench.mappings = (replace(CUSTOMER, sync_once=True), CONTACT)
    bench.crm.add("Account", "a9", Name="New")
    bench.settle()
    bench.promote("a9")
    bench.settle()
    made = bench.link("a9").erp_key
    bench.crm.edit("Account", "a9", Phone="later")
    bench.settle()
    assert bench.erp.value("Customers", made, "phone") in {None, ""}
    bench.erp.edit("Customers", made, site="from the back office")
    bench.settle()
    assert bench.crm.value("Account", "a9", "Website") == "from the back office"
    assert bench.crm.value("Account", "a9", "Phone") == "later"
