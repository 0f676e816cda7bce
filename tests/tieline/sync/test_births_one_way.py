"""A record made in the CRM has no other source than the ERP, also for what only the CRM may change later."""

from __future__ import annotations

from dataclasses import replace

from tieline.contract import Direction, Field, Text
from tieline.store.memory import MemoryStore
from tieline_simulation.bench import CONTACT, CUSTOMER, Bench
from tieline_simulation.systems import ToyCrm, VersionedErp
from tieline_simulation.world import World


def test_what_the_crm_owns_is_taken_at_birth_where_it_must_be_filled() -> None:
    world = World()
    bench = Bench(world, ToyCrm(world), VersionedErp(world), MemoryStore(), ("",))
    owned = Field("Name", "name", Text(80), Direction.TO_ERP, required=True)
    fields = tuple(owned if one.crm == "Name" else one for one in CUSTOMER.fields)
    bench.mappings = (replace(CUSTOMER, fields=fields), CONTACT)
    bench.confirm()
    bench.erp.add("Customers", "c1", name="Acme", manager="Ann")
    bench.settle()
    (account,) = bench.crm.alive("Account").values()
    assert (account["Name"], account.get("Manager__c")) == ("Acme", None)
    bench.erp.edit("Customers", "c1", name="Renamed there")
    bench.settle()
    assert bench.erp.alive("Customers")["c1"]["name"] == "Acme"
    assert bench.audit().count("conflict") == 1
