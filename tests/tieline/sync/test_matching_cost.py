"""What the search for partners costs: the records without one, not all that are tied."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tieline.contract import Side
from tieline.store.link_codec import link_of
from tieline.store.nouns import Link
from tieline.store.opening import open_store
from tieline.sync.match import Matched, match_mapping
from tieline_simulation.bench import Bench
from tieline_simulation.systems import AsyncErp, ToyCrm
from tieline_simulation.world import World

TIED = 40


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Many tied customers, and one back office record that has no partner yet."""
    world = World()
    store = open_store(tmp_path)
    made = Bench(world, ToyCrm(world), AsyncErp(world), store, ("north", "south"))
    made.confirm()
    for number in range(TIED):
        made.erp.add("Customers", f"c{number:02}", "north", name=f"Customer {number}", code=f"C-{number}")
    made.settle()
    yield made
    store.close()


@pytest.fixture
def decoded(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of the links read, in order."""
    seen: list[str] = []

    def counted(row: tuple[object, ...]) -> Link:
        seen.append(str(row[0]))
        return link_of(row)

    monkeypatch.setattr("tieline.store.sql_links.link_of", counted)
    return seen


def match(bench: Bench) -> Matched:
    context = bench.context()
    return match_mapping(context, "north", context.rules_for("north", "customer"))


def save(bench: Bench, link: Link) -> None:
    with bench.store.transaction() as tx:
        tx.save_links([link])


def test_a_new_record_is_compared_with_those_without_a_partner_only(bench: Bench, decoded: list[str]) -> None:
    tied = bench.link("c00")
    save(bench, Link("new", "books", "north", "customer", erp_key="new", erp=tied.seen(Side.ERP), dirty=True))
    decoded.clear()
    assert match(bench) == Matched()
    assert set(decoded) == {"new"}
    assert len(decoded) == 2  # once to see that it is new, once to be compared


def test_a_birth_that_awaits_its_answer_is_not_compared_in_every_cycle(bench: Bench, decoded: list[str]) -> None:
    crm = bench.link("c00").crm
    save(bench, Link("old", "books", "north", "customer", erp_key="old", erp=bench.link("c01").erp))
    save(bench, Link("born", "books", "north", "customer", crm_key="born", crm=crm, dirty=True, awaiting="call"))
    decoded.clear()
    assert match(bench) == Matched()
    assert decoded == ["born"]
