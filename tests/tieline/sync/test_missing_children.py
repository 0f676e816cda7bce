"""Children that their parents do not carry any more: many at once wait for a person, and the person's word is heard."""

from __future__ import annotations

import pytest

from tieline.store.memory import MemoryStore
from tieline.sync.context import Options
from tieline.sync.missing import approve, suspicions
from tieline.sync.parts import rounds_scope
from tieline_simulation.bench import CONTACT, CUSTOMER, Bench
from tieline_simulation.declared import LINE, ORDER
from tieline_simulation.systems import Toy, ToyCrm, VersionedErp, WholeErp
from tieline_simulation.world import World

LINES = 14
DAY = 26 * 3600


def _bench(erp: type[Toy] = WholeErp, orders: int = 1, each: int = LINES) -> Bench:
    world = World()
    mappings = (CUSTOMER, CONTACT, ORDER, LINE)
    bench = Bench(world, ToyCrm(world), erp(world), MemoryStore(), ("",), mappings=mappings)
    bench.confirm()
    bench.erp.inside["Lines"] = "order"
    bench.erp.add("Customers", "c1", name="C1")
    for order in range(orders):
        bench.erp.add("Orders", f"o{order}", number=f"N{order}", customer="c1")
        for line in range(each):
            bench.erp.add("Lines", f"l{order}-{line:02}", order=f"o{order}", quantity=str(line))
    bench.settle()
    return bench


def _strip(bench: Bench, count: int = 12) -> None:
    """A person takes most lines off the first order."""
    for line in range(count):
        bench.erp.remove("Lines", f"l0-{line:02}")
    bench.erp.edit("Orders", "o0", number="N0b")


def _lines(bench: Bench) -> int:
    return len(bench.crm.alive("ERP_Document_Line__c"))


def _suspected(bench: Bench) -> dict[str, int]:
    with bench.store.reading() as tx:
        return {part.name: told["missing"] for part, told in suspicions(tx, "books").items()}


@pytest.mark.parametrize("erp", [WholeErp, VersionedErp])
def test_many_lines_that_are_gone_wait_for_a_person_whose_word_is_taken(erp: type[Toy]) -> None:
    bench = _bench(erp)
    _strip(bench)
    assert "12 of 14 line records in the ERP" in bench.cycle().problems[-1]
    for _ in range(3):
        bench.world.tick(DAY)
        assert bench.cycle().problems  # read whole again each time, and still not believed
    assert _lines(bench) == LINES
    with bench.store.transaction() as tx:
        assert approve(tx, "books", bench.world.now(), "ada") == 12
    assert bench.settle().problems == []
    assert _lines(bench) == 2
    assert _suspected(bench) == {}
    with bench.store.reading() as tx:
        assert "erp|line|" not in tx.facts(rounds_scope("books"))


def test_later_removals_are_believed_again() -> None:
    bench = _bench()
    _strip(bench)
    bench.cycle()
    with bench.store.transaction() as tx:
        approve(tx, "books", bench.world.now(), "ada")
    bench.settle()
    bench.erp.remove("Lines", "l0-12")
    bench.erp.edit("Orders", "o0", number="N0c")
    assert bench.settle().problems == []
    assert _lines(bench) == 1


def test_lines_that_are_carried_again_lift_the_suspicion_by_themselves() -> None:
    bench = _bench()
    hidden = {key: bench.erp.rows.pop(("", "Lines", key)) for key in sorted(bench.erp.alive("Lines"))}
    bench.erp.edit("Orders", "o0", number="N0b")
    assert bench.cycle().problems
    bench.erp.rows |= {("", "Lines", key): row for key, row in hidden.items()}
    bench.world.tick(3700)
    assert bench.cycle().problems == []
    assert _suspected(bench) == {}
    assert _lines(bench) == LINES
    assert bench.audit().count("missing_settled") == 1


def test_lines_that_vanish_from_orders_that_did_not_move_are_judged_together() -> None:
    bench = _bench(orders=5, each=2)
    for key in sorted(bench.erp.alive("Lines")):
        del bench.erp.rows["", "Lines", key]
    bench.world.tick(DAY)
    bench.cycle()  # ten are few, and yet they are all there are
    assert _suspected(bench) == {"erp|line|": 10}
    assert _lines(bench) == 10


def test_a_round_cut_in_slices_judges_what_each_slice_did_not_show() -> None:
    bench = _bench(orders=5, each=2)
    bench.options = Options(audit_records=2)
    for key in ("l0-00", "l4-01"):
        del bench.erp.rows["", "Lines", key]
    bench.world.tick(DAY)
    for _ in range(20):
        bench.cycle()
    assert _lines(bench) == 8
    assert _suspected(bench) == {}


def test_a_line_met_in_a_later_order_of_the_same_reading_was_not_lost() -> None:
    bench = _bench(orders=5, each=2)
    bench.erp.rows["", "Lines", "l0-00"].values["order"] = "o4"  # another page than its old order
    bench.world.tick(DAY)
    assert bench.settle().problems == []
    assert _lines(bench) == 10
    link = bench.link("l0-00", "line")
    assert link.erp is not None
    assert not link.erp.deleted
    assert sum(c.action == "create" and c.obj == "ERP_Document_Line__c" for c in bench.world.log) == 10
