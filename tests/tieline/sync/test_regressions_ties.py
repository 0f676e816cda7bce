"""What histories in bad weather found about ties that end and begin anew: each of these went wrong once."""

from __future__ import annotations

import pytest

from tieline.contract import Side
from tieline.store.memory import MemoryStore
from tieline.sync.repair import Repair
from tieline_simulation.bench import Bench
from tieline_simulation.systems import Toy, ToyCrm, VersionedErp
from tieline_simulation.world import World


def _bench(erp: type[Toy], *entities: str) -> Bench:
    world = World()
    made = Bench(world, ToyCrm(world), erp(world), MemoryStore(), entities or ("",))
    made.confirm()
    return made


@pytest.mark.parametrize("number", range(8))
def test_a_record_that_was_untied_and_tied_again_comes_back_from_the_bin_to_its_last_tie(number: int) -> None:
    """Ids of links are in no order: which of several buried ones was met was a matter of luck."""
    bench = _bench(VersionedErp)
    erp_key = f"c{number}"
    bench.erp.add("Customers", erp_key, name="One")
    bench.settle()
    crm_key = bench.crm_key(erp_key)
    repair = Repair(bench.store, "books", bench.world.now(), "ann")
    repair.part(bench.link(crm_key))
    repair.join(repair.find("customer", Side.CRM, crm_key), repair.find("customer", Side.ERP, erp_key))
    bench.erp.remove("Customers", erp_key)
    bench.settle()
    bench.erp.restore("Customers", erp_key)
    bench.erp.edit("Customers", erp_key, name="Two")
    bench.settle()
    assert bench.crm.value("Account", crm_key, "Name") == "Two"
