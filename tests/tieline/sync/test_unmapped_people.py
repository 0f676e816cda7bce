"""A person whom the other side does not know: named on the record, with what to do about it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tieline.contract import Field, ListRow, ManagedList, Person
from tieline.store.memory import MemoryStore
from tieline_simulation.bench import CONTACT, CUSTOMER, Bench
from tieline_simulation.systems import ToyCrm, VersionedErp
from tieline_simulation.world import World

REP = Field("Rep__c", "rep", Person("reps"), label="Sales representative")
REPS = ManagedList("toy", "reps", "Representative", "Representatives", ("email",))


@pytest.fixture
def bench() -> Bench:
    world = World()
    told = (replace(CUSTOMER, fields=(*CUSTOMER.fields, REP)), CONTACT)
    made = Bench(world, ToyCrm(world), VersionedErp(world), MemoryStore(), ("",), mappings=told, lists=(REPS,))
    made.confirm()
    made.crm.lists["users"] = [
        ListRow("u1", "Sam Known", attributes={"email": "sam@x"}),
        ListRow("u2", "Rita Nobody", attributes={"email": "r@x"}),
    ]  # fmt: skip
    made.erp.lists["reps"] = [
        ListRow("e1", "Sam", attributes={"email": "SAM@x"}), ListRow("e9", "Stranger", attributes={"email": "s@x"}),
    ]  # fmt: skip
    made.erp.add("Customers", "c1", name="One", rep="e1")
    made.settle()
    return made


def _told(bench: Bench) -> tuple[str | None, str | None]:
    (row,) = bench.crm.alive("ERP_Link__c").values()
    return row["Reason__c"], row["Next_Step__c"]


def test_an_unmapped_user_is_named(bench: Bench) -> None:
    account = bench.crm_key("c1")
    assert bench.crm.alive("Account")[account]["Rep__c"] == "u1"
    bench.crm.edit("Account", account, Rep__c="u2", Phone="1")
    bench.settle()
    reason, step = _told(bench)
    assert reason == "Sales representative: nobody on the other side has the e-mail address of Rita Nobody"
    assert step == "Give the same person that address there too, or choose somebody else."
    held = bench.erp.alive("Customers")["c1"]
    assert (held["rep"], held["phone"]) == ("e1", "1")  # the rest goes on
    bench.crm.edit("Account", account, Rep__c="u1")
    bench.settle()
    assert _told(bench) == (None, None)


def test_an_unmapped_employee_is_named(bench: Bench) -> None:
    bench.erp.edit("Customers", "c1", rep="e9")
    bench.settle()
    assert str(_told(bench)[0]).endswith("has the e-mail address of Stranger")
