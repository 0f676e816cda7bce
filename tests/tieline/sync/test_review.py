"""Records that look alike: never joined, never made twice, until a person has spoken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tieline.contract import PermanentError
from tieline.store.memory import MemoryStore
from tieline.store.nouns import Status
from tieline.sync.context import Context
from tieline.sync.preview import preview
from tieline.sync.repair import Repair
from tieline.sync.reviewing import Unclear, say_different, unclear
from tieline_simulation.bench import CONTACT, CUSTOMER, Bench
from tieline_simulation.systems import ToyCrm, VersionedErp
from tieline_simulation.world import World


class Alike(Bench):
    """Customers of one name and city may be the same."""

    def context(self) -> Context:
        return replace(super().context(), mappings=(replace(CUSTOMER, review=("Name", "City")), CONTACT))


def _bench() -> Bench:
    world = World()
    bench = Alike(world, ToyCrm(world), VersionedErp(world), MemoryStore(), ("",))
    bench.confirm()
    bench.crm.add("Account", "a1", Name="Miller", City="Bern")
    bench.erp.add("Customers", "c1", name="MILLER", city="Bern")
    bench.erp.add("Customers", "c2", name="Miller", city="Basel")
    bench.settle()
    return bench


def _queue(bench: Bench) -> list[Unclear]:
    with bench.store.reading() as tx:
        return unclear(tx, "books")


def test_what_looks_alike_waits_for_a_person_and_nothing_is_made() -> None:
    bench = _bench()
    (one,) = _queue(bench)
    assert (one.link.crm_key, [other.erp_key for other in one.candidates]) == ("a1", ["c1"])
    assert one.link.status is Status.OUT_OF_SYNC
    assert sorted(str(row["City"]) for row in bench.crm.alive("Account").values()) == ["Basel", "Bern"]
    assert preview(bench.context())["customer"].ambiguous == 2


def test_promotion_does_not_get_around_the_question() -> None:
    bench = _bench()
    with pytest.raises(PermanentError, match="already"):
        bench.promote("a1")
    assert len(bench.erp.alive("Customers")) == 2


def test_a_person_ties_the_two() -> None:
    bench = _bench()
    (one,) = _queue(bench)
    Repair(bench.store, "books", bench.world.now(), "ada").join(one.link, one.candidates[0])
    bench.settle()
    assert _queue(bench) == []
    assert bench.link("a1").erp_key == "c1"
    assert len(bench.crm.alive("Account")) == 2


def test_a_person_says_that_they_differ() -> None:
    bench = _bench()
    (one,) = _queue(bench)
    with bench.store.transaction() as tx:
        say_different(tx, "books", one, bench.world.now(), "ada")
    bench.settle()
    assert _queue(bench) == []
    assert len(bench.crm.alive("Account")) == 3  # the ERP's Miller of Bern came in as one of its own
    assert "told_apart" in bench.audit()
    bench.crm.edit("Account", "a1", Phone="1")
    bench.settle()
    assert _queue(bench) == []


def test_an_empty_part_makes_nobody_alike() -> None:
    world = World()
    bench = Alike(world, ToyCrm(world), VersionedErp(world), MemoryStore(), ("",))
    bench.confirm()
    bench.crm.add("Account", "a1", Name="Miller")
    bench.erp.add("Customers", "c1", name="Miller")
    bench.settle()
    assert _queue(bench) == []


def test_candidates_of_a_strong_key_are_listed_too_and_cannot_be_told_apart() -> None:
    world = World()
    bench = Bench(world, ToyCrm(world), VersionedErp(world), MemoryStore(), ("",))
    bench.confirm()
    bench.crm.add("Account", "a1", Name="One", Code__c="C")
    bench.erp.add("Customers", "c1", name="Uno", code="C")
    bench.erp.add("Customers", "c2", name="Due", code="C")
    bench.settle()
    (one,) = _queue(bench)
    assert {other.erp_key for other in one.candidates} == {"c1", "c2"}
    with pytest.raises(PermanentError), bench.store.transaction() as tx:
        say_different(tx, "books", one, bench.world.now(), "ada")


def _reworded(bench: Bench, reason: str) -> Unclear:
    """The question put in other words."""
    (one,) = _queue(bench)
    assert one.link.problem is not None
    with bench.store.transaction() as tx:
        tx.save_links([replace(one.link, problem=replace(one.link.problem, reason=reason))])
    (again,) = _queue(bench)
    return again


def test_what_a_person_may_deny_hangs_on_the_keys_and_not_on_the_words() -> None:
    world = World()
    strong = Bench(world, ToyCrm(world), VersionedErp(world), MemoryStore(), ("",))
    strong.confirm()
    strong.crm.add("Account", "a1", Name="One", Code__c="C")
    strong.erp.add("Customers", "c1", name="Uno", code="C")
    strong.erp.add("Customers", "c2", name="Due", code="C")
    strong.settle()
    one = _reworded(strong, "two customers share its number")
    with pytest.raises(PermanentError), strong.store.transaction() as tx:
        say_different(tx, "books", one, world.now(), "ada")
    alike = _bench()
    one = _reworded(alike, "more than one person thinks so")
    with alike.store.transaction() as tx:
        assert say_different(tx, "books", one, alike.world.now(), "ada").problem is None


def test_those_that_looked_alike_may_come_to_share_a_strong_key() -> None:
    bench = _bench()
    bench.crm.edit("Account", "a1", Code__c="K")
    bench.crm.add("Account", "a2", Name="Other", Code__c="K")
    bench.erp.edit("Customers", "c1", code="K")
    bench.settle()
    one = next(one for one in _queue(bench) if one.link.crm_key == "a1")
    assert one.link.problem is not None
    assert "more than one" in one.link.problem.reason
    with pytest.raises(PermanentError), bench.store.transaction() as tx:
        say_different(tx, "books", one, bench.world.now(), "ada")
