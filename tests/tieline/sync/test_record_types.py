"""Promotion by the record type of the CRM: read with the record, decided by, never written anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tieline.contract import Cursor, Page, PermanentError, Promotion, Shape, Side, TransientError
from tieline.store.memory import MemoryStore
from tieline_simulation.bench import CONTACT, CUSTOMER, Bench
from tieline_simulation.systems import ToyCrm, VersionedErp
from tieline_simulation.world import World

TYPE = "RecordType.DeveloperName"
TYPES = {"Partner": Promotion.AUTOMATIC, "Prospect": Promotion.NEVER}


class UnreadableCrm(ToyCrm):
    """Does not read accounts as a whole while `failing`."""

    failing = False

    def pages(self, entity: str, shape: Shape, since: Cursor | None) -> Iterator[Page]:
        if self.failing and shape.object == "Account" and since is None:
            raise TransientError("busy", where="the org")
        return super().pages(entity, shape, since)


def _bench(crm: type[ToyCrm] = ToyCrm, **changes: Any) -> Bench:
    world = World()
    bench = Bench(world, crm(world), VersionedErp(world), MemoryStore(), ("",))
    bench.mappings = (replace(CUSTOMER, **{"record_types": TYPES, **changes}), CONTACT)
    bench.confirm()
    return bench


def _account(bench: Bench, key: str, kind: str | None) -> None:
    values: dict[str, Any] = {"Name": key, TYPE: kind}
    bench.crm.add("Account", key, **values)


def _names(bench: Bench) -> list[str]:
    return sorted(row["name"] for row in bench.erp.alive("Customers").values())


def test_each_type_goes_as_it_was_chosen_and_others_as_the_mapping_says() -> None:
    bench = _bench()
    for key, kind in (("partner", "Partner"), ("prospect", "Prospect"), ("other", "Other"), ("none", None)):
        _account(bench, key, kind)
    bench.settle()
    assert _names(bench) == ["partner"]
    bench.mappings = (replace(bench.mappings[0], promotion=Promotion.AUTOMATIC), CONTACT)
    bench.settle()
    assert _names(bench) == ["none", "other", "partner"]


def test_a_record_that_becomes_another_type_goes_in_the_next_cycle() -> None:
    bench = _bench()
    _account(bench, "a1", "Prospect")
    bench.settle()
    bench.crm.edit("Account", "a1", **{TYPE: "Partner"})
    bench.cycle()
    assert _names(bench) == ["a1"]


def test_never_is_never_for_a_press_too() -> None:
    bench = _bench()
    _account(bench, "a1", "Prospect")
    bench.settle()
    with pytest.raises(PermanentError, match="switched off"):
        bench.promote("a1")
    bench.settle()
    assert _names(bench) == []


def test_a_record_that_is_out_stays_out_when_its_type_changes() -> None:
    bench = _bench()
    _account(bench, "a1", "Partner")
    bench.settle()
    bench.crm.edit("Account", "a1", **{TYPE: "Prospect", "Phone": "1"})
    bench.settle()
    assert [row["phone"] for row in bench.erp.alive("Customers").values()] == ["1"]


def test_the_type_is_written_nowhere_and_read_only_where_it_decides() -> None:
    bench = _bench()
    _account(bench, "a1", "Partner")
    bench.settle()
    bench.erp.edit("Customers", bench.link("a1").erp_key, phone="2")
    bench.settle()
    assert not [c for c in bench.world.log if c.engine and c.obj != "Account" and TYPE in c.values]
    assert TYPE not in bench.erp.alive("Customers")[bench.link("a1").erp_key]
    rules = bench.context().rules[""]
    assert TYPE in rules["customer"].shape(Side.CRM).fields
    assert TYPE not in rules["customer"].shape(Side.ERP).fields
    assert TYPE not in rules["contact"].shape(Side.CRM).fields
    assert bench.cycle().total_writes == 0


def test_types_named_later_count_for_records_that_do_not_change() -> None:
    bench = _bench()
    bench.mappings = (CUSTOMER, CONTACT)
    _account(bench, "a1", "Partner")
    bench.settle()
    assert _names(bench) == []
    bench.mappings = (replace(CUSTOMER, record_types=TYPES), CONTACT)
    bench.settle()
    assert _names(bench) == ["a1"]


def test_nothing_goes_out_before_its_type_is_known() -> None:
    """What is automatic but for some types must not send those while their types cannot be read."""
    bench = _bench(UnreadableCrm)
    bench.mappings = (CUSTOMER, CONTACT)
    _account(bench, "a1", "Prospect")
    _account(bench, "a2", "Partner")
    bench.settle()
    bench.world.tick(3600)  # beyond what a poll goes back over
    bench.settle()
    bench.mappings = (replace(CUSTOMER, promotion=Promotion.AUTOMATIC, record_types=TYPES), CONTACT)
    bench.crm.failing = True  # type: ignore[attr-defined]
    bench.cycle()
    assert _names(bench) == []
    bench.crm.failing = False  # type: ignore[attr-defined]
    bench.settle()
    assert _names(bench) == ["a2"]


def test_an_org_without_record_types_goes_as_the_mapping_says() -> None:
    bench = _bench(promotion=Promotion.AUTOMATIC)
    bench.crm.hidden.add(("Account", TYPE))
    bench.crm.add("Account", "a1", Name="a1")
    bench.settle()
    assert _names(bench) == ["a1"]


def test_children_go_along_by_their_own_type() -> None:
    bench = _bench(record_types={})
    types = {"Buyer": Promotion.WITH_PARENT}
    bench.mappings = (CUSTOMER, replace(CONTACT, promotion=Promotion.MANUAL, record_types=types))
    bench.crm.add("Account", "a1", Name="a1")
    bench.crm.add("Contact", "k1", **{"LastName": "Buyer", "AccountId": "a1", TYPE: "Buyer"})
    bench.crm.add("Contact", "k2", **{"LastName": "Other", "AccountId": "a1", TYPE: "Other"})
    bench.settle()
    bench.promote("a1")
    bench.settle()
    assert [row["last"] for row in bench.erp.alive("People").values()] == ["Buyer"]
